// What the files of fold share: one evaluator per group of operators.
#ifndef WEFT_PASSES_FOLD_TOPICS_H_
#define WEFT_PASSES_FOLD_TOPICS_H_

#include <bit>
#include <cfloat>
#include <cmath>
#include <cstdint>
#include <limits>
#include <optional>
#include <type_traits>

#include "absl/types/span.h"
#include "ir/wasm/op.h"
#include "passes/fold.h"

namespace weft::passes::fold {

static_assert(std::numeric_limits<float>::is_iec559 &&
                  std::numeric_limits<double>::is_iec559 &&
                  FLT_EVAL_METHOD == 0,
              "fold computes with the host's IEEE 754 arithmetic");

// The bits of the result, or nothing as Fold says; nothing too for operators
// of another group. Operands are as in ConstValue::bits.
using Bits = std::optional<uint64_t>;
// i32 and i64 in, i32 or i64 out.
Bits Integer(wasm::Op op, uint64_t a, uint64_t b);
// f32 and f64 in; f32, f64 or the i32 of a comparison out.
Bits Float(wasm::Op op, uint64_t a, uint64_t b);
// Between integers and floats, and between their widths.
Bits Convert(wasm::Op op, uint64_t a);
// Everything with a v128 operand or result.
std::optional<ConstValue> Vector(wasm::Op op,
                                 absl::Span<const ConstValue> operands,
                                 LaneImmediate lane);
// Vector's second half: operators on lanes that are floats.
std::optional<ConstValue> FloatVector(wasm::Op op,
                                      absl::Span<const ConstValue> operands);

// -- Floats as bits -----------------------------------------------------------

template <typename F>
using BitsOf = std::conditional_t<sizeof(F) == 4, uint32_t, uint64_t>;

template <typename F>
F FromBits(uint64_t bits) {
  return std::bit_cast<F>(static_cast<BitsOf<F>>(bits));
}

template <typename F>
inline constexpr BitsOf<F> kSignBit = BitsOf<F>{1} << (sizeof(F) * 8 - 1);

// The bits of a result of arithmetic, or nothing for a NaN.
template <typename F>
std::optional<BitsOf<F>> Number(F value) {
  if (std::isnan(value)) return std::nullopt;
  return std::bit_cast<BitsOf<F>>(value);
}

// fnearest of 4.3.3: to integral, ties to even. The difference is exact, and
// so is the sum, for all magnitudes.
template <typename F>
F Nearest(F value) {
  const F magnitude = std::fabs(value);
  F result = std::floor(magnitude);
  const F rest = magnitude - result;
  const F half = static_cast<F>(0.5);
  const bool odd = std::fmod(result, F{2}) != 0;
  if (rest > half || (rest == half && odd)) result += 1;
  return std::copysign(result, value);
}

// fmin and fmax of 4.3.3 for operands that are not NaN.
template <typename F>
F Min(F a, F b) {
  if (a == b) return std::signbit(a) ? a : b;
  return a < b ? a : b;
}

template <typename F>
F Max(F a, F b) {
  if (a == b) return std::signbit(a) ? b : a;
  return a > b ? a : b;
}

// trunc of 4.3.4 when the truncated value is in the range of integer I.
template <typename I, typename F>
std::optional<I> Truncate(F value) {
  if (std::isnan(value)) return std::nullopt;
  const F whole = std::trunc(value);
  // Both bounds are powers of two or zero, exact in F; the upper is exclusive.
  const F lower = static_cast<F>(std::numeric_limits<I>::min());
  const F upper = std::ldexp(F{1}, std::numeric_limits<I>::digits);
  if (whole < lower || whole >= upper) return std::nullopt;
  return static_cast<I>(whole);
}

// trunc_sat of 4.3.4.
template <typename I, typename F>
I TruncateSaturating(F value) {
  if (std::isnan(value)) return 0;
  if (const std::optional<I> exact = Truncate<I>(value)) return *exact;
  return value < 0 ? std::numeric_limits<I>::min()
                   : std::numeric_limits<I>::max();
}

}  // namespace weft::passes::fold

#endif  // WEFT_PASSES_FOLD_TOPICS_H_
