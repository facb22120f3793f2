// Programs that interpreters are timed with: each run is a process of its own
// on one core, the interpreters taking turns.
#ifndef WEFT_TOOLS_BENCH_PROGRAM_RUNS_H_
#define WEFT_TOOLS_BENCH_PROGRAM_RUNS_H_

#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "tools/bench/child_process.h"
#include "tools/file_system.h"

namespace weft::tools {

// An interpreter that takes part.
struct Engine {
  std::string name;
  std::string program;  // An absolute path.
  std::vector<std::string> args;
  bool is_wasmi = false;
};

// The engine that `text` describes: NAME=PROGRAM[,ARG...].
// Errors: InvalidArgument, also when there is no such program.
absl::StatusOr<Engine> ParseEngine(absl::string_view text, bool is_wasmi);

// How a program is run.
struct Task {
  std::string name;
  std::string module;
  std::string invoke;  // Empty: a WASI command.
  bool eager = false;  // Everything is translated before, and is what counts.
};

// A file or folder of the shared inputs, by its path there; empty when there
// are none.
std::string InShared(absl::string_view path);

class ProgramRuns {
 public:
  // Files are made in a folder of their own, which goes with the object. Runs
  // are on core `core`; -1: the last one allowed.
  // Errors: Unavailable when there can be no such folder.
  static absl::StatusOr<std::unique_ptr<ProgramRuns>> New(FileSystem& files,
                                                          int core);

  ProgramRuns(const ProgramRuns&) = delete;
  ProgramRuns& operator=(const ProgramRuns&) = delete;
  ~ProgramRuns();

  // The programs of `folder` that are compared: WASI commands, and one that
  // has its imports replaced (tools/bench/closed_module.h).
  // Errors: those of reading that one and of CloseModule.
  absl::StatusOr<std::vector<Task>> Programs(const std::string& folder);

  // Writes the module in file `in` without imports; returns the file, which is
  // called `name`. Errors: as Programs.
  absl::StatusOr<std::string> Close(const std::string& in,
                                    absl::string_view name);

  // Seconds of user time by engine, medians of `runs`. What a task translates
  // takes so little that system time is added: the sum alone is exact.
  // Errors: Aborted, with what was run where.
  absl::StatusOr<std::vector<double>> Measure(
      const std::vector<Engine>& engines, const Task& task, int runs) const;

 private:
  ProgramRuns(FileSystem& files, std::string scratch, int core);

  FileSystem& files_;
  const std::string scratch_;
  ChildOptions child_options_;
};

}  // namespace weft::tools

#endif  // WEFT_TOOLS_BENCH_PROGRAM_RUNS_H_
