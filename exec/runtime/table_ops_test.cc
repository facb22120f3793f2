#include "exec/runtime/table_ops.h"

#include <algorithm>
#include <memory>
#include <numeric>
#include <vector>

#include "exec/runtime/context.h"
#include "exec/runtime/table.h"
#include "exec/trap.h"
#include "gtest/gtest.h"

namespace weft::exec {
namespace {

constexpr TrapKind kOk = TrapKind::kNone;
constexpr TrapKind kOut = TrapKind::kOutOfBoundsTableAccess;

std::unique_ptr<TableInstance> New(uint64_t min, Ref value = kNullRef,
                                   GrowthBudget* budget = nullptr) {
  wasm::TableType type;
  type.limits.min = min;
  return TableInstance::New(type, value, budget).value();
}

class TableOpsTest : public ::testing::Test {
 protected:
  std::vector<Ref> Entries() const {
    return std::vector<Ref>(table_->elements, table_->elements + table_->size);
  }

  Context context_;
  std::unique_ptr<TableInstance> table_ = New(5, 9);
};

TEST_F(TableOpsTest, GrowKeepsEntriesAndFillsNewOnes) {
  EXPECT_EQ(Entries(), std::vector<Ref>({9, 9, 9, 9, 9}));
  EXPECT_EQ(TableGrow(context_, *table_, 4, 2), 5u);
  EXPECT_EQ(Entries(), std::vector<Ref>({9, 9, 9, 9, 9, 4, 4}));
  EXPECT_EQ(TableGrow(context_, *table_, 4, 0), 7u);
  EXPECT_EQ(TableGrow(context_, *table_, 4, 0xfffffff9u), kGrowFailed);
  EXPECT_EQ(TableGrow(context_, *table_, 4, ~uint64_t{0}), kGrowFailed);
}

TEST_F(TableOpsTest, GrowthOneByOneIsLinearAndRight) {
  const auto table = New(0);
  for (Ref i = 0; i < 100000; ++i) {
    ASSERT_EQ(TableGrow(context_, *table, i, 1), i);
  }
  for (Ref i = 0; i < 100000; ++i) ASSERT_EQ(table->elements[i], i);
}

TEST_F(TableOpsTest, GrowHasLimits) {
  wasm::TableType type;
  type.limits = {.min = 1, .max = 3, .has_max = true};
  GrowthBudget budget{.max_table_entries = 6, .failing_grow = 4};
  const auto table = TableInstance::New(type, kNullRef, &budget).value();
  const auto other = New(2, kNullRef, &budget);
  EXPECT_EQ(TableGrow(context_, *table, 0, 3), kGrowFailed);
  EXPECT_EQ(TableGrow(context_, *table, 0, 2), 1u);
  EXPECT_EQ(TableGrow(context_, *other, 0, 2), kGrowFailed);
  EXPECT_EQ(TableGrow(context_, *other, 0, 1), kGrowFailed);  // Injected.
  EXPECT_EQ(TableGrow(context_, *other, 0, 1), 2u);
  EXPECT_EQ(budget.table_entries, 6u);
  type.limits.min = 2;
  EXPECT_EQ(TableInstance::New(type, kNullRef, &budget).status().code(),
            absl::StatusCode::kResourceExhausted);
  EXPECT_EQ(budget.table_entries, 6u);
}

TEST_F(TableOpsTest, Fill) {
  EXPECT_EQ(TableFill(context_, *table_, 1, 2, 3), kOk);
  EXPECT_EQ(Entries(), std::vector<Ref>({9, 2, 2, 2, 9}));
  EXPECT_EQ(TableFill(context_, *table_, 3, 7, 3), kOut);
  EXPECT_EQ(TableFill(context_, *table_, 5, 7, 0), kOk);
  EXPECT_EQ(TableFill(context_, *table_, 6, 7, 0), kOut);
  EXPECT_EQ(TableFill(context_, *table_, 2, 7, ~uint64_t{0}), kOut);
  EXPECT_EQ(Entries(), std::vector<Ref>({9, 2, 2, 2, 9}));
}

TEST_F(TableOpsTest, CopyOverlaps) {
  std::iota(table_->elements, table_->elements + 5, 0);
  EXPECT_EQ(TableCopy(context_, *table_, 1, *table_, 0, 4), kOk);
  EXPECT_EQ(Entries(), std::vector<Ref>({0, 0, 1, 2, 3}));
  EXPECT_EQ(TableCopy(context_, *table_, 0, *table_, 2, 3), kOk);
  EXPECT_EQ(Entries(), std::vector<Ref>({1, 2, 3, 2, 3}));
  const auto other = New(2, 8);
  EXPECT_EQ(TableCopy(context_, *table_, 3, *other, 0, 2), kOk);
  EXPECT_EQ(Entries(), std::vector<Ref>({1, 2, 3, 8, 8}));
  EXPECT_EQ(TableCopy(context_, *table_, 4, *other, 0, 2), kOut);
  EXPECT_EQ(TableCopy(context_, *table_, 0, *other, 1, 2), kOut);
  EXPECT_EQ(TableCopy(context_, *table_, 5, *other, 2, 0), kOk);
  EXPECT_EQ(TableCopy(context_, *table_, 6, *other, 0, 0), kOut);
  EXPECT_EQ(TableCopy(context_, *table_, 0, *other, 3, 0), kOut);
}

TEST_F(TableOpsTest, LargeOverlappingCopy) {
  const auto table = New(1 << 20);
  for (const bool backward : {false, true}) {
    std::iota(table->elements, table->elements + table->size, 0);
    const uint64_t from = backward ? 10 : 77;
    const uint64_t to = backward ? 77 : 10;
    const uint64_t count = (1 << 20) - 100;
    ASSERT_EQ(TableCopy(context_, *table, to, *table, from, count), kOk);
    for (uint64_t i = 0; i < count; ++i) {
      ASSERT_EQ(table->elements[to + i], from + i);
    }
  }
}

TEST_F(TableOpsTest, InitAndDrop) {
  const Ref refs[] = {1, 2, 3};
  ElemView elem{refs, 3};
  EXPECT_EQ(TableInit(context_, *table_, 3, elem, 1, 2), kOk);
  EXPECT_EQ(Entries(), std::vector<Ref>({9, 9, 9, 2, 3}));
  EXPECT_EQ(TableInit(context_, *table_, 4, elem, 0, 2), kOut);
  EXPECT_EQ(TableInit(context_, *table_, 0, elem, 2, 2), kOut);
  EXPECT_EQ(TableInit(context_, *table_, 5, elem, 3, 0), kOk);
  EXPECT_EQ(TableInit(context_, *table_, 0, elem, 4, 0), kOut);
  ElemDrop(elem);
  EXPECT_EQ(TableInit(context_, *table_, 0, elem, 0, 0), kOk);
  EXPECT_EQ(TableInit(context_, *table_, 0, elem, 0, 1), kOut);
}

TEST_F(TableOpsTest, FuelIsChargedPer16Entries) {
  const auto table = New(100);
  context_.metering = true;
  context_.fuel = 3;
  EXPECT_EQ(TableFill(context_, *table, 0, 1, 17), kOk);
  EXPECT_EQ(context_.fuel, 1);
  EXPECT_EQ(TableFill(context_, *table, 0, 2, 17), TrapKind::kAllFuelConsumed);
  EXPECT_EQ(table->elements[0], 1u);
  EXPECT_EQ(TableCopy(context_, *table, 0, *table, 1, 16), kOk);
  EXPECT_EQ(context_.fuel, 0);
}

TEST_F(TableOpsTest, InterruptEndsBulkOperators) {
  context_.interrupt = static_cast<uint32_t>(TrapKind::kInterrupted);
  EXPECT_EQ(TableFill(context_, *table_, 0, 1, 5), TrapKind::kInterrupted);
  EXPECT_EQ(TableCopy(context_, *table_, 0, *table_, 0, 5),
            TrapKind::kInterrupted);
  const Ref ref = 2;
  EXPECT_EQ(TableInit(context_, *table_, 0, {&ref, 1}, 0, 1),
            TrapKind::kInterrupted);
}

TEST_F(TableOpsTest, InterruptEndsLargeGrowth) {
  constexpr uint64_t kMany = 1 << 20;
  const uint64_t size = table_->size;
  context_.interrupt = static_cast<uint32_t>(TrapKind::kInterrupted);
  EXPECT_EQ(TableGrow(context_, *table_, 2, kMany), kGrowFailed);
  EXPECT_EQ(table_->size, size);
  // What was written before is not seen.
  context_.interrupt = 0;
  EXPECT_EQ(TableGrow(context_, *table_, kNullRef, kMany), size);
  EXPECT_TRUE(std::all_of(table_->elements + size,
                          table_->elements + size + kMany,
                          [](Ref ref) { return ref == kNullRef; }));
  EXPECT_EQ(TableGrow(context_, *table_, 4, 10 * kMany), size + kMany);
  EXPECT_EQ(table_->elements[size + kMany], 4u);
  EXPECT_EQ(table_->elements[size + 11 * kMany - 1], 4u);
  EXPECT_EQ(table_->elements[size + kMany - 1], kNullRef);
}

}  // namespace
}  // namespace weft::exec
