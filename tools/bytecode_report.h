// What `weft info --bytecode` prints.
#ifndef WEFT_TOOLS_BYTECODE_REPORT_H_
#define WEFT_TOOLS_BYTECODE_REPORT_H_

#include <cstdint>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "exec/bytecode/listing.h"
#include "exec/module.h"

namespace weft::tools {

// The function that `word` means, imported ones counted first: its index, its
// name in the name section, with or without a $ in front, or the name of an
// export. Errors: InvalidArgument for the user to read when there is none, when
// it is imported, and when several have that name.
absl::StatusOr<uint32_t> FindFunction(const exec::Module& module,
                                      absl::string_view word);

// One line per instruction; or a JSON document, for which `input` is the name
// of the file.
std::string BytecodeText(const exec::Module& module,
                         const exec::Listing& listing);
std::string BytecodeJson(const exec::Module& module,
                         const exec::Listing& listing, absl::string_view input);

}  // namespace weft::tools

#endif  // WEFT_TOOLS_BYTECODE_REPORT_H_
