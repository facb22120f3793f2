// Setters for the rows of tables of options (options.h): each takes the value
// over into one member of a command's options, &Options::member.
#ifndef WEFT_TOOLS_OPTION_SETTERS_H_
#define WEFT_TOOLS_OPTION_SETTERS_H_

#include <string>

#include "absl/status/status.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"

namespace weft::tools {
namespace internal {

template <typename Member>
struct MemberTraits;
template <typename T, typename Value>
struct MemberTraits<Value T::*> {
  using Class = T;
};

}  // namespace internal

template <auto kMember>
using ClassOf = typename internal::MemberTraits<decltype(kMember)>::Class;

// Sets it to `kValue`; for options without a value.
template <auto kMember, auto kValue = true>
absl::Status Set(absl::string_view, ClassOf<kMember>& options) {
  options.*kMember = kValue;
  return absl::OkStatus();
}

// A string that may be anything.
template <auto kMember>
absl::Status SetText(absl::string_view text, ClassOf<kMember>& options) {
  options.*kMember = std::string(text);
  return absl::OkStatus();
}

// The name of a file.
template <auto kMember>
absl::Status SetPath(absl::string_view path, ClassOf<kMember>& options) {
  if (path.empty()) return absl::InvalidArgumentError("empty file name");
  options.*kMember = std::string(path);
  return absl::OkStatus();
}

// One more string of a list; for options that may be repeated.
template <auto kMember>
absl::Status Append(absl::string_view text, ClassOf<kMember>& options) {
  (options.*kMember).push_back(std::string(text));
  return absl::OkStatus();
}

// An int that is `kLeast` or more.
template <auto kMember, int kLeast>
absl::Status SetInt(absl::string_view text, ClassOf<kMember>& options) {
  int number = 0;
  if (!absl::SimpleAtoi(text, &number) || number < kLeast) {
    return absl::InvalidArgumentError(
        absl::StrCat("is no number of ", kLeast, " or more"));
  }
  options.*kMember = number;
  return absl::OkStatus();
}

// A time in seconds, above 0.
template <auto kMember>
absl::Status SetSeconds(absl::string_view text, ClassOf<kMember>& options) {
  double seconds = 0;
  if (!absl::SimpleAtod(text, &seconds) || !(seconds > 0) || seconds > 1e9) {
    return absl::InvalidArgumentError("is no number of seconds");
  }
  options.*kMember = seconds;
  return absl::OkStatus();
}

}  // namespace weft::tools

#endif  // WEFT_TOOLS_OPTION_SETTERS_H_
