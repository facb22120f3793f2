#include "tools/print_command.h"

#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "ir/wasm/testing.h"
#include "tools/testing/command_test.h"

namespace weft::tools {
namespace {

using ::testing::HasSubstr;
using ::testing::StartsWith;
using wasm::testing::Bytes;
using wasm::testing::EverySection;
using wasm::testing::FunctionModule;

class PrintCommandTest : public CommandTest {
 protected:
  void SetUp() override {
    CommandTest::SetUp();
    in_ = Put("in.wasm", EverySection());
  }

  int Run(const std::vector<absl::string_view>& args) {
    return RunPrint(env_, args);
  }

  std::string in_;
};

TEST_F(PrintCommandTest, PrintsToStandardOutput) {
  EXPECT_EQ(Run({in_}), kExitOk);
  EXPECT_THAT(files_.out(), StartsWith("(module $m\n  (type (;0;) (func))\n"));
  EXPECT_THAT(files_.out(), HasSubstr("\n    (drop (local.get 0))\n"));
  EXPECT_EQ(files_.err(), "");
}

TEST_F(PrintCommandTest, ReplacesFiles) {
  const std::string out = PutText("out.wat", "old");
  EXPECT_EQ(Run({in_, "-o", out}), kExitOk);
  const Bytes bytes = Get(out);
  const std::string text(bytes.begin(), bytes.end());
  EXPECT_THAT(text, StartsWith("(module $m\n"));
  EXPECT_EQ(files_.out(), "");
}

TEST_F(PrintCommandTest, LeavesFilesAloneOnErrors) {
  const std::string out = PutText("out.wat", "old");
  // `else` outside of an `if`.
  const std::string bad = Put("bad.wasm", FunctionModule({}, {}, {0x05}));
  EXPECT_EQ(Run({bad, "-o", out}), kExitInvalid);
  EXPECT_THAT(files_.err(), HasSubstr("offset 0x36 (code section): else "
                                      "without an if"));
  EXPECT_EQ(Get(out), (Bytes{'o', 'l', 'd'}));
}

TEST_F(PrintCommandTest, PrintsFlat) {
  EXPECT_EQ(Run({in_, "--flat"}), kExitOk);
  EXPECT_THAT(files_.out(), HasSubstr("\n    local.get 0\n    drop\n"));
}

TEST_F(PrintCommandTest, PrintsSkeletons) {
  EXPECT_EQ(Run({in_, "--skeleton"}), kExitOk);
  EXPECT_THAT(files_.out(), HasSubstr("\n  (func $g (type 0) ...)\n"));
}

TEST_F(PrintCommandTest, PrintsOffsets) {
  EXPECT_EQ(Run({in_, "--offsets"}), kExitOk);
  EXPECT_THAT(files_.out(), HasSubstr("\n    (drop (;@0x"));
}

TEST_F(PrintCommandTest, LeavesNamesOut) {
  EXPECT_EQ(Run({in_, "--no-names"}), kExitOk);
  EXPECT_THAT(files_.out(), StartsWith("(module\n"));
  EXPECT_THAT(files_.out(), HasSubstr("\n  (func (;1;) (type 0)\n"));
}

TEST_F(PrintCommandTest, PrintsFunctionsByName) {
  EXPECT_EQ(Run({in_, "--func=^g$"}), kExitOk);
  EXPECT_EQ(files_.out(),
            "(func $g (type 0)\n"
            "  (local i32 i64 i64)\n"
            "  (call 0)\n"
            "  (data.drop 1)\n"
            ")\n");
}

TEST_F(PrintCommandTest, PrintsFunctionsByNumber) {
  EXPECT_EQ(Run({in_, "--func", "^[2-9]$"}), kExitOk);
  EXPECT_EQ(files_.out(),
            "(func (;2;) (type 1) (param i32)\n"
            "  (drop (local.get 0))\n"
            ")\n");
}

TEST_F(PrintCommandTest, SaysThatNoFunctionMatches) {
  EXPECT_EQ(Run({in_, "--func=nothing\x1b"}), kExitInvalid);
  EXPECT_EQ(files_.out(), "");
  EXPECT_EQ(files_.err(), "weft: " + in_ +
                              ": none of the 3 functions has a name in which "
                              "'nothing\\x1b' is found\n");
}

TEST_F(PrintCommandTest, RefusesBadExpressions) {
  EXPECT_EQ(Run({in_, "--func=a(b"}), kExitUsage);
  EXPECT_EQ(files_.err(),
            "weft: --func=a(b: not a regular expression that RE2 knows: "
            "missing ): a(b\n");
}

TEST_F(PrintCommandTest, RefusesWrongArguments) {
  EXPECT_EQ(Run({}), kExitUsage);
  EXPECT_THAT(files_.err(), HasSubstr("no input file given"));
  EXPECT_EQ(Run({in_, in_}), kExitUsage);
  EXPECT_EQ(Run({in_, "--flatt"}), kExitUsage);
  EXPECT_THAT(files_.err(), HasSubstr("--flat"));
  EXPECT_EQ(Run({in_, "-o", ""}), kExitUsage);
}

TEST_F(PrintCommandTest, ReportsBadInput) {
  EXPECT_EQ(Run({Path("none.wasm")}), kExitInvalid);
  EXPECT_THAT(files_.err(), HasSubstr("cannot open"));
  EXPECT_EQ(Run({PutText("bad.wasm", "neither")}), kExitInvalid);
}

TEST_F(PrintCommandTest, HelpsItself) {
  EXPECT_EQ(Run({"--help"}), kExitOk);
  for (absl::string_view option : {"--output", "--flat", "--func", "--skeleton",
                                   "--offsets", "--no-names"}) {
    EXPECT_THAT(files_.out(), HasSubstr(std::string(option)));
  }
}

}  // namespace
}  // namespace weft::tools
