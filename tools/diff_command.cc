#include "tools/diff_command.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_split.h"
#include "check/diff.h"
#include "ir/wasm/reader.h"
#include "tools/feature_list.h"
#include "tools/module_input.h"
#include "tools/option_setters.h"
#include "tools/options.h"
#include "tools/run_values.h"
#include "tools/text.h"
#include "tools/version.h"

namespace weft::tools {
namespace {

// Raised when a field changes its meaning or goes away.
constexpr int kSchema = 1;
// Besides kExitOk for EQUAL, kExitInvalid and kExitUsage.
constexpr int kExitDifferent = 1;
constexpr int kExitPoisoned = 3;

struct DiffCommandOptions {
  check::DiffOptions check;
  wasm::FeatureSet features = wasm::FeatureSet::All();
  std::vector<std::string> args;  // Of --args.
  bool json = false;
  bool quiet = false;
  bool help = false;
};

absl::Status SetSeed(absl::string_view text, DiffCommandOptions& options) {
  if (!absl::SimpleAtoi(text, &options.check.seed)) {
    return absl::InvalidArgumentError("not a number");
  }
  return absl::OkStatus();
}

absl::Status SetRuns(absl::string_view text, DiffCommandOptions& options) {
  if (!absl::SimpleAtoi(text, &options.check.runs) || options.check.runs < 1 ||
      options.check.runs > 1000000) {
    return absl::InvalidArgumentError("not a number from 1 to 1000000");
  }
  options.check.max_calls = 0;
  return absl::OkStatus();
}

absl::Status AddArgs(absl::string_view text, DiffCommandOptions& options) {
  if (!absl::StrContains(text, ':')) {
    return absl::InvalidArgumentError("NAME:VALUE,... is wanted");
  }
  options.args.emplace_back(text);
  return absl::OkStatus();
}

absl::Status SetFuel(absl::string_view text, DiffCommandOptions& options) {
  if (!absl::SimpleAtoi(text, &options.check.fuel) || options.check.fuel < 1 ||
      options.check.fuel > uint64_t{1} << 50) {
    return absl::InvalidArgumentError("not a number of operators");
  }
  return absl::OkStatus();
}

constexpr Option<DiffCommandOptions> kOptions[] = {
    {{"--runs", "N",
      "sets of arguments for each exported function besides\n"
      "zeros (default: 16)"},
     SetRuns},
    {{"--args", "NAME:VALUE,...",
      "also call this export with these arguments, before\n"
      "anything else; may be given more than once"},
     AddArgs},
    {{"--seed", "N", "where arguments and the host's doings come from"},
     SetSeed},
    {{"--fuel", "N", "operators that one call of A may run (default: 200000)"},
     SetFuel},
    {{"--features", "LIST", kFeaturesHelp}, SetFeatures<DiffCommandOptions>},
    {{"--json", "", "print one JSON document instead of lines"},
     Set<&DiffCommandOptions::json>},
    {{"-q, --quiet", "", "print nothing; the exit code tells"},
     Set<&DiffCommandOptions::quiet>},
    {{"-h, --help", "", "print this and end"}, Set<&DiffCommandOptions::help>},
};

std::string Help() {
  return absl::StrCat(
      "weft diff A B [options]\n\n"
      "Decides whether module B may stand for module A: runs both under a "
      "host\n"
      "that is the same for both, calls every export with zeros, extreme and\n"
      "random arguments, and compares all that the host sees. - is standard\n"
      "input.\n\n",
      OptionHelp(TextsOf<DiffCommandOptions>(kOptions)),
      "\nThe answer is EQUAL (exit code 0), DIFFERENT (1) with the first\n"
      "difference, or POISONED (3) when too little of what A does can be\n"
      "compared. Other exit codes: 1 a file cannot be read or A is not valid,\n"
      "2 wrong arguments, 70 a defect of weft or no memory left.\n");
}

size_t Entered(const check::DiffResult& result, uint8_t least) {
  return static_cast<size_t>(
      std::count_if(result.entered.begin(), result.entered.end(),
                    [least](uint8_t value) { return value >= least; }));
}

size_t Poisoned(const check::DiffResult& result) {
  size_t sum = 0;
  for (const size_t count : result.calls_poisoned) sum += count;
  return sum;
}

std::string Command(const DiffCommandOptions& options,
                    const std::vector<std::string>& files) {
  const check::DiffOptions defaults;
  std::string text = absl::StrCat("weft diff ", files[0], " ", files[1],
                                  " --seed=", options.check.seed);
  if (options.check.runs != defaults.runs) {
    absl::StrAppend(&text, " --runs=", options.check.runs);
  }
  if (options.check.fuel != defaults.fuel) {
    absl::StrAppend(&text, " --fuel=", options.check.fuel);
  }
  for (const std::string& args : options.args) {
    absl::StrAppend(&text, " '--args=", args, "'");
  }
  return text;
}

std::string Text(const DiffCommandOptions& options,
                 const std::vector<std::string>& files,
                 const check::DiffResult& result) {
  std::string out(check::VerdictText(result.verdict));
  switch (result.verdict) {
    case check::Verdict::kEqual:
      absl::StrAppend(&out, "\n");
      break;
    case check::Verdict::kDifferent: {
      const check::Difference& d = result.difference;
      absl::StrAppend(&out, ": ", d.what, "\n");
      if (!d.call.empty()) absl::StrAppend(&out, "  in:     ", d.call, "\n");
      if (!d.before.empty())
        absl::StrAppend(&out, "  before: ", d.before, "\n");
      absl::StrAppend(&out, "  after:  ", d.after, "\n");
      if (!d.memory.empty()) absl::StrAppend(&out, "  ", d.memory, "\n");
      absl::StrAppend(&out, "  again:  ", Command(options, files), "\n");
      break;
    }
    case check::Verdict::kPoisoned:
      absl::StrAppend(&out, ": ", check::PoisonText(result.poison), "\n");
      break;
  }
  absl::StrAppendFormat(
      &out,
      "  %d of %d exported functions called; %d calls compared, %d not; %d "
      "operators\n"
      "  %d of %d functions entered, %d by a call that did not trap at once\n",
      result.exports_called, result.exports, result.calls_decided,
      Poisoned(result), result.operators, Entered(result, 1), result.functions,
      Entered(result, 2));
  return out;
}

using Json = nlohmann::ordered_json;

std::string JsonText(const DiffCommandOptions& options,
                     const std::vector<std::string>& files,
                     const check::DiffResult& result) {
  Json json = {{"schema", kSchema},
               {"weft", std::string(kVersion)},
               {"verdict", std::string(check::VerdictText(result.verdict))}};
  if (result.verdict == check::Verdict::kDifferent) {
    const check::Difference& d = result.difference;
    json["difference"] = {
        {"what", d.what},     {"call", d.call},
        {"before", d.before}, {"after", d.after},
        {"memory", d.memory}, {"command", Command(options, files)}};
  }
  Json poisoned = Json::object();
  for (size_t i = 1; i < result.calls_poisoned.size(); ++i) {
    if (result.calls_poisoned[i] == 0) continue;
    poisoned[std::string(check::PoisonText(static_cast<check::Poison>(i)))] =
        result.calls_poisoned[i];
  }
  json["calls"] = {{"compared", result.calls_decided},
                   {"trapped_at_once", result.calls_trapped_at_once},
                   {"poisoned", std::move(poisoned)}};
  json["exports"] = {{"functions", result.exports},
                     {"called", result.exports_called}};
  json["functions"] = {{"all", result.functions},
                       {"entered", Entered(result, 1)},
                       {"entered_without_trap", Entered(result, 2)}};
  json["operators"] = result.operators;
  return json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

int ExitCode(check::Verdict verdict) {
  switch (verdict) {
    case check::Verdict::kEqual:
      return kExitOk;
    case check::Verdict::kDifferent:
      return kExitDifferent;
    case check::Verdict::kPoisoned:
      return kExitPoisoned;
  }
  return kExitInternal;
}

// The function that `module` exports as `name`, or null.
const wasm::SubType* ExportedFunc(const wasm::Module& module,
                                  absl::string_view name) {
  for (const wasm::Export& e : module.exports) {
    if (e.name == name && e.kind == wasm::ExternalKind::kFunc) {
      return &module.func_type(e.index);
    }
  }
  return nullptr;
}

// `text` of --args as a call of a function of `module`. Errors:
// InvalidArgument for the user to read.
absl::StatusOr<check::GivenCall> ParseArgs(absl::string_view text,
                                           const wasm::Module& module) {
  const size_t colon = text.rfind(':');
  check::GivenCall call;
  call.name = std::string(text.substr(0, colon));
  const wasm::SubType* const type = ExportedFunc(module, call.name);
  if (type == nullptr) {
    return absl::InvalidArgumentError(
        absl::StrCat("no exported function '", call.name, "'"));
  }
  std::vector<absl::string_view> values;
  if (colon + 1 < text.size()) {
    values = absl::StrSplit(text.substr(colon + 1), ',');
  }
  if (values.size() != type->params.size()) {
    return absl::InvalidArgumentError(
        absl::StrCat("'", call.name, "' takes ", type->params.size(),
                     " arguments, not ", values.size()));
  }
  for (size_t i = 0; i < values.size(); ++i) {
    absl::StatusOr<exec::Val> value = ParseValue(values[i], type->params[i]);
    if (!value.ok()) return value.status();
    call.args.push_back(*std::move(value));
  }
  return call;
}

// Turns --args into calls. The exit code.
int ParseAllArgs(const Environment& env, const std::string& file,
                 absl::Span<const uint8_t> bytes, DiffCommandOptions& options) {
  if (options.args.empty()) return kExitOk;
  const absl::StatusOr<wasm::Module> module =
      wasm::ReadModule(bytes, {.features = options.features});
  if (!module.ok()) return FileError(env, InputName(file), module.status());
  for (const std::string& text : options.args) {
    absl::StatusOr<check::GivenCall> call = ParseArgs(text, *module);
    if (!call.ok()) {
      return UsageError(env, absl::StrCat("--args: ", call.status().message()));
    }
    options.check.given.push_back(*std::move(call));
  }
  return kExitOk;
}

}  // namespace

int RunDiff(const Environment& env, absl::Span<const absl::string_view> args) {
  DiffCommandOptions options;
  const absl::StatusOr<std::vector<std::string>> files =
      ParseOptions<DiffCommandOptions>(kOptions, args, options);
  if (!files.ok()) return UsageError(env, files.status().message());
  if (options.help) return Print(env, Help());
  if (files->size() != 2) {
    return UsageError(env, "two modules are wanted: weft diff A B");
  }
  if ((*files)[0] == "-" && (*files)[1] == "-") {
    return UsageError(env, "standard input can be read once only");
  }
  std::vector<std::vector<uint8_t>> modules;
  for (const std::string& file : *files) {
    absl::StatusOr<ModuleInput> input =
        ReadModuleInput(*env.files, file, options.features);
    if (!input.ok()) return FileError(env, InputName(file), input.status());
    modules.push_back(std::move(input->bytes));
  }
  options.check.features = options.features;
  const int parsed = ParseAllArgs(env, (*files)[0], modules[0], options);
  if (parsed != kExitOk) return parsed;
  check::Differ differ(options.check);
  const absl::StatusOr<check::DiffResult> result =
      differ.Diff(modules[0], modules[1]);
  if (!result.ok()) {
    return FileError(env, InputName((*files)[0]), result.status());
  }
  if (!options.quiet) {
    const int printed =
        Print(env, options.json ? JsonText(options, *files, *result)
                                : Text(options, *files, *result));
    if (printed != kExitOk) return printed;
  }
  return ExitCode(result->verdict);
}

}  // namespace weft::tools
