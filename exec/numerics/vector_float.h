// v128 as f32x4 and f64x2: arithmetic, rounding, comparisons (specification
// 3.0, 4.3.3, lifted to lanes by 4.3.6). F is float or double.
#ifndef WEFT_EXEC_NUMERICS_VECTOR_FLOAT_H_
#define WEFT_EXEC_NUMERICS_VECTOR_FLOAT_H_

#include <cstdint>
#include <type_traits>

#include "exec/numerics/definition.h"
#include "exec/numerics/floating.h"
#include "exec/numerics/machine.h"
#include "exec/numerics/values.h"
#include "exec/numerics/vector_integer.h"

namespace weft::exec {
namespace internal {

template <typename F>
using BitsType = typename FloatFormat<F>::Bits;

template <typename F>
WEFT_INLINE V128 VFAbs(V128 a) {
  using Bits = BitsType<F>;
  return WEFT_VECTOR(LanesIn<Bits>(a) & ~FloatFormat<F>::kSign);
}

template <typename F>
WEFT_INLINE V128 VFNeg(V128 a) {
  using Bits = BitsType<F>;
  return WEFT_VECTOR(LanesIn<Bits>(a) ^ FloatFormat<F>::kSign);
}

template <typename F>
WEFT_INLINE V128 VFAdd(V128 a, V128 b) {
  return WEFT_VECTOR(LanesIn<F>(a) + LanesIn<F>(b));
}

template <typename F>
WEFT_INLINE V128 VFSub(V128 a, V128 b) {
  return WEFT_VECTOR(LanesIn<F>(a) - LanesIn<F>(b));
}

template <typename F>
WEFT_INLINE V128 VFMul(V128 a, V128 b) {
  return WEFT_VECTOR(LanesIn<F>(a) * LanesIn<F>(b));
}

template <typename F>
WEFT_INLINE V128 VFDiv(V128 a, V128 b) {
  return WEFT_VECTOR(LanesIn<F>(a) / LanesIn<F>(b));
}

template <typename F>
WEFT_INLINE V128 VFSqrt(V128 a) {
#if WEFT_NUMERICS_SSE2
  if constexpr (sizeof(F) == 4) {
    return V128::From(_mm_sqrt_ps(a.m128()));
  } else {
    return V128::From(_mm_sqrt_pd(a.m128d()));
  }
#else
  return MapLanes<F>(a, a, [](F x, F) { return FSqrt(x); });
#endif
}

// In each lane b < a ? b : a, so `a` if they are equal or unordered. Bits are
// kept, those of NaNs included: the machine's minimum with operands exchanged.
template <typename F>
WEFT_INLINE V128 VFPmin(V128 a, V128 b) {
#if WEFT_NUMERICS_SSE2
  if constexpr (sizeof(F) == 4) {
    return V128::From(_mm_min_ps(b.m128(), a.m128()));
  } else {
    return V128::From(_mm_min_pd(b.m128d(), a.m128d()));
  }
#else
  using Bits = BitsType<F>;
  const Lanes<Bits> take_b = LanesIn<Bits>(VLt<F>(b, a));
  return WEFT_VECTOR((LanesIn<Bits>(b) & take_b) |
                     (LanesIn<Bits>(a) & ~take_b));
#endif
}

// In each lane a < b ? b : a, likewise.
template <typename F>
WEFT_INLINE V128 VFPmax(V128 a, V128 b) {
#if WEFT_NUMERICS_SSE2
  if constexpr (sizeof(F) == 4) {
    return V128::From(_mm_max_ps(b.m128(), a.m128()));
  } else {
    return V128::From(_mm_max_pd(b.m128d(), a.m128d()));
  }
#else
  using Bits = BitsType<F>;
  const Lanes<Bits> take_b = LanesIn<Bits>(VLt<F>(a, b));
  return WEFT_VECTOR((LanesIn<Bits>(b) & take_b) |
                     (LanesIn<Bits>(a) & ~take_b));
#endif
}

// All bits set in the lanes where `a` or `b` is a NaN.
template <typename F>
WEFT_INLINE Lanes<BitsType<F>> Unordered(V128 a, V128 b) {
#if WEFT_NUMERICS_SSE2
  if constexpr (sizeof(F) == 4) {
    return LanesIn<BitsType<F>>(
        V128::From(_mm_cmpunord_ps(a.m128(), b.m128())));
  } else {
    return LanesIn<BitsType<F>>(
        V128::From(_mm_cmpunord_pd(a.m128d(), b.m128d())));
  }
#else
  return LanesIn<BitsType<F>>(VNe<F>(a, a)) |
         LanesIn<BitsType<F>>(VNe<F>(b, b));
#endif
}

// `merged`, but the sum of `a` and `b` in lanes where one is a NaN.
template <typename F>
WEFT_INLINE V128 SumIfUnordered(V128 a, V128 b, Lanes<BitsType<F>> merged) {
  const Lanes<BitsType<F>> nan = Unordered<F>(a, b);
  const Lanes<BitsType<F>> sum = LanesIn<BitsType<F>>(VFAdd<F>(a, b));
  return WEFT_VECTOR((sum & nan) | (merged & ~nan));
}

// As FMin and FMax: both orders agree but for zeros and NaNs.
template <typename F>
WEFT_INLINE V128 VFMin(V128 a, V128 b) {
  using Bits = BitsType<F>;
  return SumIfUnordered<F>(
      a, b, LanesIn<Bits>(VFPmin<F>(a, b)) | LanesIn<Bits>(VFPmin<F>(b, a)));
}

template <typename F>
WEFT_INLINE V128 VFMax(V128 a, V128 b) {
  using Bits = BitsType<F>;
  return SumIfUnordered<F>(
      a, b, LanesIn<Bits>(VFPmax<F>(a, b)) & LanesIn<Bits>(VFPmax<F>(b, a)));
}

// `magnitude` is not negative, below kIntegral, and rounded to nearest as in
// FNearest.
template <typename F>
WEFT_INLINE Lanes<F> NearestMagnitude(Lanes<F> magnitude) {
  return magnitude + FloatFormat<F>::kIntegral - FloatFormat<F>::kIntegral;
}

// `rounded`, made of `a`, with one taken off (or added, if `step` is -1) where
// it lies beyond `a`.
template <typename F>
WEFT_INLINE Lanes<F> StepBack(Lanes<F> rounded, Lanes<F> a, F step) {
  using Bits = BitsType<F>;
  const Lanes<Bits> beyond = step > 0
                                 ? __builtin_bit_cast(Lanes<Bits>, rounded > a)
                                 : __builtin_bit_cast(Lanes<Bits>, rounded < a);
  const Lanes<Bits> by = beyond & BitsOf(step);
  return rounded - __builtin_bit_cast(Lanes<F>, by);
}

// Without an instruction for it: rounds to nearest by an addition, steps back
// where that went too far, and gives the sign back. Lanes from kIntegral on,
// which have no fraction, are taken as they are, NaNs quieted.
template <typename F, Rounding rounding>
WEFT_INLINE V128 VFRoundByHand(V128 a) {
  using Bits = BitsType<F>;
  const Lanes<Bits> bits = LanesIn<Bits>(a);
  const Lanes<F> value = LanesIn<F>(a);
  const Lanes<Bits> sign = bits & FloatFormat<F>::kSign;
  const Lanes<F> magnitude = __builtin_bit_cast(Lanes<F>, bits ^ sign);
  Lanes<F> rounded = NearestMagnitude<F>(magnitude);
  if constexpr (rounding == Rounding::kTowardZero) {
    rounded = StepBack<F>(rounded, magnitude, 1);
  } else if constexpr (rounding != Rounding::kNearest) {
    const Lanes<F> with_sign = __builtin_bit_cast(
        Lanes<F>, __builtin_bit_cast(Lanes<Bits>, rounded) | sign);
    rounded = StepBack<F>(with_sign, value,
                          rounding == Rounding::kDown ? F{1} : F{-1});
  }
  const Lanes<Bits> quiet = Unordered<F>(a, a) & FloatFormat<F>::kQuiet;
  const Lanes<Bits> fractional = __builtin_bit_cast(
      Lanes<Bits>, magnitude < Lanes<F>{} + FloatFormat<F>::kIntegral);
  const Lanes<Bits> result = __builtin_bit_cast(Lanes<Bits>, rounded) | sign;
  return WEFT_VECTOR((result & fractional) | ((bits | quiet) & ~fractional));
}

template <typename F, Rounding rounding>
WEFT_INLINE V128 VFRound(V128 a) {
#if WEFT_NUMERICS_SSE2
  if (CanRound()) [[likely]] {
    if constexpr (sizeof(F) == 4) {
      return V128::From(RoundByMachine<rounding>(a.m128()));
    } else {
      return V128::From(RoundByMachine<rounding>(a.m128d()));
    }
  }
#endif
  return VFRoundByHand<F, rounding>(a);
}

}  // namespace internal

#define WEFT_NUMERIC_FLOAT_LANES(shape, F)                                     \
  WEFT_NUMERIC(shape##Eq, &internal::VEq<F>);                                  \
  WEFT_NUMERIC(shape##Ne, &internal::VNe<F>);                                  \
  WEFT_NUMERIC(shape##Lt, &internal::VLt<F>);                                  \
  WEFT_NUMERIC(shape##Gt, &internal::VGt<F>);                                  \
  WEFT_NUMERIC(shape##Le, &internal::VLe<F>);                                  \
  WEFT_NUMERIC(shape##Ge, &internal::VGe<F>);                                  \
  WEFT_NUMERIC(shape##Ceil, (&internal::VFRound<F, internal::Rounding::kUp>)); \
  WEFT_NUMERIC(shape##Floor,                                                   \
               (&internal::VFRound<F, internal::Rounding::kDown>));            \
  WEFT_NUMERIC(shape##Trunc,                                                   \
               (&internal::VFRound<F, internal::Rounding::kTowardZero>));      \
  WEFT_NUMERIC(shape##Nearest,                                                 \
               (&internal::VFRound<F, internal::Rounding::kNearest>));         \
  WEFT_NUMERIC(shape##Abs, &internal::VFAbs<F>);                               \
  WEFT_NUMERIC(shape##Neg, &internal::VFNeg<F>);                               \
  WEFT_NUMERIC(shape##Sqrt, &internal::VFSqrt<F>);                             \
  WEFT_NUMERIC(shape##Add, &internal::VFAdd<F>);                               \
  WEFT_NUMERIC(shape##Sub, &internal::VFSub<F>);                               \
  WEFT_NUMERIC(shape##Mul, &internal::VFMul<F>);                               \
  WEFT_NUMERIC(shape##Div, &internal::VFDiv<F>);                               \
  WEFT_NUMERIC(shape##Min, &internal::VFMin<F>);                               \
  WEFT_NUMERIC(shape##Max, &internal::VFMax<F>);                               \
  WEFT_NUMERIC(shape##Pmin, &internal::VFPmin<F>);                             \
  WEFT_NUMERIC(shape##Pmax, &internal::VFPmax<F>)

WEFT_NUMERIC_FLOAT_LANES(F32x4, float);
WEFT_NUMERIC_FLOAT_LANES(F64x2, double);
#undef WEFT_NUMERIC_FLOAT_LANES

}  // namespace weft::exec

#endif  // WEFT_EXEC_NUMERICS_VECTOR_FLOAT_H_
