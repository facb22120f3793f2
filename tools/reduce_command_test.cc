#include "tools/reduce_command.h"

#include <dirent.h>

#include <cstdlib>
#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "nlohmann/json.hpp"
#include "tools/testing/command_test.h"

namespace weft::tools {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;

constexpr absl::string_view kProgram = R"((module
    (func $square (param i32) (result i32)
      (i32.mul (local.get 0) (local.get 0)))
    (func (export "needle") (result i32)
      (i32.add (call $square (i32.const 3)) (i32.const 4)))
    (func (export "other") (param f64) (result f64)
      (f64.div (local.get 0) (f64.const 3.5)))))";

class ReduceCommandTest : public CommandTest {
 protected:
  void SetUp() override {
    CommandTest::SetUp();
    setenv("TMPDIR", dir_.c_str(), 1);
    in_ = PutText("in.wat", kProgram);
    out_ = Path("out.wat");
  }

  int Run(std::vector<absl::string_view> options) {
    options.insert(options.begin(), {in_, "-o", out_});
    return RunReduce(env_, options);
  }

  std::string OutText() {
    const std::vector<uint8_t> bytes = Get(out_);
    return std::string(bytes.begin(), bytes.end());
  }

  // Files in the folder that a run has left behind.
  std::vector<std::string> Leftovers() {
    std::vector<std::string> names;
    DIR* const folder = opendir(dir_.c_str());
    while (const dirent* entry = readdir(folder)) {
      const std::string name = entry->d_name;
      if (absl::StartsWith(name, "weft-reduce")) names.push_back(name);
    }
    closedir(folder);
    return names;
  }

  std::string in_;
  std::string out_;
};

TEST_F(ReduceCommandTest, ExitStatusOfTheCommand) {
  ASSERT_EQ(Run({"--test", "grep -q needle {}"}), kExitOk) << files_.err();
  EXPECT_EQ(OutText(),
            "(module\n"
            "  (type (;0;) (func))\n"
            "  (export \"needle\" (func 0))\n"
            "  (func (;0;) (type 0))\n"
            ")\n");
  EXPECT_THAT(files_.err(), HasSubstr("to 0 operators"));
  EXPECT_THAT(Leftovers(), IsEmpty());
}

TEST_F(ReduceCommandTest, PathIsAppendedWithoutPlaceholder) {
  ASSERT_EQ(Run({"--test=grep -q other", "-q", "-j", "3"}), kExitOk);
  EXPECT_THAT(OutText(), HasSubstr("other"));
  EXPECT_EQ(files_.err(), "");
}

TEST_F(ReduceCommandTest, AnyExitStatusCounts) {
  // 1 while there is a needle, 0 without.
  ASSERT_EQ(Run({"--test", "! grep -q needle {}", "-q"}), kExitOk);
  EXPECT_THAT(OutText(), HasSubstr("needle"));
}

TEST_F(ReduceCommandTest, SignalsCount) {
  ASSERT_EQ(Run({"--test", "grep -q needle {} && kill -SEGV $$", "-q"}),
            kExitOk);
  EXPECT_THAT(OutText(), HasSubstr("needle"));
}

TEST_F(ReduceCommandTest, Match) {
  ASSERT_EQ(Run({"--test", "grep -ao 'oth.*r\\|needle' {}; true",
                 "--match=^oth.r", "-q"}),
            kExitInvalid);
  ASSERT_EQ(
      Run({"--test", "grep -ao 'oth.r' {} >&2; true", "--match", "oth", "-q"}),
      kExitOk)
      << files_.err();
  EXPECT_THAT(OutText(), HasSubstr("other"));
}

TEST_F(ReduceCommandTest, BinaryOutputInPlace) {
  out_ = in_ = Put("m.wasm", {0, 'a', 's', 'm', 1, 0, 0, 0, 1, 4, 1, 0x60, 0, 0,
                              0, 3, 2, 'x', 'y'});
  ASSERT_EQ(Run({"--test", "true"}), kExitOk) << files_.err();
  EXPECT_EQ(Get(out_), (std::vector<uint8_t>{0, 'a', 's', 'm', 1, 0, 0, 0}));
}

TEST_F(ReduceCommandTest, Json) {
  ASSERT_EQ(Run({"--test", "grep -q needle {}", "--json", "-q", "-j1"}),
            kExitOk);
  const nlohmann::json report = nlohmann::json::parse(files_.out());
  EXPECT_EQ(report["schema"], 1);
  EXPECT_EQ(report["input"], in_);
  EXPECT_EQ(report["operators"]["before"], 10);
  EXPECT_EQ(report["operators"]["after"], 0);
  EXPECT_EQ(report["out_of_time"], false);
  EXPECT_GE(report["candidates"]["made"], report["candidates"]["tested"]);
  EXPECT_FALSE(report["reductions"].empty());
}

TEST_F(ReduceCommandTest, Budget) {
  ASSERT_EQ(Run({"--test", "sleep 0.05; grep -q needle {}", "--budget=0.1"}),
            kExitOk);
  EXPECT_THAT(files_.err(), HasSubstr("budget is used up"));
  EXPECT_THAT(OutText(), HasSubstr("needle"));
}

TEST_F(ReduceCommandTest, TimeoutIsAnotherOutcome) {
  // Without the needle it would take a minute.
  ASSERT_EQ(Run({"--test", "grep -q needle {} || sleep 60 & wait",
                 "--timeout=0.5", "--budget=3", "-q"}),
            kExitOk)
      << files_.err();
  EXPECT_THAT(OutText(), HasSubstr("needle"));
}

TEST_F(ReduceCommandTest, NotInteresting) {
  EXPECT_EQ(Run({"--test", "sleep 60; : {}", "--timeout=0.1"}), kExitInvalid);
  EXPECT_THAT(files_.err(), HasSubstr("does not end within 0.1 seconds"));
  EXPECT_EQ(Run({"--test", "echo a; : {}", "--match=b"}), kExitInvalid);
  EXPECT_THAT(files_.err(), HasSubstr("exit status 0"));
  EXPECT_EQ(Run({"--diff", "gvn,dce"}), kExitInvalid);
  EXPECT_THAT(files_.err(), HasSubstr("makes no difference"));
  const std::string flag = Path("flag");
  EXPECT_EQ(Run({"--test", absl::StrCat("if test -e ", flag,
                                        "; then exit 1; "
                                        "fi; touch ",
                                        flag, "; : {}")}),
            kExitInvalid);
  EXPECT_THAT(files_.err(), HasSubstr("same end twice"));
  EXPECT_TRUE(Get(out_).empty());
  EXPECT_THAT(Leftovers(), IsEmpty());
}

TEST_F(ReduceCommandTest, InvalidInput) {
  in_ = PutText("bad.wat", "(module (func (i32.const 1)))");
  EXPECT_EQ(Run({"--test", "true"}), kExitInvalid);
  EXPECT_THAT(files_.err(), HasSubstr("code section"));
  in_ = Path("none");
  EXPECT_EQ(Run({"--test", "true"}), kExitInvalid);
  EXPECT_THAT(files_.err(), HasSubstr("cannot open"));
}

TEST_F(ReduceCommandTest, NoFolderForTemporaries) {
  setenv("TMPDIR", Path("none").c_str(), 1);
  EXPECT_EQ(Run({"--test", "true"}), kExitInvalid);
  EXPECT_THAT(files_.err(), HasSubstr("cannot create a temporary file in"));
}

TEST_F(ReduceCommandTest, WrongArguments) {
  EXPECT_EQ(Run({}), kExitUsage);
  EXPECT_THAT(files_.err(), HasSubstr("--test CMD or by --diff PIPELINE"));
  EXPECT_EQ(Run({"--test=a", "--diff=gvn"}), kExitUsage);
  EXPECT_EQ(Run({"--test="}), kExitUsage);
  EXPECT_EQ(Run({"--diff="}), kExitUsage);
  EXPECT_EQ(Run({"--diff=gvm"}), kExitUsage);
  EXPECT_THAT(files_.err(), HasSubstr("gvn"));
  EXPECT_EQ(Run({"--diff=O9"}), kExitUsage);
  EXPECT_EQ(Run({"--diff=O2", "--match=a"}), kExitUsage);
  EXPECT_EQ(Run({"--diff=O2", "--timeout=3"}), kExitUsage);
  EXPECT_EQ(Run({"--test=a", "--match=("}), kExitUsage);
  EXPECT_EQ(Run({"--test=a", "--timeout=0"}), kExitUsage);
  EXPECT_EQ(Run({"--test=a", "--budget=soon"}), kExitUsage);
  EXPECT_EQ(Run({"--test=a", "-j0"}), kExitUsage);
  EXPECT_EQ(Run({"more", "--test=a"}), kExitUsage);
  EXPECT_EQ(RunReduce(env_, {in_, "--test=a"}), kExitUsage);
  EXPECT_THAT(files_.err(), HasSubstr("add -o FILE"));
  EXPECT_EQ(RunReduce(env_, {in_, "-o", "-", "--test=a", "--json"}),
            kExitUsage);
  EXPECT_EQ(RunReduce(env_, {"--help"}), kExitOk);
  EXPECT_THAT(files_.out(), HasSubstr("--test=CMD"));
}

}  // namespace
}  // namespace weft::tools
