// The C++ of a single rule.
#ifndef WEFT_PASSES_RULES_COMPILER_RULE_CODE_H_
#define WEFT_PASSES_RULES_COMPILER_RULE_CODE_H_

#include <string>

#include "passes/rules/compiler/rule.h"

namespace weft::rules {

// A function "ValueId Rule<number>(Matcher& m, ValueId v)". It assumes that the
// operators of the pattern are there and checks everything else: repeated
// variables, literals, guards, uses, features and bytes. It builds the result
// only after all checks have passed.
std::string RuleFunction(const Rule& rule, int number);

}  // namespace weft::rules

#endif  // WEFT_PASSES_RULES_COMPILER_RULE_CODE_H_
