// Numeric operators of the tests' interpreter.
#ifndef WEFT_IR_TESTING_EVALUATE_H_
#define WEFT_IR_TESTING_EVALUATE_H_

#include <cstdint>
#include <vector>

#include "ir/wasm/operator.h"

namespace weft::ir::testing {

// Applies `op` to the top of `*stack`. Returns false when it does not know the
// operator; sets `*trapped` when it traps.
bool EvaluateNumeric(const wasm::Operator& op, std::vector<uint64_t>* stack,
                     bool* trapped);

}  // namespace weft::ir::testing

#endif  // WEFT_IR_TESTING_EVALUATE_H_
