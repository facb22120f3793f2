// Options of the executor that several commands have.
#ifndef WEFT_TOOLS_EXECUTOR_OPTIONS_H_
#define WEFT_TOOLS_EXECUTOR_OPTIONS_H_

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "exec/engine.h"
#include "tools/options.h"

namespace weft::tools {

// Rows of tables, and what their setters do with the value.
inline constexpr OptionText kBoundsOption = {
    "--bounds", "HOW",
    "keep accesses to memory in bounds by guard pages (guard,\n"
    "the default) or by comparing (explicit)"};
absl::Status ParseBounds(absl::string_view value, exec::EngineOptions* engine);

inline constexpr OptionText kTranslateOption = {
    "--translate", "WHEN",
    "translate functions when they are called (lazy, the\n"
    "default) or all before (eager)"};
absl::Status ParseTranslate(absl::string_view value,
                            exec::EngineOptions* engine);

inline constexpr OptionText kNoFuseOption = {
    "--no-fuse", "[NAMES]",
    "translate each operator for itself; with names of fusions,\n"
    "separated by commas, do without these alone"};
absl::Status ParseNoFuse(absl::string_view value, exec::EngineOptions* engine);

inline constexpr OptionText kGcStressOption = {
    "--gc-stress", "", "collect garbage at each allocation"};

}  // namespace weft::tools

#endif  // WEFT_TOOLS_EXECUTOR_OPTIONS_H_
