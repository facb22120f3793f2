// Operators on structs and arrays: values, and traps in their order.
#include "exec/runtime/heap_ops.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <numeric>
#include <vector>

#include "exec/runtime/testing_heap.h"
#include "exec/runtime/testing_types.h"

namespace weft::exec {
namespace {

using testing::ArrayType;
using testing::HeapFixture;
using testing::Immutable;
using testing::Mutable;
using testing::Packed;
using testing::RefTo;
using testing::StructType;
using wasm::HeapType;
using wasm::StorageType;
using wasm::ValueType;

using Slots = std::vector<Slot>;

class HeapOpsTest : public ::testing::Test {
 protected:
  static HeapOptions Options() {
    HeapOptions options;
    options.limit = 64 << 20;
    return options;
  }

  // The bytes of an array of i8.
  Ref Bytes(const Slots& values) { return store_.NewArray(i8_, values); }
  Slots Get(Ref ref) { return store_.Elements(ref); }

  HeapFixture store_{Options()};
  Context& context_ = store_.context;
  const TypeId i8_ = store_.Add(ArrayType(Packed(StorageType::kI8)));
  const TypeId i16_ = store_.Add(ArrayType(Packed(StorageType::kI16)));
  const TypeId i32_ = store_.Add(ArrayType(Mutable(ValueType::kI32)));
  const TypeId i64_ = store_.Add(ArrayType(Mutable(ValueType::kI64)));
  const TypeId v128_ = store_.Add(ArrayType(Mutable(ValueType::kV128)));
  const TypeId refs_ = store_.Add(ArrayType(Mutable(RefTo(HeapType::kEq))));
};

TEST_F(HeapOpsTest, StructFieldsOfEveryKind) {
  const TypeId type = store_.Add(
      StructType({Packed(StorageType::kI8), Mutable(ValueType::kV128),
                  Packed(StorageType::kI16), Mutable(ValueType::kI64),
                  Mutable(ValueType::kF32), Mutable(RefTo(HeapType::kAny)),
                  Mutable(ValueType::kF64), Mutable(ValueType::kI32)}));
  const Slots in = {0x1ff,      0x1111222233334444, 0x5555666677778888,
                    0x2fffe,    0x123456789abcdef0, 0x3f800000,
                    I31Ref(12), 0x4000000000000000, 0xfffffff0};
  Ref ref = kNullRef;
  ASSERT_EQ(StructNew(context_, type, in.data(), nullptr, &ref),
            TrapKind::kNone);
  const auto& fields = store_.types.Get(type).fields;
  const auto get = [&](int field, bool sign = false) {
    Slots out(2, 0);
    EXPECT_EQ(StructGet(context_, ref, fields[field].offset, fields[field].kind,
                        sign, out.data()),
              TrapKind::kNone);
    return out;
  };
  EXPECT_EQ(get(0), (Slots{0xff, 0}));
  EXPECT_EQ(get(0, true), (Slots{0xffffffff, 0}));
  EXPECT_EQ(get(1), (Slots{0x1111222233334444, 0x5555666677778888}));
  EXPECT_EQ(get(2), (Slots{0xfffe, 0}));
  EXPECT_EQ(get(2, true), (Slots{0xfffffffe, 0}));
  EXPECT_EQ(get(3), (Slots{0x123456789abcdef0, 0}));
  EXPECT_EQ(get(4), (Slots{0x3f800000, 0}));
  EXPECT_EQ(get(5), (Slots{I31Ref(12), 0}));
  EXPECT_EQ(get(6), (Slots{0x4000000000000000, 0}));
  EXPECT_EQ(get(7), (Slots{0xfffffff0, 0}));

  const Slot value = 0x345;
  ASSERT_EQ(StructSet(context_, ref, fields[0].offset, fields[0].kind, &value),
            TrapKind::kNone);
  EXPECT_EQ(get(0), (Slots{0x45, 0}));
  EXPECT_EQ(get(1), (Slots{0x1111222233334444, 0x5555666677778888}));
}

TEST_F(HeapOpsTest, StructOperandsBySlot) {
  const TypeId type = store_.Add(
      StructType({Mutable(ValueType::kI64), Mutable(ValueType::kV128),
                  Mutable(ValueType::kI32)}));
  const Slots frame = {7, 8, 9, 10, 11};
  const uint16_t slots[] = {4, 2, 0};
  Ref ref = kNullRef;
  ASSERT_EQ(StructNew(context_, type, frame.data(), slots, &ref),
            TrapKind::kNone);
  EXPECT_EQ(store_.Field(ref, 0), 11u);
  EXPECT_EQ(store_.Field(ref, 1), 9u);
  EXPECT_EQ(store_.Field(ref, 2), 7u);
}

TEST_F(HeapOpsTest, StructNullTraps) {
  Slot slot = 0;
  EXPECT_EQ(StructGet(context_, kNullRef, 4, StorageKind::kI32, false, &slot),
            TrapKind::kNullStructureReference);
  EXPECT_EQ(StructSet(context_, kNullRef, 4, StorageKind::kI32, &slot),
            TrapKind::kNullStructureReference);
}

TEST_F(HeapOpsTest, LargeStruct) {
  const TypeId type = store_.Add(StructType(
      std::vector<wasm::FieldType>(10000, Mutable(ValueType::kI64))));
  EXPECT_EQ(TryAllocStruct(context_, type), kNullRef);
  Slots in(10000);
  std::iota(in.begin(), in.end(), 5);
  const Ref ref = store_.NewStruct(type, in);
  EXPECT_EQ(store_.Field(ref, 0), 5u);
  EXPECT_EQ(store_.Field(ref, 9999), 10004u);
}

TEST_F(HeapOpsTest, ArrayNew) {
  Ref ref = kNullRef;
  const Slot value = 0x12345;
  ASSERT_EQ(ArrayNew(context_, i16_, &value, 3, &ref), TrapKind::kNone);
  EXPECT_EQ(Get(ref), (Slots{0x2345, 0x2345, 0x2345}));
  ASSERT_EQ(ArrayNew(context_, i64_, &value, 2, &ref), TrapKind::kNone);
  EXPECT_EQ(Get(ref), (Slots{0x12345, 0x12345}));
  ASSERT_EQ(ArrayNew(context_, i32_, &value, 0, &ref), TrapKind::kNone);
  EXPECT_EQ(Get(ref), Slots());
  const Slot vector[2] = {1, 2};
  ASSERT_EQ(ArrayNew(context_, v128_, vector, 2, &ref), TrapKind::kNone);
  Slot out[2] = {};
  EXPECT_EQ(ArrayGet(context_, ref, 1, StorageKind::kV128, false, out),
            TrapKind::kNone);
  EXPECT_EQ(out[1], 2u);
}

TEST_F(HeapOpsTest, ArrayNewFixed) {
  Ref ref = kNullRef;
  const Slots frame = {1, 2, 3, 4};
  const uint16_t slots[] = {3, 3, 0};
  ASSERT_EQ(ArrayNewFixed(context_, i8_, frame.data(), slots, 3, &ref),
            TrapKind::kNone);
  EXPECT_EQ(Get(ref), (Slots{4, 4, 1}));
  ASSERT_EQ(ArrayNewFixed(context_, v128_, frame.data(), nullptr, 2, &ref),
            TrapKind::kNone);
  EXPECT_EQ(Get(ref), (Slots{1, 3}));
}

TEST_F(HeapOpsTest, ArrayGetSetLen) {
  const Ref ref = Bytes({1, 0x80, 3});
  uint32_t length = 0;
  EXPECT_EQ(ArrayLen(context_, ref, &length), TrapKind::kNone);
  EXPECT_EQ(length, 3u);
  EXPECT_EQ(ArrayLen(context_, kNullRef, &length),
            TrapKind::kNullArrayReference);
  Slot out = 0;
  EXPECT_EQ(ArrayGet(context_, ref, 1, StorageKind::kI8, true, &out),
            TrapKind::kNone);
  EXPECT_EQ(out, 0xffffff80u);
  EXPECT_EQ(ArrayGet(context_, ref, 3, StorageKind::kI8, true, &out),
            TrapKind::kOutOfBoundsArrayAccess);
  EXPECT_EQ(ArrayGet(context_, kNullRef, 3, StorageKind::kI8, true, &out),
            TrapKind::kNullArrayReference);
  EXPECT_EQ(ArraySet(context_, ref, 0xffffffff, StorageKind::kI8, &out),
            TrapKind::kOutOfBoundsArrayAccess);
  EXPECT_EQ(ArraySet(context_, kNullRef, 0, StorageKind::kI8, &out),
            TrapKind::kNullArrayReference);
  const Slot value = 0x1234;
  EXPECT_EQ(ArraySet(context_, ref, 2, StorageKind::kI8, &value),
            TrapKind::kNone);
  EXPECT_EQ(Get(ref), (Slots{1, 0x80, 0x34}));
}

TEST_F(HeapOpsTest, ArrayFill) {
  const Ref ref = Bytes({1, 2, 3, 4});
  const Slot value = 0x1ff;
  const auto fill = [&](Ref array, uint32_t index, uint32_t count) {
    return ArrayFill(context_, StorageKind::kI8, array, index, &value, count);
  };
  EXPECT_EQ(fill(kNullRef, 9, 9), TrapKind::kNullArrayReference);
  EXPECT_EQ(fill(ref, 5, 0), TrapKind::kOutOfBoundsArrayAccess);
  EXPECT_EQ(fill(ref, 2, 3), TrapKind::kOutOfBoundsArrayAccess);
  EXPECT_EQ(fill(ref, 0xffffffff, 0xffffffff),
            TrapKind::kOutOfBoundsArrayAccess);
  EXPECT_EQ(fill(ref, 4, 0), TrapKind::kNone);
  EXPECT_EQ(Get(ref), (Slots{1, 2, 3, 4}));
  EXPECT_EQ(fill(ref, 1, 2), TrapKind::kNone);
  EXPECT_EQ(Get(ref), (Slots{1, 0xff, 0xff, 4}));
}

TEST_F(HeapOpsTest, ArrayCopy) {
  const Ref a = Bytes({1, 2, 3, 4, 5});
  const Ref b = Bytes({6, 7});
  const auto copy = [&](Ref to, uint32_t to_index, Ref from,
                        uint32_t from_index, uint32_t count) {
    return ArrayCopy(context_, StorageKind::kI8, to, to_index, from, from_index,
                     count);
  };
  EXPECT_EQ(copy(kNullRef, 9, a, 9, 0), TrapKind::kNullArrayReference);
  EXPECT_EQ(copy(a, 9, kNullRef, 9, 0), TrapKind::kNullArrayReference);
  EXPECT_EQ(copy(a, 6, b, 0, 0), TrapKind::kOutOfBoundsArrayAccess);
  EXPECT_EQ(copy(a, 0, b, 3, 0), TrapKind::kOutOfBoundsArrayAccess);
  EXPECT_EQ(copy(a, 0, b, 1, 2), TrapKind::kOutOfBoundsArrayAccess);
  EXPECT_EQ(copy(a, 5, b, 2, 0), TrapKind::kNone);
  EXPECT_EQ(Get(a), (Slots{1, 2, 3, 4, 5}));
  EXPECT_EQ(copy(a, 3, b, 0, 2), TrapKind::kNone);
  EXPECT_EQ(Get(a), (Slots{1, 2, 3, 6, 7}));
  EXPECT_EQ(copy(a, 1, a, 0, 4), TrapKind::kNone);
  EXPECT_EQ(Get(a), (Slots{1, 1, 2, 3, 6}));
  EXPECT_EQ(copy(a, 0, a, 1, 4), TrapKind::kNone);
  EXPECT_EQ(Get(a), (Slots{1, 2, 3, 6, 6}));
}

TEST_F(HeapOpsTest, LongOverlappingCopiesInParts) {
  Ref ref = kNullRef;
  const uint32_t length = 1500000;  // 6 MB of i32.
  ASSERT_EQ(AllocArray(context_, i32_, length, &ref), TrapKind::kNone);
  store_.roots = {ref};
  for (uint32_t i = 0; i < length; ++i) store_.SetField(ref, i, i);
  ASSERT_EQ(
      ArrayCopy(context_, StorageKind::kI32, ref, 10, ref, 0, length - 10),
      TrapKind::kNone);
  for (uint32_t i = 10; i < length; ++i)
    ASSERT_EQ(store_.Field(ref, i), i - 10);
  ASSERT_EQ(
      ArrayCopy(context_, StorageKind::kI32, ref, 0, ref, 10, length - 10),
      TrapKind::kNone);
  for (uint32_t i = 0; i < length - 10; ++i) ASSERT_EQ(store_.Field(ref, i), i);
}

TEST_F(HeapOpsTest, ArraysFromDataSegments) {
  const std::vector<uint8_t> bytes = {1, 2, 3, 4, 5, 6, 7, 8, 9};
  const DataView data = {bytes.data(), bytes.size()};
  const DataView dropped;
  Ref ref = kNullRef;
  ASSERT_EQ(ArrayNewData(context_, i16_, data, 1, 4, &ref), TrapKind::kNone);
  EXPECT_EQ(Get(ref), (Slots{0x302, 0x504, 0x706, 0x908}));
  ASSERT_EQ(ArrayNewData(context_, i16_, data, 9, 0, &ref), TrapKind::kNone);
  EXPECT_EQ(Get(ref), Slots());
  EXPECT_EQ(ArrayNewData(context_, i16_, data, 2, 4, &ref),
            TrapKind::kOutOfBoundsMemoryAccess);
  EXPECT_EQ(ArrayNewData(context_, i16_, data, 10, 0, &ref),
            TrapKind::kOutOfBoundsMemoryAccess);
  // The segment is checked before the size of the array.
  EXPECT_EQ(ArrayNewData(context_, v128_, data, 0, 0xffffffff, &ref),
            TrapKind::kOutOfBoundsMemoryAccess);
  EXPECT_EQ(ArrayNewData(context_, i8_, dropped, 0, 0, &ref), TrapKind::kNone);
  EXPECT_EQ(ArrayNewData(context_, i8_, dropped, 0, 1, &ref),
            TrapKind::kOutOfBoundsMemoryAccess);
}

TEST_F(HeapOpsTest, ArrayInitData) {
  const std::vector<uint8_t> bytes = {1, 2, 3, 4, 5};
  const DataView data = {bytes.data(), bytes.size()};
  const Ref ref = store_.NewArray(i16_, {7, 7, 7});
  const auto init = [&](Ref array, uint32_t index, uint32_t offset,
                        uint32_t count) {
    return ArrayInitData(context_, StorageKind::kI16, array, index, data,
                         offset, count);
  };
  EXPECT_EQ(init(kNullRef, 9, 9, 9), TrapKind::kNullArrayReference);
  EXPECT_EQ(init(ref, 2, 9, 2), TrapKind::kOutOfBoundsArrayAccess);
  EXPECT_EQ(init(ref, 4, 0, 0), TrapKind::kOutOfBoundsArrayAccess);
  EXPECT_EQ(init(ref, 0, 2, 2), TrapKind::kOutOfBoundsMemoryAccess);
  EXPECT_EQ(init(ref, 0, 6, 0), TrapKind::kOutOfBoundsMemoryAccess);
  EXPECT_EQ(init(ref, 3, 5, 0), TrapKind::kNone);
  EXPECT_EQ(Get(ref), (Slots{7, 7, 7}));
  EXPECT_EQ(init(ref, 1, 1, 2), TrapKind::kNone);
  EXPECT_EQ(Get(ref), (Slots{7, 0x302, 0x504}));
}

TEST_F(HeapOpsTest, ArraysFromElementSegments) {
  const std::vector<Ref> refs = {I31Ref(1), I31Ref(2), kNullRef};
  const ElemView elem = {refs.data(), refs.size()};
  Ref ref = kNullRef;
  ASSERT_EQ(ArrayNewElem(context_, refs_, elem, 1, 2, &ref), TrapKind::kNone);
  EXPECT_EQ(Get(ref), (Slots{I31Ref(2), kNullRef}));
  EXPECT_EQ(ArrayNewElem(context_, refs_, elem, 2, 2, &ref),
            TrapKind::kOutOfBoundsTableAccess);
  EXPECT_EQ(ArrayNewElem(context_, refs_, elem, 4, 0, &ref),
            TrapKind::kOutOfBoundsTableAccess);
  EXPECT_EQ(ArrayNewElem(context_, refs_, elem, 3, 0, &ref), TrapKind::kNone);
}

TEST_F(HeapOpsTest, ArrayInitElem) {
  const std::vector<Ref> refs = {I31Ref(1), I31Ref(2), kNullRef};
  const ElemView elem = {refs.data(), refs.size()};
  const Ref ref = store_.NewArray(refs_, {I31Ref(9), I31Ref(9), I31Ref(9)});
  EXPECT_EQ(ArrayInitElem(context_, kNullRef, 9, elem, 9, 9),
            TrapKind::kNullArrayReference);
  EXPECT_EQ(ArrayInitElem(context_, ref, 2, elem, 9, 2),
            TrapKind::kOutOfBoundsArrayAccess);
  EXPECT_EQ(ArrayInitElem(context_, ref, 0, elem, 2, 2),
            TrapKind::kOutOfBoundsTableAccess);
  EXPECT_EQ(ArrayInitElem(context_, ref, 0, ElemView(), 0, 1),
            TrapKind::kOutOfBoundsTableAccess);
  EXPECT_EQ(ArrayInitElem(context_, ref, 1, elem, 1, 2), TrapKind::kNone);
  EXPECT_EQ(Get(ref), (Slots{I31Ref(9), I31Ref(2), kNullRef}));
}

TEST_F(HeapOpsTest, BulkOperatorsChargeFuel) {
  context_.metering = true;
  context_.fuel = 10;
  Ref ref = kNullRef;
  ASSERT_EQ(AllocArray(context_, i32_, 33, &ref), TrapKind::kNone);
  EXPECT_EQ(context_.fuel, 7);
  const Slot value = 1;
  // A trap of the operator comes first and costs nothing.
  EXPECT_EQ(ArrayFill(context_, StorageKind::kI32, ref, 1, &value, 33),
            TrapKind::kOutOfBoundsArrayAccess);
  EXPECT_EQ(ArrayFill(context_, StorageKind::kI32, ref, 1, &value, 0),
            TrapKind::kNone);
  EXPECT_EQ(context_.fuel, 7);
  EXPECT_EQ(ArrayFill(context_, StorageKind::kI32, ref, 0, &value, 16),
            TrapKind::kNone);
  EXPECT_EQ(context_.fuel, 6);
  EXPECT_EQ(ArrayCopy(context_, StorageKind::kI32, ref, 0, ref, 1, 17),
            TrapKind::kNone);
  EXPECT_EQ(context_.fuel, 4);
  EXPECT_EQ(ArrayNew(context_, i64_, &value, 33, &ref),
            TrapKind::kAllFuelConsumed);
  EXPECT_EQ(context_.fuel, 4);
  const std::vector<uint8_t> bytes(400, 3);
  const DataView data = {bytes.data(), bytes.size()};
  EXPECT_EQ(ArrayNewData(context_, i8_, data, 0, 200, &ref), TrapKind::kNone);
  EXPECT_EQ(context_.fuel, 0);
  EXPECT_EQ(ArrayInitData(context_, StorageKind::kI8, ref, 0, data, 0, 1),
            TrapKind::kAllFuelConsumed);
  EXPECT_EQ(store_.NewStruct(store_.Add(StructType({})), {}) != kNullRef, true);
}

TEST_F(HeapOpsTest, AnInterruptEndsBulkOperators) {
  Ref ref = kNullRef;
  ASSERT_EQ(AllocArray(context_, i8_, 10 << 20, &ref), TrapKind::kNone);
  store_.roots = {ref};
  context_.interrupt = static_cast<uint32_t>(TrapKind::kInterrupted);
  const Slot value = 1;
  EXPECT_EQ(ArrayFill(context_, StorageKind::kI8, ref, 0, &value, 10 << 20),
            TrapKind::kInterrupted);
  EXPECT_EQ(ArrayCopy(context_, StorageKind::kI8, ref, 0, ref, 1, 9 << 20),
            TrapKind::kInterrupted);
  EXPECT_EQ(ArrayFill(context_, StorageKind::kI8, ref, 0, &value, 1000),
            TrapKind::kNone);
}

}  // namespace
}  // namespace weft::exec
