// Roots that the host holds, and references to values of the host.
#include <gtest/gtest.h>

#include <cstdint>
#include <memory>
#include <utility>
#include <vector>

#include "exec/runtime/heap.h"
#include "exec/runtime/testing_heap.h"
#include "exec/runtime/testing_types.h"

namespace weft::exec {
namespace {

using testing::ArrayType;
using testing::HeapFixture;
using testing::Mutable;
using testing::RefTo;
using testing::StructType;
using wasm::HeapType;
using wasm::ValueType;

TEST(RootedRefTest, KeepsItsObject) {
  HeapFixture store;
  const TypeId type = store.Add(StructType({Mutable(ValueType::kI32)}));
  RootedRef a(store.heap, store.NewStruct(type, {1}));
  {
    const RootedRef b(store.heap, store.NewStruct(type, {2}));
    ASSERT_TRUE(store.heap.Collect());
    EXPECT_EQ(store.heap.stats().live_objects, 2u);
    EXPECT_EQ(store.Field(a.get(), 0), 1u);
    EXPECT_EQ(store.Field(b.get(), 0), 2u);
  }
  ASSERT_TRUE(store.heap.Collect());
  EXPECT_EQ(store.heap.stats().live_objects, 1u);
  a = RootedRef();
  ASSERT_TRUE(store.heap.Collect());
  EXPECT_EQ(store.heap.stats().live_objects, 0u);
}

TEST(RootedRefTest, CopiesAndMoves) {
  HeapFixture store;
  const TypeId type = store.Add(StructType({Mutable(ValueType::kI32)}));
  std::vector<RootedRef> refs;
  for (Slot i = 0; i < 100; ++i) {
    refs.push_back(RootedRef(store.heap, store.NewStruct(type, {i})));
  }
  std::vector<RootedRef> copies = refs;
  refs.erase(refs.begin() + 10, refs.begin() + 90);
  copies.resize(50);
  ASSERT_TRUE(store.heap.Collect());
  EXPECT_EQ(store.heap.stats().live_objects, 60u);
  RootedRef moved = std::move(copies[3]);
  EXPECT_EQ(copies[3].get(), kNullRef);
  EXPECT_EQ(store.Field(moved.get(), 0), 3u);
  moved = std::move(copies[4]);
  moved = *&moved;
  copies.clear();
  refs.clear();
  ASSERT_TRUE(store.heap.Collect());
  EXPECT_EQ(store.heap.stats().live_objects, 1u);
  EXPECT_EQ(store.Field(moved.get(), 0), 4u);
}

TEST(RootedRefTest, OutlivesTheHeap) {
  auto store = std::make_unique<HeapFixture>();
  const TypeId type = store->Add(StructType({}));
  RootedRef a(store->heap, store->NewStruct(type, {}));
  RootedRef b = a;
  store.reset();
  EXPECT_EQ(a.get(), kNullRef);
  EXPECT_EQ(b.heap(), nullptr);
  b = a;
}

struct Released {
  std::vector<uint64_t> values;
  HeapOptions Options() {
    HeapOptions options;
    options.release_data = this;
    options.release = [](void* data, uint64_t value) {
      static_cast<Released*>(data)->values.push_back(value);
    };
    return options;
  }
};

TEST(HostRefsTest, OneEntryPerValue) {
  HeapFixture store;
  Ref a = kNullRef;
  Ref b = kNullRef;
  Ref c = kNullRef;
  ASSERT_EQ(store.heap.HostRef(0, &a), TrapKind::kNone);
  ASSERT_EQ(store.heap.HostRef(~uint64_t{0}, &b), TrapKind::kNone);
  ASSERT_EQ(store.heap.HostRef(0, &c), TrapKind::kNone);
  EXPECT_TRUE(IsHostRef(a));
  EXPECT_EQ(a, c);
  EXPECT_NE(a, b);
  EXPECT_EQ(store.heap.HostValue(a), 0u);
  EXPECT_EQ(store.heap.HostValue(b), ~uint64_t{0});
  EXPECT_EQ(store.heap.stats().host_refs, 2u);
}

TEST(HostRefsTest, UnreachableOnesAreReleased) {
  Released released;
  {
    HeapFixture store(released.Options());
    const TypeId box =
        store.Add(StructType({Mutable(RefTo(HeapType::kExtern))}));
    const TypeId array = store.Add(ArrayType(Mutable(RefTo(HeapType::kAny))));
    std::vector<Ref> refs(6);
    for (uint64_t i = 0; i < 6; ++i) {
      ASSERT_EQ(store.heap.HostRef(100 + i, &refs[i]), TrapKind::kNone);
    }
    // Held by a root, by the host, by a struct, by an array.
    const RootedRef held(store.heap, refs[1]);
    store.roots = {refs[0]};
    store.roots.push_back(store.NewStruct(box, {refs[2]}));
    store.roots.push_back(store.NewArray(array, {I31Ref(1), refs[3]}));
    ASSERT_TRUE(store.heap.Collect());
    EXPECT_EQ(released.values, (std::vector<uint64_t>{104, 105}));
    EXPECT_EQ(store.heap.HostValue(refs[3]), 103u);

    // Their indices are used again.
    Ref again = kNullRef;
    ASSERT_EQ(store.heap.HostRef(200, &again), TrapKind::kNone);
    EXPECT_TRUE(again == refs[4] || again == refs[5]);
    released.values.clear();
  }
  EXPECT_EQ(released.values.size(), 5u);
}

TEST(HostRefsTest, GarbageIsCollectedWhenDueAndTheLimitHolds) {
  HeapOptions options;
  options.limit = 1 << 20;  // 32,768 references.
  HeapFixture store(options);
  Ref ref = kNullRef;
  for (uint64_t i = 0; i < 1000000; ++i) {
    ASSERT_EQ(store.heap.HostRef(i, &ref), TrapKind::kNone);
  }
  EXPECT_LE(store.heap.stats().host_refs, 32768u);
  TrapKind trap = TrapKind::kNone;
  uint64_t value = 2000000;
  while (trap == TrapKind::kNone) {
    trap = store.heap.HostRef(value++, &ref);
    store.roots.push_back(ref);
  }
  EXPECT_EQ(trap, TrapKind::kHeapExhausted);
  EXPECT_EQ(store.heap.stats().host_refs, 32768u);
}

}  // namespace
}  // namespace weft::exec
