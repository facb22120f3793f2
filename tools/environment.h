// What a command may touch of the world around it, and how it ends.
#ifndef WEFT_TOOLS_ENVIRONMENT_H_
#define WEFT_TOOLS_ENVIRONMENT_H_

#include <cstdint>
#include <string>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "tools/file_system.h"

namespace weft::tools {

// Exit codes of all commands.
inline constexpr int kExitOk = 0;
inline constexpr int kExitInvalid = 1;    // Invalid input, or a file's error.
inline constexpr int kExitUsage = 2;      // Wrong arguments.
inline constexpr int kExitInternal = 70;  // A defect of weft, or no memory.

// Commands write to descriptors 1 and 2 through `files`, and only there.
struct Environment {
  FileSystem* files = nullptr;
  bool stderr_is_terminal = false;
};

// Writes to standard output; says so on standard error when that fails, and
// returns the exit code.
int Print(const Environment& env, absl::string_view text);

// Writes to standard error; nobody could be told of a failure.
void PrintError(const Environment& env, absl::string_view text);

// Writes "weft: <message>" on one line, escaped, to standard error.
void Complain(const Environment& env, absl::string_view message);

// Complains about wrong arguments and returns kExitUsage.
int UsageError(const Environment& env, absl::string_view message);

// What an error about a file says and where it is.
struct ErrorPlace {
  std::string reason;
  bool has_offset = false;
  uint64_t offset = 0;  // In bytes; counted in the module.
  std::string section;  // Of the offset, or else empty.
  int line = 0;         // In a text, from 1 as the column; 0: none.
  int column = 0;
};

// Takes an error apart whose message ends in " at offset N in <section>", or
// that MarkTextError made.
ErrorPlace PlaceOf(const absl::Status& status);

// An error of text: the message is shown as it is, all its lines. It begins
// with "FILE:LINE:COLUMN: error: ".
absl::Status MarkTextError(const absl::Status& status);
bool IsTextError(const absl::Status& status);

// kExitInternal for a defect of weft, else kExitInvalid. REQUIRES: not OK.
int ExitCodeOf(const absl::Status& status);

// Complains that working on `file` failed and returns the exit code. An error
// with an offset becomes "weft: FILE: offset 0xN (<section>): <reason>".
int FileError(const Environment& env, absl::string_view file,
              const absl::Status& status);

// The text of FileError behind "weft: ". Of an error of text, its first line.
std::string DescribeFileError(absl::string_view file,
                              const absl::Status& status);

// "standard input" for "-".
std::string InputName(absl::string_view path);
// "standard output" for "-".
std::string OutputName(absl::string_view path);

}  // namespace weft::tools

#endif  // WEFT_TOOLS_ENVIRONMENT_H_
