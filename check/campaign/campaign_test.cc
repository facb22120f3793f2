#include <cstdint>
#include <set>
#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "check/campaign/block.h"
#include "check/campaign/investigate.h"
#include "check/campaign/ledger.h"
#include "check/campaign/workers.h"
#include "gtest/gtest.h"
#include "ir/wasm/text/parser.h"

namespace weft::check {
namespace {

TEST(PairTest, DependsOnItsNumberAlone) {
  const PairOptions options;
  const Pair one = MakePair(options, 17);
  MakePair(options, 18);
  const Pair two = MakePair(options, 17);
  EXPECT_EQ(one.before, two.before);
  EXPECT_EQ(PipelineText(one.pipeline), PipelineText(two.pipeline));
  EXPECT_NE(MakePair(options, 18).before, one.before);
  PairOptions other;
  other.seed = 2;
  EXPECT_NE(MakePair(other, 17).before, one.before);
}

TEST(PairTest, TellsDifferences) {
  // What the checker says when the optimizer is wrong, Differ's tests say.
  const PairOptions options;
  PairChecker checker(options);
  const auto module = wasm::ParseModuleText(
      R"((module (func (export "f") (param i32) (result i32)
           (i32.add (local.get 0) (i32.const 0)))))");
  ASSERT_TRUE(module.ok());
  const PairResult result =
      checker.Check(*module, {{passes::PassId::kRules}, true, false});
  EXPECT_EQ(DefectText(result.defect), "none");
  EXPECT_TRUE(result.changed);
}

TEST(BlockTest, PairsAreUsefulAndEqual) {
  const CampaignReport report = RunBlock({}, 5000, 300, nullptr);
  EXPECT_EQ(report.pairs, 300u);
  EXPECT_EQ(report.defects[0], 300u);
  EXPECT_GE(report.useful, 270u);
  uint64_t poisoned = 0;
  for (const uint64_t count : report.poisoned) poisoned += count;
  EXPECT_LE(poisoned, 9u);
  EXPECT_GT(report.coverage.changed(wasm::Op::kI32Add, passes::PassId::kGvn),
            0u);
}

TEST(BlockTest, FusionAgrees) {
  BlockOptions options;
  options.pairs.fusion = true;
  const CampaignReport report = RunBlock(options, 0, 300, nullptr);
  EXPECT_EQ(report.defects[0], 300u);
  EXPECT_GE(report.useful, 270u);
}

TEST(ReportTest, ComesBackFromJson) {
  CampaignReport report = RunBlock({}, 0, 20, nullptr);
  Finding& finding = report.findings.emplace_back();
  finding.defect = Defect::kDifferent;
  finding.number = 7;
  finding.pass = "gvn";
  finding.pipeline = {
      {passes::PassId::kDce, passes::PassId::kGvn}, false, true};
  finding.shape = "x";
  finding.module = {0, 'a', 's', 'm', 255};
  const auto again = ReportFromJson(ToJson(report));
  ASSERT_TRUE(again.ok()) << again.status();
  EXPECT_EQ(ToJson(*again), ToJson(report));
  EXPECT_FALSE(ReportFromJson({{"pairs", "many"}, {"findings", {1}}}).ok());
  EXPECT_FALSE(ReportFromJson(3).ok());
}

TEST(LedgerTest, KnowsWhatIsDone) {
  Ledger ledger("seed 1");
  const CampaignReport report = RunBlock({}, 0, 2, nullptr);
  for (const uint64_t block : {4, 2, 3, 9, 0}) ledger.Add(block, report);
  const auto again = Ledger::Parse(ledger.Text(), "seed 1");
  ASSERT_TRUE(again.ok()) << again.status();
  std::set<uint64_t> done;
  for (uint64_t block = 0; block < 20; ++block) {
    if (again->done(block)) done.insert(block);
  }
  EXPECT_EQ(done, (std::set<uint64_t>{0, 2, 3, 4, 9}));
  EXPECT_EQ(again->report().pairs, 10u);
  EXPECT_EQ(again->Text(), ledger.Text());
}

TEST(LedgerTest, RefusesOthers) {
  EXPECT_TRUE(absl::IsFailedPrecondition(
      Ledger::Parse(Ledger("seed 1").Text(), "seed 2").status()));
  for (const char* text : {"", "{", "[]", "{\"options\":1}",
                           "{\"options\":\"seed 1\",\"blocks\":[[2,1]],"
                           "\"report\":{\"pairs\":0}}"}) {
    EXPECT_TRUE(absl::IsInvalidArgument(Ledger::Parse(text, "seed 1").status()))
        << text;
  }
}

TEST(TestCaseTest, SaysHowToSeeItAgain) {
  Finding finding;
  finding.defect = Defect::kDifferent;
  finding.seed = 3;
  finding.number = 12;
  finding.pass = "gvn";
  finding.pipeline = {{passes::PassId::kGvn}, true, false};
  finding.what = "result\nof f";
  finding.module = *wasm::ParseModuleText("(module (func (export \"f\")))");
  const std::string text = TestCaseText(finding);
  EXPECT_TRUE(
      absl::StrContains(text, ";; options: --passes=gvn --no-fallback"));
  EXPECT_TRUE(absl::StrContains(text, ";; weft fuzz: seed 3, pair 12"));
  EXPECT_TRUE(absl::StrContains(text, ";; result of f\n"));
  const auto parsed = wasm::ParseModuleText(text);
  ASSERT_TRUE(parsed.ok()) << parsed.status();
  EXPECT_EQ(*parsed, finding.module);
}

// Blocks 0 to `count`, each of kBlockPairs pairs.
CampaignReport RunPool(uint64_t count, int processes) {
  CampaignReport sum;
  uint64_t next = 0;
  WorkerOptions options;
  options.pairs.max_bytes = 64;
  options.processes = processes;
  options.next_block = [&]() -> std::optional<uint64_t> {
    if (next == count) return std::nullopt;
    return next++;
  };
  options.done = [&](uint64_t, const CampaignReport& report) {
    sum.Add(report);
    return true;
  };
  options.tick = [](const LiveCounts&) { return true; };
  EXPECT_TRUE(RunWorkers(options).ok());
  return sum;
}

TEST(WorkersTest, ResultDoesNotDependOnProcesses) {
  CampaignReport one = RunPool(2, 1);
  CampaignReport two = RunPool(2, 2);
  EXPECT_EQ(one.pairs, 2 * kBlockPairs);
  one.seconds = two.seconds = 0;
  EXPECT_EQ(ToJson(one), ToJson(two));
}

}  // namespace
}  // namespace weft::check
