#include "tools/options.h"

#include <algorithm>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "tools/text.h"

namespace weft::tools {
namespace {

constexpr size_t kHelpColumn = 26;

std::vector<absl::string_view> NamesOf(const OptionText& option) {
  return absl::StrSplit(option.names, ", ");
}

bool IsShort(absl::string_view name) { return name.size() == 2; }

bool TakesValue(const OptionText& option) { return !option.argument.empty(); }

bool NeedsValue(const OptionText& option) {
  return TakesValue(option) && option.argument[0] != '[';
}

// What an argument that begins with a dash says.
struct Match {
  int option = -1;         // -1: unknown.
  absl::string_view name;  // As in the table.
  bool has_value = false;
  absl::string_view value;
};

Match FindOption(absl::Span<const OptionText> table, absl::string_view arg) {
  const size_t equals = arg.find('=');
  const absl::string_view head = arg.substr(0, equals);
  for (size_t i = 0; i < table.size(); ++i) {
    for (absl::string_view name : NamesOf(table[i])) {
      const int row = static_cast<int>(i);
      if (arg == name) return {row, name, false, ""};
      if (IsShort(name)) {
        if (TakesValue(table[i]) && absl::StartsWith(arg, name)) {
          return {row, name, true, arg.substr(2)};
        }
      } else if (head == name) {
        return {row, name, true, arg.substr(equals + 1)};
      }
    }
  }
  return {};
}

absl::Status UnknownOption(absl::Span<const OptionText> table,
                           absl::string_view arg) {
  const absl::string_view head = arg.substr(0, arg.find('='));
  std::vector<absl::string_view> names;
  for (const OptionText& option : table) {
    if (option.help.empty()) continue;
    for (absl::string_view name : NamesOf(option)) names.push_back(name);
  }
  return absl::InvalidArgumentError(absl::StrCat(
      "unknown option '", head, "'; the nearest is '",
      Nearest(head, names, /*only_similar=*/false), "' (--help lists all)"));
}

}  // namespace

absl::StatusOr<std::vector<ParsedArgument>> ParseArguments(
    absl::Span<const OptionText> table,
    absl::Span<const absl::string_view> args) {
  std::vector<ParsedArgument> parsed;
  for (size_t i = 0; i < args.size(); ++i) {
    const absl::string_view arg = args[i];
    if (arg == "--") {
      for (++i; i < args.size(); ++i)
        parsed.push_back({-1, std::string(args[i])});
      break;
    }
    if (arg == "-" || !absl::StartsWith(arg, "-")) {
      parsed.push_back({-1, std::string(arg)});
      continue;
    }
    const Match match = FindOption(table, arg);
    if (match.option < 0) return UnknownOption(table, arg);
    const OptionText& option = table[static_cast<size_t>(match.option)];
    absl::string_view value = match.value;
    if (match.has_value && !TakesValue(option)) {
      return absl::InvalidArgumentError(
          absl::StrCat(match.name, " takes no value, but got '", value, "'"));
    }
    if (!match.has_value && NeedsValue(option)) {
      if (i + 1 == args.size()) {
        return absl::InvalidArgumentError(
            absl::StrCat(match.name, " needs ", option.argument));
      }
      value = args[++i];
      if (absl::StartsWith(value, "--") &&
          FindOption(table, value).option >= 0) {
        return absl::InvalidArgumentError(
            absl::StrCat(match.name, " needs ", option.argument,
                         ", but the option ", value, " follows"));
      }
    }
    parsed.push_back({match.option, std::string(value)});
  }
  return parsed;
}

std::string OptionHelp(absl::Span<const OptionText> table) {
  std::string out;
  for (const OptionText& option : table) {
    if (option.help.empty()) continue;
    std::string head = absl::StrCat("  ", option.names);
    if (TakesValue(option)) {
      // -O[LEVEL], --print-ir[=PASS], --jobs N, --passes=LIST
      const absl::string_view last = NamesOf(option).back();
      if (NeedsValue(option)) {
        absl::StrAppend(&head, IsShort(last) ? " " : "=", option.argument);
      } else {
        absl::StrAppend(&head,
                        IsShort(last) ? "[" : "[=", option.argument.substr(1));
      }
    }
    if (head.size() >= kHelpColumn - 1) {
      absl::StrAppend(&out, head, "\n");
      head.clear();
    }
    for (absl::string_view line : absl::StrSplit(option.help, '\n')) {
      head.resize(kHelpColumn, ' ');
      absl::StrAppend(&out, head, line, "\n");
      head.clear();
    }
  }
  return out;
}

absl::StatusOr<std::string> SingleInput(
    absl::string_view command, absl::Span<const std::string> positional,
    bool needs_output, bool has_output) {
  const absl::string_view output = needs_output ? " -o OUT" : "";
  if (positional.empty()) {
    return absl::InvalidArgumentError(absl::StrCat("no input file given: weft ",
                                                   command, " IN", output,
                                                   " (- is standard input)"));
  }
  if (positional.size() > 1) {
    return absl::InvalidArgumentError(
        absl::StrCat("weft ", command, " takes one input, but got '",
                     positional[0], "' and '", positional[1], "'",
                     needs_output ? "; the output goes behind -o" : ""));
  }
  if (needs_output && !has_output) {
    return absl::InvalidArgumentError(
        "no output file given: add -o FILE (- is standard output)");
  }
  return positional[0];
}

absl::Status BadOption(absl::string_view names, absl::string_view value,
                       const absl::Status& why) {
  const absl::string_view name = NamesOf({names, "", ""}).back();
  return absl::InvalidArgumentError(
      absl::StrCat(name, IsShort(name) || value.empty() ? "" : "=", value, ": ",
                   why.message()));
}

}  // namespace weft::tools
