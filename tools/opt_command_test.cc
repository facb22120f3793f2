#include "tools/opt_command.h"

#include <errno.h>

#include <cstdlib>
#include <fstream>
#include <nlohmann/json.hpp>
#include <sstream>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "passes/optimize.h"
#include "tools/testing/captured_output.h"

namespace weft::tools {
namespace {

using testing::HasSubstr;
using Bytes = std::vector<uint8_t>;

class OptCommandTest : public testing::Test {
 protected:
  void SetUp() override {
    std::string pattern = absl::StrCat(testing::TempDir(), "/optXXXXXX");
    ASSERT_NE(mkdtemp(pattern.data()), nullptr);
    dir_ = pattern;
    in_ = absl::StrCat(dir_, "/in.wasm");
    out_ = absl::StrCat(dir_, "/out.wasm");
    std::ofstream(in_) << "input";
    report_.bytes_before = 2000;
    report_.bytes_after = 1500;
    report_.sections = {{"type", 100, 100},
                        {"code", 1000, 500},
                        {"data", 0, 0},
                        {"evil\n\xff", 10, 0}};
    report_.bodies = 40;
  }

  // Runs with an optimizer that reports report_ and returns result_.
  int Run(const std::vector<absl::string_view>& args) {
    return RunOpt(
        env_, args,
        [this](wasm::ByteSpan input, const passes::OptimizeOptions& options,
               passes::OptimizeReport* report) {
          seen_input_ = Bytes(input.begin(), input.end());
          seen_options_ = options;
          if (options.print_ir) options.print_ir("function 0\n");
          *report = report_;
          return result_;
        });
  }

  std::string Get(const std::string& path) {
    std::ostringstream text;
    text << std::ifstream(path).rdbuf();
    return text.str();
  }

  CapturedOutput files_;
  Environment env_ = {.files = &files_};
  std::string dir_, in_, out_;
  passes::OptimizeReport report_;
  absl::StatusOr<Bytes> result_ = Bytes{'o', 'u', 't'};
  Bytes seen_input_;
  passes::OptimizeOptions seen_options_;
};

TEST_F(OptCommandTest, WritesTheModule) {
  EXPECT_EQ(Run({in_, "-o", out_, "-O3", "-j3", "--no-fallback",
                 "--schedule-seed=5", "--features=-gc"}),
            kExitOk);
  EXPECT_EQ(Get(out_), "out");
  EXPECT_EQ(seen_input_, (Bytes{'i', 'n', 'p', 'u', 't'}));
  EXPECT_EQ(seen_options_.passes, *passes::PipelineOf("3"));
  EXPECT_EQ(seen_options_.threads, 3);
  EXPECT_FALSE(seen_options_.fallback);
  EXPECT_FALSE(seen_options_.for_size);
  EXPECT_EQ(seen_options_.schedule_seed, 5u);
  EXPECT_FALSE(seen_options_.features.Has(wasm::Feature::kGc));
  EXPECT_TRUE(seen_options_.validate);
}

TEST_F(OptCommandTest, ReplacesItsInput) {
  EXPECT_EQ(Run({in_, "-o", in_}), kExitOk);
  EXPECT_EQ(Get(in_), "out");
}

TEST_F(OptCommandTest, SummaryListsSections) {
  report_.bodies_kept = 12;
  report_.bytes_kept = 100;
  report_.bodies_over_budget = 1;
  report_.warnings = {"dropped .debug_\ninfo"};
  EXPECT_EQ(Run({in_, "-o", out_}), kExitOk);
  EXPECT_EQ(files_.out(), "");
  EXPECT_THAT(files_.err(), HasSubstr("in.wasm: 2,000 to 1,500 bytes "
                                      "(-25.0 %) in "));
  EXPECT_THAT(files_.err(),
              HasSubstr("  code               1,000           500   -50.0 %\n"
                        "  evil\\n\\xff            10             0      gone\n"
                        "  fallback kept 12 of 40 functions, 10.0 % of code\n"
                        "  too large to optimize: 1 functions\n"));
  EXPECT_THAT(files_.err(), HasSubstr("weft: warning: dropped .debug_\\ninfo"));
}

TEST_F(OptCommandTest, QuietKeepsWarningsOnly) {
  EXPECT_EQ(Run({in_, "-o", out_, "--quiet"}), kExitOk);
  EXPECT_EQ(files_.err(), "");
  report_.warnings = {"w"};
  report_.bodies_invalid = 2;
  EXPECT_EQ(Run({in_, "-o", out_, "--quiet"}), kExitOk);
  EXPECT_THAT(files_.err(), HasSubstr("weft: warning: w\n"));
  EXPECT_THAT(files_.err(), HasSubstr("2 functions were left as they were"));
}

TEST_F(OptCommandTest, TimesOfPasses) {
  report_.passes = {{passes::PassId::kGvn, 3, 1234},
                    {passes::PassId::kDce, 1, 0}};
  EXPECT_EQ(Run({in_, "-o", out_, "-q", "--time-passes"}), kExitOk);
  EXPECT_EQ(files_.err(),
            "  pass                             time    share      changes\n"
            "  gvn                            3.00 s   75.0 %        1,234\n"
            "  dce                            1.00 s   25.0 %            0\n");
}

TEST_F(OptCommandTest, StatsForPrograms) {
  const std::string path = absl::StrCat(dir_, "/stats.json");
  report_.bodies_kept = 12;
  report_.bytes_kept = 100;
  report_.passes = {{passes::PassId::kGvn, 0.5, 7}};
  report_.warnings = {"w"};
  EXPECT_EQ(Run({in_, "-Oz", "-j2", "-o", out_, "--stats-json", path}),
            kExitOk);
  const nlohmann::json stats =
      nlohmann::json::parse(Get(path), nullptr, /*allow_exceptions=*/false);
  ASSERT_TRUE(stats.is_object());
  EXPECT_EQ(stats["schema"], 1);
  EXPECT_EQ(stats["output"], out_);
  EXPECT_EQ(stats["pipeline"], "-Oz");
  EXPECT_EQ(stats["threads"], 2);
  EXPECT_EQ(stats["bytes"]["before"], 2000);
  EXPECT_EQ(stats["bytes"]["after"], 1500);
  EXPECT_EQ(stats["sections"][1]["name"], "code");
  EXPECT_EQ(stats["sections"][1]["after"], 500);
  EXPECT_EQ(stats["sections"][3]["name"], "evil\n\xef\xbf\xbd");
  EXPECT_EQ(stats["functions"]["kept_by_fallback"], 12);
  EXPECT_DOUBLE_EQ(stats["fallback"]["share_of_code"].get<double>(), 0.1);
  EXPECT_EQ(stats["passes"][0]["name"], "gvn");
  EXPECT_EQ(stats["passes"][0]["changes"], 7);
  EXPECT_EQ(stats["warnings"][0], "w");
}

TEST_F(OptCommandTest, OutputAndStatsAreOneOrNone) {
  std::ofstream(out_) << "old";
  EXPECT_EQ(Run({in_, "-o", out_, "--stats-json=/dev/full"}), kExitInvalid);
  EXPECT_EQ(Get(out_), "old");
  EXPECT_EQ(files_.err(),
            "weft: /dev/full: cannot write: No space left on device\n");
  EXPECT_EQ(Run({in_, "-o", out_, "--stats-json", out_}), kExitUsage);
  EXPECT_EQ(Get(out_), "old");
}

TEST_F(OptCommandTest, ErrorsOfTheInput) {
  std::ofstream(out_) << "old";
  result_ = absl::InvalidArgumentError(
      "unknown type at offset 4660 in function section");
  EXPECT_EQ(Run({in_, "-o", out_}), kExitInvalid);
  EXPECT_EQ(files_.err(),
            absl::StrCat("weft: ", in_,
                         ": offset 0x1234 (function section): unknown type\n"));
  EXPECT_EQ(Get(out_), "old");
}

TEST_F(OptCommandTest, DefectsHaveTheirOwnExitCode) {
  result_ = absl::InternalError("output is not valid");
  EXPECT_EQ(Run({in_, "-o", out_}), kExitInternal);
  EXPECT_EQ(files_.err(), absl::StrCat("weft: ", in_,
                                       ": internal error: output is not "
                                       "valid\n"));
}

TEST_F(OptCommandTest, UnwritableOutputStopsEarly) {
  EXPECT_EQ(Run({in_, "-o", absl::StrCat(dir_, "/none/out")}), kExitInvalid);
  EXPECT_TRUE(seen_input_.empty());
  EXPECT_THAT(files_.err(), HasSubstr("No such file or directory"));
}

TEST_F(OptCommandTest, ComponentsAreNamed) {
  std::ofstream(in_) << std::string("\0asm\x0d\0\1\0", 8);
  EXPECT_EQ(Run({in_, "-o", out_}), kExitInvalid);
  EXPECT_THAT(files_.err(), HasSubstr("a component"));
  EXPECT_THAT(files_.err(), HasSubstr("not supported yet"));
}

TEST_F(OptCommandTest, PrintsTheIr) {
  EXPECT_EQ(Run({in_, "--passes=gvn", "--print-ir=gvn", "-q"}), kExitOk);
  EXPECT_EQ(seen_options_.print_after, "gvn");
  EXPECT_EQ(files_.out(), "function 0\n");
  files_.FailStdout(EPIPE);
  EXPECT_EQ(Run({in_, "--print-ir", "-o", out_}), kExitInvalid);
  EXPECT_EQ(files_.err(), "weft: standard output: cannot write: Broken pipe\n");
  EXPECT_EQ(Get(out_), "");
}

TEST_F(OptCommandTest, PrintsTexts) {
  EXPECT_EQ(Run({"-Oz", "--print-pipeline"}), kExitOk);
  EXPECT_EQ(files_.out(),
            absl::StrCat(passes::ToString(*passes::PipelineOf("z")), "\n"));
  EXPECT_EQ(Run({"--help"}), kExitOk);
  EXPECT_EQ(Run({"--list-passes"}), kExitOk);
  EXPECT_EQ(files_.err(), "");
  files_.FailStdout(ENOSPC);
  EXPECT_EQ(Run({"--help"}), kExitInvalid);
}

TEST_F(OptCommandTest, WrongArguments) {
  EXPECT_EQ(Run({in_}), kExitUsage);
  EXPECT_EQ(Run({in_, "-o", out_, "--quite"}), kExitUsage);
  EXPECT_THAT(files_.err(), HasSubstr("'--quiet'"));
  EXPECT_TRUE(seen_input_.empty());
}

}  // namespace
}  // namespace weft::tools
