#include "exec/runtime/heap_space.h"

#include <gtest/gtest.h>
#include <sys/resource.h>

#include <cstdint>
#include <memory>
#include <utility>
#include <vector>

namespace weft::exec {
namespace {

#if defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define WEFT_NEEDS_ALL_ADDRESSES 1
#endif
#endif
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define WEFT_NEEDS_ALL_ADDRESSES 1
#endif

TEST(HeapSpaceTest, RunsCoverABlock) {
  HeapSpace space(1 << 20);
  EXPECT_EQ(space.limit_blocks(), 32u);
  CellRun run = space.NextRun(0, 1000000);
  EXPECT_EQ(run.begin, run.end);
  ASSERT_TRUE(space.AddBlock(0));
  run = space.NextRun(0, 10);
  EXPECT_EQ(run.begin, kHeapBlockBytes);
  EXPECT_EQ(run.end, run.begin + 160);
  run = space.NextRun(0, 1000000);
  EXPECT_EQ(run.begin, kHeapBlockBytes + 160);
  EXPECT_EQ(run.end, 2 * kHeapBlockBytes);
  run = space.NextRun(0, 1000000);
  EXPECT_EQ(run.begin, run.end);
}

TEST(HeapSpaceTest, RunsLieBetweenMarkedCells) {
  HeapSpace space(1 << 20);
  // Cells of 10,920 bytes: three in a block.
  const uint8_t three = SizeClass(10920);
  ASSERT_TRUE(space.AddBlock(three));
  CellRun run = space.NextRun(three, 1000000);
  ASSERT_EQ(run.end - run.begin, 3u * 10920);
  space.BeginMarking();
  EXPECT_TRUE(space.Mark(run.begin + 10920));
  EXPECT_FALSE(space.Mark(run.begin + 10920));
  const LiveCount live = space.FinishMarking();
  EXPECT_EQ(live.objects, 1u);
  EXPECT_EQ(live.bytes, 10920u);
  const CellRun first = space.NextRun(three, 1000000);
  EXPECT_EQ(first.begin, run.begin);
  EXPECT_EQ(first.end, run.begin + 10920);
  const CellRun third = space.NextRun(three, 1000000);
  EXPECT_EQ(third.begin, run.begin + 2 * 10920);
  EXPECT_EQ(third.end, run.end);
  const CellRun none = space.NextRun(three, 1000000);
  EXPECT_EQ(none.begin, none.end);
}

TEST(HeapSpaceTest, ResetGivesTheSameCellsZeroedAgain) {
  HeapSpace space(1 << 20);
  ASSERT_TRUE(space.AddBlock(0));
  const CellRun first = space.NextRun(0, 10);
  space.base()[first.begin] = 7;
  space.BeginMarking();
  space.Mark(first.begin);
  space.FinishMarking();
  bool dirty = false;
  const Ref large = space.AllocateLarge(31, &dirty);
  ASSERT_NE(large, kNullRef);
  EXPECT_FALSE(dirty);
  space.Reset();
  EXPECT_EQ(space.used_blocks(), 0u);
  // What was marked is free.
  ASSERT_TRUE(space.AddBlock(0));
  const CellRun again = space.NextRun(0, 10);
  EXPECT_EQ(again.begin, first.begin);
  EXPECT_EQ(again.end, first.end);
  EXPECT_EQ(space.base()[again.begin], 0);
  // The first of these blocks may have been written.
  EXPECT_EQ(space.AllocateLarge(31, &dirty), large);
  EXPECT_TRUE(dirty);
  EXPECT_EQ(space.AllocateLarge(1, &dirty), kNullRef);
}

TEST(HeapSpaceTest, APoolKeepsSpacesBySize) {
  HeapSpacePool pool;
  std::unique_ptr<HeapSpace> space = pool.Take(1 << 20);
  const HeapSpace* const kept = space.get();
  pool.Return(std::move(space));
  EXPECT_NE(pool.Take(4 << 20).get(), kept);
  EXPECT_EQ(pool.Take(1 << 20).get(), kept);
}

TEST(HeapSpaceTest, LargeObjectsTakeTheLowestRoom) {
  HeapSpace space(200 * kHeapBlockBytes);
  std::vector<Ref> refs;
  bool dirty = false;
  for (const uint32_t blocks : {3, 100, 5, 60}) {
    refs.push_back(space.AllocateLarge(blocks, &dirty));
    EXPECT_FALSE(dirty);
  }
  EXPECT_EQ(space.AllocateLarge(33, &dirty), kNullRef);
  EXPECT_TRUE(space.IsCell(refs[1]));
  EXPECT_FALSE(space.IsCell(refs[1] + kHeapBlockBytes));
  space.BeginMarking();
  space.Mark(refs[0]);
  space.Mark(refs[2]);
  EXPECT_EQ(space.FinishMarking().bytes, 8u * kHeapBlockBytes);
  EXPECT_EQ(space.used_blocks(), 8u);
  EXPECT_EQ(space.AllocateLarge(101, &dirty), kNullRef);
  EXPECT_EQ(space.AllocateLarge(100, &dirty), refs[1]);
  EXPECT_TRUE(dirty);
  EXPECT_EQ(space.AllocateLarge(92, &dirty), refs[3]);
  EXPECT_EQ(space.used_blocks(), 200u);
  EXPECT_FALSE(space.AddBlock(0));
}

TEST(HeapSpaceTest, MarkingThatWasGivenUpFreesNothing) {
  HeapSpace space(1 << 20);
  ASSERT_TRUE(space.AddBlock(0));
  const CellRun run = space.NextRun(0, 8);
  space.BeginMarking();
  space.Mark(run.begin);
  // Free cells are found again by the next collection, not before.
  CellRun next = space.NextRun(0, 8);
  EXPECT_EQ(next.begin, next.end);
  space.BeginMarking();
  space.Mark(run.begin + 16);
  EXPECT_EQ(space.FinishMarking().objects, 1u);
  next = space.NextRun(0, 8);
  EXPECT_EQ(next.begin, run.begin);
  EXPECT_EQ(next.end, run.begin + 16);
}

TEST(HeapSpaceTest, FewerAddressesMeanALowerLimit) {
#ifdef WEFT_NEEDS_ALL_ADDRESSES
  GTEST_SKIP() << "the sanitizer needs all addresses";
#endif
  rlimit before;
  ASSERT_EQ(getrlimit(RLIMIT_AS, &before), 0);
  rlimit low = before;
  low.rlim_cur = rlim_t{1} << 30;
  ASSERT_EQ(setrlimit(RLIMIT_AS, &low), 0);
  uint32_t blocks = 0;
  {
    const HeapSpace space(uint64_t{4} << 30);
    blocks = space.limit_blocks();
  }
  low.rlim_cur = 1 << 20;
  ASSERT_EQ(setrlimit(RLIMIT_AS, &low), 0);
  uint32_t none = 1;
  {
    const HeapSpace space(uint64_t{4} << 30);
    none = space.limit_blocks();
  }
  ASSERT_EQ(setrlimit(RLIMIT_AS, &before), 0);
  EXPECT_GE(blocks, (uint64_t{256} << 20) / kHeapBlockBytes);
  EXPECT_LE(blocks, (uint64_t{1} << 30) / kHeapBlockBytes);
  EXPECT_EQ(none, 0u);
}

}  // namespace
}  // namespace weft::exec
