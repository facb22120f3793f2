// The table of reductions.
#include "check/reduce/plan.h"
#include "check/reduce/reduce_bodies.h"
#include "check/reduce/reduce_module.h"

namespace weft::check::reducing {
namespace {

template <const BodyReduction& kReduction>
Plan PlanBody(const Subject& subject) {
  return MakeBodyPlan(subject, kReduction);
}

constexpr Reduction kReductions[] = {
    {"custom-sections", PlanCustoms},
    {"encoding", PlanEncoding},
    {"trapping-bodies", PlanTrappingBodies},
    {"exports", PlanExports},
    {"start", PlanStart},
    {"unreached", PlanUnreached},
    {"element-segments", PlanElemSegments},
    {"data-segments", PlanDataSegments},
    {"elements", PlanElements},
    {"unmentioned", PlanUnmentioned},
    {"zero-bodies", PlanZeroBodies},
    {"imports", PlanDefineImports},
    {"tails", PlanBody<kTails>},
    {"statements", PlanBody<kStatements>},
    {"dead-code", PlanBody<kDeadCode>},
    {"zero-values", PlanBody<kZeroValues>},
    {"operand-values", PlanBody<kOperandValues>},
    {"arms", PlanBody<kArms>},
    {"unwrap", PlanBody<kUnwrap>},
    {"branches", PlanBody<kBranches>},
    {"handlers", PlanBody<kHandlers>},
    {"dropped-operands", PlanBody<kDroppedOperands>},
    {"trapping-values", PlanBody<kTrappingValues>},
    {"plain-blocks", PlanBody<kPlainBlocks>},
    {"block-results", PlanBody<kBlockResults>},
    {"forwarded-values", PlanBody<kForwardedValues>},
    {"local-values", PlanBody<kLocalValues>},
    {"unused-locals", PlanUnusedLocals},
    {"merged-locals", PlanMergeLocals},
    {"params", PlanParams},
    {"results", PlanResults},
    {"call-types", PlanBody<kCallTypes>},
    {"export-callees", PlanExportCallees},
    {"inline", PlanInline},
    {"constants", PlanBody<kConstants>},
    {"accesses", PlanBody<kMemArgs>},
    {"limits", PlanLimits},
    {"globals", PlanGlobals},
    {"types", PlanTypes},
    {"equal-types", PlanEqualTypes},
    {"data-bytes", PlanDataBytes},
    {"zero-bytes", PlanZeroBytes},
    {"segment-offsets", PlanSegmentOffsets},
    {"names", PlanNames},
};

}  // namespace

absl::Span<const Reduction> AllReductions() { return kReductions; }

}  // namespace weft::check::reducing
