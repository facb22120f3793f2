// Bodies that no compiler makes: errors, depth, and texts that would have no
// bounds.
#include <gtest/gtest.h>

#include <string>

#include "absl/strings/str_cat.h"
#include "ir/wasm/names.h"
#include "ir/wasm/reader.h"
#include "ir/wasm/testing.h"
#include "ir/wasm/text/printer.h"

namespace weft::wasm {
namespace {

using testing::Bytes;
using testing::Concat;
using testing::FunctionModule;
using testing::Repeat;

absl::StatusOr<std::string> Print(const Bytes& bytes, bool folded,
                                  uint32_t max_size = kMaxPrintedSize) {
  const absl::StatusOr<Module> module = ReadModule(bytes);
  if (!module.ok()) return module.status();
  PrintTextOptions options;
  options.folded = folded;
  options.max_size = max_size;
  return PrintModuleText(*module, options);
}

// The error of both forms for a function of these operators and an `end`.
std::string ErrorOf(const Bytes& operators) {
  const Bytes bytes = FunctionModule({}, {}, operators);
  const std::string folded(Print(bytes, true).status().message());
  EXPECT_EQ(Print(bytes, false).status().message(), folded);
  return folded;
}

TEST(PrintHostileTest, RefusesWrongNesting) {
  EXPECT_EQ(ErrorOf({0x05}), "else without an if at offset 54 in code section");
  EXPECT_EQ(ErrorOf({0x02, 0x40, 0x05, 0x0b}),
            "else without an if at offset 56 in code section");
  EXPECT_EQ(ErrorOf({0x04, 0x40, 0x05, 0x05, 0x0b}),
            "else without an if at offset 57 in code section");
  EXPECT_EQ(ErrorOf({0x07, 0}),
            "catch without a try, or behind a catch_all at offset 54 in code "
            "section");
  EXPECT_EQ(ErrorOf({0x06, 0x40, 0x19, 0x19, 0x0b}),
            "catch without a try, or behind a catch_all at offset 57 in code "
            "section");
  EXPECT_EQ(ErrorOf({0x18, 0}),
            "delegate without a try, or behind a catch at offset 54 in code "
            "section");
  EXPECT_EQ(ErrorOf({0x06, 0x40, 0x07, 0, 0x18, 0}),
            "delegate without a try, or behind a catch at offset 58 in code "
            "section");
  EXPECT_EQ(ErrorOf({0x0b}),
            "operators behind the last end at offset 55 in code section");
  EXPECT_EQ(ErrorOf({0x02, 0x40}),
            "unexpected end at offset 57 in code section");
  EXPECT_EQ(ErrorOf({0xff}), "illegal opcode at offset 54 in code section");
}

TEST(PrintHostileTest, RefusesConstantExpressionsThatDoNotEnd) {
  // A block; its end is taken for that of the expression.
  const Bytes bytes = testing::ModuleBuilder()
                          .Section(SectionId::kGlobal,
                                   testing::Vec({{0x7f, 0, 0x02, 0x40, 0x0b}}))
                          .Build();
  const absl::StatusOr<std::string> text = Print(bytes, true);
  EXPECT_FALSE(text.ok()) << *text;
}

TEST(PrintHostileTest, PrintsWhatHasNoMeaning) {
  // Indices out of range, missing operands, types that are none.
  const Bytes operators = {0x10, 99,                // call
                           0x11, 98,   97,          // call_indirect
                           0x20, 96,                // local.get
                           0x0c, 95,                // br
                           0x0e, 1,    94,   93,    // br_table
                           0x08, 92,                // throw
                           0x02, 0xdb, 0,    0x0b,  // block
                           0xfb, 0x00, 90,          // struct.new
                           0xfb, 0x08, 89,   0xff, 0xff, 0xff,
                           0xff, 0x0f, 0xfb, 0x02, 88,   87,  // struct.get
                           0xd5, 86,                          // br_on_null
                           0x28, 0x3f, 0};  // i32.load align=2^63
  const absl::StatusOr<std::string> text =
      Print(FunctionModule({}, {}, operators), false);
  ASSERT_TRUE(text.ok()) << text.status();
  for (absl::string_view line :
       {"call 99", "call_indirect 97 (type 98)", "local.get 96", "br 95",
        "br_table 94 93", "throw 92", "block (type 91)", "struct.new 90",
        "array.new_fixed 89 4294967295", "struct.get 88 87", "br_on_null 86",
        "i32.load align=9223372036854775808"}) {
    EXPECT_NE(text->find(absl::StrCat(" ", line, "\n")), std::string::npos)
        << line << *text;
  }
  EXPECT_TRUE(Print(FunctionModule({}, {}, operators), true).ok());
}

TEST(PrintHostileTest, PrintsDeepBlocksInLinearSize) {
  constexpr size_t kDepth = 100000;
  const Bytes bytes = FunctionModule(
      {}, {}, Concat({Repeat(kDepth, {0x02, 0x40}), Repeat(kDepth, {0x0b})}));
  for (bool folded : {false, true}) {
    const absl::StatusOr<std::string> text = Print(bytes, folded);
    ASSERT_TRUE(text.ok()) << text.status();
    EXPECT_LT(text->size(), 200 * kDepth);
  }
}

TEST(PrintHostileTest, PrintsDeepOperands) {
  // i32.eqz of i32.eqz of ...; and if in the condition of if.
  constexpr size_t kDepth = 100000;
  const Bytes chain = FunctionModule(
      {}, {}, Concat({{0x41, 0}, Repeat(kDepth, {0x45}), {0x1a}}));
  const Bytes ifs = FunctionModule(
      {}, {},
      Concat({{0x41, 0},
              Repeat(kDepth / 10, {0x04, 0x7f, 0x41, 0, 0x05, 0x41, 0, 0x0b}),
              {0x1a}}));
  for (const Bytes& bytes : {chain, ifs}) {
    const absl::StatusOr<std::string> text = Print(bytes, true);
    ASSERT_TRUE(text.ok()) << text.status();
    EXPECT_LT(text->size(), 200 * kDepth);
  }
}

TEST(PrintHostileTest, LooksForOperandsInLinearTime) {
  // Each operator wants more operands than there are.
  constexpr size_t kCount = 200000;
  const Bytes bytes = FunctionModule(
      {}, {},
      Concat({Repeat(kCount, {0x41, 0}),
              Repeat(kCount / 10, {0xfb, 0x08, 0, 0xff, 0xff, 0x7f})}));
  EXPECT_TRUE(Print(bytes, true).ok());
}

TEST(PrintHostileTest, RefusesTextsWithoutBounds) {
  // A name of some kilobytes, and a body that says it 10,000 times.
  Names names;
  const std::string name(10000, 'x');
  names.funcs = {{0, name}};
  ByteWriter content;
  WriteNames(names, &content);
  Bytes bytes = FunctionModule({}, {}, Repeat(10000, {0x10, 0}));
  testing::ModuleBuilder section;
  section.Custom("name", content.bytes());
  const Bytes built = section.Build();
  bytes.insert(bytes.end(), built.begin() + 8, built.end());
  EXPECT_TRUE(Print(bytes, true, 200 << 20).ok());
  for (bool folded : {false, true}) {
    const absl::StatusOr<std::string> text = Print(bytes, folded, 1 << 20);
    EXPECT_EQ(text.status().code(), absl::StatusCode::kResourceExhausted);
    EXPECT_EQ(text.status().message(),
              "the text would have more than 1048576 bytes");
  }
}

TEST(PrintHostileTest, RefusesManyLocals) {
  // A million locals in six bytes.
  const Bytes bytes = FunctionModule({}, {}, {}, {1, 0xc0, 0x84, 0x3d, 0x7f});
  EXPECT_EQ(Print(bytes, true, 1 << 20).status().code(),
            absl::StatusCode::kResourceExhausted);
  EXPECT_TRUE(Print(bytes, true).ok());
}

}  // namespace
}  // namespace weft::wasm
