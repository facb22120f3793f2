// Straight-line functions for tests of the rules, and their evaluation.
#ifndef WEFT_PASSES_RULES_IR_FOR_TEST_H_
#define WEFT_PASSES_RULES_IR_FOR_TEST_H_

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "absl/types/span.h"
#include "ir/function.h"
#include "passes/fold.h"
#include "passes/rules/compiler/rule.h"

namespace weft::rules {

// Makes `*f` a function with an empty body.
void StartFunction(ir::Function* f);

// Appends a parameter to the body.
ir::ValueId AppendParam(ir::Function* f, wasm::ValueType type);
ir::ValueId AppendConst(ir::Function* f, const passes::ConstValue& value);
ir::ValueId AppendOp(ir::Function* f, wasm::Op op, wasm::ValueType type,
                     absl::Span<const ir::ValueId> operands);
// Appends what `node` of a pattern stands for, variables taken from `bound`.
ir::ValueId AppendPattern(ir::Function* f, const Node& node,
                          const std::map<std::string, ir::ValueId>& bound);

// The value of `id` when the parameters have these values; nothing where
// something on the way traps or makes a NaN.
std::optional<passes::ConstValue> EvaluateInst(
    const ir::Function& f, ir::ValueId id,
    absl::Span<const passes::ConstValue> params);

// Uses of every value as an operand in the body.
std::vector<uint32_t> CountUses(const ir::Function& f);

}  // namespace weft::rules

#endif  // WEFT_PASSES_RULES_IR_FOR_TEST_H_
