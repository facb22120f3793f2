// ref.test and ref.cast over every kind of reference, and exceptions.
#include <gtest/gtest.h>

#include <cstdint>
#include <utility>
#include <vector>

#include "exec/runtime/heap_ops.h"
#include "exec/runtime/testing_heap.h"
#include "exec/runtime/testing_types.h"

namespace weft::exec {
namespace {

using testing::ArrayType;
using testing::FuncType;
using testing::HeapFixture;
using testing::Mutable;
using testing::Open;
using testing::RefTo;
using testing::StructType;
using wasm::HeapType;
using wasm::ValueType;

ValueType Target(TypeId id, bool nullable = false) {
  return ValueType::Ref(HeapType::Defined(id), nullable);
}
ValueType Target(HeapType::Abstract heap, bool nullable = false) {
  return ValueType::Ref(heap, nullable);
}

TEST(RefTestTest, NullIsInNullableTypesAlone) {
  HeapFixture store;
  const TypeId type = store.Add(StructType({}));
  for (const auto heap : {HeapType::kFunc, HeapType::kNoFunc, HeapType::kExtern,
                          HeapType::kNoExtern, HeapType::kAny, HeapType::kEq,
                          HeapType::kI31, HeapType::kStruct, HeapType::kArray,
                          HeapType::kNone, HeapType::kExn, HeapType::kNoExn}) {
    EXPECT_TRUE(RefTest(store.context, kNullRef, Target(heap, true)));
    EXPECT_FALSE(RefTest(store.context, kNullRef, Target(heap, false)));
  }
  EXPECT_TRUE(RefTest(store.context, kNullRef, Target(type, true)));
  EXPECT_FALSE(RefTest(store.context, kNullRef, Target(type, false)));
}

TEST(RefTestTest, AnyHierarchy) {
  HeapFixture store;
  const TypeId root = store.Add(Open(StructType({})));
  const TypeId sub = store.Add(Open(StructType({}), root - 1));
  const TypeId other =
      store.Add(Open(StructType({Mutable(ValueType::kI32)}), root - 1));
  const TypeId array = store.Add(ArrayType(Mutable(ValueType::kI32)));
  Ref host = kNullRef;
  ASSERT_EQ(store.heap.HostRef(42, &host), TrapKind::kNone);
  struct Row {
    Ref ref;
    // any, eq, i31, struct, array, none, root, sub, other, array type.
    std::vector<bool> want;
  };
  const std::vector<Row> rows = {
      {I31Ref(7), {1, 1, 1, 0, 0, 0, 0, 0, 0, 0}},
      {host, {1, 0, 0, 0, 0, 0, 0, 0, 0, 0}},
      {store.NewStruct(root, {}), {1, 1, 0, 1, 0, 0, 1, 0, 0, 0}},
      {store.NewStruct(sub, {}), {1, 1, 0, 1, 0, 0, 1, 1, 0, 0}},
      {store.NewStruct(other, {5}), {1, 1, 0, 1, 0, 0, 1, 0, 1, 0}},
      {store.NewArray(array, {}), {1, 1, 0, 0, 1, 0, 0, 0, 0, 1}},
  };
  const std::vector<HeapType> targets = {
      HeapType::kAny,           HeapType::kEq,
      HeapType::kI31,           HeapType::kStruct,
      HeapType::kArray,         HeapType::kNone,
      HeapType::Defined(root),  HeapType::Defined(sub),
      HeapType::Defined(other), HeapType::Defined(array),
  };
  for (size_t r = 0; r < rows.size(); ++r) {
    for (size_t t = 0; t < targets.size(); ++t) {
      for (const bool nullable : {false, true}) {
        EXPECT_EQ(RefTest(store.context, rows[r].ref,
                          ValueType::Ref(targets[t], nullable)),
                  rows[r].want[t])
            << r << " " << t;
      }
    }
    // extern.convert_any is the identity.
    EXPECT_TRUE(RefTest(store.context, rows[r].ref, Target(HeapType::kExtern)));
    EXPECT_FALSE(
        RefTest(store.context, rows[r].ref, Target(HeapType::kNoExtern)));
  }
}

TEST(RefTestTest, Functions) {
  HeapFixture store;
  const TypeId root = store.Add(Open(FuncType({}, {})));
  const TypeId sub = store.Add(Open(FuncType({}, {}), root - 1));
  FuncInst a;
  a.type = root;
  FuncInst b;
  b.type = sub;
  const std::vector<FuncInst*> funcs = {&a, &b};
  store.context.funcs = funcs.data();
  EXPECT_TRUE(RefTest(store.context, FuncRefAt(0), Target(HeapType::kFunc)));
  EXPECT_FALSE(RefTest(store.context, FuncRefAt(0), Target(HeapType::kNoFunc)));
  EXPECT_TRUE(RefTest(store.context, FuncRefAt(0), Target(root)));
  EXPECT_FALSE(RefTest(store.context, FuncRefAt(0), Target(sub)));
  EXPECT_TRUE(RefTest(store.context, FuncRefAt(1), Target(root)));
  EXPECT_TRUE(RefTest(store.context, FuncRefAt(1), Target(sub)));
}

TEST(ExceptionTest, TagAndPayload) {
  HeapFixture store;
  const TypeId type = store.Add(
      FuncType({ValueType::kI32, ValueType::kV128, RefTo(HeapType::kAny),
                RefTo(HeapType::kFunc), RefTo(HeapType::kExn), ValueType::kI64},
               {}));
  const TypeId empty = store.Add(FuncType({}, {}));
  const TypeId box = store.Add(StructType({Mutable(ValueType::kI32)}));
  Ref inner = kNullRef;
  ASSERT_EQ(NewException(store.context, 3, empty, nullptr, nullptr, &inner),
            TrapKind::kNone);
  store.roots = {inner};
  const Ref object = store.NewStruct(box, {77});
  store.roots.push_back(object);
  // The number at the end is no reference, though it looks like one.
  const std::vector<Slot> values = {1,     2,    3, object, FuncRefAt(6),
                                    inner, 40960};
  Ref ref = kNullRef;
  ASSERT_EQ(NewException(store.context, 9, type, values.data(), nullptr, &ref),
            TrapKind::kNone);
  store.roots = {ref};
  ASSERT_TRUE(store.heap.Collect());
  EXPECT_EQ(store.heap.stats().live_objects, 3u);
  EXPECT_EQ(ExceptionTag(store.heap.base(), ref), 9u);
  EXPECT_EQ(ObjectType(store.heap.base(), ref), type);
  const Slot* const payload = ExceptionPayload(store.context, ref);
  EXPECT_EQ(std::vector<Slot>(payload, payload + 7), values);
  EXPECT_EQ(ExceptionTag(store.heap.base(), inner), 3u);
  EXPECT_EQ(store.Field(object, 0), 77u);
  EXPECT_TRUE(RefTest(store.context, ref, Target(HeapType::kExn)));
  EXPECT_FALSE(RefTest(store.context, ref, Target(HeapType::kNoExn)));

  const std::vector<Slot> frame = {40, 41, 42, 43};
  const uint16_t slots[] = {3, 1, 0, 0, 0, 2};
  std::vector<Slot> numbers = frame;
  numbers[0] = kNullRef;
  ASSERT_EQ(NewException(store.context, 1, type, numbers.data(), slots, &ref),
            TrapKind::kNone);
  const Slot* const by_slot = ExceptionPayload(store.context, ref);
  EXPECT_EQ(std::vector<Slot>(by_slot, by_slot + 7),
            (std::vector<Slot>{43, 41, 42, 0, 0, 0, 42}));
}

TEST(ExceptionTest, EndlessThrowingIsGarbage) {
  HeapOptions options;
  options.limit = 1 << 20;
  HeapFixture store(options);
  const TypeId type =
      store.Add(FuncType(std::vector<ValueType>(1000, ValueType::kV128), {}));
  const std::vector<Slot> values(2000, 5);
  for (int i = 0; i < 5000; ++i) {
    Ref ref = kNullRef;
    ASSERT_EQ(
        NewException(store.context, 1, type, values.data(), nullptr, &ref),
        TrapKind::kNone);
  }
}

}  // namespace
}  // namespace weft::exec
