// Commands of the shell that are run on files.
#ifndef WEFT_TOOLS_SHELL_COMMAND_H_
#define WEFT_TOOLS_SHELL_COMMAND_H_

#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace weft::tools {

// How a command ended, and what it wrote to standard output and error.
struct ShellResult {
  enum Kind { kExited, kSignalled, kTimedOut };

  Kind kind = kExited;
  int code = 0;        // Exit status or signal.
  std::string output;  // Its first 16 MiB.

  // "exit status 1", "signal 11", "no end within the time".
  std::string Describe() const;
  bool EndedLike(const ShellResult& other) const {
    return kind == other.kind && code == other.code;
  }
};

// `command` with `path`, quoted for the shell, in place of each {}; without
// any, behind the command.
std::string WithPath(absl::string_view command, absl::string_view path);

// Runs `command` by /bin/sh in a process group of its own, with nothing to
// read, and ends whatever is left of the group when the shell has ended, when
// `seconds` have passed, or when this process is ended by a signal.
// Thread-safe. Errors: when no process can be started.
absl::StatusOr<ShellResult> RunShell(const std::string& command,
                                     double seconds);

}  // namespace weft::tools

#endif  // WEFT_TOOLS_SHELL_COMMAND_H_
