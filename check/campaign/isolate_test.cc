#include "check/campaign/isolate.h"

#include <gtest/gtest.h>
#include <signal.h>
#include <unistd.h>

#include <string>

namespace weft::check {
namespace {

using Kind = IsolatedEnd::Kind;

void Say(const std::string& text) {
  EXPECT_EQ(write(STDERR_FILENO, text.data(), text.size()),
            static_cast<ssize_t>(text.size()));
}

TEST(IsolateTest, AnExitCodeComesBack) {
  const IsolatedEnd end = RunIsolated([] { return 7; }, 10);
  EXPECT_EQ(end.kind, Kind::kExited);
  EXPECT_EQ(end.number, 7);
  EXPECT_EQ(end.words, "");
  EXPECT_EQ(EndText(end), "exit code 7");
}

TEST(IsolateTest, ASignalHasAName) {
  const IsolatedEnd end = RunIsolated(
      [] {
        signal(SIGKILL, SIG_DFL);
        raise(SIGKILL);
        return 0;
      },
      10);
  EXPECT_EQ(end.kind, Kind::kSignal);
  EXPECT_EQ(end.number, SIGKILL);
  EXPECT_EQ(EndText(end), "signal 9 (Killed)");
}

TEST(IsolateTest, LastWordsAreKept) {
  const IsolatedEnd end = RunIsolated(
      [] {
        Say("=====\nfile.cc:3: broken invariant: a < b\nmore\n");
        raise(SIGKILL);
        return 0;
      },
      10);
  EXPECT_EQ(end.kind, Kind::kSignal);
  EXPECT_EQ(EndText(end), "file.cc:3: broken invariant: a < b");
}

TEST(IsolateTest, LongWordsAreCut) {
  const IsolatedEnd end = RunIsolated(
      [] {
        Say(std::string(3000, 'x'));
        return 1;
      },
      10);
  EXPECT_EQ(end.words, std::string(500, 'x'));
}

TEST(IsolateTest, WhatHangsIsKilled) {
  const IsolatedEnd end = RunIsolated(
      [] {
        while (true) pause();
        return 0;
      },
      0.05);
  EXPECT_EQ(end.kind, Kind::kHang);
  EXPECT_EQ(EndText(end), "hangs");
}

}  // namespace
}  // namespace weft::check
