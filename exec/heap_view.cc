#include "exec/heap_view.h"

#include "exec/runtime/heap.h"
#include "exec/runtime/object_layout.h"
#include "exec/runtime/type_registry.h"
#include "exec/store_data.h"

namespace weft::exec {

HeapView::HeapView(const Store& store) : data_(store.internals()) {}

HeapView::Object HeapView::At(Ref ref) const {
  const uint8_t* base = data_.heap->base();
  Object object;
  object.ref = ref;
  object.type = ObjectType(base, ref);
  object.layout = &data_.context.types->Get(object.type);
  switch (object.layout->kind) {
    case RuntimeType::kStruct:
      object.kind = Kind::kStruct;
      object.length = static_cast<uint32_t>(object.layout->fields.size());
      break;
    case RuntimeType::kArray:
      object.kind = Kind::kArray;
      object.length = ArrayLength(base, ref);
      break;
    case RuntimeType::kFunc:
      object.kind = Kind::kException;
      object.length = static_cast<uint32_t>(object.layout->params.size());
      break;
  }
  return object;
}

HeapView::Value HeapView::Get(const Object& object, uint32_t i) const {
  const uint8_t* base = data_.heap->base();
  const RuntimeType& type = *object.layout;
  Slot slots[2] = {0, 0};
  if (object.kind == Kind::kException) {
    const Slot* at = ExceptionPayload(base, object.ref) + type.param_slot[i];
    const wasm::ValueType param = type.params[i];
    for (uint32_t s = 0; s < SlotsOf(param); ++s) slots[s] = at[s];
    // Others than the low bits of these mean nothing.
    if (param.kind() == wasm::ValueType::kI32 ||
        param.kind() == wasm::ValueType::kF32) {
      slots[0] = static_cast<uint32_t>(slots[0]);
    }
    return {param, slots[0], slots[1]};
  }
  const bool is_array = object.kind == Kind::kArray;
  const FieldLayout& field = is_array ? type.element : type.fields[i];
  const uint64_t offset =
      is_array ? ElementOffset(field.kind, i) : uint64_t{field.offset};
  LoadValue(base, object.ref, offset, field.kind, /*sign=*/false, slots);
  return {field.type, slots[0], slots[1]};
}

absl::Span<const uint8_t> HeapView::Numbers(const Object& object) const {
  if (object.kind != Kind::kArray) return {};
  const StorageKind kind = object.layout->element.kind;
  if (kind == StorageKind::kRef) return {};
  return {data_.heap->base() + object.ref + kArrayElementsOffset,
          size_t{object.length} << StorageSizeLog2(kind)};
}

bool HeapView::IsOf(const Object& object, const Tag& tag) const {
  return object.kind == Kind::kException &&
         ExceptionTag(data_.heap->base(), object.ref) == tag.identity();
}

Func HeapView::FuncOf(Ref ref) const {
  return Func(data_.id, data_.funcs.Get(ref));
}

uint64_t HeapView::HostValue(Ref ref) const {
  return data_.heap->HostValue(ref);
}

}  // namespace weft::exec
