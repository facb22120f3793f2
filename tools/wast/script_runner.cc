#include "tools/wast/script_runner.h"

#include "absl/strings/str_cat.h"
#include "tools/wast/module_check.h"

namespace weft::tools {
namespace {

using wasm::Directive;
using wasm::ScriptModule;
using Outcome = ScriptReport::Outcome;

// Whether the directive is decided by a look at its module.
bool IsStatic(Directive::Kind kind) {
  switch (kind) {
    case Directive::kAssertMalformed:
    case Directive::kAssertInvalid:
    case Directive::kAssertMalformedCustom:
    case Directive::kAssertInvalidCustom:
      return true;
    case Directive::kModule:
    case Directive::kInstance:
    case Directive::kRegister:
    case Directive::kAction:
    case Directive::kAssertReturn:
    case Directive::kAssertTrap:
    case Directive::kAssertException:
    case Directive::kAssertExhaustion:
    case Directive::kAssertUnlinkable:
    case Directive::kAssertUninstantiable:
    case Directive::kThread:
    case Directive::kWait:
      break;
  }
  return false;
}

std::string CheckName(const Directive& directive) {
  const absl::string_view name = wasm::DirectiveName(directive.kind);
  if (directive.kind != Directive::kAssertMalformed) return std::string(name);
  switch (directive.module.form) {
    case ScriptModule::kText:
      return absl::StrCat(name, " text");
    case ScriptModule::kQuote:
      return absl::StrCat(name, " quote");
    case ScriptModule::kBinary:
      return absl::StrCat(name, " binary");
  }
  return "";
}

class Run {
 public:
  Run(const wasm::Script& script, absl::string_view folder,
      absl::string_view file, const ScriptRunOptions& options,
      ScriptReport* report)
      : script_(script),
        folder_(folder),
        file_(file),
        options_(options),
        report_(*report) {
    if (options.make_executor) executor_ = options.make_executor();
  }

  void All() {
    for (size_t i = 0; i < script_.directives.size(); ++i) {
      One(i);
      // With an executor a thread's directives are its matter.
      if (executor_ != nullptr) i += script_.directives[i].num_directives;
    }
  }

 private:
  void One(size_t index) {
    const Directive& directive = script_.directives[index];
    const std::string check = CheckName(directive);
    if (wasm::HasModule(directive)) {
      const bool is_whole =
          IsStatic(directive.kind) || directive.kind == Directive::kModule;
      if (!CheckModuleOf(directive, is_whole, check)) return;
      if (IsStatic(directive.kind)) {
        return report_.Add(folder_, check, Outcome::kPassed);
      }
    }
    if (executor_ == nullptr) {
      // Of a module it is known that it is valid.
      return report_.Add(folder_, check,
                         directive.kind == Directive::kModule
                             ? Outcome::kPassed
                             : Outcome::kNotRun);
    }
    const absl::Status status = executor_->Execute(script_, index);
    if (status.ok()) return report_.Add(folder_, check, Outcome::kPassed);
    if (absl::IsUnimplemented(status)) {
      return report_.Add(folder_, check, Outcome::kNotRun);
    }
    Fail(directive, check, std::string(status.message()));
  }

  // False when the directive is done, since its module is not what it has to
  // be. `is_whole`: the module is all that there is to the directive, else it
  // is a check of its own.
  bool CheckModuleOf(const Directive& directive, bool is_whole,
                     const std::string& check) {
    std::string reason =
        WhyNot(directive, CheckModule(directive.module, options_.features));
    const std::string part = absl::StrCat(check, "'s module");
    if (reason.empty()) {
      if (!is_whole) report_.Add(folder_, part, Outcome::kPassed);
      return true;
    }
    Fail(directive, is_whole ? check : part, std::move(reason));
    if (!is_whole) report_.Add(folder_, check, Outcome::kNotRun);
    return false;
  }

  void Fail(const Directive& directive, absl::string_view check,
            std::string reason) {
    report_.AddFailure(folder_, {std::string(file_), directive.line,
                                 std::string(check), std::move(reason)});
  }

  const wasm::Script& script_;
  const absl::string_view folder_;
  const absl::string_view file_;
  const ScriptRunOptions& options_;
  ScriptReport& report_;
  std::unique_ptr<ScriptExecutor> executor_;
};

}  // namespace

void ScriptReport::Add(absl::string_view folder, absl::string_view check,
                       Outcome outcome) {
  ScriptCounts& row = rows_[{std::string(folder), std::string(check)}];
  for (ScriptCounts* counts : {&row, &total_}) {
    ++counts->expected;
    counts->passed += outcome == Outcome::kPassed ? 1 : 0;
    counts->failed += outcome == Outcome::kFailed ? 1 : 0;
    counts->not_run += outcome == Outcome::kNotRun ? 1 : 0;
  }
}

void ScriptReport::AddFailure(absl::string_view folder, ScriptFailure failure) {
  Add(folder, failure.check, Outcome::kFailed);
  failures_.push_back(std::move(failure));
}

void RunScript(absl::string_view text, absl::string_view folder,
               absl::string_view file, const ScriptRunOptions& options,
               ScriptReport* report) {
  const absl::StatusOr<wasm::Script> script =
      wasm::ReadScript(text, {options.features, std::string(file)});
  if (!script.ok()) {
    report->AddFailure(folder, {std::string(file), 0, "script",
                                std::string(script.status().message())});
    return;
  }
  Run(*script, folder, file, options, report).All();
}

}  // namespace weft::tools
