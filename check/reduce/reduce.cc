// A plan is a list of steps. Ranges of it are tried, long ones first; one that
// leaves a valid, cheaper and interesting module is taken, the plan is made
// anew, and trying goes on at the same place. The first success in the order of
// candidates is taken, however many threads look for it. Candidates that have
// been judged before are known by a hash of their bytes.
//
// Rounds: all reductions coarsely (ranges of a sixteenth of the plan and
// longer), then finer, then down to single steps, until nothing changes.
#include "check/reduce/reduce.h"

#include <algorithm>
#include <array>
#include <atomic>
#include <chrono>
#include <memory>
#include <mutex>
#include <optional>
#include <utility>

#include "absl/container/flat_hash_set.h"
#include "absl/hash/hash.h"
#include "check/reduce/cost.h"
#include "check/reduce/plan.h"
#include "check/reduce/subject.h"
#include "ir/wasm/reader.h"
#include "ir/wasm/validator.h"
#include "third_party/parallel_for.h"

namespace weft::check {
namespace {

using reducing::AllReductions;
using reducing::Bytes;
using reducing::Plan;
using reducing::Reduction;
using reducing::Subject;
using Clock = std::chrono::steady_clock;

// The shortest range that a round tries is this share of the plan; of the last
// one, a single step.
constexpr size_t kRounds[] = {16, 256, ~size_t{0}};

// A round leaves a reduction after so many failures in a row: a list as long as
// a data segment would be all that it does.
constexpr size_t kMaxFailures = 4096;

enum class Outcome : uint8_t { kRepeated, kLarger, kInvalid, kBoring, kFound };

struct Found {
  Bytes bytes;
  uint64_t cost = 0;
};

class Reducer {
 public:
  Reducer(const Interesting& interesting, const ReduceOptions& options,
          ReduceReport* report)
      : interesting_(interesting),
        options_(options),
        report_(*report),
        start_(Clock::now()),
        last_progress_(start_) {
    for (const Reduction& reduction : AllReductions()) {
      report_.reductions.push_back({reduction.name, 0, 0});
    }
  }

  absl::StatusOr<Bytes> Run(absl::Span<const uint8_t> module) {
    report_.bytes_before = module.size();
    Bytes bytes(module.begin(), module.end());
    absl::Status status = Begin(std::move(bytes));
    if (!status.ok()) return status;
    ++report_.asked;
    if (!interesting_(module)) {
      return absl::FailedPreconditionError(
          "the module is not interesting as it is");
    }
    for (size_t share : kRounds) {
      while (!OutOfTime() && Round(share)) {
      }
    }
    report_.out_of_time = OutOfTime() && !finished_;
    Finish();
    return subject_->bytes();
  }

 private:
  absl::Status Begin(Bytes bytes) {
    absl::StatusOr<wasm::Module> module = wasm::ReadModule(bytes);
    if (!module.ok()) return module.status();
    absl::Status status = ValidateAll(*module, options_.threads);
    if (!status.ok()) return status;
    const absl::StatusOr<uint64_t> count = reducing::CountOperators(*module);
    if (!count.ok()) return count.status();
    report_.operators_before = *count;
    const absl::StatusOr<uint64_t> cost = reducing::CostOf(*module);
    if (!cost.ok()) return cost.status();
    return Take({std::move(bytes), *cost});
  }

  absl::Status Take(Found found) {
    absl::StatusOr<std::unique_ptr<Subject>> subject =
        Subject::Make(std::move(found.bytes));
    if (!subject.ok()) return subject.status();
    subject_ = *std::move(subject);
    cost_ = found.cost;
    report_.bytes_after = subject_->bytes().size();
    const absl::StatusOr<uint64_t> count =
        reducing::CountOperators(subject_->module());
    if (count.ok()) report_.operators_after = *count;
    return absl::OkStatus();
  }

  void Finish() {
    report_.seconds = Seconds();
    if (options_.progress) options_.progress(report_);
  }

  double Seconds() const {
    return std::chrono::duration<double>(Clock::now() - start_).count();
  }
  bool OutOfTime() const { return Seconds() >= options_.seconds; }

  // Whether any reduction found something.
  bool Round(size_t share) {
    bool changed = false;
    for (size_t i = 0; i < AllReductions().size(); ++i) {
      if (OutOfTime()) return changed;
      changed |= RunReduction(i, share);
    }
    finished_ = !changed && share == kRounds[std::size(kRounds) - 1];
    return changed;
  }

  bool RunReduction(size_t number, size_t share) {
    const Reduction& reduction = AllReductions()[number];
    Plan plan = reduction.plan(*subject_);
    bool changed = false;
    size_t length = plan.size;
    failures_ = 0;
    while (length > 0 && !OutOfTime() && failures_ < kMaxFailures) {
      changed |= TryRanges(number, length, &plan);
      const size_t shortest = std::max<size_t>(1, plan.size / share);
      length = std::min(plan.size, length);
      if (length <= shortest) break;
      length = std::max(shortest, length / 2);
    }
    return changed;
  }

  // Tries the ranges of that length one behind the other.
  bool TryRanges(size_t number, size_t length, Plan* plan) {
    bool changed = false;
    for (size_t begin = 0; begin < plan->size && !OutOfTime();) {
      const size_t count = std::min((plan->size - begin + length - 1) / length,
                                    kMaxFailures - failures_);
      Found found;
      const size_t first =
          FindFirst(number, *plan, begin, length, count, &found);
      if (first == count) {
        failures_ += count;
        break;
      }
      failures_ = 0;
      if (!Take(std::move(found)).ok()) break;
      ++report_.kept;
      ++report_.reductions[number].kept;
      Progress(/*always=*/true);
      changed = true;
      begin += first * length;
      *plan = AllReductions()[number].plan(*subject_);
    }
    return changed;
  }

  // The first of `count` ranges that can be taken, and what it leaves; `count`
  // when there is none.
  size_t FindFirst(size_t number, const Plan& plan, size_t begin, size_t length,
                   size_t count, Found* found) {
    std::atomic<size_t> next = 0;
    std::atomic<size_t> best = count;
    const auto workers = static_cast<size_t>(options_.threads);
    ParallelFor(std::min(workers, count), options_.threads, [&](size_t) {
      while (!OutOfTime()) {
        const size_t i = next++;
        if (i >= best) return;
        const size_t from = begin + i * length;
        std::optional<Found> result =
            Try(number, plan, from, std::min(plan.size, from + length));
        if (!result) continue;
        const std::lock_guard<std::mutex> lock(mutex_);
        if (i >= best) continue;
        best = i;
        *found = *std::move(result);
      }
    });
    return best;
  }

  std::optional<Found> Try(size_t number, const Plan& plan, size_t begin,
                           size_t end) {
    absl::StatusOr<Bytes> bytes = plan.apply(begin, end);
    if (!bytes.ok()) return std::nullopt;
    Found found = {*std::move(bytes), 0};
    const Outcome outcome = Judge(&found);
    const std::lock_guard<std::mutex> lock(mutex_);
    ++report_.candidates;
    report_.repeated += outcome == Outcome::kRepeated ? 1 : 0;
    report_.larger += outcome == Outcome::kLarger ? 1 : 0;
    report_.invalid += outcome == Outcome::kInvalid ? 1 : 0;
    const bool asked =
        outcome == Outcome::kBoring || outcome == Outcome::kFound;
    report_.asked += asked ? 1 : 0;
    report_.reductions[number].tried += asked ? 1 : 0;
    Progress(/*always=*/false);
    if (outcome != Outcome::kFound) return std::nullopt;
    return found;
  }

  Outcome Judge(Found* found) {
    const absl::StatusOr<wasm::Module> module = wasm::ReadModule(found->bytes);
    if (!module.ok()) return Outcome::kInvalid;
    const absl::StatusOr<uint64_t> cost = reducing::CostOf(*module);
    if (!cost.ok()) return Outcome::kInvalid;
    found->cost = *cost;
    const bool shorter =
        *cost == cost_ && found->bytes.size() < subject_->bytes().size();
    if (*cost >= cost_ && !shorter) return Outcome::kLarger;
    const std::array<uint64_t, 2> key = {absl::HashOf(found->bytes, 1),
                                         absl::HashOf(found->bytes, 2)};
    {
      const std::lock_guard<std::mutex> lock(mutex_);
      if (boring_.contains(key)) return Outcome::kRepeated;
    }
    if (!ValidateAll(*module).ok()) return Outcome::kInvalid;
    if (interesting_(found->bytes)) return Outcome::kFound;
    const std::lock_guard<std::mutex> lock(mutex_);
    boring_.insert(key);
    return Outcome::kBoring;
  }

  // REQUIRES: mutex_ is held, or no other thread is at work.
  void Progress(bool always) {
    if (!options_.progress) return;
    const Clock::time_point now = Clock::now();
    if (!always && now - last_progress_ < std::chrono::milliseconds(200)) {
      return;
    }
    last_progress_ = now;
    report_.seconds = Seconds();
    options_.progress(report_);
  }

  const Interesting& interesting_;
  const ReduceOptions& options_;
  ReduceReport& report_;
  const Clock::time_point start_;
  std::unique_ptr<Subject> subject_;
  uint64_t cost_ = 0;
  bool finished_ = false;
  size_t failures_ = 0;  // In a row.
  std::mutex mutex_;
  Clock::time_point last_progress_;
  absl::flat_hash_set<std::array<uint64_t, 2>> boring_;
};

}  // namespace

absl::StatusOr<std::vector<uint8_t>> Reduce(absl::Span<const uint8_t> module,
                                            const Interesting& interesting,
                                            const ReduceOptions& options,
                                            ReduceReport* report) {
  ReduceReport unused;
  if (report == nullptr) report = &unused;
  *report = {};
  return Reducer(interesting, options, report).Run(module);
}

}  // namespace weft::check
