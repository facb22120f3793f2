// Compares `weft opt` with another optimizer over a folder of modules: sizes,
// time and memory, each program in a process of its own on the same core, the
// two taking turns.

#include <stdlib.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "tools/bench/child_process.h"
#include "tools/bench/comparison.h"
#include "tools/bench/module_sizes.h"
#include "tools/environment.h"
#include "tools/file_io.h"
#include "tools/file_system.h"
#include "tools/option_setters.h"
#include "tools/options.h"
#include "tools/users_directory.h"

namespace weft::tools {
namespace {

namespace fs = std::filesystem;

struct BenchOptions {
  std::string weft;
  std::string against;
  std::string level = "z";
  int runs = 5;
  int core = -1;
  std::string json;
  std::vector<std::string> weft_args;
  std::vector<std::string> against_args;
  bool help = false;
};

constexpr Option<BenchOptions> kOptions[] = {
    {{"--against", "PROGRAM",
      "a wasm-opt to compare with; without it weft alone is\nmeasured"},
     SetText<&BenchOptions::against>},
    {{"--weft", "PROGRAM", "the weft to measure (default: the one built)"},
     SetText<&BenchOptions::weft>},
    {{"--level", "LEVEL", "both run -O<LEVEL> (default: z)"},
     SetText<&BenchOptions::level>},
    {{"--runs", "N", "runs of each program on each module (default: 5)"},
     SetInt<&BenchOptions::runs, 1>},
    {{"--core", "N", "the core to run on (default: the last one allowed)"},
     SetInt<&BenchOptions::core, 0>},
    {{"--weft-arg", "ARG", "one more argument for weft; may be repeated"},
     Append<&BenchOptions::weft_args>},
    {{"--against-arg", "ARG", "the same for the other program"},
     Append<&BenchOptions::against_args>},
    {{"--json", "FILE", "write all figures here as well"},
     SetText<&BenchOptions::json>},
    {{"-h, --help", "", "print this and end"}, Set<&BenchOptions::help>},
};

std::string Help() {
  return absl::StrCat(
      "opt_bench [options] FOLDER|MODULE...\n\nCompares weft opt with another "
      "optimizer. Speed is bytes of the code section\nread per second of user "
      "time, the least of all runs.\n\n",
      OptionHelp(TextsOf<BenchOptions>(kOptions)));
}

// The weft that was built with this program.
std::string BuiltWeft() {
  std::error_code error;
  const fs::path self = fs::read_symlink("/proc/self/exe", error);
  return (self.parent_path().parent_path() / "weft").string();
}

// The modules among `names`: files as they are, folders' .wasm files by name.
std::vector<std::string> FindModules(const std::vector<std::string>& names) {
  std::vector<std::string> modules;
  for (const std::string& name : names) {
    std::error_code error;
    if (!fs::is_directory(name, error)) {
      modules.push_back(name);
      continue;
    }
    std::vector<std::string> found;
    fs::recursive_directory_iterator it(name, error);
    for (; !error && it != fs::recursive_directory_iterator();
         it.increment(error)) {
      if (it->path().extension() == ".wasm") found.push_back(it->path());
    }
    std::sort(found.begin(), found.end());
    modules.insert(modules.end(), found.begin(), found.end());
  }
  return modules;
}

class Bench {
 public:
  Bench(const Environment& env, const BenchOptions& options,
        std::string scratch)
      : env_(env), options_(options), scratch_(std::move(scratch)) {
    child_options_.core = options.core;
    child_options_.log = absl::StrCat(scratch_, "/log");
  }

  Comparison Run(const std::vector<std::string>& modules) {
    Comparison comparison;
    comparison.weft_command = absl::StrJoin(WeftCommand("IN", "OUT"), " ");
    if (!options_.against.empty()) {
      comparison.other_command = absl::StrJoin(OtherCommand("IN", "OUT"), " ");
    }
    for (const std::string& path : modules) {
      PrintError(env_, absl::StrCat(path, "\n"));
      const absl::StatusOr<ModuleSizes> in = MeasureModule(path);
      if (!in.ok()) {
        FileError(env_, path, in.status());
        continue;
      }
      comparison.modules.push_back(CompareOn(path, *in));
    }
    return comparison;
  }

 private:
  std::vector<std::string> WeftCommand(const std::string& in,
                                       const std::string& out) const {
    std::vector<std::string> command = {options_.weft, "opt", "-j1", "-q",
                                        absl::StrCat("-O", options_.level)};
    command.insert(command.end(), options_.weft_args.begin(),
                   options_.weft_args.end());
    command.insert(command.end(), {in, "-o", out});
    return command;
  }

  // Binaryen writes an encoding of imports that engines do not read yet unless
  // it is told not to.
  std::vector<std::string> OtherCommand(const std::string& in,
                                        const std::string& out) const {
    std::vector<std::string> command = {options_.against, "-all",
                                        "--disable-compact-imports",
                                        absl::StrCat("-O", options_.level)};
    command.insert(command.end(), options_.against_args.begin(),
                   options_.against_args.end());
    command.insert(command.end(), {in, "-o", out});
    return command;
  }

  ModuleComparison CompareOn(const std::string& path, const ModuleSizes& in) {
    ModuleComparison module;
    module.name = fs::path(path).stem();
    module.in = in;
    const std::string out = absl::StrCat(scratch_, "/out.wasm");
    for (int i = 0; i < options_.runs; ++i) {
      Measure(WeftCommand(path, out), out, module.weft);
      if (!options_.against.empty()) {
        Measure(OtherCommand(path, out), out, module.other);
      }
    }
    return module;
  }

  // Adds a run to `measurement`, unless an earlier one failed.
  void Measure(const std::vector<std::string>& command, const std::string& out,
               Measurement& measurement) {
    if (!measurement.error.empty()) return;
    unlink(out.c_str());
    const absl::StatusOr<Usage> usage = RunChild(command, child_options_);
    if (!usage.ok()) {
      measurement.error = std::string(usage.status().message());
      return;
    }
    const absl::StatusOr<ModuleSizes> sizes = MeasureModule(out);
    if (!sizes.ok()) {
      measurement.error =
          absl::StrCat("its output: ", sizes.status().message());
      return;
    }
    measurement.out = *sizes;
    measurement.runs.push_back(*usage);
  }

  const Environment& env_;
  const BenchOptions& options_;
  const std::string scratch_;
  ChildOptions child_options_;
};

int WriteJson(const Environment& env, const std::string& path,
              const std::string& text) {
  absl::StatusOr<OutputFile> file = OutputFile::Resolve(*env.files, path);
  absl::Status status = file.status();
  if (status.ok()) {
    status = file->Stage(
        {reinterpret_cast<const uint8_t*>(text.data()), text.size()});
  }
  if (status.ok()) status = file->Commit();
  return status.ok() ? kExitOk : FileError(env, path, status);
}

int RunBench(const Environment& env,
             const std::vector<absl::string_view>& args) {
  BenchOptions options;
  const absl::StatusOr<std::vector<std::string>> names =
      ParseOptions<BenchOptions>(kOptions, args, options);
  if (!names.ok()) return UsageError(env, names.status().message());
  if (options.help) return Print(env, Help());
  if (names->empty()) return UsageError(env, "no modules given");
  if (options.weft.empty()) options.weft = BuiltWeft();
  if (options.core < 0) options.core = LastCore();
  for (const std::string& program : {options.weft, options.against}) {
    if (!program.empty() && access(program.c_str(), X_OK) != 0) {
      return UsageError(env, absl::StrCat("cannot run '", program, "'"));
    }
  }
  std::error_code ignored;
  std::string scratch = absl::StrCat(fs::temp_directory_path(ignored).string(),
                                     "/opt_bench.XXXXXX");
  if (mkdtemp(scratch.data()) == nullptr) {
    return FileError(env, scratch, absl::UnavailableError("cannot create"));
  }
  // wasm-opt's threads would only take turns on the one core.
  setenv("BINARYEN_CORES", "1", 1);
  unsetenv("BUILD_WORKING_DIRECTORY");
  const Comparison comparison =
      Bench(env, options, scratch).Run(FindModules(*names));
  fs::remove_all(scratch, ignored);
  const int printed = Print(env, ComparisonTable(comparison));
  if (printed != kExitOk || options.json.empty()) return printed;
  return WriteJson(env, options.json, ComparisonJson(comparison));
}

}  // namespace
}  // namespace weft::tools

int main(int argc, char** argv) {
  weft::tools::ReturnToUsersDirectory();
  weft::tools::PosixFileSystem files;
  const weft::tools::Environment env = {.files = &files};
  return weft::tools::RunBench(env, {argv + (argc > 0 ? 1 : 0), argv + argc});
}
