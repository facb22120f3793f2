#include "tools/bench/reduce_cases.h"

#include <algorithm>
#include <cstring>
#include <memory>
#include <string>
#include <utility>

#include "absl/hash/hash.h"
#include "absl/status/statusor.h"
#include "exec/api.h"
#include "ir/wasm/locals.h"
#include "ir/wasm/reader.h"
#include "ir/wasm/writer.h"
#include "passes/optimize.h"
#include "passes/pass.h"

namespace weft::tools {
namespace {

using Bytes = std::vector<uint8_t>;
using wasm::Op;
using wasm::Operator;

// Enough for programs to come to their point; runs that are cut off are
// compared where they are.
constexpr uint64_t kFuel = 1'000'000;

// Calls `visit` for all operators; stops when it returns false.
template <typename Visit>
void ForEachOperator(const wasm::Module& module, const Visit& visit) {
  for (const wasm::Function& function : module.funcs) {
    if (function.is_import()) continue;
    wasm::ByteReader locals(function.body, function.body_offset);
    std::vector<wasm::LocalGroup> groups;
    if (!ReadLocals(&locals, module.features, &groups).ok()) return;
    wasm::OperatorReader reader(locals.rest(), locals.offset(),
                                module.features);
    Operator op;
    while (!reader.done() && reader.TryRead(&op)) {
      if (!visit(op)) return;
    }
  }
}

bool Contains(const wasm::Module& module, Op wanted) {
  bool found = false;
  ForEachOperator(module, [&](const Operator& op) {
    found = op.op == wanted;
    return !found;
  });
  return found;
}

absl::StatusOr<Bytes> WithFault(const wasm::Module& module, Fault fault) {
  const auto body = [&](wasm::FuncIndex func, wasm::ByteWriter* out) {
    const wasm::Function& function = module.funcs[func];
    wasm::ByteReader locals(function.body, function.body_offset);
    std::vector<wasm::LocalGroup> groups;
    absl::Status status = ReadLocals(&locals, module.features, &groups);
    if (!status.ok()) return status;
    WriteLocals(groups, out);
    wasm::OperatorReader reader(locals.rest(), locals.offset(),
                                module.features);
    Operator op;
    while (!reader.done()) {
      if (!reader.TryRead(&op)) return reader.status();
      if (op.op == fault.from) op.op = fault.to;
      WriteOperator(op, out);
    }
    return absl::OkStatus();
  };
  return WriteModule(module, {}, body);
}

// What running a module shows: results, traps, what it writes.
using Observation = std::vector<uint64_t>;

// Writes all that WASI's fd_write was given to nowhere, and notes it.
exec::HostResult Write(exec::Caller& caller, absl::Span<const exec::Val> args,
                       Observation* seen) {
  const auto memory = caller.memory();
  if (!memory.ok() || args.size() != 4) return exec::HostResult::Ok();
  const auto bytes = memory->data(caller.store());
  if (!bytes.ok()) return exec::HostResult::Ok();
  const auto load = [&](uint64_t at) {
    uint32_t value = 0;
    if (at + 4 <= bytes->size()) std::memcpy(&value, bytes->data() + at, 4);
    return value;
  };
  uint32_t written = 0;
  for (uint32_t i = 0; i < std::min(args[2].i32(), 16u); ++i) {
    const uint64_t entry = uint64_t{args[1].i32()} + 8 * i;
    written += load(entry + 4);
    seen->push_back(load(load(entry)));
  }
  seen->push_back(written);
  const uint64_t result = args[3].i32();
  if (result + 4 <= bytes->size()) {
    std::memcpy(bytes->data() + result, &written, 4);
  }
  return exec::HostResult::Ok();
}

class Runner {
 public:
  Runner() : engine_(Options()) {}

  Observation Run(absl::Span<const uint8_t> bytes) {
    Observation seen;
    const absl::StatusOr<exec::Module> module =
        exec::Module::Compile(engine_, bytes);
    if (!module.ok()) return seen;
    exec::StoreOptions options;
    options.max_memory = uint64_t{64} << 20;
    auto store = exec::Store::New(engine_, options);
    if (!store.ok()) return seen;
    (*store)->set_fuel(kFuel);
    exec::Linker linker(engine_);
    linker.stub_imports(true);
    if (!StubFunctions(*module, **store, &linker, &seen)) return seen;
    const auto made = linker.Instantiate(**store, *module);
    if (!made.ok()) return seen;
    Note(made->start, &seen);
    for (const exec::ExportInfo& info : module->exports()) {
      if (info.type.kind == wasm::ExternalKind::kFunc) {
        CallExport(**store, made->instance, info.name, &seen);
      }
      if (info.type.kind == wasm::ExternalKind::kMemory) {
        HashMemory(**store, made->instance, info.name, &seen);
      }
    }
    return seen;
  }

 private:
  static exec::EngineOptions Options() {
    exec::EngineOptions options;
    options.metering = true;
    options.canonical_nans = true;
    options.bounds = exec::Bounds::kExplicit;
    return options;
  }

  static bool StubFunctions(const exec::Module& module, exec::Store& store,
                            exec::Linker* linker, Observation* seen) {
    linker->allow_shadowing(true);
    for (const exec::ImportInfo& import : module.imports()) {
      if (import.type.kind != wasm::ExternalKind::kFunc) continue;
      const absl::StatusOr<exec::Func> func = exec::Func::NewOfType(
          store, import.type.func,
          [seen, name = std::string(import.field)](
              exec::Caller& caller, absl::Span<const exec::Val> args,
              absl::Span<exec::Val>) {
            seen->push_back(args.size());
            if (name == "proc_exit") return exec::HostResult::Exit(0);
            if (name == "fd_write") return Write(caller, args, seen);
            return exec::HostResult::Ok();
          });
      if (!func.ok() ||
          !linker->Define(import.module, import.field, *func).ok()) {
        return false;
      }
    }
    return true;
  }

  static void Note(const exec::CallResult& result, Observation* seen) {
    seen->push_back(result.kind);
    seen->push_back(static_cast<uint64_t>(result.trap.kind));
  }

  static void CallExport(exec::Store& store, const exec::Instance& instance,
                         absl::string_view name, Observation* seen) {
    const auto func = instance.GetFunc(store, name);
    if (!func.ok()) return;
    const auto type = func->type(store);
    if (!type.ok()) return;
    std::vector<exec::Val> arguments;
    uint64_t next = 3;
    for (wasm::ValueType param : type->params) {
      arguments.push_back(param.kind() == wasm::ValueType::kI32
                              ? exec::Val::I32(static_cast<uint32_t>(next))
                              : exec::Val::Zero(param));
      next += 29;
    }
    std::vector<exec::Val> results(type->results.size());
    const auto call = func->Call(store, arguments, absl::MakeSpan(results));
    if (!call.ok()) return;
    Note(*call, seen);
    if (!call->returned()) return;
    for (const exec::Val& value : results) {
      seen->push_back(value.is_ref() ? value.is_null() : value.low());
    }
  }

  static void HashMemory(exec::Store& store, const exec::Instance& instance,
                         absl::string_view name, Observation* seen) {
    const auto memory = instance.GetMemory(store, name);
    if (!memory.ok()) return;
    const auto bytes = memory->data(store);
    if (bytes.ok()) {
      seen->push_back(absl::HashOf(absl::string_view(
          reinterpret_cast<const char*>(bytes->data()), bytes->size())));
    }
  }

  exec::Engine engine_;
};

}  // namespace

check::Interesting MiscompiledBy(Fault fault) {
  const auto runner = std::make_shared<Runner>();
  return [runner, fault](absl::Span<const uint8_t> bytes) {
    const absl::StatusOr<wasm::Module> module = wasm::ReadModule(bytes);
    if (!module.ok() || !Contains(*module, fault.from)) return false;
    const absl::StatusOr<Bytes> faulty = WithFault(*module, fault);
    if (!faulty.ok()) return false;
    return runner->Run(bytes) != runner->Run(*faulty);
  };
}

check::Interesting HasSequence(std::vector<Op> ops) {
  return [ops = std::move(ops)](absl::Span<const uint8_t> bytes) {
    const absl::StatusOr<wasm::Module> module = wasm::ReadModule(bytes);
    if (!module.ok()) return false;
    std::vector<Op> last;
    bool found = false;
    ForEachOperator(*module, [&](const Operator& op) {
      last.push_back(op.op);
      if (last.size() > ops.size()) last.erase(last.begin());
      found = last == ops;
      return !found;
    });
    return found;
  };
}

check::Interesting RemovedBy(std::string pass, Op op) {
  return [pass = std::move(pass), op](absl::Span<const uint8_t> bytes) {
    const absl::StatusOr<wasm::Module> module = wasm::ReadModule(bytes);
    if (!module.ok() || !Contains(*module, op)) return false;
    passes::OptimizeOptions options;
    const auto list = passes::ParsePasses(pass);
    if (!list.ok()) return false;
    options.passes = *list;
    passes::OptimizeReport report;
    const absl::StatusOr<Bytes> result = Optimize(bytes, options, &report);
    if (!result.ok()) return false;
    const absl::StatusOr<wasm::Module> after = wasm::ReadModule(*result);
    if (!after.ok() || Contains(*after, op)) return false;
    return std::any_of(
        report.passes.begin(), report.passes.end(),
        [](const passes::PassReport& entry) { return entry.changes > 0; });
  };
}

}  // namespace weft::tools
