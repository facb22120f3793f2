// Comparisons seen from the other side.
#ifndef WEFT_EXEC_TRANSLATE_COMPARISONS_H_
#define WEFT_EXEC_TRANSLATE_COMPARISONS_H_

#include "exec/bytecode/form.h"
#include "ir/wasm/op.h"

namespace weft::exec {
namespace internal {

// The comparison that `names` has at the place of `op` among eq, ne, lt_s,
// lt_u, gt_s, gt_u, le_s, le_u, ge_s, ge_u.
inline wasm::Op ComparisonBy(wasm::Op op, const unsigned char (&places)[10]) {
  const int first = static_cast<int>(
      IsInRange(op, wasm::Op::kI32Eq, wasm::Op::kI32GeU) ? wasm::Op::kI32Eq
                                                         : wasm::Op::kI64Eq);
  return static_cast<wasm::Op>(first + places[static_cast<int>(op) - first]);
}

}  // namespace internal

// With operands in the other order: a < b is b > a. REQUIRES: a comparison.
inline wasm::Op Mirrored(wasm::Op op) {
  if (IsFloatComparison(op)) {
    // eq, ne, lt, gt, le, ge.
    static constexpr unsigned char kPlaces[6] = {0, 1, 3, 2, 5, 4};
    const int first = static_cast<int>(
        IsInRange(op, wasm::Op::kF32Eq, wasm::Op::kF32Ge) ? wasm::Op::kF32Eq
                                                          : wasm::Op::kF64Eq);
    return static_cast<wasm::Op>(first + kPlaces[static_cast<int>(op) - first]);
  }
  return internal::ComparisonBy(op, {0, 1, 4, 5, 2, 3, 8, 9, 6, 7});
}

// True where `op` is false. REQUIRES: IsIntegerComparison(op).
inline wasm::Op Inverse(wasm::Op op) {
  return internal::ComparisonBy(op, {1, 0, 8, 9, 6, 7, 4, 5, 2, 3});
}

}  // namespace weft::exec

#endif  // WEFT_EXEC_TRANSLATE_COMPARISONS_H_
