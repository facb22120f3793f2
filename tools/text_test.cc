#include "tools/text.h"

#include <string>

#include "gtest/gtest.h"

namespace weft::tools {
namespace {

TEST(EscapeTest, KeepsPrintableText) {
  EXPECT_EQ(Escape("a b\\c"), "a b\\c");
  EXPECT_EQ(Escape("gr\xc3\xbc\xc3\x9f"), "gr\xc3\xbc\xc3\x9f");
  EXPECT_EQ(Escape("\xf0\x9f\x98\x80"), "\xf0\x9f\x98\x80");
  EXPECT_EQ(Escape(""), "");
}

TEST(EscapeTest, EscapesControls) {
  EXPECT_EQ(Escape("a\nb\tc\rd"), "a\\nb\\tc\\rd");
  EXPECT_EQ(Escape(std::string("\0\x1b[2J\x7f", 6)), "\\x00\\x1b[2J\\x7f");
  // U+009B begins a terminal command as ESC [ does; U+202E turns text around.
  EXPECT_EQ(Escape("\xc2\x9b"), "\\xc2\\x9b");
  EXPECT_EQ(Escape("\xe2\x80\xae"), "\\xe2\\x80\\xae");
}

TEST(EscapeTest, EscapesWhatIsNotUtf8) {
  EXPECT_EQ(Escape("\xff"), "\\xff");
  EXPECT_EQ(Escape("\xc3"), "\\xc3");
  EXPECT_EQ(Escape("\xc3(x"), "\\xc3(x");
  EXPECT_EQ(Escape("\xc0\x80"), "\\xc0\\x80");
  EXPECT_EQ(Escape("\xed\xa0\x80"), "\\xed\\xa0\\x80");
  EXPECT_EQ(Escape("\xf4\x90\x80\x80"), "\\xf4\\x90\\x80\\x80");
}

TEST(NearestTest, FindsLeastDistance) {
  EXPECT_EQ(Nearest("pases", {"--", "passes", "paths"}, true), "passes");
  EXPECT_EQ(Nearest("opt", {"run", "opt"}, true), "opt");
  EXPECT_EQ(Nearest("xyz", {"run", "opt"}, true), "");
  EXPECT_EQ(Nearest("xyz", {"run", "opt"}, false), "run");
  EXPECT_EQ(Nearest("xyz", {}, false), "");
  EXPECT_EQ(Nearest(std::string(1 << 20, 'x'), {"run"}, false), "run");
}

TEST(NumbersTest, AreReadable) {
  EXPECT_EQ(WithThousands(0), "0");
  EXPECT_EQ(WithThousands(999), "999");
  EXPECT_EQ(WithThousands(1000), "1,000");
  EXPECT_EQ(WithThousands(1234567), "1,234,567");
  EXPECT_EQ(Change(1000, 877), "-12.3 %");
  EXPECT_EQ(Change(1000, 1005), "+0.5 %");
  EXPECT_EQ(Change(7, 7), "0.0 %");
  EXPECT_EQ(Change(0, 5), "new");
  EXPECT_EQ(Change(5, 0), "gone");
  EXPECT_EQ(Change(0, 0), "0.0 %");
  EXPECT_EQ(Duration(0.01234), "12.3 ms");
  EXPECT_EQ(Duration(1.5), "1.50 s");
}

}  // namespace
}  // namespace weft::tools
