#include "exec/runtime/heap_ops.h"

#include <algorithm>
#include <cstring>

#include "base/check.h"
#include "exec/runtime/bulk.h"

namespace weft::exec {
namespace {

using wasm::HeapType;
using wasm::ValueType;

// Bytes between two looks at the interrupt.
constexpr uint64_t kBytesPerPoll = 1 << 20;

// Calls work(begin, end) on parts of [0, count) of up to kBytesPerPoll bytes,
// upwards or downwards.
template <typename Work>
TrapKind InParts(const Context& context, uint64_t count, uint32_t size_log2,
                 bool downwards, const Work& work) {
  const uint64_t step = kBytesPerPoll >> size_log2;
  for (uint64_t done = 0; done < count;) {
    const uint64_t part = std::min(step, count - done);
    const uint64_t begin = downwards ? count - done - part : done;
    work(begin, begin + part);
    done += part;
    if (done == count) break;
    const TrapKind interrupt = InterruptOf(context);
    if (interrupt != TrapKind::kNone) return interrupt;
  }
  return TrapKind::kNone;
}

// Whether elements [index, index + count) of the array can be written.
TrapKind CheckElements(const Context& context, Ref ref, uint32_t index,
                       uint32_t count) {
  if (ref == kNullRef) return TrapKind::kNullArrayReference;
  return InRange(index, count, ArrayLength(context.heap->base(), ref))
             ? TrapKind::kNone
             : TrapKind::kOutOfBoundsArrayAccess;
}

// REQUIRES: the elements are in range.
TrapKind Fill(Context& context, StorageKind kind, Ref ref, uint32_t index,
              const Slot* value, uint32_t count) {
  uint8_t* const begin =
      context.heap->base() + ref + ElementOffset(kind, index);
  const auto fill = [&](auto element) {
    return InParts(context, count, StorageSizeLog2(kind), false,
                   [&](uint64_t from, uint64_t to) {
                     auto* const elements =
                         reinterpret_cast<decltype(element)*>(begin);
                     std::fill(elements + from, elements + to, element);
                   });
  };
  switch (kind) {
    case StorageKind::kI8:
      return fill(static_cast<uint8_t>(*value));
    case StorageKind::kI16:
      return fill(static_cast<uint16_t>(*value));
    case StorageKind::kI32:
    case StorageKind::kF32:
    case StorageKind::kRef:
      return fill(static_cast<uint32_t>(*value));
    case StorageKind::kI64:
    case StorageKind::kF64:
      return fill(static_cast<uint64_t>(*value));
    case StorageKind::kV128:
      return InParts(context, count, 4, false, [&](uint64_t from, uint64_t to) {
        for (uint64_t i = from; i < to; ++i) {
          std::memcpy(begin + i * 16, value, 16);
        }
      });
  }
  CheckFailed(__FILE__, __LINE__, "a storage kind");
}

// Copies bytes from outside of the heap into elements in range.
TrapKind CopyIn(Context& context, StorageKind kind, Ref ref, uint32_t index,
                const void* source, uint32_t count) {
  uint8_t* const to = context.heap->base() + ref + ElementOffset(kind, index);
  const auto* const from = static_cast<const uint8_t*>(source);
  const uint64_t bytes = uint64_t{count} << StorageSizeLog2(kind);
  return InParts(context, bytes, 0, false, [&](uint64_t begin, uint64_t end) {
    std::memcpy(to + begin, from + begin, end - begin);
  });
}

// Allocates `length` elements and charges their fuel.
TrapKind AllocCharged(Context& context, const RuntimeType& type,
                      uint32_t length, Ref* out) {
  const uint64_t bytes = uint64_t{length} << StorageSizeLog2(type.element.kind);
  if (!ChargeBulk(context, bytes)) return TrapKind::kAllFuelConsumed;
  return context.heap->Allocate(type.id, length, kArrayElementsOffset + bytes,
                                out);
}

// Where value `i` is, which is the `next`-th slot of values without `slots`.
const Slot* Operand(const Slot* values, const uint16_t* slots, uint32_t i,
                    uint32_t next) {
  return values + (slots == nullptr ? next : slots[i]);
}

}  // namespace

TrapKind AllocStruct(Context& context, TypeId type, Ref* out) {
  const Ref ref = TryAllocStruct(context, type);
  if (ref != kNullRef) [[likely]] {
    *out = ref;
    return TrapKind::kNone;
  }
  return context.heap->Allocate(type, 0, context.types->Get(type).object_bytes,
                                out);
}

TrapKind StructNew(Context& context, TypeId type, const Slot* values,
                   const uint16_t* slots, Ref* out) {
  const TrapKind trap = AllocStruct(context, type, out);
  if (trap != TrapKind::kNone) return trap;
  uint8_t* const base = context.heap->base();
  const absl::Span<const FieldLayout> fields = context.types->Get(type).fields;
  uint32_t next = 0;
  for (uint32_t i = 0; i < fields.size(); ++i) {
    StoreValue(base, *out, fields[i].offset, fields[i].kind,
               Operand(values, slots, i, next));
    next += SlotsOf(fields[i].kind);
  }
  return TrapKind::kNone;
}

TrapKind AllocArray(Context& context, TypeId type, uint32_t length, Ref* out) {
  return AllocCharged(context, context.types->Get(type), length, out);
}

TrapKind ArrayNew(Context& context, TypeId type, const Slot* value,
                  uint32_t length, Ref* out) {
  const RuntimeType& layout = context.types->Get(type);
  const TrapKind trap = AllocCharged(context, layout, length, out);
  if (trap != TrapKind::kNone) return trap;
  return Fill(context, layout.element.kind, *out, 0, value, length);
}

TrapKind ArrayNewFixed(Context& context, TypeId type, const Slot* values,
                       const uint16_t* slots, uint32_t length, Ref* out) {
  const StorageKind kind = context.types->Get(type).element.kind;
  const TrapKind trap =
      context.heap->Allocate(type, length, ElementOffset(kind, length), out);
  if (trap != TrapKind::kNone) return trap;
  uint8_t* const base = context.heap->base();
  for (uint32_t i = 0; i < length; ++i) {
    StoreValue(base, *out, ElementOffset(kind, i), kind,
               Operand(values, slots, i, i * SlotsOf(kind)));
  }
  return TrapKind::kNone;
}

TrapKind ArrayNewData(Context& context, TypeId type, const DataView& data,
                      uint32_t offset, uint32_t length, Ref* out) {
  const RuntimeType& layout = context.types->Get(type);
  const StorageKind kind = layout.element.kind;
  if (!InRange(offset, uint64_t{length} << StorageSizeLog2(kind), data.size)) {
    return TrapKind::kOutOfBoundsMemoryAccess;
  }
  const TrapKind trap = AllocCharged(context, layout, length, out);
  if (trap != TrapKind::kNone) return trap;
  return CopyIn(context, kind, *out, 0, data.bytes + offset, length);
}

TrapKind ArrayNewElem(Context& context, TypeId type, const ElemView& elem,
                      uint32_t offset, uint32_t length, Ref* out) {
  if (!InRange(offset, length, elem.size)) {
    return TrapKind::kOutOfBoundsTableAccess;
  }
  const TrapKind trap =
      AllocCharged(context, context.types->Get(type), length, out);
  if (trap != TrapKind::kNone) return trap;
  return CopyIn(context, StorageKind::kRef, *out, 0, elem.refs + offset,
                length);
}

TrapKind ArrayFill(Context& context, StorageKind kind, Ref ref, uint32_t index,
                   const Slot* value, uint32_t count) {
  const TrapKind trap = CheckElements(context, ref, index, count);
  if (trap != TrapKind::kNone) return trap;
  if (!ChargeBulk(context, uint64_t{count} << StorageSizeLog2(kind))) {
    return TrapKind::kAllFuelConsumed;
  }
  return Fill(context, kind, ref, index, value, count);
}

TrapKind ArrayCopy(Context& context, StorageKind kind, Ref to,
                   uint32_t to_index, Ref from, uint32_t from_index,
                   uint32_t count) {
  if (to == kNullRef || from == kNullRef) return TrapKind::kNullArrayReference;
  TrapKind trap = CheckElements(context, to, to_index, count);
  if (trap != TrapKind::kNone) return trap;
  trap = CheckElements(context, from, from_index, count);
  if (trap != TrapKind::kNone) return trap;
  const uint64_t bytes = uint64_t{count} << StorageSizeLog2(kind);
  if (!ChargeBulk(context, bytes)) return TrapKind::kAllFuelConsumed;
  uint8_t* const base = context.heap->base();
  uint8_t* const target = base + to + ElementOffset(kind, to_index);
  const uint8_t* const source = base + from + ElementOffset(kind, from_index);
  return InParts(context, bytes, 0, target > source,
                 [&](uint64_t begin, uint64_t end) {
                   std::memmove(target + begin, source + begin, end - begin);
                 });
}

TrapKind ArrayInitData(Context& context, StorageKind kind, Ref ref,
                       uint32_t index, const DataView& data, uint32_t offset,
                       uint32_t count) {
  const TrapKind trap = CheckElements(context, ref, index, count);
  if (trap != TrapKind::kNone) return trap;
  const uint64_t bytes = uint64_t{count} << StorageSizeLog2(kind);
  if (!InRange(offset, bytes, data.size)) {
    return TrapKind::kOutOfBoundsMemoryAccess;
  }
  if (!ChargeBulk(context, bytes)) return TrapKind::kAllFuelConsumed;
  return CopyIn(context, kind, ref, index, data.bytes + offset, count);
}

TrapKind ArrayInitElem(Context& context, Ref ref, uint32_t index,
                       const ElemView& elem, uint32_t offset, uint32_t count) {
  const TrapKind trap = CheckElements(context, ref, index, count);
  if (trap != TrapKind::kNone) return trap;
  if (!InRange(offset, count, elem.size)) {
    return TrapKind::kOutOfBoundsTableAccess;
  }
  if (!ChargeBulk(context, uint64_t{count} * sizeof(Ref))) {
    return TrapKind::kAllFuelConsumed;
  }
  return CopyIn(context, StorageKind::kRef, ref, index, elem.refs + offset,
                count);
}

bool RefTest(const Context& context, Ref ref, ValueType target) {
  if (ref == kNullRef) return target.nullable();
  const HeapType heap = target.heap();
  if (heap.is_defined()) {
    return IsFuncRef(ref)
               ? context.types->IsSubtype(
                     context.funcs[FuncRefIndex(ref)]->type, heap.index())
               : IsObjectOf(context, ref, heap.index());
  }
  const auto is_object = [&](RuntimeType::Kind kind) {
    return IsHeapRef(ref) &&
           context.types->Get(ObjectType(context.heap->base(), ref)).kind ==
               kind;
  };
  switch (heap.abstract()) {
    case HeapType::kAny:
    case HeapType::kExtern:
    case HeapType::kFunc:
    case HeapType::kExn:
      return true;
    case HeapType::kEq:
      return IsI31(ref) || IsHeapRef(ref);
    case HeapType::kI31:
      return IsI31(ref);
    case HeapType::kStruct:
      return is_object(RuntimeType::kStruct);
    case HeapType::kArray:
      return is_object(RuntimeType::kArray);
    case HeapType::kNone:
    case HeapType::kNoFunc:
    case HeapType::kNoExtern:
    case HeapType::kNoExn:
      return false;
  }
  CheckFailed(__FILE__, __LINE__, "an abstract heap type");
}

TrapKind NewException(Context& context, uint32_t tag, TypeId type,
                      const Slot* values, const uint16_t* slots, Ref* out) {
  // The tag's identity lies where an array has its length.
  static_assert(kExceptionTagOffset == kArrayLengthOffset);
  const RuntimeType& layout = context.types->Get(type);
  const TrapKind trap =
      context.heap->Allocate(type, tag, layout.object_bytes, out);
  if (trap != TrapKind::kNone) return trap;
  auto* const payload = reinterpret_cast<Slot*>(context.heap->base() + *out +
                                                kExceptionPayloadOffset);
  for (uint32_t i = 0; i < layout.params.size(); ++i) {
    const uint16_t slot = layout.param_slot[i];
    std::memcpy(payload + slot, Operand(values, slots, i, slot),
                SlotsOf(layout.params[i]) * sizeof(Slot));
  }
  return TrapKind::kNone;
}

}  // namespace weft::exec
