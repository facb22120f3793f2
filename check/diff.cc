// Each planned session runs before and after; what the host saw is compared as
// a sequence of hashes. Only when these differ are both run again with texts.

#include "check/diff.h"

#include <algorithm>
#include <chrono>
#include <map>
#include <optional>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "check/interface.h"
#include "check/plan.h"
#include "exec/api.h"

namespace weft::check {
namespace {

// Types of so many pairs are kept by one engine.
constexpr size_t kPairsPerEngine = 2000;
// Negative ones, and some with a payload.
constexpr exec::NanBits kOtherNans[] = {
    {0xffc00000, 0xfff8000000000000},
    {0x7fe12345, 0x7ffc123456789abc},
};
constexpr size_t kNumPoisons = static_cast<size_t>(Poison::kHost) + 1;

absl::string_view WhatText(EventKind kind) {
  switch (kind) {
    case EventKind::kCall:
      return "call";
    case EventKind::kEnded:
      return "result";
    case EventKind::kHostCall:
      return "host call";
    case EventKind::kState:
      return "state";
  }
  return "";
}

std::string EventText(const Trace& trace, size_t i) {
  if (i < trace.events().size()) return trace.events()[i].text;
  return "nothing more happens";
}

double SecondsSince(std::chrono::steady_clock::time_point start) {
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start)
      .count();
}

// Where two images of memories differ first.
std::string FirstByte(const std::vector<MemoryImage>& a,
                      const std::vector<MemoryImage>& b) {
  for (size_t m = 0; m < std::min(a.size(), b.size()); ++m) {
    const std::vector<uint8_t>& x = a[m].bytes;
    const std::vector<uint8_t>& y = b[m].bytes;
    const size_t common = std::min(x.size(), y.size());
    const auto at = static_cast<size_t>(
        std::mismatch(x.begin(), x.begin() + static_cast<ptrdiff_t>(common),
                      y.begin())
            .first -
        x.begin());
    if (at < common) {
      return absl::StrFormat("memory '%s' at 0x%x: 0x%02x before, 0x%02x after",
                             a[m].name, at, x[at], y[at]);
    }
  }
  return "";
}

}  // namespace

absl::string_view VerdictText(Verdict verdict) {
  switch (verdict) {
    case Verdict::kEqual:
      return "EQUAL";
    case Verdict::kDifferent:
      return "DIFFERENT";
    case Verdict::kPoisoned:
      return "POISONED";
  }
  return "";
}

std::string DifferenceText(const Difference& d) {
  return absl::StrCat(d.what, d.call.empty() ? "" : " in ", d.call, ": ",
                      d.before, " before, ", d.after, " after",
                      d.memory.empty() ? "" : "; ", d.memory);
}

class Differ::Impl {
 public:
  explicit Impl(const DiffOptions& options) : options_(options) {}

  absl::StatusOr<DiffResult> Diff(absl::Span<const uint8_t> before,
                                  absl::Span<const uint8_t> after);

 private:
  // What one comparison needs.
  struct Pair {
    absl::Span<const uint8_t> bytes_before;
    exec::Module before;
    exec::Module after;
    Interface interface;
    DiffResult result;
    std::vector<bool> called;  // By export.
    // Exported functions of which a call did not trap at once.
    std::vector<bool> went_on;
  };
  // One session and its two runs.
  struct Runs {
    const PlannedSession& planned;
    absl::Span<const PlannedCall> calls;
    uint64_t failing_grow = 0;
    SessionResult before;
    SessionResult after;
  };

  exec::EngineOptions EngineOptions(bool fuse) const {
    exec::EngineOptions options;
    options.features = options_.features;
    options.fuse = fuse;
    options.metering = true;
    options.canonical_nans = true;
    return options;
  }
  void RenewEngine();
  SessionOptions OptionsFor(const Runs& runs) const;
  absl::Status Run(Pair& pair, Runs& runs, bool explain, size_t capture);
  // Runs one session; false when a difference was found.
  absl::StatusOr<bool> CompareSession(Pair& pair, const PlannedSession& planned,
                                      uint64_t failing_grow);
  absl::StatusOr<bool> CompareRuns(Pair& pair, Runs& runs);
  // Why a difference of the runs means nothing, or kNone.
  absl::StatusOr<Poison> Excuse(Pair& pair, Runs& runs);
  // Whether what the module before does depends on the NaNs of arithmetic.
  absl::StatusOr<bool> DependsOnNans(Pair& pair, const Runs& runs);
  absl::Status Explain(Pair& pair, Runs& runs);
  void Count(Pair& pair, const Runs& runs);
  void CountEntered(Pair& pair);
  void Conclude(DiffResult& result);

  const DiffOptions options_;
  std::optional<exec::Engine> engine_;
  size_t pairs_ = 0;
};

void Differ::Impl::RenewEngine() {
  if (engine_ && ++pairs_ % kPairsPerEngine != 0) return;
  engine_.emplace(EngineOptions(options_.fuse_before));
}

SessionOptions Differ::Impl::OptionsFor(const Runs& runs) const {
  SessionOptions out;
  out.seed = runs.planned.seed;
  out.manner = runs.planned.manner;
  out.look_bytes = options_.look_bytes;
  out.store.max_memory = options_.max_memory;
  out.store.max_heap = options_.max_heap;
  out.store.max_stack = options_.max_stack;
  out.store.max_table_entries = 1 << 20;
  out.store.failing_grow = runs.failing_grow;
  return out;
}

absl::Status Differ::Impl::Run(Pair& pair, Runs& runs, bool explain,
                               size_t capture) {
  SessionOptions options = OptionsFor(runs);
  options.texts = options.look_often = explain;
  options.capture_event = capture;
  options.fuel = [this](size_t) { return options_.fuel; };
  auto before = RunSession(pair.before, pair.interface, runs.calls, options);
  if (!before.ok()) return before.status();
  runs.before = *std::move(before);
  const std::vector<uint64_t>& used = runs.before.fuel_used;
  options.fuel = [&used, this](size_t step) {
    return 10 * (step < used.size() ? used[step] : options_.fuel) + 1000000;
  };
  auto after =
      RunSession(pair.after, pair.interface,
                 runs.calls.first(std::min(
                     runs.calls.size(), runs.before.poison == Poison::kNone ||
                                                runs.before.steps == 0
                                            ? runs.calls.size()
                                            : runs.before.steps - 1)),
                 options);
  if (!after.ok()) return after.status();
  runs.after = *std::move(after);
  return absl::OkStatus();
}

absl::StatusOr<Poison> Differ::Impl::Excuse(Pair& pair, Runs& runs) {
  switch (runs.after.poison) {
    case Poison::kHeap:
    case Poison::kMemory:
    case Poison::kWait:
      return runs.after.poison;
    default:
      break;
  }
  if (runs.after.stack_exhausted && !runs.before.stack_exhausted) {
    // Frames may become larger, though not four times as large.
    SessionOptions options = OptionsFor(runs);
    options.store.max_stack /= 4;
    options.fuel = [this](size_t) { return options_.fuel; };
    auto again = RunSession(pair.before, pair.interface, runs.calls, options);
    if (!again.ok()) return again.status();
    if (again->stack_exhausted) return Poison::kStack;
  }
  const absl::StatusOr<bool> chosen = DependsOnNans(pair, runs);
  if (!chosen.ok()) return chosen.status();
  return *chosen ? Poison::kNan : Poison::kNone;
}

absl::StatusOr<bool> Differ::Impl::DependsOnNans(Pair& pair, const Runs& runs) {
  SessionOptions options = OptionsFor(runs);
  options.fuel = [this](size_t) { return options_.fuel; };
  const auto varies = [&](const exec::Module& module) -> absl::StatusOr<bool> {
    const auto again = RunSession(module, pair.interface, runs.calls, options);
    if (!again.ok()) return again.status();
    return FirstDifference(runs.before.trace, again->trace, /*prefix=*/false)
        .has_value();
  };
  for (const exec::NanBits& nans : kOtherNans) {
    options.store.nans = nans;
    const absl::StatusOr<bool> result = varies(pair.before);
    if (!result.ok() || *result) return result;
  }
  options.store.nans = {};
  const auto machine = exec::Module::Compile(*engine_, pair.bytes_before,
                                             {.machine_nans = true});
  if (!machine.ok()) return machine.status();
  return varies(*machine);
}

absl::Status Differ::Impl::Explain(Pair& pair, Runs& runs) {
  absl::Status status = Run(pair, runs, /*explain=*/true, ~size_t{0});
  if (!status.ok()) return status;
  const std::optional<size_t> at = FirstDifference(
      runs.before.trace, runs.after.trace, runs.before.poison != Poison::kNone);
  Difference& difference = pair.result.difference;
  pair.result.verdict = Verdict::kDifferent;
  if (!at) {
    difference.what = "result";
    difference.before = difference.after = "only without looking closer";
    return absl::OkStatus();
  }
  const std::vector<Event>& events = runs.before.trace.events();
  const bool ended = *at >= events.size();
  difference.what = std::string(ended ? "result" : WhatText(events[*at].kind));
  difference.before = EventText(runs.before.trace, *at);
  difference.after = EventText(runs.after.trace, *at);
  if (*at >= runs.after.trace.events().size() &&
      runs.after.poison != Poison::kNone) {
    difference.after =
        absl::StrCat("does not end: ", PoisonText(runs.after.poison));
  }
  for (size_t i = std::min(*at, events.size() - 1) + 1; i-- > 0;) {
    if (events[i].kind != EventKind::kCall) continue;
    difference.call = events[i].text;
    if (events[i].exported >= 0) {
      difference.function =
          pair.before.wasm()
              .exports[static_cast<size_t>(events[i].exported)]
              .index;
    }
    break;
  }
  if (ended || events[*at].kind != EventKind::kState) return absl::OkStatus();
  status = Run(pair, runs, /*explain=*/true, *at);
  if (!status.ok()) return status;
  difference.memory = FirstByte(runs.before.captured, runs.after.captured);
  return absl::OkStatus();
}

void Differ::Impl::Count(Pair& pair, const Runs& runs) {
  DiffResult& result = pair.result;
  ++result.sessions;
  for (const uint64_t used : runs.before.fuel_used) result.operators += used;
  const size_t calls = runs.before.trapped_at_once.size();
  const size_t poisoned = runs.before.poison == Poison::kNone ? 0 : 1;
  result.calls_decided += calls - std::min(calls, poisoned);
  result.calls_poisoned[static_cast<size_t>(runs.before.poison)] += poisoned;
  for (size_t i = 0; i < calls; ++i) {
    const bool at_once = runs.before.trapped_at_once[i];
    if (at_once) ++result.calls_trapped_at_once;
    if (i >= runs.calls.size()) continue;
    pair.called[runs.calls[i].export_index] = true;
    if (!at_once) pair.went_on[runs.calls[i].export_index] = true;
  }
}

// A function that is not exported counts as entered without a trap when it was
// entered at all: its callers were.
void Differ::Impl::CountEntered(Pair& pair) {
  const wasm::Module& module = pair.before.wasm();
  std::vector<uint8_t>& entered = pair.result.entered;
  for (size_t i = 0; i < entered.size(); ++i) {
    entered[i] = pair.before.WasEntered(static_cast<uint32_t>(i)) ? 2 : 0;
  }
  std::vector<bool> went_on(entered.size());
  for (size_t i = 0; i < module.exports.size(); ++i) {
    if (module.exports[i].kind == wasm::ExternalKind::kFunc &&
        pair.went_on[i]) {
      went_on[module.exports[i].index] = true;
    }
  }
  for (size_t i = 0; i < module.exports.size(); ++i) {
    if (module.exports[i].kind != wasm::ExternalKind::kFunc) continue;
    uint8_t& value = entered[module.exports[i].index];
    if (value == 2 && !went_on[module.exports[i].index]) value = 1;
  }
}

absl::StatusOr<bool> Differ::Impl::CompareRuns(Pair& pair, Runs& runs) {
  absl::Status status = Run(pair, runs, /*explain=*/false, ~size_t{0});
  if (!status.ok()) return status;
  Count(pair, runs);
  const bool prefix = runs.before.poison != Poison::kNone;
  if (!FirstDifference(runs.before.trace, runs.after.trace, prefix)) {
    return true;
  }
  const absl::StatusOr<Poison> excuse = Excuse(pair, runs);
  if (!excuse.ok()) return excuse.status();
  if (*excuse != Poison::kNone) {
    // None of the calls of this session says anything.
    const size_t calls = runs.before.trapped_at_once.size();
    pair.result.calls_decided -= std::min(pair.result.calls_decided, calls);
    pair.result.calls_poisoned[static_cast<size_t>(*excuse)] +=
        std::max<size_t>(calls, 1);
    return true;
  }
  status = Explain(pair, runs);
  if (!status.ok()) return status;
  return false;
}

absl::StatusOr<bool> Differ::Impl::CompareSession(Pair& pair,
                                                  const PlannedSession& planned,
                                                  uint64_t failing_grow) {
  absl::Span<const PlannedCall> calls = planned.calls;
  uint64_t grows = 0;
  while (true) {
    Runs runs{planned, calls, failing_grow, {}, {}};
    const absl::StatusOr<bool> equal = CompareRuns(pair, runs);
    if (!equal.ok() || !*equal) return equal;
    grows = std::max(grows, runs.before.grows);
    if (runs.before.poison == Poison::kNone || runs.before.steps <= 1) break;
    // A new instance goes on with the next export.
    const size_t last = runs.before.steps - 2;  // Of calls.
    if (last >= calls.size()) break;
    const uint32_t culprit = calls[last].export_index;
    size_t next = last + 1;
    while (next < calls.size() && calls[next].export_index == culprit) ++next;
    calls.remove_prefix(next);
    if (calls.empty()) break;
  }
  if (failing_grow != 0 || grows == 0) return true;
  return CompareSession(pair, planned, 1 + planned.seed % grows);
}

void Differ::Impl::Conclude(DiffResult& result) {
  if (result.verdict == Verdict::kDifferent) return;
  size_t poisoned = 0;
  size_t most = 0;
  for (size_t i = 0; i < kNumPoisons; ++i) {
    poisoned += result.calls_poisoned[i];
    if (result.calls_poisoned[i] <= most) continue;
    most = result.calls_poisoned[i];
    result.poison = static_cast<Poison>(i);
  }
  if (poisoned > result.calls_decided) {
    result.verdict = Verdict::kPoisoned;
  } else {
    result.poison = Poison::kNone;
  }
}

absl::StatusOr<DiffResult> Differ::Impl::Diff(absl::Span<const uint8_t> before,
                                              absl::Span<const uint8_t> after) {
  const auto start = std::chrono::steady_clock::now();
  RenewEngine();
  auto module_before = exec::Module::Compile(*engine_, before);
  if (!module_before.ok()) return module_before.status();
  DiffResult result;
  result.calls_poisoned.resize(kNumPoisons);
  auto module_after =
      exec::Module::Compile(*engine_, after, {.no_fuse = !options_.fuse_after});
  if (!module_after.ok()) {
    result.verdict = Verdict::kDifferent;
    result.difference = {
        "validity", "", "valid", std::string(module_after.status().message()),
        -1,         ""};
    return result;
  }
  Pair pair{before,
            *module_before,
            *module_after,
            InterfaceOf(*module_before),
            std::move(result),
            {},
            {}};
  pair.called.resize(pair.interface.exports.size());
  pair.went_on.resize(pair.interface.exports.size());
  const wasm::Module& wasm = pair.before.wasm();
  pair.result.functions = wasm.funcs.size() - wasm.num_imported_funcs;
  pair.result.entered.resize(wasm.funcs.size());
  const std::string why =
      CompareInterfaces(pair.interface, InterfaceOf(pair.after));
  if (!why.empty()) {
    pair.result.verdict = Verdict::kDifferent;
    pair.result.difference = {"interface", "", "", why, -1, ""};
    return std::move(pair.result);
  }
  for (const Interface::Export& e : pair.interface.exports) {
    if (e.type.kind == wasm::ExternalKind::kFunc) ++pair.result.exports;
  }
  for (const PlannedSession& planned : PlanSessions(pair.interface, options_)) {
    if (options_.max_seconds > 0 &&
        SecondsSince(start) > options_.max_seconds) {
      pair.result.out_of_time = true;
      break;
    }
    const absl::StatusOr<bool> equal = CompareSession(pair, planned, 0);
    if (!equal.ok()) return equal.status();
    if (!*equal) break;
  }
  for (const bool called : pair.called) pair.result.exports_called += called;
  CountEntered(pair);
  Conclude(pair.result);
  return std::move(pair.result);
}

Differ::Differ(const DiffOptions& options)
    : impl_(std::make_unique<Impl>(options)) {}
Differ::~Differ() = default;

absl::StatusOr<DiffResult> Differ::Diff(absl::Span<const uint8_t> before,
                                        absl::Span<const uint8_t> after) {
  return impl_->Diff(before, after);
}

}  // namespace weft::check
