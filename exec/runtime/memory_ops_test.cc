#include "exec/runtime/memory_ops.h"

#include <cstring>
#include <memory>
#include <vector>

#include "exec/runtime/context.h"
#include "exec/runtime/memory.h"
#include "exec/trap.h"
#include "gtest/gtest.h"

namespace weft::exec {
namespace {

constexpr uint64_t kPage = 65536;
constexpr TrapKind kOk = TrapKind::kNone;
constexpr TrapKind kOut = TrapKind::kOutOfBoundsMemoryAccess;

class MemoryOpsTest : public ::testing::Test {
 protected:
  MemoryOpsTest() : memory_(New(1)), other_(New(2)) {}

  static std::unique_ptr<LinearMemory> New(uint64_t pages,
                                           GrowthBudget* budget = nullptr) {
    wasm::MemoryType type;
    type.limits.min = pages;
    type.limits.is_64 = true;
    return LinearMemory::New(type, nullptr, budget).value();
  }
  // 0, 1, 2, ... modulo 251.
  void Number(LinearMemory& memory) {
    for (uint64_t i = 0; i < memory.bytes; ++i) memory.base[i] = i % 251;
  }

  Context context_;
  std::unique_ptr<LinearMemory> memory_;
  std::unique_ptr<LinearMemory> other_;
};

TEST_F(MemoryOpsTest, FillWritesItsRangeOnly) {
  EXPECT_EQ(MemoryFill(context_, *memory_, 10, 0xee, 5), kOk);
  EXPECT_EQ(memory_->base[9], 0);
  for (int i = 10; i < 15; ++i) EXPECT_EQ(memory_->base[i], 0xee);
  EXPECT_EQ(memory_->base[15], 0);
}

TEST_F(MemoryOpsTest, FillChecksBeforeItWrites) {
  EXPECT_EQ(MemoryFill(context_, *memory_, kPage - 4, 1, 5), kOut);
  EXPECT_EQ(memory_->base[kPage - 4], 0);
  EXPECT_EQ(MemoryFill(context_, *memory_, kPage - 4, 1, 4), kOk);
  EXPECT_EQ(MemoryFill(context_, *memory_, kPage, 1, 0), kOk);
  EXPECT_EQ(MemoryFill(context_, *memory_, kPage + 1, 1, 0), kOut);
  EXPECT_EQ(MemoryFill(context_, *memory_, ~uint64_t{0}, 1, 2), kOut);
  EXPECT_EQ(MemoryFill(context_, *memory_, 1, 1, ~uint64_t{0}), kOut);
}

TEST_F(MemoryOpsTest, CopyOverlapsInBothDirections) {
  Number(*memory_);
  const std::vector<uint8_t> before(memory_->base, memory_->base + kPage);
  EXPECT_EQ(MemoryCopy(context_, *memory_, 105, *memory_, 100, 1000), kOk);
  EXPECT_EQ(std::memcmp(memory_->base + 105, &before[100], 1000), 0);
  EXPECT_EQ(memory_->base[104], before[104]);
  EXPECT_EQ(memory_->base[1105], before[1105]);
  Number(*memory_);
  EXPECT_EQ(MemoryCopy(context_, *memory_, 100, *memory_, 105, 1000), kOk);
  EXPECT_EQ(std::memcmp(memory_->base + 100, &before[105], 1000), 0);
}

TEST_F(MemoryOpsTest, LargeOverlappingCopies) {
  // Larger than the pieces between two looks at the interrupt flag.
  const auto large = New(80);
  const uint64_t count = 3 * (1 << 20) + 17;
  for (const bool backward : {false, true}) {
    Number(*large);
    const std::vector<uint8_t> before(large->base, large->base + large->bytes);
    const uint64_t from = backward ? 1000 : 4567;
    const uint64_t to = backward ? 4567 : 1000;
    EXPECT_EQ(MemoryCopy(context_, *large, to, *large, from, count), kOk);
    EXPECT_EQ(std::memcmp(large->base + to, &before[from], count), 0);
    EXPECT_EQ(large->base[to - 1], before[to - 1]);
    EXPECT_EQ(large->base[to + count], before[to + count]);
  }
}

TEST_F(MemoryOpsTest, CopyBetweenMemoriesChecksBoth) {
  Number(*other_);
  EXPECT_EQ(MemoryCopy(context_, *memory_, 0, *other_, kPage, kPage), kOk);
  EXPECT_EQ(std::memcmp(memory_->base, other_->base + kPage, kPage), 0);
  EXPECT_EQ(MemoryCopy(context_, *memory_, 1, *other_, 0, kPage), kOut);
  EXPECT_EQ(MemoryCopy(context_, *memory_, 0, *other_, kPage + 1, kPage), kOut);
  EXPECT_EQ(MemoryCopy(context_, *memory_, kPage, *other_, 2 * kPage, 0), kOk);
  EXPECT_EQ(MemoryCopy(context_, *memory_, kPage + 1, *other_, 0, 0), kOut);
  EXPECT_EQ(MemoryCopy(context_, *memory_, 0, *other_, 2 * kPage + 1, 0), kOut);
}

TEST_F(MemoryOpsTest, InitReadsTheSegment) {
  const uint8_t bytes[] = {1, 2, 3, 4};
  DataView data{bytes, 4};
  EXPECT_EQ(MemoryInit(context_, *memory_, 10, data, 1, 3), kOk);
  EXPECT_EQ(memory_->base[10], 2);
  EXPECT_EQ(memory_->base[12], 4);
  EXPECT_EQ(MemoryInit(context_, *memory_, 0, data, 2, 3), kOut);
  EXPECT_EQ(MemoryInit(context_, *memory_, kPage - 1, data, 0, 2), kOut);
  EXPECT_EQ(MemoryInit(context_, *memory_, kPage, data, 4, 0), kOk);
  EXPECT_EQ(MemoryInit(context_, *memory_, 0, data, 5, 0), kOut);
  DataDrop(data);
  EXPECT_EQ(MemoryInit(context_, *memory_, 0, data, 0, 0), kOk);
  EXPECT_EQ(MemoryInit(context_, *memory_, 0, data, 0, 1), kOut);
}

TEST_F(MemoryOpsTest, EmptyMemory) {
  const auto empty = New(0);
  EXPECT_EQ(MemoryFill(context_, *empty, 0, 1, 0), kOk);
  EXPECT_EQ(MemoryFill(context_, *empty, 0, 1, 1), kOut);
  EXPECT_EQ(MemoryCopy(context_, *empty, 0, *empty, 0, 0), kOk);
}

TEST_F(MemoryOpsTest, FuelIsChargedPerStarted64Bytes) {
  context_.metering = true;
  context_.fuel = 5;
  EXPECT_EQ(MemoryFill(context_, *memory_, 0, 1, 65), kOk);
  EXPECT_EQ(context_.fuel, 3);
  EXPECT_EQ(MemoryFill(context_, *memory_, 0, 1, 0), kOk);
  EXPECT_EQ(context_.fuel, 3);
  // Bounds come first, and what cannot be paid has no effect.
  EXPECT_EQ(MemoryFill(context_, *memory_, kPage, 1, 1 << 20), kOut);
  EXPECT_EQ(MemoryFill(context_, *memory_, 100, 1, 200),
            TrapKind::kAllFuelConsumed);
  EXPECT_EQ(memory_->base[100], 0);
  EXPECT_EQ(context_.fuel, 3);
  EXPECT_EQ(MemoryCopy(context_, *memory_, 0, *memory_, 64, 64), kOk);
  EXPECT_EQ(context_.fuel, 2);
  const uint8_t bytes[130] = {};
  EXPECT_EQ(MemoryInit(context_, *memory_, 0, {bytes, 130}, 0, 128), kOk);
  EXPECT_EQ(context_.fuel, 0);
}

TEST_F(MemoryOpsTest, InterruptEndsBulkOperators) {
  context_.interrupt = static_cast<uint32_t>(TrapKind::kDeadlineExceeded);
  EXPECT_EQ(MemoryFill(context_, *memory_, 0, 1, kPage),
            TrapKind::kDeadlineExceeded);
  EXPECT_EQ(MemoryCopy(context_, *memory_, 0, *other_, 0, kPage),
            TrapKind::kDeadlineExceeded);
  const uint8_t byte = 1;
  EXPECT_EQ(MemoryInit(context_, *memory_, 0, {&byte, 1}, 0, 1),
            TrapKind::kDeadlineExceeded);
  EXPECT_EQ(memory_->base[0], 0);
}

TEST_F(MemoryOpsTest, InitCopiesAllOfALargeSegment) {
  const uint64_t pages = 50;
  const auto memory = New(pages);
  std::vector<uint8_t> data(pages * kPage - 3);
  for (size_t i = 0; i < data.size(); ++i) data[i] = i % 249;
  const auto count = static_cast<uint32_t>(data.size() - 1);
  EXPECT_EQ(
      MemoryInit(context_, *memory, 4, {data.data(), data.size()}, 1, count),
      kOk);
  EXPECT_EQ(std::memcmp(memory->base + 4, data.data() + 1, count), 0);
  EXPECT_EQ(memory->base[3], 0);
}

TEST_F(MemoryOpsTest, GrowthFailsByInjection) {
  GrowthBudget budget{.failing_grow = 2};
  const auto memory = New(1, &budget);
  EXPECT_EQ(GrowMemory(context_, *memory, 1), 1u);
  EXPECT_EQ(GrowMemory(context_, *memory, 1), kGrowFailed);
  EXPECT_EQ(GrowMemory(context_, *memory, 1), 2u);
  EXPECT_EQ(budget.memory_grows, 3u);
}

}  // namespace
}  // namespace weft::exec
