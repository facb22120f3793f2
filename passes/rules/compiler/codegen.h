// From rules to the C++ of passes/rule_matcher.
#ifndef WEFT_PASSES_RULES_COMPILER_CODEGEN_H_
#define WEFT_PASSES_RULES_COMPILER_CODEGEN_H_

#include <string>
#include <vector>

#include "absl/types/span.h"
#include "passes/rules/compiler/rule.h"

namespace weft::rules {

// A source text to be included into namespace weft::passes::rules: one function
// per rule, which checks everything but operators, and three decision trees
// over root and operand operators (for values, conditions and demanded bits).
// In each tree the rules keep the order of `rules`: the first match wins.
std::string GenerateMatcher(absl::Span<const Rule> rules);

}  // namespace weft::rules

#endif  // WEFT_PASSES_RULES_COMPILER_CODEGEN_H_
