#include "ir/wasm/text/numbers.h"

#include <gtest/gtest.h>

#include <bit>
#include <cmath>
#include <cstdlib>
#include <random>
#include <string>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"

namespace weft::wasm {
namespace {

std::string Show(NumberResult result, uint64_t value) {
  switch (result) {
    case NumberResult::kOk:
      return absl::StrCat("0x", absl::Hex(value));
    case NumberResult::kMalformed:
      return "malformed";
    case NumberResult::kOutOfRange:
      return "out of range";
  }
  return "";
}

std::string Unsigned(absl::string_view text, uint64_t max = 0xffffffffu) {
  uint64_t value = 0;
  const NumberResult result = ParseUnsigned(text, max, &value);
  return Show(result, value);
}

std::string Integer(absl::string_view text, int bits) {
  uint64_t value = 0;
  const NumberResult result = ParseInteger(text, bits, &value);
  return Show(result, value);
}

std::string F32(absl::string_view text) {
  uint32_t bits = 0;
  const NumberResult result = ParseF32(text, &bits);
  return Show(result, bits);
}

std::string F64(absl::string_view text) {
  uint64_t bits = 0;
  const NumberResult result = ParseF64(text, &bits);
  return Show(result, bits);
}

TEST(NumbersTest, Unsigned) {
  EXPECT_EQ(Unsigned("0"), "0x0");
  EXPECT_EQ(Unsigned("00012"), "0xc");
  EXPECT_EQ(Unsigned("0xAbC"), "0xabc");
  EXPECT_EQ(Unsigned("1_000_0"), "0x2710");
  EXPECT_EQ(Unsigned("4294967295"), "0xffffffff");
  EXPECT_EQ(Unsigned("4294967296"), "out of range");
  EXPECT_EQ(Unsigned("18446744073709551615", ~uint64_t{0}),
            "0xffffffffffffffff");
  EXPECT_EQ(Unsigned("18446744073709551616", ~uint64_t{0}), "out of range");
  EXPECT_EQ(Unsigned("0x10000000000000000", ~uint64_t{0}), "out of range");
  for (absl::string_view text :
       {"", "0x", "-1", "+1", "_1", "1_", "1__0", "0X1", "0x_1", "0x1_", "1.",
        "1e1", "a", "0b1", "1a", "0xg", "1 "}) {
    EXPECT_EQ(Unsigned(text), "malformed") << text;
  }
}

TEST(NumbersTest, Integers) {
  EXPECT_EQ(Integer("-1", 8), "0xff");
  EXPECT_EQ(Integer("-128", 8), "0x80");
  EXPECT_EQ(Integer("-129", 8), "out of range");
  EXPECT_EQ(Integer("255", 8), "0xff");
  EXPECT_EQ(Integer("256", 8), "out of range");
  EXPECT_EQ(Integer("+127", 8), "0x7f");
  EXPECT_EQ(Integer("+128", 8), "out of range");
  EXPECT_EQ(Integer("-0", 16), "0x0");
  EXPECT_EQ(Integer("-0x8000", 16), "0x8000");
  EXPECT_EQ(Integer("-0x8001", 16), "out of range");
  EXPECT_EQ(Integer("0x8000_0000", 32), "0x80000000");
  EXPECT_EQ(Integer("-2147483648", 32), "0x80000000");
  EXPECT_EQ(Integer("-2147483649", 32), "out of range");
  EXPECT_EQ(Integer("4294967296", 32), "out of range");
  EXPECT_EQ(Integer("0xffffffffffffffff", 64), "0xffffffffffffffff");
  EXPECT_EQ(Integer("-0x8000000000000000", 64), "0x8000000000000000");
  EXPECT_EQ(Integer("-0x8000000000000001", 64), "out of range");
  EXPECT_EQ(Integer("--1", 32), "malformed");
  EXPECT_EQ(Integer("-", 32), "malformed");
  EXPECT_EQ(Integer("- 1", 32), "malformed");
}

TEST(NumbersTest, SpecialFloats) {
  EXPECT_EQ(F32("inf"), "0x7f800000");
  EXPECT_EQ(F32("-inf"), "0xff800000");
  EXPECT_EQ(F32("+nan"), "0x7fc00000");
  EXPECT_EQ(F32("-nan"), "0xffc00000");
  EXPECT_EQ(F32("nan:0x1"), "0x7f800001");
  EXPECT_EQ(F32("-nan:0x7f_ffff"), "0xffffffff");
  EXPECT_EQ(F32("nan:0x800000"), "out of range");
  EXPECT_EQ(F32("nan:0x0"), "out of range");
  EXPECT_EQ(F64("nan"), "0x7ff8000000000000");
  EXPECT_EQ(F64("nan:0xfffffffffffff"), "0x7fffffffffffffff");
  EXPECT_EQ(F64("nan:0x10000000000000"), "out of range");
  EXPECT_EQ(F64("nan:0x10000000000000000"), "out of range");
  for (absl::string_view text :
       {"", "nan:", "nan:1", "nan:0x", "nan:0x_1", "NaN", "Inf", "infinity",
        "nan:canonical", "0xnan", "--inf", "nan1", "inf0"}) {
    EXPECT_EQ(F32(text), "malformed") << text;
  }
}

TEST(NumbersTest, MalformedFloats) {
  for (absl::string_view text :
       {".5",      "1e",     "1e+",    "1.e",    "1_.0", "1._0",   "1.0_",
        "1e_1",    "1e1_",   "0x",     "0x.1",   "0x1p", "0x1p+",  "0x1p0x1",
        "0x1p1a",  "0x1_.0", "0x1._0", "0x1.0_", "1p1",  "0x1e+1", "1.0.0",
        "0x1.0.0", "1f",     "0X1p1",  "1E1.0",  "1e 1", "+",      "-",
        "0x1.p_0", "+-1",    "1__0.0"}) {
    EXPECT_EQ(F32(text), "malformed") << text;
    EXPECT_EQ(F64(text), "malformed") << text;
  }
}

TEST(NumbersTest, FloatGrammar) {
  EXPECT_EQ(F32("0"), "0x0");
  EXPECT_EQ(F32("-0"), "0x80000000");
  EXPECT_EQ(F32("1."), "0x3f800000");
  EXPECT_EQ(F32("1.e1"), "0x41200000");
  EXPECT_EQ(F32("1_0.0_0E+0_1"), "0x42c80000");
  EXPECT_EQ(F32("00001e0000"), "0x3f800000");
  EXPECT_EQ(F32("0x1."), "0x3f800000");
  EXPECT_EQ(F32("0x1.p1"), "0x40000000");
  EXPECT_EQ(F32("0xAP-0_1"), "0x40a00000");
  EXPECT_EQ(F32("0x0.0000_0000_0000_0000_8p69"), "0x41800000");
  EXPECT_EQ(F32("-0x0p99999999999999999999"), "0x80000000");
  EXPECT_EQ(F64("0x1e+1"), "malformed");
  EXPECT_EQ(F64("0x1e1"), "0x407e100000000000");
}

TEST(NumbersTest, F32Halfway) {
  // Between 1 and its successor: to even, up with any digit more.
  EXPECT_EQ(F32("0x1.000001p0"), "0x3f800000");
  EXPECT_EQ(F32("0x1.000001000000000000000000001p0"), "0x3f800001");
  EXPECT_EQ(F32("0x1.000000ffffffffffffffffffffp0"), "0x3f800000");
  EXPECT_EQ(F32("0x1.000003p0"), "0x3f800002");
  EXPECT_EQ(F32("0x1.000002p0"), "0x3f800001");
  EXPECT_EQ(F32("1.000000059604644775390625"), "0x3f800000");
  EXPECT_EQ(F32("1.000000059604644775390625000000000000000000000000000001"),
            "0x3f800001");
  // One rounding, not two by way of f64.
  EXPECT_EQ(F32("0x1.00000100000000001p0"), "0x3f800001");
  EXPECT_EQ(F32("1.00000005960464477539062500001"), "0x3f800001");
  // The border to infinity.
  EXPECT_EQ(F32("0x1.fffffep127"), "0x7f7fffff");
  EXPECT_EQ(F32("0x1.fffffeffffffffffffffp127"), "0x7f7fffff");
  EXPECT_EQ(F32("0x1.ffffffp127"), "out of range");
  EXPECT_EQ(F32("0x1p128"), "out of range");
  EXPECT_EQ(F32("340282356779733661637539395458142568447"), "0x7f7fffff");
  EXPECT_EQ(F32("340282356779733661637539395458142568448"), "out of range");
  EXPECT_EQ(F32("1e39"), "out of range");
  EXPECT_EQ(F32("-1e999999999999999999999"), "out of range");
  EXPECT_EQ(F32("1e-999999999999999999999"), "0x0");
  // Subnormal.
  EXPECT_EQ(F32("0x1p-149"), "0x1");
  EXPECT_EQ(F32("0x1p-150"), "0x0");
  EXPECT_EQ(F32("0x1.0000000000000000000001p-150"), "0x1");
  EXPECT_EQ(F32("0x1.8p-149"), "0x2");
  EXPECT_EQ(F32("0x1.7fffffp-149"), "0x1");
  EXPECT_EQ(F32("0x0.fffffep-126"), "0x7fffff");
  EXPECT_EQ(F32("0x0.ffffffp-126"), "0x800000");
  EXPECT_EQ(F32("-0x1p-300"), "0x80000000");
  EXPECT_EQ(F32("7.00649232162408535461864791644958e-46"), "0x0");
  EXPECT_EQ(F32("7.00649232162408535461864791644958065640130970938257885878534"
                "141944895541342930300743319094181060791015626e-46"),
            "0x1");
}

TEST(NumbersTest, F64Halfway) {
  EXPECT_EQ(F64("0x1.00000000000008p0"), "0x3ff0000000000000");
  EXPECT_EQ(F64("0x1.0000000000000800000000000000001p0"), "0x3ff0000000000001");
  EXPECT_EQ(F64("0x1.00000000000018p0"), "0x3ff0000000000002");
  EXPECT_EQ(F64("0x1.fffffffffffff7ffffffp1023"), "0x7fefffffffffffff");
  EXPECT_EQ(F64("0x1.fffffffffffff8p1023"), "out of range");
  EXPECT_EQ(F64("1.7976931348623158e308"), "0x7fefffffffffffff");
  EXPECT_EQ(F64("1.797693134862315808e308"), "out of range");
  EXPECT_EQ(F64("0x1p-1074"), "0x1");
  EXPECT_EQ(F64("0x1p-1075"), "0x0");
  EXPECT_EQ(F64("0x1.00000000000001p-1075"), "0x1");
  EXPECT_EQ(F64("4.9406564584124654e-324"), "0x1");
  EXPECT_EQ(F64("2.4703282292062327e-324"), "0x0");
  EXPECT_EQ(F64("2.4703282292062328e-324"), "0x1");
  EXPECT_EQ(F64("2.2250738585072011e-308"), "0xfffffffffffff");
  EXPECT_EQ(F64("9007199254740993"), "0x4340000000000000");
  EXPECT_EQ(F64("9007199254740993.00000000000000000000000000000000000001"),
            "0x4340000000000001");
  EXPECT_EQ(F64("0x20000000000001"), "0x4340000000000000");
}

TEST(NumbersTest, LongNumbers) {
  const std::string zeros(100000, '0');
  EXPECT_EQ(F64(absl::StrCat("0x1", zeros, "p-400000")), "0x3ff0000000000000");
  EXPECT_EQ(F64(absl::StrCat("0x0.", zeros, "1p400004")), "0x3ff0000000000000");
  EXPECT_EQ(F64(absl::StrCat("1", zeros, "e-100000")), "0x3ff0000000000000");
  EXPECT_EQ(F64(absl::StrCat("0.", zeros, "1e100001")), "0x3ff0000000000000");
  EXPECT_EQ(F64(absl::StrCat("1", zeros)), "out of range");
  EXPECT_EQ(Unsigned(absl::StrCat(zeros, "7")), "0x7");
  EXPECT_EQ(Unsigned(absl::StrCat("7", zeros)), "out of range");
  EXPECT_EQ(F32(absl::StrCat("1.000000059604644775390625", zeros, "1")),
            "0x3f800001");
}

template <typename Bits, typename Float>
std::string ShowFloat(Float value) {
  if (std::isinf(value)) return "out of range";
  return Show(NumberResult::kOk, std::bit_cast<Bits>(value));
}

// The C library rounds decimal numbers correctly. Not so hexadecimal ones that
// are subnormal; but those here are exact in 80 bits, from where the processor
// rounds.
TEST(NumbersTest, AgreesWithTheCLibrary) {
  std::mt19937_64 random(1);
  for (int i = 0; i < 100000; ++i) {
    const auto value = std::bit_cast<double>(random());
    const auto narrow = std::bit_cast<float>(static_cast<uint32_t>(random()));
    if (!std::isfinite(value) || !std::isfinite(narrow)) continue;
    const int digits = static_cast<int>(random() % 25);
    for (const std::string& text :
         {absl::StrFormat("%.*e", digits, value),
          absl::StrFormat("%.*e", digits, narrow),
          // Exactly between two floats.
          absl::StrFormat(
              "%.160e",
              0.5 * (double{narrow} + double{std::nextafter(narrow, 0.0f)}))}) {
      ASSERT_EQ(F32(text),
                ShowFloat<uint32_t>(std::strtof(text.c_str(), nullptr)))
          << text;
      ASSERT_EQ(F64(text),
                ShowFloat<uint64_t>(std::strtod(text.c_str(), nullptr)))
          << text;
    }
    for (const std::string& text :
         {absl::StrFormat("%.*a", digits, value),
          absl::StrFormat("%.*a", digits, narrow),
          absl::StrFormat("0x%xp%d", random(),
                          static_cast<int>(random() % 400) - 250),
          absl::StrFormat("0x%xp%d", random(),
                          static_cast<int>(random() % 2400) - 1250)}) {
      const long double exact = std::strtold(text.c_str(), nullptr);
      ASSERT_EQ(F32(text), ShowFloat<uint32_t>(static_cast<float>(exact)))
          << text;
      ASSERT_EQ(F64(text), ShowFloat<uint64_t>(static_cast<double>(exact)))
          << text;
    }
  }
}

}  // namespace
}  // namespace weft::wasm
