// What `weft wast` prints in the end.
#ifndef WEFT_TOOLS_WAST_SCRIPT_SUMMARY_H_
#define WEFT_TOOLS_WAST_SCRIPT_SUMMARY_H_

#include <string>
#include <vector>

#include "tools/wast/script_files.h"
#include "tools/wast/script_runner.h"

namespace weft::tools {

// A table by folder and check, folders left out, failures with file and line,
// and a last line "N passed, N failed, N not run".
std::string ScriptSummary(const ScriptReport& report,
                          const std::vector<ExcludedScripts>& excluded);

// The same as a JSON document, which docs/commands.md describes.
std::string ScriptJson(const ScriptReport& report,
                       const std::vector<ExcludedScripts>& excluded);

}  // namespace weft::tools

#endif  // WEFT_TOOLS_WAST_SCRIPT_SUMMARY_H_
