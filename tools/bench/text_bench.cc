// Compares printing and parsing of the text format with wasm-tools over a
// folder of modules: each step is a process of its own on one core that reads
// a file and writes one, the two programs taking turns.

#include <stdlib.h>
#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <memory>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "ir/wasm/reader.h"
#include "ir/wasm/text/parser.h"
#include "ir/wasm/text/printer.h"
#include "ir/wasm/writer.h"
#include "tools/bench/child_process.h"
#include "tools/environment.h"
#include "tools/file_system.h"
#include "tools/option_setters.h"
#include "tools/options.h"
#include "tools/users_directory.h"

namespace weft::tools {
namespace {

namespace fs = std::filesystem;
using wasm::ByteSpan;
using Bytes = std::vector<uint8_t>;

struct TextBenchOptions {
  std::string against;
  int runs = 5;
  int core = -1;
  bool folded = false;
  bool help = false;
};

constexpr Option<TextBenchOptions> kOptions[] = {
    {{"--against", "PROGRAM",
      "a wasm-tools to compare with; without it weft alone is\nmeasured"},
     SetText<&TextBenchOptions::against>},
    {{"--folded", "", "print folded instructions (default: flat ones)"},
     Set<&TextBenchOptions::folded>},
    {{"--runs", "N", "runs of each program on each module (default: 5)"},
     SetInt<&TextBenchOptions::runs, 1>},
    {{"--core", "N", "the core to run on (default: any)"},
     SetInt<&TextBenchOptions::core, 0>},
    {{"-h, --help", "", "print this and end"}, Set<&TextBenchOptions::help>},
};

std::string Help() {
  return absl::StrCat(
      "text_bench [options] FOLDER|MODULE...\n\nTimes are those of the "
      "processor for "
      "whole processes, the least of all runs. Both programs\nparse the text "
      "that "
      "the other one printed, too; what comes out has to be equal.\n\n",
      OptionHelp(TextsOf<TextBenchOptions>(kOptions)));
}

// The bytes of a file, none when it cannot be read, which no module has.
class FileContent {
 public:
  explicit FileContent(const std::string& path) {
    std::error_code error;
    const uintmax_t size = fs::file_size(path, error);
    if (error) return;
    // Not filled with zeros, which would be measured, too.
    data_.reset(new char[size]);
    std::ifstream file(path, std::ios::binary);
    file.read(data_.get(), static_cast<std::streamsize>(size));
    if (file.good()) size_ = size;
  }

  absl::string_view text() const { return {data_.get(), size_}; }
  ByteSpan bytes() const {
    return {reinterpret_cast<const uint8_t*>(data_.get()), size_};
  }

 private:
  std::unique_ptr<char[]> data_;
  size_t size_ = 0;
};

bool WriteFile(const std::string& path, const char* data, size_t size) {
  std::ofstream file(path, std::ios::binary);
  file.write(data, static_cast<std::streamsize>(size));
  return file.good();
}

bool WriteBytes(const std::string& path, ByteSpan bytes) {
  return WriteFile(path, reinterpret_cast<const char*>(bytes.data()),
                   bytes.size());
}

// The two steps as the measured process does them.
absl::Status PrintFile(const std::string& in, const std::string& out,
                       bool folded) {
  const FileContent file(in);
  const absl::StatusOr<wasm::Module> module = wasm::ReadModule(file.bytes());
  if (!module.ok()) return module.status();
  wasm::PrintTextOptions options;
  options.folded = folded;
  const absl::StatusOr<std::string> text =
      wasm::PrintModuleText(*module, options);
  if (!text.ok()) return text.status();
  return WriteFile(out, text->data(), text->size())
             ? absl::OkStatus()
             : absl::UnavailableError("cannot write");
}

absl::Status ParseFile(const std::string& in, const std::string& out) {
  const FileContent file(in);
  const absl::StatusOr<Bytes> bytes = wasm::ParseModuleText(file.text());
  if (!bytes.ok()) return bytes.status();
  return WriteBytes(out, *bytes) ? absl::OkStatus()
                                 : absl::UnavailableError("cannot write");
}

// The module in `bytes` without custom sections and data count, which the core
// text format does not say, in its smallest encoding.
absl::StatusOr<Bytes> Core(ByteSpan bytes) {
  absl::StatusOr<wasm::Module> module = wasm::ReadModule(bytes);
  if (!module.ok()) return module.status();
  module->has_data_count = false;
  return wasm::ReencodeModule(
      *module, wasm::IndexMaps(),
      [](const wasm::CustomSection&, wasm::ByteWriter*) {
        return wasm::CustomAction::kDrop;
      });
}

std::vector<std::string> FindModules(const std::vector<std::string>& names) {
  std::vector<std::string> modules;
  for (const std::string& name : names) {
    std::error_code error;
    if (!fs::is_directory(name, error)) {
      modules.push_back(name);
      continue;
    }
    std::vector<std::string> found;
    for (const auto& entry : fs::recursive_directory_iterator(name, error)) {
      if (entry.path().extension() == ".wasm") found.push_back(entry.path());
    }
    std::sort(found.begin(), found.end());
    modules.insert(modules.end(), found.begin(), found.end());
  }
  return modules;
}

class TextBench {
 public:
  TextBench(const Environment& env, const TextBenchOptions& options,
            std::string scratch)
      : env_(env), options_(options), scratch_(std::move(scratch)) {
    child_options_.core = options.core;
    child_options_.log = Path("log");
    std::error_code error;
    self_ = fs::read_symlink("/proc/self/exe", error).string();
  }

  // Returns how many modules came out differently or not at all.
  int Run(const std::vector<std::string>& modules) {
    Print(env_, absl::StrFormat("%-24s %9s %10s %10s %6s %10s %10s %6s\n",
                                "module", "text", "print", "wasm-tools", "",
                                "parse", "wasm-tools", ""));
    int failed = 0;
    for (const std::string& path : modules) {
      const FileContent file(path);
      // Components have no text here.
      if (wasm::IsComponent(file.bytes())) continue;
      error_.clear();
      Compare(fs::path(path).stem(), file.bytes());
      if (error_.empty()) continue;
      ++failed;
      Print(env_, absl::StrCat("FAIL ", path, ": ", error_, "\n"));
    }
    if (num_compared_ > 0) {
      Print(env_, absl::StrFormat(
                      "geometric mean of %d: wasm-tools takes %.2f x as "
                      "long to print, %.2f x to parse\n",
                      num_compared_, std::exp(print_logs_ / num_compared_),
                      std::exp(parse_logs_ / num_compared_)));
    }
    return failed;
  }

 private:
  std::string Path(absl::string_view name) const {
    return absl::StrCat(scratch_, "/", name);
  }

  void Compare(const std::string& name, ByteSpan bytes) {
    const absl::StatusOr<wasm::Module> module = wasm::ReadModule(bytes);
    if (!module.ok()) return Fail(module.status().message());
    const absl::StatusOr<Bytes> m = wasm::ReencodeModule(*module);
    if (!m.ok()) return Fail(m.status().message());
    WriteBytes(Path("m.wasm"), *m);
    const bool both = !options_.against.empty();
    double print[2] = {1e9, 1e9};
    double parse[2] = {1e9, 1e9};
    // Both parse one text: that of wasm-tools, as weft's own would be a choice
    // of weft's.
    const std::string text = Path(both ? "theirs.wat" : "ours.wat");
    for (int i = 0; i < options_.runs; ++i) {
      Time(PrintCommand("m.wasm", "ours.wat"), &print[0]);
      if (both) Time(TheirPrintCommand("m.wasm", "theirs.wat"), &print[1]);
      Time({self_, "--parse-file", text, Path("ours.wasm")}, &parse[0]);
      if (!both) continue;
      Time({options_.against, "parse", text, "-o", Path("theirs.wasm")},
           &parse[1]);
    }
    if (!error_.empty()) return;
    const auto size = static_cast<double>(FileContent(text).text().size());
    Print(env_, absl::StrFormat("%-24s %6.1f MB %7.1f ms", name, size / 1e6,
                                print[0] * 1e3));
    if (!both) {
      Print(env_, absl::StrFormat("%17s %10.1f ms\n", "", parse[0] * 1e3));
    } else {
      Print(env_,
            absl::StrFormat(" %7.1f ms %4.1f x %7.1f ms %7.1f ms %4.1f x\n",
                            print[1] * 1e3, print[1] / print[0], parse[0] * 1e3,
                            parse[1] * 1e3, parse[1] / parse[0]));
      print_logs_ += std::log(print[1] / print[0]);
      parse_logs_ += std::log(parse[1] / parse[0]);
      ++num_compared_;
    }
    CheckEqual(*m);
  }

  // That each program reads the other's text as the module it was.
  void CheckEqual(const Bytes& m) {
    double ignored = 0;
    Time({self_, "--parse-file", Path("ours.wat"), Path("round.wasm")},
         &ignored);
    if (error_.empty() &&
        FileContent(Path("round.wasm")).bytes() != ByteSpan(m)) {
      return Fail("weft's text is not the same module for weft");
    }
    if (options_.against.empty()) return;
    Time(
        {options_.against, "parse", Path("ours.wat"), "-o", Path("other.wasm")},
        &ignored);
    if (!error_.empty()) return;
    const absl::StatusOr<Bytes> core = Core(m);
    for (const auto& [file, what] :
         {std::pair("ours.wasm", "the text of wasm-tools for weft"),
          std::pair("theirs.wasm", "the text of wasm-tools for itself"),
          std::pair("other.wasm", "weft's text for wasm-tools")}) {
      const absl::StatusOr<Bytes> other = Core(FileContent(Path(file)).bytes());
      if (!core.ok() || !other.ok() || *core != *other) {
        return Fail(absl::StrCat(what, " is not the same module"));
      }
    }
  }

  std::vector<std::string> PrintCommand(absl::string_view in,
                                        absl::string_view out) const {
    return {self_, options_.folded ? "--print-folded" : "--print-flat",
            Path(in), Path(out)};
  }

  std::vector<std::string> TheirPrintCommand(absl::string_view in,
                                             absl::string_view out) const {
    std::vector<std::string> command = {options_.against, "print", Path(in),
                                        "-o", Path(out)};
    if (options_.folded) command.push_back("--fold-instructions");
    return command;
  }

  // Runs `command` and keeps the least time.
  void Time(const std::vector<std::string>& command, double* seconds) {
    if (!error_.empty()) return;
    const absl::StatusOr<Usage> usage = RunChild(command, child_options_);
    if (!usage.ok()) return Fail(usage.status().message());
    // Their sum is exact, unlike the parts.
    *seconds = std::min(*seconds, usage->user_seconds + usage->system_seconds);
  }

  void Fail(absl::string_view why) {
    if (error_.empty()) error_ = std::string(why);
  }

  const Environment& env_;
  const TextBenchOptions& options_;
  const std::string scratch_;
  std::string self_;
  ChildOptions child_options_;
  std::string error_;
  int num_compared_ = 0;
  double print_logs_ = 0;
  double parse_logs_ = 0;
};

int RunTextBench(const Environment& env,
                 const std::vector<absl::string_view>& args) {
  TextBenchOptions options;
  const absl::StatusOr<std::vector<std::string>> names =
      ParseOptions<TextBenchOptions>(kOptions, args, options);
  if (!names.ok()) return UsageError(env, names.status().message());
  if (options.help) return Print(env, Help());
  if (names->empty()) return UsageError(env, "no modules given");
  if (!options.against.empty() && access(options.against.c_str(), X_OK) != 0) {
    return UsageError(env, absl::StrCat("cannot run '", options.against, "'"));
  }
  std::error_code ignored;
  std::string scratch = absl::StrCat(fs::temp_directory_path(ignored).string(),
                                     "/text_bench.XXXXXX");
  if (mkdtemp(scratch.data()) == nullptr) {
    return FileError(env, scratch, absl::UnavailableError("cannot create"));
  }
  unsetenv("BUILD_WORKING_DIRECTORY");
  const int failed = TextBench(env, options, scratch).Run(FindModules(*names));
  fs::remove_all(scratch, ignored);
  return failed == 0 ? kExitOk : kExitInvalid;
}

// The steps that are measured: --print-flat, --print-folded, --parse-file.
int RunStep(const Environment& env, absl::string_view step,
            const std::string& in, const std::string& out) {
  const absl::Status status =
      step == "--parse-file" ? ParseFile(in, out)
                             : PrintFile(in, out, step == "--print-folded");
  return status.ok() ? kExitOk : FileError(env, in, status);
}

}  // namespace
}  // namespace weft::tools

int main(int argc, char** argv) {
  weft::tools::PosixFileSystem files;
  const weft::tools::Environment env = {.files = &files};
  const std::vector<absl::string_view> args(argv + (argc > 0 ? 1 : 0),
                                            argv + argc);
  if (args.size() == 3 &&
      (args[0] == "--parse-file" || args[0] == "--print-flat" ||
       args[0] == "--print-folded")) {
    return weft::tools::RunStep(env, args[0], std::string(args[1]),
                                std::string(args[2]));
  }
  weft::tools::ReturnToUsersDirectory();
  return weft::tools::RunTextBench(env, args);
}
