// Integer operators (specification 3.0, section 4.3.2). All arithmetic is on
// unsigned integers, whose overflow is defined.
#include <bit>
#include <cstdint>
#include <limits>
#include <type_traits>

#include "passes/fold_topics.h"

namespace weft::passes::fold {

using wasm::Op;

namespace {

template <typename U>
using Signed = std::make_signed_t<U>;

template <typename U>
inline constexpr U kSmallest = U{1} << (std::numeric_limits<U>::digits - 1);

// Shift counts and rotations are modulo the width.
template <typename U>
int Count(U count) {
  return static_cast<int>(count % std::numeric_limits<U>::digits);
}

template <typename U>
Bits DivS(U a, U b) {
  if (b == 0) return std::nullopt;
  if (a == kSmallest<U> && b == static_cast<U>(-1)) return std::nullopt;
  return static_cast<U>(static_cast<Signed<U>>(a) / static_cast<Signed<U>>(b));
}

template <typename U>
Bits RemS(U a, U b) {
  if (b == 0) return std::nullopt;
  if (b == static_cast<U>(-1)) return U{0};  // Also where a / b overflows.
  return static_cast<U>(static_cast<Signed<U>>(a) % static_cast<Signed<U>>(b));
}

template <typename U>
Bits DivU(U a, U b) {
  if (b == 0) return std::nullopt;
  return a / b;
}

template <typename U>
Bits RemU(U a, U b) {
  if (b == 0) return std::nullopt;
  return a % b;
}

template <typename U>
U ShrS(U a, U b) {
  return static_cast<U>(static_cast<Signed<U>>(a) >> Count(b));
}

template <typename U>
bool LessS(U a, U b) {
  return static_cast<Signed<U>>(a) < static_cast<Signed<U>>(b);
}

// Sign extension from the type `Narrow`.
template <typename Narrow, typename U>
U Extend(U a) {
  return static_cast<U>(static_cast<Signed<U>>(static_cast<Narrow>(a)));
}

}  // namespace

// clang-format off
#define WEFT_FOLD(name, expression)    \
  case Op::kI32##name: {               \
    using U = uint32_t;                \
    const U x = static_cast<U>(a);     \
    [[maybe_unused]] const U y = static_cast<U>(b); \
    return expression;                 \
  }                                    \
  case Op::kI64##name: {               \
    using U = uint64_t;                \
    const U x = a;                     \
    [[maybe_unused]] const U y = b;    \
    return expression;                 \
  }

Bits Integer(Op op, uint64_t a, uint64_t b) {
  switch (op) {
    WEFT_FOLD(Add, U(x + y))
    WEFT_FOLD(Sub, U(x - y))
    WEFT_FOLD(Mul, U(x * y))
    WEFT_FOLD(DivS, DivS(x, y))
    WEFT_FOLD(DivU, DivU(x, y))
    WEFT_FOLD(RemS, RemS(x, y))
    WEFT_FOLD(RemU, RemU(x, y))
    WEFT_FOLD(And, U(x & y))
    WEFT_FOLD(Or, U(x | y))
    WEFT_FOLD(Xor, U(x ^ y))
    WEFT_FOLD(Shl, U(x << Count(y)))
    WEFT_FOLD(ShrS, ShrS(x, y))
    WEFT_FOLD(ShrU, U(x >> Count(y)))
    WEFT_FOLD(Rotl, std::rotl(x, Count(y)))
    WEFT_FOLD(Rotr, std::rotr(x, Count(y)))
    WEFT_FOLD(Clz, U(std::countl_zero(x)))
    WEFT_FOLD(Ctz, U(std::countr_zero(x)))
    WEFT_FOLD(Popcnt, U(std::popcount(x)))
    WEFT_FOLD(Eqz, U(x == 0))
    WEFT_FOLD(Eq, U(x == y))
    WEFT_FOLD(Ne, U(x != y))
    WEFT_FOLD(LtS, U(LessS(x, y)))
    WEFT_FOLD(LtU, U(x < y))
    WEFT_FOLD(GtS, U(LessS(y, x)))
    WEFT_FOLD(GtU, U(x > y))
    WEFT_FOLD(LeS, U(!LessS(y, x)))
    WEFT_FOLD(LeU, U(x <= y))
    WEFT_FOLD(GeS, U(!LessS(x, y)))
    WEFT_FOLD(GeU, U(x >= y))
    WEFT_FOLD(Extend8S, (Extend<int8_t, U>(x)))
    WEFT_FOLD(Extend16S, (Extend<int16_t, U>(x)))
    case Op::kI64Extend32S: return Extend<int32_t, uint64_t>(a);
    default: return std::nullopt;
  }
}

#undef WEFT_FOLD
// clang-format on

}  // namespace weft::passes::fold
