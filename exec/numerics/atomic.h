// Atomic read-modify-write (threads proposal): what becomes of the cell in
// memory, and what the operator returns. Bounds and alignment are the
// handlers' business.
#ifndef WEFT_EXEC_NUMERICS_ATOMIC_H_
#define WEFT_EXEC_NUMERICS_ATOMIC_H_

#include <cstdint>
#include <type_traits>

#include "exec/numerics/definition.h"
#include "exec/numerics/values.h"
#include "ir/wasm/op.h"

namespace weft::exec {

enum class RmwKind : uint8_t { kAdd, kSub, kAnd, kOr, kXor, kXchg, kCmpxchg };

// A read-modify-write operator:
//
//   Cell    what lies in memory, an unsigned integer of kBytes
//   Value   uint32_t or uint64_t: operands and result
//   kKind
//
//   static Value Result(Cell old)        zero-extended: what it returns
//   static Cell Apply(Cell old, Value operand)
//   static Cell Apply(Cell old, Value expected, Value replacement)
//                                        kCmpxchg: the new content of the cell,
//                                        `old` itself if it is not as expected
//   static Value Perform(Cell*, ...)     all of it, with the same operands, as
//                                        one sequentially consistent access.
//                                        REQUIRES: a cell aligned to its size
//
// Operands of a narrow access are wrapped to its width, that which is compared
// included. Undefined for operators that are not of that kind.
template <wasm::Op op>
struct AtomicRmw;

template <wasm::Op op>
concept IsAtomicRmw = requires { sizeof(AtomicRmw<op>); };

namespace internal {

template <RmwKind kind, typename Cell>
WEFT_INLINE Cell ApplyRmw(Cell old, Cell operand) {
  switch (kind) {
    case RmwKind::kAdd:
      return static_cast<Cell>(old + operand);
    case RmwKind::kSub:
      return static_cast<Cell>(old - operand);
    case RmwKind::kAnd:
      return old & operand;
    case RmwKind::kOr:
      return old | operand;
    case RmwKind::kXor:
      return old ^ operand;
    case RmwKind::kXchg:
    case RmwKind::kCmpxchg:
      return operand;
  }
}

template <RmwKind kind, typename Cell>
WEFT_INLINE Cell PerformRmw(Cell* cell, Cell operand) {
  switch (kind) {
    case RmwKind::kAdd:
      return __atomic_fetch_add(cell, operand, __ATOMIC_SEQ_CST);
    case RmwKind::kSub:
      return __atomic_fetch_sub(cell, operand, __ATOMIC_SEQ_CST);
    case RmwKind::kAnd:
      return __atomic_fetch_and(cell, operand, __ATOMIC_SEQ_CST);
    case RmwKind::kOr:
      return __atomic_fetch_or(cell, operand, __ATOMIC_SEQ_CST);
    case RmwKind::kXor:
      return __atomic_fetch_xor(cell, operand, __ATOMIC_SEQ_CST);
    case RmwKind::kXchg:
    case RmwKind::kCmpxchg:
      return __atomic_exchange_n(cell, operand, __ATOMIC_SEQ_CST);
  }
}

template <wasm::Op op, RmwKind kind, typename CellType>
struct RmwDefinition {
  using Cell = CellType;
  using Value = ResultOf<op>;
  static constexpr RmwKind kKind = kind;
  static constexpr int kBytes = sizeof(Cell);
  static_assert(kBytes == wasm::RowOf(op).access_bytes);

  static WEFT_INLINE Value Result(Cell old) { return old; }
  static WEFT_INLINE Cell Apply(Cell old, Value operand) {
    return ApplyRmw<kind>(old, static_cast<Cell>(operand));
  }
  static WEFT_INLINE Value Perform(Cell* cell, Value operand) {
    return PerformRmw<kind>(cell, static_cast<Cell>(operand));
  }
};

template <wasm::Op op, typename CellType>
struct RmwDefinition<op, RmwKind::kCmpxchg, CellType> {
  using Cell = CellType;
  using Value = ResultOf<op>;
  static constexpr RmwKind kKind = RmwKind::kCmpxchg;
  static constexpr int kBytes = sizeof(Cell);
  static_assert(kBytes == wasm::RowOf(op).access_bytes);

  static WEFT_INLINE Value Result(Cell old) { return old; }
  static WEFT_INLINE Cell Apply(Cell old, Value expected, Value replacement) {
    return old == static_cast<Cell>(expected) ? static_cast<Cell>(replacement)
                                              : old;
  }
  static WEFT_INLINE Value Perform(Cell* cell, Value expected,
                                   Value replacement) {
    Cell old = static_cast<Cell>(expected);
    __atomic_compare_exchange_n(cell, &old, static_cast<Cell>(replacement),
                                /*weak=*/false, __ATOMIC_SEQ_CST,
                                __ATOMIC_SEQ_CST);
    return old;
  }
};

}  // namespace internal

#define WEFT_ATOMIC(name, kind, cell) \
  template <>                         \
  struct AtomicRmw<wasm::Op::k##name> \
      : internal::RmwDefinition<wasm::Op::k##name, RmwKind::k##kind, cell> {}
#define WEFT_ATOMIC_KIND(kind)                          \
  WEFT_ATOMIC(I32AtomicRmw##kind, kind, uint32_t);      \
  WEFT_ATOMIC(I32AtomicRmw8##kind##U, kind, uint8_t);   \
  WEFT_ATOMIC(I32AtomicRmw16##kind##U, kind, uint16_t); \
  WEFT_ATOMIC(I64AtomicRmw##kind, kind, uint64_t);      \
  WEFT_ATOMIC(I64AtomicRmw8##kind##U, kind, uint8_t);   \
  WEFT_ATOMIC(I64AtomicRmw16##kind##U, kind, uint16_t); \
  WEFT_ATOMIC(I64AtomicRmw32##kind##U, kind, uint32_t)

WEFT_ATOMIC_KIND(Add);
WEFT_ATOMIC_KIND(Sub);
WEFT_ATOMIC_KIND(And);
WEFT_ATOMIC_KIND(Or);
WEFT_ATOMIC_KIND(Xor);
WEFT_ATOMIC_KIND(Xchg);
WEFT_ATOMIC_KIND(Cmpxchg);
#undef WEFT_ATOMIC
#undef WEFT_ATOMIC_KIND

}  // namespace weft::exec

#endif  // WEFT_EXEC_NUMERICS_ATOMIC_H_
