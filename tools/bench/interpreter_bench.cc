// Times programs in interpreters.

#include <stdlib.h>

#include <cmath>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "tools/bench/closed_module.h"
#include "tools/bench/module_sizes.h"
#include "tools/bench/program_runs.h"
#include "tools/environment.h"
#include "tools/file_system.h"
#include "tools/option_setters.h"
#include "tools/options.h"
#include "tools/users_directory.h"

namespace weft::tools {
namespace {

// What translation is timed with takes so little that it is run more often.
constexpr int kTranslationsPerRun = 5;

struct InterpreterBenchOptions {
  std::vector<Engine> engines;
  std::string translate;
  int runs = 5;
  int core = -1;
  bool help = false;
};

absl::Status AddEngine(absl::string_view text, bool is_wasmi,
                       InterpreterBenchOptions& options) {
  const absl::StatusOr<Engine> engine = ParseEngine(text, is_wasmi);
  if (engine.ok()) options.engines.push_back(*engine);
  return engine.status();
}

constexpr Option<InterpreterBenchOptions> kOptions[] = {
    {{"--weft", "NAME=PROGRAM[,ARG...]",
      "a weft that takes part, with arguments for `weft run`; may be\n"
      "repeated"},
     [](absl::string_view value, InterpreterBenchOptions& options) {
       return AddEngine(value, false, options);
     }},
    {{"--wasmi", "NAME=PROGRAM[,ARG...]", "the same for wasmi"},
     [](absl::string_view value, InterpreterBenchOptions& options) {
       return AddEngine(value, true, options);
     }},
    {{"--translate", "MODULE",
      "the one to translate (default: the shared corpus/resvg.wasm)"},
     SetText<&InterpreterBenchOptions::translate>},
    {{"--runs", "N", "runs of each engine on each program (default: 5)"},
     SetInt<&InterpreterBenchOptions::runs, 1>},
    {{"--core", "N", "the core to run on (default: the last one allowed)"},
     SetInt<&InterpreterBenchOptions::core, 0>},
    {{"-h, --help", "", "print this and end"},
     Set<&InterpreterBenchOptions::help>},
};

std::string Help() {
  return absl::StrCat(
      "interpreter_bench [options] [FOLDER]\n\nRuns the programs of "
      "WEFT_SHARED/bench/programs, or of FOLDER. Figures are\nmedians of user "
      "time, whole processes; ratios compare with the last engine. "
      "coremark-lib and the module to translate are run without imports, the\n"
      "same bytes by all: see tools/bench/closed_module.h.\n\n",
      OptionHelp(TextsOf<InterpreterBenchOptions>(kOptions)));
}

class InterpreterBench {
 public:
  InterpreterBench(const Environment& env,
                   const InterpreterBenchOptions& options, ProgramRuns& runs)
      : env_(env), options_(options), runs_(runs) {}

  // False when a program could not be run.
  bool Run(const std::string& folder) {
    const absl::StatusOr<std::vector<Task>> tasks = runs_.Programs(folder);
    if (!tasks.ok()) return Fail(tasks.status());
    PrintHeader();
    bool ok = true;
    for (const Task& task : *tasks) ok &= Compare(task);
    PrintMeans();
    if (options_.translate.empty()) return ok;
    return Translate() && ok;
  }

 private:
  bool Fail(const absl::Status& status) {
    Print(env_, absl::StrCat("FAIL ", status.message(), "\n"));
    return false;
  }

  bool Compare(const Task& task) {
    const absl::StatusOr<std::vector<double>> medians =
        runs_.Measure(options_.engines, task, options_.runs);
    if (!medians.ok()) return Fail(medians.status());
    std::string line = absl::StrFormat("%-14s", task.name);
    logs_.resize(medians->size());
    for (size_t i = 0; i < medians->size(); ++i) {
      const double ratio = (*medians)[i] / medians->back();
      absl::StrAppendFormat(&line, "%9.2f s", (*medians)[i]);
      if (i + 1 < medians->size()) absl::StrAppendFormat(&line, "%7.3f", ratio);
      logs_[i] += std::log(ratio);
    }
    ++num_compared_;
    Print(env_, absl::StrCat(line, "\n"));
    return true;
  }

  void PrintHeader() {
    std::string line = absl::StrFormat("%-14s", "");
    for (size_t i = 0; i < options_.engines.size(); ++i) {
      absl::StrAppendFormat(&line, "%11s", options_.engines[i].name);
      if (i + 1 < options_.engines.size()) absl::StrAppend(&line, "  ratio");
    }
    Print(env_, absl::StrCat(line, "\n"));
  }

  void PrintMeans() {
    if (num_compared_ == 0) return;
    std::string line = absl::StrFormat("%-14s", "geometric mean");
    for (size_t i = 0; i + 1 < logs_.size(); ++i) {
      absl::StrAppendFormat(&line, "%18.3f",
                            std::exp(logs_[i] / num_compared_));
    }
    Print(env_, absl::StrCat(line, "\n"));
  }

  // The whole process: reading the file, validation, translation of every
  // function, instantiation, and the call of a function that does nothing.
  bool Translate() {
    const std::string& path = options_.translate;
    const absl::StatusOr<std::string> closed =
        runs_.Close(path, "translate.wasm");
    if (!closed.ok()) return Fail(closed.status());
    const absl::StatusOr<ModuleSizes> sizes = MeasureModule(*closed);
    if (!sizes.ok()) return Fail(sizes.status());
    const Task task = {std::filesystem::path(path).stem(), *closed, kNothing,
                       true};
    const absl::StatusOr<std::vector<double>> medians = runs_.Measure(
        options_.engines, task, kTranslationsPerRun * options_.runs);
    if (!medians.ok()) return Fail(medians.status());
    const auto code = static_cast<double>(sizes->code);
    std::string line = absl::StrFormat(
        "\ntranslation of %s, %.1f MB of code:", task.name, code / 1e6);
    for (size_t i = 0; i < medians->size(); ++i) {
      const double seconds = (*medians)[i];
      absl::StrAppendFormat(&line, " %s %.1f MB/s", options_.engines[i].name,
                            code / 1e6 / seconds);
      if (i + 1 == medians->size()) break;
      absl::StrAppendFormat(&line, " (%.2f x)", medians->back() / seconds);
    }
    Print(env_, absl::StrCat(line, "\n"));
    return true;
  }

  const Environment& env_;
  const InterpreterBenchOptions& options_;
  ProgramRuns& runs_;
  int num_compared_ = 0;
  std::vector<double> logs_;
};

int RunInterpreterBench(const Environment& env,
                        const std::vector<absl::string_view>& args) {
  InterpreterBenchOptions options;
  const absl::StatusOr<std::vector<std::string>> names =
      ParseOptions<InterpreterBenchOptions>(kOptions, args, options);
  if (!names.ok()) return UsageError(env, names.status().message());
  if (options.help) return Print(env, Help());
  ReturnToUsersDirectory();
  const std::string folder =
      names->empty() ? InShared("bench/programs") : names->front();
  if (folder.empty() || names->size() > 1) {
    return UsageError(env, "wants one folder, or WEFT_SHARED to be set");
  }
  if (options.engines.empty()) return UsageError(env, "no engine given");
  if (options.translate.empty()) {
    options.translate = InShared("corpus/resvg.wasm");
  }
  unsetenv("BUILD_WORKING_DIRECTORY");
  const absl::StatusOr<std::unique_ptr<ProgramRuns>> runs =
      ProgramRuns::New(*env.files, options.core);
  if (!runs.ok()) {
    Complain(env, runs.status().message());
    return kExitInvalid;
  }
  return InterpreterBench(env, options, **runs).Run(folder) ? kExitOk
                                                            : kExitInvalid;
}

}  // namespace
}  // namespace weft::tools

int main(int argc, char** argv) {
  weft::tools::PosixFileSystem files;
  const weft::tools::Environment env = {.files = &files};
  return weft::tools::RunInterpreterBench(
      env, {argv + (argc > 0 ? 1 : 0), argv + argc});
}
