// The command line of `weft run`.
#ifndef WEFT_TOOLS_RUN_OPTIONS_H_
#define WEFT_TOOLS_RUN_OPTIONS_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "exec/engine.h"
#include "exec/store.h"

namespace weft::tools {

struct RunOptions {
  std::string input;
  std::string invoke;  // Empty: _start, or nothing.
  // Behind the module: arguments of the function.
  std::vector<std::string> arguments;
  exec::EngineOptions engine;
  exec::StoreOptions store;
  std::optional<uint64_t> fuel;
  std::optional<double> timeout_seconds;
  bool stub_imports = false;
  // What functions that are stubs return, in place of a trap.
  std::optional<uint32_t> stub_results;
  bool stats = false;
  std::string stats_json;  // A file for them; empty: none.
  bool disassemble = false;
  bool help = false;
};

// Limits are finite unless an option says otherwise: 4 GiB of memories, 1 GiB
// of heap, 64 MiB of stack.
// Errors: InvalidArgument for the user to read.
absl::StatusOr<RunOptions> ParseRunOptions(
    absl::Span<const absl::string_view> args);

std::string RunHelp();

}  // namespace weft::tools

#endif  // WEFT_TOOLS_RUN_OPTIONS_H_
