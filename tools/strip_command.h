// `weft strip`: a module without what it does not need to run.
#ifndef WEFT_TOOLS_STRIP_COMMAND_H_
#define WEFT_TOOLS_STRIP_COMMAND_H_

#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "tools/environment.h"

namespace weft::tools {

// Does what the arguments behind `strip` say and returns the exit code.
int RunStrip(const Environment& env, absl::Span<const absl::string_view> args);

}  // namespace weft::tools

#endif  // WEFT_TOOLS_STRIP_COMMAND_H_
