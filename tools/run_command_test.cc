#include "tools/run_command.h"

#include <cstdint>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tools/testing/command_test.h"

namespace weft::tools {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;
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

constexpr char kCounted[] = R"((module
  (memory 1 2)
  (func $leaf)
  (func (export "run") (param i32) (result i32)
    (drop (memory.grow (i32.const 1)))
    (loop $l
      (call $leaf)
      (br_if $l (local.tee 0 (i32.sub (local.get 0) (i32.const 1)))))
    (i32.load (local.get 0)))
  (func (export "trap") (drop (i32.load (i32.const -1))) (call $leaf))))";

TEST_F(RunCommandTest, Stats) {
  const std::string module = PutText("m.wat", kCounted);
  EXPECT_EQ(RunRun(env_, {module, "--stats", "--invoke=run", "1000"}), kExitOk);
  EXPECT_EQ(files_.out(), "0\n");
  // grow, const and drop; six in the loop; get and load.
  EXPECT_THAT(files_.err(), StartsWith("6,005 operators\n"
                                       "  local                         2,001"
                                       "   33.3 %\n"));
  EXPECT_THAT(files_.err(),
              HasSubstr("  integer                       1,000   16.7 %\n"));
  EXPECT_THAT(files_.err(), HasSubstr("\n1,000 calls, 131,072 bytes of memory, "
                                      "grown by 1 page\n"));
  EXPECT_THAT(files_.err(), HasSubstr(" to compile, "));
  EXPECT_THAT(files_.err(), HasSubstr(" to run\n"));
}

TEST_F(RunCommandTest, StatsOfATrap) {
  const std::string module = PutText("m.wat", kCounted);
  EXPECT_EQ(RunRun(env_, {module, "--stats", "--invoke=trap", "--fuel=9"}),
            134);
  EXPECT_THAT(files_.err(), HasSubstr("\n2 operators\n"));
  EXPECT_THAT(files_.err(), HasSubstr("\n0 calls, "));
}

TEST_F(RunCommandTest, StatsAsJson) {
  const std::string module = PutText("m.wat", kCounted);
  const std::string path = absl::StrCat(dir_, "/stats.json");
  EXPECT_EQ(RunRun(env_, {module, "--stats-json", path, "--invoke=run", "10"}),
            kExitOk);
  EXPECT_EQ(files_.err(), "");
  const std::vector<uint8_t> text = Get(path);
  const nlohmann::json stats =
      nlohmann::json::parse(text, nullptr, /*allow_exceptions=*/false);
  ASSERT_TRUE(stats.is_object());
  EXPECT_EQ(stats["schema"], 1);
  EXPECT_EQ(stats["input"], module);
  EXPECT_EQ(stats["function"], "run");
  EXPECT_EQ(stats["ending"], "returned");
  EXPECT_EQ(stats["operators"], 65);
  EXPECT_EQ(stats["fuel"], 65);
  EXPECT_EQ(stats["calls"], 10);
  EXPECT_EQ(stats["classes"]["call"], 10);
  EXPECT_EQ(stats["classes"]["vector"], 0);
  EXPECT_EQ(stats["by_operator"]["local.get"], 11);
  EXPECT_FALSE(stats["by_operator"].contains("nop"));
  EXPECT_EQ(stats["memory"]["pages_grown"], 1);
  EXPECT_GE(stats["run_seconds"], 0.0);
  EXPECT_EQ(RunRun(env_, {module, "--stats-json", path, "--invoke=trap"}), 134);
  EXPECT_EQ(nlohmann::json::parse(Get(path), nullptr, false)["ending"],
            "trapped");
  EXPECT_EQ(RunRun(env_, {module, "--stats-json=-"}), kExitUsage);
  EXPECT_THAT(files_.err(), HasSubstr("standard output, where results are"));
  EXPECT_EQ(RunRun(env_, {module, "--stats-json="}), kExitUsage);
  EXPECT_EQ(RunRun(env_, {module, absl::StrCat("--stats-json=", dir_)}),
            kExitInvalid);
  EXPECT_EQ(
      RunRun(env_, {module, "--stats-json=/dev/full", "--invoke=run", "1"}),
      kExitInvalid);
}

TEST_F(RunCommandTest, Disassembly) {
  EXPECT_EQ(RunRun(env_, {Module(), "--disassemble"}), kExitOk);
  EXPECT_THAT(files_.out(), HasSubstr("i32.add:si @"));
  EXPECT_THAT(files_.out(), HasSubstr("back_br ->0"));
}

TEST_F(RunCommandTest, FusionsCanBeLeftOut) {
  EXPECT_EQ(RunRun(env_, {Module(), "--disassemble", "--no-fuse=constants"}),
            kExitOk);
  EXPECT_THAT(files_.out(), HasSubstr("i32.sub:sa @"));
  EXPECT_THAT(files_.out(), Not(HasSubstr(":si")));
  EXPECT_EQ(RunRun(env_, {Module(), "--disassemble", "--no-fuse=constant"}),
            kExitUsage);
  EXPECT_THAT(files_.err(), HasSubstr("no fusion 'constant'"));
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
