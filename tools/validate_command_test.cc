#include "tools/validate_command.h"

#include <nlohmann/json.hpp>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "ir/wasm/testing.h"
#include "tools/testing/command_test.h"

namespace weft::tools {
namespace {

using ::testing::HasSubstr;
using wasm::testing::Concat;

class ValidateCommandTest : public CommandTest {
 protected:
  void SetUp() override {
    CommandTest::SetUp();
    good_ = Put("good.wasm", wasm::testing::EverySection());
    // i32.add on an empty stack.
    bad_ = Put("bad.wasm", wasm::testing::FunctionModule({}, {}, {0x6a, 0x1a}));
  }

  std::string good_, bad_;
};

TEST_F(ValidateCommandTest, OneLinePerFile) {
  EXPECT_EQ(RunValidate(env_, {good_}), kExitOk);
  EXPECT_EQ(files_.out(), absl::StrCat(good_, ": valid\n"));
  EXPECT_EQ(RunValidate(env_, {good_, bad_, Path("none"), good_}),
            kExitInvalid);
  EXPECT_THAT(files_.out(),
              HasSubstr(absl::StrCat(good_, ": valid\n", bad_, ": offset 0x")));
  EXPECT_THAT(files_.out(),
              HasSubstr(absl::StrCat(Path("none"),
                                     ": cannot open: No such file or "
                                     "directory\n",
                                     good_, ": valid\n")));
  EXPECT_EQ(files_.err(), "");
}

TEST_F(ValidateCommandTest, Json) {
  EXPECT_EQ(RunValidate(env_, {"--json", good_, bad_, "-j2"}), kExitInvalid);
  const nlohmann::json document =
      nlohmann::json::parse(files_.out(), nullptr, /*allow_exceptions=*/false);
  ASSERT_TRUE(document.is_object());
  EXPECT_EQ(document["schema"], 1);
  EXPECT_EQ(document["valid"], 1);
  EXPECT_EQ(document["invalid"], 1);
  ASSERT_EQ(document["files"].size(), 2u);
  EXPECT_EQ(document["files"][0]["file"], good_);
  EXPECT_EQ(document["files"][0]["valid"], true);
  EXPECT_EQ(document["files"][1]["valid"], false);
  EXPECT_EQ(document["files"][1]["section"], "code section");
  EXPECT_GT(document["files"][1]["offset"], 8);
  EXPECT_THAT(document["files"][1]["error"].get<std::string>(),
              HasSubstr("i32"));
}

TEST_F(ValidateCommandTest, Features) {
  EXPECT_EQ(RunValidate(env_, {"--features=mvp", good_}), kExitInvalid);
  EXPECT_THAT(files_.out(), HasSubstr("which is off"));
  EXPECT_EQ(RunValidate(env_, {"--features=mpv", good_}), kExitUsage);
}

TEST_F(ValidateCommandTest, Quiet) {
  EXPECT_EQ(RunValidate(env_, {"-q", good_, bad_}), kExitInvalid);
  EXPECT_EQ(files_.out(), "");
  EXPECT_EQ(files_.err(), "");
}

TEST_F(ValidateCommandTest, ComponentsAreNamed) {
  const std::string path =
      PutText("component.wasm", absl::string_view("\0asm\x0d\0\1\0", 8));
  EXPECT_EQ(RunValidate(env_, {path}), kExitInvalid);
  EXPECT_THAT(files_.out(), HasSubstr("not supported yet"));
}

TEST_F(ValidateCommandTest, WrongArguments) {
  EXPECT_EQ(RunValidate(env_, {}), kExitUsage);
  EXPECT_THAT(files_.err(), HasSubstr("no input file given"));
  EXPECT_EQ(RunValidate(env_, {"-", "-"}), kExitUsage);
  EXPECT_EQ(RunValidate(env_, {good_, "--jason"}), kExitUsage);
  EXPECT_THAT(files_.err(), HasSubstr("'--json'"));
  EXPECT_EQ(files_.out(), "");
  EXPECT_EQ(RunValidate(env_, {"--help"}), kExitOk);
  EXPECT_THAT(files_.out(), HasSubstr("weft validate IN..."));
}

}  // namespace
}  // namespace weft::tools
