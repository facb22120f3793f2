#include "ir/testing/evaluate.h"

#include <cstdint>
#include <type_traits>

namespace weft::ir::testing {

using wasm::Op;

namespace {

// Operators of one width, by the name that they have without it.
enum class Kind : uint8_t {
  kNone,
  kAdd,
  kSub,
  kMul,
  kAnd,
  kOr,
  kXor,
  kShl,
  kShrU,
  kShrS,
  kRotl,
  kRotr,
  kDivU,
  kRemU,
  kDivS,
  kRemS,
  kEq,
  kNe,
  kLtS,
  kLtU,
  kGtS,
  kGtU,
  kLeS,
  kLeU,
  kGeS,
  kGeU,
  kEqz,
  kClz,
  kCtz,
  kPopcnt,
  kExtend8S,
  kExtend16S,
};

struct Row {
  Op op;
  Kind kind;
  bool is_64;
};

constexpr Row kRows[] = {
    {Op::kI32Add, Kind::kAdd, false},
    {Op::kI64Add, Kind::kAdd, true},
    {Op::kI32Sub, Kind::kSub, false},
    {Op::kI64Sub, Kind::kSub, true},
    {Op::kI32Mul, Kind::kMul, false},
    {Op::kI64Mul, Kind::kMul, true},
    {Op::kI32And, Kind::kAnd, false},
    {Op::kI64And, Kind::kAnd, true},
    {Op::kI32Or, Kind::kOr, false},
    {Op::kI64Or, Kind::kOr, true},
    {Op::kI32Xor, Kind::kXor, false},
    {Op::kI64Xor, Kind::kXor, true},
    {Op::kI32Shl, Kind::kShl, false},
    {Op::kI64Shl, Kind::kShl, true},
    {Op::kI32ShrU, Kind::kShrU, false},
    {Op::kI64ShrU, Kind::kShrU, true},
    {Op::kI32ShrS, Kind::kShrS, false},
    {Op::kI64ShrS, Kind::kShrS, true},
    {Op::kI32Rotl, Kind::kRotl, false},
    {Op::kI64Rotl, Kind::kRotl, true},
    {Op::kI32Rotr, Kind::kRotr, false},
    {Op::kI64Rotr, Kind::kRotr, true},
    {Op::kI32DivU, Kind::kDivU, false},
    {Op::kI64DivU, Kind::kDivU, true},
    {Op::kI32RemU, Kind::kRemU, false},
    {Op::kI64RemU, Kind::kRemU, true},
    {Op::kI32DivS, Kind::kDivS, false},
    {Op::kI64DivS, Kind::kDivS, true},
    {Op::kI32RemS, Kind::kRemS, false},
    {Op::kI64RemS, Kind::kRemS, true},
    {Op::kI32Eq, Kind::kEq, false},
    {Op::kI64Eq, Kind::kEq, true},
    {Op::kI32Ne, Kind::kNe, false},
    {Op::kI64Ne, Kind::kNe, true},
    {Op::kI32LtS, Kind::kLtS, false},
    {Op::kI64LtS, Kind::kLtS, true},
    {Op::kI32LtU, Kind::kLtU, false},
    {Op::kI64LtU, Kind::kLtU, true},
    {Op::kI32GtS, Kind::kGtS, false},
    {Op::kI64GtS, Kind::kGtS, true},
    {Op::kI32GtU, Kind::kGtU, false},
    {Op::kI64GtU, Kind::kGtU, true},
    {Op::kI32LeS, Kind::kLeS, false},
    {Op::kI64LeS, Kind::kLeS, true},
    {Op::kI32LeU, Kind::kLeU, false},
    {Op::kI64LeU, Kind::kLeU, true},
    {Op::kI32GeS, Kind::kGeS, false},
    {Op::kI64GeS, Kind::kGeS, true},
    {Op::kI32GeU, Kind::kGeU, false},
    {Op::kI64GeU, Kind::kGeU, true},
    {Op::kI32Eqz, Kind::kEqz, false},
    {Op::kI64Eqz, Kind::kEqz, true},
    {Op::kI32Clz, Kind::kClz, false},
    {Op::kI64Clz, Kind::kClz, true},
    {Op::kI32Ctz, Kind::kCtz, false},
    {Op::kI64Ctz, Kind::kCtz, true},
    {Op::kI32Popcnt, Kind::kPopcnt, false},
    {Op::kI64Popcnt, Kind::kPopcnt, true},
    {Op::kI32Extend8S, Kind::kExtend8S, false},
    {Op::kI64Extend8S, Kind::kExtend8S, true},
    {Op::kI32Extend16S, Kind::kExtend16S, false},
    {Op::kI64Extend16S, Kind::kExtend16S, true},
};

// a op b; comparisons give 0 or 1. REQUIRES: a division that does not trap.
template <typename U>
uint64_t Binary(Kind kind, U a, U b) {
  using S = std::make_signed_t<U>;
  constexpr U mask = sizeof(U) * 8 - 1;
  const S sa = static_cast<S>(a);
  const S sb = static_cast<S>(b);
  switch (kind) {
    case Kind::kAdd:
      return static_cast<U>(a + b);
    case Kind::kSub:
      return static_cast<U>(a - b);
    case Kind::kMul:
      return static_cast<U>(a * b);
    case Kind::kAnd:
      return a & b;
    case Kind::kOr:
      return a | b;
    case Kind::kXor:
      return a ^ b;
    case Kind::kShl:
      return static_cast<U>(a << (b & mask));
    case Kind::kShrU:
      return a >> (b & mask);
    case Kind::kShrS:
      return static_cast<U>(sa >> (b & mask));
    case Kind::kRotl:
      return (b & mask) == 0 ? a
                             : a << (b & mask) | a >> (mask + 1 - (b & mask));
    case Kind::kRotr:
      return (b & mask) == 0 ? a
                             : a >> (b & mask) | a << (mask + 1 - (b & mask));
    case Kind::kDivU:
      return a / b;
    case Kind::kRemU:
      return a % b;
    case Kind::kDivS:
      return static_cast<U>(sa / sb);
    case Kind::kRemS:
      return sb == -1 ? 0 : static_cast<U>(sa % sb);
    case Kind::kEq:
      return a == b;
    case Kind::kNe:
      return a != b;
    case Kind::kLtS:
      return sa < sb;
    case Kind::kLtU:
      return a < b;
    case Kind::kGtS:
      return sa > sb;
    case Kind::kGtU:
      return a > b;
    case Kind::kLeS:
      return sa <= sb;
    case Kind::kLeU:
      return a <= b;
    case Kind::kGeS:
      return sa >= sb;
    case Kind::kGeU:
      return a >= b;
    default:
      return 0;
  }
}

template <typename U>
uint64_t Unary(Kind kind, U a) {
  using S = std::make_signed_t<U>;
  constexpr uint64_t bits = sizeof(U) * 8;
  uint64_t count = 0;
  switch (kind) {
    case Kind::kEqz:
      return a == 0;
    case Kind::kClz:
      while (count < bits && (a >> (bits - 1 - count) & 1) == 0) ++count;
      return count;
    case Kind::kCtz:
      while (count < bits && (a >> count & 1) == 0) ++count;
      return count;
    case Kind::kPopcnt:
      for (uint64_t i = 0; i < bits; ++i) count += a >> i & 1;
      return count;
    case Kind::kExtend8S:
      return static_cast<U>(static_cast<S>(static_cast<int8_t>(a)));
    default:  // kExtend16S
      return static_cast<U>(static_cast<S>(static_cast<int16_t>(a)));
  }
}

bool IsUnary(Kind kind) { return kind >= Kind::kEqz; }

template <typename U>
bool Traps(Kind kind, U a, U b) {
  if (kind < Kind::kDivU || kind > Kind::kRemS) return false;
  if (b == 0) return true;
  const bool smallest = a == U{1} << (sizeof(U) * 8 - 1);
  return kind == Kind::kDivS && smallest && b == static_cast<U>(-1);
}

bool Convert(Op op, uint64_t* v) {
  switch (op) {
    case Op::kI32WrapI64:
    case Op::kI64ExtendI32U:
      *v = static_cast<uint32_t>(*v);
      return true;
    case Op::kI64ExtendI32S:
    case Op::kI64Extend32S:
      *v =
          static_cast<uint64_t>(static_cast<int64_t>(static_cast<int32_t>(*v)));
      return true;
    default:
      return false;
  }
}

}  // namespace

bool EvaluateNumeric(const wasm::Operator& op, std::vector<uint64_t>* stack,
                     bool* trapped) {
  if (op.op == Op::kI32Const || op.op == Op::kI64Const) {
    stack->push_back(op.value);
    return true;
  }
  if (stack->empty()) return false;
  if (Convert(op.op, &stack->back())) return true;
  Kind kind = Kind::kNone;
  bool is_64 = false;
  for (const Row& row : kRows) {
    if (row.op != op.op) continue;
    kind = row.kind;
    is_64 = row.is_64;
  }
  if (kind == Kind::kNone) return false;
  const uint64_t b = stack->back();
  const uint32_t b32 = static_cast<uint32_t>(b);
  if (IsUnary(kind)) {
    stack->back() = is_64 ? Unary<uint64_t>(kind, b) : Unary(kind, b32);
    return true;
  }
  stack->pop_back();
  const uint64_t a = stack->back();
  const uint32_t a32 = static_cast<uint32_t>(a);
  *trapped = is_64 ? Traps(kind, a, b) : Traps(kind, a32, b32);
  if (*trapped) return true;
  stack->back() = is_64 ? Binary(kind, a, b) : Binary(kind, a32, b32);
  return true;
}

}  // namespace weft::ir::testing
