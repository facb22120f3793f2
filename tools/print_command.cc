#include "tools/print_command.h"

#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "ir/wasm/reader.h"
#include "ir/wasm/text/printer.h"
#include "re2/re2.h"
#include "tools/command_output.h"
#include "tools/module_input.h"
#include "tools/option_setters.h"
#include "tools/options.h"

namespace weft::tools {
namespace {

struct PrintOptions {
  std::string output = "-";
  std::string func;  // A regular expression, when has_func.
  bool has_func = false;
  bool flat = false;
  bool skeleton = false;
  bool offsets = false;
  bool no_names = false;
  bool help = false;
};

absl::Status SetFunc(absl::string_view pattern, PrintOptions& options) {
  options.func = std::string(pattern);
  options.has_func = true;
  const re2::RE2 compiled(options.func, re2::RE2::Quiet);
  if (compiled.ok()) return absl::OkStatus();
  return absl::InvalidArgumentError(absl::StrCat(
      "not a regular expression that RE2 knows: ", compiled.error()));
}

constexpr Option<PrintOptions> kOptions[] = {
    {{"-o, --output", "FILE",
      "write the text here; - is standard output (default)"},
     SetPath<&PrintOptions::output>},
    {{"--flat", "", "one operator a line, operands before it"},
     Set<&PrintOptions::flat>},
    {{"--func", "REGEX",
      "print just the functions in whose name this is found; one\n"
      "that neither the name section nor an export names is called\n"
      "by its number. RE2's syntax; ^f$ finds just f"},
     SetFunc},
    {{"--skeleton", "", "leave out bodies and the contents of segments"},
     Set<&PrintOptions::skeleton>},
    {{"--offsets", "", "put each operator's byte offset behind it"},
     Set<&PrintOptions::offsets>},
    {{"--no-names", "", "numbers in place of names"},
     Set<&PrintOptions::no_names>},
    {{"-h, --help", "", "print this and end"}, Set<&PrintOptions::help>},
};

std::string Help() {
  return absl::StrCat(
      "weft print IN [-o OUT] [options]\n\n"
      "Prints a module in the text format. IN is a module in binary or text\n"
      "form, - standard input. Names come from the name section. Except for\n"
      "--skeleton and --func, what is printed is a module again: weft parse\n"
      "makes the same binary from it, custom sections included.\n\n",
      OptionHelp(TextsOf<PrintOptions>(kOptions)),
      "\nExit codes: 0 done, 1 invalid input or an error of a file, 2 wrong\n"
      "arguments, 70 a defect of weft or no memory left.\n");
}

absl::StatusOr<std::string> PrintFunctions(const wasm::Module& module,
                                           const PrintOptions& options,
                                           wasm::PrintTextOptions print) {
  const re2::RE2 pattern(options.func, re2::RE2::Quiet);
  bool found = false;
  print.only_functions = [&](wasm::FuncIndex func, absl::string_view name) {
    const std::string text =
        name.empty() ? absl::StrCat(func) : std::string(name);
    const bool matches = re2::RE2::PartialMatch(text, pattern);
    found |= matches;
    return matches;
  };
  absl::StatusOr<std::string> text = wasm::PrintModuleText(module, print);
  if (text.ok() && !found) {
    return absl::NotFoundError(absl::StrCat("none of the ", module.funcs.size(),
                                            " functions has a name in which '",
                                            options.func, "' is found"));
  }
  return text;
}

int PrintModule(const Environment& env, const std::string& path,
                const PrintOptions& options, std::string* out) {
  const absl::StatusOr<ModuleInput> input = ReadModuleInput(*env.files, path);
  if (!input.ok()) return FileError(env, InputName(path), input.status());
  const absl::StatusOr<wasm::Module> module = wasm::ReadModule(input->bytes);
  if (!module.ok()) return FileError(env, InputName(path), module.status());
  wasm::PrintTextOptions print;
  print.folded = !options.flat;
  print.skeleton = options.skeleton;
  print.offsets = options.offsets;
  print.names = !options.no_names;
  absl::StatusOr<std::string> text =
      options.has_func ? PrintFunctions(*module, options, print)
                       : wasm::PrintModuleText(*module, print);
  if (!text.ok()) return FileError(env, InputName(path), text.status());
  *out = *std::move(text);
  return kExitOk;
}

}  // namespace

int RunPrint(const Environment& env, absl::Span<const absl::string_view> args) {
  PrintOptions options;
  const absl::StatusOr<std::vector<std::string>> paths =
      ParseOptions<PrintOptions>(kOptions, args, options);
  if (!paths.ok()) return UsageError(env, paths.status().message());
  if (options.help) return Print(env, Help());
  const absl::StatusOr<std::string> input =
      SingleInput("print", *paths, /*needs_output=*/false, false);
  if (!input.ok()) return UsageError(env, input.status().message());
  return WriteTextOutput(env, options.output, [&](std::string* text) {
    return PrintModule(env, *input, options, text);
  });
}

}  // namespace weft::tools
