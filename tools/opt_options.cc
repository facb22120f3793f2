#include "tools/opt_options.h"

#include <sched.h>

#include <algorithm>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_split.h"
#include "tools/options.h"
#include "tools/text.h"

namespace weft::tools {
namespace {

constexpr int kMaxJobs = 256;
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

absl::Status SetJobs(absl::string_view text, OptOptions& options) {
  if (!absl::SimpleAtoi(text, &options.jobs) || options.jobs < 1 ||
      options.jobs > kMaxJobs) {
    return absl::InvalidArgumentError(
        absl::StrCat("not a number from 1 to ", kMaxJobs));
  }
  return absl::OkStatus();
}

absl::Status SetFeatures(absl::string_view list, OptOptions& options) {
  absl::StatusOr<wasm::FeatureSet> features =
      ParseFeatures(list, options.features);
  if (!features.ok()) return features.status();
  options.features = *features;
  return absl::OkStatus();
}

absl::Status SetStatsJson(absl::string_view path, OptOptions& options) {
  if (path.empty()) return absl::InvalidArgumentError("empty file name");
  options.stats_json = std::string(path);
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

template <bool OptOptions::* kMember, bool kValue = true>
absl::Status Set(absl::string_view, OptOptions& options) {
  options.*kMember = kValue;
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
    {{"--features", "LIST",
      "what the module may use (default: all): names alone are\n"
      "the whole list, +NAME and -NAME change it; mvp, all"},
     SetFeatures},
    {{"-j, --jobs", "N", "threads (default: one per core)"}, SetJobs},
    {{"--no-fallback", "", "keep new code even where it is larger"},
     Set<&OptOptions::fallback, false>},
    {{"--stats-json", "FILE", "write figures for programs to read"},
     SetStatsJson},
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

int CoresAllowed() {
  cpu_set_t cores;
  if (sched_getaffinity(0, sizeof(cores), &cores) != 0) return 1;
  return std::clamp(CPU_COUNT(&cores), 1, kMaxJobs);
}

absl::Status CheckFiles(const std::vector<std::string>& positional,
                        const OptOptions& options) {
  if (positional.empty()) {
    return absl::InvalidArgumentError(
        "no input file given: weft opt IN -o OUT (- is standard input)");
  }
  if (positional.size() > 1) {
    return absl::InvalidArgumentError(
        absl::StrCat("weft opt takes one input, but got '", positional[0],
                     "' and '", positional[1], "'; the output goes behind -o"));
  }
  if (!options.has_output && !options.print_ir) {
    return absl::InvalidArgumentError(
        "no output file given: add -o FILE (- is standard output)");
  }
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

absl::Status UnknownFeature(absl::string_view name) {
  std::vector<absl::string_view> names = {"mvp", "all"};
  for (int i = 1; i < wasm::kFeatureCount; ++i) {
    names.push_back(wasm::FeatureName(static_cast<wasm::Feature>(i)));
    names.push_back(wasm::FeatureFlag(static_cast<wasm::Feature>(i)));
  }
  return absl::InvalidArgumentError(
      absl::StrCat("unknown feature '", name, "'; the nearest is '",
                   Nearest(name, names, /*only_similar=*/false), "'"));
}

}  // namespace

absl::StatusOr<wasm::FeatureSet> ParseFeatures(absl::string_view list,
                                               wasm::FeatureSet features) {
  if (!absl::StartsWith(list, "+") && !absl::StartsWith(list, "-")) {
    features = wasm::FeatureSet::Mvp();
  }
  for (absl::string_view item : absl::StrSplit(list, ',')) {
    const bool remove = absl::ConsumePrefix(&item, "-");
    if (!remove) absl::ConsumePrefix(&item, "+");
    if (item == "all") {
      features = remove ? wasm::FeatureSet::Mvp() : wasm::FeatureSet::All();
    } else if (item != "mvp") {
      const wasm::Feature feature = wasm::FeatureFromName(item);
      if (feature == wasm::Feature::kCount) return UnknownFeature(item);
      remove ? features.Remove(feature) : features.Add(feature);
    }
  }
  return features;
}

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
