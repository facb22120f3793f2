// Dead code elimination.
//
// Rewrites: deletes instructions whose value nobody needs and whose execution
// nobody notices, parameters of labels and loops that are not read, and with
// them what only fed those.
// Refuses: everything with an effect or a possible trap, allocations of shared
// or atomic state, and label values that a br_table or an implicit edge brings.
// Sound: what is deleted neither traps, nor writes, nor transfers control;
// reads, allocations that nothing refers to, and NaN bits that nobody sees are
// not observable.
#ifndef WEFT_PASSES_DCE_H_
#define WEFT_PASSES_DCE_H_

#include "passes/function_pass.h"

namespace weft::passes {

// Linear in the function. See above.
bool Dce(const FunctionContext& context, ir::Function* function);

}  // namespace weft::passes

#endif  // WEFT_PASSES_DCE_H_
