// Inputs that were once miscompiled: at every level, and behind every pass,
// they still do the same.
#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include "check/campaign/pair.h"
#include "gtest/gtest.h"

namespace weft::check {
namespace {

using passes::PassId;

std::vector<std::string> Modules() {
  std::vector<std::string> paths;
  for (const auto& entry :
       std::filesystem::directory_iterator("testdata/regress")) {
    if (entry.path().extension() == ".wasm") paths.push_back(entry.path());
  }
  std::sort(paths.begin(), paths.end());
  return paths;
}

std::vector<Pipeline> Pipelines() {
  std::vector<Pipeline> pipelines;
  for (const absl::string_view level : passes::AllLevels()) {
    pipelines.push_back({*passes::PipelineOf(level), true, false});
  }
  for (const PassId pass : passes::AllPasses()) {
    pipelines.push_back({{pass}, true, false});
    pipelines.push_back({{PassId::kMergeDuplicateFunctions,
                          PassId::kRemoveUnused, pass, PassId::kRemoveUnused},
                         false,
                         false});
  }
  return pipelines;
}

TEST(RegressTest, EveryInputDoesTheSame) {
  const std::vector<std::string> paths = Modules();
  ASSERT_FALSE(paths.empty());
  const PairOptions options;
  PairChecker checker(options);
  for (const std::string& path : paths) {
    std::ifstream in(path, std::ios::binary);
    const Bytes module{std::istreambuf_iterator<char>(in),
                       std::istreambuf_iterator<char>()};
    uint64_t operators = 0;
    for (const Pipeline& pipeline : Pipelines()) {
      const PairResult result = checker.Check(module, pipeline);
      EXPECT_EQ(DefectText(result.defect), "none")
          << path << " " << PipelineText(pipeline) << ": " << result.message
          << DifferenceText(result.diff.difference);
      operators += result.diff.operators;
    }
    EXPECT_GT(operators, 0u) << path;
  }
}

}  // namespace
}  // namespace weft::check
