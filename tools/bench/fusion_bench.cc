// What each fusion of the interpreter's translator gains.

#include <stdlib.h>

#include <cmath>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "exec/fusion.h"
#include "tools/bench/program_runs.h"
#include "tools/environment.h"
#include "tools/file_system.h"
#include "tools/option_setters.h"
#include "tools/options.h"
#include "tools/users_directory.h"

namespace weft::tools {
namespace {

struct FusionBenchOptions {
  std::vector<Engine> engines;  // As MakeEngines has them.
  int runs = 5;
  int core = -1;
  bool help = false;
};

// One that does without each fusion, one without any, and as the last one that
// with all.
absl::StatusOr<std::vector<Engine>> MakeEngines(absl::string_view weft) {
  std::vector<std::string> texts;
  for (int i = 0; i < exec::kFusionCount; ++i) {
    const absl::string_view name = NameOf(static_cast<exec::Fusion>(i));
    texts.push_back(absl::StrCat(name, "=", weft, ",--no-fuse=", name));
  }
  texts.push_back(absl::StrCat("all=", weft, ",--no-fuse"));
  texts.push_back(absl::StrCat("none=", weft));
  std::vector<Engine> engines;
  for (const std::string& text : texts) {
    const absl::StatusOr<Engine> engine = ParseEngine(text, false);
    if (!engine.ok()) return engine.status();
    engines.push_back(*engine);
  }
  return engines;
}

constexpr Option<FusionBenchOptions> kOptions[] = {
    {{"--weft", "PROGRAM", "the weft that is measured"},
     [](absl::string_view value, FusionBenchOptions& options) {
       absl::StatusOr<std::vector<Engine>> engines = MakeEngines(value);
       if (engines.ok()) options.engines = *std::move(engines);
       return engines.status();
     }},
    {{"--runs", "N", "runs of each program without each fusion (default: 5)"},
     SetInt<&FusionBenchOptions::runs, 1>},
    {{"--core", "N", "the core to run on (default: the last one allowed)"},
     SetInt<&FusionBenchOptions::core, 0>},
    {{"-h, --help", "", "print this and end"}, Set<&FusionBenchOptions::help>},
};

std::string Help() {
  return absl::StrCat(
      "fusion_bench [options] [FOLDER]\n\nRuns the programs of "
      "WEFT_SHARED/bench/programs, or of FOLDER, without each fusion\nand with "
      "all. Printed is what each gains: the median of the user time without\n"
      "it, divided by that with all.\n\n",
      OptionHelp(TextsOf<FusionBenchOptions>(kOptions)));
}

absl::Status PrintGains(const Environment& env,
                        const FusionBenchOptions& options,
                        const std::string& folder) {
  const std::vector<Engine>& engines = options.engines;
  if (engines.empty()) return absl::InvalidArgumentError("no weft given");
  const absl::StatusOr<std::unique_ptr<ProgramRuns>> runs =
      ProgramRuns::New(*env.files, options.core);
  if (!runs.ok()) return runs.status();
  const absl::StatusOr<std::vector<Task>> tasks = (*runs)->Programs(folder);
  if (!tasks.ok()) return tasks.status();
  // By engine: the line of the table, and the sum of the gains' logarithms.
  std::vector<std::string> lines;
  std::vector<double> logs(engines.size() - 1, 0);
  std::string header = absl::StrFormat("%-17s", "gain of");
  for (size_t i = 0; i < logs.size(); ++i) {
    lines.push_back(absl::StrFormat("%-17s", engines[i].name));
  }
  for (const Task& task : *tasks) {
    const absl::StatusOr<std::vector<double>> medians =
        (*runs)->Measure(engines, task, options.runs);
    if (!medians.ok()) return medians.status();
    absl::StrAppendFormat(&header, "%13s", task.name);
    for (size_t i = 0; i < logs.size(); ++i) {
      const double gain = (*medians)[i] / medians->back();
      absl::StrAppendFormat(&lines[i], "%13.3f", gain);
      logs[i] += std::log(gain);
    }
  }
  Print(env, absl::StrCat(header, "         mean\n"));
  for (size_t i = 0; i < logs.size(); ++i) {
    const double mean = std::exp(logs[i] / static_cast<double>(tasks->size()));
    Print(env, absl::StrFormat("%s%13.3f\n", lines[i], mean));
  }
  return absl::OkStatus();
}

int RunFusionBench(const Environment& env,
                   const std::vector<absl::string_view>& args) {
  FusionBenchOptions options;
  const absl::StatusOr<std::vector<std::string>> names =
      ParseOptions<FusionBenchOptions>(kOptions, args, options);
  if (!names.ok()) return UsageError(env, names.status().message());
  if (options.help) return Print(env, Help());
  ReturnToUsersDirectory();
  const std::string folder =
      names->empty() ? InShared("bench/programs") : names->front();
  if (folder.empty() || names->size() > 1) {
    return UsageError(env, "wants one folder, or WEFT_SHARED to be set");
  }
  unsetenv("BUILD_WORKING_DIRECTORY");
  const absl::Status status = PrintGains(env, options, folder);
  if (status.ok()) return kExitOk;
  Complain(env, status.message());
  return kExitInvalid;
}

}  // namespace
}  // namespace weft::tools

int main(int argc, char** argv) {
  weft::tools::PosixFileSystem files;
  const weft::tools::Environment env = {.files = &files};
  return weft::tools::RunFusionBench(env,
                                     {argv + (argc > 0 ? 1 : 0), argv + argc});
}
