// Times programs in interpreters: each run is a process of its own on one core,
// the interpreters taking turns.

#include <stdlib.h>
#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_split.h"
#include "tools/bench/child_process.h"
#include "tools/bench/closed_module.h"
#include "tools/bench/module_sizes.h"
#include "tools/environment.h"
#include "tools/file_io.h"
#include "tools/file_system.h"
#include "tools/options.h"
#include "tools/users_directory.h"

namespace weft::tools {
namespace {

namespace fs = std::filesystem;

// Programs of the folder that run as WASI commands, and the one that exports
// `run` and imports a clock.
constexpr absl::string_view kCommands[] = {"base64", "heapsort", "matrix",
                                           "sieve",  "keccak",   "minicsv"};
constexpr absl::string_view kLibrary = "coremark-lib";

// What translation is timed with takes so little that it is run more often.
constexpr int kTranslationsPerRun = 5;

constexpr uint64_t kMaxModule = uint64_t{1} << 30;

// An interpreter that takes part.
struct Engine {
  std::string name;
  std::string program;
  std::vector<std::string> args;
  bool is_wasmi = false;
};

struct InterpreterBenchOptions {
  std::vector<Engine> engines;
  std::string translate;
  int runs = 5;
  int core = -1;
  bool help = false;
};

absl::Status ParseNumber(absl::string_view text, int least, int* out) {
  if (absl::SimpleAtoi(text, out) && *out >= least) return absl::OkStatus();
  return absl::InvalidArgumentError(
      absl::StrCat("not a number, or less than ", least));
}

// NAME=PROGRAM[,ARG...]; the program becomes absolute, for options are read
// where Bazel starts programs and run where the user is.
absl::Status AddEngine(absl::string_view text, bool is_wasmi,
                       InterpreterBenchOptions& options) {
  const std::pair<absl::string_view, absl::string_view> parts =
      absl::StrSplit(text, absl::MaxSplits('=', 1));
  std::vector<std::string> words = absl::StrSplit(parts.second, ',');
  if (parts.first.empty() || words[0].empty()) {
    return absl::InvalidArgumentError("is not NAME=PROGRAM[,ARG...]");
  }
  Engine engine;
  engine.name = std::string(parts.first);
  engine.program = fs::absolute(words[0]).string();
  engine.args.assign(words.begin() + 1, words.end());
  engine.is_wasmi = is_wasmi;
  if (access(engine.program.c_str(), X_OK) != 0) {
    return absl::InvalidArgumentError("no program that can be run");
  }
  options.engines.push_back(std::move(engine));
  return absl::OkStatus();
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
     [](absl::string_view value, InterpreterBenchOptions& options) {
       options.translate = std::string(value);
       return absl::OkStatus();
     }},
    {{"--runs", "N", "runs of each engine on each program (default: 5)"},
     [](absl::string_view value, InterpreterBenchOptions& options) {
       return ParseNumber(value, 1, &options.runs);
     }},
    {{"--core", "N", "the core to run on (default: the last one allowed)"},
     [](absl::string_view value, InterpreterBenchOptions& options) {
       return ParseNumber(value, 0, &options.core);
     }},
    {{"-h, --help", "", "print this and end"},
     [](absl::string_view, InterpreterBenchOptions& options) {
       options.help = true;
       return absl::OkStatus();
     }},
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

double Median(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  const size_t half = values.size() / 2;
  return values.size() % 2 != 0 ? values[half]
                                : (values[half - 1] + values[half]) / 2;
}

// How a program is run.
struct Task {
  std::string name;
  std::string module;
  std::string invoke;  // Empty: a WASI command.
  bool eager = false;  // Everything is translated before, and is what counts.
};

class InterpreterBench {
 public:
  InterpreterBench(const Environment& env,
                   const InterpreterBenchOptions& options, std::string scratch)
      : env_(env), options_(options), scratch_(std::move(scratch)) {
    child_options_.core = options.core;
    child_options_.log = absl::StrCat(scratch_, "/log");
  }

  // False when a program could not be run.
  bool Run(const std::string& folder) {
    PrintHeader();
    bool ok = true;
    for (const absl::string_view name : kCommands) {
      ok &= Compare({std::string(name),
                     absl::StrCat(folder, "/", name, ".wasm"), "", false});
    }
    const std::string library = absl::StrCat(folder, "/", kLibrary, ".wasm");
    ok &= Close(library, "library.wasm") &&
          Compare({std::string(kLibrary), Path("library.wasm"), "run", false});
    PrintMeans();
    if (options_.translate.empty()) return ok;
    return Translate() && ok;
  }

 private:
  std::string Path(absl::string_view name) const {
    return absl::StrCat(scratch_, "/", name);
  }

  bool Fail(absl::string_view what, absl::string_view why) {
    Print(env_, absl::StrCat("FAIL ", what, ": ", why, "\n"));
    return false;
  }

  // Writes the module in file `in` without imports.
  bool Close(const std::string& in, absl::string_view out) {
    const absl::StatusOr<std::vector<uint8_t>> bytes =
        ReadWholeFile(*env_.files, in, kMaxModule);
    if (!bytes.ok()) return Fail(in, bytes.status().message());
    const absl::StatusOr<std::vector<uint8_t>> closed = CloseModule(*bytes);
    if (!closed.ok()) return Fail(in, closed.status().message());
    absl::StatusOr<OutputFile> file =
        OutputFile::Resolve(*env_.files, Path(out));
    absl::Status status = file.status();
    if (status.ok()) status = file->Stage(*closed);
    if (status.ok()) status = file->Commit();
    return status.ok() || Fail(out, status.message());
  }

  static std::vector<std::string> Command(const Engine& engine,
                                          const Task& task) {
    std::vector<std::string> command = {engine.program, "run"};
    command.insert(command.end(), engine.args.begin(), engine.args.end());
    if (task.eager) {
      command.push_back(engine.is_wasmi ? "--compilation-mode=eager"
                                        : "--translate=eager");
    }
    if (!task.invoke.empty()) {
      command.push_back(absl::StrCat("--invoke=", task.invoke));
    } else if (!engine.is_wasmi) {
      // "Not supported", says WASI.
      command.push_back("--stub-results=52");
    }
    command.push_back(task.module);
    return command;
  }

  // Median seconds per engine; empty after a failure.
  std::vector<double> Measure(const Task& task, int runs) {
    std::vector<std::vector<double>> seconds(options_.engines.size());
    for (int run = 0; run < runs; ++run) {
      for (size_t i = 0; i < options_.engines.size(); ++i) {
        const absl::StatusOr<Usage> usage =
            RunChild(Command(options_.engines[i], task), child_options_);
        if (!usage.ok()) {
          Fail(absl::StrCat(task.name, " in ", options_.engines[i].name),
               usage.status().message());
          return {};
        }
        // What the system counts in user and system time is exact in their
        // sum only, which matters for a few milliseconds.
        seconds[i].push_back(task.eager
                                 ? usage->user_seconds + usage->system_seconds
                                 : usage->user_seconds);
      }
    }
    std::vector<double> medians;
    for (std::vector<double>& all : seconds) {
      medians.push_back(std::max(Median(std::move(all)), 1e-4));
    }
    return medians;
  }

  bool Compare(const Task& task) {
    const std::vector<double> medians = Measure(task, options_.runs);
    if (medians.empty()) return false;
    std::string line = absl::StrFormat("%-14s", task.name);
    logs_.resize(medians.size());
    for (size_t i = 0; i < medians.size(); ++i) {
      const double ratio = medians[i] / medians.back();
      absl::StrAppendFormat(&line, "%9.2f s", medians[i]);
      if (i + 1 < medians.size()) absl::StrAppendFormat(&line, "%7.3f", ratio);
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
    if (!Close(path, "translate.wasm")) return false;
    const absl::StatusOr<ModuleSizes> sizes =
        MeasureModule(Path("translate.wasm"));
    if (!sizes.ok()) return Fail(path, sizes.status().message());
    const Task task = {fs::path(path).stem(), Path("translate.wasm"), kNothing,
                       true};
    const std::vector<double> medians =
        Measure(task, kTranslationsPerRun * options_.runs);
    if (medians.empty()) return false;
    const auto code = static_cast<double>(sizes->code);
    std::string line = absl::StrFormat(
        "\ntranslation of %s, %.1f MB of code:", task.name, code / 1e6);
    for (size_t i = 0; i < medians.size(); ++i) {
      absl::StrAppendFormat(&line, " %s %.1f MB/s", options_.engines[i].name,
                            code / 1e6 / medians[i]);
      if (i + 1 == medians.size()) break;
      absl::StrAppendFormat(&line, " (%.2f x)", medians.back() / medians[i]);
    }
    Print(env_, absl::StrCat(line, "\n"));
    return true;
  }

  const Environment& env_;
  const InterpreterBenchOptions& options_;
  const std::string scratch_;
  ChildOptions child_options_;
  int num_compared_ = 0;
  std::vector<double> logs_;
};

// A file of the shared inputs; empty when there are none.
std::string InShared(absl::string_view name) {
  const char* const shared = std::getenv("WEFT_SHARED");
  return shared == nullptr ? "" : absl::StrCat(shared, "/", name);
}

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
  if (options.core < 0) options.core = LastCore();
  if (options.translate.empty()) {
    options.translate = InShared("corpus/resvg.wasm");
  }
  std::error_code ignored;
  std::string scratch = absl::StrCat(fs::temp_directory_path(ignored).string(),
                                     "/interpreter_bench.XXXXXX");
  if (mkdtemp(scratch.data()) == nullptr) {
    return FileError(env, scratch, absl::UnavailableError("cannot create"));
  }
  unsetenv("BUILD_WORKING_DIRECTORY");
  const bool ok = InterpreterBench(env, options, scratch).Run(folder);
  fs::remove_all(scratch, ignored);
  return ok ? kExitOk : kExitInvalid;
}

}  // namespace
}  // namespace weft::tools

int main(int argc, char** argv) {
  weft::tools::PosixFileSystem files;
  const weft::tools::Environment env = {.files = &files};
  return weft::tools::RunInterpreterBench(
      env, {argv + (argc > 0 ? 1 : 0), argv + argc});
}
