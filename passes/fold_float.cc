// Floating-point operators and conversions (specification 3.0, sections 4.3.3
// and 4.3.4). Operators that are defined on signs work on the bits, so that
// the host never sees a NaN that it could change.
#include <bit>
#include <cmath>
#include <cstdint>

#include "passes/fold_topics.h"

namespace weft::passes::fold {

using wasm::Op;

namespace {

template <typename F>
bool IsNan(uint64_t bits) {
  return std::isnan(FromBits<F>(bits));
}

// fmin and fmax make a NaN of a NaN operand: the engine's choice.
template <typename F>
Bits MinBits(uint64_t a, uint64_t b) {
  if (IsNan<F>(a) || IsNan<F>(b)) return std::nullopt;
  return Number(Min(FromBits<F>(a), FromBits<F>(b)));
}

template <typename F>
Bits MaxBits(uint64_t a, uint64_t b) {
  if (IsNan<F>(a) || IsNan<F>(b)) return std::nullopt;
  return Number(Max(FromBits<F>(a), FromBits<F>(b)));
}

// An unsigned integer of the same width, for storing as ConstValue::bits.
template <typename I>
Bits Unsigned(std::optional<I> value) {
  if (!value.has_value()) return std::nullopt;
  return static_cast<std::make_unsigned_t<I>>(*value);
}

template <typename I, typename F>
Bits Trunc(uint64_t a) {
  return Unsigned(Truncate<I>(FromBits<F>(a)));
}

template <typename I, typename F>
Bits TruncSat(uint64_t a) {
  return Unsigned(std::optional<I>(TruncateSaturating<I>(FromBits<F>(a))));
}

// convert of 4.3.4; the host rounds to nearest even.
template <typename F, typename I>
Bits FromInteger(uint64_t a) {
  return std::bit_cast<BitsOf<F>>(static_cast<F>(static_cast<I>(a)));
}

}  // namespace

// clang-format off
#define WEFT_FOLD(name, expression)                       \
  case Op::kF32##name: {                                  \
    using F = float;                                      \
    [[maybe_unused]] const F x = FromBits<F>(a);          \
    [[maybe_unused]] const F y = FromBits<F>(b);          \
    return expression;                                    \
  }                                                       \
  case Op::kF64##name: {                                  \
    using F = double;                                     \
    [[maybe_unused]] const F x = FromBits<F>(a);          \
    [[maybe_unused]] const F y = FromBits<F>(b);          \
    return expression;                                    \
  }

Bits Float(Op op, uint64_t a, uint64_t b) {
  switch (op) {
    WEFT_FOLD(Abs, a & ~uint64_t{kSignBit<F>})
    WEFT_FOLD(Neg, a ^ kSignBit<F>)
    WEFT_FOLD(Copysign, (a & ~uint64_t{kSignBit<F>}) | (b & kSignBit<F>))
    WEFT_FOLD(Ceil, Number(std::ceil(x)))
    WEFT_FOLD(Floor, Number(std::floor(x)))
    WEFT_FOLD(Trunc, Number(std::trunc(x)))
    WEFT_FOLD(Nearest, Number(Nearest(x)))
    WEFT_FOLD(Sqrt, Number(std::sqrt(x)))
    WEFT_FOLD(Add, Number(x + y))
    WEFT_FOLD(Sub, Number(x - y))
    WEFT_FOLD(Mul, Number(x * y))
    WEFT_FOLD(Div, Number(x / y))
    WEFT_FOLD(Min, MinBits<F>(a, b))
    WEFT_FOLD(Max, MaxBits<F>(a, b))
    WEFT_FOLD(Eq, uint64_t{x == y})
    WEFT_FOLD(Ne, uint64_t{x != y})
    WEFT_FOLD(Lt, uint64_t{x < y})
    WEFT_FOLD(Gt, uint64_t{x > y})
    WEFT_FOLD(Le, uint64_t{x <= y})
    WEFT_FOLD(Ge, uint64_t{x >= y})
    default: return std::nullopt;
  }
}

#undef WEFT_FOLD

Bits Convert(Op op, uint64_t a) {
  switch (op) {
    case Op::kI32WrapI64: return static_cast<uint32_t>(a);
    case Op::kI64ExtendI32S:
      return static_cast<uint64_t>(int64_t{static_cast<int32_t>(a)});
    case Op::kI64ExtendI32U: return static_cast<uint32_t>(a);
    case Op::kI32TruncF32S: return Trunc<int32_t, float>(a);
    case Op::kI32TruncF32U: return Trunc<uint32_t, float>(a);
    case Op::kI32TruncF64S: return Trunc<int32_t, double>(a);
    case Op::kI32TruncF64U: return Trunc<uint32_t, double>(a);
    case Op::kI64TruncF32S: return Trunc<int64_t, float>(a);
    case Op::kI64TruncF32U: return Trunc<uint64_t, float>(a);
    case Op::kI64TruncF64S: return Trunc<int64_t, double>(a);
    case Op::kI64TruncF64U: return Trunc<uint64_t, double>(a);
    case Op::kI32TruncSatF32S: return TruncSat<int32_t, float>(a);
    case Op::kI32TruncSatF32U: return TruncSat<uint32_t, float>(a);
    case Op::kI32TruncSatF64S: return TruncSat<int32_t, double>(a);
    case Op::kI32TruncSatF64U: return TruncSat<uint32_t, double>(a);
    case Op::kI64TruncSatF32S: return TruncSat<int64_t, float>(a);
    case Op::kI64TruncSatF32U: return TruncSat<uint64_t, float>(a);
    case Op::kI64TruncSatF64S: return TruncSat<int64_t, double>(a);
    case Op::kI64TruncSatF64U: return TruncSat<uint64_t, double>(a);
    case Op::kF32ConvertI32S: return FromInteger<float, int32_t>(a);
    case Op::kF32ConvertI32U: return FromInteger<float, uint32_t>(a);
    case Op::kF32ConvertI64S: return FromInteger<float, int64_t>(a);
    case Op::kF32ConvertI64U: return FromInteger<float, uint64_t>(a);
    case Op::kF64ConvertI32S: return FromInteger<double, int32_t>(a);
    case Op::kF64ConvertI32U: return FromInteger<double, uint32_t>(a);
    case Op::kF64ConvertI64S: return FromInteger<double, int64_t>(a);
    case Op::kF64ConvertI64U: return FromInteger<double, uint64_t>(a);
    case Op::kF32DemoteF64:
      return Number(static_cast<float>(FromBits<double>(a)));
    case Op::kF64PromoteF32:
      return Number(static_cast<double>(FromBits<float>(a)));
    case Op::kI32ReinterpretF32:
    case Op::kI64ReinterpretF64:
    case Op::kF32ReinterpretI32:
    case Op::kF64ReinterpretI64: return a;
    default: return std::nullopt;
  }
}
// clang-format on

}  // namespace weft::passes::fold
