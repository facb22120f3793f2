// v128 conversions between integer and float lanes (specification 3.0, 4.3.4
// and 4.3.6).
#ifndef WEFT_EXEC_NUMERICS_VECTOR_CONVERSION_H_
#define WEFT_EXEC_NUMERICS_VECTOR_CONVERSION_H_

#include <cstdint>

#include "exec/numerics/conversion.h"
#include "exec/numerics/definition.h"
#include "exec/numerics/values.h"
#include "exec/numerics/vector_float.h"

namespace weft::exec {
namespace internal {

// Saturating truncation. The machine gives 0x80000000 for what is out of range,
// which is right for what is too small.
WEFT_INLINE V128 VTruncSatF32x4S(V128 a) {
#if WEFT_NUMERICS_SSE2
  const Lanes<int32_t> truncated =
      LanesIn<int32_t>(V128::From(_mm_cvttps_epi32(a.m128())));
  const Lanes<float> value = LanesIn<float>(a);
  const Lanes<int32_t> too_large = value >= Lanes<float>{} + 0x1p31f;
  const Lanes<int32_t> number = value == value;
  return WEFT_VECTOR((truncated ^ too_large) & number);
#else
  uint32_t lanes[4];
  for (int i = 0; i < 4; ++i) {
    lanes[i] = TruncSat<int32_t>(a.lane<float>(i));
  }
  return V128::FromLanes(lanes);
#endif
}

// From 2^31 on, the difference to 2^31 is converted; it is exact.
WEFT_INLINE V128 VTruncSatF32x4U(V128 a) {
#if WEFT_NUMERICS_SSE2
  // Not negative: NaN gives the second operand.
  const __m128 value = _mm_max_ps(a.m128(), _mm_setzero_ps());
  const __m128 two31 = _mm_set1_ps(0x1p31f);
  const __m128 large = _mm_cmpge_ps(value, two31);
  const __m128 too_large = _mm_cmpge_ps(value, _mm_set1_ps(0x1p32f));
  const __m128i low =
      _mm_cvttps_epi32(_mm_sub_ps(value, _mm_and_ps(large, two31)));
  const __m128i bit31 = _mm_slli_epi32(_mm_castps_si128(large), 31);
  return V128::From(
      _mm_or_si128(_mm_xor_si128(low, bit31), _mm_castps_si128(too_large)));
#else
  uint32_t lanes[4];
  for (int i = 0; i < 4; ++i) {
    lanes[i] = TruncSat<uint32_t>(a.lane<float>(i));
  }
  return V128::FromLanes(lanes);
#endif
}

// Two lanes converted, two zero.
WEFT_INLINE V128 VTruncSatF64x2SZero(V128 a) {
#if WEFT_NUMERICS_SSE2
  const __m128d value = a.m128d();
  const __m128d number = _mm_and_pd(value, _mm_cmpord_pd(value, value));
  const __m128d clamped = _mm_min_pd(number, _mm_set1_pd(0x7fffffff));
  return V128::From(_mm_cvttpd_epi32(clamped));
#else
  const uint32_t lanes[4] = {TruncSat<int32_t>(a.lane<double>(0)),
                             TruncSat<int32_t>(a.lane<double>(1))};
  return V128::FromLanes(lanes);
#endif
}

WEFT_INLINE V128 VTruncSatF64x2UZero(V128 a) {
  const uint32_t low = TruncSat<uint32_t>(a.lane<double>(0));
  const uint32_t high = TruncSat<uint32_t>(a.lane<double>(1));
  return V128::FromBits(static_cast<uint64_t>(high) << 32 | low, 0);
}

template <typename I>
WEFT_INLINE V128 VConvertToF32x4(V128 a) {
  return WEFT_VECTOR(__builtin_convertvector(LanesIn<I>(a), Lanes<float>));
}

WEFT_INLINE V128 VConvertLowToF64x2S(V128 a) {
#if WEFT_NUMERICS_SSE2
  return V128::From(_mm_cvtepi32_pd(a.m128i()));
#else
  const double lanes[2] = {static_cast<double>(a.lane<int32_t>(0)),
                           static_cast<double>(a.lane<int32_t>(1))};
  return V128::FromLanes(lanes);
#endif
}

// With the exponent of 2^52 above it, an integer is that much more than itself.
WEFT_INLINE V128 VConvertLowToF64x2U(V128 a) {
  const Lanes<uint32_t> from = LanesIn<uint32_t>(a);
  constexpr uint32_t kUpperHalf = 0x43300000;
  const Lanes<uint32_t> raised = {from[0], kUpperHalf, from[1], kUpperHalf};
  return WEFT_VECTOR(__builtin_bit_cast(Lanes<double>, raised) - 0x1p52);
}

WEFT_INLINE V128 VPromoteLow(V128 a) {
#if WEFT_NUMERICS_SSE2
  return V128::From(_mm_cvtps_pd(a.m128()));
#else
  const double lanes[2] = {a.lane<float>(0), a.lane<float>(1)};
  return V128::FromLanes(lanes);
#endif
}

WEFT_INLINE V128 VDemoteZero(V128 a) {
#if WEFT_NUMERICS_SSE2
  return V128::From(_mm_cvtpd_ps(a.m128d()));
#else
  const float lanes[4] = {static_cast<float>(a.lane<double>(0)),
                          static_cast<float>(a.lane<double>(1))};
  return V128::FromLanes(lanes);
#endif
}

}  // namespace internal

WEFT_NUMERIC(I32x4TruncSatF32x4S, &internal::VTruncSatF32x4S);
WEFT_NUMERIC(I32x4TruncSatF32x4U, &internal::VTruncSatF32x4U);
WEFT_NUMERIC(I32x4TruncSatF64x2SZero, &internal::VTruncSatF64x2SZero);
WEFT_NUMERIC(I32x4TruncSatF64x2UZero, &internal::VTruncSatF64x2UZero);
WEFT_NUMERIC(F32x4ConvertI32x4S, &internal::VConvertToF32x4<int32_t>);
WEFT_NUMERIC(F32x4ConvertI32x4U, &internal::VConvertToF32x4<uint32_t>);
WEFT_NUMERIC(F64x2ConvertLowI32x4S, &internal::VConvertLowToF64x2S);
WEFT_NUMERIC(F64x2ConvertLowI32x4U, &internal::VConvertLowToF64x2U);
WEFT_NUMERIC(F32x4DemoteF64x2Zero, &internal::VDemoteZero);
WEFT_NUMERIC(F64x2PromoteLowF32x4, &internal::VPromoteLow);

}  // namespace weft::exec

#endif  // WEFT_EXEC_NUMERICS_VECTOR_CONVERSION_H_
