#include "exec/runtime/heap.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <memory>
#include <random>
#include <set>
#include <utility>
#include <vector>

#include "exec/runtime/testing_heap.h"
#include "exec/runtime/testing_types.h"

namespace weft::exec {
namespace {

using testing::ArrayType;
using testing::FuncType;
using testing::HeapFixture;
using testing::Immutable;
using testing::Mutable;
using testing::Packed;
using testing::RefTo;
using testing::StructType;
using wasm::HeapType;
using wasm::StorageType;
using wasm::ValueType;

constexpr uint64_t kMiB = uint64_t{1} << 20;

HeapOptions WithLimit(uint64_t limit, bool stress = false) {
  HeapOptions options;
  options.limit = limit;
  options.stress = stress;
  return options;
}

// An i32 and a reference to a node.
wasm::SubType NodeType(wasm::TypeIndex index = 0) {
  return StructType({Mutable(ValueType::kI32), Mutable(RefTo(index))});
}

TEST(SizeClassesTest, SmallestThatFits) {
  uint8_t size_class = 0;
  for (uint32_t bytes = 0; bytes <= kMaxSmallBytes; ++bytes) {
    while (kSizeClassBytes[size_class] < bytes) ++size_class;
    ASSERT_EQ(SizeClass(bytes), size_class) << bytes;
  }
  EXPECT_EQ(SizeClass(kMaxSmallBytes + 1), kLargeObject);
  EXPECT_EQ(SizeClass(uint64_t{1} << 40), kLargeObject);
  EXPECT_TRUE(std::is_sorted(kSizeClassBytes.begin(), kSizeClassBytes.end()));
  for (uint8_t i = 0; i < kNumSizeClasses; ++i) {
    EXPECT_EQ(kSizeClassBytes[i] % 8, 0);
  }
}

TEST(HeapTest, ObjectsAreZeroAlignedAndApart) {
  HeapFixture store;
  const TypeId type = store.Add(ArrayType(Packed(StorageType::kI8)));
  std::set<std::pair<uint64_t, uint64_t>> ranges;
  for (uint32_t length = 0; length < 70000; length = length * 5 / 4 + 1) {
    Ref ref = kNullRef;
    ASSERT_EQ(AllocArray(store.context, type, length, &ref), TrapKind::kNone);
    store.roots.push_back(ref);
    EXPECT_TRUE(IsHeapRef(ref));
    EXPECT_EQ(ArrayLength(store.heap.base(), ref), length);
    for (uint32_t i = 0; i < length; ++i) ASSERT_EQ(store.Field(ref, i), 0u);
    ranges.insert({ref, uint64_t{ref} + kArrayElementsOffset + length});
  }
  uint64_t end = 0;
  for (const auto& [from, to] : ranges) {
    EXPECT_GE(from, end);
    end = to;
  }
}

TEST(HeapTest, GarbageIsFreedAndReachableObjectsStay) {
  HeapFixture store;
  const TypeId node = store.Add(NodeType());
  Ref list = kNullRef;
  for (Slot i = 0; i < 1000; ++i) {
    list = store.NewStruct(node, {i, list});
    store.NewStruct(node, {i, list});  // Garbage.
    store.roots = {list};
  }
  ASSERT_TRUE(store.heap.Collect());
  EXPECT_EQ(store.heap.stats().live_objects, 1000u);
  EXPECT_EQ(store.heap.stats().live_bytes, 16000u);
  Ref at = list;
  for (Slot i = 1000; i-- > 0; at = store.Field(at, 1)) {
    ASSERT_EQ(store.Field(at, 0), i);
  }
  EXPECT_EQ(at, kNullRef);
  store.roots.clear();
  ASSERT_TRUE(store.heap.Collect());
  EXPECT_EQ(store.heap.stats().live_objects, 0u);
  EXPECT_EQ(store.heap.stats().used_bytes, 0u);
}

TEST(HeapTest, CyclesAreFreed) {
  HeapFixture store;
  const TypeId node = store.Add(NodeType());
  const Ref a = store.NewStruct(node, {1, kNullRef});
  const Ref b = store.NewStruct(node, {2, a});
  store.SetField(a, 1, b);
  store.roots = {a};
  ASSERT_TRUE(store.heap.Collect());
  EXPECT_EQ(store.heap.stats().live_objects, 2u);
  store.roots.clear();
  ASSERT_TRUE(store.heap.Collect());
  EXPECT_EQ(store.heap.stats().live_objects, 0u);
}

TEST(HeapTest, FreedCellsAreUsedAgainAndZero) {
  HeapFixture store(WithLimit(kMiB));
  const TypeId node = store.Add(NodeType());
  const TypeId bytes = store.Add(ArrayType(Packed(StorageType::kI8)));
  // Every second object stays; their neighbours are used again.
  std::set<Ref> freed;
  for (Slot i = 0; i < 20000; ++i) {
    const Ref ref = store.NewStruct(node, {~Slot{0}, kNullRef});
    if (i % 2 == 0) {
      store.roots.push_back(ref);
    } else {
      freed.insert(ref);
    }
  }
  ASSERT_TRUE(store.heap.Collect());
  const uint64_t used = store.heap.stats().used_bytes;
  for (int i = 0; i < 10000; ++i) {
    Ref ref = kNullRef;
    ASSERT_EQ(AllocArray(store.context, bytes, 8, &ref), TrapKind::kNone);
    EXPECT_EQ(freed.erase(ref), 1u);
    for (uint32_t j = 0; j < 8; ++j) ASSERT_EQ(store.Field(ref, j), 0u);
  }
  EXPECT_EQ(store.heap.stats().used_bytes, used);
  for (Ref ref : store.roots) ASSERT_EQ(store.Field(ref, 0), 0xffffffffu);
}

TEST(HeapTest, LargeObjectsAreUsedAgainAndZero) {
  HeapFixture store(WithLimit(kMiB));
  const TypeId bytes = store.Add(ArrayType(Packed(StorageType::kI8)));
  const Slot ones = ~Slot{0};
  for (uint32_t round = 0; round < 200; ++round) {
    const uint32_t length = 20000 + round * 1000;
    Ref ref = kNullRef;
    ASSERT_EQ(AllocArray(store.context, bytes, length, &ref), TrapKind::kNone);
    for (uint32_t i = 0; i < length; i += 777)
      ASSERT_EQ(store.Field(ref, i), 0u);
    ASSERT_EQ(ArrayFill(store.context, StorageKind::kI8, ref, 0, &ones, length),
              TrapKind::kNone);
  }
  EXPECT_GT(store.heap.stats().collections, 10u);
}

TEST(HeapTest, ALongListIsMarkedWithoutRecursion) {
  HeapFixture store;
  const TypeId node = store.Add(NodeType());
  store.roots = {kNullRef};
  for (Slot i = 0; i < 10000000; ++i) {
    Ref ref = TryAllocStruct(store.context, node);
    if (ref == kNullRef) {
      ASSERT_EQ(AllocStruct(store.context, node, &ref), TrapKind::kNone);
    }
    store.SetField(ref, 1, store.roots[0]);
    store.roots[0] = ref;
  }
  ASSERT_TRUE(store.heap.Collect());
  EXPECT_EQ(store.heap.stats().live_objects, 10000000u);
}

TEST(HeapTest, WideArraysAndTheirElements) {
  HeapFixture store;
  const TypeId node = store.Add(NodeType());
  const TypeId array = store.Add(ArrayType(Mutable(RefTo(HeapType::kAny))));
  Ref ref = kNullRef;
  ASSERT_EQ(AllocArray(store.context, array, 3000000, &ref), TrapKind::kNone);
  store.roots = {ref};
  for (uint32_t i = 0; i < 3000000; ++i) {
    const Slot element =
        i % 3 == 0 ? I31Ref(i) : store.NewStruct(node, {i, kNullRef});
    store.SetField(ref, i, element);
  }
  ASSERT_TRUE(store.heap.Collect());
  EXPECT_EQ(store.heap.stats().live_objects, 2000001u);
  for (uint32_t i = 1; i < 3000000; i += 3) {
    ASSERT_EQ(store.Field(store.Field(ref, i), 0), i);
  }
}

TEST(HeapTest, ReferencesThatAreNoObjectsAreNotFollowed) {
  HeapFixture store;
  const TypeId func = store.Add(FuncType({}, {}));
  const TypeId holder = store.Add(StructType(
      {Mutable(RefTo(HeapType::kAny)), Mutable(RefTo(HeapType::kFunc)),
       Mutable(RefTo(func - 1)), Mutable(ValueType::kI32)}));
  // The number looks like a reference to an object.
  store.roots = {store.NewStruct(
      holder, {I31Ref(5), FuncRefAt(4096), FuncRefAt(1), 32768 + 16})};
  store.roots.push_back(FuncRefAt(9));
  store.roots.push_back(I31Ref(77));
  ASSERT_TRUE(store.heap.Collect());
  EXPECT_EQ(store.heap.stats().live_objects, 1u);
}

TEST(HeapTest, TheLimitIsATrapAndNotTheEnd) {
  HeapFixture store(WithLimit(64 * kMiB));
  const TypeId node = store.Add(NodeType());
  store.roots = {kNullRef};
  uint64_t count = 0;
  while (true) {
    Ref ref = kNullRef;
    const TrapKind trap = AllocStruct(store.context, node, &ref);
    if (trap != TrapKind::kNone) {
      EXPECT_EQ(trap, TrapKind::kHeapExhausted);
      break;
    }
    store.SetField(ref, 1, store.roots[0]);
    store.roots[0] = ref;
    ++count;
  }
  EXPECT_GT(count, 63 * kMiB / 16);
  EXPECT_LE(count, 64 * kMiB / 16);
  EXPECT_LT(store.heap.stats().collections, 40u);
  // All is well when the guest lets go.
  store.roots[0] = kNullRef;
  for (uint64_t i = 0; i < count / 2; ++i) store.NewStruct(node, {1, kNullRef});
}

TEST(HeapTest, LargeObjectsAndTheLimit) {
  HeapFixture store(WithLimit(64 * kMiB));
  const TypeId longs = store.Add(ArrayType(Mutable(ValueType::kI64)));
  const TypeId vectors = store.Add(ArrayType(Mutable(ValueType::kV128)));
  Ref ref = kNullRef;
  EXPECT_EQ(AllocArray(store.context, longs, 8 << 20, &ref),
            TrapKind::kHeapExhausted);
  EXPECT_EQ(AllocArray(store.context, longs, 0xffffffff, &ref),
            TrapKind::kAllocationSizeTooLarge);
  EXPECT_EQ(AllocArray(store.context, vectors, 0xffffffff, &ref),
            TrapKind::kAllocationSizeTooLarge);
  ASSERT_EQ(AllocArray(store.context, longs, 5 << 20, &ref), TrapKind::kNone);
  store.roots = {ref};
  EXPECT_EQ(AllocArray(store.context, longs, 5 << 20, &ref),
            TrapKind::kHeapExhausted);
  store.roots.clear();
  EXPECT_EQ(AllocArray(store.context, longs, 5 << 20, &ref), TrapKind::kNone);
}

TEST(HeapTest, AFullHeapDoesNothingButCollectNotForLong) {
  HeapFixture store(WithLimit(4 * kMiB));
  const TypeId node = store.Add(NodeType());
  // Full but for a few cells, all of which are garbage again and again.
  Ref ref = kNullRef;
  while (AllocStruct(store.context, node, &ref) == TrapKind::kNone) {
    store.roots.push_back(ref);
  }
  store.roots.resize(store.roots.size() - 10);
  const uint64_t before = store.heap.stats().collections;
  uint64_t count = 0;
  while (AllocStruct(store.context, node, &ref) == TrapKind::kNone) ++count;
  EXPECT_LT(count, 1000u);
  EXPECT_LT(store.heap.stats().collections, before + 12);
}

TEST(HeapTest, RandomGraphsUnderStress) {
  HeapFixture store(WithLimit(8 * kMiB, true));
  const TypeId node = store.Add(NodeType());
  const TypeId array = store.Add(ArrayType(Mutable(RefTo(HeapType::kEq))));
  std::mt19937 random(3);
  store.roots.assign(8, kNullRef);
  for (Slot i = 0; i < 4000; ++i) {
    Ref& root = store.roots[random() % store.roots.size()];
    const Ref other = store.roots[random() % store.roots.size()];
    if (random() % 2 == 0) {
      const bool is_node =
          other != kNullRef && ObjectType(store.heap.base(), other) == node;
      root = store.NewStruct(node, {i, is_node ? other : kNullRef});
    } else {
      root = store.NewArray(array, std::vector<Slot>(random() % 300, other));
    }
  }
  EXPECT_GE(store.heap.stats().collections, 4000u);
  // Nodes are in descending order of their numbers.
  for (Ref root : store.roots) {
    Slot last = 4000;
    while (root != kNullRef) {
      if (ObjectType(store.heap.base(), root) == node) {
        ASSERT_LT(store.Field(root, 0), last);
        last = store.Field(root, 0);
        root = store.Field(root, 1);
      } else {
        const std::vector<Slot> elements = store.Elements(root);
        for (Slot element : elements) ASSERT_EQ(element, elements[0]);
        root = elements.empty() ? kNullRef : elements[0];
      }
    }
  }
}

TEST(HeapTest, ManySizesInASmallHeap) {
  HeapFixture store(WithLimit(2 * kMiB));
  const TypeId bytes = store.Add(ArrayType(Packed(StorageType::kI8)));
  std::mt19937 random(11);
  store.roots.assign(64, kNullRef);
  for (uint32_t i = 0; i < 200000; ++i) {
    const uint32_t length = 1u << (random() % 14);
    Ref ref = kNullRef;
    ASSERT_EQ(AllocArray(store.context, bytes, length, &ref), TrapKind::kNone)
        << i;
    const Slot tag = length % 251;
    store.SetField(ref, length - 1, tag);
    store.roots[random() % store.roots.size()] = ref;
  }
  for (Ref ref : store.roots) {
    const uint32_t length = ArrayLength(store.heap.base(), ref);
    EXPECT_EQ(store.Field(ref, length - 1), length % 251);
  }
}

TEST(HeapTest, AnInterruptGivesACollectionUp) {
  HeapFixture store(WithLimit(16 * kMiB));
  const TypeId node = store.Add(NodeType());
  store.roots = {kNullRef};
  for (Slot i = 0; i < 100000; ++i) {
    store.roots[0] = store.NewStruct(node, {i, store.roots[0]});
  }
  store.context.interrupt = static_cast<uint32_t>(TrapKind::kDeadlineExceeded);
  EXPECT_FALSE(store.heap.Collect());
  TrapKind trap = TrapKind::kNone;
  for (int i = 0; i < 2000000 && trap == TrapKind::kNone; ++i) {
    Ref ref = kNullRef;
    trap = AllocStruct(store.context, node, &ref);
  }
  EXPECT_EQ(trap, TrapKind::kDeadlineExceeded);
  store.context.interrupt = 0;
  for (Slot i = 0; i < 2000000; ++i) store.NewStruct(node, {i, kNullRef});
  Ref at = store.roots[0];
  for (Slot i = 100000; i-- > 0; at = store.Field(at, 1)) {
    ASSERT_EQ(store.Field(at, 0), i);
  }
}

TEST(HeapTest, FourGigabytes) {
  HeapFixture store(WithLimit(uint64_t{1} << 40));
  const TypeId bytes = store.Add(ArrayType(Packed(StorageType::kI8)));
  const TypeId node = store.Add(NodeType(1));
  Ref ref = kNullRef;
  // Up to the last megabyte, which the nodes fill.
  const auto length = static_cast<uint32_t>((uint64_t{4} << 30) - 2 * kMiB);
  ASSERT_EQ(AllocArray(store.context, bytes, length, &ref), TrapKind::kNone);
  EXPECT_EQ(store.heap.stats().limit, (uint64_t{4} << 30) - kHeapBlockBytes);
  store.SetField(ref, length - 1, 77);
  EXPECT_EQ(store.Field(ref, length - 1), 77u);
  store.roots = {ref, kNullRef};
  Ref last = kNullRef;
  while (AllocStruct(store.context, node, &ref) == TrapKind::kNone) {
    store.SetField(ref, 1, store.roots[1]);
    store.roots[1] = ref;
    last = std::max(last, ref);
  }
  EXPECT_EQ(last, 0u - 16);
  EXPECT_EQ(store.Field(store.roots[0], length - 1), 77u);
}

TEST(HeapTest, MemoryGoesBackToTheHost) {
  HeapFixture store;
  const TypeId node = store.Add(NodeType());
  store.roots = {kNullRef};
  for (Slot i = 0; i < 4000000; ++i) {
    store.roots[0] = store.NewStruct(node, {~i, store.roots[0]});
  }
  EXPECT_GE(store.heap.stats().touched_bytes, 61 * kMiB);
  store.roots[0] = kNullRef;
  ASSERT_TRUE(store.heap.Collect());
  EXPECT_LE(store.heap.stats().touched_bytes, 8 * kMiB);
  // What comes back is zero.
  for (Slot i = 0; i < 3000000; ++i) {
    Ref ref = kNullRef;
    ASSERT_EQ(AllocStruct(store.context, node, &ref), TrapKind::kNone);
    ASSERT_EQ(store.Field(ref, 0), 0u);
    ASSERT_EQ(store.Field(ref, 1), 0u);
    store.SetField(ref, 1, store.roots[0]);
    store.roots[0] = ref;
  }
}

TEST(HeapTest, CyclicGarbageThroughASmallHeap) {
  HeapFixture store(WithLimit(64 * kMiB));
  const TypeId node = store.Add(NodeType());
  const TypeId pair = store.Add(StructType(
      {Mutable(RefTo(node - 1)), Mutable(RefTo(1)), Mutable(ValueType::kI64)}));
  store.roots = {kNullRef};
  for (int i = 0; i < 10000000; ++i) {
    Ref a = TryAllocStruct(store.context, node);
    if (a == kNullRef) {
      ASSERT_EQ(AllocStruct(store.context, node, &a), TrapKind::kNone);
    }
    store.roots[0] = a;
    Ref b = TryAllocStruct(store.context, pair);
    if (b == kNullRef) {
      ASSERT_EQ(AllocStruct(store.context, pair, &b), TrapKind::kNone);
    }
    store.SetField(a, 1, a);
    store.SetField(b, 0, a);
    store.SetField(b, 1, b);
  }
  const HeapStats stats = store.heap.stats();
  EXPECT_GE(stats.allocated_bytes, 400u * 1000 * 1000);
  EXPECT_GT(stats.collections, 20u);
  EXPECT_LE(stats.used_bytes, 64 * kMiB);
}

}  // namespace
}  // namespace weft::exec
