#include "tools/opt_options.h"

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "tools/feature_list.h"
#include "tools/jobs.h"
#include "tools/option_setters.h"
#include "tools/options.h"

namespace weft::tools {
namespace {

constexpr absl::string_view kDefaultLevel = "s";

absl::Status SetLevel(absl::string_view level, OptOptions& options) {
  if (level.empty()) level = kDefaultLevel;
  absl::StatusOr<std::vector<passes::PassId>> pipeline =
      passes::PipelineOf(level);
  if (!pipeline.ok()) {
    return absl::InvalidArgumentError(
        "no such level; there are 0, 1, 2, 3, 4, s and z");
  }
  options.pipeline = absl::StrCat("-O", level);
  options.for_size = level == "0" || level == "s" || level == "z";
  options.passes = *std::move(pipeline);
  return absl::OkStatus();
}

absl::Status SetPasses(absl::string_view list, OptOptions& options) {
  if (list.empty()) {
    return absl::InvalidArgumentError("no passes given; -O0 runs none");
  }
  absl::StatusOr<std::vector<passes::PassId>> parsed =
      passes::ParsePasses(list);
  if (!parsed.ok()) return parsed.status();
  options.pipeline = "--passes";
  options.for_size = true;
  options.passes = *std::move(parsed);
  return absl::OkStatus();
}

absl::Status SetOutput(absl::string_view path, OptOptions& options) {
  options.output = std::string(path);
  options.has_output = true;
  return absl::OkStatus();
}

absl::Status SetPrintIr(absl::string_view pass, OptOptions& options) {
  if (!pass.empty()) {
    const absl::StatusOr<passes::PassId> id = passes::PassByName(pass);
    if (!id.ok()) return id.status();
  }
  options.print_ir = true;
  options.print_ir_after = std::string(pass);
  return absl::OkStatus();
}

absl::Status SetScheduleSeed(absl::string_view text, OptOptions& options) {
  if (!absl::SimpleAtoi(text, &options.schedule_seed)) {
    return absl::InvalidArgumentError("not a number");
  }
  return absl::OkStatus();
}

absl::Status SetVerify(absl::string_view mode, OptOptions& options) {
  if (!mode.empty() && mode != "module" && mode != "pass") {
    return absl::InvalidArgumentError("neither module nor pass");
  }
  options.verify = true;
  options.verify_passes = mode == "pass";
  return absl::OkStatus();
}

using Row = Option<OptOptions>;

// All options; --help shows those that have a text.
constexpr Row kOptions[] = {
    {{"-o, --output", "FILE", "write the module here; - is standard output"},
     SetOutput},
    {{"-O", "[LEVEL]",
      "0: encode again, change nothing else; 1 to 4: for speed,\n"
      "each with more work; s: for size and speed (default);\n"
      "z: for size. The last -O or --passes wins"},
     SetLevel},
    {{"--passes", "LIST", "run just these passes, in this order: gvn,dce"},
     SetPasses},
    {{"--list-passes", "", "print all passes and end"},
     Set<&OptOptions::list_passes>},
    {{"--print-pipeline", "", "print what -O or --passes would run and end"},
     Set<&OptOptions::print_pipeline>},
    {{"--features", "LIST", kFeaturesHelp}, SetFeatures<OptOptions>},
    {{"-j, --jobs", "N", "threads (default: one per core)"},
     SetJobs<OptOptions>},
    {{"--no-fallback", "", "keep new code even where it is larger"},
     Set<&OptOptions::fallback, false>},
    {{"--for-speed", "",
      "with --passes: speed counts before bytes where the two\n"
      "disagree"},
     Set<&OptOptions::for_size, false>},
    {{"--verify", "[WHAT]",
      "run the module before and after and compare: module (at\n"
      "the end) or pass (after each pass, too); on a difference\n"
      "write no output but a module that shows it"},
     SetVerify},
    {{"--verify-budget", "S", "seconds for --verify (default: 60)"},
     SetSeconds<&OptOptions::verify_seconds>},
    {{"--stats-json", "FILE", "write figures for programs to read"},
     SetPath<&OptOptions::stats_json>},
    {{"--time-passes", "", "show the time that each pass took"},
     Set<&OptOptions::time_passes>},
    {{"--print-ir", "[PASS]",
      "print the SSA form of all functions, before the passes or\n"
      "after this one; needs no -o"},
     SetPrintIr},
    {{"--schedule-seed", "N", ""}, SetScheduleSeed},
    {{"-q, --quiet", "", "no summary, no progress; errors and warnings stay"},
     Set<&OptOptions::quiet>},
    {{"-h, --help", "", "print this and end"}, Set<&OptOptions::help>},
};

absl::Status CheckFiles(const std::vector<std::string>& positional,
                        const OptOptions& options) {
  const absl::StatusOr<std::string> input =
      SingleInput("opt", positional, /*needs_output=*/!options.print_ir,
                  options.has_output);
  if (!input.ok()) return input.status();
  if (options.has_output && options.output.empty()) {
    return absl::InvalidArgumentError("--output: empty file name");
  }
  const int to_stdout = (options.output == "-" ? 1 : 0) +
                        (options.stats_json == "-" ? 1 : 0) +
                        (options.print_ir ? 1 : 0);
  if (to_stdout > 1) {
    return absl::InvalidArgumentError(
        "only one of -o -, --stats-json=- and --print-ir can write to "
        "standard output");
  }
  return absl::OkStatus();
}

absl::Status CheckPrintedPass(const OptOptions& options) {
  if (options.print_ir_after.empty()) return absl::OkStatus();
  for (passes::PassId pass : options.passes) {
    if (passes::InfoOf(pass).name == options.print_ir_after) {
      return absl::OkStatus();
    }
  }
  return absl::InvalidArgumentError(absl::StrCat(
      "--print-ir=", options.print_ir_after, ": ", options.pipeline,
      " does not run this pass, but ", passes::ToString(options.passes)));
}

}  // namespace

absl::StatusOr<OptOptions> ParseOptOptions(
    absl::Span<const absl::string_view> args) {
  OptOptions options;
  absl::Status status = SetLevel(kDefaultLevel, options);
  if (!status.ok()) return status;
  options.jobs = CoresAllowed();
  absl::StatusOr<std::vector<std::string>> positional =
      ParseOptions<OptOptions>(kOptions, args, options);
  if (!positional.ok()) return positional.status();
  if (options.help || options.list_passes || options.print_pipeline) {
    return options;
  }
  status = CheckFiles(*positional, options);
  if (status.ok()) status = CheckPrintedPass(options);
  if (!status.ok()) return status;
  options.input = (*positional)[0];
  return options;
}

std::string OptHelp() {
  return absl::StrCat(
      "weft opt IN -o OUT [options]\n\n"
      "Makes a WebAssembly module smaller and faster. IN is a binary module,\n"
      "- for standard input. OUT may be the same file; it is replaced when "
      "all\n"
      "has gone well, and left alone otherwise.\n\n",
      OptionHelp(TextsOf<OptOptions>(kOptions)),
      "\nExit codes: 0 done, 1 invalid input or an error of a file, 2 wrong\n"
      "arguments, 70 a defect of weft or no memory left.\n");
}

std::string PassList() {
  std::string out;
  for (passes::PassId pass : passes::AllPasses()) {
    const passes::PassInfo& info = passes::InfoOf(pass);
    absl::StrAppendFormat(&out, "%-26s%s\n", info.name, info.summary);
  }
  return out;
}

}  // namespace weft::tools
