// The module that a command works on.
#ifndef WEFT_TOOLS_MODULE_INPUT_H_
#define WEFT_TOOLS_MODULE_INPUT_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "ir/wasm/features.h"
#include "tools/file_system.h"

namespace weft::tools {

struct ModuleInput {
  std::vector<uint8_t> bytes;  // In binary form.
  bool from_text = false;      // Made from text.
};

// Reads the module at `path`, or from standard input for "-". Content decides
// whether it is binary or text; text is parsed, binaries are left unread.
// Errors: those of ReadWholeFile and of wasm::ParseModuleText, the latter
// marked (see MarkTextError); Unimplemented for a component.
absl::StatusOr<ModuleInput> ReadModuleInput(
    FileSystem& files, const std::string& path,
    wasm::FeatureSet features = wasm::FeatureSet::All());

}  // namespace weft::tools

#endif  // WEFT_TOOLS_MODULE_INPUT_H_
