// The one file that a command writes.
#ifndef WEFT_TOOLS_COMMAND_OUTPUT_H_
#define WEFT_TOOLS_COMMAND_OUTPUT_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/functional/function_ref.h"
#include "tools/environment.h"

namespace weft::tools {

// Replaces the file at `path` by what `make` puts into its argument, see
// OutputFile; "-" is standard output. `make` is called when it is known that
// the file can be written, and may read that file; when it complains and
// returns another exit code than kExitOk, nothing is written.
// Returns the exit code.
int WriteOutput(const Environment& env, const std::string& path,
                absl::FunctionRef<int(std::vector<uint8_t>* bytes)> make);

// The same for text.
int WriteTextOutput(const Environment& env, const std::string& path,
                    absl::FunctionRef<int(std::string* text)> make);

}  // namespace weft::tools

#endif  // WEFT_TOOLS_COMMAND_OUTPUT_H_
