#include "tools/bench/program_runs.h"

#include <stdlib.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <system_error>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "tools/bench/closed_module.h"
#include "tools/file_io.h"

namespace weft::tools {
namespace {

namespace fs = std::filesystem;

// Programs of the folder that run as WASI commands, and the one that exports
// `run` and imports a clock.
constexpr absl::string_view kCommands[] = {"base64", "heapsort", "matrix",
                                           "sieve",  "keccak",   "minicsv"};
constexpr absl::string_view kLibrary = "coremark-lib";

constexpr uint64_t kMaxModule = uint64_t{1} << 30;

double Median(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  const size_t half = values.size() / 2;
  return values.size() % 2 != 0 ? values[half]
                                : (values[half - 1] + values[half]) / 2;
}

std::vector<std::string> Command(const Engine& engine, const Task& task) {
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

}  // namespace

absl::StatusOr<Engine> ParseEngine(absl::string_view text, bool is_wasmi) {
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
  return engine;
}

std::string InShared(absl::string_view path) {
  const char* const shared = std::getenv("WEFT_SHARED");
  return shared == nullptr ? "" : absl::StrCat(shared, "/", path);
}

absl::StatusOr<std::unique_ptr<ProgramRuns>> ProgramRuns::New(FileSystem& files,
                                                              int core) {
  std::error_code ignored;
  std::string scratch = absl::StrCat(fs::temp_directory_path(ignored).string(),
                                     "/program_runs.XXXXXX");
  if (mkdtemp(scratch.data()) == nullptr) {
    return absl::UnavailableError(absl::StrCat("cannot create ", scratch));
  }
  return std::unique_ptr<ProgramRuns>(
      new ProgramRuns(files, std::move(scratch), core));
}

ProgramRuns::ProgramRuns(FileSystem& files, std::string scratch, int core)
    : files_(files), scratch_(std::move(scratch)) {
  child_options_.core = core < 0 ? LastCore() : core;
  child_options_.log = absl::StrCat(scratch_, "/log");
}

ProgramRuns::~ProgramRuns() {
  std::error_code ignored;
  fs::remove_all(scratch_, ignored);
}

absl::StatusOr<std::string> ProgramRuns::Close(const std::string& in,
                                               absl::string_view name) {
  const absl::StatusOr<std::vector<uint8_t>> bytes =
      ReadWholeFile(files_, in, kMaxModule);
  if (!bytes.ok()) return bytes.status();
  const absl::StatusOr<std::vector<uint8_t>> closed = CloseModule(*bytes);
  if (!closed.ok()) return closed.status();
  std::string out = absl::StrCat(scratch_, "/", name);
  absl::StatusOr<OutputFile> file = OutputFile::Resolve(files_, out);
  absl::Status status = file.status();
  if (status.ok()) status = file->Stage(*closed);
  if (status.ok()) status = file->Commit();
  if (!status.ok()) return status;
  return out;
}

absl::StatusOr<std::vector<Task>> ProgramRuns::Programs(
    const std::string& folder) {
  std::vector<Task> tasks;
  for (const absl::string_view name : kCommands) {
    tasks.push_back({std::string(name),
                     absl::StrCat(folder, "/", name, ".wasm"), "", false});
  }
  const absl::StatusOr<std::string> library =
      Close(absl::StrCat(folder, "/", kLibrary, ".wasm"), "library.wasm");
  if (!library.ok()) return library.status();
  tasks.push_back({std::string(kLibrary), *library, "run", false});
  return tasks;
}

absl::StatusOr<std::vector<double>> ProgramRuns::Measure(
    const std::vector<Engine>& engines, const Task& task, int runs) const {
  std::vector<std::vector<double>> seconds(engines.size());
  for (int run = 0; run < runs; ++run) {
    for (size_t i = 0; i < engines.size(); ++i) {
      const absl::StatusOr<Usage> usage =
          RunChild(Command(engines[i], task), child_options_);
      if (!usage.ok()) {
        return absl::AbortedError(absl::StrCat(task.name, " in ",
                                               engines[i].name, ": ",
                                               usage.status().message()));
      }
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

}  // namespace weft::tools
