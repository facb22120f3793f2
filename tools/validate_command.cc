#include "tools/validate_command.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "ir/wasm/reader.h"
#include "ir/wasm/validator.h"
#include "tools/feature_list.h"
#include "tools/jobs.h"
#include "tools/module_input.h"
#include "tools/option_setters.h"
#include "tools/options.h"
#include "tools/text.h"
#include "tools/version.h"

namespace weft::tools {
namespace {

// Raised when a field changes its meaning or goes away.
constexpr int kSchema = 1;

struct ValidateOptions {
  wasm::FeatureSet features = wasm::FeatureSet::All();
  int jobs = CoresAllowed();
  bool json = false;
  bool quiet = false;
  bool help = false;
};

constexpr Option<ValidateOptions> kOptions[] = {
    {{"--features", "LIST", kFeaturesHelp}, SetFeatures<ValidateOptions>},
    {{"--json", "", "print one JSON document instead of lines"},
     Set<&ValidateOptions::json>},
    {{"-j, --jobs", "N", "threads (default: one per core)"},
     SetJobs<ValidateOptions>},
    {{"-q, --quiet", "", "print nothing; the exit code tells"},
     Set<&ValidateOptions::quiet>},
    {{"-h, --help", "", "print this and end"}, Set<&ValidateOptions::help>},
};

std::string Help() {
  return absl::StrCat(
      "weft validate IN... [options]\n\n"
      "Says of each module, in binary or text form, whether it is valid: one\n"
      "line per file, with the place of the first error. - is standard "
      "input.\n\n",
      OptionHelp(TextsOf<ValidateOptions>(kOptions)),
      "\nExit codes: 0 all are valid, 1 one is not or cannot be read, 2 wrong\n"
      "arguments, 70 a defect of weft or no memory left.\n");
}

absl::Status Validate(const Environment& env, const std::string& path,
                      const ValidateOptions& options) {
  const absl::StatusOr<ModuleInput> input =
      ReadModuleInput(*env.files, path, options.features);
  if (!input.ok()) return input.status();
  const absl::StatusOr<wasm::Module> module =
      wasm::ReadModule(input->bytes, {options.features});
  if (!module.ok()) return module.status();
  return wasm::ValidateAll(*module, options.jobs);
}

using Json = nlohmann::ordered_json;

Json Verdict(const std::string& path, const absl::Status& status) {
  Json verdict = {{"file", path}, {"valid", status.ok()}};
  if (status.ok()) return verdict;
  const ErrorPlace place = PlaceOf(status);
  verdict["error"] = place.reason;
  if (place.has_offset) {
    verdict["offset"] = place.offset;
    verdict["section"] = place.section;
  }
  if (place.line > 0) {
    verdict["line"] = place.line;
    verdict["column"] = place.column;
  }
  return verdict;
}

int ValidateFiles(const Environment& env, const std::vector<std::string>& paths,
                  const ValidateOptions& options) {
  Json verdicts = Json::array();
  int exit_code = kExitOk;
  size_t valid = 0;
  for (const std::string& path : paths) {
    const absl::Status status = Validate(env, path, options);
    valid += status.ok() ? 1 : 0;
    if (!status.ok()) exit_code = std::max(exit_code, ExitCodeOf(status));
    if (options.json) verdicts.push_back(Verdict(path, status));
    if (options.json || options.quiet) continue;
    const std::string line = status.ok()
                                 ? absl::StrCat(InputName(path), ": valid")
                                 : DescribeFileError(InputName(path), status);
    const int printed = Print(env, absl::StrCat(Escape(line), "\n"));
    if (printed != kExitOk) return printed;
  }
  if (!options.json) return exit_code;
  const Json document = {{"schema", kSchema},
                         {"weft", std::string(kVersion)},
                         {"valid", valid},
                         {"invalid", paths.size() - valid},
                         {"files", std::move(verdicts)}};
  const int printed = Print(
      env, document.dump(2, ' ', false, Json::error_handler_t::replace) + "\n");
  return printed == kExitOk ? exit_code : printed;
}

}  // namespace

int RunValidate(const Environment& env,
                absl::Span<const absl::string_view> args) {
  ValidateOptions options;
  const absl::StatusOr<std::vector<std::string>> paths =
      ParseOptions<ValidateOptions>(kOptions, args, options);
  if (!paths.ok()) return UsageError(env, paths.status().message());
  if (options.help) return Print(env, Help());
  if (paths->empty()) {
    return UsageError(env,
                      "no input file given: weft validate IN... (- is standard "
                      "input)");
  }
  if (std::count(paths->begin(), paths->end(), "-") > 1) {
    return UsageError(env, "standard input (-) can be read only once");
  }
  return ValidateFiles(env, *paths, options);
}

}  // namespace weft::tools
