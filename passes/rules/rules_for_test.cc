#include "passes/rules/rules_for_test.h"

#include <fstream>
#include <iostream>
#include <iterator>
#include <string>

#include "absl/strings/str_cat.h"
#include "base/check.h"
#include "passes/rule_matcher.h"
#include "passes/rules/compiler/parser.h"

namespace weft::rules {

const std::vector<Rule>& AllRules() {
  static const std::vector<Rule>* const all = [] {
    auto* rules = new std::vector<Rule>;
    // In the order of RULES in BUILD.bazel, which the names below check.
    for (const char* file : {"integer.rules", "bits.rules", "compare.rules",
                             "convert.rules", "select.rules", "condition.rules",
                             "demanded.rules", "float.rules", "vector.rules"}) {
      std::ifstream in(absl::StrCat("passes/rules/", file));
      WEFT_CHECK(in.good());
      const std::string source((std::istreambuf_iterator<char>(in)), {});
      auto parsed = ParseRules(file, source);
      if (!parsed.ok()) std::cerr << parsed.status().message() << "\n";
      WEFT_CHECK(parsed.ok());
      rules->insert(rules->end(), parsed->begin(), parsed->end());
    }
    const auto names = passes::RuleNames();
    WEFT_CHECK(names.size() == rules->size());
    for (size_t i = 0; i < names.size(); ++i) {
      WEFT_CHECK(names[i] == (*rules)[i].name);
    }
    return rules;
  }();
  return *all;
}

}  // namespace weft::rules
