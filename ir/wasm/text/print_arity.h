// How many values an operator takes from the stack and leaves on it: what
// folding needs to know, without validation.
#ifndef WEFT_IR_WASM_TEXT_PRINT_ARITY_H_
#define WEFT_IR_WASM_TEXT_PRINT_ARITY_H_

#include <cstdint>

#include "ir/wasm/module.h"
#include "ir/wasm/operator.h"

namespace weft::wasm {

struct Arity {
  uint32_t operands = 0;
  uint32_t results = 0;
};

// Of a block type: parameters and results; (0, 0) for an index that is no
// function type.
Arity BlockArity(const Module& module, const BlockType& type);

// Of an operator that is no block, `else`, `end` or the like, for which it is
// (0, 0). `label_arity` is the number of values that the label of a branch
// takes (of br_table: its default), `results` that of the function. An operator
// that never returns has no results. Indices out of range count as types
// without parameters and results.
Arity OperatorArity(const Module& module, const Operator& op,
                    uint32_t label_arity, uint32_t results);

// The same for operators whose arity does not depend on their immediates;
// false for the others.
bool FixedArity(Op op, Arity* arity);

}  // namespace weft::wasm

#endif  // WEFT_IR_WASM_TEXT_PRINT_ARITY_H_
