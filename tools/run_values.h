// Values of guests on command lines.
#ifndef WEFT_TOOLS_RUN_VALUES_H_
#define WEFT_TOOLS_RUN_VALUES_H_

#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "exec/value.h"
#include "ir/wasm/types.h"

namespace weft::tools {

// `text` as a value of `type`: a decimal or 0x number, signed or not, for
// integers; for floats also inf, nan, 0x1.8p3; 0x and 32 digits, the last lane
// first, for v128; null for references.
// Errors: InvalidArgument for the user to read.
absl::StatusOr<exec::Val> ParseValue(absl::string_view text,
                                     wasm::ValueType type);

// The same the other way round; integers are signed, references other than
// null are "ref".
std::string ValueText(const exec::Val& value);

}  // namespace weft::tools

#endif  // WEFT_TOOLS_RUN_VALUES_H_
