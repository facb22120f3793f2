// Texts that are wrong: messages, and that none takes long or deep.
#include <gtest/gtest.h>

#include <string>
#include <tuple>

#include "absl/strings/str_cat.h"
#include "ir/wasm/reader.h"
#include "ir/wasm/text/lexer.h"
#include "ir/wasm/text/parser.h"
#include "ir/wasm/text/testing.h"

namespace weft::wasm {
namespace {

using testing::ParseError;

std::string Message(absl::string_view text) {
  return std::string(ParseModuleText(text).status().message());
}

std::string Repeat(absl::string_view part, int count) {
  std::string out;
  out.reserve(part.size() * static_cast<size_t>(count));
  for (int i = 0; i < count; ++i) absl::StrAppend(&out, part);
  return out;
}

TEST(MessagesTest, ShowLineAndCaret) {
  EXPECT_EQ(Message("(module\n  (func\n\t(i32.ad (local.get 0))))\n"),
            "<input>:3:3: error: expected an instruction, found 'i32.ad'\n"
            "\t(i32.ad (local.get 0))))\n"
            "\t ^");
  EXPECT_EQ(Message("(module (func \xc3\xa4))"),
            "<input>:1:15: error: illegal character\n"
            "(module (func \xc3\xa4))\n"
            "              ^");
  ParseTextOptions options;
  options.file = "dir/a.wat";
  EXPECT_EQ(ParseModuleText("(modul)", options).status().message(),
            "dir/a.wat:1:1: error: expected a module field, found '(modul'\n"
            "(modul)\n"
            "^");
}

TEST(MessagesTest, PartsOfAScript) {
  const absl::string_view text = "(x)\n(module (fun))\n(y)";
  EXPECT_EQ(ParseModuleTextPart(text, 4, 18).status().message(),
            "<input>:2:9: error: expected a module field, found '(fun'\n"
            "(module (fun))\n"
            "        ^");
  EXPECT_TRUE(ParseModuleTextPart("(x) (module) (", 4, 12).ok());
}

TEST(MessagesTest, SayWhatWasFound) {
  EXPECT_EQ(ParseError("(module"),
            "1:8: expected ')', found the end of the text");
  EXPECT_EQ(ParseError("(module))"),
            "1:9: expected the end of the text, found ')'");
  EXPECT_EQ(ParseError("(func\n  (nop)"),
            "1:1: expected ')' to close this '('");
  EXPECT_EQ(ParseError("(export \"a\" func 0)"),
            "1:13: expected what is exported, such as '(func 0)', found "
            "'func'");
  EXPECT_EQ(ParseError("(import \"a\" (func))"),
            "1:13: expected a string, found '(func'");
  EXPECT_EQ(ParseError("(func (param i32 i31))"),
            "1:18: expected a value type, found 'i31'");
  EXPECT_EQ(ParseError("(func i32.const \"1\")"),
            "1:17: expected an integer, found the string \"1\"");
  EXPECT_EQ(ParseError("(func i32.const 0x1_)"),
            "1:17: expected an integer, found '0x1_'");
  EXPECT_EQ(ParseError("(func i32.const 4294967296)"),
            "1:17: an integer out of range: 4294967296");
  EXPECT_EQ(ParseError("(func f32.const nan:0x0)"),
            "1:17: a float out of range: nan:0x0");
  EXPECT_EQ(ParseError("(func (i32.load align=3 (nop)))"),
            "1:17: alignment must be a power of two");
  EXPECT_EQ(ParseError("(func i32.load align=0)"),
            "1:16: alignment must be a power of two");
  EXPECT_EQ(ParseError("(func i32.load offset=-1)"),
            "1:16: expected an offset, found 'offset=-1'");
  EXPECT_EQ(ParseError("(func i32.load align=1 offset=1)"),
            "1:24: expected an instruction, found 'offset=1'");
  EXPECT_EQ(ParseError("(func call)"),
            "1:11: expected a function index or identifier, found ')'");
  EXPECT_EQ(ParseError("(func $ nop)"),
            "1:7: expected an instruction, found an empty identifier");
  EXPECT_EQ(ParseError("(func drop\"\")"),
            "1:7: expected an instruction, found 'drop\"\"'");
  EXPECT_EQ(ParseError("(func v128.const i32x4 1 2 3)"),
            "1:29: expected an integer, found ')'");
  EXPECT_EQ(ParseError("(func v128.const 1)"),
            "1:18: expected a vector shape such as i32x4, found '1'");
}

TEST(MessagesTest, FeaturesThatAreOff) {
  ParseTextOptions options;
  options.features = FeatureSet::Mvp();
  const absl::Status status =
      ParseModuleText("(func (drop (i32.extend8_s (i32.const 0))))", options)
          .status();
  EXPECT_EQ(status.code(), absl::StatusCode::kUnimplemented);
  EXPECT_EQ(status.message(),
            "<input>:1:13: error: i32.extend8_s needs feature sign-ext, which "
            "is off\n(func (drop (i32.extend8_s (i32.const 0))))\n"
            "            ^");
}

TEST(StructureTest, BlocksAreComplete) {
  EXPECT_EQ(ParseError("(func block)"), "1:12: expected 'end', found ')'");
  EXPECT_EQ(ParseError("(func (block block))"),
            "1:19: expected 'end', found ')'");
  EXPECT_EQ(ParseError("(func end)"), "1:7: 'end' belongs to no block here");
  EXPECT_EQ(ParseError("(func (block end))"),
            "1:14: 'end' belongs to no block here");
  EXPECT_EQ(ParseError("(func else)"), "1:7: 'else' belongs to no block here");
  EXPECT_EQ(ParseError("(func if else else end)"),
            "1:15: 'else' belongs to no block here");
  EXPECT_EQ(ParseError("(func block else end)"),
            "1:13: 'else' belongs to no block here");
  EXPECT_EQ(ParseError("(func (end))"),
            "1:7: expected an instruction, found '(end'");
  EXPECT_EQ(ParseError("(func (else))"),
            "1:7: expected an instruction, found '(else'");
  EXPECT_EQ(ParseError("(func (then))"),
            "1:8: expected an instruction, found 'then'");
  EXPECT_EQ(ParseError("(func (if (nop)))"),
            "1:16: expected '(then ...', found ')'");
  EXPECT_EQ(ParseError("(func (if (nop) (else)))"),
            "1:17: expected an instruction, found '(else'");
  EXPECT_EQ(ParseError("(func (if (nop) (then) (then)))"),
            "1:24: expected ')', found '(then'");
  EXPECT_EQ(ParseError("(func (if (nop) (then) (else) (else)))"),
            "1:31: expected ')', found '(else'");
  EXPECT_EQ(ParseError("(func (if nop (then)))"),
            "1:11: expected '(' or ')', found 'nop'");
  EXPECT_EQ(ParseError("(func (i32.add nop))"),
            "1:16: expected '(' or ')', found 'nop'");
  EXPECT_EQ(ParseError("(func ())"), "1:8: expected an instruction, found ')'");
}

TEST(StructureTest, LegacyTry) {
  EXPECT_EQ(ParseError("(func try catch_all catch 0 end)"),
            "1:21: 'catch' belongs to no block here");
  EXPECT_EQ(ParseError("(func try catch_all catch_all end)"),
            "1:21: 'catch_all' belongs to no block here");
  EXPECT_EQ(ParseError("(func try catch_all delegate 0)"),
            "1:21: 'delegate' belongs to no block here");
  EXPECT_EQ(ParseError("(func block catch_all end)"),
            "1:13: 'catch_all' belongs to no block here");
  EXPECT_EQ(ParseError("(func (try))"), "1:11: expected '(do ...', found ')'");
  EXPECT_EQ(ParseError("(func (try (nop)))"),
            "1:12: expected '(do ...', found '(nop'");
  EXPECT_EQ(ParseError("(func (try (do) (catch_all) (catch_all)))"),
            "1:29: expected ')', found '(catch_all'");
  EXPECT_NE(ParseError("(func (try (do) (catch_all) (delegate 0)))"), "");
  EXPECT_NE(ParseError("(tag) (func (try (do) (catch 0) (delegate 0)))"), "");
  EXPECT_NE(ParseError("(func (try (do) (delegate 0) (nop)))"), "");
  EXPECT_NE(ParseError("(func (try (do) (delegate 0) nop))"), "");
  EXPECT_NE(ParseError("(func (try (do) (delegate 0) (delegate 0)))"), "");
}

TEST(StructureTest, ObsoleteWords) {
  for (absl::string_view word :
       {"current_memory", "grow_memory", "get_local 0", "i32.wrap/i64",
        "i32.trunc_s:sat/f32", "f32.convert_s/i32", "anyfunc", "set_global 0",
        "i64x2.eq_", "then", "do", "func"}) {
    EXPECT_NE(ParseError(absl::StrCat("(memory 1) (func ", word, ")")), "")
        << word;
  }
  EXPECT_NE(ParseError("(table 1 anyfunc)"), "");
}

TEST(EvilTest, Unterminated) {
  for (absl::string_view text : {"(",
                                 "(module (func (;",
                                 "(module (data \"",
                                 "(module (data \"\\",
                                 "(func $\"",
                                 "(func (@a \"",
                                 "(@",
                                 "(module (func (block",
                                 "(type",
                                 "(import \"",
                                 "(import \"\" \"\" (",
                                 "(memory (data",
                                 "(table funcref",
                                 "(rec (type",
                                 "(type (struct (field",
                                 "(elem (offset",
                                 "(func (param",
                                 "(start",
                                 "(export",
                                 "(global",
                                 "(tag",
                                 "(@custom",
                                 "(@name"}) {
    EXPECT_NE(ParseError(text), "") << text;
  }
}

TEST(EvilTest, Bytes) {
  EXPECT_EQ(ParseError(absl::string_view("(module\0)", 9)),
            "1:8: illegal character");
  EXPECT_EQ(ParseError("(module \xff)"), "1:9: malformed UTF-8 encoding");
  EXPECT_EQ(ParseError("(module) ;; \xed\xa0\x80"),
            "1:13: malformed UTF-8 encoding");
  EXPECT_EQ(ParseError("(module) ;; \xf0\x9f\x98"),
            "1:13: malformed UTF-8 encoding");
  EXPECT_EQ(ParseError("(data \"\\u{d800}\")"), "1:8: escape of a surrogate");
  EXPECT_EQ(ParseError("\xef\xbb\xbf(module)"), "1:1: illegal character");
  for (int c = 0; c < 256; ++c) {
    const char byte = static_cast<char>(c);
    (void)ParseModuleText(absl::StrCat("(func ", absl::string_view(&byte, 1)));
  }
}

TEST(EvilTest, HugeIndices) {
  EXPECT_EQ(ParseError("(func (type 4294967295))"), "");
  EXPECT_EQ(ParseError("(func (type 4294967296))"),
            "1:13: type out of range: 4294967296");
  EXPECT_EQ(ParseError("(func (param (ref 1000000)))"), "1:19: unknown type");
  EXPECT_EQ(ParseError("(func local.get 99999999999999999999)"),
            "1:17: a local index or identifier out of range: "
            "99999999999999999999");
}

TEST(EvilTest, DeepNestingParses) {
  constexpr int kDepth = 100000;
  for (const auto& [open, middle, close] :
       {std::tuple("(block", "", ")"), std::tuple("block ", "", "end "),
        std::tuple("(drop", "(nop)", ")"),
        std::tuple("(if (nop) (then ", "", "))"),
        std::tuple("(if ", "(nop)", "(then))"),
        std::tuple("(try (do ", "", ") (catch_all))"),
        std::tuple("(block $l ", "(br $l)", ")"), std::tuple("(@a ", "", ")"),
        std::tuple("(;", "", ";)")}) {
    const std::string text = absl::StrCat("(func ", Repeat(open, kDepth),
                                          middle, Repeat(close, kDepth), ")");
    const auto bytes = ParseModuleText(text);
    ASSERT_TRUE(bytes.ok()) << open << bytes.status();
    EXPECT_TRUE(ReadModule(*bytes).ok());
  }
  EXPECT_NE(ParseError(absl::StrCat("(func ", Repeat("(block ", kDepth))), "");
  EXPECT_NE(ParseError(Repeat("(", 1000000)), "");
  EXPECT_NE(ParseError(Repeat("(func ", 1000000)), "");
  EXPECT_NE(ParseError(Repeat("(@a ", 1000000)), "");
}

TEST(EvilTest, ManyOfAKind) {
  constexpr int kMany = 100000;
  std::string labels;
  std::string funcs;
  for (int i = 0; i < kMany; ++i) {
    absl::StrAppend(&labels, "block $l", i, " br $l0 ");
    absl::StrAppend(&funcs, "(func $f", i, " call $f", kMany - 1 - i, ")");
  }
  EXPECT_EQ(
      ParseError(absl::StrCat("(func ", labels, Repeat("end ", kMany), ")")),
      "");
  EXPECT_EQ(ParseError(funcs), "");
  EXPECT_EQ(ParseError(absl::StrCat("(func (block ",
                                    Repeat("(param i32)", kMany), "))")),
            "");
  EXPECT_EQ(ParseError(absl::StrCat("(data \"", Repeat("\\00a\\n", 10 * kMany),
                                    "\")")),
            "");
  EXPECT_EQ(ParseError(absl::StrCat("(data ", Repeat("\"\\00\" ", kMany), ")")),
            "");
  EXPECT_EQ(ParseError(Repeat("(@custom \"a\")", kMany)), "");
}

TEST(LooksLikeTextTest, TellsTextFromBinary) {
  const auto looks = [](absl::string_view text) {
    return LooksLikeText(
        ByteSpan(reinterpret_cast<const uint8_t*>(text.data()), text.size()));
  };
  EXPECT_TRUE(looks("(module)"));
  EXPECT_TRUE(looks(" \n;; c\n(;;) (func"));
  EXPECT_TRUE(looks("(@a) (module)"));
  EXPECT_FALSE(looks(absl::string_view("\0asm\1\0\0\0", 8)));
  EXPECT_FALSE(looks(""));
  EXPECT_FALSE(looks(";; nothing"));
  EXPECT_FALSE(looks("hello"));
  EXPECT_FALSE(looks("\xef\xbb\xbf(module)"));
}

}  // namespace
}  // namespace weft::wasm
