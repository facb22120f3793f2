// Printing and parsing of functions.
#include <string>
#include <vector>

#include "gtest/gtest.h"
#include "ir/lift.h"
#include "ir/lower.h"
#include "ir/testing/code.h"
#include "ir/testing/op_cases.h"
#include "ir/testing/random_code.h"
#include "ir/text_numbers.h"
#include "ir/text_parser.h"
#include "ir/text_printer.h"
#include "ir/type_lookup.h"
#include "ir/verifier.h"

namespace weft::ir {
namespace {

using testing::Code;
using testing::kI32;
using testing::TestModule;

std::string Print(const wasm::Module& module, const Function& f) {
  std::string text;
  PrintFunction(module, f, &text);
  return text;
}

// Lifts the function and checks that its text comes back as itself, verifies
// and lowers to the same bytes. Returns the text.
std::string ExpectRoundTrip(const wasm::Module& module, uint32_t func) {
  Lifter lifter;
  Function f;
  EXPECT_TRUE(lifter.Lift(module, func, &f).ok());
  const std::string text = Print(module, f);
  Function g;
  const absl::Status parsed = ParseFunction(module, text, &g);
  EXPECT_TRUE(parsed.ok()) << parsed << "\n" << text;
  if (!parsed.ok()) return text;
  EXPECT_EQ(text, Print(module, g));
  const absl::Status verified = Verify(module, g);
  EXPECT_TRUE(verified.ok()) << verified << "\n" << text;
  const TypeLookup types(module);
  Lowerer lowerer(module, types);
  wasm::ByteWriter before, after;
  EXPECT_EQ(lowerer.Lower(&f, &before), lowerer.Lower(&g, &after)) << text;
  EXPECT_EQ(before.bytes(), after.bytes()) << text;
  return text;
}

TEST(TextFormTest, ReadsAsDocumented) {
  TestModule test;
  const uint32_t func =
      test.AddFunc({kI32, kI32}, {kI32}, {},
                   Code()
                       .Loop()
                       .Get(1)
                       .Get(0)
                       .Do(testing::Op::kI32Sub)
                       .Tee(1)
                       .BrIf(0)
                       .End()
                       .Block(kI32)
                       .Get(1)
                       .Mem(testing::Op::kI32Load, 8)
                       .Get(0)
                       .BrIf(0)
                       .Drop()
                       .Get(1)
                       .Do(testing::Op::kCall, testing::kFuncPair)
                       .BrTable({0, 0, 1})
                       .End());
  ASSERT_TRUE(test.Build().ok());
  EXPECT_EQ(ExpectRoundTrip(test.module(), func),
            R"(func (i32, i32) -> (i32) {
  %0@x0 = param 0
  %1@x1 = param 1
  loop ^1 (%2@x1: i32 = %1) {
    %3@x1 = i32.sub %2 %0
    br_if ^1 %3 [%3]
    exit
  }
  block ^2 {
    %4 = i32.load offset=8 %3
    br_if ^2 %0 [%4]
    %5, %6 = call 2 %3
    br_table %6 (^2 ^2 ^0) ^2 [%5] ^0 [%5]
  } -> (%7: i32)
  exit [%7]
}
)");
}

TEST(TextFormTest, EveryOperator) {
  for (int row = 0; row < wasm::kOpCount; ++row) {
    const testing::Op op = static_cast<testing::Op>(row);
    for (const testing::OpCase& c : testing::OpCasesFor(op)) {
      TestModule test;
      const uint32_t func = test.AddFunc(c.params, c.results, c.locals, c.code);
      ASSERT_TRUE(test.Build().ok());
      const ::testing::ScopedTrace trace(__FILE__, __LINE__,
                                         std::string(wasm::InfoOf(op).text));
      ExpectRoundTrip(test.module(), func);
      if (HasFailure()) return;
    }
  }
}

TEST(TextFormTest, RandomBodies) {
  for (uint64_t seed = 1; seed < 600; ++seed) {
    TestModule test;
    const testing::RandomFunction f = MakeRandomFunction(seed, {10}, &test);
    const uint32_t func = test.AddFunc(f.params, f.results, f.locals, f.code);
    ASSERT_TRUE(test.Build().ok());
    const ::testing::ScopedTrace trace(__FILE__, __LINE__,
                                       "seed " + std::to_string(seed));
    ExpectRoundTrip(test.module(), func);
    if (HasFailure()) return;
  }
}

TEST(TextFormTest, DeepNesting) {
  constexpr int kDepth = 30000;
  Code code;
  for (int i = 0; i < kDepth; ++i) code.Block().Get(0).BrIf(0);
  for (int i = 0; i < kDepth; ++i) code.End();
  TestModule test;
  const uint32_t func = test.AddFunc({kI32}, {}, {}, code);
  ASSERT_TRUE(test.Build().ok());
  ExpectRoundTrip(test.module(), func);
}

TEST(TextFormTest, Floats) {
  const struct {
    uint64_t bits;
    const char* text;
  } kNumbers[] = {{0, "0x0p+0"},
                  {0x8000000000000000, "-0x0p+0"},
                  {0x3ff0000000000000, "0x1p+0"},
                  {0x4000000000000001, "0x1.0000000000001p+1"},
                  {0x7fefffffffffffff, "0x1.fffffffffffffp+1023"},
                  {1, "0x0.0000000000001p-1022"},
                  {0x0010000000000000, "0x1p-1022"},
                  {0x7ff0000000000000, "inf"},
                  {0xfff0000000000000, "-inf"},
                  {0x7ff8000000000000, "nan:0x8000000000000"},
                  {0xfff0000000000001, "-nan:0x1"}};
  for (const auto& number : kNumbers) {
    std::string text;
    AppendF64(number.bits, &text);
    EXPECT_EQ(text, number.text);
    uint64_t bits = 0;
    EXPECT_TRUE(ParseF64(text, &bits)) << text;
    EXPECT_EQ(bits, number.bits) << text;
  }
  for (uint64_t bits = 0; bits < uint64_t{1} << 32; bits += 999331) {
    std::string text;
    AppendF32(static_cast<uint32_t>(bits), &text);
    uint32_t back = 0;
    EXPECT_TRUE(ParseF32(text, &back)) << text;
    EXPECT_EQ(back, bits) << text;
  }
  uint32_t bits = 0;
  EXPECT_TRUE(ParseF32("1.5", &bits));
  EXPECT_EQ(bits, 0x3fc00000u);
  for (const char* bad : {"", "-", "x", "1.5x", "nan:0x0", "nan:0x800000"}) {
    EXPECT_FALSE(ParseF32(bad, &bits)) << bad;
  }
}

TEST(TextFormTest, Errors) {
  const struct {
    const char* line;  // In a function with one parameter, %0.
    const char* error;
  } kErrors[] = {
      {"%1 = i32.ad %0 %0",
       "line 3, column 8: the SSA form has no such "
       "operator, found 'i32.ad'"},
      {"%1 = i32.add %0 %7",
       "line 3, column 19: no such value so far, found "
       "'%7'"},
      {"%1 = i32.add %0",
       "line 3, column 8: operands: 2, not 1, found "
       "'i32.add'"},
      {"i32.add %0 %0", "line 3, column 3: results: 1, not 0, found 'i32.add'"},
      {"%0 = i32.const 3",
       "line 3, column 3: the value is defined twice, "
       "found '%0'"},
      {"%1@x9 = i32.const 3",
       "line 3, column 3: its source local does not "
       "exist, found '%1'"},
      {"br ^1", "line 3, column 6: no such label around it, found '^1'"},
      {"br ^0 [%0]",
       "line 3, column 6: the target takes 0 values, the branch "
       "brings 1, found '^0'"},
      {"block ^1 { exit }",
       "line 3, column 14: expected a new line, found "
       "'exit'"},
      {"call 99 %0",
       "line 3, column 3: an index is out of range, found "
       "'call'"},
      {"%1 = f32.const 1x", "line 3, column 18: expected a float, found '1x'"},
      {"if ^1 %0 {\n}\n", "line 4, column 2: expected 'else'"},
      {"drop %0",
       "line 3, column 3: the SSA form has no such operator, found "
       "'drop'"},
      {"exit %0", "line 3, column 8: expected a new line, found '%0'"},
      {"%1: i33 = i32.const 4", "line 3, column 7: expected '(', found 'i33'"},
      {"", "line 5, column 1: expected '}', found the end"}};
  TestModule test;
  ASSERT_TRUE(test.Build().ok());
  for (const auto& c : kErrors) {
    const std::string text =
        std::string("func (i32) -> () {\n  %0 = param 0\n") + "  " + c.line +
        "\n";
    Function f;
    const std::string end = *c.line == '\0' ? "\n" : "  exit\n}\n";
    const absl::Status status = ParseFunction(test.module(), text + end, &f);
    EXPECT_EQ(status.message(), c.error) << text;
  }
}

}  // namespace
}  // namespace weft::ir
