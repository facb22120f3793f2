#include "tools/run_command.h"

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "exec/api.h"
#include "tools/file_io.h"
#include "tools/module_input.h"
#include "tools/progress.h"
#include "tools/run_options.h"
#include "tools/run_stats.h"
#include "tools/run_values.h"
#include "tools/text.h"

namespace weft::tools {
namespace {

// As shells have it for a process that ended by SIGABRT.
constexpr int kExitTrap = 134;

// What metering counts down from when no option says.
constexpr uint64_t kUnlimitedFuel = (uint64_t{1} << 63) - 1;

// One run; its steps in the order in which they are called. A step that fails
// has complained and set exit_code().
class GuestRun {
 public:
  GuestRun(const Environment& env, const RunOptions& options)
      : env_(env),
        options_(options),
        engine_(options.engine),
        linker_(engine_) {}

  int exit_code() const { return exit_code_; }

  // Finds out that the file for stats cannot be written before work is done.
  bool ResolveOutput();
  bool Compile();
  bool Instantiate();
  bool Call();
  void Disassemble();
  void Report();

 private:
  bool Fail(const absl::Status& status) {
    exit_code_ = FileError(env_, InputName(options_.input), status);
    return false;
  }
  bool WrongArgument(absl::string_view message) {
    exit_code_ = UsageError(env_, message);
    return false;
  }
  // Whether the guest may go on; complains about how it ended otherwise.
  bool Ended(const exec::CallResult& result);
  absl::Status StubFunctions(uint32_t results);
  bool ParseArguments(const exec::FuncType& type,
                      std::vector<exec::Val>* arguments);

  const Environment& env_;
  const RunOptions& options_;
  const double start_ = SteadySeconds();
  double compiled_ = start_;
  const char* ending_ = "failed";
  int exit_code_ = kExitOk;
  std::optional<OutputFile> stats_;
  exec::Engine engine_;
  exec::Linker linker_;
  std::optional<exec::Module> module_;
  std::unique_ptr<exec::Store> store_;
  exec::Instance instance_;
  uint64_t fuel_ = kUnlimitedFuel;
};

bool GuestRun::ResolveOutput() {
  if (options_.stats_json.empty()) return true;
  absl::StatusOr<OutputFile> resolved =
      OutputFile::Resolve(*env_.files, options_.stats_json);
  if (!resolved.ok()) {
    exit_code_ =
        FileError(env_, OutputName(options_.stats_json), resolved.status());
    return false;
  }
  stats_.emplace(*std::move(resolved));
  return true;
}

bool GuestRun::Compile() {
  absl::StatusOr<ModuleInput> input =
      ReadModuleInput(*env_.files, options_.input, options_.engine.features);
  if (!input.ok()) return Fail(input.status());
  absl::StatusOr<exec::Module> module =
      exec::Module::Compile(engine_, std::move(input->bytes));
  if (!module.ok()) return Fail(module.status());
  module_ = *std::move(module);
  compiled_ = SteadySeconds();
  return true;
}

void GuestRun::Disassemble() {
  const wasm::Module& module = module_->wasm();
  for (uint32_t i = module.num_imported_funcs; i < module.funcs.size(); ++i) {
    const absl::StatusOr<std::string> text = module_->Disassemble(i);
    if (!text.ok()) {
      Fail(text.status());
      return;
    }
    exit_code_ = Print(env_, absl::StrCat(*text, "\n"));
    if (exit_code_ != kExitOk) return;
  }
}

// Functions that the module imports, each returning `results` everywhere.
absl::Status GuestRun::StubFunctions(uint32_t results) {
  for (const exec::ImportInfo& import : module_->imports()) {
    if (import.type.kind != wasm::ExternalKind::kFunc) continue;
    const absl::StatusOr<exec::Func> func = exec::Func::NewOfType(
        *store_, import.type.func,
        [results](exec::Caller&, absl::Span<const exec::Val>,
                  absl::Span<exec::Val> out) {
          for (exec::Val& value : out) {
            if (value.kind() == wasm::ValueType::kI32) {
              value = exec::Val::I32(results);
            }
          }
          return exec::HostResult::Ok();
        });
    if (!func.ok()) return func.status();
    linker_.allow_shadowing(true);
    const absl::Status status =
        linker_.Define(import.module, import.field, *func);
    if (!status.ok()) return status;
  }
  return absl::OkStatus();
}

bool GuestRun::Instantiate() {
  absl::StatusOr<std::unique_ptr<exec::Store>> store =
      exec::Store::New(engine_, options_.store);
  if (!store.ok()) return Fail(store.status());
  store_ = *std::move(store);
  fuel_ = options_.fuel.value_or(kUnlimitedFuel);
  store_->set_fuel(fuel_);
  if (options_.timeout_seconds) {
    store_->set_deadline(
        std::chrono::steady_clock::now() +
        std::chrono::duration_cast<std::chrono::steady_clock::duration>(
            std::chrono::duration<double>(*options_.timeout_seconds)));
  }
  linker_.stub_imports(options_.stub_imports);
  if (options_.stub_results) {
    const absl::Status status = StubFunctions(*options_.stub_results);
    if (!status.ok()) return Fail(status);
  }
  const absl::StatusOr<exec::Instantiated> made =
      linker_.Instantiate(*store_, *module_);
  if (!made.ok()) return Fail(made.status());
  instance_ = made->instance;
  return Ended(made->start);
}

bool GuestRun::Ended(const exec::CallResult& result) {
  switch (result.kind) {
    case exec::CallResult::kReturned:
      ending_ = "returned";
      return true;
    case exec::CallResult::kTrapped:
      ending_ = "trapped";
      PrintError(env_,
                 absl::StrCat("weft: ", exec::TrapText(result.trap), "\n"));
      break;
    case exec::CallResult::kThrew:
      ending_ = "threw";
      Complain(env_, "an exception was not caught");
      break;
    case exec::CallResult::kExited:
      ending_ = "exited";
      exit_code_ = result.exit_code;
      return false;
  }
  exit_code_ = kExitTrap;
  return false;
}

bool GuestRun::ParseArguments(const exec::FuncType& type,
                              std::vector<exec::Val>* arguments) {
  if (type.params.size() != options_.arguments.size()) {
    return WrongArgument(absl::StrCat("'", options_.invoke, "' takes ",
                                      type.params.size(), " arguments, not ",
                                      options_.arguments.size()));
  }
  for (size_t i = 0; i < type.params.size(); ++i) {
    absl::StatusOr<exec::Val> value =
        ParseValue(options_.arguments[i], type.params[i]);
    if (!value.ok()) return WrongArgument(value.status().message());
    arguments->push_back(*std::move(value));
  }
  return true;
}

bool GuestRun::Call() {
  const bool is_start = options_.invoke.empty();
  const std::string name = is_start ? "_start" : options_.invoke;
  const absl::StatusOr<exec::Func> func = instance_.GetFunc(*store_, name);
  // Without a name, instantiating was all that there was to do.
  if (!func.ok() && is_start) return true;
  if (!func.ok()) {
    std::vector<absl::string_view> names;
    for (const exec::ExportInfo& item : module_->exports()) {
      if (item.type.kind == wasm::ExternalKind::kFunc) {
        names.push_back(item.name);
      }
    }
    if (names.empty()) return WrongArgument("the module exports no function");
    return WrongArgument(
        absl::StrCat("no exported function '", name, "'; the nearest is '",
                     Nearest(name, names, /*only_similar=*/false), "'"));
  }
  const absl::StatusOr<exec::FuncType> type = func->type(*store_);
  if (!type.ok()) return Fail(type.status());
  std::vector<exec::Val> arguments;
  if (!ParseArguments(*type, &arguments)) return false;
  std::vector<exec::Val> results(type->results.size());
  const absl::StatusOr<exec::CallResult> result =
      func->Call(*store_, arguments, absl::MakeSpan(results));
  if (!result.ok()) return Fail(result.status());
  if (!Ended(*result)) return false;
  std::string out;
  for (const exec::Val& value : results) {
    absl::StrAppend(&out, ValueText(value), "\n");
  }
  exit_code_ = Print(env_, out);
  return exit_code_ == kExitOk;
}

void GuestRun::Report() {
  if (store_ == nullptr || (!options_.stats && !stats_)) return;
  RunStats stats;
  stats.input = options_.input;
  stats.function = options_.invoke;
  stats.ending = ending_;
  stats.operators = store_->operator_counts();
  stats.usage = store_->usage();
  stats.fuel = fuel_ - store_->fuel();
  stats.compile_seconds = compiled_ - start_;
  stats.run_seconds = SteadySeconds() - compiled_;
  if (options_.stats) PrintError(env_, RunStatsText(stats));
  if (!stats_) return;
  const std::string json = RunStatsJson(stats);
  absl::Status status = stats_->Stage(
      {reinterpret_cast<const uint8_t*>(json.data()), json.size()});
  if (status.ok()) status = stats_->Commit();
  if (status.ok()) return;
  const int code = FileError(env_, OutputName(options_.stats_json), status);
  if (exit_code_ == kExitOk) exit_code_ = code;
}

}  // namespace

int RunRun(const Environment& env, absl::Span<const absl::string_view> args) {
  const absl::StatusOr<RunOptions> options = ParseRunOptions(args);
  if (!options.ok()) return UsageError(env, options.status().message());
  if (options->help) return Print(env, RunHelp());
  GuestRun run(env, *options);
  if (!run.ResolveOutput() || !run.Compile()) return run.exit_code();
  if (options->disassemble) {
    run.Disassemble();
    return run.exit_code();
  }
  if (run.Instantiate()) run.Call();
  run.Report();
  return run.exit_code();
}

}  // namespace weft::tools
