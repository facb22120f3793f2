#include "tools/diff_command.h"

#include <nlohmann/json.hpp>
#include <string>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tools/testing/command_test.h"

namespace weft::tools {
namespace {

using ::testing::HasSubstr;
using ::testing::StartsWith;

class DiffCommandTest : public CommandTest {
 protected:
  // A module whose export returns its parameter and `mask`.
  std::string Module(absl::string_view name, int mask) {
    return PutText(
        name, absl::StrCat("(module (func (export \"f\") (param i32) (result "
                           "i32) (i32.and (local.get 0) (i32.const ",
                           mask, "))))"));
  }
};

TEST_F(DiffCommandTest, Equal) {
  const std::string a = Module("a.wat", -1);
  const std::string b = PutText("b.wat",
                                "(module (func (export \"f\") (param i32) "
                                "(result i32) (local.get 0)))");
  EXPECT_EQ(RunDiff(env_, {a, b}), 0);
  EXPECT_THAT(files_.out(), StartsWith("EQUAL\n"));
  EXPECT_THAT(files_.out(), HasSubstr("1 of 1 exported functions called"));
  EXPECT_THAT(files_.out(), HasSubstr("1 of 1 functions entered"));
}

TEST_F(DiffCommandTest, Different) {
  const std::string a = Module("a.wat", -1);
  const std::string b = Module("b.wat", -2);
  EXPECT_EQ(RunDiff(env_, {a, b, "--seed=5"}), 1);
  EXPECT_THAT(files_.out(), StartsWith("DIFFERENT: result\n"));
  EXPECT_THAT(files_.out(), HasSubstr("call of 'f'(i32 "));
  EXPECT_THAT(files_.out(),
              HasSubstr(absl::StrCat("weft diff ", a, " ", b, " --seed=5\n")));
}

// Differs for one argument in 2^32.
TEST_F(DiffCommandTest, GivenArguments) {
  const std::string a = PutText("a.wat", R"((module
      (func (export "f") (param i32 f64 externref) (result i32)
        (i32.const 0))
      (func (export "none"))))");
  const std::string b = PutText("b.wat", R"((module
      (func (export "f") (param i32 f64 externref) (result i32)
        (i32.and (i32.eq (local.get 0) (i32.const -123456789))
                 (f64.eq (local.get 1) (f64.const 1.5))))
      (func (export "none"))))");
  EXPECT_EQ(RunDiff(env_, {a, b}), 0);
  EXPECT_EQ(
      RunDiff(env_, {a, b, "--args=none:", "--args=f:-123456789,1.5,null"}), 1);
  EXPECT_THAT(files_.out(), HasSubstr("call of 'f'(i32 -123456789"));
  EXPECT_THAT(files_.out(), HasSubstr(" --seed=1 '--args=none:' "
                                      "'--args=f:-123456789,1.5,null'\n"));
}

TEST_F(DiffCommandTest, GivenArgumentsThatDoNotFit) {
  const std::string a = Module("a.wat", -1);
  EXPECT_EQ(RunDiff(env_, {a, a, "--args=f"}), 2);
  EXPECT_THAT(files_.err(), HasSubstr("NAME:VALUE,... is wanted"));
  EXPECT_EQ(RunDiff(env_, {a, a, "--args=g:1"}), 2);
  EXPECT_THAT(files_.err(), HasSubstr("no exported function 'g'"));
  EXPECT_EQ(RunDiff(env_, {a, a, "--args=f:"}), 2);
  EXPECT_THAT(files_.err(), HasSubstr("'f' takes 1 arguments, not 0"));
  EXPECT_EQ(RunDiff(env_, {a, a, "--args=f:1.5"}), 2);
  EXPECT_THAT(files_.err(), HasSubstr("'1.5' is no value of type i32"));
}

TEST_F(DiffCommandTest, Poisoned) {
  const std::string a =
      PutText("a.wat", "(module (func (export \"f\") (loop (br 0))))");
  EXPECT_EQ(RunDiff(env_, {a, a, "--fuel=100"}), 3);
  EXPECT_THAT(files_.out(), StartsWith("POISONED: fuel\n"));
}

TEST_F(DiffCommandTest, Json) {
  const std::string a = Module("a.wat", -1);
  const std::string b = Module("b.wat", -2);
  EXPECT_EQ(RunDiff(env_, {a, b, "--json"}), 1);
  const auto json = nlohmann::json::parse(files_.out(), nullptr, false);
  ASSERT_TRUE(json.is_object());
  EXPECT_EQ(json["verdict"], "DIFFERENT");
  EXPECT_EQ(json["difference"]["what"], "result");
  EXPECT_EQ(json["functions"]["all"], 1);
}

TEST_F(DiffCommandTest, Quiet) {
  const std::string a = Module("a.wat", -1);
  EXPECT_EQ(RunDiff(env_, {a, a, "-q"}), 0);
  EXPECT_EQ(files_.out(), "");
}

TEST_F(DiffCommandTest, WrongArguments) {
  const std::string a = Module("a.wat", -1);
  EXPECT_EQ(RunDiff(env_, {a}), kExitUsage);
  EXPECT_EQ(RunDiff(env_, {"-", "-"}), kExitUsage);
  EXPECT_EQ(RunDiff(env_, {a, a, "--runs=0"}), kExitUsage);
  EXPECT_EQ(RunDiff(env_, {a, a, "--seed=x"}), kExitUsage);
  EXPECT_EQ(RunDiff(env_, {a, a, "--fuel=-1"}), kExitUsage);
  EXPECT_EQ(files_.out(), "");
}

TEST_F(DiffCommandTest, BadModules) {
  const std::string a = Module("a.wat", -1);
  const std::string bad = PutText("bad.wasm", "nonsense");
  EXPECT_EQ(RunDiff(env_, {bad, a}), kExitInvalid);
  EXPECT_THAT(files_.err(), HasSubstr("bad.wasm"));
  EXPECT_EQ(RunDiff(env_, {a, Path("absent.wasm")}), kExitInvalid);
}

}  // namespace
}  // namespace weft::tools
