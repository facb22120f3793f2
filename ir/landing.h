// Landing blocks: detours for edges that WebAssembly cannot express as they
// are.
#ifndef WEFT_IR_LANDING_H_
#define WEFT_IR_LANDING_H_

#include "ir/function.h"

namespace weft::ir {

// Leads `edge` of `branch` through a block of its own, which receives nothing
// but the values that the edge supplies by itself and goes on to the target
// with all arguments:
//
//     block L { branch L; rest } -> (implicit values); br target [arguments]
//
// where `rest` is what stood behind the branch in its body.
// REQUIRES: `branch` is a br_table, br_on_* or try_table.
// Cost: linear in `rest`.
void LandEdge(ValueId branch, uint32_t edge, Function* function);

}  // namespace weft::ir

#endif  // WEFT_IR_LANDING_H_
