// Applies the rewrite rules of passes/rules, which are compiled to a decision
// tree. docs/rules.md says how a rule is written.
#ifndef WEFT_PASSES_RULE_MATCHER_H_
#define WEFT_PASSES_RULE_MATCHER_H_

#include <cstdint>

#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "ir/function.h"
#include "ir/wasm/features.h"

namespace weft::passes {

// What the rules may know of the place at which they are tried.
struct RuleContext {
  // Number of uses by value id. Values beyond the end count as used once. It
  // decides profit, never soundness: stale counts cost bytes at most.
  absl::Span<const uint32_t> uses;
  // Operators of these features may be made. (Those of the pattern may always.)
  wasm::FeatureSet features = wasm::FeatureSet::Mvp();
  // Also rules that save bytes but not time.
  bool for_size = false;
  // The replacement is for a use that only asks whether the i32 is zero: the
  // condition of br_if, if or select, the operand of i32.eqz. Rules for such
  // uses are tried, and no others.
  bool in_condition = false;
  // The bits of the value that the use looks at, such as 0xff for the operand
  // of store8. Unless it has all bits of the type, rules for such uses are
  // tried, and no others.
  uint64_t demanded = ~uint64_t{0};
};

// Tries the rules at `inst`. Returns the value that can take the place of
// `inst` in all its uses (with in_condition or demanded: in those for which
// the context is true), or an invalid id when no rule matches. The replacement
// is an existing value that dominates `inst`, or the last of a few new
// instructions that were put in front of `inst`. Uses are left alone: `inst`
// and whatever becomes unused stay in their lists with their traps and effects
// until dce. The type of the replacement is that of `inst`, for references
// possibly a subtype.
//
// A replacement is not looked at again: call until nothing matches. That ends,
// since every rule makes the code smaller, or faster at the same size, or moves
// a constant to the right.
//
// `*rule`, if given, becomes the number of the rule that matched, or -1.
// REQUIRES: `inst` is in a list.
ir::ValueId ApplyRules(ir::Function* f, ir::ValueId inst,
                       const RuleContext& context, int* rule = nullptr);

// Names of all rules by number, such as "add_zero.i32".
absl::Span<const absl::string_view> RuleNames();

}  // namespace weft::passes

#endif  // WEFT_PASSES_RULE_MATCHER_H_
