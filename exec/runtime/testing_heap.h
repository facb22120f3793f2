// A context with types and a heap, for tests.
#ifndef WEFT_EXEC_RUNTIME_TESTING_HEAP_H_
#define WEFT_EXEC_RUNTIME_TESTING_HEAP_H_

#include <gtest/gtest.h>

#include <cstdint>
#include <vector>

#include "absl/types/span.h"
#include "exec/runtime/context.h"
#include "exec/runtime/heap.h"
#include "exec/runtime/heap_ops.h"
#include "exec/runtime/testing_types.h"
#include "exec/runtime/type_registry.h"

namespace weft::exec::testing {

class HeapFixture final : private RootSource {
 public:
  explicit HeapFixture(HeapOptions options = {})
      : heap(types, WithInterrupt(options, context)) {
    context.heap = &heap;
    context.types = &types;
    heap.set_roots(this);
  }

  // Registers a type, a recursion group of its own, different from all before.
  // References in it are indices of the types added so far, itself included:
  // the TypeId less 1.
  TypeId Add(const wasm::SubType& type) {
    const wasm::TypeIndex index = list_.Add(type);
    const std::vector<TypeId> ids = *types.Register(list_.types());
    EXPECT_EQ(ids.back(), index + 1);
    return ids.back();
  }

  Ref NewStruct(TypeId type, const std::vector<Slot>& values) {
    Ref ref = kNullRef;
    EXPECT_EQ(StructNew(context, type, values.data(), nullptr, &ref),
              TrapKind::kNone);
    return ref;
  }
  Ref NewArray(TypeId type, const std::vector<Slot>& values) {
    Ref ref = kNullRef;
    EXPECT_EQ(ArrayNewFixed(context, type, values.data(), nullptr,
                            values.size(), &ref),
              TrapKind::kNone);
    return ref;
  }
  // Field or element `index`, zero-extended.
  Slot Field(Ref ref, uint32_t index) {
    const RuntimeType& type = types.Get(ObjectType(heap.base(), ref));
    Slot value[2] = {};
    const FieldLayout& field =
        type.is_array ? type.element : type.fields[index];
    const uint64_t offset =
        type.is_array ? ElementOffset(field.kind, index) : field.offset;
    LoadValue(heap.base(), ref, offset, field.kind, false, value);
    return value[0];
  }
  void SetField(Ref ref, uint32_t index, Slot value) {
    const RuntimeType& type = types.Get(ObjectType(heap.base(), ref));
    const FieldLayout& field =
        type.is_array ? type.element : type.fields[index];
    const uint64_t offset =
        type.is_array ? ElementOffset(field.kind, index) : field.offset;
    StoreValue(heap.base(), ref, offset, field.kind, &value);
  }
  std::vector<Slot> Elements(Ref ref) {
    std::vector<Slot> elements(ArrayLength(heap.base(), ref));
    for (uint32_t i = 0; i < elements.size(); ++i) elements[i] = Field(ref, i);
    return elements;
  }

  TypeRegistry types;
  Context context;
  Heap heap;
  std::vector<Ref> roots;

 private:
  static HeapOptions WithInterrupt(HeapOptions options, Context& context) {
    options.interrupt = &context.interrupt;
    return options;
  }
  void VisitRoots(RootVisitor& visitor) override {
    visitor.Visit(absl::MakeConstSpan(roots));
  }

  TypeList list_;
};

}  // namespace weft::exec::testing

#endif  // WEFT_EXEC_RUNTIME_TESTING_HEAP_H_
