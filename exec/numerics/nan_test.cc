// NaNs over the grid of edge values, for every row of the op table: those that
// arithmetic makes obey specification 3.0, 4.3.3 (NaN propagation), and the
// deterministic mode changes these alone.
#include <bit>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "absl/strings/str_cat.h"
#include "exec/numerics/evaluate.h"
#include "exec/numerics/grid.h"
#include "exec/numerics/values.h"
#include "gtest/gtest.h"
#include "ir/wasm/op.h"
#include "ir/wasm/op_rows.h"

namespace weft::exec {
namespace {

using wasm::Op;

// A lane or number of float type as its bits.
struct FloatBits {
  bool is_f64;
  uint64_t bits;

  template <typename F>
  bool IsNanOf() const {
    return (bits & ~uint64_t{FloatFormat<F>::kSign}) >
           FloatFormat<F>::kInfinity;
  }
  template <typename F>
  bool IsCanonicalOf() const {
    return (bits & ~uint64_t{FloatFormat<F>::kSign}) ==
           FloatFormat<F>::kCanonicalNan;
  }
  bool IsNan() const { return is_f64 ? IsNanOf<double>() : IsNanOf<float>(); }
  bool IsCanonical() const {
    return is_f64 ? IsCanonicalOf<double>() : IsCanonicalOf<float>();
  }
  bool IsArithmetic() const {
    const uint64_t quiet =
        is_f64 ? FloatFormat<double>::kQuiet : FloatFormat<float>::kQuiet;
    return IsNan() && (bits & quiet) != 0;
  }
  bool IsPositiveCanonical() const {
    return bits == (is_f64 ? FloatFormat<double>::kCanonicalNan
                           : FloatFormat<float>::kCanonicalNan);
  }
};

FloatBits LaneOf(const V128& v, bool is_f64, int lane) {
  return {is_f64, is_f64 ? v.lane<uint64_t>(lane) : v.lane<uint32_t>(lane)};
}

bool IsF64(NanShape shape) {
  return shape == NanShape::kF64 || shape == NanShape::kF64x2;
}

int LanesOfShape(NanShape shape) {
  switch (shape) {
    case NanShape::kNone:
      return 0;
    case NanShape::kF32:
    case NanShape::kF64:
      return 1;
    case NanShape::kF32x4:
      return 4;
    case NanShape::kF64x2:
      return 2;
  }
  return 0;  // Not reached; g++ asks for it.
}

// Whether all NaNs among what lane `lane` of the result is made of are
// canonical. Demotion and promotion take lanes of the other width.
bool NanInputsAreCanonical(Op op, const std::vector<V128>& operands, int lane) {
  const std::string_view text = wasm::RowOf(op).text;
  const bool other_width = text.find("demote") != std::string_view::npos ||
                           text.find("promote") != std::string_view::npos;
  const bool is_f64 = IsF64(NanShapeOf(op)) != other_width;
  if (is_f64 && lane >= 2) return true;  // A lane that is set to zero.
  for (const V128& operand : operands) {
    const FloatBits input = LaneOf(operand, is_f64, lane);
    if (input.IsNan() && !input.IsCanonical()) return false;
  }
  return true;
}

// Checks the results of `op` on `operands` in both modes; returns how many NaNs
// there are among them, or -1 if something is wrong.
int CheckResult(Op op, const std::vector<V128>& operands) {
  const V128 plain = Evaluate(op, operands).results[0];
  const V128 canonical = EvaluateCanonical(op, operands).results[0];
  const NanShape shape = NanShapeOf(op);
  if (shape == NanShape::kNone) return plain == canonical ? 0 : -1;
  int nans = 0;
  for (int i = 0; i < LanesOfShape(shape); ++i) {
    const FloatBits result = LaneOf(plain, IsF64(shape), i);
    const FloatBits deterministic = LaneOf(canonical, IsF64(shape), i);
    if (!result.IsNan()) {
      if (result.bits != deterministic.bits) return -1;
      continue;
    }
    ++nans;
    const bool allowed = NanInputsAreCanonical(op, operands, i)
                             ? result.IsCanonical()
                             : result.IsArithmetic();
    if (!allowed || !deterministic.IsPositiveCanonical()) return -1;
  }
  return nans;
}

std::string Show(Op op, const std::vector<V128>& operands) {
  std::string text(wasm::RowOf(op).text);
  for (const V128& v : operands) {
    absl::StrAppend(&text, " ", absl::Hex(v.high(), absl::kZeroPad16), ":",
                    absl::Hex(v.low(), absl::kZeroPad16));
  }
  return text;
}

TEST(NanTest, EveryRowObeysTheRules) {
  for (int i = 0; i < wasm::kOpCount; ++i) {
    const Op op = static_cast<Op>(i);
    if (!HasNumeric(op)) continue;
    int64_t nans = 0;
    for (const std::vector<V128>& operands : GridOf(op)) {
      const int found = CheckResult(op, operands);
      ASSERT_GE(found, 0) << Show(op, operands);
      nans += found;
    }
    EXPECT_EQ(nans > 0, NanShapeOf(op) != NanShape::kNone)
        << wasm::RowOf(op).text;
  }
}

TEST(NanTest, CanonicalizationTouchesNansAlone) {
  for (uint32_t bits : EdgesOfF32()) {
    const FloatBits before{false, bits};
    const uint32_t after = BitsOf(CanonicalizeNan(std::bit_cast<float>(bits)));
    EXPECT_EQ(after, before.IsNan() ? 0x7fc00000 : bits);
  }
  for (uint64_t bits : EdgesOfF64()) {
    const FloatBits before{true, bits};
    const uint64_t after = BitsOf(CanonicalizeNan(std::bit_cast<double>(bits)));
    EXPECT_EQ(after, before.IsNan() ? 0x7ff8000000000000 : bits);
    const V128 both = CanonicalizeNanLanes<double>(V128::FromBits(bits, ~bits));
    EXPECT_EQ(both.low(), after);
  }
}

}  // namespace
}  // namespace weft::exec
