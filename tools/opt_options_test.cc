#include "tools/opt_options.h"

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "ir/wasm/features.h"
#include "passes/pass.h"
#include "tools/feature_list.h"

namespace weft::tools {
namespace {

using testing::HasSubstr;
using wasm::Feature;
using wasm::FeatureSet;

// The options, which must be right.
OptOptions Parse(const std::vector<absl::string_view>& args) {
  const absl::StatusOr<OptOptions> options = ParseOptOptions(args);
  EXPECT_TRUE(options.ok()) << options.status();
  return options.ok() ? *options : OptOptions();
}

std::string ErrorOf(const std::vector<absl::string_view>& args) {
  const absl::StatusOr<OptOptions> options = ParseOptOptions(args);
  EXPECT_FALSE(options.ok());
  return std::string(options.status().message());
}

TEST(OptOptionsTest, Defaults) {
  const OptOptions options = Parse({"in", "-o", "out"});
  EXPECT_EQ(options.input, "in");
  EXPECT_EQ(options.output, "out");
  EXPECT_EQ(options.pipeline, "-Os");
  EXPECT_EQ(options.passes, *passes::PipelineOf("s"));
  EXPECT_EQ(options.features, FeatureSet::All());
  EXPECT_GE(options.jobs, 1);
  EXPECT_TRUE(options.fallback);
  EXPECT_TRUE(options.for_size);
  EXPECT_FALSE(options.quiet);
}

TEST(OptOptionsTest, LastPipelineWins) {
  const OptOptions level = Parse({"in", "--passes=gvn", "-Oz", "-O3", "-oout"});
  EXPECT_EQ(level.pipeline, "-O3");
  EXPECT_EQ(level.passes, *passes::PipelineOf("3"));
  EXPECT_FALSE(level.for_size);
  const OptOptions list = Parse({"-O3", "--passes", "gvn,dce", "in", "-oout"});
  EXPECT_EQ(list.pipeline, "--passes");
  EXPECT_EQ(passes::ToString(list.passes), "gvn,dce");
  EXPECT_TRUE(list.for_size);
  EXPECT_TRUE(Parse({"-O0", "in", "-oout"}).passes.empty());
  EXPECT_EQ(Parse({"-O0", "-O", "in", "-oout"}).pipeline, "-Os");
}

TEST(OptOptionsTest, ReadsValues) {
  const OptOptions options =
      Parse({"-", "--output=-", "-j2", "--no-fallback", "--schedule-seed=7",
             "--stats-json", "s.json", "--time-passes", "-q"});
  EXPECT_EQ(options.input, "-");
  EXPECT_EQ(options.output, "-");
  EXPECT_EQ(options.jobs, 2);
  EXPECT_FALSE(options.fallback);
  EXPECT_EQ(options.schedule_seed, 7u);
  EXPECT_EQ(options.stats_json, "s.json");
  EXPECT_TRUE(options.time_passes);
  EXPECT_TRUE(options.quiet);
}

TEST(OptOptionsTest, PrintingNeedsNoFiles) {
  EXPECT_TRUE(Parse({"--help"}).help);
  EXPECT_TRUE(Parse({"--list-passes"}).list_passes);
  EXPECT_TRUE(Parse({"-O2", "--print-pipeline"}).print_pipeline);
  EXPECT_TRUE(Parse({"in", "--print-ir"}).print_ir);
}

TEST(OptOptionsTest, WrongArgumentsAreNamed) {
  EXPECT_THAT(ErrorOf({}), HasSubstr("no input file given"));
  EXPECT_THAT(ErrorOf({"in"}), HasSubstr("no output file given: add -o FILE"));
  EXPECT_THAT(ErrorOf({"in", "out"}), HasSubstr("'in' and 'out'"));
  EXPECT_THAT(ErrorOf({"in", "-o"}), HasSubstr("-o needs FILE"));
  EXPECT_THAT(ErrorOf({"in", "-o", ""}), HasSubstr("empty file name"));
  EXPECT_THAT(ErrorOf({"-O7"}), HasSubstr("-O7: no such level; there are 0"));
  EXPECT_THAT(ErrorOf({"--passes=gvm"}), HasSubstr("the nearest is 'gvn'"));
  EXPECT_THAT(ErrorOf({"--passes="}), HasSubstr("no passes given"));
  EXPECT_THAT(ErrorOf({"--print-ir=gvm"}), HasSubstr("the nearest is 'gvn'"));
  EXPECT_THAT(ErrorOf({"in", "-O0", "--print-ir=gvn"}),
              HasSubstr("-O0 does not run this pass"));
  EXPECT_THAT(ErrorOf({"-j0"}), HasSubstr("not a number from 1 to"));
  EXPECT_THAT(ErrorOf({"-jx"}), HasSubstr("not a number from 1 to"));
  EXPECT_THAT(ErrorOf({"--jobs=99999999999"}), HasSubstr("not a number"));
  EXPECT_THAT(ErrorOf({"--sched=1"}), HasSubstr("unknown option '--sched'"));
  EXPECT_THAT(ErrorOf({"in", "-o-", "--stats-json=-"}),
              HasSubstr("standard output"));
}

TEST(OptOptionsTest, FeatureLists) {
  const FeatureSet mvp = FeatureSet::Mvp();
  const FeatureSet all = FeatureSet::All();
  EXPECT_EQ(*ParseFeatures("mvp", all), mvp);
  EXPECT_EQ(*ParseFeatures("all", mvp), all);
  EXPECT_EQ(*ParseFeatures("mvp,+simd128", all),
            FeatureSet(mvp).Add(Feature::kSimd128));
  EXPECT_EQ(*ParseFeatures("simd,threads", all),
            FeatureSet(mvp).Add(Feature::kSimd128).Add(Feature::kThreads));
  EXPECT_EQ(*ParseFeatures("-gc", all), FeatureSet(all).Remove(Feature::kGc));
  EXPECT_EQ(*ParseFeatures("+gc", mvp), FeatureSet(mvp).Add(Feature::kGc));
  EXPECT_EQ(*ParseFeatures("-all", all), mvp);
  EXPECT_EQ(ParseFeatures("simd1", all).status().message(),
            "unknown feature 'simd1'; the nearest is 'simd'");
  EXPECT_FALSE(ParseFeatures("", all).ok());
  EXPECT_EQ(
      Parse({"in", "-oout", "--features=-gc", "--features", "-simd"}).features,
      FeatureSet(all).Remove(Feature::kGc).Remove(Feature::kSimd128));
}

TEST(OptOptionsTest, HelpNamesEveryOption) {
  const std::string help = OptHelp();
  for (absl::string_view name :
       {"--output", "-O[LEVEL]", "--passes", "--list-passes",
        "--print-pipeline", "--features", "--jobs", "--no-fallback",
        "--stats-json", "--time-passes", "--print-ir[=PASS]", "--quiet"}) {
    EXPECT_THAT(help, HasSubstr(std::string(name)));
  }
  EXPECT_THAT(help, Not(HasSubstr("schedule-seed")));
  for (passes::PassId pass : passes::AllPasses()) {
    EXPECT_THAT(PassList(), HasSubstr(std::string(passes::InfoOf(pass).name)));
  }
}

}  // namespace
}  // namespace weft::tools
