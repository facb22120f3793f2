#include "check/random.h"

#include <cstdint>
#include <set>
#include <vector>

#include "gtest/gtest.h"

namespace weft::check {
namespace {

TEST(ByteSourceTest, SameSeedSameNumbers) {
  ByteSource a(7), b(7), c(8);
  int differing = 0;
  for (int i = 0; i < 100; ++i) {
    const uint64_t x = a.Bits(64);
    EXPECT_EQ(x, b.Bits(64));
    differing += x != c.Bits(64);
  }
  EXPECT_EQ(differing, 100);
}

// They are written down in seeds of findings.
TEST(ByteSourceTest, NumbersNeverChange) {
  ByteSource source(1);
  EXPECT_EQ(source.Bits(64), 0x5c7ec680dc490cd2u);
  EXPECT_EQ(source.Below(1000), 711u);
  EXPECT_EQ(Mix(0, 0), 0x74bffc1f1533ed0cu);
  EXPECT_EQ(Mix(1, 2), 0x5a0f21babc5bb814u);
}

TEST(ByteSourceTest, GivenBytesComeFirst) {
  const std::vector<uint8_t> bytes = {0x12, 0x34, 0x56, 0x78, 0x9a, 0xff};
  ByteSource source(0, bytes);
  EXPECT_EQ(source.Bits(8), 0x12u);
  EXPECT_EQ(source.Bits(4), 0x4u);
  EXPECT_EQ(source.Bits(16), 0x7856u);
  EXPECT_EQ(source.Below(100), 0x9au % 100);
  EXPECT_EQ(source.given_left(), 1u);
  // The last byte is the low one.
  EXPECT_EQ(source.Bits(32), 0xffu);
  EXPECT_EQ(source.given_left(), 0u);
  // What follows is the sequence of the seed from its beginning.
  EXPECT_EQ(source.Bits(64), ByteSource(0).Bits(64));
}

TEST(ByteSourceTest, SmallNumbersTakeOneByte) {
  const std::vector<uint8_t> bytes(12, 3);
  ByteSource source(0, bytes);
  EXPECT_EQ(source.Below(256), 3u);
  EXPECT_EQ(source.given_left(), 11u);
  EXPECT_EQ(source.Below(257), 0x0303u % 257);
  EXPECT_EQ(source.given_left(), 9u);
  EXPECT_EQ(source.Below(1u << 24), 0x030303u);
  EXPECT_EQ(source.given_left(), 6u);
  EXPECT_EQ(source.Below(0xffffffff), 0x03030303u);
  EXPECT_EQ(source.given_left(), 2u);
}

TEST(ByteSourceTest, BelowReachesAllAndNoMore) {
  ByteSource source(3);
  std::vector<int> count(7);
  for (int i = 0; i < 7000; ++i) ++count.at(source.Below(7));
  for (int c : count) {
    EXPECT_GT(c, 800);
    EXPECT_LT(c, 1200);
  }
  EXPECT_EQ(source.Below(1), 0u);
  for (int i = 0; i < 100; ++i) {
    const uint32_t x = source.Between(5, 6);
    EXPECT_TRUE(x == 5 || x == 6);
  }
}

TEST(ByteSourceTest, BitsFillTheirWidth) {
  ByteSource source(9);
  for (int n = 1; n <= 64; ++n) {
    uint64_t seen = 0;
    for (int i = 0; i < 64; ++i) seen |= source.Bits(n);
    EXPECT_EQ(seen, ~uint64_t{0} >> (64 - n)) << n;
  }
}

TEST(ByteSourceTest, ChancesAreAbout) {
  ByteSource source(11);
  int one_in_four = 0, ninety = 0;
  for (int i = 0; i < 4000; ++i) {
    one_in_four += source.OneIn(4);
    ninety += source.Percent(90);
  }
  EXPECT_NEAR(one_in_four, 1000, 150);
  EXPECT_NEAR(ninety, 3600, 150);
  EXPECT_FALSE(source.Percent(0));
  EXPECT_TRUE(source.Percent(100));
}

TEST(ByteSourceTest, PicksFromSpansAndArrays) {
  ByteSource source(2);
  const int values[] = {4, 5, 6};
  const std::vector<int> vector = {7, 8};
  std::set<int> seen;
  for (int i = 0; i < 100; ++i) {
    seen.insert(source.Pick(values));
    seen.insert(source.Pick(absl::MakeConstSpan(vector)));
  }
  EXPECT_EQ(seen, (std::set<int>{4, 5, 6, 7, 8}));
}

TEST(MixTest, NeighboursDiffer) {
  std::set<uint64_t> seen;
  for (uint64_t a = 0; a < 50; ++a) {
    for (uint64_t b = 0; b < 50; ++b) seen.insert(Mix(a, b));
  }
  EXPECT_EQ(seen.size(), 2500u);
}

}  // namespace
}  // namespace weft::check
