#include "tools/reduce_predicate.h"

#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "check/diff.h"
#include "passes/optimize.h"
#include "re2/re2.h"
#include "tools/candidate_files.h"
#include "tools/shell_command.h"

namespace weft::tools {
namespace {

using Bytes = absl::Span<const uint8_t>;

class TestPredicate : public ReducePredicate {
 public:
  TestPredicate(const Environment& env, const ReduceOptions& options)
      : options_(options),
        pattern_(options.match, re2::RE2::Quiet),
        files_(*env.files) {}

  // Remembers how the command ends with the input.
  absl::Status Begin(Bytes input) {
    absl::StatusOr<ShellResult> result = Run(input);
    if (!result.ok()) return result.status();
    if (result->kind == ShellResult::kTimedOut) {
      return absl::FailedPreconditionError(absl::StrCat(
          "the command does not end within ", options_.timeout,
          " seconds with the input as it is; --timeout=S gives it longer"));
    }
    if (!Matches(*result)) {
      return absl::FailedPreconditionError(absl::StrCat(
          "the command (", result->Describe(),
          ") does not print what --match is to find with the input as it is"));
    }
    expected_ = *std::move(result);
    return absl::OkStatus();
  }

  bool Holds(Bytes module) override {
    const absl::StatusOr<ShellResult> result = Run(module);
    if (result.ok()) return result->EndedLike(expected_) && Matches(*result);
    const std::lock_guard<std::mutex> lock(mutex_);
    if (status_.ok()) status_ = result.status();
    return false;
  }

  absl::Status status() const override {
    const std::lock_guard<std::mutex> lock(mutex_);
    return status_;
  }

 private:
  absl::StatusOr<ShellResult> Run(Bytes module) {
    const absl::StatusOr<std::string> path = files_.Take(module);
    if (!path.ok()) return path.status();
    absl::StatusOr<ShellResult> result =
        RunShell(WithPath(options_.test, *path), options_.timeout);
    files_.GiveBack(*path);
    return result;
  }

  bool Matches(const ShellResult& result) const {
    return !options_.has_match ||
           re2::RE2::PartialMatch(result.output, pattern_);
  }

  const ReduceOptions& options_;
  const re2::RE2 pattern_;
  CandidateFiles files_;
  ShellResult expected_;
  mutable std::mutex mutex_;
  absl::Status status_;
};

class DiffPredicate : public ReducePredicate {
 public:
  explicit DiffPredicate(const ReduceOptions& options) : options_(options) {}

  absl::Status Begin(Bytes input) {
    const absl::StatusOr<check::DiffResult> result = Compare(input);
    if (!result.ok()) return result.status();
    if (result->verdict != check::Verdict::kDifferent) {
      return absl::FailedPreconditionError(
          absl::StrCat("optimizing with ", options_.diff,
                       " makes no difference to the input as it is (",
                       check::VerdictText(result->verdict), ")"));
    }
    expected_ = result->difference.what;
    return absl::OkStatus();
  }

  // A module that cannot be optimized or run is another finding.
  bool Holds(Bytes module) override {
    const absl::StatusOr<check::DiffResult> result = Compare(module);
    return result.ok() && result->verdict == check::Verdict::kDifferent &&
           result->difference.what == expected_;
  }

 private:
  absl::StatusOr<check::DiffResult> Compare(Bytes before) {
    passes::OptimizeOptions optimize;
    optimize.passes = options_.passes;
    const absl::StatusOr<std::vector<uint8_t>> after =
        Optimize(before, optimize, nullptr);
    if (!after.ok()) return after.status();
    std::unique_ptr<check::Differ> differ = TakeDiffer();
    absl::StatusOr<check::DiffResult> result = differ->Diff(before, *after);
    const std::lock_guard<std::mutex> lock(mutex_);
    free_.push_back(std::move(differ));
    return result;
  }

  std::unique_ptr<check::Differ> TakeDiffer() {
    const std::lock_guard<std::mutex> lock(mutex_);
    if (free_.empty()) {
      return std::make_unique<check::Differ>(check::DiffOptions());
    }
    std::unique_ptr<check::Differ> differ = std::move(free_.back());
    free_.pop_back();
    return differ;
  }

  const ReduceOptions& options_;
  std::string expected_;
  std::mutex mutex_;
  std::vector<std::unique_ptr<check::Differ>> free_;
};

}  // namespace

absl::StatusOr<std::unique_ptr<ReducePredicate>> MakeReducePredicate(
    const Environment& env, const ReduceOptions& options, Bytes input) {
  if (options.test.empty()) {
    auto diff = std::make_unique<DiffPredicate>(options);
    absl::Status status = diff->Begin(input);
    if (!status.ok()) return status;
    return diff;
  }
  auto test = std::make_unique<TestPredicate>(env, options);
  absl::Status status = test->Begin(input);
  if (!status.ok()) return status;
  return test;
}

}  // namespace weft::tools
