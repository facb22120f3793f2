#include "check/session.h"

#include <algorithm>
#include <chrono>
#include <memory>
#include <optional>
#include <utility>

#include "absl/strings/str_cat.h"
#include "check/mock_host.h"
#include "check/observer.h"
#include "exec/api.h"

namespace weft::check {
namespace {

using exec::CallResult;
using exec::Val;

// A trap within so many operators says little about a function.
constexpr uint64_t kAtOnce = 16;
// Functions in tables that are called when a session ends.
constexpr uint64_t kMaxTableCalls = 8;
// Calls between two looks at memories.
constexpr size_t kLookPeriod = 4;

// Whether the module may wait for other threads.
bool MayWait(const exec::Module& module) {
  for (const wasm::Memory& memory : module.wasm().memories) {
    if (memory.type.limits.is_shared) return true;
  }
  return false;
}

class Session {
 public:
  Session(const exec::Module& module, const Interface& interface,
          const SessionOptions& options)
      : module_(module), interface_(interface), options_(options) {
    result_.trace = Trace(options.texts);
  }

  absl::StatusOr<SessionResult> Run(absl::Span<const PlannedCall> calls) {
    auto store = exec::Store::New(module_.engine(), options_.store);
    if (!store.ok()) return store.status();
    store_ = *std::move(store);
    may_wait_ = MayWait(module_);
    host_.emplace(*store_, interface_, options_, result_.trace);
    if (Start()) {
      for (const PlannedCall& call : calls) {
        if (!CallExport(call)) break;
      }
      if (host_->poison() == Poison::kNone) CallTables();
      if (host_->poison() == Poison::kNone) host_->Look(/*all=*/true);
    }
    result_.poison = std::max(result_.poison, host_->poison());
    const exec::Store::Usage usage = store_->usage();
    result_.grows = std::max(usage.memory_grows, usage.table_grows);
    result_.stack_exhausted = host_->stack_exhausted();
    result_.captured = std::move(host_->captured());
    return std::move(result_);
  }

 private:
  void BeginStep() {
    given_ = options_.fuel(result_.steps);
    store_->set_fuel(given_);
    if (may_wait_) {
      store_->set_deadline(
          std::chrono::steady_clock::now() +
          std::chrono::duration_cast<std::chrono::steady_clock::duration>(
              std::chrono::duration<double>(options_.max_wait)));
    }
    ++result_.steps;
  }
  uint64_t EndStep() {
    result_.fuel_used.push_back(given_ - store_->fuel());
    return result_.fuel_used.back();
  }

  // Both: false when the session has ended.
  bool Start();
  bool CallExport(const PlannedCall& call);
  void CallTables();

  const exec::Module& module_;
  const Interface& interface_;
  const SessionOptions& options_;
  SessionResult result_;
  std::unique_ptr<exec::Store> store_;
  std::optional<MockHost> host_;
  exec::Instance instance_;
  bool may_wait_ = false;
  uint64_t given_ = 0;
};

bool Session::Start() {
  const absl::Status imports = host_->MakeImports();
  if (!imports.ok()) {
    result_.poison =
        absl::IsResourceExhausted(imports) ? Poison::kMemory : Poison::kHost;
    return false;
  }
  result_.trace.Add(EventKind::kCall, 0, "instantiation");
  BeginStep();
  const std::vector<exec::Extern> externs = host_->ImportsOf(module_);
  auto made = exec::Instance::New(*store_, module_, externs);
  EndStep();
  if (!made.ok()) {
    if (absl::IsResourceExhausted(made.status())) {
      result_.poison = Poison::kMemory;
    } else {
      result_.trace.Add(EventKind::kEnded, 1, made.status().ToString());
    }
    return false;
  }
  instance_ = made->instance;
  host_->Ended(made->start, {});
  if (host_->poison() != Poison::kNone) return false;
  if (made->start.returned()) host_->SetInstance(instance_);
  host_->Look(/*all=*/false);
  return made->start.returned();
}

bool Session::CallExport(const PlannedCall& call) {
  const std::string& name = interface_.exports[call.export_index].name;
  const auto value = instance_.GetExport(*store_, call.export_index);
  const auto* func = value.ok() ? std::get_if<exec::Func>(&*value) : nullptr;
  if (func == nullptr) return true;
  const auto type = func->type(*store_);
  if (!type.ok()) return true;
  const auto args = call.given != nullptr
                        ? std::optional(*call.given)
                        : host_->Arguments(*type, call.vector,
                                           Mix(options_.seed, NameHash(name)));
  BeginStep();
  if (!args) {
    result_.trapped_at_once.push_back(true);
    EndStep();
    return true;
  }
  const CallResult ended = host_->Call(
      *func, *type, *args,
      result_.trace.wants_text() ? absl::StrCat("call of '", name, "'")
                                 : std::string(),
      call.export_index);
  const uint64_t used = EndStep();
  result_.trapped_at_once.push_back(ended.kind == CallResult::kTrapped &&
                                    used <= kAtOnce);
  if (host_->poison() != Poison::kNone) return false;
  if (options_.look_often || result_.steps % kLookPeriod == 0 ||
      !ended.returned()) {
    host_->Look(/*all=*/false);
  }
  return true;
}

void Session::CallTables() {
  for (const auto& [name, table] : host_->observer().tables()) {
    uint64_t called = 0;
    const uint64_t size = table.size(*store_).value_or(0);
    for (uint64_t i = 0; i < std::min<uint64_t>(size, 64); ++i) {
      const auto entry = table.Get(*store_, i);
      if (!entry.ok() || entry->is_null()) continue;
      const auto func = exec::Func::FromVal(*store_, *entry);
      if (!func.ok()) break;  // A table of something else.
      const auto type = func->type(*store_);
      if (!type.ok() || ++called > kMaxTableCalls) break;
      const auto args = host_->Arguments(*type, 0, options_.seed);
      if (!args) continue;
      BeginStep();
      host_->Call(*func, *type, *args,
                  absl::StrCat("call of entry ", i, " of table '", name, "'"));
      EndStep();
      if (host_->poison() != Poison::kNone) return;
    }
  }
}

}  // namespace

absl::string_view PoisonText(Poison poison) {
  switch (poison) {
    case Poison::kNone:
      return "none";
    case Poison::kNan:
      return "nan";
    case Poison::kFuel:
      return "fuel";
    case Poison::kStack:
      return "stack";
    case Poison::kHeap:
      return "heap";
    case Poison::kMemory:
      return "memory";
    case Poison::kWait:
      return "wait";
    case Poison::kHost:
      return "host";
  }
  return "";
}

absl::StatusOr<SessionResult> RunSession(const exec::Module& module,
                                         const Interface& interface,
                                         absl::Span<const PlannedCall> calls,
                                         const SessionOptions& options) {
  return Session(module, interface, options).Run(calls);
}

}  // namespace weft::check
