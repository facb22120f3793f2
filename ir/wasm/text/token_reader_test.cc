#include "ir/wasm/text/token_reader.h"

#include <gtest/gtest.h>

#include <string>

namespace weft::wasm {
namespace {

TokenReader Reader(absl::string_view text, TokenReader::KnownAnnotation known =
                                               TokenReader::NoAnnotation) {
  return TokenReader(text, 0, static_cast<uint32_t>(text.size()), "f", known);
}

bool OnlyName(absl::string_view name) { return name == "name"; }

std::string Error(const TokenReader& reader) {
  const std::string message(reader.status().message());
  return message.substr(0, message.find('\n'));
}

TEST(TokenReaderTest, LooksTwoTokensAhead) {
  TokenReader reader = Reader("(a (b c)) d");
  EXPECT_TRUE(reader.AtForm("a"));
  EXPECT_FALSE(reader.AtForm("b"));
  EXPECT_FALSE(reader.TakeForm("b"));
  EXPECT_TRUE(reader.TakeForm("a"));
  EXPECT_EQ(reader.FormWord(), "b");
  reader.Advance();
  EXPECT_EQ(reader.FormWord(), "");
  EXPECT_TRUE(reader.TakeKeyword("b"));
  EXPECT_FALSE(reader.TakeKeyword("b"));
  EXPECT_TRUE(reader.ExpectKeyword("c"));
  EXPECT_TRUE(reader.TakeRight());
  EXPECT_TRUE(reader.ExpectRight());
  EXPECT_FALSE(reader.ExpectLeft());
  EXPECT_EQ(Error(reader), "f:1:11: error: expected '(', found 'd'");
}

TEST(TokenReaderTest, SkipsForms) {
  TokenReader reader = Reader("(a (b \")\") ;; )\n) (c d) e");
  EXPECT_TRUE(reader.AtForm("a"));  // Looked ahead.
  EXPECT_TRUE(reader.SkipForm());
  EXPECT_TRUE(reader.TakeForm("c"));
  EXPECT_TRUE(reader.SkipToClose(18));
  EXPECT_EQ(reader.text(), "e");
  reader.Seek(0);
  EXPECT_TRUE(reader.AtForm("a"));

  TokenReader open = Reader("a\n(b (c)");
  open.Advance();
  EXPECT_FALSE(open.SkipForm());
  EXPECT_EQ(Error(open), "f:2:1: error: expected ')' to close this '('");
}

TEST(TokenReaderTest, SeesKnownAnnotationsOnly) {
  TokenReader reader =
      Reader("(@x (@name)) ((@y) a (@name \"n\") b)", OnlyName);
  EXPECT_TRUE(reader.TakeForm("a"));
  EXPECT_TRUE(reader.AtAnnotation("name"));
  EXPECT_FALSE(reader.AtAnnotation("x"));
  EXPECT_EQ(reader.AnnotationName(), "name");
  EXPECT_FALSE(reader.AtForm("b"));
  EXPECT_TRUE(reader.SkipForm());
  EXPECT_TRUE(reader.TakeKeyword("b"));
  // In its other form, too.
  TokenReader quoted = Reader("(@\"name\" \"n\")", OnlyName);
  EXPECT_TRUE(quoted.AtAnnotation("name"));
}

TEST(TokenReaderTest, StringsStay) {
  TokenReader reader =
      Reader("\"plain\" \"\\41\\u{e4}\" \"\\ff\" $\"\\62\" $c");
  absl::string_view plain;
  absl::string_view decoded;
  absl::string_view bytes;
  EXPECT_TRUE(reader.ExpectString(&plain));
  EXPECT_TRUE(reader.ExpectName(&decoded));
  EXPECT_TRUE(reader.ExpectString(&bytes));
  EXPECT_TRUE(reader.AtId());
  EXPECT_EQ(reader.IdName(reader.peek()), "b");
  reader.Advance();
  EXPECT_EQ(reader.IdName(reader.peek()), "c");
  EXPECT_EQ(plain, "plain");
  EXPECT_EQ(decoded, "A\xc3\xa4");
  EXPECT_EQ(bytes, "\xff");
}

TEST(TokenReaderTest, Numbers) {
  TokenReader reader = Reader("7 0x10 300");
  uint32_t narrow = 0;
  uint64_t wide = 0;
  EXPECT_TRUE(reader.ExpectU32("a number", &narrow));
  EXPECT_EQ(narrow, 7u);
  EXPECT_TRUE(reader.ExpectUnsigned("a number", 16, &wide));
  EXPECT_EQ(wide, 16u);
  EXPECT_FALSE(reader.ExpectUnsigned("a byte", 255, &wide));
  EXPECT_EQ(Error(reader), "f:1:8: error: a byte out of range: 300");
}

TEST(TokenReaderTest, TheFirstErrorStays) {
  TokenReader reader = Reader("a \x01");
  EXPECT_FALSE(reader.ExpectRight());
  reader.Advance();
  EXPECT_EQ(reader.kind(), TokenKind::kError);
  EXPECT_FALSE(reader.ExpectRight());
  EXPECT_FALSE(reader.Fail("later"));
  EXPECT_EQ(Error(reader), "f:1:1: error: expected ')', found 'a'");

  TokenReader illegal = Reader("\x01");
  EXPECT_FALSE(illegal.ExpectRight());
  EXPECT_EQ(Error(illegal), "f:1:1: error: illegal character");
  illegal.Advance();
  EXPECT_EQ(illegal.kind(), TokenKind::kError);
}

TEST(TokenReaderTest, LongTokensAreCut) {
  const std::string text(100, 'x');
  TokenReader reader = Reader(text);
  EXPECT_FALSE(reader.ExpectLeft());
  EXPECT_EQ(Error(reader), "f:1:1: error: expected '(', found '" +
                               std::string(40, 'x') + "...'");
}

}  // namespace
}  // namespace weft::wasm
