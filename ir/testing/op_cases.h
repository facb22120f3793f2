// A small valid function, or several, for every row of the operator table.
#ifndef WEFT_IR_TESTING_OP_CASES_H_
#define WEFT_IR_TESTING_OP_CASES_H_

#include <vector>

#include "ir/testing/code.h"
#include "ir/wasm/operator.h"

namespace weft::ir::testing {

struct OpCase {
  Types params;
  Types results;
  Types locals;
  Code code;
  // The operator under test as it stands in `code`. Labels and block types
  // may change on the way through the SSA form, other immediates may not.
  wasm::Operator op;
};

// Bodies for functions of a TestModule that use `op`, with its operands as
// parameters; several where immediates have kinds (32- and 64-bit, shared).
// Empty when this does not know how to use the operator.
std::vector<OpCase> OpCasesFor(Op op);

}  // namespace weft::ir::testing

#endif  // WEFT_IR_TESTING_OP_CASES_H_
