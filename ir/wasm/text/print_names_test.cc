// Name sections as identifiers and annotations, and those that cannot be. What
// is printed parses back to the same name section in either case.
#include "ir/wasm/text/print_names.h"

#include <string>
#include <utility>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "ir/wasm/names.h"
#include "ir/wasm/reader.h"
#include "ir/wasm/testing.h"
#include "ir/wasm/text/parser.h"
#include "ir/wasm/text/printer.h"

namespace weft::wasm {
namespace {

using testing::Bytes;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr absl::string_view kModule = R"(
  (type (func (param i32 i64)))
  (type (struct (field i32) (field i64)))
  (import "m" "f" (func (type 0)))
  (import "m" "g" (global i32))
  (table 1 funcref)
  (memory 1)
  (tag (type 0))
  (elem func 1)
  (func (type 0) (local f32 f64)
    block
      block
        br 1
        br 0
      end
      loop
        br 1
      end
    end
    local.get 1
    local.set 1
    local.get 2
    drop
    call 0
  )
  (func)
  (data "x"))";

Bytes WithNameSection(const Bytes& content) {
  absl::StatusOr<Bytes> bytes = ParseModuleText(kModule);
  EXPECT_TRUE(bytes.ok()) << bytes.status();
  testing::ModuleBuilder section;
  section.Custom("name", content);
  const Bytes built = section.Build();
  // Behind the header.
  bytes->insert(bytes->end(), built.begin() + 8, built.end());
  return *bytes;
}

std::string PrintBack(const Bytes& bytes) {
  const absl::StatusOr<Module> module = ReadModule(bytes);
  if (!module.ok()) return module.status().ToString();
  const absl::StatusOr<std::string> text = PrintModuleText(*module);
  if (!text.ok()) return text.status().ToString();
  const absl::StatusOr<Bytes> again = ParseModuleText(*text);
  EXPECT_TRUE(again.ok()) << again.status() << *text;
  if (again.ok()) {
    EXPECT_EQ(*again, bytes) << *text;
  }
  return *text;
}

// The text of the module with these names, which identifiers must reproduce.
std::string PrintNamed(const Names& names) {
  ByteWriter content;
  WriteNames(names, &content);
  std::string text = PrintBack(WithNameSection(content.bytes()));
  EXPECT_THAT(text, Not(HasSubstr("@custom")));
  return text;
}

// The same with a section that must be in the text as it is.
std::string PrintRaw(const Bytes& content) {
  std::string text = PrintBack(WithNameSection(content));
  EXPECT_THAT(text, HasSubstr("(@custom \"name\" (after data) \""));
  return text;
}

TEST(PrintNamesTest, NamesEveryIndexSpace) {
  Names names;
  names.has_module = true;
  names.module = "mod";
  names.funcs = {{0, "f"}, {1, "g"}};
  names.locals = {{1, {{0, "p"}, {2, "l"}}}};
  names.labels = {{1, {{0, "outer"}, {2, "loop"}}}};
  names.types = {{0, "t"}, {1, "s"}};
  names.tables = {{0, "tab"}};
  names.memories = {{0, "mem"}};
  names.globals = {{0, "glob"}};
  names.elems = {{0, "e"}};
  names.datas = {{0, "d"}};
  names.fields = {{1, {{1, "second"}}}};
  names.tags = {{0, "tag"}};
  EXPECT_EQ(PrintNamed(names), R"((module $mod
  (type $t (func (param i32 i64)))
  (type $s (struct (field i32) (field $second i64)))
  (type (;2;) (func))
  (import "m" "f" (func $f (type $t) (param i32 i64)))
  (import "m" "g" (global $glob i32))
  (table $tab 1 funcref)
  (memory $mem 1)
  (tag $tag (type $t) (param i32 i64))
  (elem $e func $g)
  (func $g (type $t) (param $p i32) (param i64)
    (local $l f32) (local f64)
    (block $outer
      (block
        (br $outer)
        (br 0)
      )
      (loop $loop
        (br $outer)
      )
    )
    (local.set 1 (local.get 1))
    (drop (local.get $l))
    call $f
  )
  (func (;2;) (type 2))
  (data $d "x")
)
)");
}

TEST(PrintNamesTest, QuotesWhatIsNoIdentifier) {
  Names names;
  names.funcs = {{0, "a b"}, {1, "größe\n\""}, {2, "std::f<int>"}};
  const std::string text = PrintNamed(names);
  EXPECT_THAT(text, HasSubstr("(func $\"a b\" (type 0)"));
  EXPECT_THAT(text, HasSubstr("(func $\"größe\\n\\\"\" (type 0)"));
  EXPECT_THAT(text, HasSubstr("call $\"a b\"\n"));
  EXPECT_THAT(text, HasSubstr("(func $std::f<int> (type 2))"));
}

TEST(PrintNamesTest, QuotesCommas) {
  Names names;
  names.funcs = {{2, "f(int, int)"}};
  EXPECT_THAT(PrintNamed(names), HasSubstr("(func $\"f(int, int)\" (type 2))"));
}

TEST(PrintNamesTest, TellsEqualNamesApart) {
  Names names;
  names.funcs = {{0, "f"}, {1, "f"}, {2, "f#1"}};
  const std::string text = PrintNamed(names);
  EXPECT_THAT(text, HasSubstr("(func $f (type 0)"));
  EXPECT_THAT(text, HasSubstr("(elem (;0;) func $f#1)"));
  EXPECT_THAT(text, HasSubstr("(func $f#1 (@name \"f\") (type 0)"));
  EXPECT_THAT(text, HasSubstr("(func $f#1#2 (@name \"f#1\") (type 2))"));
}

TEST(PrintNamesTest, TellsEqualLocalsApart) {
  Names names;
  names.locals = {{1, {{1, "x"}, {2, "x"}}}};
  const std::string text = PrintNamed(names);
  EXPECT_THAT(text, HasSubstr("(param i32) (param $x i64)\n"
                              "    (local $x#2 (@name \"x\") f32) "
                              "(local f64)\n"));
  EXPECT_THAT(text, HasSubstr("(local.set $x (local.get $x))"));
  EXPECT_THAT(text, HasSubstr("(drop (local.get $x#2))"));
}

TEST(PrintNamesTest, NamesParametersOfImports) {
  Names names;
  names.locals = {{0, {{1, "x"}}}, {1, {{0, "y"}}}};
  const std::string text = PrintNamed(names);
  EXPECT_THAT(text, HasSubstr("(import \"m\" \"f\" (func (;0;) (type 0) "
                              "(param i32) (param $x i64)))\n"));
  EXPECT_THAT(text, HasSubstr("(func (;1;) (type 0) (param $y i32) "));
}

TEST(PrintNamesTest, KeepsEmptyNames) {
  Names names;
  names.has_module = true;
  names.funcs = {{1, ""}};
  names.labels = {{1, {{1, ""}}}};
  const std::string text = PrintNamed(names);
  EXPECT_THAT(text, HasSubstr("(module (@name \"\")\n"));
  EXPECT_THAT(text, HasSubstr("(func (;1;) (@name \"\") (type 0)"));
  EXPECT_THAT(text, HasSubstr("(block (@name \"\")\n"));
}

TEST(PrintNamesTest, KnowsHiddenLabels) {
  Names names;
  names.labels = {{1, {{0, "l"}, {1, "l"}, {2, "other"}}}};
  EXPECT_THAT(PrintNamed(names), HasSubstr(R"(
    (block $l
      (block $l
        (br 1)
        (br $l)
      )
      (loop $other
        (br $l)
      )
    )
)"));
}

TEST(PrintNamesTest, KeepsSectionsInAnotherOrder) {
  // Function 2 before function 1.
  const std::string text = PrintRaw({1, 7, 2, 2, 1, 'b', 1, 1, 'a'});
  EXPECT_THAT(text, HasSubstr("(func $b "));
}

TEST(PrintNamesTest, KeepsNamesOfWhatDoesNotExist) {
  PrintRaw({1, 4, 1, 9, 1, 'a'});
  // A local, a label, a field, a local and a label of an import.
  PrintRaw({2, 6, 1, 1, 1, 4, 1, 'a'});
  PrintRaw({3, 6, 1, 1, 1, 3, 1, 'a'});
  PrintRaw({10, 6, 1, 1, 1, 2, 1, 'a'});
  PrintRaw({10, 6, 1, 0, 1, 0, 1, 'a'});
  PrintRaw({2, 6, 1, 0, 1, 2, 1, 'a'});
  PrintRaw({3, 6, 1, 0, 1, 0, 1, 'a'});
}

TEST(PrintNamesTest, KeepsWhatItDoesNotKnow) {
  PrintRaw({12, 1, 0});
  PrintRaw({1, 4, 1, 1, 1, 'a', 99, 0});
}

TEST(PrintNamesTest, KeepsLongEncodingsAndEmptyMaps) {
  PrintRaw({1, 5, 1, 1, 0x81, 0, 'a'});
  PrintRaw({2, 3, 1, 1, 0});
  PrintRaw({1, 1, 0});
}

TEST(PrintNamesTest, KeepsMalformedSections) { PrintRaw({1, 9, 9}); }

TEST(PrintNamesTest, KeepsEqualFields) {
  const std::string text = PrintRaw({10, 9, 1, 1, 2, 0, 1, 'a', 1, 1, 'a'});
  EXPECT_THAT(text, HasSubstr("(struct (field $a i32) (field i64))"));
}

}  // namespace
}  // namespace weft::wasm
