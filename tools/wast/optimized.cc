#include "tools/wast/optimized.h"

#include <utility>

#include "absl/status/status.h"
#include "passes/optimize.h"

namespace weft::tools {

absl::StatusOr<std::vector<passes::PassId>> PipelineNamed(
    absl::string_view name) {
  const auto level = passes::PipelineOf(name);
  return level.ok() ? level : passes::ParsePasses(name);
}

std::function<absl::StatusOr<std::vector<uint8_t>>(absl::Span<const uint8_t>)>
Optimizer(std::vector<passes::PassId> passes) {
  return [passes = std::move(passes)](absl::Span<const uint8_t> bytes)
             -> absl::StatusOr<std::vector<uint8_t>> {
    passes::OptimizeOptions options;
    options.passes = passes;
    options.fallback = false;
    passes::OptimizeReport report;
    absl::StatusOr<std::vector<uint8_t>> output =
        passes::Optimize(bytes, options, &report);
    if (output.ok() && report.bodies_invalid > 0) {
      return absl::InternalError("optimized bodies are not valid");
    }
    return output;
  };
}

}  // namespace weft::tools
