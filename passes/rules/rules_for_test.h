// The rules as their source says them, for tests.
#ifndef WEFT_PASSES_RULES_RULES_FOR_TEST_H_
#define WEFT_PASSES_RULES_RULES_FOR_TEST_H_

#include <vector>

#include "passes/rules/compiler/rule.h"

namespace weft::rules {

// All rules in the order in which rule_matcher numbers them. Ends the test
// when a file cannot be read or parsed, or when they are not the rules that
// rule_matcher was built from.
const std::vector<Rule>& AllRules();

}  // namespace weft::rules

#endif  // WEFT_PASSES_RULES_RULES_FOR_TEST_H_
