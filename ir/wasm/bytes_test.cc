#include "ir/wasm/bytes.h"

#include <gtest/gtest.h>

#include <string>

namespace weft::wasm {
namespace {

using Bytes = std::vector<uint8_t>;

template <typename T>
struct Decoded {
  bool ok;
  T value;
  size_t rest;
  std::string error;
};

template <typename T>
Decoded<T> Decode(const Bytes& bytes, bool (ByteReader::*method)(T*)) {
  ByteReader reader(bytes, 0);
  Decoded<T> result = {};
  result.ok = (reader.*method)(&result.value);
  result.rest = reader.remaining();
  result.error = std::string(reader.error());
  return result;
}

TEST(ByteReaderTest, UnsignedLebs) {
  EXPECT_EQ(Decode({0x7f}, &ByteReader::ReadU32).value, 127u);
  EXPECT_EQ(Decode({0x80, 1}, &ByteReader::ReadU32).value, 128u);
  // Overlong within five bytes.
  EXPECT_EQ(Decode({0x83, 0x80, 0x80, 0x80, 0}, &ByteReader::ReadU32).value,
            3u);
  EXPECT_EQ(Decode({0xff, 0xff, 0xff, 0xff, 0x0f}, &ByteReader::ReadU32).value,
            0xffffffffu);
  auto result = Decode({0xff, 0xff, 0xff, 0xff, 0x1f}, &ByteReader::ReadU32);
  EXPECT_FALSE(result.ok);
  EXPECT_EQ(result.error, "integer too large");
  EXPECT_EQ(result.rest, 5u);
  result = Decode({0x80, 0x80, 0x80, 0x80, 0x80, 0}, &ByteReader::ReadU32);
  EXPECT_EQ(result.error, "integer representation too long");
  result = Decode({0x80}, &ByteReader::ReadU32);
  EXPECT_EQ(result.error, "unexpected end");
  EXPECT_EQ(result.rest, 1u);
  EXPECT_EQ(Decode({0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 1},
                   &ByteReader::ReadU64)
                .value,
            ~uint64_t{0});
  EXPECT_FALSE(Decode({0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 2},
                      &ByteReader::ReadU64)
                   .ok);
}

TEST(ByteReaderTest, SignedLebs) {
  EXPECT_EQ(Decode({0x7f}, &ByteReader::ReadS32).value, -1);
  EXPECT_EQ(Decode({0x3f}, &ByteReader::ReadS32).value, 63);
  EXPECT_EQ(Decode({0x40}, &ByteReader::ReadS32).value, -64);
  EXPECT_EQ(Decode({0xff, 0xff, 0xff, 0xff, 0x7f}, &ByteReader::ReadS32).value,
            -1);
  EXPECT_EQ(Decode({0x80, 0x80, 0x80, 0x80, 0x78}, &ByteReader::ReadS32).value,
            INT32_MIN);
  // Unused bits that are not the sign.
  EXPECT_FALSE(Decode({0xff, 0xff, 0xff, 0xff, 0x0f}, &ByteReader::ReadS32).ok);
  EXPECT_FALSE(Decode({0x80, 0x80, 0x80, 0x80, 0x70}, &ByteReader::ReadS32).ok);
  EXPECT_EQ(Decode({0x80, 0x80, 0x80, 0x80, 0x70}, &ByteReader::ReadS33).value,
            -(int64_t{1} << 32));
  EXPECT_EQ(Decode({0xff, 0xff, 0xff, 0xff, 0x0f}, &ByteReader::ReadS33).value,
            int64_t{0xffffffff});
  EXPECT_EQ(Decode({0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x7f},
                   &ByteReader::ReadS64)
                .value,
            INT64_MIN);
}

TEST(ByteWriterTest, LebsAreMinimalAndReadBack) {
  for (int shift = 0; shift < 64; ++shift) {
    for (int delta = -1; delta <= 1; ++delta) {
      const uint64_t value = (uint64_t{1} << shift) + delta;
      ByteWriter writer;
      writer.U64(value);
      EXPECT_EQ(writer.size(), static_cast<size_t>(LebSize(value)));
      EXPECT_EQ(Decode(writer.bytes(), &ByteReader::ReadU64).value, value);
      for (const int64_t v :
           {static_cast<int64_t>(value), static_cast<int64_t>(~value)}) {
        writer.clear();
        writer.S64(v);
        EXPECT_EQ(writer.size(), static_cast<size_t>(SignedLebSize(v)));
        EXPECT_EQ(Decode(writer.bytes(), &ByteReader::ReadS64).value, v);
      }
    }
  }
}

TEST(ByteReaderTest, NamesAreCheckedUtf8) {
  ByteReader reader(Bytes(), 0);
  const Bytes good = {3, 'a', 0, 'b'};
  absl::string_view name;
  reader = ByteReader(good, 0);
  EXPECT_TRUE(reader.ReadName(&name));
  EXPECT_EQ(name, absl::string_view("a\0b", 3));
  const Bytes bad = {2, 0xc0, 0x80};
  reader = ByteReader(bad, 7);
  EXPECT_FALSE(reader.ReadName(&name));
  EXPECT_EQ(reader.StatusHere("import section").message(),
            "malformed UTF-8 encoding at offset 7 in import section");
  const Bytes overrun = {5, 'a'};
  reader = ByteReader(overrun, 0);
  EXPECT_FALSE(reader.ReadName(&name));
  EXPECT_EQ(reader.offset(), 0u);
}

TEST(Utf8Test, Boundaries) {
  for (const char* good :
       {"", "ascii of more than eight bytes", "\x7f", "\xc2\x80", "\xdf\xbf",
        "\xe0\xa0\x80", "\xed\x9f\xbf", "\xee\x80\x80", "\xef\xbf\xbf",
        "\xf0\x90\x80\x80", "\xf4\x8f\xbf\xbf"}) {
    EXPECT_TRUE(IsUtf8(good)) << good;
  }
  for (const char* bad :
       {"\x80", "\xc1\xbf", "\xc2", "\xc2\x7f", "\xe0\x9f\xbf", "\xed\xa0\x80",
        "\xe1\x80", "\xf0\x8f\xbf\xbf", "\xf4\x90\x80\x80", "\xf5\x80\x80\x80",
        "eight by\xff", "\xf1\x80\x80"}) {
    EXPECT_FALSE(IsUtf8(bad)) << bad;
  }
}

}  // namespace
}  // namespace weft::wasm
