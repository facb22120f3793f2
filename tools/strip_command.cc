#include "tools/strip_command.h"

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/strip.h"
#include "ir/wasm/custom_sections.h"
#include "ir/wasm/reader.h"
#include "tools/command_output.h"
#include "tools/module_input.h"
#include "tools/option_setters.h"
#include "tools/options.h"
#include "tools/text.h"

namespace weft::tools {
namespace {

struct StripOptions {
  std::string output;
  // Names of sections; a * at the end stands for anything.
  std::vector<std::string> keep;
  std::vector<std::string> only;
  bool names = false;
  bool debug = false;
  bool all = false;
  bool quiet = false;
  bool help = false;

  // Whether the command line chooses what goes.
  bool chooses() const { return names || debug || !only.empty(); }
};

constexpr Option<StripOptions> kOptions[] = {
    {{"-o, --output", "FILE", "write the module here; - is standard output"},
     SetPath<&StripOptions::output>},
    {{"-k, --keep", "NAME",
      "keep custom sections of this name; a * at its end stands\n"
      "for anything; may be repeated"},
     Append<&StripOptions::keep>},
    {{"--only", "NAME",
      "remove just the custom sections of this name; as --keep"},
     Append<&StripOptions::only>},
    {{"--names", "", "remove just names: the section 'name'"},
     Set<&StripOptions::names>},
    {{"--debug", "",
      "remove just debug data: .debug_*, sourceMappingURL,\n"
      "external_debug_info, build_id"},
     Set<&StripOptions::debug>},
    {{"--all", "", "remove all custom sections"}, Set<&StripOptions::all>},
    {{"-q, --quiet", "", "no summary; errors stay"}, Set<&StripOptions::quiet>},
    {{"-h, --help", "", "print this and end"}, Set<&StripOptions::help>},
};

std::string Help() {
  return absl::StrCat(
      "weft strip IN -o OUT [options]\n\n"
      "Removes custom sections and leaves every other byte as it is. IN is a\n"
      "module in binary or text form, - standard input; OUT may be the same\n"
      "file. Without --only, --names, --debug and --all everything goes that "
      "does\n"
      "not change what engines and loaders do; what stays is dylink, "
      "dylink.0,\n"
      "component-type:* and metadata.code.*.\n\n",
      OptionHelp(TextsOf<StripOptions>(kOptions)),
      "\nExit codes: 0 done, 1 invalid input or an error of a file, 2 wrong\n"
      "arguments, 70 a defect of weft or no memory left.\n");
}

bool Matches(absl::string_view name, const std::vector<std::string>& patterns) {
  for (absl::string_view pattern : patterns) {
    if (absl::ConsumeSuffix(&pattern, "*")) {
      if (name.substr(0, pattern.size()) == pattern) return true;
    } else if (name == pattern) {
      return true;
    }
  }
  return false;
}

bool Removes(const StripOptions& options, absl::string_view name) {
  if (Matches(name, options.keep)) return false;
  if (options.all || Matches(name, options.only)) return true;
  switch (wasm::CustomKindOf(name)) {
    case wasm::CustomKind::kNames:
      return options.names || !options.chooses();
    case wasm::CustomKind::kDebug:
      return options.debug || !options.chooses();
    case wasm::CustomKind::kAbout:
    case wasm::CustomKind::kOther:
      return !options.chooses();
    case wasm::CustomKind::kMeaning:
      return false;
  }
  return false;
}

absl::Status CheckOptions(const StripOptions& options) {
  if (options.all && options.chooses()) {
    return absl::InvalidArgumentError(
        "--all removes everything: leave out --only, --names and --debug");
  }
  return absl::OkStatus();
}

absl::StatusOr<wasm::Module> ReadSections(const ModuleInput& input) {
  absl::StatusOr<wasm::Module> module = wasm::ReadModule(input.bytes);
  if (!module.ok()) return module.status();
  for (const wasm::CustomSection& section : module->customs) {
    if (!wasm::IsRelocation(section.name)) continue;
    return absl::UnimplementedError(
        "a relocatable object (it has linking or reloc.* sections): link it "
        "first");
  }
  return module;
}

void Summarize(const Environment& env, const std::string& path,
               uint64_t sections, size_t before, size_t after) {
  PrintError(env, absl::StrFormat(
                      "%s: %s to %s bytes (%s), %d custom sections removed\n",
                      Escape(InputName(path)), WithThousands(before),
                      WithThousands(after), Change(before, after), sections));
}

int Strip(const Environment& env, const std::string& path,
          const StripOptions& options, std::vector<uint8_t>* bytes) {
  const absl::StatusOr<ModuleInput> input = ReadModuleInput(*env.files, path);
  if (!input.ok()) return FileError(env, InputName(path), input.status());
  const absl::StatusOr<wasm::Module> module = ReadSections(*input);
  if (!module.ok()) return FileError(env, InputName(path), module.status());
  uint64_t removed = 0;
  *bytes = wasm::RemoveCustomSections(
      *module, [&](const wasm::CustomSection& section) {
        const bool removes = Removes(options, section.name);
        removed += removes ? 1 : 0;
        return removes;
      });
  if (!options.quiet) {
    Summarize(env, path, removed, input->bytes.size(), bytes->size());
  }
  return kExitOk;
}

}  // namespace

int RunStrip(const Environment& env, absl::Span<const absl::string_view> args) {
  StripOptions options;
  const absl::StatusOr<std::vector<std::string>> paths =
      ParseOptions<StripOptions>(kOptions, args, options);
  if (!paths.ok()) return UsageError(env, paths.status().message());
  if (options.help) return Print(env, Help());
  const absl::StatusOr<std::string> input = SingleInput(
      "strip", *paths, /*needs_output=*/true, !options.output.empty());
  if (!input.ok()) return UsageError(env, input.status().message());
  const absl::Status status = CheckOptions(options);
  if (!status.ok()) return UsageError(env, status.message());
  return WriteOutput(env, options.output, [&](std::vector<uint8_t>* bytes) {
    return Strip(env, *input, options, bytes);
  });
}

}  // namespace weft::tools
