// Constants and patterns, through the directives that contain them.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "absl/strings/str_cat.h"
#include "ir/wasm/text/script.h"

namespace weft::wasm {
namespace {

using ::testing::HasSubstr;

ScriptValue Argument(absl::string_view text) {
  const absl::StatusOr<Script> script =
      ReadScript(absl::StrCat("(invoke \"f\" ", text, ")"));
  EXPECT_TRUE(script.ok()) << script.status();
  if (!script.ok()) return {};
  return script->directives[0].action.arguments.at(0);
}

ExpectedResult Result(absl::string_view text) {
  const absl::StatusOr<Script> script =
      ReadScript(absl::StrCat("(assert_return (invoke \"f\") ", text, ")"));
  EXPECT_TRUE(script.ok()) << script.status();
  if (!script.ok()) return ExpectedResult(1);
  EXPECT_EQ(script->directives[0].results.size(), 1u);
  return script->directives[0].results.at(0);
}

ResultPattern Pattern(absl::string_view text) {
  const ExpectedResult result = Result(text);
  EXPECT_EQ(result.size(), 1u);
  return result.at(0);
}

bool Refused(absl::string_view text) {
  return !ReadScript(absl::StrCat("(invoke \"f\" ", text, ")")).ok() &&
         !ReadScript(absl::StrCat("(assert_return (invoke \"f\") ", text, ")"))
              .ok();
}

void ExpectBits(absl::string_view text, ScriptValue::Kind kind, uint64_t low,
                uint64_t high = 0) {
  for (const ScriptValue& value : {Argument(text), Pattern(text).value}) {
    EXPECT_EQ(value.kind, kind) << text;
    EXPECT_EQ(value.low, low) << text;
    EXPECT_EQ(value.high, high) << text;
  }
  EXPECT_EQ(Pattern(text).kind, ResultPattern::kValue);
}

TEST(ScriptValuesTest, Numbers) {
  ExpectBits("(i32.const -1)", ScriptValue::kI32, 0xffffffff);
  ExpectBits("(i32.const 4_294_967_295)", ScriptValue::kI32, 0xffffffff);
  ExpectBits("(i64.const -2)", ScriptValue::kI64, ~uint64_t{1});
  ExpectBits("(i64.const 0xffff_ffff_ffff_ffff)", ScriptValue::kI64,
             ~uint64_t{0});
  ExpectBits("(f32.const -0x1p-149)", ScriptValue::kF32, 0x80000001);
  ExpectBits("(f32.const inf)", ScriptValue::kF32, 0x7f800000);
  ExpectBits("(f32.const nan:0x1)", ScriptValue::kF32, 0x7f800001);
  ExpectBits("(f64.const -nan)", ScriptValue::kF64, 0xfff8000000000000);
  ExpectBits("(f64.const 0.1)", ScriptValue::kF64, 0x3fb999999999999a);
  ExpectBits("(f64.const 1)", ScriptValue::kF64, 0x3ff0000000000000);
}

TEST(ScriptValuesTest, Vectors) {
  ExpectBits("(v128.const i8x16 0 1 2 3 4 5 6 7 8 9 10 11 12 13 14 -1)",
             ScriptValue::kV128, 0x0706050403020100, 0xff0e0d0c0b0a0908);
  ExpectBits("(v128.const i16x8 1 2 3 4 5 6 7 -2)", ScriptValue::kV128,
             0x0004000300020001, 0xfffe000700060005);
  ExpectBits("(v128.const i32x4 1 2 3 -4)", ScriptValue::kV128,
             0x0000000200000001, 0xfffffffc00000003);
  ExpectBits("(v128.const i64x2 5 -6)", ScriptValue::kV128, 5, ~uint64_t{5});
  ExpectBits("(v128.const f32x4 0 1 -0 nan)", ScriptValue::kV128,
             0x3f80000000000000, 0x7fc0000080000000);
  ExpectBits("(v128.const f64x2 1 -1)", ScriptValue::kV128, 0x3ff0000000000000,
             0xbff0000000000000);
  EXPECT_EQ(Pattern("(v128.const i16x8 0 0 0 0 0 0 0 0)").shape,
            LaneShape::kI16x8);
}

TEST(ScriptValuesTest, NanPatterns) {
  EXPECT_EQ(Pattern("(f32.const 1)").nans[0], ResultPattern::kBits);
  EXPECT_EQ(Pattern("(f32.const nan:canonical)").nans[0],
            ResultPattern::kCanonical);
  EXPECT_EQ(Pattern("(f64.const nan:arithmetic)").nans[0],
            ResultPattern::kArithmetic);
  const ResultPattern vector =
      Pattern("(v128.const f32x4 nan:canonical 1 nan:arithmetic nan)");
  EXPECT_EQ(vector.shape, LaneShape::kF32x4);
  EXPECT_EQ(vector.nans[0], ResultPattern::kCanonical);
  EXPECT_EQ(vector.nans[1], ResultPattern::kBits);
  EXPECT_EQ(vector.nans[2], ResultPattern::kArithmetic);
  EXPECT_EQ(vector.nans[3], ResultPattern::kBits);
  EXPECT_EQ(vector.value.low, 0x3f80000000000000u);
  EXPECT_EQ(vector.value.high, 0x7fc0000000000000u);
  EXPECT_FALSE(ReadScript("(invoke \"f\" (f32.const nan:canonical))").ok());
}

TEST(ScriptValuesTest, References) {
  ExpectBits("(ref.extern 7)", ScriptValue::kRefExtern, 7);
  ExpectBits("(ref.host 8)", ScriptValue::kRefHost, 8);
  EXPECT_EQ(Argument("(ref.null func)").kind, ScriptValue::kRefNull);
  EXPECT_EQ(Argument("(ref.null func)").heap, HeapType(HeapType::kFunc));
  EXPECT_EQ(Pattern("(ref.null none)").kind, ResultPattern::kValue);
  EXPECT_EQ(Pattern("(ref.null none)").value.heap, HeapType(HeapType::kNone));
  EXPECT_EQ(Pattern("(ref.null)").kind, ResultPattern::kNull);
}

TEST(ScriptValuesTest, ReferencePatterns) {
  const struct {
    const char* text;
    HeapType::Abstract heap;
  } kCases[] = {
      {"(ref)", HeapType::kAny},           {"(ref.any)", HeapType::kAny},
      {"(ref.func)", HeapType::kFunc},     {"(ref.extern)", HeapType::kExtern},
      {"(ref.eq)", HeapType::kEq},         {"(ref.i31)", HeapType::kI31},
      {"(ref.struct)", HeapType::kStruct}, {"(ref.array)", HeapType::kArray},
      {"(ref.exn)", HeapType::kExn},
  };
  for (const auto& [text, heap] : kCases) {
    const ResultPattern pattern = Pattern(text);
    EXPECT_EQ(pattern.kind, ResultPattern::kRefOf) << text;
    EXPECT_EQ(pattern.heap, HeapType(heap)) << text;
  }
}

TEST(ScriptValuesTest, Alternatives) {
  const ExpectedResult result =
      Result("(either (i32.const 1) (either (ref.func) (i32.const 2)))");
  ASSERT_EQ(result.size(), 3u);
  EXPECT_EQ(result[0].value.low, 1u);
  EXPECT_EQ(result[1].kind, ResultPattern::kRefOf);
  EXPECT_EQ(result[2].value.low, 2u);
}

TEST(ScriptValuesTest, Refused) {
  for (const char* text :
       {"(i32.const 4294967296)",
        "(i32.const 1.0)",
        "(i32.const nan)",
        "(i32.const)",
        "(i32.const 1 2)",
        "(f32.const 1e39)",
        "(f32.const x)",
        "(v128.const i32x4 1 2 3)",
        "(v128.const i32x4 1 2 3 4 5)",
        "(v128.const i32x5 1 2 3 4)",
        "(v128.const i8x16)",
        "(v128.const)",
        "(v128.const i8x16 256 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0)",
        "(v128.const i32x4 nan:canonical 0 0 0)",
        "(ref.null 0)",
        "(ref.null $x)",
        "(ref.extern -1)",
        "(ref.extern 4294967296)",
        "(ref.host)",
        "(ref.foo)",
        "(either)",
        "i32.const",
        "5",
        "\"x\"",
        "(i32.add)",
        "((i32.const 1))"}) {
    EXPECT_TRUE(Refused(text)) << text;
  }
}

}  // namespace
}  // namespace weft::wasm
