// Operand counts and result types of operators in SSA construction: the part
// of the validator's knowledge that a validated body needs no check of.
#ifndef WEFT_IR_OP_TYPES_H_
#define WEFT_IR_OP_TYPES_H_

#include <vector>

#include "absl/types/span.h"
#include "ir/function.h"
#include "ir/wasm/module.h"
#include "ir/wasm/operator.h"

namespace weft::ir {

// Number of operands that `op` pops. REQUIRES: not a structured operator, a
// branch, or an access to a local.
size_t NumOperands(const wasm::Module& module, const wasm::Operator& op);

// The types of what `op` pushes, given its operands. REQUIRES: as above.
void ResultTypes(const wasm::Module& module, const Function& function,
                 const wasm::Operator& op, absl::Span<const ValueId> operands,
                 std::vector<ValueType>* results);

}  // namespace weft::ir

#endif  // WEFT_IR_OP_TYPES_H_
