#include "tools/environment.h"

#include <unistd.h>

#include <cstdint>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "tools/file_io.h"
#include "tools/text.h"

namespace weft::tools {

int Print(const Environment& env, absl::string_view text) {
  const absl::Status status = WriteAll(*env.files, STDOUT_FILENO, text);
  return status.ok() ? kExitOk : FileError(env, OutputName("-"), status);
}

void PrintError(const Environment& env, absl::string_view text) {
  WriteAll(*env.files, STDERR_FILENO, text).IgnoreError();
}

void Complain(const Environment& env, absl::string_view message) {
  PrintError(env, absl::StrCat("weft: ", Escape(message), "\n"));
}

int UsageError(const Environment& env, absl::string_view message) {
  Complain(env, message);
  return kExitUsage;
}

int FileError(const Environment& env, absl::string_view file,
              const absl::Status& status) {
  Complain(env, DescribeFileError(file, status));
  return status.code() == absl::StatusCode::kInternal ? kExitInternal
                                                      : kExitInvalid;
}

std::string DescribeFileError(absl::string_view file,
                              const absl::Status& status) {
  absl::string_view reason = status.message();
  std::string place;
  constexpr absl::string_view kAt = " at offset ";
  constexpr absl::string_view kIn = " in ";
  const size_t at = reason.rfind(kAt);
  if (at != absl::string_view::npos) {
    const absl::string_view rest = reason.substr(at + kAt.size());
    const size_t in = rest.find(kIn);
    uint64_t offset;
    if (in != absl::string_view::npos &&
        absl::SimpleAtoi(rest.substr(0, in), &offset)) {
      absl::StrAppend(&place, "offset 0x", absl::Hex(offset), " (",
                      rest.substr(in + kIn.size()), "): ");
      reason = reason.substr(0, at);
      if (!reason.empty() && reason.back() == ',') reason.remove_suffix(1);
    }
  }
  const bool internal = status.code() == absl::StatusCode::kInternal;
  return absl::StrCat(file, ": ", internal ? "internal error: " : "", place,
                      reason);
}

std::string InputName(absl::string_view path) {
  return path == "-" ? "standard input" : std::string(path);
}

std::string OutputName(absl::string_view path) {
  return path == "-" ? "standard output" : std::string(path);
}

}  // namespace weft::tools
