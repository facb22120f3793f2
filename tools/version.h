// The version of weft.
#ifndef WEFT_TOOLS_VERSION_H_
#define WEFT_TOOLS_VERSION_H_

#include "absl/strings/string_view.h"

namespace weft::tools {

inline constexpr absl::string_view kVersion = "0.1.0";

}  // namespace weft::tools

#endif  // WEFT_TOOLS_VERSION_H_
