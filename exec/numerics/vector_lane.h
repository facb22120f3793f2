// v128 as bits, and lanes moved without change: constants, bitwise operators,
// tests, splat, extract, replace, swizzle, shuffle (specification 3.0, 4.3.2
// and 4.3.6). NaNs keep their bits.
#ifndef WEFT_EXEC_NUMERICS_VECTOR_LANE_H_
#define WEFT_EXEC_NUMERICS_VECTOR_LANE_H_

#include <bit>
#include <cstdint>
#include <type_traits>

#include "exec/numerics/definition.h"
#include "exec/numerics/integer.h"
#include "exec/numerics/machine.h"
#include "exec/numerics/values.h"
#include "exec/numerics/vector_integer.h"

namespace weft::exec {
namespace internal {

WEFT_INLINE V128 VNot(V128 a) { return V128{~a.raw}; }
WEFT_INLINE V128 VAnd(V128 a, V128 b) { return V128{a.raw & b.raw}; }
WEFT_INLINE V128 VAndnot(V128 a, V128 b) { return V128{a.raw & ~b.raw}; }
WEFT_INLINE V128 VOr(V128 a, V128 b) { return V128{a.raw | b.raw}; }
WEFT_INLINE V128 VXor(V128 a, V128 b) { return V128{a.raw ^ b.raw}; }

// Bits of `a` where `mask` has ones, of `b` elsewhere.
WEFT_INLINE V128 VBitselect(V128 a, V128 b, V128 mask) {
  return V128{(a.raw & mask.raw) | (b.raw & ~mask.raw)};
}

// The sign bits of the lanes, lane 0 in bit 0.
template <typename U>
WEFT_INLINE uint32_t VBitmask(V128 a) {
#if WEFT_NUMERICS_SSE2
  if constexpr (sizeof(U) == 1) {
    return _mm_movemask_epi8(a.m128i());
  } else if constexpr (sizeof(U) == 2) {  // Saturation keeps the sign.
    return _mm_movemask_epi8(_mm_packs_epi16(a.m128i(), _mm_setzero_si128()));
  } else if constexpr (sizeof(U) == 4) {
    return _mm_movemask_ps(a.m128());
  } else {
    return _mm_movemask_pd(a.m128d());
  }
#else
  uint32_t mask = 0;
  for (int i = 0; i < kLanes<U>; ++i) {
    mask |= static_cast<uint32_t>(a.lane<U>(i) >> kShiftMask<U>) << i;
  }
  return mask;
#endif
}

WEFT_INLINE uint32_t VAnyTrue(V128 a) {
#if WEFT_NUMERICS_SSE2
  const __m128i zero = _mm_cmpeq_epi8(a.m128i(), _mm_setzero_si128());
  return _mm_movemask_epi8(zero) != 0xffff;
#else
  return (a.low() | a.high()) != 0;
#endif
}

template <typename U>
WEFT_INLINE uint32_t VAllTrue(V128 a) {
  return VBitmask<U>(WEFT_VECTOR(LanesIn<U>(a) == Lanes<U>{})) == 0;
}

// T is the type of a lane; operands are numbers (4.3.1, packing): lanes of 8
// and 16 bits take the low bits of an i32, and give it back extended.
template <typename T>
using NumberOf =
    std::conditional_t<std::is_floating_point_v<T>, T,
                       std::conditional_t<sizeof(T) == 8, uint64_t, uint32_t>>;

// The unsigned integer of the width of T.
template <typename T>
struct LaneBitsOf {
  using type = std::make_unsigned_t<T>;
};
template <>
struct LaneBitsOf<float> {
  using type = uint32_t;
};
template <>
struct LaneBitsOf<double> {
  using type = uint64_t;
};
template <typename T>
using LaneBits = typename LaneBitsOf<T>::type;

template <typename T>
WEFT_INLINE V128 VSplat(NumberOf<T> value) {
  if constexpr (std::is_floating_point_v<T>) {
    return WEFT_VECTOR(Splat(BitsOf(value)));
  } else {
    return WEFT_VECTOR(Splat(static_cast<T>(value)));
  }
}

template <typename T>
WEFT_INLINE NumberOf<T> VExtractLane(V128 a, uint8_t lane) {
  return static_cast<NumberOf<T>>(a.lane<T>(lane));
}

// For a lane that is known only when the handler runs, compilers write to the
// stack and read it back in another size, which waits for the writes: 10 ns
// instead of 3 for the shifts here.
template <typename T>
WEFT_INLINE V128 VReplaceLane(V128 a, NumberOf<T> value, uint8_t lane) {
  const T narrow = static_cast<T>(value);
  if (__builtin_constant_p(lane)) return a.WithLane<T>(lane, narrow);
  using Bits = LaneBits<T>;
  constexpr int kHalf = kLanes<T> / 2;
  const int shift = lane % kHalf * static_cast<int>(8 * sizeof(T));
  const uint64_t mask = uint64_t{static_cast<Bits>(~Bits{0})} << shift;
  const uint64_t bits = uint64_t{std::bit_cast<Bits>(narrow)} << shift;
  const bool high = lane >= kHalf;
  const Lanes<uint64_t> masks = {high ? 0 : mask, high ? mask : 0};
  const Lanes<uint64_t> set = {high ? 0 : bits, high ? bits : 0};
  return WEFT_VECTOR((LanesIn<uint64_t>(a) & ~masks) | set);
}

#if WEFT_NUMERICS_SSE2
// Byte i of the result is byte `indices[i]` of `a`, or 0 where that is 16 or
// more: bit 7 is set in these. REQUIRES: CanSelectBytes().
WEFT_INLINE V128 SelectBytes(V128 a, V128 indices) {
  return V128::From(SelectBytesByMachine(
      a.m128i(), _mm_adds_epu8(indices.m128i(), _mm_set1_epi8(0x70))));
}
#endif

// Byte i of the result is byte `indices[i]` of `a` and `b` together, or 0 where
// that is 32 or more. A function of its own, since it needs the stack.
[[gnu::noinline, gnu::cold]] inline V128 SelectBytesByHand(V128 a, V128 b,
                                                           V128 indices) {
  uint8_t from[32];
  uint8_t index[16];
  uint8_t to[16];
  a.Store(from);
  b.Store(from + 16);
  indices.Store(index);
  for (int i = 0; i < 16; ++i) to[i] = index[i] < 32 ? from[index[i]] : 0;
  return V128::Load(to);
}

WEFT_INLINE V128 VSwizzle(V128 a, V128 indices) {
#if WEFT_NUMERICS_SSE2
  if (CanSelectBytes()) [[likely]] {
    return SelectBytes(a, indices);
  }
#endif
  return SelectBytesByHand(a, V128{}, indices);
}

// Byte i of the result is byte `lanes[i]` of `a` and `b` together.
// REQUIRES: all lanes are below 32.
WEFT_INLINE V128 VShuffle(V128 a, V128 b, V128 lanes) {
#if WEFT_NUMERICS_SSE2
  if (CanSelectBytes()) [[likely]] {
    const V128 lanes_of_b = WEFT_VECTOR(LanesIn<uint8_t>(lanes) - uint8_t{16});
    return VOr(SelectBytes(a, lanes), SelectBytes(b, lanes_of_b));
  }
#endif
  return SelectBytesByHand(a, b, lanes);
}

}  // namespace internal

WEFT_NUMERIC(V128Const, &internal::Constant<V128>);
WEFT_NUMERIC(V128Not, &internal::VNot);
WEFT_NUMERIC(V128And, &internal::VAnd);
WEFT_NUMERIC(V128Andnot, &internal::VAndnot);
WEFT_NUMERIC(V128Or, &internal::VOr);
WEFT_NUMERIC(V128Xor, &internal::VXor);
WEFT_NUMERIC(V128Bitselect, &internal::VBitselect);
WEFT_NUMERIC(V128AnyTrue, &internal::VAnyTrue);

#define WEFT_NUMERIC_LANE_TESTS(shape, U)               \
  WEFT_NUMERIC(shape##AllTrue, &internal::VAllTrue<U>); \
  WEFT_NUMERIC(shape##Bitmask, &internal::VBitmask<U>)

WEFT_NUMERIC_LANE_TESTS(I8x16, uint8_t);
WEFT_NUMERIC_LANE_TESTS(I16x8, uint16_t);
WEFT_NUMERIC_LANE_TESTS(I32x4, uint32_t);
WEFT_NUMERIC_LANE_TESTS(I64x2, uint64_t);
#undef WEFT_NUMERIC_LANE_TESTS

#define WEFT_NUMERIC_LANE_MOVES(shape, T)           \
  WEFT_NUMERIC(shape##Splat, &internal::VSplat<T>); \
  WEFT_NUMERIC(shape##ReplaceLane, &internal::VReplaceLane<T>)

WEFT_NUMERIC_LANE_MOVES(I8x16, uint8_t);
WEFT_NUMERIC_LANE_MOVES(I16x8, uint16_t);
WEFT_NUMERIC_LANE_MOVES(I32x4, uint32_t);
WEFT_NUMERIC_LANE_MOVES(I64x2, uint64_t);
WEFT_NUMERIC_LANE_MOVES(F32x4, float);
WEFT_NUMERIC_LANE_MOVES(F64x2, double);
#undef WEFT_NUMERIC_LANE_MOVES

WEFT_NUMERIC(I8x16ExtractLaneS, &internal::VExtractLane<int8_t>);
WEFT_NUMERIC(I8x16ExtractLaneU, &internal::VExtractLane<uint8_t>);
WEFT_NUMERIC(I16x8ExtractLaneS, &internal::VExtractLane<int16_t>);
WEFT_NUMERIC(I16x8ExtractLaneU, &internal::VExtractLane<uint16_t>);
WEFT_NUMERIC(I32x4ExtractLane, &internal::VExtractLane<uint32_t>);
WEFT_NUMERIC(I64x2ExtractLane, &internal::VExtractLane<uint64_t>);
WEFT_NUMERIC(F32x4ExtractLane, &internal::VExtractLane<float>);
WEFT_NUMERIC(F64x2ExtractLane, &internal::VExtractLane<double>);

WEFT_NUMERIC(I8x16Swizzle, &internal::VSwizzle);
WEFT_NUMERIC(I8x16Shuffle, &internal::VShuffle);

}  // namespace weft::exec

#endif  // WEFT_EXEC_NUMERICS_VECTOR_LANE_H_
