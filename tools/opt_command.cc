#include "tools/opt_command.h"

#include <unistd.h>

#include <optional>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "check/verify.h"
#include "passes/pass.h"
#include "tools/command_output.h"
#include "tools/file_io.h"
#include "tools/module_input.h"
#include "tools/opt_options.h"
#include "tools/opt_report.h"
#include "tools/opt_verify.h"
#include "tools/progress.h"

namespace weft::tools {
namespace {

using Bytes = std::vector<uint8_t>;

// One run on one module; its steps in the order in which they are called. A
// step that fails has complained and set exit_code().
class OptRun {
 public:
  OptRun(const Environment& env, const OptOptions& options)
      : env_(env), options_(options), start_(SteadySeconds()) {}

  int exit_code() const { return exit_code_; }

  // Finds what cannot be written before work is spent on it.
  bool ResolveOutputs() {
    return Resolve(options_.has_output, options_.output, output_) &&
           Resolve(!options_.stats_json.empty(), options_.stats_json, stats_) &&
           CheckDistinct();
  }

  bool ReadInput();
  bool Optimize(const OptimizeFunction& optimize);
  bool Verify();
  bool WriteOutputs();
  void Report();

 private:
  bool Fail(absl::string_view file, const absl::Status& status) {
    exit_code_ = FileError(env_, file, status);
    return false;
  }
  bool Resolve(bool wanted, const std::string& path,
               std::optional<OutputFile>& out);
  bool CheckDistinct();
  // Says what the difference is and writes the reproducer; false.
  bool Differs(const check::VerifyResult& result);
  passes::OptimizeOptions LibraryOptions(ProgressLine& progress);

  const Environment& env_;
  const OptOptions& options_;
  const double start_;
  int exit_code_ = kExitOk;
  std::optional<OutputFile> output_;
  std::optional<OutputFile> stats_;
  Bytes input_;
  Bytes result_;
  absl::Status print_status_;
  passes::OptimizeReport report_;
  std::optional<check::VerifyResult> verification_;
  double seconds_ = 0;
};

bool OptRun::Resolve(bool wanted, const std::string& path,
                     std::optional<OutputFile>& out) {
  if (!wanted) return true;
  absl::StatusOr<OutputFile> resolved = OutputFile::Resolve(*env_.files, path);
  if (!resolved.ok()) return Fail(OutputName(path), resolved.status());
  out.emplace(*std::move(resolved));
  return true;
}

bool OptRun::CheckDistinct() {
  if (!output_ || !stats_ || !output_->IsSameFile(*stats_)) return true;
  exit_code_ =
      UsageError(env_, absl::StrCat("-o and --stats-json name the same file '",
                                    options_.output, "'"));
  return false;
}

bool OptRun::ReadInput() {
  absl::StatusOr<ModuleInput> input =
      ReadModuleInput(*env_.files, options_.input, options_.features);
  if (!input.ok()) return Fail(InputName(options_.input), input.status());
  input_ = std::move(input->bytes);
  return true;
}

passes::OptimizeOptions OptRun::LibraryOptions(ProgressLine& progress) {
  passes::OptimizeOptions out;
  out.passes = options_.passes;
  out.features = options_.features;
  out.for_size = options_.for_size;
  out.threads = options_.jobs;
  out.fallback = options_.fallback;
  out.schedule_seed = options_.schedule_seed;
  out.print_after = options_.print_ir_after;
  if (options_.print_ir) {
    out.print_ir = [this](absl::string_view text) {
      if (!print_status_.ok()) return;
      print_status_ = WriteAll(*env_.files, STDOUT_FILENO, text);
    };
  }
  out.progress = [&progress](size_t done, size_t all) {
    progress.Update(done, all);
  };
  return out;
}

bool OptRun::Optimize(const OptimizeFunction& optimize) {
  ProgressLine progress(env_, options_.quiet, SteadySeconds);
  absl::StatusOr<Bytes> result =
      optimize(input_, LibraryOptions(progress), &report_);
  progress.Erase();
  if (!result.ok()) return Fail(InputName(options_.input), result.status());
  if (!print_status_.ok()) return Fail(OutputName("-"), print_status_);
  result_ = *std::move(result);
  return true;
}

// Where a module goes that shows a difference.
std::string ReproducerPath(const OptOptions& options) {
  return options.output.empty() || options.output == "-"
             ? std::string("weft-reproducer.wat")
             : absl::StrCat(options.output, ".reproducer.wat");
}

bool OptRun::Verify() {
  if (!options_.verify) return true;
  check::VerifyOptions verify;
  verify.mode = options_.verify_passes ? check::VerifyMode::kPass
                                       : check::VerifyMode::kModule;
  verify.seconds = options_.verify_seconds;
  ProgressLine progress(env_, options_.quiet, SteadySeconds);
  const absl::StatusOr<check::VerifyResult> result =
      check::Verify(input_, result_, LibraryOptions(progress), verify);
  progress.Erase();
  if (!result.ok()) return Fail(InputName(options_.input), result.status());
  if (result->verdict == check::Verdict::kDifferent) {
    return Differs(*result);
  }
  verification_ = *result;
  return true;
}

bool OptRun::Differs(const check::VerifyResult& result) {
  const std::string path = ReproducerPath(options_);
  const int written = WriteTextOutput(env_, path, [&](std::string* text) {
    *text = ReproducerText(result, options_.for_size);
    return kExitOk;
  });
  Complain(env_, VerifyFailure(InputName(options_.input), result));
  if (written == kExitOk) {
    Complain(env_, absl::StrCat("no output was written; ", path,
                                " shows the difference"));
  }
  exit_code_ = kExitInternal;
  return false;
}

bool OptRun::WriteOutputs() {
  seconds_ = SteadySeconds() - start_;
  std::string json;
  std::vector<OutputFile*> outputs;
  std::vector<std::string> names;
  if (output_) {
    const absl::Status status = output_->Stage(result_);
    if (!status.ok()) return Fail(OutputName(options_.output), status);
    outputs.push_back(&*output_);
    names.push_back(OutputName(options_.output));
  }
  if (stats_) {
    json = StatsJson(options_, report_, seconds_);
    const absl::Status status = stats_->Stage(
        {reinterpret_cast<const uint8_t*>(json.data()), json.size()});
    if (!status.ok()) return Fail(OutputName(options_.stats_json), status);
    outputs.push_back(&*stats_);
    names.push_back(OutputName(options_.stats_json));
  }
  size_t failed = 0;
  const absl::Status status = CommitAll(outputs, &failed);
  if (!status.ok()) return Fail(names[failed], status);
  for (size_t i = 0; i < outputs.size(); ++i) {
    if (outputs[i]->warning().empty()) continue;
    report_.warnings.push_back(
        absl::StrCat(names[i], ": ", outputs[i]->warning()));
  }
  return true;
}

void OptRun::Report() {
  for (const std::string& warning : report_.warnings) {
    Complain(env_, absl::StrCat("warning: ", warning));
  }
  if (report_.bodies_invalid > 0) {
    Complain(env_,
             absl::StrCat("warning: ", report_.bodies_invalid,
                          " functions were left as they were, since the new "
                          "code was not valid: a defect of weft, please report "
                          "it with the input"));
  }
  if (options_.time_passes) PrintError(env_, PassTimes(report_));
  if (verification_ && !options_.quiet) {
    PrintError(env_, VerifySummary(*verification_));
  }
  if (!options_.quiet) {
    PrintError(env_, OptSummary(options_, report_, seconds_));
  }
}

}  // namespace

int RunOpt(const Environment& env, absl::Span<const absl::string_view> args,
           const OptimizeFunction& optimize) {
  const absl::StatusOr<OptOptions> options = ParseOptOptions(args);
  if (!options.ok()) return UsageError(env, options.status().message());
  if (options->help) return Print(env, OptHelp());
  if (options->list_passes) return Print(env, PassList());
  if (options->print_pipeline) {
    return Print(env, absl::StrCat(passes::ToString(options->passes), "\n"));
  }
  OptRun run(env, *options);
  if (run.ResolveOutputs() && run.ReadInput() && run.Optimize(optimize) &&
      run.Verify() && run.WriteOutputs()) {
    run.Report();
  }
  return run.exit_code();
}

}  // namespace weft::tools
