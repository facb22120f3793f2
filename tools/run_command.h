// `weft run`: a module in, what it computes out.
#ifndef WEFT_TOOLS_RUN_COMMAND_H_
#define WEFT_TOOLS_RUN_COMMAND_H_

#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "tools/environment.h"

namespace weft::tools {

// Does what the arguments behind `run` say and returns the exit code.
int RunRun(const Environment& env, absl::Span<const absl::string_view> args);

}  // namespace weft::tools

#endif  // WEFT_TOOLS_RUN_COMMAND_H_
