#include "tools/wast/api_executor.h"

#include <map>
#include <string>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "exec/api.h"
#include "ir/wasm/text/parser.h"
#include "tools/wast/match_result.h"

namespace weft::tools {
namespace {

using exec::CallResult;
using exec::Val;
using wasm::Directive;
using wasm::ScriptAction;
using wasm::ScriptModule;
using wasm::ScriptValue;

// What scripts may import without defining it.
constexpr absl::string_view kSpectest = R"(
(module
  (global (export "global_i32") i32 (i32.const 666))
  (global (export "global_i64") i64 (i64.const 666))
  (global (export "global_f32") f32 (f32.const 666.6))
  (global (export "global_f64") f64 (f64.const 666.6))
  (table (export "table") 10 20 funcref)
  (table (export "table64") i64 10 20 funcref)
  (memory (export "memory") 1 2)
  (memory (export "shared_memory") 1 2 shared)
  (func (export "print"))
  (func (export "print_i32") (param i32))
  (func (export "print_i64") (param i64))
  (func (export "print_f32") (param f32))
  (func (export "print_f64") (param f64))
  (func (export "print_i32_f32") (param i32 f32))
  (func (export "print_f64_f64") (param f64 f64))))";

absl::Status NotTrue(absl::string_view what) {
  return absl::FailedPreconditionError(what);
}

// Whether the message of a trap is the one that a script expects; either may
// say more.
bool IsMessage(absl::string_view actual, absl::string_view expected) {
  return absl::StartsWith(actual, expected) ||
         absl::StartsWith(expected, actual);
}

class ApiExecutor : public ScriptExecutor {
 public:
  explicit ApiExecutor(const ApiExecutorOptions& options)
      : options_(options), engine_(options.engine), linker_(engine_) {
    linker_.allow_shadowing(true);
    absl::StatusOr<std::unique_ptr<exec::Store>> store =
        exec::Store::New(engine_, options.store);
    start_ = store.status();
    if (!start_.ok()) return;
    store_ = *std::move(store);
    store_->set_fuel(kFuel);
    start_ = DefineSpectest();
  }

  ~ApiExecutor() override {
    if (options_.report_operators && store_ != nullptr) {
      options_.report_operators(kFuel - store_->fuel());
    }
  }

  absl::Status Execute(const wasm::Script& script, size_t index) override {
    if (!start_.ok()) return start_;
    const Directive& directive = script.directives[index];
    switch (directive.kind) {
      case Directive::kModule:
        return DefineModule(directive.module);
      case Directive::kInstance:
        return DefineInstance(directive);
      case Directive::kRegister:
        return Register(directive);
      case Directive::kAction:
        return Perform(directive.action).status();
      case Directive::kAssertReturn:
        return AssertReturn(directive);
      case Directive::kAssertTrap:
      case Directive::kAssertExhaustion:
        return AssertTrap(Run(directive.action), directive.text);
      case Directive::kAssertException:
        return AssertException(directive);
      case Directive::kAssertUnlinkable:
        return AssertUnlinkable(directive);
      case Directive::kAssertUninstantiable:
        return AssertUninstantiable(directive);
      case Directive::kAssertMalformed:
      case Directive::kAssertInvalid:
      case Directive::kAssertMalformedCustom:
      case Directive::kAssertInvalidCustom:
        return absl::InternalError("decided without execution");
      case Directive::kThread:
      case Directive::kWait:
        break;
    }
    return absl::UnimplementedError("threads of scripts");
  }

 private:
  // Enough for any script.
  static constexpr uint64_t kFuel = uint64_t{1} << 62;

  absl::Status DefineSpectest() {
    const auto bytes = wasm::ParseModuleText(kSpectest);
    if (!bytes.ok()) return bytes.status();
    const auto module = exec::Module::Compile(engine_, *bytes);
    if (!module.ok()) return module.status();
    const auto made = linker_.Instantiate(*store_, *module);
    if (!made.ok()) return made.status();
    return linker_.DefineInstance(*store_, "spectest", made->instance);
  }

  absl::StatusOr<exec::Module> Compile(const ScriptModule& module) {
    if (!options_.transform) {
      return exec::Module::Compile(engine_, module.bytes);
    }
    absl::StatusOr<std::vector<uint8_t>> bytes =
        options_.transform(module.bytes);
    if (!bytes.ok()) return bytes.status();
    return exec::Module::Compile(engine_, *std::move(bytes));
  }

  absl::Status DefineModule(const ScriptModule& module) {
    const absl::StatusOr<exec::Module> compiled = Compile(module);
    if (!compiled.ok()) return compiled.status();
    if (module.is_definition) {
      modules_.insert_or_assign("", *compiled);
      modules_.insert_or_assign(module.id, *compiled);
      return absl::OkStatus();
    }
    return Instantiate(*compiled, module.id);
  }

  absl::Status Instantiate(const exec::Module& module, const std::string& id) {
    const auto made = linker_.Instantiate(*store_, module);
    if (!made.ok()) return made.status();
    if (!made->start.returned()) {
      return NotTrue(absl::StrCat("not instantiated: ", Ending(made->start)));
    }
    instances_.insert_or_assign("", made->instance);
    if (!id.empty()) instances_.insert_or_assign(id, made->instance);
    return absl::OkStatus();
  }

  absl::Status DefineInstance(const Directive& directive) {
    const auto module = modules_.find(directive.module_id);
    if (module == modules_.end()) {
      return NotTrue(absl::StrCat("no module $", directive.module_id));
    }
    return Instantiate(module->second, directive.id);
  }

  absl::Status Register(const Directive& directive) {
    const auto instance = instances_.find(directive.id);
    if (instance == instances_.end()) {
      return NotTrue(absl::StrCat("no instance $", directive.id));
    }
    return linker_.DefineInstance(*store_, directive.text, instance->second);
  }

  absl::StatusOr<Val> Argument(const ScriptValue& value) {
    switch (value.kind) {
      case ScriptValue::kI32:
        return Val::I32(static_cast<uint32_t>(value.low));
      case ScriptValue::kI64:
        return Val::I64(value.low);
      case ScriptValue::kF32:
        return Val::F32Bits(static_cast<uint32_t>(value.low));
      case ScriptValue::kF64:
        return Val::F64Bits(value.low);
      case ScriptValue::kV128:
        return Val::V128(value.low, value.high);
      case ScriptValue::kRefNull:
        return Val::Null(value.heap.is_defined() ? wasm::HeapType::kAny
                                                 : value.heap.abstract());
      case ScriptValue::kRefExtern:
        return store_->NewHostRef(value.low, /*any=*/false);
      case ScriptValue::kRefHost:
        return store_->NewHostRef(value.low, /*any=*/true);
    }
    return absl::InternalError("unknown kind of value");
  }

  // Performs an action. What it returned is in results_.
  absl::StatusOr<CallResult> Run(const ScriptAction& action) {
    const auto instance = instances_.find(action.instance);
    if (instance == instances_.end()) {
      return NotTrue(absl::StrCat("no instance $", action.instance));
    }
    if (action.kind == ScriptAction::kGet) {
      const auto global = instance->second.GetGlobal(*store_, action.name);
      if (!global.ok()) return global.status();
      const absl::StatusOr<Val> value = global->Get(*store_);
      if (!value.ok()) return value.status();
      results_ = {*value};
      return CallResult();
    }
    const auto func = instance->second.GetFunc(*store_, action.name);
    if (!func.ok()) return func.status();
    std::vector<Val> arguments;
    for (const ScriptValue& value : action.arguments) {
      absl::StatusOr<Val> argument = Argument(value);
      if (!argument.ok()) return argument.status();
      arguments.push_back(*std::move(argument));
    }
    const auto type = func->type(*store_);
    if (!type.ok()) return type.status();
    results_.assign(type->results.size(), Val());
    return func->Call(*store_, arguments, absl::MakeSpan(results_));
  }

  static std::string Ending(const CallResult& result) {
    switch (result.kind) {
      case CallResult::kReturned:
        return "it returned";
      case CallResult::kTrapped:
        return absl::StrCat("it trapped: ", result.trap.message);
      case CallResult::kThrew:
        return "an exception was not caught";
      case CallResult::kExited:
        break;
    }
    return "the host ended it";
  }

  absl::StatusOr<CallResult> Perform(const ScriptAction& action) {
    absl::StatusOr<CallResult> result = Run(action);
    if (result.ok() && !result->returned()) return NotTrue(Ending(*result));
    return result;
  }

  absl::Status AssertReturn(const Directive& directive) {
    const absl::StatusOr<CallResult> result = Perform(directive.action);
    if (!result.ok()) return result.status();
    if (results_.size() != directive.results.size()) {
      return NotTrue(absl::StrCat("it has ", results_.size(), " results, not ",
                                  directive.results.size()));
    }
    for (size_t i = 0; i < results_.size(); ++i) {
      if (MatchesResult(*store_, results_[i], directive.results[i])) continue;
      return NotTrue(
          absl::StrCat("result ", i, " is ", DescribeValue(results_[i])));
    }
    return absl::OkStatus();
  }

  static absl::Status AssertTrap(const absl::StatusOr<CallResult>& result,
                                 absl::string_view text) {
    if (!result.ok()) return result.status();
    if (result->kind == CallResult::kTrapped &&
        IsMessage(result->trap.message, text)) {
      return absl::OkStatus();
    }
    return NotTrue(
        absl::StrCat(Ending(*result), ", expected the trap: ", text));
  }

  absl::Status AssertException(const Directive& directive) {
    const absl::StatusOr<CallResult> result = Run(directive.action);
    if (!result.ok()) return result.status();
    if (result->kind == CallResult::kThrew) return absl::OkStatus();
    return NotTrue(absl::StrCat(Ending(*result), ", expected an exception"));
  }

  // The module of an assertion about instantiation.
  absl::StatusOr<exec::Module> ModuleOf(const Directive& directive) {
    if (!directive.has_module_id) return Compile(directive.module);
    const auto module = modules_.find(directive.module_id);
    if (module != modules_.end()) return module->second;
    return NotTrue(absl::StrCat("no module $", directive.module_id));
  }

  absl::Status AssertUnlinkable(const Directive& directive) {
    // The module as it is: a pass may remove the import that is not there.
    const absl::StatusOr<exec::Module> module =
        directive.has_module_id
            ? ModuleOf(directive)
            : exec::Module::Compile(engine_, directive.module.bytes);
    if (!module.ok()) return module.status();
    const auto made = linker_.Instantiate(*store_, *module);
    if (made.ok()) return NotTrue("it can be linked");
    if (absl::StrContains(made.status().message(), directive.text)) {
      return absl::OkStatus();
    }
    return NotTrue(
        absl::StrCat(made.status().message(), ", expected: ", directive.text));
  }

  absl::Status AssertUninstantiable(const Directive& directive) {
    const absl::StatusOr<exec::Module> module = ModuleOf(directive);
    if (!module.ok()) return module.status();
    const auto made = linker_.Instantiate(*store_, *module);
    if (!made.ok()) return made.status();
    return AssertTrap(made->start, directive.text);
  }

  const ApiExecutorOptions options_;
  const exec::Engine engine_;
  std::unique_ptr<exec::Store> store_;
  exec::Linker linker_;
  absl::Status start_;  // Why nothing can be executed.
  // By id; "" is the latest.
  std::map<std::string, exec::Module> modules_;
  std::map<std::string, exec::Instance> instances_;
  std::vector<Val> results_;
};

}  // namespace

std::unique_ptr<ScriptExecutor> NewApiExecutor(
    const ApiExecutorOptions& options) {
  return std::make_unique<ApiExecutor>(options);
}

}  // namespace weft::tools
