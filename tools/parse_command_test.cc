#include "tools/parse_command.h"

#include <string>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "ir/wasm/testing.h"
#include "tools/testing/command_test.h"

namespace weft::tools {
namespace {

using ::testing::HasSubstr;
using ::testing::StartsWith;
using wasm::testing::Body;
using wasm::testing::Bytes;
using wasm::testing::ModuleBuilder;
using wasm::testing::Vec;

class ParseCommandTest : public CommandTest {
 protected:
  void SetUp() override {
    CommandTest::SetUp();
    out_ = Path("out.wasm");
  }

  std::string out_;
};

TEST_F(ParseCommandTest, WritesTheBinary) {
  const std::string in = PutText("in.wat", "(module (func nop))");
  EXPECT_EQ(RunParse(env_, {in, "-o", out_}), kExitOk);
  EXPECT_EQ(Get(out_), ModuleBuilder()
                           .Section(wasm::SectionId::kType, Vec({{0x60, 0, 0}}))
                           .Section(wasm::SectionId::kFunction, Vec({{0}}))
                           .Section(wasm::SectionId::kCode, Vec({Body({1})}))
                           .Build());
  EXPECT_EQ(files_.err(), "");
  EXPECT_EQ(files_.out(), "");
}

TEST_F(ParseCommandTest, BinariesStay) {
  const std::string in = Put("in.wasm", wasm::testing::EverySection());
  EXPECT_EQ(RunParse(env_, {in, "-o", in}), kExitOk);
  EXPECT_EQ(Get(in), wasm::testing::EverySection());
}

TEST_F(ParseCommandTest, ErrorsShowTheLine) {
  const std::string in = PutText("in.wat", "(module\n  (func (i32.ad)))");
  PutText("out.wasm", "old");
  EXPECT_EQ(RunParse(env_, {in, "-o", out_}), kExitInvalid);
  EXPECT_THAT(files_.err(), StartsWith(absl::StrCat(in, ":2:")));
  EXPECT_THAT(files_.err(), HasSubstr("\n  (func (i32.ad)))\n         ^"));
  EXPECT_EQ(Get(out_).size(), 3u);
}

TEST_F(ParseCommandTest, InvalidModules) {
  const std::string in = PutText("in.wat", "(module (func (result i32)))");
  EXPECT_EQ(RunParse(env_, {in, "-o", out_}), kExitInvalid);
  EXPECT_THAT(files_.err(), HasSubstr("code section"));
  EXPECT_TRUE(Get(out_).empty());
  EXPECT_EQ(RunParse(env_, {in, "-o", out_, "--no-validate"}), kExitOk);
  EXPECT_FALSE(Get(out_).empty());
}

TEST_F(ParseCommandTest, Features) {
  const std::string in = PutText("in.wat", "(module (memory i64 1))");
  EXPECT_EQ(RunParse(env_, {in, "-o", out_}), kExitOk);
  EXPECT_EQ(RunParse(env_, {in, "-o", out_, "--features=-memory64"}),
            kExitInvalid);
}

TEST_F(ParseCommandTest, WrongArguments) {
  EXPECT_EQ(RunParse(env_, {"a"}), kExitUsage);
  EXPECT_EQ(RunParse(env_, {"a", "b", "-o", "c"}), kExitUsage);
  EXPECT_EQ(RunParse(env_, {"-o", "c"}), kExitUsage);
  EXPECT_THAT(files_.err(), HasSubstr("weft parse IN -o OUT"));
  EXPECT_EQ(RunParse(env_, {"a", "-o", ""}), kExitUsage);
  EXPECT_EQ(RunParse(env_, {"--help"}), kExitOk);
  EXPECT_THAT(files_.out(), HasSubstr("--no-validate"));
}

}  // namespace
}  // namespace weft::tools
