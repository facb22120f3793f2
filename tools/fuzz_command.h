// `weft fuzz`: looks for defects of the optimizer.
#ifndef WEFT_TOOLS_FUZZ_COMMAND_H_
#define WEFT_TOOLS_FUZZ_COMMAND_H_

#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "tools/environment.h"

namespace weft::tools {

// Does what the arguments behind `fuzz` say and returns the exit code.
// REQUIRES: the process has one thread.
int RunFuzz(const Environment& env, absl::Span<const absl::string_view> args);

}  // namespace weft::tools

#endif  // WEFT_TOOLS_FUZZ_COMMAND_H_
