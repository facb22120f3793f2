#include "check/votes/run.h"

#include <cstring>
#include <memory>

#include "absl/strings/str_cat.h"
#include "exec/api.h"

namespace weft::check::votes {
namespace {

using exec::CallResult;
using exec::TrapKind;

// Of one step; logging memories takes most of it.
constexpr uint64_t kFuel = 20'000'000;
// More than so many pages of growth cost outside engines too much time.
constexpr uint64_t kMaxPagesGrown = 1024;

// What other engines limit otherwise.
bool IsLimit(TrapKind kind) {
  return kind == TrapKind::kAllFuelConsumed ||
         kind == TrapKind::kCallStackExhausted ||
         kind == TrapKind::kHeapExhausted ||
         kind == TrapKind::kAllocationSizeTooLarge ||
         kind == TrapKind::kOutOfMemory || kind == TrapKind::kInterrupted ||
         kind == TrapKind::kDeadlineExceeded;
}

class Runner {
 public:
  Runner(const exec::Engine& engine, const Harness& harness,
         std::unique_ptr<exec::Store> store)
      : engine_(engine),
        harness_(harness),
        store_(std::move(store)),
        linker_(engine) {}

  absl::StatusOr<Vote> Run(absl::Span<const uint8_t> subject);

 private:
  // Writes down how that ended; false when it did not return.
  bool Note(const CallResult& result);
  absl::StatusOr<exec::Instantiated> Instantiate(
      absl::Span<const uint8_t> bytes);
  absl::StatusOr<CallResult> Call(const exec::Instance& instance,
                                  absl::string_view name,
                                  absl::Span<const exec::Val> args);
  absl::Status Steps();
  absl::Status Look(const exec::Instance& instance, bool memories);
  absl::Status TakeLog();

  const exec::Engine& engine_;
  const Harness& harness_;
  std::unique_ptr<exec::Store> store_;
  exec::Linker linker_;
  exec::Instance host_;
  Vote vote_;
};

bool Runner::Note(const CallResult& result) {
  if (result.kind == CallResult::kTrapped && IsLimit(result.trap.kind)) {
    vote_.skip = std::string(TrapMessage(result.trap.kind));
  }
  vote_.ends.push_back(result.returned() ? ""
                       : result.kind == CallResult::kTrapped
                           ? std::string(TrapMessage(result.trap.kind))
                           : "exception");
  return result.returned();
}

absl::StatusOr<exec::Instantiated> Runner::Instantiate(
    absl::Span<const uint8_t> bytes) {
  store_->set_fuel(kFuel);
  const auto module = exec::Module::Compile(engine_, bytes);
  if (!module.ok()) return module.status();
  return linker_.Instantiate(*store_, *module);
}

absl::StatusOr<CallResult> Runner::Call(const exec::Instance& instance,
                                        absl::string_view name,
                                        absl::Span<const exec::Val> args) {
  store_->set_fuel(kFuel);
  const auto func = instance.GetFunc(*store_, name);
  if (!func.ok()) return func.status();
  return func->Call(*store_, args, {});
}

absl::Status Runner::Look(const exec::Instance& instance, bool memories) {
  const exec::Val arg = exec::Val::I32(memories ? 1 : 0);
  const auto result = Call(instance, "state", {&arg, 1});
  if (!result.ok()) return result.status();
  if (!result->returned() && vote_.skip.empty()) vote_.skip = "log too long";
  return absl::OkStatus();
}

absl::Status Runner::Steps() {
  const auto driver = Instantiate(harness_.driver);
  if (!driver.ok()) return driver.status();
  for (uint32_t step = 0; step < harness_.steps && vote_.skip.empty(); ++step) {
    const auto result = Call(driver->instance, absl::StrCat(step), {});
    if (!result.ok()) return result.status();
    const bool returned = Note(*result);
    const absl::Status looked = Look(
        driver->instance, LooksAtMemories(step, harness_.steps, !returned));
    if (!looked.ok()) return looked;
  }
  return absl::OkStatus();
}

absl::Status Runner::TakeLog() {
  const auto memory = host_.GetMemory(*store_, "log");
  if (!memory.ok()) return memory.status();
  const auto bytes = memory->data(*store_);
  if (!bytes.ok()) return bytes.status();
  uint32_t used = 0;
  std::memcpy(&used, bytes->data(), sizeof(used));
  if (used >= kMaxLogBytes) vote_.skip = "log too long";
  const auto log = bytes->subspan(kLogBegin, used);
  vote_.log.assign(log.begin(), log.end());
  return absl::OkStatus();
}

absl::StatusOr<Vote> Runner::Run(absl::Span<const uint8_t> subject) {
  const auto host = Instantiate(harness_.host);
  if (!host.ok()) return host.status();
  host_ = host->instance;
  for (const absl::string_view name : {"env", "host"}) {
    const absl::Status defined = linker_.DefineInstance(*store_, name, host_);
    if (!defined.ok()) return defined;
  }
  const auto guest = Instantiate(subject);
  if (!guest.ok()) return guest.status();
  if (Note(guest->start)) {
    absl::Status status =
        linker_.DefineInstance(*store_, "guest", guest->instance);
    if (status.ok()) status = Steps();
    if (!status.ok()) return status;
  }
  absl::Status status = Look(host_, /*memories=*/true);
  if (status.ok()) status = TakeLog();
  if (!status.ok()) return status;
  if (store_->usage().pages_grown > kMaxPagesGrown && vote_.skip.empty()) {
    vote_.skip = "memory too large";
  }
  return std::move(vote_);
}

}  // namespace

absl::StatusOr<Vote> RunInHarness(const exec::Engine& engine,
                                  absl::Span<const uint8_t> subject,
                                  const Harness& harness,
                                  const exec::NanBits& nans) {
  exec::StoreOptions options;
  options.nans = nans;
  options.max_stack = 1 << 20;
  auto store = exec::Store::New(engine, options);
  if (!store.ok()) return store.status();
  return Runner(engine, harness, *std::move(store)).Run(subject);
}

}  // namespace weft::check::votes
