// Programs that are run to be measured.
#ifndef WEFT_TOOLS_BENCH_CHILD_PROCESS_H_
#define WEFT_TOOLS_BENCH_CHILD_PROCESS_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/statusor.h"

namespace weft::tools {

struct Usage {
  double user_seconds = 0;
  double system_seconds = 0;
  double wall_seconds = 0;
  // Never below what the calling process has used, since the system counts
  // from the fork on: stay small.
  uint64_t peak_bytes = 0;
};

// The last core that this process may run on; -1 when that is not known.
int LastCore();

struct ChildOptions {
  int core = -1;               // Run on this one alone; -1: on any.
  int max_cpu_seconds = 1800;  // Ended beyond.
  std::string log;             // Takes standard output and error.
};

// Runs `command` (a program's path and its arguments) to its end.
// Errors: Aborted when it cannot be started, fails or is killed; the message
// has the last line of its log.
absl::StatusOr<Usage> RunChild(const std::vector<std::string>& command,
                               const ChildOptions& options);

}  // namespace weft::tools

#endif  // WEFT_TOOLS_BENCH_CHILD_PROCESS_H_
