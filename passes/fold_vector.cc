// Vector operators on integer lanes and on the vector as a whole
// (specification 3.0, sections 4.3.2 and 4.3.5). Lanes are computed in a type
// wide enough that nothing overflows, then cut to their width.
#include <bit>
#include <cstdint>
#include <limits>
#include <type_traits>

#include "absl/types/span.h"
#include "passes/fold_lanes.h"
#include "passes/fold_topics.h"

namespace weft::passes::fold {

using wasm::Op;

namespace {

// The nearest value of T (sat_s and sat_u of 4.3.2).
template <typename T>
T Saturate(int64_t value) {
  constexpr int64_t kMin = std::numeric_limits<T>::min();
  constexpr int64_t kMax = std::numeric_limits<T>::max();
  return static_cast<T>(value < kMin ? kMin : value > kMax ? kMax : value);
}

template <typename T>
ConstValue AddSat(const ConstValue& a, const ConstValue& b) {
  return Map<T>(a, b, [](int64_t x, int64_t y) { return Saturate<T>(x + y); });
}

template <typename T>
ConstValue SubSat(const ConstValue& a, const ConstValue& b) {
  return Map<T>(a, b, [](int64_t x, int64_t y) { return Saturate<T>(x - y); });
}

// Lanes of `a`, then of `b`, saturated to the half width.
template <typename From, typename To>
ConstValue Narrow(const ConstValue& a, const ConstValue& b) {
  return MakeLanes<To>([&](int i) {
    const ConstValue& source = i < kLanes<From> ? a : b;
    return Saturate<To>(GetLane<From>(source, i % kLanes<From>));
  });
}

// The low or high half of the lanes, at twice their width.
template <typename From, typename To>
ConstValue ExtendHalf(const ConstValue& a, bool high) {
  return MakeLanes<To>([&](int i) {
    return static_cast<To>(GetLane<From>(a, i + (high ? kLanes<To> : 0)));
  });
}

template <typename From, typename To>
ConstValue ExtmulHalf(const ConstValue& a, const ConstValue& b, bool high) {
  // Unsigned: a product of two 32-bit lanes fits 64 bits but not their sign.
  using U = std::make_unsigned_t<To>;
  return MakeLanes<To>([&](int i) {
    const int lane = i + (high ? kLanes<To> : 0);
    const uint64_t x = static_cast<U>(To{GetLane<From>(a, lane)});
    const uint64_t y = static_cast<U>(To{GetLane<From>(b, lane)});
    return static_cast<To>(static_cast<U>(x * y));
  });
}

template <typename From, typename To>
ConstValue ExtaddPairwise(const ConstValue& a) {
  return MakeLanes<To>([&](int i) {
    return To{GetLane<From>(a, 2 * i)} + To{GetLane<From>(a, 2 * i + 1)};
  });
}

template <typename T>
std::optional<ConstValue> Extract(const ConstValue& a, uint64_t lane) {
  const uint64_t bits =
      static_cast<uint64_t>(int64_t{GetLane<T>(a, static_cast<int>(lane))});
  return ConstValue::I32(static_cast<uint32_t>(bits));
}

template <typename U>
ConstValue Replace(const ConstValue& a, uint64_t lane, const ConstValue& b) {
  return MakeLanes<U>([&](int i) {
    return static_cast<uint64_t>(i) == lane ? static_cast<U>(b.bits)
                                            : GetLane<U>(a, i);
  });
}

template <typename U>
ConstValue Splat(const ConstValue& a) {
  return MakeLanes<U>([&](int) { return static_cast<U>(a.bits); });
}

template <typename U>
ConstValue AllTrue(const ConstValue& a) {
  bool all = true;
  for (int i = 0; i < kLanes<U>; ++i) all = all && GetLane<U>(a, i) != 0;
  return ConstValue::I32(all);
}

template <typename U>
ConstValue Bitmask(const ConstValue& a) {
  uint32_t mask = 0;
  for (int i = 0; i < kLanes<U>; ++i) {
    const U sign = GetLane<U>(a, i) >> (std::numeric_limits<U>::digits - 1);
    mask |= static_cast<uint32_t>(sign) << i;
  }
  return ConstValue::I32(mask);
}

uint8_t ByteAt(const ConstValue& a, unsigned i) {
  return GetLane<uint8_t>(a, static_cast<int>(i));
}

ConstValue Shuffle(const ConstValue& a, const ConstValue& b,
                   const LaneImmediate& lanes) {
  const ConstValue from = ConstValue::V128(lanes.low, lanes.high);
  return MakeLanes<uint8_t>([&](int i) {
    const unsigned lane = GetLane<uint8_t>(from, i) % 32;
    return lane < 16 ? ByteAt(a, lane) : ByteAt(b, lane - 16);
  });
}

ConstValue Swizzle(const ConstValue& a, const ConstValue& indices) {
  return Map<uint8_t>(indices, [&](uint8_t index) {
    return index < 16 ? ByteAt(a, index) : uint8_t{0};
  });
}

ConstValue Dot(const ConstValue& a, const ConstValue& b) {
  return MakeLanes<uint32_t>([&](int i) {
    int64_t sum = 0;
    for (int k = 2 * i; k < 2 * i + 2; ++k) {
      sum += int64_t{GetLane<int16_t>(a, k)} * GetLane<int16_t>(b, k);
    }
    return static_cast<uint32_t>(static_cast<uint64_t>(sum));
  });
}

ConstValue Q15MulrSat(const ConstValue& a, const ConstValue& b) {
  return Map<int16_t>(a, b, [](int64_t x, int64_t y) {
    return Saturate<int16_t>((x * y + 0x4000) >> 15);
  });
}

// Bitwise operators on both halves.
template <typename Function>
ConstValue Bitwise(const ConstValue& a, const ConstValue& b, Function f) {
  return ConstValue::V128(f(a.bits, b.bits), f(a.high, b.high));
}

// clang-format off

// Operators that all four shapes have. I and U: the lane as an integer.
#define WEFT_SHAPES(name, expression)                                          \
  case Op::kI8x16##name: {                                                     \
    using I [[maybe_unused]] = int8_t; using U [[maybe_unused]] = uint8_t;     \
    return expression; }                                                       \
  case Op::kI16x8##name: {                                                     \
    using I [[maybe_unused]] = int16_t; using U [[maybe_unused]] = uint16_t;   \
    return expression; }                                                       \
  case Op::kI32x4##name: {                                                     \
    using I [[maybe_unused]] = int32_t; using U [[maybe_unused]] = uint32_t;   \
    return expression; }                                                       \
  case Op::kI64x2##name: {                                                     \
    using I [[maybe_unused]] = int64_t; using U [[maybe_unused]] = uint64_t;   \
    return expression; }
// Those that 64-bit lanes have not.
#define WEFT_SMALL(name, expression)                                           \
  case Op::kI8x16##name: {                                                     \
    using I [[maybe_unused]] = int8_t; using U [[maybe_unused]] = uint8_t;     \
    return expression; }                                                       \
  case Op::kI16x8##name: {                                                     \
    using I [[maybe_unused]] = int16_t; using U [[maybe_unused]] = uint16_t;   \
    return expression; }                                                       \
  case Op::kI32x4##name: {                                                     \
    using I [[maybe_unused]] = int32_t; using U [[maybe_unused]] = uint32_t;   \
    return expression; }

std::optional<ConstValue> LaneByLane(Op op, const ConstValue& a,
                                     const ConstValue& b) {
  // The count of a shift is an i32, not a vector; each takes its lowest bits.
  const uint64_t count = b.bits;
  switch (op) {
    WEFT_SHAPES(Abs, (Map<U>(a, [](U x) { return static_cast<I>(x) < 0 ? U(U{0} - x) : x; })))
    WEFT_SHAPES(Neg, (Map<U>(a, [](U x) { return U(U{0} - x); })))
    WEFT_SHAPES(Add, (Map<U>(a, b, [](U x, U y) { return U(x + y); })))
    WEFT_SHAPES(Sub, (Map<U>(a, b, [](U x, U y) { return U(x - y); })))
    WEFT_SHAPES(Shl, (Map<U>(a, [&](U x) { return U(x << count % (sizeof(U) * 8)); })))
    WEFT_SHAPES(ShrS, (Map<I>(a, [&](I x) { return I(x >> count % (sizeof(U) * 8)); })))
    WEFT_SHAPES(ShrU, (Map<U>(a, [&](U x) { return U(x >> count % (sizeof(U) * 8)); })))
    WEFT_SHAPES(Eq, (Compare<U>(a, b, [](U x, U y) { return x == y; })))
    WEFT_SHAPES(Ne, (Compare<U>(a, b, [](U x, U y) { return x != y; })))
    WEFT_SHAPES(LtS, (Compare<I>(a, b, [](I x, I y) { return x < y; })))
    WEFT_SHAPES(GtS, (Compare<I>(a, b, [](I x, I y) { return x > y; })))
    WEFT_SHAPES(LeS, (Compare<I>(a, b, [](I x, I y) { return x <= y; })))
    WEFT_SHAPES(GeS, (Compare<I>(a, b, [](I x, I y) { return x >= y; })))
    WEFT_SMALL(LtU, (Compare<U>(a, b, [](U x, U y) { return x < y; })))
    WEFT_SMALL(GtU, (Compare<U>(a, b, [](U x, U y) { return x > y; })))
    WEFT_SMALL(LeU, (Compare<U>(a, b, [](U x, U y) { return x <= y; })))
    WEFT_SMALL(GeU, (Compare<U>(a, b, [](U x, U y) { return x >= y; })))
    WEFT_SMALL(MinS, (Map<I>(a, b, [](I x, I y) { return x < y ? x : y; })))
    WEFT_SMALL(MinU, (Map<U>(a, b, [](U x, U y) { return x < y ? x : y; })))
    WEFT_SMALL(MaxS, (Map<I>(a, b, [](I x, I y) { return x > y ? x : y; })))
    WEFT_SMALL(MaxU, (Map<U>(a, b, [](U x, U y) { return x > y ? x : y; })))
    // 64 bits: the product of two uint16_t would be a signed overflow.
    case Op::kI16x8Mul: return Map<uint16_t>(a, b, [](uint64_t x, uint64_t y) { return x * y; });
    case Op::kI32x4Mul: return Map<uint32_t>(a, b, [](uint64_t x, uint64_t y) { return x * y; });
    case Op::kI64x2Mul: return Map<uint64_t>(a, b, [](uint64_t x, uint64_t y) { return x * y; });
    case Op::kI8x16AddSatS: return AddSat<int8_t>(a, b);
    case Op::kI8x16AddSatU: return AddSat<uint8_t>(a, b);
    case Op::kI8x16SubSatS: return SubSat<int8_t>(a, b);
    case Op::kI8x16SubSatU: return SubSat<uint8_t>(a, b);
    case Op::kI16x8AddSatS: return AddSat<int16_t>(a, b);
    case Op::kI16x8AddSatU: return AddSat<uint16_t>(a, b);
    case Op::kI16x8SubSatS: return SubSat<int16_t>(a, b);
    case Op::kI16x8SubSatU: return SubSat<uint16_t>(a, b);
    case Op::kI8x16AvgrU: return Map<uint8_t>(a, b, [](int x, int y) { return (x + y + 1) / 2; });
    case Op::kI16x8AvgrU: return Map<uint16_t>(a, b, [](int x, int y) { return (x + y + 1) / 2; });
    case Op::kI8x16Popcnt: return Map<uint8_t>(a, [](uint8_t x) { return std::popcount(x); });
    case Op::kI16x8Q15mulrSatS: return Q15MulrSat(a, b);
    default: return std::nullopt;
  }
}

// Operators whose lanes change their width or number.
std::optional<ConstValue> Reshape(Op op, const ConstValue& a,
                                  const ConstValue& b) {
  switch (op) {
    WEFT_SHAPES(AllTrue, AllTrue<U>(a))
    WEFT_SHAPES(Bitmask, Bitmask<U>(a))
    WEFT_SHAPES(Splat, Splat<U>(a))
    case Op::kF32x4Splat: return Splat<uint32_t>(a);
    case Op::kF64x2Splat: return Splat<uint64_t>(a);
    case Op::kI8x16NarrowI16x8S: return Narrow<int16_t, int8_t>(a, b);
    case Op::kI8x16NarrowI16x8U: return Narrow<int16_t, uint8_t>(a, b);
    case Op::kI16x8NarrowI32x4S: return Narrow<int32_t, int16_t>(a, b);
    case Op::kI16x8NarrowI32x4U: return Narrow<int32_t, uint16_t>(a, b);
    case Op::kI16x8ExtendLowI8x16S: return ExtendHalf<int8_t, int16_t>(a, false);
    case Op::kI16x8ExtendHighI8x16S: return ExtendHalf<int8_t, int16_t>(a, true);
    case Op::kI16x8ExtendLowI8x16U: return ExtendHalf<uint8_t, uint16_t>(a, false);
    case Op::kI16x8ExtendHighI8x16U: return ExtendHalf<uint8_t, uint16_t>(a, true);
    case Op::kI32x4ExtendLowI16x8S: return ExtendHalf<int16_t, int32_t>(a, false);
    case Op::kI32x4ExtendHighI16x8S: return ExtendHalf<int16_t, int32_t>(a, true);
    case Op::kI32x4ExtendLowI16x8U: return ExtendHalf<uint16_t, uint32_t>(a, false);
    case Op::kI32x4ExtendHighI16x8U: return ExtendHalf<uint16_t, uint32_t>(a, true);
    case Op::kI64x2ExtendLowI32x4S: return ExtendHalf<int32_t, int64_t>(a, false);
    case Op::kI64x2ExtendHighI32x4S: return ExtendHalf<int32_t, int64_t>(a, true);
    case Op::kI64x2ExtendLowI32x4U: return ExtendHalf<uint32_t, uint64_t>(a, false);
    case Op::kI64x2ExtendHighI32x4U: return ExtendHalf<uint32_t, uint64_t>(a, true);
    case Op::kI16x8ExtmulLowI8x16S: return ExtmulHalf<int8_t, int16_t>(a, b, false);
    case Op::kI16x8ExtmulHighI8x16S: return ExtmulHalf<int8_t, int16_t>(a, b, true);
    case Op::kI16x8ExtmulLowI8x16U: return ExtmulHalf<uint8_t, uint16_t>(a, b, false);
    case Op::kI16x8ExtmulHighI8x16U: return ExtmulHalf<uint8_t, uint16_t>(a, b, true);
    case Op::kI32x4ExtmulLowI16x8S: return ExtmulHalf<int16_t, int32_t>(a, b, false);
    case Op::kI32x4ExtmulHighI16x8S: return ExtmulHalf<int16_t, int32_t>(a, b, true);
    case Op::kI32x4ExtmulLowI16x8U: return ExtmulHalf<uint16_t, uint32_t>(a, b, false);
    case Op::kI32x4ExtmulHighI16x8U: return ExtmulHalf<uint16_t, uint32_t>(a, b, true);
    case Op::kI64x2ExtmulLowI32x4S: return ExtmulHalf<int32_t, int64_t>(a, b, false);
    case Op::kI64x2ExtmulHighI32x4S: return ExtmulHalf<int32_t, int64_t>(a, b, true);
    case Op::kI64x2ExtmulLowI32x4U: return ExtmulHalf<uint32_t, uint64_t>(a, b, false);
    case Op::kI64x2ExtmulHighI32x4U: return ExtmulHalf<uint32_t, uint64_t>(a, b, true);
    case Op::kI16x8ExtaddPairwiseI8x16S: return ExtaddPairwise<int8_t, int16_t>(a);
    case Op::kI16x8ExtaddPairwiseI8x16U: return ExtaddPairwise<uint8_t, uint16_t>(a);
    case Op::kI32x4ExtaddPairwiseI16x8S: return ExtaddPairwise<int16_t, int32_t>(a);
    case Op::kI32x4ExtaddPairwiseI16x8U: return ExtaddPairwise<uint16_t, uint32_t>(a);
    case Op::kI32x4DotI16x8S: return Dot(a, b);
    default: return std::nullopt;
  }
}

#undef WEFT_SHAPES
#undef WEFT_SMALL

// The vector as bits, and single lanes.
std::optional<ConstValue> Whole(Op op, absl::Span<const ConstValue> in,
                                LaneImmediate lane) {
  const ConstValue& a = in[0];
  const ConstValue& b = in.back();
  switch (op) {
    case Op::kV128Not: return ConstValue::V128(~a.bits, ~a.high);
    case Op::kV128And: return Bitwise(a, b, [](uint64_t x, uint64_t y) { return x & y; });
    case Op::kV128Andnot: return Bitwise(a, b, [](uint64_t x, uint64_t y) { return x & ~y; });
    case Op::kV128Or: return Bitwise(a, b, [](uint64_t x, uint64_t y) { return x | y; });
    case Op::kV128Xor: return Bitwise(a, b, [](uint64_t x, uint64_t y) { return x ^ y; });
    case Op::kV128Bitselect:
      return ConstValue::V128((a.bits & b.bits) | (in[1].bits & ~b.bits),
                              (a.high & b.high) | (in[1].high & ~b.high));
    case Op::kV128AnyTrue: return ConstValue::I32((a.bits | a.high) != 0);
    case Op::kI8x16Shuffle: return Shuffle(a, b, lane);
    case Op::kI8x16Swizzle: return Swizzle(a, b);
    case Op::kI8x16ExtractLaneS: return Extract<int8_t>(a, lane.low);
    case Op::kI8x16ExtractLaneU: return Extract<uint8_t>(a, lane.low);
    case Op::kI16x8ExtractLaneS: return Extract<int16_t>(a, lane.low);
    case Op::kI16x8ExtractLaneU: return Extract<uint16_t>(a, lane.low);
    case Op::kI32x4ExtractLane: return Extract<uint32_t>(a, lane.low);
    case Op::kI64x2ExtractLane: return ConstValue::I64(lane.low == 0 ? a.bits : a.high);
    case Op::kF32x4ExtractLane: return ConstValue::F32(GetLane<uint32_t>(a, static_cast<int>(lane.low)));
    case Op::kF64x2ExtractLane: return ConstValue::F64(lane.low == 0 ? a.bits : a.high);
    case Op::kI8x16ReplaceLane: return Replace<uint8_t>(a, lane.low, b);
    case Op::kI16x8ReplaceLane: return Replace<uint16_t>(a, lane.low, b);
    case Op::kI32x4ReplaceLane:
    case Op::kF32x4ReplaceLane: return Replace<uint32_t>(a, lane.low, b);
    case Op::kI64x2ReplaceLane:
    case Op::kF64x2ReplaceLane: return Replace<uint64_t>(a, lane.low, b);
    default: return std::nullopt;
  }
}
// clang-format on

}  // namespace

std::optional<ConstValue> Vector(Op op, absl::Span<const ConstValue> operands,
                                 LaneImmediate lane) {
  const ConstValue& a = operands[0];
  const ConstValue& b = operands.back();
  if (auto result = LaneByLane(op, a, b)) return result;
  if (auto result = Reshape(op, a, b)) return result;
  if (auto result = Whole(op, operands, lane)) return result;
  return FloatVector(op, operands);
}

}  // namespace weft::passes::fold
