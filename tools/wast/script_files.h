// Which scripts a command line names.
#ifndef WEFT_TOOLS_WAST_SCRIPT_FILES_H_
#define WEFT_TOOLS_WAST_SCRIPT_FILES_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "ir/wasm/features.h"

namespace weft::tools {

// A folder whose scripts are left out, and why.
struct ExcludedScripts {
  std::string folder;
  size_t files = 0;
  std::string reason;
};

struct ScriptFiles {
  std::vector<std::string> paths;
  std::vector<ExcludedScripts> excluded;
};

// The files ending in .wast below each folder in `paths`, by name, and the
// files in `paths`. Folders of proposals that weft does not know are excluded
// unless `paths` names them or what is in them.
// Errors: that of the system for what cannot be listed, "cannot ...: reason",
// and NotFound for a folder without scripts; `*failed` is the path.
absl::StatusOr<ScriptFiles> FindScripts(const std::vector<std::string>& paths,
                                        std::string* failed);

// What modules of scripts in `folder` may use: all that weft knows, except that
// the tests of proposals/threads demand that a module with two tables, two
// memories or a limit beyond 32 bits is not valid.
wasm::FeatureSet FeaturesOfScripts(absl::string_view folder);

// The folder part of a path: "." when there is none.
std::string FolderOf(absl::string_view path);

}  // namespace weft::tools

#endif  // WEFT_TOOLS_WAST_SCRIPT_FILES_H_
