// `weft diff`: whether one module may stand for another.
#ifndef WEFT_TOOLS_DIFF_COMMAND_H_
#define WEFT_TOOLS_DIFF_COMMAND_H_

#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "tools/environment.h"

namespace weft::tools {

// Does what the arguments behind `diff` say and returns the exit code.
int RunDiff(const Environment& env, absl::Span<const absl::string_view> args);

}  // namespace weft::tools

#endif  // WEFT_TOOLS_DIFF_COMMAND_H_
