#include "tools/info_command.h"

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "exec/engine.h"
#include "exec/module.h"
#include "ir/wasm/reader.h"
#include "ir/wasm/validator.h"
#include "tools/bytecode_report.h"
#include "tools/info_report.h"
#include "tools/module_input.h"
#include "tools/option_setters.h"
#include "tools/options.h"

namespace weft::tools {
namespace {

struct InfoOptions {
  bool json = false;
  std::string bytecode;  // The function whose bytecode is asked for.
  bool help = false;
};

absl::Status SetBytecode(absl::string_view value, InfoOptions& options) {
  if (value.empty()) {
    return absl::InvalidArgumentError("names no function");
  }
  options.bytecode = std::string(value);
  return absl::OkStatus();
}

constexpr Option<InfoOptions> kOptions[] = {
    {{"--bytecode", "FUNC",
      "print the bytecode that the interpreter runs for a function\n"
      "instead: its index, its name or that of an export"},
     SetBytecode},
    {{"--json", "", "print a JSON document"}, Set<&InfoOptions::json>},
    {{"-h, --help", "", "print this and end"}, Set<&InfoOptions::help>},
};

std::string Help() {
  return absl::StrCat(
      "weft info IN [options]\n\n"
      "Prints the sections of a module with their sizes and numbers of "
      "entries,\n"
      "the features that it uses and declares, memories, tables, start "
      "function,\n"
      "imports, exports and producers. IN is a module in binary or text form, "
      "-\n"
      "standard input.\n\n",
      OptionHelp(TextsOf<InfoOptions>(kOptions)),
      "\nExit codes: 0 done, 1 the module is not valid or cannot be read, 2 "
      "wrong\n"
      "arguments, 70 a defect of weft or no memory left.\n");
}

int Info(const Environment& env, const std::string& path,
         const InfoOptions& options) {
  const absl::StatusOr<ModuleInput> input = ReadModuleInput(*env.files, path);
  if (!input.ok()) return FileError(env, InputName(path), input.status());
  const absl::StatusOr<wasm::Module> module = wasm::ReadModule(input->bytes);
  if (!module.ok()) return FileError(env, InputName(path), module.status());
  const absl::Status valid = wasm::ValidateAll(*module);
  ModuleInfo info = Describe(*module, std::string(valid.message()));
  info.input = InputName(path);
  info.from_text = input->from_text;
  const int printed =
      Print(env, options.json ? InfoJson(info) : InfoText(info));
  return printed != kExitOk || valid.ok() ? printed : ExitCodeOf(valid);
}

int Bytecode(const Environment& env, const std::string& path,
             const InfoOptions& options) {
  absl::StatusOr<ModuleInput> input = ReadModuleInput(*env.files, path);
  if (!input.ok()) return FileError(env, InputName(path), input.status());
  const absl::StatusOr<exec::Module> module =
      exec::Module::Compile(exec::Engine(), std::move(input->bytes));
  if (!module.ok()) return FileError(env, InputName(path), module.status());
  const absl::StatusOr<uint32_t> func = FindFunction(*module, options.bytecode);
  if (!func.ok()) {
    return UsageError(env,
                      absl::StrCat("--bytecode: ", func.status().message()));
  }
  const absl::StatusOr<exec::Listing> listing = module->Bytecode(*func);
  if (!listing.ok()) return FileError(env, InputName(path), listing.status());
  return Print(env, options.json
                        ? BytecodeJson(*module, *listing, InputName(path))
                        : BytecodeText(*module, *listing));
}

}  // namespace

int RunInfo(const Environment& env, absl::Span<const absl::string_view> args) {
  InfoOptions options;
  const absl::StatusOr<std::vector<std::string>> paths =
      ParseOptions<InfoOptions>(kOptions, args, options);
  if (!paths.ok()) return UsageError(env, paths.status().message());
  if (options.help) return Print(env, Help());
  const absl::StatusOr<std::string> input =
      SingleInput("info", *paths, /*needs_output=*/false, /*has_output=*/false);
  if (!input.ok()) return UsageError(env, input.status().message());
  return options.bytecode.empty() ? Info(env, *input, options)
                                  : Bytecode(env, *input, options);
}

}  // namespace weft::tools
