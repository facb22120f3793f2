#include "tools/progress.h"

#include <string>

#include "gtest/gtest.h"
#include "tools/testing/captured_output.h"

namespace weft::tools {
namespace {

class ProgressTest : public testing::Test {
 protected:
  ProgressTest() { env_ = {.files = &files_, .stderr_is_terminal = true}; }

  CapturedOutput files_;
  Environment env_;
  double now_ = 100;
};

TEST_F(ProgressTest, ShortWorkShowsNothing) {
  {
    ProgressLine line(env_, /*quiet=*/false, [this] { return now_; });
    line.Update(1, 10);
    now_ += 0.9;
    line.Update(10, 10);
  }
  EXPECT_EQ(files_.err(), "");
}

TEST_F(ProgressTest, LongWorkShowsALineAndErasesIt) {
  {
    ProgressLine line(env_, /*quiet=*/false, [this] { return now_; });
    now_ += 1.5;
    line.Update(1500, 3000);
    EXPECT_EQ(files_.err(), "\r\x1b[Kweft: 1,500 of 3,000 functions (50 %)");
    now_ += 0.05;
    line.Update(1600, 3000);  // Too soon.
    now_ += 0.1;
    line.Update(3000, 3000);
  }
  EXPECT_EQ(files_.err(),
            "\r\x1b[Kweft: 1,500 of 3,000 functions (50 %)"
            "\r\x1b[Kweft: 3,000 of 3,000 functions (100 %)\r\x1b[K");
}

TEST_F(ProgressTest, SilentWhenQuietOrNotATerminal) {
  for (const bool quiet : {true, false}) {
    env_.stderr_is_terminal = quiet;
    ProgressLine line(env_, quiet, [this] { return now_; });
    now_ += 5;
    line.Update(1, 2);
  }
  EXPECT_EQ(files_.err(), "");
}

}  // namespace
}  // namespace weft::tools
