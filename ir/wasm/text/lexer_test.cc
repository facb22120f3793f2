#include "ir/wasm/text/lexer.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"

namespace weft::wasm {
namespace {

char Letter(TokenKind kind) {
  switch (kind) {
    case TokenKind::kEnd:
      return 'E';
    case TokenKind::kLeft:
      return '(';
    case TokenKind::kRight:
      return ')';
    case TokenKind::kKeyword:
      return 'k';
    case TokenKind::kNumber:
      return 'n';
    case TokenKind::kId:
      return 'i';
    case TokenKind::kQuotedId:
      return 'q';
    case TokenKind::kString:
      return 's';
    case TokenKind::kAnnotation:
      return '@';
    case TokenKind::kReserved:
      return 'r';
    case TokenKind::kError:
      return '!';
  }
  return '?';
}

// One letter per token, then the error if there is one.
std::string Kinds(absl::string_view text) {
  Lexer lexer(text);
  std::string kinds;
  for (;;) {
    const Token token = lexer.Next();
    if (token.kind == TokenKind::kEnd) return kinds;
    kinds.push_back(Letter(token.kind));
    if (token.kind == TokenKind::kError) {
      return absl::StrCat(kinds, lexer.error(), "@", lexer.error_offset());
    }
  }
}

std::vector<std::string> Texts(absl::string_view text) {
  Lexer lexer(text);
  std::vector<std::string> texts;
  for (Token token = lexer.Next();
       token.kind != TokenKind::kEnd && token.kind != TokenKind::kError;
       token = lexer.Next()) {
    texts.emplace_back(lexer.Text(token));
  }
  return texts;
}

std::string Bytes(absl::string_view quoted) {
  std::string out;
  AppendStringBytes(quoted, &out);
  return out;
}

TEST(LexerTest, TellsKindsApart) {
  EXPECT_EQ(Kinds(""), "");
  EXPECT_EQ(Kinds(" \t\r\n"), "");
  EXPECT_EQ(Kinds("(module $m \"x\" -1 +0x1p-3 nan:0x1)"), "(kisnnk)");
  EXPECT_EQ(Kinds("i32.add offset=4 @x #4g0 _a"), "kkrrr");
  EXPECT_EQ(Kinds("$\"any name\" $!?@#a$%^&*-+_.:9'`|/\\<=>~"), "qi");
  EXPECT_EQ(Kinds("(@a b) (@\"c d\" e)"), "@k)@k)");
  EXPECT_EQ(Kinds("( @a)"), "(r)");
}

TEST(LexerTest, TokensEndWhereTheyDo) {
  EXPECT_EQ(
      Texts("(func(nop)$f\n0)"),
      (std::vector<std::string>{"(", "func", "(", "nop", ")", "$f", "0", ")"}));
  EXPECT_EQ(Texts("nop;;c\nbr;;"), (std::vector<std::string>{"nop", "br"}));
  EXPECT_EQ(Texts("\"a\\\"b\";;c"), (std::vector<std::string>{"\"a\\\"b\""}));
  EXPECT_EQ(Texts("(@\"a)\" b)"),
            (std::vector<std::string>{"(@\"a)\"", "b", ")"}));
}

TEST(LexerTest, WordsNeedSpaceBetween) {
  EXPECT_EQ(Kinds("\"a\"\"b\""), "r");
  EXPECT_EQ(Kinds("\"a\"b"), "r");
  EXPECT_EQ(Kinds("a\"b\""), "r");
  EXPECT_EQ(Kinds("0$l"), "n");  // A number that no one can read.
  EXPECT_EQ(Kinds("$a\"b\""), "r");
  EXPECT_EQ(Kinds("$\"a\"b"), "r");
  EXPECT_EQ(Kinds("$\"a\"\"b\""), "r");
  EXPECT_EQ(Kinds("a,b"), "r");
  EXPECT_EQ(Kinds("a;b"), "r");
  EXPECT_EQ(Kinds("a;;b"), "k");
  EXPECT_EQ(Kinds(", ; ] [ {}}"), "rrrrr");
}

TEST(LexerTest, EmptyIdentifiersAreReserved) {
  EXPECT_EQ(Kinds("$ a"), "rk");
  EXPECT_EQ(Kinds("$"), "r");
  EXPECT_EQ(Kinds("$\"\""), "r");
  EXPECT_EQ(Kinds("$;;"), "r");
  // Whoever reads annotations judges names of no length.
  EXPECT_EQ(Texts("(@ a)"), (std::vector<std::string>{"(@", "a", ")"}));
}

TEST(LexerTest, CommentsNest) {
  EXPECT_EQ(Kinds("(;a;)b(;(;c;);)d;;e"), "kk");
  EXPECT_EQ(Kinds("(;;)(;)\"(;;);)"), "");
  EXPECT_EQ(Kinds("a;;b\rc;;d\r\ne;;f\ng"), "kkkk");
  EXPECT_EQ(Kinds(absl::string_view("(;\0\x01\x7f;)a", 8)), "k");
  EXPECT_EQ(Kinds("a (;b"), "k!unclosed comment@2");
  EXPECT_EQ(Kinds("(;)"), "!unclosed comment@0");
  EXPECT_EQ(Kinds("(; (; ;)"), "!unclosed comment@0");
}

TEST(LexerTest, IllegalCharacters) {
  EXPECT_EQ(Kinds(absl::string_view("\0", 1)), "!illegal character@0");
  EXPECT_EQ(Kinds("a\x0b"), "k!illegal character@1");
  EXPECT_EQ(Kinds("a \x7f"), "k!illegal character@2");
  EXPECT_EQ(Kinds("\xc3\xa4"), "!illegal character@0");
  EXPECT_EQ(Kinds("\xef\xbb\xbf(module)"), "!illegal character@0");
  EXPECT_EQ(Kinds("\"\x01\""), "!illegal character@1");
  EXPECT_EQ(Kinds("\"a\tb\""), "!illegal character@2");
}

TEST(LexerTest, StringsEndOnTheirLine) {
  EXPECT_EQ(Kinds("\"a"), "!unclosed string@0");
  EXPECT_EQ(Kinds("\"a\nb\""), "!unclosed string@2");
  EXPECT_EQ(Kinds("\"a\\\""), "!unclosed string@0");
  EXPECT_EQ(Kinds("$\"a"), "!unclosed string@1");
  EXPECT_EQ(Kinds("(@\"a"), "!unclosed string@2");
}

TEST(LexerTest, Escapes) {
  EXPECT_EQ(Bytes("\"\""), "");
  EXPECT_EQ(Bytes("\"plain\""), "plain");
  EXPECT_EQ(Bytes(R"("\t\n\r\"\'\\")"), "\t\n\r\"'\\");
  EXPECT_EQ(Bytes(R"("a\00\ff\Ab")"), std::string("a\0\xff\xab", 4));
  EXPECT_EQ(Bytes(R"("\u{41}\u{e4}\u{20ac}\u{1_F4A9}")"),
            "A\xc3\xa4\xe2\x82\xac\xf0\x9f\x92\xa9");
  EXPECT_EQ(Bytes(R"("\u{7f}\u{80}\u{7ff}\u{800}\u{ffff}\u{10000}")"),
            "\x7f\xc2\x80\xdf\xbf\xe0\xa0\x80\xef\xbf\xbf\xf0\x90\x80\x80");
  EXPECT_EQ(Kinds(R"("\u{d7ff}\u{e000}\u{10ffff}\u{0000000041}")"), "s");
}

TEST(LexerTest, WrongEscapes) {
  for (absl::string_view text :
       {R"("\")", R"("\x")", R"("\0")", R"("\0g")", R"("\u41")", R"("\u{}")",
        R"("\u{_1}")", R"("\u{1_}")", R"("\u{1__1}")", R"("\u{41")",
        R"("\u{g}")", R"("\u{110000}")", R"("\u{d800}")", R"("\u{dfff}")",
        R"("\u{ffffffffffffffffffff}")", "\"\\", "\"\\u", "\"\\u{", "\"\\0"}) {
    EXPECT_EQ(Kinds(text)[0], '!') << text;
  }
}

TEST(LexerTest, QuotedNamesAreUtf8) {
  EXPECT_EQ(Kinds(R"($"\ef\98\9a")"), "q");
  EXPECT_EQ(Kinds(R"( $"\ef")"), "!malformed UTF-8 encoding@1");
  EXPECT_EQ(Kinds(R"((@"\ef"))"), "!malformed UTF-8 encoding@2");
}

TEST(LexerTest, ReadsAPart) {
  const absl::string_view text = "(a (b c) d)";
  Lexer lexer(text, 3, 8);
  EXPECT_EQ(lexer.Next().begin, 3u);
  EXPECT_EQ(lexer.Text(lexer.Next()), "b");
  lexer.Next();
  EXPECT_EQ(lexer.Next().kind, TokenKind::kRight);
  EXPECT_EQ(lexer.Next().kind, TokenKind::kEnd);
  EXPECT_EQ(lexer.position(), 8u);
  lexer.Seek(4);
  EXPECT_EQ(lexer.Text(lexer.Next()), "b");
}

// Where SkipToClose stops behind the first token, or -1.
int SkipFrom(absl::string_view text) {
  Lexer lexer(text);
  lexer.Next();
  return lexer.SkipToClose() ? static_cast<int>(lexer.position()) : -1;
}

TEST(LexerTest, SkipsToTheClosingParenthesis) {
  EXPECT_EQ(SkipFrom("()"), 2);
  EXPECT_EQ(SkipFrom("(a (b) (c)) d)"), 11);
  EXPECT_EQ(SkipFrom("(\")\" ;; )\n (; ) (; ) ;) ;) a)"), 29);
  EXPECT_EQ(SkipFrom("(\"\\\")\")"), 7);
  EXPECT_EQ(SkipFrom("(@a ; )"), 7);
  EXPECT_EQ(SkipFrom("("), -1);
  EXPECT_EQ(SkipFrom("(()"), -1);
  EXPECT_EQ(SkipFrom("(\"a)"), -1);
  EXPECT_EQ(SkipFrom("((; )"), -1);
}

// The way over whole blocks of characters agrees with the one by character.
TEST(LexerTest, SkipsBlocks) {
  for (int spaces = 0; spaces < 200; ++spaces) {
    const std::string space(spaces, ' ');
    for (absl::string_view middle :
         {"(a)", "((", "))", "\")\"", ";;)\n", "(;)(;););)", ") ("}) {
      std::string text =
          absl::StrCat("((\n", space, middle, "\n", space, space);
      Lexer plain(text);
      plain.Next();
      int depth = 1;
      for (Token token = plain.Next(); token.kind != TokenKind::kEnd;
           token = plain.Next()) {
        depth += token.kind == TokenKind::kLeft;
        depth -= token.kind == TokenKind::kRight;
      }
      ASSERT_GE(depth, 0);
      if (depth == 0) continue;
      const std::string close(depth, ')');
      const int expected = static_cast<int>(text.size() + close.size());
      text = absl::StrCat(text, close, space, ")))");
      EXPECT_EQ(SkipFrom(text), expected) << text;
    }
  }
}

std::string Skipped(absl::string_view text) {
  Lexer lexer(text);
  lexer.Next();
  if (!lexer.SkipAnnotation()) return lexer.error();
  return std::string(text.substr(lexer.position()));
}

TEST(LexerTest, SkipsAnnotations) {
  EXPECT_EQ(Skipped("(@a)b"), "b");
  EXPECT_EQ(Skipped("(@a x-y$yz\"aa\"-2 0x 8q , ; ] [ }} ({) ,{{};}] ;)b"),
            "b");
  EXPECT_EQ(Skipped("(@a (x (y)) \")\" @ @x (@x) (@) (@(@)))b"), "b");
  EXPECT_EQ(Skipped("(@a (;);) (; ) ;)\n;; )\n)b"), "b");
  EXPECT_EQ(Skipped("(@a (b)"), "unclosed annotation");
  EXPECT_EQ(Skipped("(@a \")"), "unclosed string");
  EXPECT_EQ(Skipped("(@a \x01)"), "illegal character");
}

TEST(LexerTest, DepthCostsNothing) {
  const std::string open(1000000, '(');
  const std::string close(1000000, ')');
  EXPECT_EQ(SkipFrom(open + close), 2000000);
  EXPECT_EQ(SkipFrom(open), -1);
  std::string comments;
  for (int i = 0; i < 100000; ++i) comments += "(;";
  EXPECT_EQ(Kinds(comments), "!unclosed comment@0");
  for (int i = 0; i < 100000; ++i) comments += ";)";
  EXPECT_EQ(Kinds(comments), "");
}

TEST(TextErrorTest, PositionsCountLinesAndCharacters) {
  const absl::string_view text = "a\nbc\r\n\rd \xc3\xa4 e";
  const auto at = [&](uint32_t offset) {
    const TextPosition position = PositionInText(text, offset);
    return absl::StrCat(position.line, ":", position.column);
  };
  EXPECT_EQ(at(0), "1:1");
  EXPECT_EQ(at(2), "2:1");
  EXPECT_EQ(at(3), "2:2");
  EXPECT_EQ(at(6), "3:1");
  EXPECT_EQ(at(7), "4:1");
  EXPECT_EQ(at(12), "4:5");
  EXPECT_EQ(at(13), "4:6");
}

TEST(TextErrorTest, ShowsTheLine) {
  EXPECT_EQ(RenderTextError("(module\n\t(fun))\n", "a.wat", 10, "why"),
            "a.wat:2:3: error: why\n\t(fun))\n\t ^");
  EXPECT_EQ(RenderTextError("(module", "-", 7, "why"),
            "-:1:8: error: why\n(module\n       ^");
  EXPECT_EQ(RenderTextError("", "-", 0, "why"), "-:1:1: error: why\n\n^");
  EXPECT_EQ(RenderTextError("\"\xc3\xa4\" x", "-", 5, "why"),
            "-:1:5: error: why\n\"\xc3\xa4\" x\n    ^");
}

TEST(TextErrorTest, CutsLongLines) {
  const std::string text = std::string(1000, 'a') + "!" + std::string(999, 'b');
  EXPECT_EQ(
      RenderTextError(text, "f", 1000, "why"),
      absl::StrCat("f:1:1001: error: why\n...", std::string(80, 'a'), "!",
                   std::string(59, 'b'), "...\n", std::string(83, ' '), "^"));
}

}  // namespace
}  // namespace weft::wasm
