#include "tools/environment.h"

#include <unistd.h>

#include <cstdint>

#include "absl/strings/cord.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "tools/file_io.h"
#include "tools/text.h"

namespace weft::tools {
namespace {

constexpr absl::string_view kTextErrorMark = "weft/text-error";

// Of "FILE:LINE:COLUMN: error: reason", which may go on in further lines.
ErrorPlace PlaceInText(absl::string_view message) {
  constexpr absl::string_view kError = ": error: ";
  const absl::string_view first = message.substr(0, message.find('\n'));
  ErrorPlace place;
  place.reason = std::string(first);
  const size_t error = first.find(kError);
  if (error == absl::string_view::npos) return place;
  const absl::string_view head = first.substr(0, error);
  const size_t column = head.rfind(':');
  if (column == absl::string_view::npos || column == 0) return place;
  const size_t line = head.rfind(':', column - 1);
  if (line == absl::string_view::npos ||
      !absl::SimpleAtoi(head.substr(line + 1, column - line - 1),
                        &place.line) ||
      !absl::SimpleAtoi(head.substr(column + 1), &place.column)) {
    return place;
  }
  place.reason = std::string(first.substr(error + kError.size()));
  return place;
}

}  // namespace

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

ErrorPlace PlaceOf(const absl::Status& status) {
  constexpr absl::string_view kAt = " at offset ";
  constexpr absl::string_view kIn = " in ";
  const absl::string_view message = status.message();
  if (IsTextError(status)) return PlaceInText(message);
  ErrorPlace place;
  place.reason = std::string(message);
  const size_t at = message.rfind(kAt);
  if (at == absl::string_view::npos) return place;
  const absl::string_view rest = message.substr(at + kAt.size());
  const size_t in = rest.find(kIn);
  if (in == absl::string_view::npos ||
      !absl::SimpleAtoi(rest.substr(0, in), &place.offset)) {
    return place;
  }
  place.has_offset = true;
  place.section = std::string(rest.substr(in + kIn.size()));
  place.reason.resize(at);
  if (absl::EndsWith(place.reason, ",")) place.reason.pop_back();
  return place;
}

absl::Status MarkTextError(const absl::Status& status) {
  absl::Status marked = status;
  marked.SetPayload(kTextErrorMark, absl::Cord());
  return marked;
}

bool IsTextError(const absl::Status& status) {
  return status.GetPayload(kTextErrorMark).has_value();
}

int ExitCodeOf(const absl::Status& status) {
  return absl::IsInternal(status) ? kExitInternal : kExitInvalid;
}

int FileError(const Environment& env, absl::string_view file,
              const absl::Status& status) {
  if (IsTextError(status)) {
    std::string lines;
    for (absl::string_view line : absl::StrSplit(status.message(), '\n')) {
      absl::StrAppend(&lines, Escape(line), "\n");
    }
    PrintError(env, lines);
  } else {
    Complain(env, DescribeFileError(file, status));
  }
  return ExitCodeOf(status);
}

std::string DescribeFileError(absl::string_view file,
                              const absl::Status& status) {
  if (IsTextError(status)) {
    return std::string(status.message().substr(0, status.message().find('\n')));
  }
  const ErrorPlace place = PlaceOf(status);
  std::string where;
  if (place.has_offset) {
    absl::StrAppend(&where, "offset 0x", absl::Hex(place.offset), " (",
                    place.section, "): ");
  }
  const bool internal = absl::IsInternal(status);
  return absl::StrCat(file, ": ", internal ? "internal error: " : "", where,
                      place.reason);
}

std::string InputName(absl::string_view path) {
  return path == "-" ? "standard input" : std::string(path);
}

std::string OutputName(absl::string_view path) {
  return path == "-" ? "standard output" : std::string(path);
}

}  // namespace weft::tools
