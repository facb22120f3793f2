// Relaxed SIMD: of the results that the specification allows, weft always takes
// the first one, which is that of the deterministic profile (specification 3.0,
// 4.3.7, all parameters 0). So an operator means the same on every machine, in
// every mode:
//
//   relaxed_swizzle      R_swizzle = 0     0 for every index from 16 on
//   relaxed_trunc        R_trunc_* = 0     saturating; 0 for NaN
//   relaxed_madd, nmadd  R_fmadd = 0       product and sum rounded separately
//   relaxed_min, max     R_fmin/fmax = 0   as min and max: NaNs, then -0 < +0
//   relaxed_laneselect   R_laneselect = 0  bit by bit
//   relaxed_q15mulr_s    R_iq15mulr = 0    saturating
//   relaxed_dot, _add    R_idot = 0        both operands signed; the sum of two
//                                          products saturates at 16 bits
#ifndef WEFT_EXEC_NUMERICS_RELAXED_H_
#define WEFT_EXEC_NUMERICS_RELAXED_H_

#include <cstdint>

#include "exec/numerics/definition.h"
#include "exec/numerics/values.h"
#include "exec/numerics/vector_conversion.h"
#include "exec/numerics/vector_float.h"
#include "exec/numerics/vector_lane.h"
#include "exec/numerics/vector_wide.h"

namespace weft::exec {
namespace internal {

// Keeps the compiler from fusing the product that made `v` with a sum.
WEFT_INLINE V128 Rounded(V128 v) {
#if WEFT_NUMERICS_SSE2
  __m128i m = v.m128i();
  asm("" : "+x"(m));
  return V128::From(m);
#else
  asm("" : "+m"(v));
  return v;
#endif
}

template <typename F>
WEFT_INLINE V128 VMadd(V128 a, V128 b, V128 c) {
  return VFAdd<F>(Rounded(VFMul<F>(a, b)), c);
}

template <typename F>
WEFT_INLINE V128 VNmadd(V128 a, V128 b, V128 c) {
  return VMadd<F>(VFNeg<F>(a), b, c);
}

// Products of signed bytes, exact, and sums of neighbours, saturated: only
// (-128)^2 + (-128)^2 needs it.
WEFT_INLINE V128 VDotI8x16(V128 a, V128 b) {
#if WEFT_NUMERICS_SSE2
  const auto sums = [&]<bool high>() {
    return _mm_madd_epi16(VExtend<int8_t, high>(a).m128i(),
                          VExtend<int8_t, high>(b).m128i());
  };
  return V128::From(_mm_packs_epi32(sums.template operator()<false>(),
                                    sums.template operator()<true>()));
#else
  int16_t lanes[8];
  for (int i = 0; i < 8; ++i) {
    lanes[i] = Saturate<int16_t>(a.lane<int8_t>(2 * i) * b.lane<int8_t>(2 * i) +
                                 a.lane<int8_t>(2 * i + 1) *
                                     b.lane<int8_t>(2 * i + 1));
  }
  return V128::FromLanes(lanes);
#endif
}

WEFT_INLINE V128 VDotI8x16Add(V128 a, V128 b, V128 c) {
  return VAdd<uint32_t>(VExtaddPairwise<int16_t>(VDotI8x16(a, b)), c);
}

}  // namespace internal

WEFT_NUMERIC(I8x16RelaxedSwizzle, &internal::VSwizzle);
WEFT_NUMERIC(I32x4RelaxedTruncF32x4S, &internal::VTruncSatF32x4S);
WEFT_NUMERIC(I32x4RelaxedTruncF32x4U, &internal::VTruncSatF32x4U);
WEFT_NUMERIC(I32x4RelaxedTruncF64x2SZero, &internal::VTruncSatF64x2SZero);
WEFT_NUMERIC(I32x4RelaxedTruncF64x2UZero, &internal::VTruncSatF64x2UZero);
WEFT_NUMERIC(F32x4RelaxedMadd, &internal::VMadd<float>);
WEFT_NUMERIC(F32x4RelaxedNmadd, &internal::VNmadd<float>);
WEFT_NUMERIC(F64x2RelaxedMadd, &internal::VMadd<double>);
WEFT_NUMERIC(F64x2RelaxedNmadd, &internal::VNmadd<double>);
WEFT_NUMERIC(I8x16RelaxedLaneselect, &internal::VBitselect);
WEFT_NUMERIC(I16x8RelaxedLaneselect, &internal::VBitselect);
WEFT_NUMERIC(I32x4RelaxedLaneselect, &internal::VBitselect);
WEFT_NUMERIC(I64x2RelaxedLaneselect, &internal::VBitselect);
WEFT_NUMERIC(F32x4RelaxedMin, &internal::VFMin<float>);
WEFT_NUMERIC(F32x4RelaxedMax, &internal::VFMax<float>);
WEFT_NUMERIC(F64x2RelaxedMin, &internal::VFMin<double>);
WEFT_NUMERIC(F64x2RelaxedMax, &internal::VFMax<double>);
WEFT_NUMERIC(I16x8RelaxedQ15mulrS, &internal::VQ15mulrSatS);
WEFT_NUMERIC(I16x8RelaxedDotI8x16I7x16S, &internal::VDotI8x16);
WEFT_NUMERIC(I32x4RelaxedDotI8x16I7x16AddS, &internal::VDotI8x16Add);

}  // namespace weft::exec

#endif  // WEFT_EXEC_NUMERICS_RELAXED_H_
