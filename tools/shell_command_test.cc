#include "tools/shell_command.h"

#include <chrono>

#include "gtest/gtest.h"

namespace weft::tools {
namespace {

ShellResult Shell(const std::string& command, double seconds = 20) {
  const absl::StatusOr<ShellResult> result = RunShell(command, seconds);
  EXPECT_TRUE(result.ok()) << result.status();
  return result.ok() ? *result : ShellResult();
}

double SecondsOf(const std::string& command, double seconds) {
  const auto start = std::chrono::steady_clock::now();
  Shell(command, seconds);
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start)
      .count();
}

TEST(ShellCommandTest, Outcomes) {
  EXPECT_EQ(Shell("exit 3").Describe(), "exit status 3");
  EXPECT_EQ(Shell("kill -TERM $$").Describe(), "signal 15");
  EXPECT_EQ(Shell("sleep 60", 0.1).Describe(), "no end within the time");
  EXPECT_TRUE(Shell("exit 3").EndedLike(Shell("echo; exit 3")));
  EXPECT_FALSE(Shell("exit 3").EndedLike(Shell("exit 4")));
}

TEST(ShellCommandTest, OutputOfBothKinds) {
  EXPECT_EQ(Shell("echo a; echo b >&2; cat").output, "a\nb\n");
  const std::string large = Shell("head -c 20000000 /dev/zero").output;
  EXPECT_EQ(large.size(), size_t{16} << 20);
}

TEST(ShellCommandTest, WhatItLeavesBehindIsEnded) {
  // The shell ends at once; what it started keeps its output open.
  EXPECT_LT(SecondsOf("sleep 30 & exit 0", 20), 10);
  EXPECT_LT(SecondsOf("sleep 30 & sleep 30", 0.2), 10);
}

TEST(ShellCommandTest, OutputClosedEarly) {
  const ShellResult result = Shell("exec >&- 2>&-; sleep 0.1; exit 5");
  EXPECT_EQ(result.Describe(), "exit status 5");
}

TEST(ShellCommandTest, Paths) {
  EXPECT_EQ(WithPath("run {} --in={}", "a b"), "run 'a b' --in='a b'");
  EXPECT_EQ(WithPath("run", "it's"), "run 'it'\\''s'");
  EXPECT_EQ(Shell(WithPath("printf %s", "it's $HOME")).output, "it's $HOME");
}

}  // namespace
}  // namespace weft::tools
