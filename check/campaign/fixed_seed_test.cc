// A campaign with a fixed seed, of about two minutes on one core.
#include <cstdint>
#include <iostream>
#include <optional>

#include "check/campaign/investigate.h"
#include "check/campaign/ledger.h"
#include "check/campaign/workers.h"
#include "gtest/gtest.h"
#include "ir/wasm/op.h"

namespace weft::check {
namespace {

constexpr uint64_t kBlocks = 100;

CampaignReport RunCampaign(const PairOptions& pairs, uint64_t blocks) {
  CampaignReport sum;
  uint64_t next = 0;
  WorkerOptions options;
  options.pairs = pairs;
  options.processes = 2;
  options.next_block = [&]() -> std::optional<uint64_t> {
    if (next == blocks) return std::nullopt;
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

void ExpectNoDefects(const CampaignReport& report) {
  EXPECT_EQ(report.defects[0], report.pairs);
  for (const Finding& finding : report.findings) {
    ADD_FAILURE() << TestCaseText(finding);
  }
  std::cout << report.pairs << " pairs, " << report.useful << " useful, "
            << static_cast<double>(report.pairs) / report.seconds
            << " pairs a second of one core\n";
}

TEST(FixedSeedTest, OptimizerAgrees) {
  const CampaignReport report = RunCampaign({.seed = 20261124}, kBlocks);
  ExpectNoDefects(report);
  EXPECT_EQ(report.pairs, kBlocks * kBlockPairs);
  EXPECT_GE(report.useful * 10, report.pairs * 9);
  uint64_t poisoned = 0;
  for (const uint64_t count : report.poisoned) poisoned += count;
  EXPECT_LE(poisoned * 100, report.pairs * 3);
  for (int op = 0; op < wasm::kOpCount; ++op) {
    EXPECT_GT(report.coverage.modules(static_cast<wasm::Op>(op)), 0u)
        << wasm::InfoOf(static_cast<wasm::Op>(op)).text;
  }
  for (const passes::PassId pass : passes::AllPasses()) {
    // roundtrip-ssa claims no changes; reorder has something to win only where
    // an index space has more entities than these modules have.
    if (pass == passes::PassId::kRoundtripSsa ||
        pass == passes::PassId::kReorder) {
      continue;
    }
    EXPECT_GT(report.coverage.changed(wasm::Op::kEnd, pass), 0u)
        << passes::InfoOf(pass).name;
  }
}

TEST(FixedSeedTest, FusionAgrees) {
  ExpectNoDefects(
      RunCampaign({.seed = 20261124, .fusion = true}, kBlocks / 10));
}

}  // namespace
}  // namespace weft::check
