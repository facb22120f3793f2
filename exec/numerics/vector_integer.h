// v128 as integer lanes of one width: arithmetic, shifts, comparisons
// (specification 3.0, 4.3.2, lifted to lanes by 4.3.6). U is the unsigned type
// of a lane, T a type whose signedness decides.
#ifndef WEFT_EXEC_NUMERICS_VECTOR_INTEGER_H_
#define WEFT_EXEC_NUMERICS_VECTOR_INTEGER_H_

#include <cstdint>
#include <limits>
#include <type_traits>

#include "exec/numerics/definition.h"
#include "exec/numerics/integer.h"
#include "exec/numerics/values.h"

namespace weft::exec {
namespace internal {

template <typename U>
WEFT_INLINE V128 VAdd(V128 a, V128 b) {
  return WEFT_VECTOR(LanesIn<U>(a) + LanesIn<U>(b));
}

template <typename U>
WEFT_INLINE V128 VSub(V128 a, V128 b) {
  return WEFT_VECTOR(LanesIn<U>(a) - LanesIn<U>(b));
}

template <typename U>
WEFT_INLINE V128 VMul(V128 a, V128 b) {
  return WEFT_VECTOR(LanesIn<U>(a) * LanesIn<U>(b));
}

template <typename U>
WEFT_INLINE V128 VNeg(V128 a) {
  return WEFT_VECTOR(Lanes<U>{} - LanesIn<U>(a));
}

// The smallest integer is its own absolute value.
template <typename U>
WEFT_INLINE V128 VAbs(V128 a) {
  const Lanes<U> negative = __builtin_bit_cast(
      Lanes<U>, LanesIn<SignedOf<U>>(a) < Lanes<SignedOf<U>>{});
  return WEFT_VECTOR((LanesIn<U>(a) ^ negative) - negative);
}

template <typename T>
WEFT_INLINE V128 VMin(V128 a, V128 b) {
  const Lanes<T> x = LanesIn<T>(a);
  const Lanes<T> y = LanesIn<T>(b);
  return WEFT_VECTOR(x < y ? x : y);
}

template <typename T>
WEFT_INLINE V128 VMax(V128 a, V128 b) {
  const Lanes<T> x = LanesIn<T>(a);
  const Lanes<T> y = LanesIn<T>(b);
  return WEFT_VECTOR(x > y ? x : y);
}

// Sums over pairs, nibbles and bytes, as in IPopcnt.
WEFT_INLINE V128 VPopcnt(V128 a) {
  Lanes<uint8_t> sums = LanesIn<uint8_t>(a);
  sums -= sums >> 1 & 0x55;
  sums = (sums & 0x33) + (sums >> 2 & 0x33);
  return WEFT_VECTOR((sums + (sums >> 4)) & 0x0f);
}

// The lanes of `f(lane of a, lane of b)`, for what has no vector operator.
template <typename T, typename F>
WEFT_INLINE V128 MapLanes(V128 a, V128 b, F f) {
  T lanes[kLanes<T>];
  for (int i = 0; i < kLanes<T>; ++i) lanes[i] = f(a.lane<T>(i), b.lane<T>(i));
  return V128::FromLanes(lanes);
}

// `value` clamped to the range of T (specification 4.3.1, sat).
template <typename T>
WEFT_INLINE T Saturate(int32_t value) {
  constexpr int32_t kMin = std::numeric_limits<T>::min();
  constexpr int32_t kMax = std::numeric_limits<T>::max();
  return static_cast<T>(value < kMin ? kMin : value > kMax ? kMax : value);
}

// Saturating arithmetic on lanes of 8 and 16 bits.
template <typename T>
WEFT_INLINE V128 VAddSat(V128 a, V128 b) {
#if WEFT_NUMERICS_SSE2
  if constexpr (std::is_same_v<T, int8_t>) {
    return V128::From(_mm_adds_epi8(a.m128i(), b.m128i()));
  } else if constexpr (std::is_same_v<T, uint8_t>) {
    return V128::From(_mm_adds_epu8(a.m128i(), b.m128i()));
  } else if constexpr (std::is_same_v<T, int16_t>) {
    return V128::From(_mm_adds_epi16(a.m128i(), b.m128i()));
  } else {
    return V128::From(_mm_adds_epu16(a.m128i(), b.m128i()));
  }
#else
  return MapLanes<T>(a, b, [](T x, T y) { return Saturate<T>(x + y); });
#endif
}

template <typename T>
WEFT_INLINE V128 VSubSat(V128 a, V128 b) {
#if WEFT_NUMERICS_SSE2
  if constexpr (std::is_same_v<T, int8_t>) {
    return V128::From(_mm_subs_epi8(a.m128i(), b.m128i()));
  } else if constexpr (std::is_same_v<T, uint8_t>) {
    return V128::From(_mm_subs_epu8(a.m128i(), b.m128i()));
  } else if constexpr (std::is_same_v<T, int16_t>) {
    return V128::From(_mm_subs_epi16(a.m128i(), b.m128i()));
  } else {
    return V128::From(_mm_subs_epu16(a.m128i(), b.m128i()));
  }
#else
  return MapLanes<T>(a, b, [](T x, T y) { return Saturate<T>(x - y); });
#endif
}

// (a + b + 1) / 2 without overflow.
template <typename U>
WEFT_INLINE V128 VAvgrU(V128 a, V128 b) {
#if WEFT_NUMERICS_SSE2
  if constexpr (sizeof(U) == 1) {
    return V128::From(_mm_avg_epu8(a.m128i(), b.m128i()));
  } else {
    return V128::From(_mm_avg_epu16(a.m128i(), b.m128i()));
  }
#else
  return MapLanes<U>(a, b, [](U x, U y) { return U((x + y + 1) >> 1); });
#endif
}

// Shift counts are taken modulo the width of a lane. SSE2 has no shifts of
// bytes: their neighbours' bits are masked out.
template <typename U>
WEFT_INLINE V128 VShl(V128 a, uint32_t count) {
  const int k = count & kShiftMask<U>;
#if WEFT_NUMERICS_SSE2
  const __m128i shift = _mm_cvtsi32_si128(k);
  if constexpr (sizeof(U) == 1) {
    return WEFT_VECTOR(
        LanesIn<uint8_t>(V128::From(_mm_sll_epi16(a.m128i(), shift))) &
        Splat(static_cast<uint8_t>(0xff << k)));
  } else if constexpr (sizeof(U) == 2) {
    return V128::From(_mm_sll_epi16(a.m128i(), shift));
  } else if constexpr (sizeof(U) == 4) {
    return V128::From(_mm_sll_epi32(a.m128i(), shift));
  } else {
    return V128::From(_mm_sll_epi64(a.m128i(), shift));
  }
#else
  return MapLanes<U>(a, a, [k](U x, U) { return U(x << k); });
#endif
}

template <typename U>
WEFT_INLINE V128 VShrU(V128 a, uint32_t count) {
  const int k = count & kShiftMask<U>;
#if WEFT_NUMERICS_SSE2
  const __m128i shift = _mm_cvtsi32_si128(k);
  if constexpr (sizeof(U) == 1) {
    return WEFT_VECTOR(
        LanesIn<uint8_t>(V128::From(_mm_srl_epi16(a.m128i(), shift))) &
        Splat(static_cast<uint8_t>(0xff >> k)));
  } else if constexpr (sizeof(U) == 2) {
    return V128::From(_mm_srl_epi16(a.m128i(), shift));
  } else if constexpr (sizeof(U) == 4) {
    return V128::From(_mm_srl_epi32(a.m128i(), shift));
  } else {
    return V128::From(_mm_srl_epi64(a.m128i(), shift));
  }
#else
  return MapLanes<U>(a, a, [k](U x, U) { return U(x >> k); });
#endif
}

// Where SSE2 has no signed shift, the unsigned one leaves the sign bit at some
// place, from where subtraction spreads it.
template <typename U>
WEFT_INLINE V128 VShrS(V128 a, uint32_t count) {
  using S = SignedOf<U>;
  const int k = count & kShiftMask<U>;
#if WEFT_NUMERICS_SSE2
  const __m128i shift = _mm_cvtsi32_si128(k);
  if constexpr (sizeof(U) == 2) {
    return V128::From(_mm_sra_epi16(a.m128i(), shift));
  } else if constexpr (sizeof(U) == 4) {
    return V128::From(_mm_sra_epi32(a.m128i(), shift));
  } else {
    const Lanes<U> sign = Splat(
        static_cast<U>(static_cast<U>(std::numeric_limits<S>::min()) >> k));
    return WEFT_VECTOR((LanesIn<U>(VShrU<U>(a, k)) ^ sign) - sign);
  }
#else
  return MapLanes<S>(a, a, [k](S x, S) { return S(x >> k); });
#endif
}

// Comparisons: all bits of a lane set for true.
template <typename T>
WEFT_INLINE V128 VEq(V128 a, V128 b) {
  return WEFT_VECTOR(LanesIn<T>(a) == LanesIn<T>(b));
}

template <typename T>
WEFT_INLINE V128 VNe(V128 a, V128 b) {
  return WEFT_VECTOR(LanesIn<T>(a) != LanesIn<T>(b));
}

template <typename T>
WEFT_INLINE V128 VLt(V128 a, V128 b) {
  return WEFT_VECTOR(LanesIn<T>(a) < LanesIn<T>(b));
}

template <typename T>
WEFT_INLINE V128 VGt(V128 a, V128 b) {
  return WEFT_VECTOR(LanesIn<T>(a) > LanesIn<T>(b));
}

template <typename T>
WEFT_INLINE V128 VLe(V128 a, V128 b) {
  return WEFT_VECTOR(LanesIn<T>(a) <= LanesIn<T>(b));
}

template <typename T>
WEFT_INLINE V128 VGe(V128 a, V128 b) {
  return WEFT_VECTOR(LanesIn<T>(a) >= LanesIn<T>(b));
}

}  // namespace internal

// What all shapes have.
#define WEFT_NUMERIC_LANES(shape, S, U)           \
  WEFT_NUMERIC(shape##Eq, &internal::VEq<U>);     \
  WEFT_NUMERIC(shape##Ne, &internal::VNe<U>);     \
  WEFT_NUMERIC(shape##LtS, &internal::VLt<S>);    \
  WEFT_NUMERIC(shape##GtS, &internal::VGt<S>);    \
  WEFT_NUMERIC(shape##LeS, &internal::VLe<S>);    \
  WEFT_NUMERIC(shape##GeS, &internal::VGe<S>);    \
  WEFT_NUMERIC(shape##Abs, &internal::VAbs<U>);   \
  WEFT_NUMERIC(shape##Neg, &internal::VNeg<U>);   \
  WEFT_NUMERIC(shape##Add, &internal::VAdd<U>);   \
  WEFT_NUMERIC(shape##Sub, &internal::VSub<U>);   \
  WEFT_NUMERIC(shape##Shl, &internal::VShl<U>);   \
  WEFT_NUMERIC(shape##ShrS, &internal::VShrS<U>); \
  WEFT_NUMERIC(shape##ShrU, &internal::VShrU<U>)

WEFT_NUMERIC_LANES(I8x16, int8_t, uint8_t);
WEFT_NUMERIC_LANES(I16x8, int16_t, uint16_t);
WEFT_NUMERIC_LANES(I32x4, int32_t, uint32_t);
WEFT_NUMERIC_LANES(I64x2, int64_t, uint64_t);
#undef WEFT_NUMERIC_LANES

// What i64x2 lacks.
#define WEFT_NUMERIC_SHORT_LANES(shape, S, U)    \
  WEFT_NUMERIC(shape##LtU, &internal::VLt<U>);   \
  WEFT_NUMERIC(shape##GtU, &internal::VGt<U>);   \
  WEFT_NUMERIC(shape##LeU, &internal::VLe<U>);   \
  WEFT_NUMERIC(shape##GeU, &internal::VGe<U>);   \
  WEFT_NUMERIC(shape##MinS, &internal::VMin<S>); \
  WEFT_NUMERIC(shape##MinU, &internal::VMin<U>); \
  WEFT_NUMERIC(shape##MaxS, &internal::VMax<S>); \
  WEFT_NUMERIC(shape##MaxU, &internal::VMax<U>)

WEFT_NUMERIC_SHORT_LANES(I8x16, int8_t, uint8_t);
WEFT_NUMERIC_SHORT_LANES(I16x8, int16_t, uint16_t);
WEFT_NUMERIC_SHORT_LANES(I32x4, int32_t, uint32_t);
#undef WEFT_NUMERIC_SHORT_LANES

// What only i8x16 and i16x8 have.
#define WEFT_NUMERIC_SATURATING(shape, S, U)           \
  WEFT_NUMERIC(shape##AddSatS, &internal::VAddSat<S>); \
  WEFT_NUMERIC(shape##AddSatU, &internal::VAddSat<U>); \
  WEFT_NUMERIC(shape##SubSatS, &internal::VSubSat<S>); \
  WEFT_NUMERIC(shape##SubSatU, &internal::VSubSat<U>); \
  WEFT_NUMERIC(shape##AvgrU, &internal::VAvgrU<U>)

WEFT_NUMERIC_SATURATING(I8x16, int8_t, uint8_t);
WEFT_NUMERIC_SATURATING(I16x8, int16_t, uint16_t);
#undef WEFT_NUMERIC_SATURATING

WEFT_NUMERIC(I8x16Popcnt, &internal::VPopcnt);
WEFT_NUMERIC(I16x8Mul, &internal::VMul<uint16_t>);
WEFT_NUMERIC(I32x4Mul, &internal::VMul<uint32_t>);
WEFT_NUMERIC(I64x2Mul, &internal::VMul<uint64_t>);

}  // namespace weft::exec

#endif  // WEFT_EXEC_NUMERICS_VECTOR_INTEGER_H_
