// One visit to all bodies of a module: lift, run function passes, lower.
#ifndef WEFT_PASSES_VISIT_H_
#define WEFT_PASSES_VISIT_H_

#include <vector>

#include "absl/status/status.h"
#include "absl/types/span.h"
#include "passes/module_state.h"
#include "passes/optimize.h"
#include "passes/pass.h"

namespace weft::passes {

// Runs the function-scope `passes` over every kept body of `state`, on
// options.threads threads, and replaces the bodies that came out different.
// A body that grew is left as it is when options.fallback is set; so is one
// that exceeds the budget of a step, and one whose lowering does not validate.
// With roundtrip-ssa among the passes, lifting and lowering repeat until they
// change nothing more, so that doing it again would not either.
// Adds its counts and times to `*report`.
// Errors: those of validation, when options.validate is set and a body of the
// state is not valid (Internal: it was checked on input).
absl::Status VisitBodies(absl::Span<const PassId> passes,
                         const OptimizeOptions& options, ModuleState* state,
                         OptimizeReport* report);

}  // namespace weft::passes

#endif  // WEFT_PASSES_VISIT_H_
