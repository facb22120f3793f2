// Modules of scripts through the optimizer, whose first judge scripts are.
#ifndef WEFT_TOOLS_WAST_OPTIMIZED_H_
#define WEFT_TOOLS_WAST_OPTIMIZED_H_

#include <cstdint>
#include <functional>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "passes/pass.h"

namespace weft::tools {

// The passes of a level ("0" to "4", "s", "z") or of a list "a,b,c".
// Errors: InvalidArgument for an unknown name.
absl::StatusOr<std::vector<passes::PassId>> PipelineNamed(
    absl::string_view name);

// Runs `passes` without fallback. A body that is not valid afterwards is an
// error.
std::function<absl::StatusOr<std::vector<uint8_t>>(absl::Span<const uint8_t>)>
Optimizer(std::vector<passes::PassId> passes);

}  // namespace weft::tools

#endif  // WEFT_TOOLS_WAST_OPTIMIZED_H_
