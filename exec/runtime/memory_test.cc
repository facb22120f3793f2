#include "exec/runtime/memory.h"

#include <cstring>
#include <memory>
#include <vector>

#include "exec/fault_handler.h"
#include "exec/runtime/guard_support.h"
#include "exec/runtime/memory_pool.h"
#include "gtest/gtest.h"

namespace weft::exec {
namespace {

constexpr uint64_t kPage = 65536;

wasm::MemoryType Type(uint64_t min) {
  wasm::MemoryType type;
  type.limits.min = min;
  return type;
}

wasm::MemoryType Type(uint64_t min, uint64_t max) {
  wasm::MemoryType type = Type(min);
  type.limits.max = max;
  type.limits.has_max = true;
  return type;
}

bool AllZero(const uint8_t* bytes, uint64_t count) {
  for (uint64_t i = 0; i < count; ++i) {
    if (bytes[i] != 0) return false;
  }
  return true;
}

// Both ways of keeping bounds; guarded where the build can.
class MemoryTest : public ::testing::TestWithParam<Bounds> {
 protected:
  std::unique_ptr<LinearMemory> New(const wasm::MemoryType& type,
                                    GrowthBudget* budget = nullptr) {
    InstallFaultHandler();
    auto memory = LinearMemory::New(
        type, GetParam() == Bounds::kGuard ? &pool_ : nullptr, budget);
    EXPECT_TRUE(memory.ok()) << memory.status();
    return memory.ok() ? *std::move(memory) : nullptr;
  }

  MemoryPool pool_{8, 4};
};

INSTANTIATE_TEST_SUITE_P(All, MemoryTest,
                         ::testing::Values(Bounds::kGuard, Bounds::kExplicit));

TEST_P(MemoryTest, BeginsZeroAndKeepsBytesWhenGrown) {
  const auto memory = New(Type(1));
  EXPECT_EQ(memory->bounds == Bounds::kGuard,
            kCanGuard && GetParam() == Bounds::kGuard);
  EXPECT_EQ(memory->bytes.load(), kPage);
  EXPECT_TRUE(AllZero(memory->base, kPage));
  memory->base[kPage - 1] = 7;
  EXPECT_EQ(memory->Grow(2), 1u);
  EXPECT_EQ(memory->pages(), 3u);
  EXPECT_EQ(memory->base[kPage - 1], 7);
  EXPECT_TRUE(AllZero(memory->base + kPage, 2 * kPage));
  EXPECT_EQ(memory->Grow(0), 3u);
}

TEST_P(MemoryTest, EmptyMemoryGrows) {
  const auto memory = New(Type(0));
  EXPECT_EQ(memory->pages(), 0u);
  EXPECT_EQ(memory->Grow(0), 0u);
  EXPECT_EQ(memory->Grow(1), 0u);
  EXPECT_TRUE(AllZero(memory->base, kPage));
}

TEST_P(MemoryTest, GrowsNotBeyondTheDeclaredMaximum) {
  const auto memory = New(Type(1, 3));
  EXPECT_EQ(memory->Grow(3), kGrowFailed);
  EXPECT_EQ(memory->Grow(2), 1u);
  EXPECT_EQ(memory->Grow(1), kGrowFailed);
  EXPECT_EQ(memory->Grow(0xffffffffu), kGrowFailed);
  EXPECT_EQ(memory->Grow(~uint64_t{0}), kGrowFailed);
  EXPECT_EQ(memory->pages(), 3u);
}

TEST_P(MemoryTest, GrowsNotBeyondTheAddressType) {
  const auto memory = New(Type(1));
  EXPECT_EQ(memory->max_pages, 65536u);
  EXPECT_EQ(memory->Grow(65536), kGrowFailed);
  EXPECT_EQ(memory->Grow(65535), 1u);
  EXPECT_EQ(memory->bytes.load(), uint64_t{1} << 32);
  memory->base[0xffffffffu] = 1;
  EXPECT_EQ(memory->Grow(1), kGrowFailed);
}

TEST_P(MemoryTest, BudgetLimitsAllMemoriesTogether) {
  GrowthBudget budget{.max_memory_bytes = 4 * kPage};
  {
    const auto first = New(Type(1), &budget);
    const auto second = New(Type(2), &budget);
    EXPECT_EQ(first->Grow(2), kGrowFailed);
    EXPECT_EQ(first->Grow(1), 1u);
    EXPECT_EQ(second->Grow(1), kGrowFailed);
    const auto third = LinearMemory::New(Type(1), nullptr, &budget);
    EXPECT_EQ(third.status().code(), absl::StatusCode::kResourceExhausted);
    EXPECT_EQ(budget.memory_bytes, 4 * kPage);
  }
  EXPECT_EQ(budget.memory_bytes, 0u);
}

TEST_P(MemoryTest, ReusedMemoriesAreZero) {
  // Small, large, and small again after large.
  for (const uint64_t pages : {1, 40, 1, 2, 0, 3}) {
    const auto memory = New(Type(pages, 50));
    EXPECT_TRUE(AllZero(memory->base, pages * kPage));
    EXPECT_EQ(memory->Grow(5), pages);
    EXPECT_TRUE(AllZero(memory->base, (pages + 5) * kPage));
    std::memset(memory->base, 0xaa, (pages + 5) * kPage);
  }
}

TEST(ExplicitMemoryTest, MemoryOf64BitsIsNeverGuarded) {
  InstallFaultHandler();
  MemoryPool pool(8, 4);
  wasm::MemoryType type = Type(1);
  type.limits.is_64 = true;
  auto memory = LinearMemory::New(type, &pool, nullptr);
  ASSERT_TRUE(memory.ok());
  EXPECT_EQ((*memory)->bounds, Bounds::kExplicit);
  EXPECT_EQ((*memory)->Grow(uint64_t{1} << 47), kGrowFailed);
  EXPECT_EQ((*memory)->Grow(~uint64_t{0}), kGrowFailed);
  EXPECT_EQ((*memory)->Grow(1), 1u);
  type.limits.min = uint64_t{1} << 47;
  EXPECT_EQ(LinearMemory::New(type, &pool, nullptr).status().code(),
            absl::StatusCode::kResourceExhausted);
}

TEST(ExplicitMemoryTest, PagesOfOneByte) {
  MemoryPool pool(8, 4);
  wasm::MemoryType type = Type(3);
  type.page_size_log2 = 0;
  auto memory = LinearMemory::New(type, &pool, nullptr);
  ASSERT_TRUE(memory.ok());
  EXPECT_EQ((*memory)->bounds, Bounds::kExplicit);
  EXPECT_EQ((*memory)->bytes.load(), 3u);
  EXPECT_EQ((*memory)->max_pages, 0xffffffffu);
  for (uint64_t size = 3; size < 10000; ++size) {
    ASSERT_EQ((*memory)->Grow(1), size);
    ASSERT_EQ((*memory)->base[size], 0);
    (*memory)->base[size] = static_cast<uint8_t>(size);
  }
  EXPECT_EQ((*memory)->base[777], 777 % 256);
}

TEST(SharedMemoryTest, NeverMovesAndReservesItsMaximum) {
  wasm::MemoryType type = Type(1, 1000);
  type.limits.is_shared = true;
  auto memory = LinearMemory::New(type, nullptr, nullptr);
  ASSERT_TRUE(memory.ok());
  uint8_t* const base = (*memory)->base;
  EXPECT_EQ((*memory)->Grow(999), 1u);
  EXPECT_EQ((*memory)->base, base);
  base[1000 * kPage - 1] = 1;
  EXPECT_EQ((*memory)->Grow(1), kGrowFailed);
}

TEST(MemoryPoolTest, LimitsAndReuse) {
  if (!kCanGuard) GTEST_SKIP() << "this build cannot guard";
  InstallFaultHandler();
  MemoryPool pool(2, 1);
  Reservation a;
  Reservation b;
  Reservation c;
  ASSERT_TRUE(pool.Take(kPage, &a));
  ASSERT_TRUE(pool.Take(kPage, &b));
  EXPECT_FALSE(pool.Take(kPage, &c));
  EXPECT_EQ(pool.used(), 2);
  uint8_t* const base = a.base;
  pool.Return(a);
  EXPECT_EQ(pool.free(), 1);
  ASSERT_TRUE(pool.Take(kPage, &c));
  EXPECT_EQ(c.base, base);
  pool.Return(b);
  pool.Return(c);
  EXPECT_EQ(pool.free(), 1);
  EXPECT_EQ(pool.used(), 0);
}

TEST(MemoryPoolTest, MemoriesBeyondTheLimitAreExplicit) {
  InstallFaultHandler();
  MemoryPool pool(3, 3);
  std::vector<std::unique_ptr<LinearMemory>> memories;
  int guarded = 0;
  for (int i = 0; i < 10; ++i) {
    auto memory = LinearMemory::New(Type(1), &pool, nullptr);
    ASSERT_TRUE(memory.ok());
    guarded += (*memory)->bounds == Bounds::kGuard;
    memories.push_back(*std::move(memory));
  }
  EXPECT_EQ(guarded, kCanGuard ? 3 : 0);
}

}  // namespace
}  // namespace weft::exec
