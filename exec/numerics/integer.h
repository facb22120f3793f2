// i32 and i64: arithmetic, bits, comparisons (specification 3.0, 4.3.2), and
// the wide arithmetic proposal. U is uint32_t or uint64_t.
#ifndef WEFT_EXEC_NUMERICS_INTEGER_H_
#define WEFT_EXEC_NUMERICS_INTEGER_H_

#include <cstdint>
#include <limits>
#include <type_traits>

#include "exec/numerics/definition.h"
#include "exec/numerics/machine.h"
#include "exec/numerics/values.h"
#include "exec/trap.h"

namespace weft::exec {
namespace internal {

template <typename U>
using SignedOf = std::make_signed_t<U>;

template <typename T>
WEFT_INLINE T Constant(T value) {
  return value;
}

template <typename U>
WEFT_INLINE U IAdd(U a, U b) {
  return a + b;
}

template <typename U>
WEFT_INLINE U ISub(U a, U b) {
  return a - b;
}

template <typename U>
WEFT_INLINE U IMul(U a, U b) {
  return a * b;
}

template <typename U>
WEFT_INLINE TrapKind IDivU(U a, U b, U* result) {
  if (b == 0) [[unlikely]] {
    return TrapKind::kIntegerDivideByZero;
  }
  *result = a / b;
  return TrapKind::kNone;
}

template <typename U>
WEFT_INLINE TrapKind IRemU(U a, U b, U* result) {
  if (b == 0) [[unlikely]] {
    return TrapKind::kIntegerDivideByZero;
  }
  *result = a % b;
  return TrapKind::kNone;
}

// The only divisors that need care are 0 and -1: one comparison finds both.
template <typename U>
WEFT_INLINE bool IsZeroOrMinusOne(U b) {
  return static_cast<U>(b + 1) <= 1;
}

template <typename U>
WEFT_INLINE TrapKind IDivS(U a, U b, U* result) {
  using S = SignedOf<U>;
  if (IsZeroOrMinusOne(b)) [[unlikely]] {
    if (b == 0) return TrapKind::kIntegerDivideByZero;
    if (a == static_cast<U>(std::numeric_limits<S>::min())) {
      return TrapKind::kIntegerOverflow;
    }
    *result = U{0} - a;
    return TrapKind::kNone;
  }
  *result = static_cast<U>(static_cast<S>(a) / static_cast<S>(b));
  return TrapKind::kNone;
}

template <typename U>
WEFT_INLINE TrapKind IRemS(U a, U b, U* result) {
  using S = SignedOf<U>;
  if (IsZeroOrMinusOne(b)) [[unlikely]] {
    if (b == 0) return TrapKind::kIntegerDivideByZero;
    *result = 0;
    return TrapKind::kNone;
  }
  *result = static_cast<U>(static_cast<S>(a) % static_cast<S>(b));
  return TrapKind::kNone;
}

template <typename U>
WEFT_INLINE U IAnd(U a, U b) {
  return a & b;
}

template <typename U>
WEFT_INLINE U IOr(U a, U b) {
  return a | b;
}

template <typename U>
WEFT_INLINE U IXor(U a, U b) {
  return a ^ b;
}

// Counts of shifts and rotations are taken modulo the width.
template <typename U>
inline constexpr U kShiftMask = sizeof(U) * 8 - 1;

template <typename U>
WEFT_INLINE U IShl(U a, U b) {
  return a << (b & kShiftMask<U>);
}

template <typename U>
WEFT_INLINE U IShrU(U a, U b) {
  return a >> (b & kShiftMask<U>);
}

template <typename U>
WEFT_INLINE U IShrS(U a, U b) {
  return static_cast<U>(static_cast<SignedOf<U>>(a) >> (b & kShiftMask<U>));
}

template <typename U>
WEFT_INLINE U IRotl(U a, U b) {
  return a << (b & kShiftMask<U>) | a >> ((U{0} - b) & kShiftMask<U>);
}

template <typename U>
WEFT_INLINE U IRotr(U a, U b) {
  return a >> (b & kShiftMask<U>) | a << ((U{0} - b) & kShiftMask<U>);
}

template <typename U>
WEFT_INLINE U IClz(U a) {
  return std::countl_zero(a);
}

template <typename U>
WEFT_INLINE U ICtz(U a) {
  return std::countr_zero(a);
}

// Without the instruction sums over pairs, nibbles and bytes: the builtin of
// g++ would be a call.
template <typename U>
WEFT_INLINE U IPopcnt(U a) {
#if WEFT_NUMERICS_SSE2
  if (CanCountBits()) [[likely]] {
    return CountBitsByMachine(a);
  }
#endif
  constexpr U kOnes = ~U{0};
  a -= a >> 1 & kOnes / 3;                          // 0x5555...
  a = (a & kOnes / 5) + (a >> 2 & kOnes / 5);       // 0x3333...
  a = (a + (a >> 4)) & kOnes / 17;                  // 0x0f0f...
  return a * (kOnes / 255) >> (sizeof(U) - 1) * 8;  // 0x0101...
}

template <typename U>
WEFT_INLINE uint32_t IEqz(U a) {
  return a == 0;
}

template <typename U>
WEFT_INLINE uint32_t IEq(U a, U b) {
  return a == b;
}

template <typename U>
WEFT_INLINE uint32_t INe(U a, U b) {
  return a != b;
}

template <typename U>
WEFT_INLINE uint32_t ILtU(U a, U b) {
  return a < b;
}

template <typename U>
WEFT_INLINE uint32_t IGtU(U a, U b) {
  return a > b;
}

template <typename U>
WEFT_INLINE uint32_t ILeU(U a, U b) {
  return a <= b;
}

template <typename U>
WEFT_INLINE uint32_t IGeU(U a, U b) {
  return a >= b;
}

template <typename U>
WEFT_INLINE uint32_t ILtS(U a, U b) {
  return static_cast<SignedOf<U>>(a) < static_cast<SignedOf<U>>(b);
}

template <typename U>
WEFT_INLINE uint32_t IGtS(U a, U b) {
  return static_cast<SignedOf<U>>(a) > static_cast<SignedOf<U>>(b);
}

template <typename U>
WEFT_INLINE uint32_t ILeS(U a, U b) {
  return static_cast<SignedOf<U>>(a) <= static_cast<SignedOf<U>>(b);
}

template <typename U>
WEFT_INLINE uint32_t IGeS(U a, U b) {
  return static_cast<SignedOf<U>>(a) >= static_cast<SignedOf<U>>(b);
}

// The low bits of `a` as a signed Narrow, sign-extended.
template <typename U, typename Narrow>
WEFT_INLINE U IExtendS(U a) {
  return static_cast<U>(static_cast<Narrow>(a));
}

// Wide arithmetic: 128-bit operands and results as pairs of low and high half.
using Unsigned128 = unsigned __int128;
using Signed128 = __int128;

WEFT_INLINE Unsigned128 Join(uint64_t low, uint64_t high) {
  return static_cast<Unsigned128>(high) << 64 | low;
}

WEFT_INLINE Wide Split(Unsigned128 value) {
  return {static_cast<uint64_t>(value), static_cast<uint64_t>(value >> 64)};
}

WEFT_INLINE Wide Add128(uint64_t a_low, uint64_t a_high, uint64_t b_low,
                        uint64_t b_high) {
  return Split(Join(a_low, a_high) + Join(b_low, b_high));
}

WEFT_INLINE Wide Sub128(uint64_t a_low, uint64_t a_high, uint64_t b_low,
                        uint64_t b_high) {
  return Split(Join(a_low, a_high) - Join(b_low, b_high));
}

WEFT_INLINE Wide MulWideS(uint64_t a, uint64_t b) {
  return Split(
      static_cast<Unsigned128>(static_cast<Signed128>(static_cast<int64_t>(a)) *
                               static_cast<int64_t>(b)));
}

WEFT_INLINE Wide MulWideU(uint64_t a, uint64_t b) {
  return Split(static_cast<Unsigned128>(a) * b);
}

}  // namespace internal

#define WEFT_NUMERIC_INTEGER(I, U)                           \
  WEFT_NUMERIC(I##Const, &internal::Constant<U>);            \
  WEFT_NUMERIC(I##Eqz, &internal::IEqz<U>);                  \
  WEFT_NUMERIC(I##Eq, &internal::IEq<U>);                    \
  WEFT_NUMERIC(I##Ne, &internal::INe<U>);                    \
  WEFT_NUMERIC(I##LtS, &internal::ILtS<U>);                  \
  WEFT_NUMERIC(I##LtU, &internal::ILtU<U>);                  \
  WEFT_NUMERIC(I##GtS, &internal::IGtS<U>);                  \
  WEFT_NUMERIC(I##GtU, &internal::IGtU<U>);                  \
  WEFT_NUMERIC(I##LeS, &internal::ILeS<U>);                  \
  WEFT_NUMERIC(I##LeU, &internal::ILeU<U>);                  \
  WEFT_NUMERIC(I##GeS, &internal::IGeS<U>);                  \
  WEFT_NUMERIC(I##GeU, &internal::IGeU<U>);                  \
  WEFT_NUMERIC(I##Clz, &internal::IClz<U>);                  \
  WEFT_NUMERIC(I##Ctz, &internal::ICtz<U>);                  \
  WEFT_NUMERIC(I##Popcnt, &internal::IPopcnt<U>);            \
  WEFT_NUMERIC(I##Add, &internal::IAdd<U>);                  \
  WEFT_NUMERIC(I##Sub, &internal::ISub<U>);                  \
  WEFT_NUMERIC(I##Mul, &internal::IMul<U>);                  \
  WEFT_NUMERIC(I##DivS, &internal::IDivS<U>);                \
  WEFT_NUMERIC(I##DivU, &internal::IDivU<U>);                \
  WEFT_NUMERIC(I##RemS, &internal::IRemS<U>);                \
  WEFT_NUMERIC(I##RemU, &internal::IRemU<U>);                \
  WEFT_NUMERIC(I##And, &internal::IAnd<U>);                  \
  WEFT_NUMERIC(I##Or, &internal::IOr<U>);                    \
  WEFT_NUMERIC(I##Xor, &internal::IXor<U>);                  \
  WEFT_NUMERIC(I##Shl, &internal::IShl<U>);                  \
  WEFT_NUMERIC(I##ShrS, &internal::IShrS<U>);                \
  WEFT_NUMERIC(I##ShrU, &internal::IShrU<U>);                \
  WEFT_NUMERIC(I##Rotl, &internal::IRotl<U>);                \
  WEFT_NUMERIC(I##Rotr, &internal::IRotr<U>);                \
  WEFT_NUMERIC(I##Extend8S, &internal::IExtendS<U, int8_t>); \
  WEFT_NUMERIC(I##Extend16S, &internal::IExtendS<U, int16_t>)

WEFT_NUMERIC_INTEGER(I32, uint32_t);
WEFT_NUMERIC_INTEGER(I64, uint64_t);
#undef WEFT_NUMERIC_INTEGER

WEFT_NUMERIC(I64Extend32S, &internal::IExtendS<uint64_t, int32_t>);

WEFT_NUMERIC(I64Add128, &internal::Add128);
WEFT_NUMERIC(I64Sub128, &internal::Sub128);
WEFT_NUMERIC(I64MulWideS, &internal::MulWideS);
WEFT_NUMERIC(I64MulWideU, &internal::MulWideU);

}  // namespace weft::exec

#endif  // WEFT_EXEC_NUMERICS_INTEGER_H_
