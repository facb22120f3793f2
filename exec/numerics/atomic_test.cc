// Read-modify-write: the new content of a cell of each width, and the old one
// as the result; the atomic access does what the pure function says.
#include "exec/numerics/atomic.h"

#include <cstdint>

#include "gtest/gtest.h"

namespace weft::exec {
namespace {

using wasm::Op;

template <Op op, typename Value = typename AtomicRmw<op>::Value>
void ExpectRmw(uint64_t old, Value operand, uint64_t expected) {
  using Rmw = AtomicRmw<op>;
  using Cell = typename Rmw::Cell;
  Cell cell = static_cast<Cell>(old);
  EXPECT_EQ(Rmw::Apply(cell, operand), static_cast<Cell>(expected));
  EXPECT_EQ(Rmw::Result(cell), static_cast<Cell>(old));
  EXPECT_EQ(Rmw::Perform(&cell, operand), static_cast<Cell>(old));
  EXPECT_EQ(cell, static_cast<Cell>(expected));
}

// All widths of one kind: operands of narrow ones are wrapped.
template <Op i32, Op i32_8, Op i32_16, Op i64, Op i64_8, Op i64_16, Op i64_32>
void ExpectKind(uint64_t old, uint64_t operand, uint64_t expected) {
  ExpectRmw<i32>(old, static_cast<uint32_t>(operand), expected);
  ExpectRmw<i32_8>(old, static_cast<uint32_t>(operand), expected);
  ExpectRmw<i32_16>(old, static_cast<uint32_t>(operand), expected);
  ExpectRmw<i64>(old, operand, expected);
  ExpectRmw<i64_8>(old, operand, expected);
  ExpectRmw<i64_16>(old, operand, expected);
  ExpectRmw<i64_32>(old, operand, expected);
}

#define WEFT_ALL_WIDTHS(kind)                                           \
  ExpectKind<Op::kI32AtomicRmw##kind, Op::kI32AtomicRmw8##kind##U,      \
             Op::kI32AtomicRmw16##kind##U, Op::kI64AtomicRmw##kind,     \
             Op::kI64AtomicRmw8##kind##U, Op::kI64AtomicRmw16##kind##U, \
             Op::kI64AtomicRmw32##kind##U>

constexpr uint64_t kOld = 0xf0f1f2f3f4f5f6f7;
constexpr uint64_t kOperand = 0x0a1b2c3d4e5f6a7b;

TEST(AtomicTest, EveryKindOnEveryWidth) {
  WEFT_ALL_WIDTHS(Add)(kOld, kOperand, kOld + kOperand);
  WEFT_ALL_WIDTHS(Sub)(kOld, kOperand, kOld - kOperand);
  WEFT_ALL_WIDTHS(And)(kOld, kOperand, kOld & kOperand);
  WEFT_ALL_WIDTHS(Or)(kOld, kOperand, kOld | kOperand);
  WEFT_ALL_WIDTHS(Xor)(kOld, kOperand, kOld ^ kOperand);
  WEFT_ALL_WIDTHS(Xchg)(kOld, kOperand, kOperand);
}

TEST(AtomicTest, ArithmeticWrapsInTheCell) {
  WEFT_ALL_WIDTHS(Add)(~uint64_t{0}, 1, 0);
  WEFT_ALL_WIDTHS(Sub)(0, 1, ~uint64_t{0});
}

TEST(AtomicTest, ResultsAreZeroExtended) {
  EXPECT_EQ(AtomicRmw<Op::kI32AtomicRmw8AddU>::Result(0x80), 0x80u);
  EXPECT_EQ(AtomicRmw<Op::kI64AtomicRmw32SubU>::Result(0x80000000),
            0x80000000u);
}

template <Op op>
void ExpectCmpxchg(uint64_t old, uint64_t expected, uint64_t replacement,
                   bool exchanged) {
  using Rmw = AtomicRmw<op>;
  using Cell = typename Rmw::Cell;
  using Value = typename Rmw::Value;
  Cell cell = static_cast<Cell>(old);
  const Cell after = static_cast<Cell>(exchanged ? replacement : old);
  const Value wanted = static_cast<Value>(expected);
  const Value by = static_cast<Value>(replacement);
  EXPECT_EQ(Rmw::Apply(cell, wanted, by), after);
  EXPECT_EQ(Rmw::Perform(&cell, wanted, by), static_cast<Cell>(old));
  EXPECT_EQ(cell, after);
}

template <Op op>
void ExpectBoth() {
  ExpectCmpxchg<op>(kOld, kOld, kOperand, true);
  ExpectCmpxchg<op>(kOld, kOld + 1, kOperand, false);
}

TEST(AtomicTest, CompareExchange) {
  ExpectBoth<Op::kI32AtomicRmwCmpxchg>();
  ExpectBoth<Op::kI32AtomicRmw8CmpxchgU>();
  ExpectBoth<Op::kI32AtomicRmw16CmpxchgU>();
  ExpectBoth<Op::kI64AtomicRmwCmpxchg>();
  ExpectBoth<Op::kI64AtomicRmw8CmpxchgU>();
  ExpectBoth<Op::kI64AtomicRmw16CmpxchgU>();
  ExpectBoth<Op::kI64AtomicRmw32CmpxchgU>();
}

// The expected value is wrapped to the width of the access, too.
TEST(AtomicTest, CompareExchangeIgnoresHighBits) {
  ExpectCmpxchg<Op::kI32AtomicRmw8CmpxchgU>(0x11, 0x11111111, 0xcd, true);
  ExpectCmpxchg<Op::kI64AtomicRmw32CmpxchgU>(5, 0x100000005, 7, true);
}

}  // namespace
}  // namespace weft::exec
