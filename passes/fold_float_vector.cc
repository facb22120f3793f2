// Vector operators on floating-point lanes (specification 3.0, sections 4.3.3
// to 4.3.5). A NaN that one lane's arithmetic makes leaves the whole vector
// unknown.
#include <cmath>
#include <cstdint>
#include <optional>

#include "absl/types/span.h"
#include "passes/fold_lanes.h"
#include "passes/fold_topics.h"

namespace weft::passes::fold {

using wasm::Op;

namespace {

// Applies the scalar operator to each lane.
template <typename F>
std::optional<ConstValue> Scalar(Op scalar, const ConstValue& a,
                                 const ConstValue& b) {
  using U = BitsOf<F>;
  ConstValue result = ConstValue::V128(0, 0);
  for (int i = 0; i < kLanes<U>; ++i) {
    const Bits lane = Float(scalar, GetLane<U>(a, i), GetLane<U>(b, i));
    if (!lane.has_value()) return std::nullopt;
    PutLane<U>(&result, i, static_cast<U>(*lane));
  }
  return result;
}

template <typename F, typename Function>
std::optional<ConstValue> CompareFloats(const ConstValue& a,
                                        const ConstValue& b, Function f) {
  using U = BitsOf<F>;
  return Compare<U>(
      a, b, [&](U x, U y) { return f(FromBits<F>(x), FromBits<F>(y)); });
}

// fpmin and fpmax of 4.3.3: the first operand unless the comparison holds, so
// NaNs pass through with their bits.
template <typename F>
ConstValue Pmin(const ConstValue& a, const ConstValue& b) {
  using U = BitsOf<F>;
  return Map<U>(
      a, b, [](U x, U y) { return FromBits<F>(y) < FromBits<F>(x) ? y : x; });
}

template <typename F>
ConstValue Pmax(const ConstValue& a, const ConstValue& b) {
  using U = BitsOf<F>;
  return Map<U>(
      a, b, [](U x, U y) { return FromBits<F>(x) < FromBits<F>(y) ? y : x; });
}

// Lanes that the operand lacks become zero.
template <typename I, typename F>
ConstValue TruncSatLanes(const ConstValue& a) {
  using U = BitsOf<F>;
  return MakeLanes<I>([&](int i) {
    return i < kLanes<U> ? TruncateSaturating<I>(FromBits<F>(GetLane<U>(a, i)))
                         : I{0};
  });
}

template <typename F, typename I>
ConstValue ConvertLanes(const ConstValue& a) {
  using U = BitsOf<F>;
  return MakeLanes<U>([&](int i) {
    return std::bit_cast<U>(static_cast<F>(GetLane<I>(a, i)));
  });
}

std::optional<ConstValue> Demote(const ConstValue& a) {
  ConstValue result = ConstValue::V128(0, 0);
  for (int i = 0; i < 2; ++i) {
    const double wide = FromBits<double>(GetLane<uint64_t>(a, i));
    const std::optional<uint32_t> lane = Number(static_cast<float>(wide));
    if (!lane.has_value()) return std::nullopt;
    PutLane<uint32_t>(&result, i, *lane);
  }
  return result;
}

std::optional<ConstValue> Promote(const ConstValue& a) {
  ConstValue result = ConstValue::V128(0, 0);
  for (int i = 0; i < 2; ++i) {
    const float narrow = FromBits<float>(GetLane<uint32_t>(a, i));
    const std::optional<uint64_t> lane = Number(static_cast<double>(narrow));
    if (!lane.has_value()) return std::nullopt;
    PutLane<uint64_t>(&result, i, *lane);
  }
  return result;
}

}  // namespace

// clang-format off
#define WEFT_LANES(name)                                                     \
  case Op::kF32x4##name: return Scalar<float>(Op::kF32##name, a, b);         \
  case Op::kF64x2##name: return Scalar<double>(Op::kF64##name, a, b);
#define WEFT_COMPARE(name, operation)                                        \
  case Op::kF32x4##name:                                                     \
    return CompareFloats<float>(a, b, [](float x, float y) { return x operation y; }); \
  case Op::kF64x2##name:                                                     \
    return CompareFloats<double>(a, b, [](double x, double y) { return x operation y; });

std::optional<ConstValue> FloatVector(Op op,
                                      absl::Span<const ConstValue> operands) {
  const ConstValue& a = operands[0];
  const ConstValue& b = operands.back();
  switch (op) {
    WEFT_LANES(Abs)
    WEFT_LANES(Neg)
    WEFT_LANES(Ceil)
    WEFT_LANES(Floor)
    WEFT_LANES(Trunc)
    WEFT_LANES(Nearest)
    WEFT_LANES(Sqrt)
    WEFT_LANES(Add)
    WEFT_LANES(Sub)
    WEFT_LANES(Mul)
    WEFT_LANES(Div)
    WEFT_LANES(Min)
    WEFT_LANES(Max)
    WEFT_COMPARE(Eq, ==)
    WEFT_COMPARE(Ne, !=)
    WEFT_COMPARE(Lt, <)
    WEFT_COMPARE(Gt, >)
    WEFT_COMPARE(Le, <=)
    WEFT_COMPARE(Ge, >=)
    case Op::kF32x4Pmin: return Pmin<float>(a, b);
    case Op::kF64x2Pmin: return Pmin<double>(a, b);
    case Op::kF32x4Pmax: return Pmax<float>(a, b);
    case Op::kF64x2Pmax: return Pmax<double>(a, b);
    case Op::kI32x4TruncSatF32x4S: return TruncSatLanes<int32_t, float>(a);
    case Op::kI32x4TruncSatF32x4U: return TruncSatLanes<uint32_t, float>(a);
    case Op::kI32x4TruncSatF64x2SZero: return TruncSatLanes<int32_t, double>(a);
    case Op::kI32x4TruncSatF64x2UZero: return TruncSatLanes<uint32_t, double>(a);
    case Op::kF32x4ConvertI32x4S: return ConvertLanes<float, int32_t>(a);
    case Op::kF32x4ConvertI32x4U: return ConvertLanes<float, uint32_t>(a);
    case Op::kF64x2ConvertLowI32x4S: return ConvertLanes<double, int32_t>(a);
    case Op::kF64x2ConvertLowI32x4U: return ConvertLanes<double, uint32_t>(a);
    case Op::kF32x4DemoteF64x2Zero: return Demote(a);
    case Op::kF64x2PromoteLowF32x4: return Promote(a);
    default: return std::nullopt;
  }
}

#undef WEFT_LANES
#undef WEFT_COMPARE
// clang-format on

}  // namespace weft::passes::fold
