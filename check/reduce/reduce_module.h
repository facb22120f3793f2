// Reductions of what a module consists of: one plan each.
#ifndef WEFT_CHECK_REDUCE_REDUCE_MODULE_H_
#define WEFT_CHECK_REDUCE_REDUCE_MODULE_H_

#include "check/reduce/plan.h"

namespace weft::check::reducing {

// drop_sections.cc
// The whole in its shortest encoding, without a data count that nobody needs.
Plan PlanEncoding(const Subject& subject);
// Custom sections and exports go; the start function is no longer one.
Plan PlanCustoms(const Subject& subject);
Plan PlanExports(const Subject& subject);
Plan PlanStart(const Subject& subject);

// stub_bodies.cc
// Bodies become `unreachable`; or zeros for the results.
Plan PlanTrappingBodies(const Subject& subject);
Plan PlanZeroBodies(const Subject& subject);

// drop_unused.cc
// All that no export, active segment or start function reaches, at once.
Plan PlanUnreached(const Subject& subject);
// What nothing mentions.
Plan PlanUnmentioned(const Subject& subject);
// The module `bytes` without types that nothing mentions; errors are passed on.
// For candidates that would be no simpler with the types that they replace.
absl::StatusOr<Bytes> WithoutUnusedTypes(absl::StatusOr<Bytes> bytes);
// The module without the function, if nothing mentions it.
absl::StatusOr<Bytes> WithoutFunction(const Subject& subject,
                                      wasm::FuncIndex func);

// reduce_segments.cc
// Whole segments; elements, last one first; bytes, last one first; bytes become
// zero; zeros at the beginning go; offsets become 0.
Plan PlanElemSegments(const Subject& subject);
Plan PlanElements(const Subject& subject);
Plan PlanDataSegments(const Subject& subject);
Plan PlanDataBytes(const Subject& subject);
Plan PlanZeroBytes(const Subject& subject);
Plan PlanSegmentOffsets(const Subject& subject);

// reduce_declarations.cc
// Imports become definitions: functions that return zeros, zero globals.
Plan PlanDefineImports(const Subject& subject);
// Limits of tables and memories, initializers, mutability.
Plan PlanLimits(const Subject& subject);
Plan PlanGlobals(const Subject& subject);
// Super types, open types, groups; equal types become one.
Plan PlanTypes(const Subject& subject);
Plan PlanEqualTypes(const Subject& subject);
// Short names for exports and imports.
Plan PlanNames(const Subject& subject);

// reduce_locals.cc
// Locals that are not used go; so do those that another one of their type can
// stand for.
Plan PlanUnusedLocals(const Subject& subject);
Plan PlanMergeLocals(const Subject& subject);

// reduce_signatures.cc
// Parameters go with the arguments of all calls; results become zeros there.
Plan PlanParams(const Subject& subject);
Plan PlanResults(const Subject& subject);

// inline_calls.cc
// Calls of one function become its body.
Plan PlanInline(const Subject& subject);
// An export becomes that of a function of the same type that it calls.
Plan PlanExportCallees(const Subject& subject);

}  // namespace weft::check::reducing

#endif  // WEFT_CHECK_REDUCE_REDUCE_MODULE_H_
