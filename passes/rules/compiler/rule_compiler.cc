// rule_compiler OUTPUT RULES...: compiles .rules files to the C++ that
// passes/rule_matcher includes. The language is described in docs/rules.md,
// its grammar in parser.h.
#include <cstdio>
#include <fstream>
#include <iostream>
#include <iterator>
#include <string>
#include <vector>

#include "passes/rules/compiler/codegen.h"
#include "passes/rules/compiler/parser.h"

namespace {

int Run(const std::vector<std::string>& args) {
  if (args.size() < 2) {
    std::cerr << "usage: rule_compiler OUTPUT RULES...\n";
    return 2;
  }
  std::vector<weft::rules::Rule> rules;
  for (size_t i = 1; i < args.size(); ++i) {
    std::ifstream in(args[i]);
    const std::string source((std::istreambuf_iterator<char>(in)), {});
    const std::string file = args[i].substr(args[i].rfind('/') + 1);
    auto parsed = weft::rules::ParseRules(file, source);
    if (!in.good() && !in.eof()) {
      std::cerr << args[i] << ": cannot read\n";
      return 1;
    }
    if (!parsed.ok()) {
      std::cerr << parsed.status().message() << "\n";
      return 1;
    }
    rules.insert(rules.end(), parsed->begin(), parsed->end());
  }
  std::ofstream out(args[0]);
  out << weft::rules::GenerateMatcher(rules);
  out.close();
  if (!out) {
    std::cerr << args[0] << ": cannot write\n";
    return 1;
  }
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  return Run(std::vector<std::string>(argv + 1, argv + argc));
}
