// v128 from integer lanes of one width to the next: extension, narrowing,
// extending products and sums (specification 3.0, 4.3.4 and 4.3.6).
//
// To is the lane type of the result, half of From's lanes or twice as many.
#ifndef WEFT_EXEC_NUMERICS_VECTOR_WIDE_H_
#define WEFT_EXEC_NUMERICS_VECTOR_WIDE_H_

#include <cstdint>
#include <type_traits>

#include "exec/numerics/definition.h"
#include "exec/numerics/values.h"
#include "exec/numerics/vector_integer.h"

namespace weft::exec {
namespace internal {

// The integer type of twice the width and the same signedness.
template <typename T>
struct TwiceOf;
template <>
struct TwiceOf<int8_t> {
  using type = int16_t;
};
template <>
struct TwiceOf<uint8_t> {
  using type = uint16_t;
};
template <>
struct TwiceOf<int16_t> {
  using type = int32_t;
};
template <>
struct TwiceOf<uint16_t> {
  using type = uint32_t;
};
template <>
struct TwiceOf<int32_t> {
  using type = int64_t;
};
template <>
struct TwiceOf<uint32_t> {
  using type = uint64_t;
};
template <typename T>
using Twice = typename TwiceOf<T>::type;

#if WEFT_NUMERICS_SSE2
// The low or high lanes of `a` and `b` alternating, as wide as T.
template <typename T, bool high>
WEFT_INLINE __m128i Interleave(__m128i a, __m128i b) {
  if constexpr (sizeof(T) == 1) {
    return high ? _mm_unpackhi_epi8(a, b) : _mm_unpacklo_epi8(a, b);
  } else if constexpr (sizeof(T) == 2) {
    return high ? _mm_unpackhi_epi16(a, b) : _mm_unpacklo_epi16(a, b);
  } else {
    return high ? _mm_unpackhi_epi32(a, b) : _mm_unpacklo_epi32(a, b);
  }
}
#endif

// The low or high half of the lanes of `a`, which are T, to twice the width.
template <typename T, bool high>
WEFT_INLINE V128 VExtend(V128 a) {
#if WEFT_NUMERICS_SSE2
  const __m128i v = a.m128i();
  __m128i upper = _mm_setzero_si128();
  if constexpr (std::is_same_v<T, int8_t>) {
    upper = _mm_cmpgt_epi8(upper, v);
  } else if constexpr (std::is_same_v<T, int16_t>) {
    upper = _mm_srai_epi16(v, 15);
  } else if constexpr (std::is_same_v<T, int32_t>) {
    upper = _mm_srai_epi32(v, 31);
  }
  return V128::From(Interleave<T, high>(v, upper));
#else
  Twice<T> lanes[kLanes<Twice<T>>];
  for (int i = 0; i < kLanes<Twice<T>>; ++i) {
    lanes[i] = a.lane<T>(i + (high ? kLanes<T> / 2 : 0));
  }
  return V128::FromLanes(lanes);
#endif
}

// The products of the low or high half of the lanes of `a` and `b`, exact.
template <typename T, bool high>
WEFT_INLINE V128 VExtmul(V128 a, V128 b) {
  using To = std::make_unsigned_t<Twice<T>>;
#if WEFT_NUMERICS_SSE2
  if constexpr (sizeof(T) == 2) {  // Products are made in two halves.
    const __m128i low = _mm_mullo_epi16(a.m128i(), b.m128i());
    const __m128i upper = std::is_signed_v<T>
                              ? _mm_mulhi_epi16(a.m128i(), b.m128i())
                              : _mm_mulhi_epu16(a.m128i(), b.m128i());
    return V128::From(Interleave<T, high>(low, upper));
  } else if constexpr (std::is_same_v<T, uint32_t>) {
    constexpr int kSpread = high ? 0xfa : 0x50;  // Lanes 2 2 3 3 or 0 0 1 1.
    return V128::From(_mm_mul_epu32(_mm_shuffle_epi32(a.m128i(), kSpread),
                                    _mm_shuffle_epi32(b.m128i(), kSpread)));
  }
#endif
  return VMul<To>(VExtend<T, high>(a), VExtend<T, high>(b));
}

// Sums of neighbouring lanes T, in twice the width.
template <typename T>
WEFT_INLINE V128 VExtaddPairwise(V128 a) {
  using Pair = Twice<T>;
  constexpr int kWidth = sizeof(T) * 8;
  const Lanes<std::make_unsigned_t<Pair>> raised =
      LanesIn<std::make_unsigned_t<Pair>>(a) << kWidth;
  const Lanes<Pair> even = __builtin_bit_cast(Lanes<Pair>, raised) >> kWidth;
  return WEFT_VECTOR(even + (LanesIn<Pair>(a) >> kWidth));
}

// Lanes of `a`, then of `b`, which are signed, clamped to the range of To.
template <typename To>
WEFT_INLINE V128 VNarrow(V128 a, V128 b) {
#if WEFT_NUMERICS_SSE2
  if constexpr (std::is_same_v<To, int8_t>) {
    return V128::From(_mm_packs_epi16(a.m128i(), b.m128i()));
  } else if constexpr (std::is_same_v<To, uint8_t>) {
    return V128::From(_mm_packus_epi16(a.m128i(), b.m128i()));
  } else if constexpr (std::is_same_v<To, int16_t>) {
    return V128::From(_mm_packs_epi32(a.m128i(), b.m128i()));
  } else {
    // The signed instruction, with the range moved down by 2^15 and back.
    const auto lowered = [](V128 v) {
      const Lanes<int32_t> lanes = LanesIn<int32_t>(v);
      return V128{WEFT_VECTOR((lanes & ~(lanes >> 31)) - 0x8000)}.m128i();
    };
    const V128 packed = V128::From(_mm_packs_epi32(lowered(a), lowered(b)));
    return WEFT_VECTOR(LanesIn<uint16_t>(packed) ^ uint16_t{0x8000});
  }
#else
  using From = Twice<std::make_signed_t<To>>;
  To lanes[kLanes<To>];
  for (int i = 0; i < kLanes<From>; ++i) {
    lanes[i] = Saturate<To>(a.lane<From>(i));
    lanes[i + kLanes<From>] = Saturate<To>(b.lane<From>(i));
  }
  return V128::FromLanes(lanes);
#endif
}

// Sums of neighbouring products of signed 16-bit lanes, modulo 2^32: the only
// sum that overflows is (-2^15)^2 + (-2^15)^2.
WEFT_INLINE V128 VDotI16x8S(V128 a, V128 b) {
#if WEFT_NUMERICS_SSE2
  return V128::From(_mm_madd_epi16(a.m128i(), b.m128i()));
#else
  uint32_t lanes[4];
  for (int i = 0; i < 4; ++i) {
    const auto product = [&](int j) {
      return static_cast<uint32_t>(a.lane<int16_t>(j) * b.lane<int16_t>(j));
    };
    lanes[i] = product(2 * i) + product(2 * i + 1);
  }
  return V128::FromLanes(lanes);
#endif
}

// Products of fixed-point numbers with 15 fractional bits, rounded; saturation
// is needed for (-1) * (-1) alone.
WEFT_INLINE V128 VQ15mulrSatS(V128 a, V128 b) {
#if WEFT_NUMERICS_SSE2
  const __m128i low = _mm_mullo_epi16(a.m128i(), b.m128i());
  const __m128i high = _mm_mulhi_epi16(a.m128i(), b.m128i());
  const auto rounded = [](__m128i product) {
    return _mm_srai_epi32(_mm_add_epi32(product, _mm_set1_epi32(0x4000)), 15);
  };
  return V128::From(_mm_packs_epi32(rounded(_mm_unpacklo_epi16(low, high)),
                                    rounded(_mm_unpackhi_epi16(low, high))));
#else
  return MapLanes<int16_t>(a, b, [](int16_t x, int16_t y) {
    return Saturate<int16_t>((x * y + 0x4000) >> 15);
  });
#endif
}

}  // namespace internal

#define WEFT_NUMERIC_WIDEN(to, from, signed_t, unsigned_t)                     \
  WEFT_NUMERIC(to##ExtendLow##from##S, (&internal::VExtend<signed_t, false>)); \
  WEFT_NUMERIC(to##ExtendHigh##from##S, (&internal::VExtend<signed_t, true>)); \
  WEFT_NUMERIC(to##ExtendLow##from##U,                                         \
               (&internal::VExtend<unsigned_t, false>));                       \
  WEFT_NUMERIC(to##ExtendHigh##from##U,                                        \
               (&internal::VExtend<unsigned_t, true>));                        \
  WEFT_NUMERIC(to##ExtmulLow##from##S, (&internal::VExtmul<signed_t, false>)); \
  WEFT_NUMERIC(to##ExtmulHigh##from##S, (&internal::VExtmul<signed_t, true>)); \
  WEFT_NUMERIC(to##ExtmulLow##from##U,                                         \
               (&internal::VExtmul<unsigned_t, false>));                       \
  WEFT_NUMERIC(to##ExtmulHigh##from##U, (&internal::VExtmul<unsigned_t, true>))

WEFT_NUMERIC_WIDEN(I16x8, I8x16, int8_t, uint8_t);
WEFT_NUMERIC_WIDEN(I32x4, I16x8, int16_t, uint16_t);
WEFT_NUMERIC_WIDEN(I64x2, I32x4, int32_t, uint32_t);
#undef WEFT_NUMERIC_WIDEN

WEFT_NUMERIC(I16x8ExtaddPairwiseI8x16S, &internal::VExtaddPairwise<int8_t>);
WEFT_NUMERIC(I16x8ExtaddPairwiseI8x16U, &internal::VExtaddPairwise<uint8_t>);
WEFT_NUMERIC(I32x4ExtaddPairwiseI16x8S, &internal::VExtaddPairwise<int16_t>);
WEFT_NUMERIC(I32x4ExtaddPairwiseI16x8U, &internal::VExtaddPairwise<uint16_t>);

WEFT_NUMERIC(I8x16NarrowI16x8S, &internal::VNarrow<int8_t>);
WEFT_NUMERIC(I8x16NarrowI16x8U, &internal::VNarrow<uint8_t>);
WEFT_NUMERIC(I16x8NarrowI32x4S, &internal::VNarrow<int16_t>);
WEFT_NUMERIC(I16x8NarrowI32x4U, &internal::VNarrow<uint16_t>);

WEFT_NUMERIC(I32x4DotI16x8S, &internal::VDotI16x8S);
WEFT_NUMERIC(I16x8Q15mulrSatS, &internal::VQ15mulrSatS);

}  // namespace weft::exec

#endif  // WEFT_EXEC_NUMERICS_VECTOR_WIDE_H_
