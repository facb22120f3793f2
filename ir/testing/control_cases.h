// The part of OpCasesFor for regions, branches and locals.
#ifndef WEFT_IR_TESTING_CONTROL_CASES_H_
#define WEFT_IR_TESTING_CONTROL_CASES_H_

#include <vector>

#include "ir/testing/op_cases.h"

namespace weft::ir::testing {

// As OpCasesFor. REQUIRES: a control operator, drop, or an access to a local.
std::vector<OpCase> ControlCasesFor(Op op);

}  // namespace weft::ir::testing

#endif  // WEFT_IR_TESTING_CONTROL_CASES_H_
