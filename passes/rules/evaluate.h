// Rules on concrete values, by way of Fold.
#ifndef WEFT_PASSES_RULES_EVALUATE_H_
#define WEFT_PASSES_RULES_EVALUATE_H_

#include <cstdint>
#include <map>
#include <optional>
#include <string>

#include "passes/fold.h"
#include "passes/rules/compiler/rule.h"

namespace weft::rules {

// What a match has bound: values and constants by name.
struct Binding {
  std::map<std::string, passes::ConstValue> values;
  // Facts of values: masks for bits(x), numbers for signed_bits(x). Missing
  // ones are the best that hold for the value itself.
  std::map<std::string, uint64_t> bits;
  std::map<std::string, uint64_t> signed_bits;
  uint64_t demanded = ~uint64_t{0};
};

// The value of a typed expression; truth values are 0 and 1.
uint64_t Evaluate(const Expr& expr, const Binding& binding);

// Whether all guards of `rule` hold. const(x) counts as false.
bool GuardsHold(const Rule& rule, const Binding& binding);

// The value of a pattern or result; nothing where an operator traps or makes a
// NaN. Values of the unknown type of a plain select are i64.
std::optional<passes::ConstValue> Evaluate(const Node& node,
                                           const Binding& binding);

// Names and types of all variables in a pattern, constants included.
void CollectVariables(const Node& pattern,
                      std::map<std::string, wasm::ValueType>* variables);

}  // namespace weft::rules

#endif  // WEFT_PASSES_RULES_EVALUATE_H_
