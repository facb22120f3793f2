#include "exec/runtime/stack_region.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <optional>

namespace weft::exec {
namespace {

TEST(StackRegionTest, APoolGivesRangesAgainBySize) {
  StackPool pool;
  void* const small = pool.Take(4096);
  void* const large = pool.Take(1 << 20);
  ASSERT_NE(small, nullptr);
  ASSERT_NE(large, nullptr);
  pool.Return(large, 1 << 20);
  pool.Return(small, 4096);
  EXPECT_EQ(pool.Take(1 << 20), large);
  EXPECT_EQ(pool.Take(4096), small);
  pool.Return(large, 1 << 20);
  pool.Return(small, 4096);
}

TEST(StackRegionTest, LittleMemoryOfALargeRangeIsKept) {
  StackPool pool;
  constexpr uint64_t kBytes = 4 << 20;
  auto* bytes = static_cast<uint8_t*>(pool.Take(kBytes));
  ASSERT_NE(bytes, nullptr);
  bytes[kBytes - 1] = 1;
  pool.Return(bytes, kBytes);
  ASSERT_EQ(pool.Take(kBytes), bytes);
  // Only given back memory is zero.
  EXPECT_EQ(bytes[kBytes - 1], 0);
  pool.Return(bytes, kBytes);
}

TEST(StackRegionTest, ARegionOfAnotherUses) {
  StackPool pool;
  std::optional<StackRegion> region(std::in_place, &pool);
  ASSERT_TRUE(region->Reserve(1 << 20, 4096));
  EXPECT_EQ(region->bytes(), uint64_t{1} << 20);
  void* const begin = region->begin();
  region.emplace(&pool);
  ASSERT_TRUE(region->Reserve(1 << 20, 4096));
  EXPECT_EQ(region->begin(), begin);
}

}  // namespace
}  // namespace weft::exec
