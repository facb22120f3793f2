// The official test scripts: all of them hold, there is exactly as much of each
// as the suite has, and they hold in every configuration of the executor and
// behind the optimizer. proposals/custom-descriptors is left out, since weft
// does not know that proposal.
#include "ir/wasm/text/testing/spec_suite.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "tools/wast/api_executor.h"
#include "tools/wast/optimized.h"
#include "tools/wast/script_files.h"
#include "tools/wast/script_runner.h"

namespace weft::tools {
namespace {

using wasm::testing::SpecScript;

// How many checks there are of each kind.
using ExpectedRows = std::map<std::string, uint64_t>;

// Counted in the suite at commit 193e551 of 2026-06-17. With text, quotes and
// binaries together they are the counts that its README gives.
const std::map<std::string, ExpectedRows>& Suite() {
  static const auto* const kSuite = new std::map<std::string, ExpectedRows>{
      {"",
       {{"module", 2248},
        {"assert_malformed quote", 1229},
        {"assert_malformed binary", 711},
        {"assert_invalid", 2712},
        {"assert_unlinkable's module", 200},
        {"assert_unlinkable", 200},
        {"assert_trap's module", 54},
        {"assert_trap", 4977},
        {"assert_return", 52636},
        {"assert_exception", 18},
        {"assert_exhaustion", 15},
        {"action", 357},
        {"register", 78},
        {"module instance", 3}}},
      {"custom",
       {{"module", 8},
        {"assert_malformed_custom", 19},
        {"assert_invalid_custom", 1}}},
      {"legacy",
       {{"module", 6},
        {"assert_malformed quote", 7},
        {"assert_invalid", 12},
        {"assert_trap", 2},
        {"assert_return", 45},
        {"assert_exception", 23},
        {"register", 1}}},
      {"proposals/threads",
       {{"module", 114},
        {"assert_malformed quote", 22},
        {"assert_invalid", 96},
        {"assert_unlinkable's module", 59},
        {"assert_unlinkable", 59},
        {"assert_trap", 53},
        {"assert_return", 214},
        {"action", 59},
        {"register", 2}}},
      {"proposals/custom-page-sizes",
       {{"module", 41},
        {"assert_malformed quote", 4},
        {"assert_malformed binary", 108},
        {"assert_invalid", 19},
        {"assert_unlinkable's module", 2},
        {"assert_unlinkable", 2},
        {"assert_trap", 4},
        {"assert_return", 27},
        {"register", 2}}},
      {"proposals/wide-arithmetic",
       {{"module", 2}, {"assert_invalid", 8}, {"assert_return", 99}}},
  };
  return *kSuite;
}

struct Configuration {
  std::string name;
  ApiExecutorOptions executor;
  std::string pipeline;  // Empty: modules as they are.
};

std::vector<Configuration> Configurations() {
  std::vector<Configuration> all(6);
  all[0].name = "Default";
  all[1].name = "ExplicitBoundsEager";
  all[1].executor.engine.bounds = exec::Bounds::kExplicit;
  all[1].executor.engine.eager = true;
  all[2].name = "NoFuse";
  all[2].executor.engine.fuse = false;
  all[3].name = "CollectAtEachAllocation";
  all[3].executor.store.gc_stress = true;
  for (const int far : {4, 5}) {
    all[far].name = far == 4 ? "FarSlots" : "FarSlotsNoFuse";
    all[far].executor.engine.far_slots = true;
    all[far].executor.engine.fuse = far == 4;
    all[far].executor.store.max_stack = uint64_t{8} << 30;
  }
  for (const char* pipeline : {"roundtrip-ssa", "2", "3", "z"}) {
    Configuration& configuration = all.emplace_back();
    configuration.name = std::string("Optimized_") + pipeline;
    configuration.pipeline = pipeline;
  }
  for (Configuration& configuration : all) {
    std::replace(configuration.name.begin(), configuration.name.end(), '-',
                 '_');
  }
  return all;
}

// Operators by folder.
using OperatorCounts = std::map<std::string, uint64_t>;

// With `counts`, which needs an engine that counts, also the operators of the
// scripts of each folder.
ScriptReport RunSuite(ApiExecutorOptions executor,
                      OperatorCounts* counts = nullptr) {
  ScriptReport report;
  for (const SpecScript& script : wasm::testing::SpecScripts()) {
    std::string folder = FolderOf(script.name);
    if (folder == ".") folder.clear();
    ScriptRunOptions options;
    options.features = FeaturesOfScripts(folder);
    if (counts != nullptr) {
      executor.report_operators = [&](uint64_t n) { (*counts)[folder] += n; };
    }
    options.make_executor = [&] { return NewApiExecutor(executor); };
    RunScript(wasm::testing::ReadText(script.path), folder, script.name,
              options, &report);
  }
  return report;
}

class SpecSuiteTest : public ::testing::TestWithParam<Configuration> {
 protected:
  void SetUp() override {
    if (wasm::testing::SpecSuiteFolder().empty()) {
      GTEST_SKIP() << "no test scripts: neither WEFT_SPEC_TESTSUITE nor "
                      "WEFT_SHARED names them";
    }
  }
};

TEST_P(SpecSuiteTest, EverythingHolds) {
  ApiExecutorOptions executor = GetParam().executor;
  if (!GetParam().pipeline.empty()) {
    executor.transform = Optimizer(*PipelineNamed(GetParam().pipeline));
  }
  const ScriptReport report = RunSuite(executor);
  for (const ScriptFailure& failure : report.failures()) {
    ADD_FAILURE() << failure.file << ":" << failure.line << ": "
                  << failure.check << ": " << failure.reason;
  }
  size_t rows = 0;
  for (const auto& [folder, expected] : Suite()) {
    rows += expected.size();
    for (const auto& [check, count] : expected) {
      SCOPED_TRACE(absl::StrCat(folder, " ", check));
      const auto found = report.rows().find({folder, check});
      ASSERT_NE(found, report.rows().end());
      EXPECT_EQ(found->second.expected, count);
      EXPECT_EQ(found->second.passed, count);
      EXPECT_EQ(found->second.not_run, 0u);
    }
  }
  EXPECT_EQ(report.rows().size(), rows);
}

INSTANTIATE_TEST_SUITE_P(Executor, SpecSuiteTest,
                         ::testing::ValuesIn(Configurations()),
                         [](const auto& info) { return info.param.name; });

// The same in every build, hence for all ways of dispatch and with sanitizers.
// Most of the first is what it takes to exhaust the stack; it changes when
// frames become smaller or larger.
OperatorCounts ExpectedOperators() {
  return {{"", 106433126},
          {"custom", 0},
          {"legacy", 310},
          {"proposals/custom-page-sizes", 63},
          {"proposals/threads", 1039},
          {"proposals/wide-arithmetic", 397}};
}

class SpecSuiteCountsTest : public ::testing::TestWithParam<int> {};

// Everything holds and operators count the same, however and whenever they are
// translated, and however memory is kept in bounds.
TEST_P(SpecSuiteCountsTest, AreEqual) {
  if (wasm::testing::SpecSuiteFolder().empty()) {
    GTEST_SKIP() << "no test scripts";
  }
  ApiExecutorOptions executor;
  executor.engine.fuse = (GetParam() & 1) == 0;
  executor.engine.bounds =
      (GetParam() & 2) == 0 ? exec::Bounds::kGuard : exec::Bounds::kExplicit;
  executor.engine.eager = (GetParam() & 4) != 0;
  executor.engine.metering = true;
  OperatorCounts counts;
  EXPECT_EQ(RunSuite(executor, &counts).total().failed, 0u);
  EXPECT_EQ(counts, ExpectedOperators());
}

std::string CountsName(const ::testing::TestParamInfo<int>& info) {
  return absl::StrCat((info.param & 1) == 0 ? "Fused" : "NoFuse",
                      (info.param & 2) == 0 ? "Guarded" : "Explicit",
                      (info.param & 4) == 0 ? "Lazy" : "Eager");
}

INSTANTIATE_TEST_SUITE_P(Translations, SpecSuiteCountsTest,
                         ::testing::Range(0, 8), CountsName);

}  // namespace
}  // namespace weft::tools
