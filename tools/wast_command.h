// `weft wast`: runs test scripts.
#ifndef WEFT_TOOLS_WAST_COMMAND_H_
#define WEFT_TOOLS_WAST_COMMAND_H_

#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "tools/environment.h"

namespace weft::tools {

// Does what the arguments behind `wast` say and returns the exit code.
int RunWast(const Environment& env, absl::Span<const absl::string_view> args);

}  // namespace weft::tools

#endif  // WEFT_TOOLS_WAST_COMMAND_H_
