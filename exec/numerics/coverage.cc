// A row of the op table without a meaning does not compile: every simple
// operator is a Numeric, a Load, a Store or an AtomicRmw, or is listed here as
// one that asks the store (specification 4.6), and none is two of these.
#include "exec/numerics/numeric.h"
#include "ir/wasm/op.h"
#include "ir/wasm/op_rows.h"

namespace weft::exec {
namespace {

using wasm::Op;

// Operators of OpClass::kSimple that are more than a function of operands and
// immediates.
constexpr Op kAskTheStore[] = {
    // Memories, tables and segments.
    Op::kMemorySize,
    Op::kMemoryGrow,
    Op::kMemoryInit,
    Op::kMemoryFill,
    Op::kDataDrop,
    Op::kTableSize,
    Op::kElemDrop,
    // References: their representation is the executor's.
    Op::kRefEq,
    Op::kArrayLen,
    Op::kRefI31,
    Op::kI31GetS,
    Op::kI31GetU,
    // Threads.
    Op::kMemoryAtomicNotify,
    Op::kMemoryAtomicWait32,
    Op::kMemoryAtomicWait64,
    Op::kAtomicFence,
};

constexpr bool AsksTheStore(Op op) {
  for (Op listed : kAskTheStore) {
    if (listed == op) return true;
  }
  return false;
}

template <Op op>
constexpr bool HasOneMeaning() {
  constexpr int meanings = int{IsNumeric<op>} + int{IsLoad<op>} +
                           int{IsStore<op>} + int{IsAtomicRmw<op>};
  if constexpr (wasm::RowOf(op).op_class != wasm::OpClass::kSimple) {
    return meanings == 0;
  } else {
    return meanings + int{AsksTheStore(op)} == 1;
  }
}

#define WEFT_OP(name, ...)                                        \
  static_assert(HasOneMeaning<Op::k##name>(),                     \
                "exec/numerics/numeric.h says how to give " #name \
                " a meaning");
#include "ir/wasm/ops.def"
#undef WEFT_OP

}  // namespace
}  // namespace weft::exec
