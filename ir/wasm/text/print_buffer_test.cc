#include "ir/wasm/text/print_buffer.h"

#include <bit>
#include <cstdint>
#include <limits>
#include <string>
#include <vector>

#include "gtest/gtest.h"

namespace weft::wasm {
namespace {

constexpr size_t kLimit = 1 << 20;

std::string F32Text(uint32_t bits) {
  PrintBuffer out(kLimit);
  out.F32(bits);
  return out.Take();
}

std::string F64Text(uint64_t bits) {
  PrintBuffer out(kLimit);
  out.F64(bits);
  return out.Take();
}

std::string NameText(absl::string_view name) {
  PrintBuffer out(kLimit);
  AppendNameString(name, &out);
  return out.Take();
}

TEST(PrintBufferTest, WritesIntegers) {
  PrintBuffer out(kLimit);
  for (uint64_t value :
       {uint64_t{0}, uint64_t{9}, uint64_t{10}, uint64_t{99}, uint64_t{100},
        uint64_t{1234567}, std::numeric_limits<uint64_t>::max()}) {
    out.Decimal(value);
    out.Char(' ');
  }
  for (int64_t value : {int64_t{7}, int64_t{-1}, int64_t{-100},
                        std::numeric_limits<int64_t>::min()}) {
    out.Signed(value);
    out.Char(' ');
  }
  out.Hex(0);
  out.Char(' ');
  out.Hex(0xabc, 8);
  EXPECT_EQ(out.view(),
            "0 9 10 99 100 1234567 18446744073709551615 "
            "7 -1 -100 -9223372036854775808 0x0 0x00000abc");
}

TEST(PrintBufferTest, WritesFloats) {
  const auto bits = [](float value) { return std::bit_cast<uint32_t>(value); };
  EXPECT_EQ(F32Text(bits(0.0f)), "0");
  EXPECT_EQ(F32Text(bits(-0.0f)), "-0");
  EXPECT_EQ(F32Text(bits(1.5f)), "1.5");
  EXPECT_EQ(F32Text(bits(0.1f)), "0.1");
  EXPECT_EQ(F32Text(bits(1e10f)), "1e+10");
  EXPECT_EQ(F32Text(1), "1e-45");
  EXPECT_EQ(F32Text(0x7f7fffff), "3.4028235e+38");
  EXPECT_EQ(F32Text(0x7f800000), "inf");
  EXPECT_EQ(F32Text(0xff800000), "-inf");
  EXPECT_EQ(F64Text(std::bit_cast<uint64_t>(0.1)), "0.1");
  EXPECT_EQ(F64Text(1), "5e-324");
  EXPECT_EQ(F64Text(0xfff0000000000000), "-inf");
}

TEST(PrintBufferTest, WritesPayloadsOfNans) {
  EXPECT_EQ(F32Text(0x7fc00000), "nan");
  EXPECT_EQ(F32Text(0xffc00000), "-nan");
  EXPECT_EQ(F32Text(0x7f800001), "nan:0x1");
  EXPECT_EQ(F32Text(0xffffffff), "-nan:0x7fffff");
  EXPECT_EQ(F64Text(0x7ff8000000000000), "nan");
  EXPECT_EQ(F64Text(0xfff4000000000000), "-nan:0x4000000000000");
}

TEST(PrintBufferTest, EscapesWhatTerminalsObey) {
  EXPECT_EQ(NameText("a\"b\\c"), "\"a\\\"b\\\\c\"");
  EXPECT_EQ(NameText("\t\n\r\x1b[2J\x7f"), "\"\\t\\n\\r\\1b[2J\\7f\"");
  EXPECT_EQ(NameText(std::string("\0", 1)), "\"\\00\"");
  // Letters of any script stay.
  EXPECT_EQ(NameText("größe 大小 😀"), "\"größe 大小 😀\"");
  // C1 control, change of direction, line separator, byte order mark.
  EXPECT_EQ(NameText("\u0085"), "\"\\c2\\85\"");
  EXPECT_EQ(NameText("\u202e"), "\"\\e2\\80\\ae\"");
  EXPECT_EQ(NameText("\u206c"), "\"\\e2\\81\\ac\"");
  EXPECT_EQ(NameText("\u2028"), "\"\\e2\\80\\a8\"");
  EXPECT_EQ(NameText("\ufeff"), "\"\\ef\\bb\\bf\"");
}

TEST(PrintBufferTest, EscapesBytes) {
  PrintBuffer out(kLimit);
  std::vector<uint8_t> bytes;
  for (int byte = 0; byte < 256; ++byte) {
    bytes.push_back(static_cast<uint8_t>(byte));
  }
  AppendEscapedBytes(bytes, &out);
  const std::string text = out.Take();
  EXPECT_EQ(text.substr(0, 42),
            "\\00\\01\\02\\03\\04\\05\\06\\07\\08\\t\\n\\0b\\0c\\r\\0e");
  EXPECT_NE(text.find(" !\\\"#"), std::string::npos);
  EXPECT_NE(text.find("[\\\\]"), std::string::npos);
  EXPECT_NE(text.find("~\\7f\\80"), std::string::npos);
  EXPECT_EQ(text.substr(text.size() - 3), "\\ff");
}

TEST(PrintBufferTest, KnowsIdentifiers) {
  EXPECT_TRUE(IsPlainId("a.b::c<d>#1"));
  EXPECT_FALSE(IsPlainId(""));
  EXPECT_FALSE(IsPlainId("a b"));
  EXPECT_FALSE(IsPlainId("a(b)"));
  EXPECT_FALSE(IsPlainId("a,b"));
  EXPECT_FALSE(IsPlainId("ä"));
}

TEST(PrintBufferTest, ForgetsWhatIsTooLong) {
  for (auto kind : {PrintBuffer::Kind::kWhole, PrintBuffer::Kind::kOutward}) {
    PrintBuffer out(300000, kind);
    const std::string part(100000, 'x');
    for (int i = 0; i < 3; ++i) out.Text(part);
    EXPECT_FALSE(out.overflow());
    EXPECT_EQ(out.size(), 300000u);
    for (int i = 0; i < 100; ++i) {
      out.Text(part);
      EXPECT_LE(out.size(), 600000u);
    }
    EXPECT_TRUE(out.overflow());
  }
}

TEST(PrintBufferTest, KeepsLongTexts) {
  std::string expected;
  PrintBuffer out(1 << 30, PrintBuffer::Kind::kOutward);
  for (int i = 0; i < 200000; ++i) {
    if (i % 50000 == 100) out.Expect(1 << 20);
    if (i % 70000 == 0) out.Text(std::string(300000, 'y'));
    if (i % 70000 == 0) expected.append(300000, 'y');
    out.Decimal(static_cast<uint64_t>(i));
    expected += std::to_string(i);
    ASSERT_EQ(out.size(), expected.size());
  }
  EXPECT_TRUE(out.Take() == expected);
  EXPECT_EQ(out.size(), 0u);
  out.Text("again");
  EXPECT_EQ(out.Take(), "again");
}

}  // namespace
}  // namespace weft::wasm
