// Reads .rules files. docs/rules.md describes the language for those who write
// rules; this is its grammar:
//
//   file    = { item }
//   item    = "for" NAME { ":" NAME } "in" tuple { tuple } "{" { item } "}"
//           | "rule" NAME ":" pattern "=>" result { clause } ";"
//   tuple   = word { ":" word }            one word per name, e.g. i32:32
//   pattern = [ NAME "@" ] "(" operator { pattern } ")"
//           | variable | CONSTANT | [ "-" ] NUMBER
//   result  = "(" operator { result } ")"
//           | variable | CONSTANT | [ "-" ] NUMBER | "{" expression "}"
//   clause  = "where" expression | "single_use" "(" NAME ")"
//           | "in_condition" | "demanded" | "smaller" | "grows" | "for_size"
//
// Names that begin with a capital are constants or loop variables, all others
// values. A loop variable is replaced wherever it stands between dots or
// underscores, so T.extend_T_u and T.OP work. Binary operators of expressions
// bind as in C, comparisons and shifts name their signedness.
#ifndef WEFT_PASSES_RULES_COMPILER_PARSER_H_
#define WEFT_PASSES_RULES_COMPILER_PARSER_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "passes/rules/compiler/rule.h"

namespace weft::rules {

// The rules of one file in order, loops unrolled, operands typed and checked
// (see typing.h), commuted variants behind their original. `file` is for
// messages.
// Errors: InvalidArgument with file and line.
absl::StatusOr<std::vector<Rule>> ParseRules(absl::string_view file,
                                             absl::string_view source);

}  // namespace weft::rules

#endif  // WEFT_PASSES_RULES_COMPILER_PARSER_H_
