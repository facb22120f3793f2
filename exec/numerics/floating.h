// f32 and f64: arithmetic, rounding, comparisons (specification 3.0, 4.3.3).
// F is float or double.
//
// NaNs are those of the hardware: a quiet one of the operands' payloads, or
// the machine's default. The specification allows any arithmetic NaN there,
// and a canonical one for canonical operands. Every path here quiets NaNs, and
// none lets a compiler choose: abs, neg and copysign are operations on bits.
#ifndef WEFT_EXEC_NUMERICS_FLOATING_H_
#define WEFT_EXEC_NUMERICS_FLOATING_H_

#include <bit>
#include <cmath>
#include <cstdint>
#include <type_traits>

#include "exec/numerics/definition.h"
#include "exec/numerics/integer.h"
#include "exec/numerics/machine.h"
#include "exec/numerics/values.h"

namespace weft::exec {
namespace internal {

// These builtins are operations on bits for NaNs, too.
WEFT_INLINE float FAbs(float a) { return __builtin_fabsf(a); }
WEFT_INLINE double FAbs(double a) { return __builtin_fabs(a); }

WEFT_INLINE float FCopysign(float a, float b) {
  return __builtin_copysignf(a, b);
}
WEFT_INLINE double FCopysign(double a, double b) {
  return __builtin_copysign(a, b);
}

template <typename F>
WEFT_INLINE F FNeg(F a) {
  return -a;
}

template <typename F>
WEFT_INLINE F FAdd(F a, F b) {
  return a + b;
}

template <typename F>
WEFT_INLINE F FSub(F a, F b) {
  return a - b;
}

template <typename F>
WEFT_INLINE F FMul(F a, F b) {
  return a * b;
}

template <typename F>
WEFT_INLINE F FDiv(F a, F b) {
  return a / b;
}

// The builtin would call the library for negative operands, to set errno.
WEFT_INLINE float FSqrt(float a) {
#if WEFT_NUMERICS_SSE2
  return _mm_cvtss_f32(_mm_sqrt_ss(_mm_set_ss(a)));
#else
  return std::sqrt(a);
#endif
}

WEFT_INLINE double FSqrt(double a) {
#if WEFT_NUMERICS_SSE2
  return _mm_cvtsd_f64(_mm_sqrt_sd(_mm_setzero_pd(), _mm_set_sd(a)));
#else
  return std::sqrt(a);
#endif
}

// `a < b ? a : b` is the machine's minimum: its second operand if they are
// equal or unordered. So both orders agree in all bits but for zeros of
// unequal signs (of which min is the negative one, the union of bits) and
// NaNs, which the sum of the operands quiets.
template <typename F>
WEFT_INLINE F FMin(F a, F b) {
  if (__builtin_isunordered(a, b)) [[unlikely]] {
    return a + b;
  }
  return std::bit_cast<F>(BitsOf(a < b ? a : b) | BitsOf(b < a ? b : a));
}

template <typename F>
WEFT_INLINE F FMax(F a, F b) {
  if (__builtin_isunordered(a, b)) [[unlikely]] {
    return a + b;
  }
  return std::bit_cast<F>(BitsOf(a > b ? a : b) & BitsOf(b > a ? b : a));
}

// `a`, or its quiet twin if it is a signalling NaN.
template <typename F>
WEFT_INLINE F Quiet(F a) {
  return a != a ? std::bit_cast<F>(BitsOf(a) | FloatFormat<F>::kQuiet) : a;
}

// `a` toward zero, its sign lost if the result is zero.
// REQUIRES: its magnitude is below kIntegral.
template <typename F>
WEFT_INLINE F TowardZero(F a) {
  return static_cast<F>(static_cast<typename FloatFormat<F>::Integer>(a));
}

// Without an instruction for it. Numbers from kIntegral on have no fraction and
// are rounded to themselves, as infinities are; NaNs are quieted. A result has
// the sign of the operand, zeros included.
template <Rounding rounding, typename F>
WEFT_INLINE F RoundByHand(F a) {
  constexpr F kIntegral = FloatFormat<F>::kIntegral;
  if (!(FAbs(a) < kIntegral)) return Quiet(a);
  switch (rounding) {
    case Rounding::kNearest:
      // The sum has no room for fractions: the addition rounds to nearest,
      // ties to even.
      return FCopysign(FAbs(a) + kIntegral - kIntegral, a);
    case Rounding::kTowardZero:
      return FCopysign(TowardZero(a), a);
    case Rounding::kDown: {
      const F toward_zero = TowardZero(a);
      return FCopysign(toward_zero - static_cast<F>(toward_zero > a), a);
    }
    case Rounding::kUp: {
      const F toward_zero = TowardZero(a);
      return FCopysign(toward_zero + static_cast<F>(toward_zero < a), a);
    }
  }
}

template <typename F, Rounding rounding>
WEFT_INLINE F FRound(F a) {
#if WEFT_NUMERICS_SSE2
  if (CanRound()) [[likely]] {
    return RoundByMachine<rounding>(a);
  }
#endif
  return RoundByHand<rounding>(a);
}

template <typename F>
WEFT_INLINE uint32_t FEq(F a, F b) {
  return a == b;
}

template <typename F>
WEFT_INLINE uint32_t FNe(F a, F b) {
  return a != b;
}

template <typename F>
WEFT_INLINE uint32_t FLt(F a, F b) {
  return a < b;
}

template <typename F>
WEFT_INLINE uint32_t FGt(F a, F b) {
  return a > b;
}

template <typename F>
WEFT_INLINE uint32_t FLe(F a, F b) {
  return a <= b;
}

template <typename F>
WEFT_INLINE uint32_t FGe(F a, F b) {
  return a >= b;
}

}  // namespace internal

#define WEFT_NUMERIC_FLOAT(N, F)                                             \
  WEFT_NUMERIC(N##Const, &internal::Constant<F>);                            \
  WEFT_NUMERIC(N##Eq, &internal::FEq<F>);                                    \
  WEFT_NUMERIC(N##Ne, &internal::FNe<F>);                                    \
  WEFT_NUMERIC(N##Lt, &internal::FLt<F>);                                    \
  WEFT_NUMERIC(N##Gt, &internal::FGt<F>);                                    \
  WEFT_NUMERIC(N##Le, &internal::FLe<F>);                                    \
  WEFT_NUMERIC(N##Ge, &internal::FGe<F>);                                    \
  WEFT_NUMERIC(N##Abs, static_cast<F (*)(F)>(&internal::FAbs));              \
  WEFT_NUMERIC(N##Neg, &internal::FNeg<F>);                                  \
  WEFT_NUMERIC(N##Ceil, (&internal::FRound<F, internal::Rounding::kUp>));    \
  WEFT_NUMERIC(N##Floor, (&internal::FRound<F, internal::Rounding::kDown>)); \
  WEFT_NUMERIC(N##Trunc,                                                     \
               (&internal::FRound<F, internal::Rounding::kTowardZero>));     \
  WEFT_NUMERIC(N##Nearest,                                                   \
               (&internal::FRound<F, internal::Rounding::kNearest>));        \
  WEFT_NUMERIC(N##Sqrt, static_cast<F (*)(F)>(&internal::FSqrt));            \
  WEFT_NUMERIC(N##Add, &internal::FAdd<F>);                                  \
  WEFT_NUMERIC(N##Sub, &internal::FSub<F>);                                  \
  WEFT_NUMERIC(N##Mul, &internal::FMul<F>);                                  \
  WEFT_NUMERIC(N##Div, &internal::FDiv<F>);                                  \
  WEFT_NUMERIC(N##Min, &internal::FMin<F>);                                  \
  WEFT_NUMERIC(N##Max, &internal::FMax<F>);                                  \
  WEFT_NUMERIC(N##Copysign, static_cast<F (*)(F, F)>(&internal::FCopysign))

WEFT_NUMERIC_FLOAT(F32, float);
WEFT_NUMERIC_FLOAT(F64, double);
#undef WEFT_NUMERIC_FLOAT

}  // namespace weft::exec

#endif  // WEFT_EXEC_NUMERICS_FLOATING_H_
