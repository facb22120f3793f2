// `weft reduce`: the simplest module with which something still happens.
#ifndef WEFT_TOOLS_REDUCE_COMMAND_H_
#define WEFT_TOOLS_REDUCE_COMMAND_H_

#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "tools/environment.h"

namespace weft::tools {

// Does what the arguments behind `reduce` say and returns the exit code.
int RunReduce(const Environment& env, absl::Span<const absl::string_view> args);

}  // namespace weft::tools

#endif  // WEFT_TOOLS_REDUCE_COMMAND_H_
