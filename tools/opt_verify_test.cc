#include <filesystem>
#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "ir/wasm/text/parser.h"
#include "tools/opt_command.h"
#include "tools/testing/command_test.h"

namespace weft::tools {
namespace {

using ::testing::HasSubstr;

constexpr absl::string_view kModule =
    "(module (func (export \"f\") (param i32) (result i32)"
    " (i32.add (local.get 0) (i32.const 0))))";

class OptVerifyTest : public CommandTest {
 protected:
  void SetUp() override {
    CommandTest::SetUp();
    in_ = PutText("in.wat", kModule);
    out_ = Path("out.wasm");
  }

  std::string in_;
  std::string out_;
};

TEST_F(OptVerifyTest, SaysThatItIsEqual) {
  EXPECT_EQ(RunOpt(env_, {in_, "-O3", "--verify", "-o", out_}), kExitOk);
  EXPECT_THAT(files_.err(), HasSubstr("verified: EQUAL; "));
  EXPECT_THAT(files_.err(), HasSubstr("1 functions changed, 1 called"));
  EXPECT_TRUE(std::filesystem::exists(out_));
}

TEST_F(OptVerifyTest, WritesNothingButAReproducer) {
  const auto wrong = wasm::ParseModuleText(
      "(module (func (export \"f\") (param i32) (result i32)"
      " (i32.and (local.get 0) (i32.const -2))))");
  ASSERT_TRUE(wrong.ok());
  const auto optimize =
      [&](wasm::ByteSpan, const passes::OptimizeOptions&,
          passes::OptimizeReport*) -> absl::StatusOr<std::vector<uint8_t>> {
    return *wrong;
  };
  EXPECT_EQ(RunOpt(env_, {in_, "--passes=gvn", "--verify=pass", "-o", out_},
                   optimize),
            kExitInternal);
  EXPECT_THAT(files_.err(), HasSubstr("the output does something else"));
  EXPECT_FALSE(std::filesystem::exists(out_));
  const std::vector<uint8_t> reproducer = Get(out_ + ".reproducer.wat");
  const std::string text(reproducer.begin(), reproducer.end());
  EXPECT_THAT(text, HasSubstr(";; options: --passes=gvn"));
  EXPECT_TRUE(wasm::ParseModuleText(text).ok()) << text;
}

TEST_F(OptVerifyTest, WrongArguments) {
  EXPECT_EQ(RunOpt(env_, {in_, "--verify=much", "-o", out_}), kExitUsage);
  EXPECT_EQ(RunOpt(env_, {in_, "--verify", "--verify-budget=0", "-o", out_}),
            kExitUsage);
}

}  // namespace
}  // namespace weft::tools
