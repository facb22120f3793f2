#include "tools/reduce_command.h"

#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "check/reduce/reduce.h"
#include "ir/wasm/reader.h"
#include "ir/wasm/text/printer.h"
#include "ir/wasm/validator.h"
#include "nlohmann/json.hpp"
#include "tools/command_output.h"
#include "tools/module_input.h"
#include "tools/progress.h"
#include "tools/reduce_options.h"
#include "tools/reduce_predicate.h"
#include "tools/text.h"
#include "tools/version.h"

namespace weft::tools {
namespace {

using Bytes = std::vector<uint8_t>;

constexpr int kSchema = 1;

absl::Status Validate(const Bytes& bytes) {
  const absl::StatusOr<wasm::Module> module = wasm::ReadModule(bytes);
  return module.ok() ? ValidateAll(*module) : module.status();
}

std::string ProgressText(const check::ReduceReport& so_far) {
  return absl::StrCat(WithThousands(so_far.bytes_after), " bytes, ",
                      WithThousands(so_far.operators_after), " operators, ",
                      WithThousands(so_far.asked), " tests");
}

absl::StatusOr<Bytes> Search(const Environment& env,
                             const ReduceOptions& options, const Bytes& input,
                             check::ReduceReport* report) {
  absl::StatusOr<std::unique_ptr<ReducePredicate>> predicate =
      MakeReducePredicate(env, options, input);
  if (!predicate.ok()) return predicate.status();
  ProgressLine progress(env, options.quiet, SteadySeconds);
  check::ReduceOptions reduce;
  reduce.threads = options.jobs;
  reduce.seconds = options.budget;
  reduce.progress = [&](const check::ReduceReport& so_far) {
    progress.Show(ProgressText(so_far));
  };
  absl::StatusOr<Bytes> result = Reduce(
      input,
      [&](absl::Span<const uint8_t> module) {
        return (*predicate)->Holds(module);
      },
      reduce, report);
  const absl::Status status = (*predicate)->status();
  if (!status.ok()) return status;
  if (absl::IsFailedPrecondition(result.status())) {
    return absl::FailedPreconditionError(
        "the test does not come to the same end twice with the input as it is");
  }
  return result;
}

// The bytes of the file that is to be written.
absl::StatusOr<Bytes> FileContent(const std::string& path, Bytes bytes) {
  if (!absl::EndsWith(path, ".wat")) return bytes;
  const absl::StatusOr<wasm::Module> module = wasm::ReadModule(bytes);
  if (!module.ok()) return module.status();
  const absl::StatusOr<std::string> text = PrintModuleText(*module);
  if (!text.ok()) return text.status();
  return Bytes(text->begin(), text->end());
}

std::string Summary(const ReduceOptions& options,
                    const check::ReduceReport& report) {
  return absl::StrFormat(
      "%s: %s to %s bytes, %s to %s operators, %s of %s candidates tested, "
      "%s%s\n",
      Escape(InputName(options.input)), WithThousands(report.bytes_before),
      WithThousands(report.bytes_after), WithThousands(report.operators_before),
      WithThousands(report.operators_after), WithThousands(report.asked),
      WithThousands(report.candidates), Duration(report.seconds),
      report.out_of_time ? "; the budget is used up, it could be simpler still"
                         : "");
}

std::string Report(const ReduceOptions& options,
                   const check::ReduceReport& report) {
  using Json = nlohmann::ordered_json;
  Json reductions = Json::array();
  for (const check::ReductionReport& row : report.reductions) {
    reductions.push_back({{"name", std::string(row.name)},
                          {"tested", row.tried},
                          {"kept", row.kept}});
  }
  const Json document = {
      {"schema", kSchema},
      {"weft", std::string(kVersion)},
      {"input", options.input},
      {"output", options.output},
      {"threads", options.jobs},
      {"seconds", report.seconds},
      {"out_of_time", report.out_of_time},
      {"bytes",
       {{"before", report.bytes_before}, {"after", report.bytes_after}}},
      {"operators",
       {{"before", report.operators_before},
        {"after", report.operators_after}}},
      {"candidates",
       {{"made", report.candidates},
        {"known", report.repeated},
        {"no_simpler", report.larger},
        {"not_valid", report.invalid},
        {"tested", report.asked},
        {"kept", report.kept}}},
      {"reductions", std::move(reductions)},
  };
  return document.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

int ReduceInput(const Environment& env, const ReduceOptions& options,
                check::ReduceReport* report, Bytes* content) {
  absl::StatusOr<ModuleInput> input =
      ReadModuleInput(*env.files, options.input);
  if (!input.ok()) {
    return FileError(env, InputName(options.input), input.status());
  }
  const absl::Status valid = Validate(input->bytes);
  if (!valid.ok()) return FileError(env, InputName(options.input), valid);
  absl::StatusOr<Bytes> result = Search(env, options, input->bytes, report);
  if (result.ok()) result = FileContent(options.output, *std::move(result));
  if (!result.ok()) {
    return FileError(env, InputName(options.input), result.status());
  }
  *content = *std::move(result);
  return kExitOk;
}

}  // namespace

int RunReduce(const Environment& env,
              absl::Span<const absl::string_view> args) {
  const absl::StatusOr<ReduceOptions> options = ParseReduceOptions(args);
  if (!options.ok()) return UsageError(env, options.status().message());
  if (options->help) return Print(env, ReduceHelp());
  check::ReduceReport report;
  const int exit_code = WriteOutput(env, options->output, [&](Bytes* content) {
    return ReduceInput(env, *options, &report, content);
  });
  if (exit_code != kExitOk) return exit_code;
  if (!options->quiet) PrintError(env, Summary(*options, report));
  return options->json ? Print(env, Report(*options, report)) : kExitOk;
}

}  // namespace weft::tools
