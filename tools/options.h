// Command lines, described by tables with one row per option.
//
// Accepted are `--name`, `--name=VALUE`, `--name VALUE`, `-x`, `-xVALUE` and
// `-x VALUE`, in any order and also behind positional arguments. `-` alone is
// positional, and so is all that follows `--`.
#ifndef WEFT_TOOLS_OPTIONS_H_
#define WEFT_TOOLS_OPTIONS_H_

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"

namespace weft::tools {

// What parsing and help need to know of an option.
struct OptionText {
  // All its names with their dashes: "-j, --jobs".
  absl::string_view names;
  // What its value is called: "N"; "[N]" when it may be left out, and then it
  // has to be attached (-ON, --name=N); "" when there is none.
  absl::string_view argument;
  // One or more lines; "" hides the option.
  absl::string_view help;
};

// A row of the table of a command whose options end up in a T.
template <typename T>
struct Option {
  OptionText text;
  // Takes the value ("" when there is none) over into `options`. Errors are
  // reported to the user behind the option's name.
  absl::Status (*set)(absl::string_view value, T& options);
};

// An argument as it was understood.
struct ParsedArgument {
  int option;  // Row of the table, or -1 for a positional argument.
  std::string value;
};

// Errors: InvalidArgument that says on one line what is wrong and names the
// nearest option.
absl::StatusOr<std::vector<ParsedArgument>> ParseArguments(
    absl::Span<const OptionText> table,
    absl::Span<const absl::string_view> args);

// The lines of a help text: one row per option that is not hidden.
std::string OptionHelp(absl::Span<const OptionText> table);

// "--jobs" and "-j 0" in front of an error's message.
absl::Status BadOption(absl::string_view names, absl::string_view value,
                       const absl::Status& why);

// The input of a command with one input and, when `needs_output`, an output
// behind -o, which `has_output` says was given. `positional` are its positional
// arguments. Errors: InvalidArgument that shows the command as it should be.
absl::StatusOr<std::string> SingleInput(
    absl::string_view command, absl::Span<const std::string> positional,
    bool needs_output, bool has_output);

template <typename T>
std::vector<OptionText> TextsOf(absl::Span<const Option<T>> table) {
  std::vector<OptionText> texts;
  for (const Option<T>& option : table) texts.push_back(option.text);
  return texts;
}

// Sets what `args` say, in their order, so that the last one wins. Returns the
// positional arguments. Errors: as ParseArguments, and those of the setters.
template <typename T>
absl::StatusOr<std::vector<std::string>> ParseOptions(
    absl::Span<const Option<T>> table, absl::Span<const absl::string_view> args,
    T& options) {
  absl::StatusOr<std::vector<ParsedArgument>> parsed =
      ParseArguments(TextsOf(table), args);
  if (!parsed.ok()) return parsed.status();
  std::vector<std::string> positional;
  for (ParsedArgument& argument : *parsed) {
    if (argument.option < 0) {
      positional.push_back(std::move(argument.value));
      continue;
    }
    const Option<T>& option = table[static_cast<size_t>(argument.option)];
    const absl::Status status = option.set(argument.value, options);
    if (!status.ok()) {
      return BadOption(option.text.names, argument.value, status);
    }
  }
  return positional;
}

}  // namespace weft::tools

#endif  // WEFT_TOOLS_OPTIONS_H_
