#include "tools/run_command.h"

#include <string>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tools/testing/command_test.h"

namespace weft::tools {
namespace {

using ::testing::HasSubstr;
using ::testing::StartsWith;

class RunCommandTest : public CommandTest {
 protected:
  std::string Module() {
    return PutText("m.wat", R"((module $m
      (import "env" "log" (func $log (param i32)))
      (memory 1)
      (func $add (export "add") (param i32 i64 f32 f64) (result i32 f64)
        (i32.sub (local.get 0) (i32.const 1)) (local.get 3))
      (func (export "log") (call $log (i32.const 1)))
      (func $inner (drop (i32.load (i32.const -1))))
      (func $outer (export "trap") (call $inner))
      (func (export "loop") (loop $l (br $l)))
      (func (export "vector") (param v128 externref) (result v128 externref)
        (local.get 0) (local.get 1))))");
  }
};

TEST_F(RunCommandTest, ArgumentsAndResults) {
  EXPECT_EQ(RunRun(env_, {Module(), "--stub-imports", "--invoke=add", "--",
                          "-5", "0xff", "nan", "1.5"}),
            kExitOk);
  EXPECT_EQ(files_.out(), "-6\n1.5\n");
  EXPECT_EQ(files_.err(), "");
}

TEST_F(RunCommandTest, VectorsAndReferences) {
  EXPECT_EQ(RunRun(env_, {Module(), "--stub-imports", "--invoke=vector",
                          "0x000102030405060708090a0b0c0d0e0f", "null"}),
            kExitOk);
  EXPECT_EQ(files_.out(), "0x000102030405060708090a0b0c0d0e0f\nnull\n");
}

TEST_F(RunCommandTest, TrapsHaveABacktraceWithNames) {
  EXPECT_EQ(RunRun(env_, {Module(), "--stub-imports", "--invoke=trap"}), 134);
  EXPECT_THAT(files_.err(),
              StartsWith("weft: out of bounds memory access\n  at inner "));
  EXPECT_THAT(files_.err(), HasSubstr("\n  at outer "));
}

TEST_F(RunCommandTest, Imports) {
  EXPECT_EQ(RunRun(env_, {Module(), "--invoke=log"}), kExitInvalid);
  EXPECT_THAT(files_.err(), HasSubstr("unknown import"));
  EXPECT_EQ(RunRun(env_, {Module(), "--stub-imports", "--invoke=log"}), 134);
  EXPECT_EQ(RunRun(env_, {Module(), "--stub-results=52", "--invoke=log"}),
            kExitOk);
}

TEST_F(RunCommandTest, LimitsStopTheGuest) {
  EXPECT_EQ(RunRun(env_, {Module(), "--stub-imports", "--invoke=loop",
                          "--fuel=100000"}),
            134);
  EXPECT_THAT(files_.err(), HasSubstr("all fuel consumed"));
  EXPECT_EQ(RunRun(env_, {Module(), "--stub-imports", "--invoke=loop",
                          "--timeout=0.05"}),
            134);
  EXPECT_THAT(files_.err(), HasSubstr("deadline exceeded"));
}

TEST_F(RunCommandTest, Disassembly) {
  EXPECT_EQ(RunRun(env_, {Module(), "--disassemble"}), kExitOk);
  EXPECT_THAT(files_.out(), HasSubstr("i32.add:si @"));
  EXPECT_THAT(files_.out(), HasSubstr("back_br ->0"));
}

TEST_F(RunCommandTest, UsageErrors) {
  const std::string module = Module();
  EXPECT_EQ(RunRun(env_, {}), kExitUsage);
  EXPECT_EQ(RunRun(env_, {module, "1"}), kExitUsage);
  EXPECT_EQ(RunRun(env_, {module, "--stub-imports", "--invoke=ad"}),
            kExitUsage);
  EXPECT_THAT(files_.err(), HasSubstr("the nearest is 'add'"));
  EXPECT_EQ(RunRun(env_, {module, "--stub-imports", "--invoke=add", "1"}),
            kExitUsage);
  EXPECT_THAT(files_.err(), HasSubstr("takes 4 arguments, not 1"));
  EXPECT_EQ(RunRun(env_, {module, "--stub-imports", "--invoke=add", "x", "1",
                          "1", "1"}),
            kExitUsage);
  EXPECT_THAT(files_.err(), HasSubstr("'x' is no value of type i32"));
  EXPECT_EQ(RunRun(env_, {module, "--max-memory=lots"}), kExitUsage);
}

}  // namespace
}  // namespace weft::tools
