#include "tools/parse_command.h"

#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "ir/wasm/reader.h"
#include "ir/wasm/validator.h"
#include "tools/command_output.h"
#include "tools/feature_list.h"
#include "tools/module_input.h"
#include "tools/option_setters.h"
#include "tools/options.h"

namespace weft::tools {
namespace {

struct ParseCommandOptions {
  std::string output;
  wasm::FeatureSet features = wasm::FeatureSet::All();
  bool validate = true;
  bool help = false;
};

constexpr Option<ParseCommandOptions> kOptions[] = {
    {{"-o, --output", "FILE", "write the module here; - is standard output"},
     SetPath<&ParseCommandOptions::output>},
    {{"--features", "LIST", kFeaturesHelp}, SetFeatures<ParseCommandOptions>},
    {{"--no-validate", "",
      "write what is well-formed, even if it is not valid"},
     Set<&ParseCommandOptions::validate, false>},
    {{"-h, --help", "", "print this and end"}, Set<&ParseCommandOptions::help>},
};

std::string Help() {
  return absl::StrCat(
      "weft parse IN -o OUT [options]\n\n"
      "Turns the text form of a module into the binary one. - is standard\n"
      "input. A binary module is read and written as it is.\n\n",
      OptionHelp(TextsOf<ParseCommandOptions>(kOptions)),
      "\nExit codes: 0 done, 1 invalid input or an error of a file, 2 wrong\n"
      "arguments, 70 a defect of weft or no memory left.\n");
}

absl::Status Check(const ModuleInput& input,
                   const ParseCommandOptions& options) {
  const absl::StatusOr<wasm::Module> module =
      wasm::ReadModule(input.bytes, {options.features});
  if (!module.ok()) return module.status();
  return options.validate ? wasm::ValidateAll(*module) : absl::OkStatus();
}

int Parse(const Environment& env, const std::string& path,
          const ParseCommandOptions& options, std::vector<uint8_t>* bytes) {
  absl::StatusOr<ModuleInput> input =
      ReadModuleInput(*env.files, path, options.features);
  if (!input.ok()) return FileError(env, InputName(path), input.status());
  const absl::Status status = Check(*input, options);
  if (!status.ok()) return FileError(env, InputName(path), status);
  *bytes = std::move(input->bytes);
  return kExitOk;
}

}  // namespace

int RunParse(const Environment& env, absl::Span<const absl::string_view> args) {
  ParseCommandOptions options;
  const absl::StatusOr<std::vector<std::string>> paths =
      ParseOptions<ParseCommandOptions>(kOptions, args, options);
  if (!paths.ok()) return UsageError(env, paths.status().message());
  if (options.help) return Print(env, Help());
  const absl::StatusOr<std::string> input = SingleInput(
      "parse", *paths, /*needs_output=*/true, !options.output.empty());
  if (!input.ok()) return UsageError(env, input.status().message());
  return WriteOutput(env, options.output, [&](std::vector<uint8_t>* bytes) {
    return Parse(env, *input, options, bytes);
  });
}

}  // namespace weft::tools
