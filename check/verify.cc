#include "check/verify.h"

#include <algorithm>
#include <chrono>
#include <utility>

#include "absl/status/status.h"
#include "check/export_functions.h"
#include "check/reduce/reduce.h"

namespace weft::check {
namespace {

using Bytes = std::vector<uint8_t>;
using passes::PassId;
using passes::PassScope;
using Clock = std::chrono::steady_clock;

// For functions called directly: many, with little fuel each.
constexpr uint64_t kFunctionFuel = 20000;
constexpr int kFunctionRuns = 4;
constexpr size_t kCallsPerSession = 256;

// One verification; its steps in the order in which they are called.
class Verification {
 public:
  Verification(absl::Span<const uint8_t> before,
               absl::Span<const uint8_t> after,
               const passes::OptimizeOptions& optimize,
               const VerifyOptions& options)
      : before_(before),
        after_(after),
        optimize_(optimize),
        options_(options),
        end_(Clock::now() +
             std::chrono::duration_cast<Clock::duration>(
                 std::chrono::duration<double>(options.seconds))) {
    optimize_.print_ir = nullptr;
    optimize_.progress = nullptr;
  }

  absl::StatusOr<VerifyResult> Run();

 private:
  double SecondsLeft() const {
    return std::chrono::duration<double>(end_ - Clock::now()).count();
  }
  absl::StatusOr<Bytes> Optimize(absl::Span<const uint8_t> module,
                                 std::vector<PassId> passes) const {
    passes::OptimizeOptions optimize = optimize_;
    optimize.passes = std::move(passes);
    return passes::Optimize(module, optimize, nullptr);
  }
  DiffOptions ModuleOptions() const;
  DiffOptions FunctionOptions() const;
  DiffOptions ReproducerOptions() const;
  // Both: false when a difference was found, which is in result_ then.
  absl::StatusOr<bool> CompareModules(absl::Span<const uint8_t> before,
                                      absl::Span<const uint8_t> after);
  absl::StatusOr<bool> CompareFunctions(absl::Span<const uint8_t> before,
                                        absl::Span<const uint8_t> after);
  absl::StatusOr<bool> ComparePasses();
  void Take(const DiffResult& diff);
  // Finds the shortest beginning of `passes` that shows a difference.
  absl::Status Blame(const std::vector<PassId>& passes);
  // Makes the reproducer, of the module `before` the guilty passes.
  absl::Status Reproduce(absl::Span<const uint8_t> before);

  const absl::Span<const uint8_t> before_;
  const absl::Span<const uint8_t> after_;
  passes::OptimizeOptions optimize_;
  const VerifyOptions& options_;
  const Clock::time_point end_;
  VerifyResult result_;
};

DiffOptions Verification::ModuleOptions() const {
  DiffOptions out;
  out.seed = options_.seed;
  out.features = optimize_.features;
  out.max_seconds = std::max(1.0, SecondsLeft());
  out.calls_per_session = kCallsPerSession;
  return out;
}

DiffOptions Verification::ReproducerOptions() const {
  DiffOptions out;
  out.seed = options_.seed;
  out.features = optimize_.features;
  out.fuel = kFunctionFuel;
  return out;
}

DiffOptions Verification::FunctionOptions() const {
  DiffOptions out = ModuleOptions();
  out.runs = kFunctionRuns;
  out.fuel = kFunctionFuel;
  out.fresh_instances = 0;
  out.max_calls = 0;
  out.only_prefix =
      FunctionExportName(0).substr(0, FunctionExportName(0).size() - 1);
  return out;
}

void Verification::Take(const DiffResult& diff) {
  result_.calls += diff.calls_decided;
  result_.operators += diff.operators;
  result_.out_of_time = result_.out_of_time || diff.out_of_time;
  if (diff.verdict != Verdict::kDifferent) return;
  result_.verdict = Verdict::kDifferent;
  result_.difference = diff.difference;
}

absl::StatusOr<bool> Verification::CompareModules(
    absl::Span<const uint8_t> before, absl::Span<const uint8_t> after) {
  Differ differ(ModuleOptions());
  const auto diff = differ.Diff(before, after);
  if (!diff.ok()) return diff.status();
  Take(*diff);
  if (diff->verdict == Verdict::kPoisoned) result_.poison = diff->poison;
  return diff->verdict != Verdict::kDifferent;
}

absl::StatusOr<bool> Verification::CompareFunctions(
    absl::Span<const uint8_t> before, absl::Span<const uint8_t> after) {
  const auto changed = ChangedFunctions(before, after);
  if (!changed.ok()) return changed.status();
  result_.functions_changed =
      std::max(result_.functions_changed, changed->size());
  if (changed->empty()) return true;
  const auto open_before = ExportFunctions(before, *changed);
  const auto open_after = ExportFunctions(after, *changed);
  if (absl::IsAlreadyExists(open_before.status())) return true;
  if (!open_before.ok()) return open_before.status();
  if (!open_after.ok()) return open_after.status();
  Differ differ(FunctionOptions());
  const auto diff = differ.Diff(*open_before, *open_after);
  if (!diff.ok()) return diff.status();
  Take(*diff);
  size_t called = 0;
  size_t entered = 0;
  for (const uint32_t func : *changed) {
    called += diff->entered[func] >= 1 ? 1 : 0;
    entered += diff->entered[func] >= 2 ? 1 : 0;
  }
  result_.functions_called = std::max(result_.functions_called, called);
  result_.functions_entered = std::max(result_.functions_entered, entered);
  if (diff->verdict != Verdict::kDifferent) return true;
  result_.function = diff->difference.function;
  return false;
}

// Each pass alone, on what the ones before it left.
absl::StatusOr<bool> Verification::ComparePasses() {
  Bytes before(before_.begin(), before_.end());
  for (const PassId pass : optimize_.passes) {
    if (SecondsLeft() <= 0) {
      result_.out_of_time = true;
      break;
    }
    absl::StatusOr<Bytes> after = Optimize(before, {pass});
    if (!after.ok()) return after.status();
    const absl::StatusOr<bool> equal =
        passes::InfoOf(pass).verify == PassScope::kFunction
            ? CompareFunctions(before, *after)
            : CompareModules(before, *after);
    if (!equal.ok()) return equal.status();
    if (!*equal) {
      result_.pass = std::string(passes::InfoOf(pass).name);
      result_.passes = {pass};
      const absl::Status reproduced = Reproduce(before);
      if (!reproduced.ok()) return reproduced;
      return false;
    }
    before = *std::move(after);
  }
  return true;
}

absl::Status Verification::Blame(const std::vector<PassId>& passes) {
  const Difference difference = result_.difference;
  const int64_t function = result_.function;
  for (size_t n = 1; n <= passes.size(); ++n) {
    std::vector<PassId> some(passes.begin(),
                             passes.begin() + static_cast<ptrdiff_t>(n));
    const absl::StatusOr<Bytes> after = Optimize(before_, some);
    if (!after.ok()) return after.status();
    const absl::StatusOr<bool> equal = function >= 0
                                           ? CompareFunctions(before_, *after)
                                           : CompareModules(before_, *after);
    if (!equal.ok()) return equal.status();
    if (*equal) continue;
    result_.pass = std::string(passes::InfoOf(some.back()).name);
    result_.passes = std::move(some);
    return absl::OkStatus();
  }
  result_.passes = passes;
  result_.difference = difference;
  result_.function = function;
  return absl::OkStatus();
}

// A function that only a direct call reaches is exported.
absl::Status Verification::Reproduce(absl::Span<const uint8_t> before) {
  result_.reproducer.assign(before.begin(), before.end());
  if (result_.function >= 0) {
    absl::StatusOr<Bytes> open =
        ExportFunctions(before, {static_cast<uint32_t>(result_.function)});
    if (!open.ok()) return open.status();
    result_.reproducer = *std::move(open);
  }
  Differ differ(ReproducerOptions());
  const auto differs = [&](absl::Span<const uint8_t> module) {
    const absl::StatusOr<Bytes> after = Optimize(module, result_.passes);
    if (!after.ok()) return false;
    const auto diff = differ.Diff(module, *after);
    return diff.ok() && diff->verdict == Verdict::kDifferent &&
           diff->difference.what == result_.difference.what;
  };
  ReduceOptions reduce;
  reduce.seconds = options_.reduce_seconds;
  absl::StatusOr<Bytes> reduced =
      Reduce(result_.reproducer, differs, reduce, nullptr);
  // It may take the state of many calls to show; then it stays as it is.
  if (reduced.ok()) result_.reproducer = *std::move(reduced);
  return absl::OkStatus();
}

absl::StatusOr<VerifyResult> Verification::Run() {
  std::vector<PassId> function_passes;
  for (const PassId pass : optimize_.passes) {
    if (passes::InfoOf(pass).scope == PassScope::kFunction) {
      function_passes.push_back(pass);
    }
  }
  absl::StatusOr<bool> equal = CompareModules(before_, after_);
  if (!equal.ok()) return equal.status();
  if (*equal && !function_passes.empty()) {
    const absl::StatusOr<Bytes> after = Optimize(before_, function_passes);
    if (!after.ok()) return after.status();
    equal = CompareFunctions(before_, *after);
    if (!equal.ok()) return equal.status();
    if (!*equal) {
      const absl::Status blamed = Blame(function_passes);
      if (!blamed.ok()) return blamed;
    }
  } else if (!*equal) {
    const absl::Status blamed = Blame(optimize_.passes);
    if (!blamed.ok()) return blamed;
  }
  if (*equal && options_.mode == VerifyMode::kPass) {
    equal = ComparePasses();
    if (!equal.ok()) return equal.status();
  }
  if (*equal && result_.calls == 0 && result_.functions_changed > 0) {
    // No instance could be made, or nothing came to an end.
    if (result_.poison == Poison::kNone) result_.poison = Poison::kHost;
    result_.verdict = Verdict::kPoisoned;
  }
  if (!*equal && result_.reproducer.empty()) {
    const absl::Status reproduced = Reproduce(before_);
    if (!reproduced.ok()) return reproduced;
  }
  return std::move(result_);
}

}  // namespace

absl::StatusOr<VerifyResult> Verify(absl::Span<const uint8_t> before,
                                    absl::Span<const uint8_t> after,
                                    const passes::OptimizeOptions& optimize,
                                    const VerifyOptions& options) {
  return Verification(before, after, optimize, options).Run();
}

}  // namespace weft::check
