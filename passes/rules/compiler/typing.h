// Types of a parsed rule and whether it may be a rule at all.
#ifndef WEFT_PASSES_RULES_COMPILER_TYPING_H_
#define WEFT_PASSES_RULES_COMPILER_TYPING_H_

#include <vector>

#include "absl/status/status.h"
#include "ir/wasm/op.h"
#include "passes/rules/compiler/rule.h"

namespace weft::rules {

// Gives every node its type and every expression its width.
// Errors: InvalidArgument when
//  - operand counts or types do not fit the op table, or a name is unknown;
//  - an operator is no function of its operands (memory, immediates, ...);
//  - the result computes what may trap or what the engine may choose, except
//    for one NaN-choosing operator in place of another.
absl::Status TypeRule(Rule* rule);

// `rule`, and the rules that come from swapping operands of commutative
// operators in its pattern. Operators with a constant operand are not swapped:
// another rule puts constants on the right.
std::vector<Rule> CommutedVariants(const Rule& rule);

// Bits of an i32, i64, f32, f64; 64 for the unknown type of a plain select.
int WidthOf(wasm::ValueType type);

}  // namespace weft::rules

#endif  // WEFT_PASSES_RULES_COMPILER_TYPING_H_
