// Conversions between numbers (specification 3.0, 4.3.4).
#ifndef WEFT_EXEC_NUMERICS_CONVERSION_H_
#define WEFT_EXEC_NUMERICS_CONVERSION_H_

#include <bit>
#include <cstdint>
#include <limits>
#include <type_traits>

#include "exec/numerics/definition.h"
#include "exec/numerics/values.h"
#include "exec/trap.h"

namespace weft::exec {
namespace internal {

// `a` toward zero as an int64_t, or INT64_MIN when there is none.
WEFT_INLINE int64_t TruncToInt64(float a) {
#if WEFT_NUMERICS_SSE2
  return _mm_cvttss_si64(_mm_set_ss(a));
#else
  return a >= -0x1p63f && a < 0x1p63f ? static_cast<int64_t>(a)
                                      : std::numeric_limits<int64_t>::min();
#endif
}

WEFT_INLINE int64_t TruncToInt64(double a) {
#if WEFT_NUMERICS_SSE2
  return _mm_cvttsd_si64(_mm_set_sd(a));
#else
  return a >= -0x1p63 && a < 0x1p63 ? static_cast<int64_t>(a)
                                    : std::numeric_limits<int64_t>::min();
#endif
}

// trunc(a) as I (int32_t, uint32_t, int64_t, uint64_t) into *result. Returns
// whether it is in range; *result is unspecified if not.
template <typename I, typename F>
WEFT_INLINE bool TruncInRange(F a, I* result) {
  constexpr F kTwo63 = 0x1p63;
  if constexpr (sizeof(I) == 4) {  // The wider conversion decides.
    const int64_t wide = TruncToInt64(a);
    *result = static_cast<I>(wide);
    return wide == static_cast<int64_t>(*result);
  } else if constexpr (std::is_signed_v<I>) {
    *result = TruncToInt64(a);
    return *result != std::numeric_limits<I>::min() || a == -kTwo63;
  } else {
    if (a < kTwo63) [[likely]] {
      const int64_t low = TruncToInt64(a);
      *result = static_cast<I>(low);
      return low >= 0;
    }
    const int64_t high = TruncToInt64(a - kTwo63);  // Exact, or NaN.
    *result = static_cast<I>(high) | I{1} << 63;
    return high >= 0;
  }
}

template <typename I, typename F>
WEFT_INLINE TrapKind Trunc(F a, std::make_unsigned_t<I>* result) {
  I integer;
  if (!TruncInRange<I>(a, &integer)) [[unlikely]] {
    return a != a ? TrapKind::kInvalidConversionToInteger
                  : TrapKind::kIntegerOverflow;
  }
  *result = static_cast<std::make_unsigned_t<I>>(integer);
  return TrapKind::kNone;
}

template <typename I, typename F>
WEFT_INLINE std::make_unsigned_t<I> TruncSat(F a) {
  I integer;
  if (!TruncInRange<I>(a, &integer)) [[unlikely]] {
    integer = a != a  ? I{0}
              : a < 0 ? std::numeric_limits<I>::min()
                      : std::numeric_limits<I>::max();
  }
  return static_cast<std::make_unsigned_t<I>>(integer);
}

// `a`, taken as I, to the nearest F, ties to even.
template <typename I, typename F>
WEFT_INLINE F Convert(std::make_unsigned_t<I> a) {
  return static_cast<F>(static_cast<I>(a));
}

WEFT_INLINE uint32_t WrapI64(uint64_t a) { return static_cast<uint32_t>(a); }

WEFT_INLINE uint64_t ExtendI32S(uint32_t a) {
  return static_cast<uint64_t>(static_cast<int32_t>(a));
}

WEFT_INLINE uint64_t ExtendI32U(uint32_t a) { return a; }

WEFT_INLINE float Demote(double a) { return static_cast<float>(a); }

WEFT_INLINE double Promote(float a) { return static_cast<double>(a); }

template <typename To, typename From>
WEFT_INLINE To Reinterpret(From a) {
  return std::bit_cast<To>(a);
}

}  // namespace internal

WEFT_NUMERIC(I32WrapI64, &internal::WrapI64);
WEFT_NUMERIC(I64ExtendI32S, &internal::ExtendI32S);
WEFT_NUMERIC(I64ExtendI32U, &internal::ExtendI32U);

#define WEFT_NUMERIC_CONVERSIONS(I, signed_type, unsigned_type)                \
  WEFT_NUMERIC(I##TruncF32S, (&internal::Trunc<signed_type, float>));          \
  WEFT_NUMERIC(I##TruncF32U, (&internal::Trunc<unsigned_type, float>));        \
  WEFT_NUMERIC(I##TruncF64S, (&internal::Trunc<signed_type, double>));         \
  WEFT_NUMERIC(I##TruncF64U, (&internal::Trunc<unsigned_type, double>));       \
  WEFT_NUMERIC(I##TruncSatF32S, (&internal::TruncSat<signed_type, float>));    \
  WEFT_NUMERIC(I##TruncSatF32U, (&internal::TruncSat<unsigned_type, float>));  \
  WEFT_NUMERIC(I##TruncSatF64S, (&internal::TruncSat<signed_type, double>));   \
  WEFT_NUMERIC(I##TruncSatF64U, (&internal::TruncSat<unsigned_type, double>)); \
  WEFT_NUMERIC(F32Convert##I##S, (&internal::Convert<signed_type, float>));    \
  WEFT_NUMERIC(F32Convert##I##U, (&internal::Convert<unsigned_type, float>));  \
  WEFT_NUMERIC(F64Convert##I##S, (&internal::Convert<signed_type, double>));   \
  WEFT_NUMERIC(F64Convert##I##U, (&internal::Convert<unsigned_type, double>))

WEFT_NUMERIC_CONVERSIONS(I32, int32_t, uint32_t);
WEFT_NUMERIC_CONVERSIONS(I64, int64_t, uint64_t);
#undef WEFT_NUMERIC_CONVERSIONS

WEFT_NUMERIC(F32DemoteF64, &internal::Demote);
WEFT_NUMERIC(F64PromoteF32, &internal::Promote);

WEFT_NUMERIC(I32ReinterpretF32, (&internal::Reinterpret<uint32_t, float>));
WEFT_NUMERIC(I64ReinterpretF64, (&internal::Reinterpret<uint64_t, double>));
WEFT_NUMERIC(F32ReinterpretI32, (&internal::Reinterpret<float, uint32_t>));
WEFT_NUMERIC(F64ReinterpretI64, (&internal::Reinterpret<double, uint64_t>));

}  // namespace weft::exec

#endif  // WEFT_EXEC_NUMERICS_CONVERSION_H_
