#include "tools/reduce_options.h"

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "re2/re2.h"
#include "tools/option_setters.h"
#include "tools/options.h"

namespace weft::tools {
namespace {

absl::Status SetTest(absl::string_view command, ReduceOptions& options) {
  if (command.empty()) return absl::InvalidArgumentError("empty command");
  options.test = std::string(command);
  return absl::OkStatus();
}

absl::Status SetMatch(absl::string_view pattern, ReduceOptions& options) {
  options.match = std::string(pattern);
  options.has_match = true;
  const re2::RE2 compiled(options.match, re2::RE2::Quiet);
  if (compiled.ok()) return absl::OkStatus();
  return absl::InvalidArgumentError(absl::StrCat(
      "not a regular expression that RE2 knows: ", compiled.error()));
}

// A level with its O, with or without a dash, or a list of passes.
absl::Status SetDiff(absl::string_view pipeline, ReduceOptions& options) {
  options.diff = std::string(pipeline);
  absl::string_view level = pipeline;
  absl::ConsumePrefix(&level, "-");
  const bool is_level = absl::ConsumePrefix(&level, "O");
  absl::StatusOr<std::vector<passes::PassId>> list =
      is_level ? passes::PipelineOf(level) : passes::ParsePasses(pipeline);
  if (!list.ok()) return list.status();
  if (pipeline.empty()) return absl::InvalidArgumentError("no passes");
  options.passes = *std::move(list);
  return absl::OkStatus();
}

absl::Status SetTimeout(absl::string_view text, ReduceOptions& options) {
  options.has_timeout = true;
  return SetSeconds<&ReduceOptions::timeout>(text, options);
}

constexpr Option<ReduceOptions> kOptions[] = {
    {{"-o, --output", "FILE",
      "write the module here, as text when FILE ends in .wat; -\n"
      "is standard output"},
     SetPath<&ReduceOptions::output>},
    {{"--test", "CMD",
      "a command of the shell with {} for the module's file, or\n"
      "to which the file is appended; it has to end as it does\n"
      "with IN, by the same exit status or signal"},
     SetTest},
    {{"--match", "REGEX",
      "and this has to be found in what it prints (RE2's syntax)"},
     SetMatch},
    {{"--diff", "PIPELINE",
      "instead of --test: optimizing by this level (O2) or list\n"
      "of passes has to change what the module does"},
     SetDiff},
    {{"--timeout", "SECONDS",
      "a test that takes longer is ended and counts as another\n"
      "outcome (default 30)"},
     SetTimeout},
    {{"--budget", "SECONDS", "stop after so much time (default 600)"},
     SetSeconds<&ReduceOptions::budget>},
    {{"-j, --jobs", "N", "tests at a time (default: one per core)"},
     SetJobs<ReduceOptions>},
    {{"--json", "", "a report on standard output"}, Set<&ReduceOptions::json>},
    {{"-q, --quiet", "", "neither progress nor summary; errors stay"},
     Set<&ReduceOptions::quiet>},
    {{"-h, --help", "", "print this and end"}, Set<&ReduceOptions::help>},
};

absl::Status CheckOptions(const ReduceOptions& options) {
  if (options.test.empty() == options.diff.empty()) {
    return absl::InvalidArgumentError(
        "say by --test CMD or by --diff PIPELINE what is looked for: one of "
        "them");
  }
  if (options.test.empty() && options.has_match) {
    return absl::InvalidArgumentError("--match goes with --test");
  }
  if (options.test.empty() && options.has_timeout) {
    return absl::InvalidArgumentError("--timeout goes with --test");
  }
  if (options.json && options.output == "-") {
    return absl::InvalidArgumentError(
        "--json and -o - both want standard output");
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<ReduceOptions> ParseReduceOptions(
    absl::Span<const absl::string_view> args) {
  ReduceOptions options;
  const absl::StatusOr<std::vector<std::string>> paths =
      ParseOptions<ReduceOptions>(kOptions, args, options);
  if (!paths.ok()) return paths.status();
  if (options.help) return options;
  const absl::StatusOr<std::string> input = SingleInput(
      "reduce", *paths, /*needs_output=*/true, !options.output.empty());
  if (!input.ok()) return input.status();
  options.input = *input;
  const absl::Status status = CheckOptions(options);
  if (!status.ok()) return status;
  return options;
}

std::string ReduceHelp() {
  return absl::StrCat(
      "weft reduce IN --test CMD -o OUT [options]\n"
      "weft reduce IN --diff PIPELINE -o OUT [options]\n\n"
      "Makes a module as small and simple as can be while a command ends as "
      "it\n"
      "does with IN, or while the optimizer changes what the module does. IN\n"
      "is a module in binary or text form, - standard input; OUT may be the\n"
      "same file.\n\n",
      OptionHelp(TextsOf<ReduceOptions>(kOptions)),
      "\nExit codes: 0 done, 1 invalid input, nothing to be seen with it, or "
      "an\n"
      "error of a file, 2 wrong arguments, 70 a defect of weft or no memory\n"
      "left.\n");
}

}  // namespace weft::tools
