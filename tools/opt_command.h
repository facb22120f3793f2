// `weft opt`: a module in, an optimized module out.
#ifndef WEFT_TOOLS_OPT_COMMAND_H_
#define WEFT_TOOLS_OPT_COMMAND_H_

#include <cstdint>
#include <functional>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "passes/optimize.h"
#include "tools/environment.h"

namespace weft::tools {

using OptimizeFunction = std::function<absl::StatusOr<std::vector<uint8_t>>(
    wasm::ByteSpan, const passes::OptimizeOptions&, passes::OptimizeReport*)>;

// Does what the arguments behind `opt` say and returns the exit code. Tests
// pass an optimizer of their own.
int RunOpt(const Environment& env, absl::Span<const absl::string_view> args,
           const OptimizeFunction& optimize = passes::Optimize);

}  // namespace weft::tools

#endif  // WEFT_TOOLS_OPT_COMMAND_H_
