#include "tools/wast_command.h"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "ir/wasm/limits.h"
#include "tools/executor_options.h"
#include "tools/feature_list.h"
#include "tools/file_io.h"
#include "tools/option_setters.h"
#include "tools/options.h"
#include "tools/text.h"
#include "tools/wast/api_executor.h"
#include "tools/wast/optimized.h"
#include "tools/wast/script_files.h"
#include "tools/wast/script_runner.h"
#include "tools/wast/script_summary.h"

namespace weft::tools {
namespace {

struct WastOptions {
  wasm::FeatureSet features = wasm::FeatureSet::All();
  bool has_features = false;
  bool json = false;
  bool static_only = false;
  ApiExecutorOptions executor;
  std::string pipeline;  // What modules pass before they are executed.
  bool help = false;
};

absl::Status SetScriptFeatures(absl::string_view list, WastOptions& options) {
  options.has_features = true;
  return SetFeatures(list, options);
}

absl::Status SetBounds(absl::string_view value, WastOptions& options) {
  return ParseBounds(value, &options.executor.engine);
}

absl::Status SetTranslate(absl::string_view value, WastOptions& options) {
  return ParseTranslate(value, &options.executor.engine);
}

absl::Status SetNoFuse(absl::string_view value, WastOptions& options) {
  return ParseNoFuse(value, &options.executor.engine);
}

absl::Status SetCount(absl::string_view, WastOptions& options) {
  options.executor.engine.metering = true;
  return absl::OkStatus();
}

absl::Status SetGcStress(absl::string_view, WastOptions& options) {
  options.executor.store.gc_stress = true;
  return absl::OkStatus();
}

absl::Status SetPipeline(absl::string_view value, WastOptions& options) {
  const absl::Status status = PipelineNamed(value).status();
  if (status.ok()) options.pipeline = std::string(value);
  return status;
}

constexpr Option<WastOptions> kOptions[] = {
    {{"--features", "LIST",
      "what modules may use (default: all; in proposals/threads\n"
      "without multimemory, memory64 and reference-types): names\n"
      "alone are the whole list, +NAME and -NAME change it; mvp, all"},
     SetScriptFeatures},
    {{"--static", "", "execute nothing"}, Set<&WastOptions::static_only>},
    {{"--optimize", "LEVEL",
      "optimize each module before it is executed, without\n"
      "fallback: 0 to 4, s, z, or a list of passes"},
     SetPipeline},
    {kBoundsOption, SetBounds},
    {kTranslateOption, SetTranslate},
    {kNoFuseOption, SetNoFuse},
    {kGcStressOption, SetGcStress},
    {{"--count", "", "count the operators that are executed"}, SetCount},
    {{"--json", "", "print one JSON document instead"},
     Set<&WastOptions::json>},
    {{"-h, --help", "", "print this and end"}, Set<&WastOptions::help>},
};

std::string Help() {
  return absl::StrCat(
      "weft wast FILE|DIR... [options]\n\n"
      "Runs test scripts: files and all .wast files below folders. Checked is\n"
      "that modules are valid and that those of assert_malformed, "
      "assert_invalid\n"
      "and their custom variants are not; all else is executed. - is standard\n"
      "input.\n\n",
      OptionHelp(TextsOf<WastOptions>(kOptions)),
      "\nExit codes: 0 nothing failed, 1 something failed or cannot be read, "
      "2 wrong\n"
      "arguments, 70 a defect of weft or no memory left.\n");
}

int RunScripts(const Environment& env, const ScriptFiles& files,
               const WastOptions& options) {
  ScriptReport report;
  uint64_t operators = 0;
  ApiExecutorOptions executor = options.executor;
  if (executor.engine.metering) {
    executor.report_operators = [&operators](uint64_t n) { operators += n; };
  }
  if (!options.pipeline.empty()) {
    executor.transform = Optimizer(*PipelineNamed(options.pipeline));
  }
  int exit_code = kExitOk;
  for (const std::string& path : files.paths) {
    const absl::StatusOr<std::vector<uint8_t>> bytes = ReadWholeFile(
        *env.files, path, wasm::LimitValue(wasm::Limit::kModuleSize));
    if (!bytes.ok()) {
      exit_code = FileError(env, InputName(path), bytes.status());
      continue;
    }
    const absl::string_view text(reinterpret_cast<const char*>(bytes->data()),
                                 bytes->size());
    const std::string folder = FolderOf(path);
    ScriptRunOptions run_options;
    run_options.features =
        options.has_features ? options.features : FeaturesOfScripts(folder);
    if (!options.static_only) {
      run_options.make_executor = [&executor] {
        return NewApiExecutor(executor);
      };
    }
    RunScript(text, folder, InputName(path), run_options, &report);
  }
  if (executor.engine.metering) {
    PrintError(env, absl::StrCat(WithThousands(operators), " operators\n"));
  }
  const int printed =
      Print(env, options.json ? ScriptJson(report, files.excluded)
                              : ScriptSummary(report, files.excluded));
  if (printed != kExitOk) return printed;
  return report.total().failed > 0 ? kExitInvalid : exit_code;
}

}  // namespace

int RunWast(const Environment& env, absl::Span<const absl::string_view> args) {
  WastOptions options;
  const absl::StatusOr<std::vector<std::string>> paths =
      ParseOptions<WastOptions>(kOptions, args, options);
  if (!paths.ok()) return UsageError(env, paths.status().message());
  if (options.help) return Print(env, Help());
  if (paths->empty()) {
    return UsageError(env,
                      "no script given: weft wast FILE|DIR... (- is standard "
                      "input)");
  }
  if (std::count(paths->begin(), paths->end(), "-") > 1) {
    return UsageError(env, "standard input (-) can be read only once");
  }
  std::string failed;
  const absl::StatusOr<ScriptFiles> files = FindScripts(*paths, &failed);
  if (!files.ok()) return FileError(env, failed, files.status());
  return RunScripts(env, *files, options);
}

}  // namespace weft::tools
