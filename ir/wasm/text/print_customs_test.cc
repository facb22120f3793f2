// Places of custom sections, the sections of annotations, and data counts.
#include "ir/wasm/text/print_customs.h"

#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "ir/wasm/branch_hints.h"
#include "ir/wasm/reader.h"
#include "ir/wasm/testing.h"
#include "ir/wasm/text/annotations.h"
#include "ir/wasm/text/parser.h"
#include "ir/wasm/text/printer.h"

namespace weft::wasm {
namespace {

using testing::Bytes;
using ::testing::HasSubstr;
using ::testing::Not;

// Something in every section.
constexpr absl::string_view kModule = R"(
  (import "m" "f" (func))
  (table 1 funcref)
  (memory 1)
  (tag)
  (global i32 (i32.const 0))
  (export "f" (func 0))
  (start 0)
  (elem func 0)
  (func (data.drop 0) (if (i32.const 0) (then)))
  (data "x"))";

Bytes Assemble(absl::string_view text) {
  absl::StatusOr<Bytes> bytes = ParseModuleText(text);
  EXPECT_TRUE(bytes.ok()) << bytes.status();
  return bytes.ok() ? *bytes : Bytes();
}

// `customs` between the sections of `bytes`, before the one of number `place`.
Bytes Insert(const Bytes& bytes, size_t place,
             const std::vector<std::pair<std::string, Bytes>>& customs) {
  const absl::StatusOr<Module> module = ReadModule(bytes);
  EXPECT_TRUE(module.ok());
  testing::ModuleBuilder builder;
  for (size_t i = 0; i <= module->sections.size(); ++i) {
    if (i == place) {
      for (const auto& [name, content] : customs) builder.Custom(name, content);
    }
    if (i == module->sections.size()) break;
    const SectionRange& section = module->sections[i];
    const auto begin = bytes.begin() + section.offset;
    builder.Raw({begin, bytes.begin() + section.content_offset + section.size});
  }
  return builder.Build();
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

// Sections of kModule: type, import, function, table, memory, tag, global,
// export, start, elem, data count, code, data.
constexpr const char* kPlaces[] = {
    "(before first)", "(after type)",   "(after import)", "(after func)",
    "(after table)",  "(after memory)", "(after tag)",    "(after global)",
    "(after export)", "(after start)",  "(after elem)",   "(before code)",
    "(after code)",   "(after data)",
};

TEST(PrintCustomsTest, SaysWhereSectionsAre) {
  const Bytes bytes = Assemble(kModule);
  for (size_t i = 0; i < std::size(kPlaces); ++i) {
    const std::string text =
        PrintBack(Insert(bytes, i, {{"one", {1}}, {"two", {2, 0x41}}}));
    EXPECT_THAT(text, HasSubstr(absl::StrCat("\n  (@custom \"one\" ",
                                             kPlaces[i], " \"\\01\")\n")));
    EXPECT_THAT(text, HasSubstr(absl::StrCat("\n  (@custom \"two\" ",
                                             kPlaces[i], " \"\\02A\")\n")));
  }
}

TEST(PrintCustomsTest, SaysWhereNamesAre) {
  const Bytes bytes = Assemble(kModule);
  const Bytes names = {1, 4, 1, 1, 1, 'g'};
  for (size_t i = 0; i < std::size(kPlaces); ++i) {
    for (bool last : {false, true}) {
      std::vector<std::pair<std::string, Bytes>> customs = {{"one", {1}},
                                                            {"name", names}};
      if (!last) customs.emplace_back("two", Bytes{2});
      const std::string text = PrintBack(Insert(bytes, i, customs));
      EXPECT_THAT(text, HasSubstr("(func $g "));
      EXPECT_THAT(text, Not(HasSubstr("@custom \"name\"")));
      const std::string place =
          absl::StrCat("(@", kNameSectionAnnotation, " ", kPlaces[i], ")");
      if (last && i + 1 == std::size(kPlaces)) {
        EXPECT_THAT(text, Not(HasSubstr(place)));
      } else {
        EXPECT_THAT(text, HasSubstr(place));
      }
    }
  }
}

// Identifiers make no section that holds no name.
TEST(PrintCustomsTest, KeepsNameSectionsWithoutNames) {
  const Bytes bytes = Assemble(kModule);
  const std::pair<std::string, Bytes> other = {"\t", {}};
  // Nothing; no function; no local of any function; none of a function.
  for (const Bytes& content :
       {Bytes(), Bytes{1, 1, 0}, Bytes{2, 1, 0}, Bytes{2, 3, 1, 1, 0}}) {
    for (size_t i = 0; i < std::size(kPlaces); ++i) {
      const std::string spelled =
          absl::StrCat("\n  (@custom \"name\" ", kPlaces[i]);
      EXPECT_THAT(PrintBack(Insert(bytes, i, {{"name", content}})),
                  HasSubstr(spelled));
      EXPECT_THAT(PrintBack(Insert(bytes, i, {{"name", content}, other})),
                  HasSubstr(spelled));
      EXPECT_THAT(PrintBack(Insert(bytes, i, {other, {"name", content}})),
                  HasSubstr(spelled));
    }
  }
}

TEST(PrintCustomsTest, KeepsEmptyNameSectionsOfEmptyModules) {
  const Bytes bytes = Assemble("");
  EXPECT_EQ(PrintBack(Insert(bytes, 0, {{"name", {}}})),
            "(module\n  (@custom \"name\" (before first) \"\")\n)\n");
  EXPECT_EQ(PrintBack(Insert(bytes, 0, {{"name", {}}, {"\t", {}}})),
            "(module\n  (@custom \"name\" (before first) \"\")\n"
            "  (@custom \"\\t\" (before first) \"\")\n)\n");
  EXPECT_THAT(PrintBack(Insert(bytes, 0, {{"name", {}}, {"name", {}}})),
              HasSubstr("(@custom \"name\" (before first) \"\")\n"
                        "  (@custom \"name\" (before first) \"\")\n"));
  // Malformed: a map has at least its length.
  EXPECT_THAT(PrintBack(Insert(bytes, 0, {{"name", {1, 0}}})),
              HasSubstr("(@custom \"name\" (before first) \"\\01\\00\")"));
  const Bytes long_name = {0x84, 0, 'n', 'a', 'm', 'e'};
  EXPECT_THAT(PrintBack(testing::ModuleBuilder()
                            .Section(SectionId::kCustom, long_name)
                            .Build()),
              HasSubstr("(@custom \"name\" (before first) "
                        "(@weft.name_size 2) \"\")"));
}

TEST(PrintCustomsTest, BreaksLongSections) {
  const std::string text =
      PrintBack(Insert(Assemble("(func)"), 0, {{"x", Bytes(100, 'a')}}));
  EXPECT_THAT(
      text, HasSubstr(absl::StrCat("\n  (@custom \"x\" (before first)\n    \"",
                                   std::string(64, 'a'), "\"\n    \"",
                                   std::string(36, 'a'), "\"\n  )\n")));
}

TEST(PrintCustomsTest, KeepsLongEncodingsOfNames) {
  const Bytes bytes =
      testing::ModuleBuilder()
          .Section(SectionId::kCustom, {0x81, 0, 'x', 1})
          .Section(SectionId::kCustom, {0x84, 0x80, 0x80, 0x80, 0, 'n', 'a',
                                        'm', 'e', 0, 2, 1, 'm'})
          .Build();
  const std::string text = PrintBack(bytes);
  EXPECT_THAT(text, HasSubstr("(@custom \"x\" (before first) (@weft.name_size "
                              "2) \"\\01\")"));
  EXPECT_THAT(text, HasSubstr("(module $m\n"));
  EXPECT_THAT(text, HasSubstr("(@custom \"name\" (before first) "
                              "(@weft.name_size 5) \"\\00\\02\\01m\")"));
}

// The branch hint section with one hint, for `offset` of function 1.
Bytes Hints(uint32_t func, uint32_t offset) {
  ByteWriter content;
  WriteBranchHints({{{func, {{offset, true}}}}}, &content);
  return content.Take();
}

constexpr size_t kBeforeCode = 11;
// Of the `if` in kModule: behind no locals, data.drop and i32.const.
constexpr uint32_t kOffsetOfIf = 6;

TEST(PrintCustomsTest, PrintsHintsAtTheirBranches) {
  const std::string text = PrintBack(
      Insert(Assemble(kModule), kBeforeCode,
             {{"one", {1}},
              {std::string(kBranchHintSection), Hints(1, kOffsetOfIf)}}));
  EXPECT_THAT(text, HasSubstr("\n    (@metadata.code.branch_hint \"\\01\")\n"
                              "    (if (i32.const 0)\n"));
  EXPECT_THAT(text, Not(HasSubstr("@custom \"metadata")));
}

// Hints that annotations would not reproduce are in the text as they are.
void ExpectRawHints(size_t place, const Bytes& content, bool is_last = true) {
  std::vector<std::pair<std::string, Bytes>> customs = {
      {std::string(kBranchHintSection), content}};
  if (!is_last) customs.emplace_back("one", Bytes{1});
  const std::string text = PrintBack(Insert(Assemble(kModule), place, customs));
  EXPECT_THAT(text, HasSubstr("(@custom \"metadata.code.branch_hint\""));
  EXPECT_THAT(text, Not(HasSubstr("(@metadata")));
}

TEST(PrintCustomsTest, KeepsHintsThatAreElsewhere) {
  ExpectRawHints(0, Hints(1, kOffsetOfIf));
  ExpectRawHints(kBeforeCode + 1, Hints(1, kOffsetOfIf));
  ExpectRawHints(kBeforeCode, Hints(1, kOffsetOfIf), /*is_last=*/false);
}

TEST(PrintCustomsTest, KeepsHintsThatAreWrong) {
  ExpectRawHints(kBeforeCode, Hints(1, kOffsetOfIf + 1));  // Within the if.
  ExpectRawHints(kBeforeCode, Hints(1, 4));                // At i32.const.
  ExpectRawHints(kBeforeCode, Hints(1, 1000));
  ExpectRawHints(kBeforeCode, Hints(0, kOffsetOfIf));  // An import.
  ExpectRawHints(kBeforeCode, Hints(9, kOffsetOfIf));
  ExpectRawHints(kBeforeCode, {});
  ExpectRawHints(kBeforeCode, {0});
  ExpectRawHints(kBeforeCode, {1, 1, 1, kOffsetOfIf, 1, 2});
  // A long encoding.
  ExpectRawHints(kBeforeCode, {0x81, 0, 1, 1, kOffsetOfIf, 1, 1});
}

TEST(PrintCustomsTest, KeepsSeveralHintSections) {
  const std::string name(kBranchHintSection);
  const std::string text = PrintBack(
      Insert(Assemble(kModule), kBeforeCode,
             {{name, Hints(1, kOffsetOfIf)}, {name, Hints(1, kOffsetOfIf)}}));
  EXPECT_THAT(text, Not(HasSubstr("(@metadata")));
}

TEST(PrintCustomsTest, KeepsDataCounts) {
  EXPECT_THAT(PrintBack(Assemble(kModule)), Not(HasSubstr("@weft")));
  Bytes bytes = Assemble("(memory 1) (func) (data \"x\")");
  EXPECT_THAT(PrintBack(bytes), Not(HasSubstr("@weft")));
  // Between memory and code section.
  const absl::StatusOr<Module> module = ReadModule(bytes);
  ASSERT_TRUE(module.ok());
  const Bytes count = {12, 1, 1};
  bytes.insert(bytes.begin() + module->sections[3].offset, count.begin(),
               count.end());
  EXPECT_THAT(PrintBack(bytes), HasSubstr("\n  (@weft.data_count)\n"));
}

}  // namespace
}  // namespace weft::wasm
