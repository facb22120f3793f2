// The judge is tested, too: wrong rewrites are planted behind the optimizer,
// and the same pairs that campaigns make have to show nearly all of them.
#include <algorithm>
#include <cstdio>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "check/campaign/pair.h"
#include "check/diff.h"
#include "check/faults/fault.h"
#include "gtest/gtest.h"
#include "passes/function_pass.h"
#include "passes/optimize.h"

namespace weft::check::faults {
namespace {

constexpr uint64_t kMaxPairs = 2000;

// Percent of the faults that have to be found.
constexpr size_t kLeastFound = 95;

struct Outcome {
  uint64_t found_at = 0;  // Pairs until it was found; 0: not yet.
  uint64_t fired = 0;     // Pairs in which it did something.
  uint64_t invalid = 0;   // What it did was no module: a defect of the fault.
};

// As campaigns have them.
DiffOptions Options() {
  DiffOptions options;
  options.runs = 3;
  options.fresh_instances = 1;
  options.fuel = 100000;
  options.max_calls = 80;
  options.max_memory = 16 << 20;
  options.max_heap = 8 << 20;
  options.max_stack = 256 << 10;
  options.look_bytes = 16 << 10;
  return options;
}

class Hunt {
 public:
  Hunt() : differ_(Options()), outcomes_(AllFaults().size()) {}

  void Run() {
    for (uint64_t n = 0; n < kMaxPairs; ++n) {
      PairOptions options;
      options.max_bytes = 4096;
      const Pair pair = MakePair(options, n);
      const std::vector<bool> ops = OpsOf(pair.before);
      for (size_t i = 0; i < outcomes_.size(); ++i) {
        if (outcomes_[i].found_at != 0) continue;
        const std::vector<Op>& of_fault = AllFaults()[i].rewrite.ops;
        const bool may_fire =
            std::any_of(of_fault.begin(), of_fault.end(),
                        [&](Op op) { return ops[static_cast<size_t>(op)]; });
        if (may_fire) Try(AllFaults()[i], pair.before, n, &outcomes_[i]);
      }
    }
  }

  const std::vector<Outcome>& outcomes() const { return outcomes_; }

 private:
  passes::OptimizeOptions Behind() const {
    passes::OptimizeOptions options;
    options.passes = {passes::PassId::kDce};
    options.fallback = false;
    return options;
  }

  std::vector<bool> OpsOf(const Bytes& module) const {
    std::vector<bool> ops(ir::kIrOpCount);
    passes::OptimizeOptions options = Behind();
    options.injected = [&](const passes::FunctionContext&, Function* f) {
      ir::ForEachInst(*f, [&](ValueId id) {
        ops[static_cast<size_t>(f->inst(id).op)] = true;
      });
      return false;
    };
    EXPECT_TRUE(passes::Optimize(module, options, nullptr).ok());
    return ops;
  }

  void Try(const Fault& fault, const Bytes& before, uint64_t n,
           Outcome* outcome) {
    passes::OptimizeOptions options = Behind();
    bool fired = false;
    options.injected = [&](const passes::FunctionContext& context,
                           Function* f) {
      fired |= Plant(fault, context, f);
      return fired;
    };
    passes::OptimizeReport report;
    const auto after = passes::Optimize(before, options, &report);
    if (!fired) return;
    if (!after.ok() || report.bodies_invalid > 0) {
      ++outcome->invalid;
      return;
    }
    ++outcome->fired;
    const auto diff = differ_.Diff(before, *after);
    ASSERT_TRUE(diff.ok()) << fault.name << ": " << diff.status();
    if (diff->verdict == Verdict::kDifferent) outcome->found_at = n + 1;
  }

  Differ differ_;
  std::vector<Outcome> outcomes_;
};

TEST(FaultsTest, NearlyAllAreFound) {
  Hunt hunt;
  hunt.Run();
  const absl::Span<const Fault> faults = AllFaults();
  size_t found = 0;
  std::printf("%-34s %-10s %6s %6s\n", "fault", "category", "pairs", "fired");
  for (size_t i = 0; i < faults.size(); ++i) {
    const Outcome& o = hunt.outcomes()[i];
    found += o.found_at != 0 ? 1 : 0;
    std::printf("%-34s %-10s %6s %6d\n", std::string(faults[i].name).c_str(),
                std::string(faults[i].category).c_str(),
                o.found_at != 0 ? absl::StrCat(o.found_at).c_str() : "-",
                static_cast<int>(o.fired));
    EXPECT_EQ(o.invalid, 0u) << faults[i].name;
  }
  std::printf(
      "%zu of %zu faults found within %d pairs each: %.1f %%\n", found,
      faults.size(), static_cast<int>(kMaxPairs),
      100.0 * static_cast<double>(found) / static_cast<double>(faults.size()));
  EXPECT_GE(faults.size(), 200u);
  EXPECT_GE(found * 100, faults.size() * kLeastFound);
}

// The hook alone changes nothing that a host can see.
TEST(FaultsTest, NothingIsFoundWithoutAFault) {
  Differ differ(Options());
  for (uint64_t n = 0; n < 100; ++n) {
    const Pair pair = MakePair({}, n);
    passes::OptimizeOptions options;
    options.passes = {passes::PassId::kDce};
    options.fallback = false;
    options.injected = [](const passes::FunctionContext&, Function*) {
      return false;
    };
    const auto after = passes::Optimize(pair.before, options, nullptr);
    ASSERT_TRUE(after.ok());
    const auto diff = differ.Diff(pair.before, *after);
    ASSERT_TRUE(diff.ok());
    EXPECT_NE(diff->verdict, Verdict::kDifferent) << n;
  }
}

}  // namespace
}  // namespace weft::check::faults
