// Peephole rewrites: the rules of passes/rules/*.rules, each proved.
//
// Rewrites: what the rules say, at every instruction, until none matches.
// Refuses: what they do not say.
// Sound: every rule is proved at its real width, see docs/rules.md; an operand
// that a rule drops stays in its place until dce finds that it has no effect.
#ifndef WEFT_PASSES_RULES_H_
#define WEFT_PASSES_RULES_H_

#include "passes/function_pass.h"

namespace weft::passes {

// Linear: an instruction is looked at again only when a rule made it.
bool Rules(const FunctionContext& context, ir::Function* function);

}  // namespace weft::passes

#endif  // WEFT_PASSES_RULES_H_
