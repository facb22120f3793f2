// The decision trees themselves are generated from the .rules files and
// included here.
#include "passes/rule_matcher.h"

#include "passes/rules/matcher.h"

namespace weft::passes {
namespace rules {

namespace {

#include "passes/rules/generated_rules.inc"

}  // namespace
}  // namespace rules

ir::ValueId ApplyRules(ir::Function* f, ir::ValueId inst,
                       const RuleContext& context, int* rule) {
  const uint32_t old_size = f->num_insts();
  const wasm::ValueType type = f->inst(inst).type;
  const uint64_t all =
      type == wasm::ValueType::kI32 ? 0xffffffffu : ~uint64_t{0};
  rules::Matcher matcher(f, inst, context);
  ir::ValueId result;
  if (context.in_condition) {
    result = rules::MatchCondition(matcher, inst);
  } else if ((context.demanded & all) != all) {
    result = rules::MatchDemanded(matcher, inst);
  } else {
    result = rules::MatchValue(matcher, inst);
  }
  if (rule != nullptr) *rule = result.valid() ? matcher.rule() : -1;
  // A new value that replaces another everywhere is held where that was.
  const bool everywhere =
      !context.in_condition && (context.demanded & all) == all;
  if (result.valid() && result.index >= old_size && everywhere) {
    f->inst(result).local = f->inst(inst).local;
  }
  return result;
}

absl::Span<const absl::string_view> RuleNames() { return rules::kRuleNames; }

}  // namespace weft::passes
