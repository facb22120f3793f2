#include <fstream>
#include <string>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tools/bench/child_process.h"
#include "tools/bench/comparison.h"
#include "tools/bench/module_sizes.h"

namespace weft::tools {
namespace {

using testing::HasSubstr;

std::string WriteFile(absl::string_view name, const std::string& bytes) {
  const std::string path = absl::StrCat(testing::TempDir(), "/", name);
  std::ofstream(path, std::ios::binary) << bytes;
  return path;
}

std::string Module(absl::string_view sections) {
  return absl::StrCat(absl::string_view("\0asm\1\0\0\0", 8), sections);
}

TEST(ModuleSizesTest, CustomSectionsDoNotCount) {
  const std::string path =
      WriteFile("module", Module(absl::string_view("\x00\x03\x02xy"  // Custom.
                                                   "\x01\x01\x00"    // Type.
                                                   "\x0a\x82\x00\x00\x00",
                                                   13)));
  const absl::StatusOr<ModuleSizes> sizes = MeasureModule(path);
  ASSERT_TRUE(sizes.ok()) << sizes.status();
  EXPECT_EQ(sizes->non_custom, 8u + 3 + 5);
  EXPECT_EQ(sizes->code, 5u);
  EXPECT_EQ(MeasureModule(WriteFile("empty", Module("")))->non_custom, 8u);
}

TEST(ModuleSizesTest, RefusesWhatIsNoModule) {
  EXPECT_FALSE(MeasureModule("/nonexistent").ok());
  EXPECT_FALSE(MeasureModule(WriteFile("text", "(module)")).ok());
  EXPECT_FALSE(MeasureModule(WriteFile("short", Module("\x01\x05\x01"))).ok());
  EXPECT_FALSE(MeasureModule(WriteFile("header", Module("\x01"))).ok());
}

TEST(ChildProcessTest, MeasuresAndReportsFailure) {
  const ChildOptions options = {.log =
                                    absl::StrCat(testing::TempDir(), "/log")};
  const absl::StatusOr<Usage> usage =
      RunChild({"/bin/sh", "-c", "echo fine"}, options);
  ASSERT_TRUE(usage.ok()) << usage.status();
  EXPECT_GT(usage->wall_seconds, 0);
  EXPECT_GT(usage->peak_bytes, 100'000u);
  EXPECT_EQ(RunChild({"/bin/sh", "-c", "echo a; echo why >&2; exit 3"}, options)
                .status()
                .message(),
            "exit code 3: why");
  EXPECT_EQ(
      RunChild({"/bin/sh", "-c", "kill -9 $$"}, options).status().message(),
      "killed by signal 9");
  EXPECT_FALSE(RunChild({"/nonexistent"}, options).ok());
}

Measurement Measured(uint64_t size, double seconds, uint64_t peak) {
  Measurement out;
  out.out = {.non_custom = size, .code = size / 2};
  for (double noise : {1.5, 1.0, 2.0}) {
    out.runs.push_back({.user_seconds = noise * seconds, .peak_bytes = peak});
  }
  return out;
}

TEST(ComparisonTest, MeansAndTables) {
  Comparison comparison;
  Measurement failed;
  failed.error = "exit code 1: no";
  comparison.modules = {{"one",
                         {2'000'000, 1'000'000},
                         Measured(800, 0.5, 10'000'000),
                         Measured(1000, 2, 20'000'000)},
                        {"two",
                         {2'000'000, 1'000'000},
                         Measured(1000, 1, 80'000'000),
                         Measured(800, 1, 10'000'000)},
                        {"bad", {2'000, 1'000}, failed, Measured(1, 1, 1)}};
  const Means means = MeansOf(comparison);
  EXPECT_EQ(means.modules, 2);
  EXPECT_NEAR(means.non_custom, 1, 1e-9);
  EXPECT_NEAR(means.speed, 2, 1e-9);
  EXPECT_NEAR(means.memory, 2, 1e-9);
  EXPECT_EQ(comparison.modules[0].weft.MedianUserSeconds(), 0.75);

  const std::string table = ComparisonTable(comparison);
  EXPECT_THAT(table, HasSubstr("0.500/0.750"));
  EXPECT_THAT(table, HasSubstr("-20.0 %"));
  EXPECT_THAT(table, HasSubstr("4.00x"));
  EXPECT_THAT(table, HasSubstr("weft failed on bad: exit code 1: no"));
  EXPECT_THAT(table, HasSubstr("speed 2.00x, peak memory 2.00x"));
  EXPECT_THAT(ComparisonJson(comparison), HasSubstr("\"speed\": 2.0"));
}

TEST(ComparisonTest, OneProgramAlone) {
  Comparison comparison;
  comparison.modules = {{"one", {20, 10}, Measured(8, 1, 10), {}}};
  EXPECT_EQ(MeansOf(comparison).modules, 0);
  EXPECT_THAT(ComparisonTable(comparison), Not(HasSubstr("Geometric")));
}

}  // namespace
}  // namespace weft::tools
