// Branch and region simplification.
//
// Rewrites: branches and arms that a constant decides; blocks and loops that
// nothing branches to, into what they contain; `if` around a single branch
// into br_if, and br_if in front of the end that it goes to into nothing; `if`
// without code on either side into nothing; `if` that only chooses between two
// values that cost little and cannot trap into select.
// Refuses: regions that catch, and branches whose targets receive values by
// themselves (br_on_*).
// Sound: control takes the same way and the same effects happen in the same
// order. Computing both values of a select is safe since neither traps, reads
// what the other side writes, or has NaN bits of the engine's choice twice.
#ifndef WEFT_PASSES_SIMPLIFY_BRANCHES_H_
#define WEFT_PASSES_SIMPLIFY_BRANCHES_H_

#include "passes/function_pass.h"

namespace weft::passes {

// Linear but for flattened regions, whose content moves once per level.
bool SimplifyBranches(const FunctionContext& context, ir::Function* function);

}  // namespace weft::passes

#endif  // WEFT_PASSES_SIMPLIFY_BRANCHES_H_
