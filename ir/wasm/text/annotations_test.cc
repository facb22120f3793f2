// Annotations that mean something, and those that do not.
#include <gtest/gtest.h>

#include <string>

#include "absl/strings/str_cat.h"
#include "ir/wasm/branch_hints.h"
#include "ir/wasm/reader.h"
#include "ir/wasm/text/parser.h"
#include "ir/wasm/text/testing.h"

namespace weft::wasm {
namespace {

using testing::kWithCustoms;
using testing::ParseError;
using testing::SameBinary;

// Sections in order: ids of the known ones, NAME=CONTENT of custom ones.
std::string Sections(absl::string_view text) {
  const auto bytes = ParseModuleText(text);
  if (!bytes.ok()) return std::string(bytes.status().message());
  const auto module = ReadModule(*bytes);
  if (!module.ok()) return std::string(module.status().message());
  std::string out;
  size_t custom = 0;
  for (const SectionRange& section : module->sections) {
    if (!out.empty()) out += " ";
    if (section.id != SectionId::kCustom) {
      absl::StrAppend(&out, static_cast<int>(section.id));
      continue;
    }
    const CustomSection& c = module->customs[custom++];
    absl::StrAppend(&out, c.name);
    if (c.name == "name") continue;
    out += "=";
    out.append(c.bytes.begin(), c.bytes.end());
  }
  return out;
}

TEST(AnnotationsTest, UnknownOnesAreSpace) {
  EXPECT_TRUE(SameBinary(
      "(@a) ((@b c (d)) module (@weft.other) ((@\"x y\") func (@a) $f (@a)"
      " ((@a) i32.const (@a) 1 (@a)) drop (@custom.x)))",
      "(module (func $f (i32.const 1) drop))", kWithCustoms));
}

TEST(AnnotationsTest, AreCheckedLikeOtherTokens) {
  EXPECT_EQ(ParseError("(@)"), "1:1: annotation without a name");
  EXPECT_EQ(ParseError("(@ a)"), "1:1: annotation without a name");
  EXPECT_EQ(ParseError("(@\"\" a)"), "1:1: annotation without a name");
  EXPECT_EQ(ParseError("(@a"), "1:4: unclosed annotation");
  EXPECT_EQ(ParseError("(func (@a (b))"),
            "1:1: expected ')' to close this '('");
  EXPECT_EQ(ParseError("(@a \x01)"), "1:5: illegal character");
  EXPECT_EQ(ParseError("(@a))"),
            "1:5: expected the end of the text, found ')'");
  EXPECT_EQ(ParseError("(func (nop (@a \"\\q\")))"),
            "1:17: illegal escape in a string");
}

TEST(CustomSectionsTest, KeepTheirOrderAtOnePlace) {
  EXPECT_EQ(Sections("(module (func) (memory 1)"
                     "(@custom \"a\" \"x\" \"\" \"\\01y\")"
                     "(@custom \"b\" (before func) \"1\")"
                     "(@custom \"c\" (after type) \"2\")"
                     "(@custom \"d\" (before func) \"3\")"
                     "(@custom \"e\" (before first))"
                     "(@custom \"f\" (after last))"
                     "(@custom \"g\" (after code))"
                     "(@custom \"h\" (before code))"
                     "(@custom \"\" (after data)))"),
            "e= 1 c=2 b=1 d=3 3 5 h= 10 g= = a=x\x01y f=");
}

TEST(CustomSectionsTest, EverySectionIsAPlace) {
  for (absl::string_view section :
       {"type", "import", "func", "table", "memory", "tag", "global", "export",
        "start", "elem", "datacount", "code", "data"}) {
    EXPECT_EQ(Sections(absl::StrCat("(@custom \"x\" (before ", section, "))")),
              "x=");
    EXPECT_EQ(Sections(absl::StrCat("(@custom \"x\" (after ", section, "))")),
              "x=");
  }
  EXPECT_EQ(Sections("(data) (func data.drop 0) (@custom \"x\" (before code))"
                     "(@custom \"y\" (after elem))"),
            "1 3 y= 12 x= 10 11");
}

TEST(CustomSectionsTest, Malformed) {
  EXPECT_EQ(ParseError("(@custom)"), "1:9: expected a string, found ')'");
  EXPECT_EQ(ParseError("(@custom 4)"), "1:10: expected a string, found '4'");
  EXPECT_EQ(ParseError("(@custom \"\\df\")"), "1:10: malformed UTF-8 encoding");
  EXPECT_EQ(ParseError("(@custom \"a\" here)"),
            "1:14: expected a string or ')', found 'here'");
  EXPECT_EQ(ParseError("(@custom \"a\" (type))"),
            "1:14: expected '(before ...' or '(after ...', found '(type'");
  EXPECT_EQ(ParseError("(@custom \"a\" (after))"),
            "1:20: expected the name of a section, found ')'");
  EXPECT_EQ(ParseError("(@custom \"a\" (before last))"),
            "1:22: expected the name of a section, found 'last'");
  EXPECT_EQ(ParseError("(@custom \"a\" \"b\" (after type))"),
            "1:18: expected a string or ')', found '(after'");
}

TEST(CustomSectionsTest, Misplaced) {
  for (absl::string_view text :
       {"(type (@custom \"a\") $t (func))", "(func (@custom \"a\"))",
        "(func (block (@custom \"a\")))", "(func (nop (@custom \"a\")))",
        "(func nop (@custom \"a\"))", "(global i32 (@custom \"a\"))",
        "(@custom \"a\" (@custom \"b\"))", "(@custom \"a\") (module)",
        "(module) (@custom \"a\")", "(export (@custom \"\") \"\" (func 0))"}) {
    EXPECT_NE(ParseError(text), "") << text;
  }
}

TEST(NameAnnotationsTest, Malformed) {
  for (absl::string_view text :
       {"(module (@name \"a\") (@name \"b\"))", "(module (func) (@name \"a\"))",
        "(module (start $f (@name \"a\")) (func $f))", "(func $f (@name))",
        "(func $f (@name a))", "(func (@name \"a\" \"b\"))",
        "(func (@name \"\\ff\"))", "(func (@name \"a\") $f)",
        "(@name \"a\") (func)", "(func (block (result i32) (@name \"x\")))"}) {
    EXPECT_NE(ParseError(text), "") << text;
  }
}

TEST(NameAnnotationsTest, PlaceOfTheNameSection) {
  EXPECT_EQ(Sections("(@custom \"x\") (func $f) (@custom \"y\" (after data))"),
            "1 3 10 y= x= name");
  EXPECT_EQ(Sections("(func $f) (@custom \"x\") (@weft.name_section)"
                     "(@custom \"y\")"),
            "1 3 10 x= name y=");
  EXPECT_EQ(Sections("(func $f) (@weft.name_section (before type))"),
            "name 1 3 10");
  EXPECT_EQ(Sections("(func) (@weft.name_section)"), "1 3 10");
  EXPECT_EQ(Sections("(func $f) (@custom \"name\" (before func) \"x\")"),
            "1 name 3 10");
}

// FUNC: OFFSET=LIKELY ... of each function.
std::string Hints(absl::string_view text) {
  const auto bytes = ParseModuleText(text);
  if (!bytes.ok()) return std::string(bytes.status().message());
  const auto module = ReadModule(*bytes);
  if (!module.ok() || module->customs.size() != 1) return "?";
  const CustomSection& custom = module->customs[0];
  EXPECT_EQ(custom.name, "metadata.code.branch_hint");
  EXPECT_NE(custom.after_section, static_cast<uint8_t>(SectionId::kCode));
  const auto hints = ParseBranchHints(custom.bytes, custom.offset);
  if (!hints.ok()) return std::string(hints.status().message());
  std::string out;
  for (const FunctionHints& function : *hints) {
    absl::StrAppend(&out, function.func, ":");
    for (const BranchHint& hint : function.hints) {
      absl::StrAppend(&out, " ", hint.offset, "=", hint.likely);
    }
    out += ";";
  }
  return out;
}

TEST(BranchHintsTest, OffsetsAreThoseOfTheOperators) {
  EXPECT_EQ(
      Hints("(import \"\" \"\" (func)) (func) (func (local i32)"
            " local.get 0 (@metadata.code.branch_hint \"\\01\") if end"
            " local.get 0 (@metadata.code.branch_hint \"\\00\") br_if 0)"),
      "2: 5=1 10=0;");
  // A folded operator comes behind its operands.
  EXPECT_EQ(Hints("(func (local i32)"
                  " (@metadata.code.branch_hint \"\\01\") (if (local.get 0)"
                  "  (then (@metadata.code.branch_hint \"\\00\")"
                  "   (br_if 0 (local.get 0)))))"),
            "0: 5=1 9=0;");
}

TEST(BranchHintsTest, Malformed) {
  EXPECT_EQ(ParseError("(func nop (@metadata.code.branch_hint \"\\01\")"
                       "(@metadata.code.branch_hint \"\\01\") if end)"),
            "1:45: a second branch hint");
  EXPECT_EQ(ParseError("(@metadata.code.branch_hint \"\\01\") (func)"),
            "1:1: expected a module field, found the annotation "
            "(@metadata.code.branch_hint ...)");
  EXPECT_EQ(ParseError("(func (@metadata.code.branch_hint \"\\01\") nop)"),
            "1:7: no hint can be given for this");
  EXPECT_EQ(ParseError("(func (@metadata.code.branch_hint \"\\01\"))"),
            "1:7: no instruction follows this hint");
  EXPECT_EQ(
      ParseError("(func block (@metadata.code.branch_hint \"\\01\") end)"),
      "1:13: no hint can be given for this");
  for (absl::string_view value :
       {"", "\"\"", "\"\\02\"", "\"\\00\\00\"", "1"}) {
    EXPECT_NE(ParseError(absl::StrCat("(func nop (@metadata.code.branch_hint ",
                                      value, ") if end)")),
              "")
        << value;
  }
  EXPECT_NE(ParseError("(global i32 (@metadata.code.branch_hint \"\\01\")"
                       " (if (i32.const 0) (then)))"),
            "");
}

TEST(BranchHintsTest, ACustomSectionStandsInForThem) {
  EXPECT_EQ(
      Sections("(@custom \"metadata.code.branch_hint\" (before code) \"x\")"
               "(func nop (@metadata.code.branch_hint \"\\01\") if end)"),
      "1 3 metadata.code.branch_hint=x 10");
}

}  // namespace
}  // namespace weft::wasm
