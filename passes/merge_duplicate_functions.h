// merge-duplicate-functions: of several functions that do the same, one stays.
//
// Rewrites: defined functions of equal type (spec 3.3.1), whose locals and
// operators are equal but for functions that they call or take references of,
// which must be duplicates of each other again. The coarsest such relation is
// taken, so that recursive functions and whole cycles of equal functions merge
// as well. The one with the lowest index stays. Likewise several imports of
// one module and field name with equal type.
// Refuses: functions that differ in any immediate, however harmless.
// Sound: the relation is a bisimulation: related functions execute the same
// operators and at calls go to related functions again. What may differ is
// identity. A module cannot see it: references to functions have no equality
// (`ref.eq` takes eqref only), and casts see types, which are equal. A host
// sees two exports or table entries become the same function object; the
// relation of `weft diff` compares function references by calling them, as
// wasm-opt does. Two imports under one name are one thing for every host that
// looks imports up by name.
#ifndef WEFT_PASSES_MERGE_DUPLICATE_FUNCTIONS_H_
#define WEFT_PASSES_MERGE_DUPLICATE_FUNCTIONS_H_

#include <cstdint>

#include "absl/status/statusor.h"
#include "passes/module_state.h"

namespace weft::passes {

// Returns the number of functions that were merged into others.
// REQUIRES: a valid module. Errors: as ModuleState::Summary.
absl::StatusOr<uint64_t> MergeDuplicateFunctions(
    const ModulePassOptions& options, ModuleState* state);

}  // namespace weft::passes

#endif  // WEFT_PASSES_MERGE_DUPLICATE_FUNCTIONS_H_
