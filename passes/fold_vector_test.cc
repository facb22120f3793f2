// Vector operators against literals. Vectors are written as 32 hex digits,
// byte 0 first, so that lanes of every width read from left to right in the
// order of their numbers (and little-endian inside).
#include <cstdint>

#include "absl/strings/escaping.h"
#include "absl/strings/string_view.h"
#include "gtest/gtest.h"
#include "passes/fold.h"
#include "passes/fold_test_values.h"

namespace weft::passes {
namespace {

ConstValue V(absl::string_view hex) {
  const std::string bytes = absl::HexStringToBytes(hex);
  EXPECT_EQ(bytes.size(), 16u) << hex;
  ConstValue value = ConstValue::V128(0, 0);
  for (int i = 0; i < 16; ++i) {
    const uint64_t byte = static_cast<uint8_t>(bytes[i]);
    (i < 8 ? value.bits : value.high) |= byte << (i % 8 * 8);
  }
  return value;
}

const char kCount[] = "000102030405060708090a0b0c0d0e0f";
const char kZero[] = "00000000000000000000000000000000";
const char kOnes[] = "ffffffffffffffffffffffffffffffff";

TEST(FoldVectorTest, Bitwise) {
  const ConstValue a = V("0f0f0f0f0f0f0f0f3333333333333333");
  const ConstValue b = V("00ff00ff00ff00ff00ff00ff00ff00ff");
  CheckAll({
      {"v128.not", {V(kZero)}, V(kOnes)},
      {"v128.and", {a, b}, V("000f000f000f000f0033003300330033")},
      {"v128.andnot", {a, b}, V("0f000f000f000f003300330033003300")},
      {"v128.or", {a, b}, V("0fff0fff0fff0fff33ff33ff33ff33ff")},
      {"v128.xor", {a, b}, V("0ff00ff00ff00ff033cc33cc33cc33cc")},
      {"v128.bitselect",
       {V(kOnes), V(kCount), b},
       V("00ff02ff04ff06ff08ff0aff0cff0eff")},
      {"v128.any_true", {V(kZero)}, I(0)},
      {"v128.any_true", {V("00000000000000000000000000000080")}, I(1)},
  });
}

TEST(FoldVectorTest, Lanes) {
  const ConstValue a = V("80ff0102030405060708090a0b0c0d8e");
  CheckAll({
      {"i8x16.extract_lane_s", {a}, I(-128), {0}},
      {"i8x16.extract_lane_u", {a}, I(0x80), {0}},
      {"i8x16.extract_lane_u", {a}, I(0x8e), {15}},
      {"i16x8.extract_lane_s", {a}, I(-128), {0}},
      {"i16x8.extract_lane_u", {a}, I(0xff80), {0}},
      {"i16x8.extract_lane_s", {a}, I(-29171), {7}},
      {"i32x4.extract_lane", {a}, I(0x0a090807), {2}},
      {"i64x2.extract_lane", {a}, L(0x060504030201ff80), {0}},
      {"f32x4.extract_lane", {a}, ConstValue::F32(0x0a090807), {2}},
      {"f64x2.extract_lane", {a}, ConstValue::F64(0x060504030201ff80), {0}},
      {"i8x16.replace_lane",
       {V(kZero), I(0x1ff)},
       V("00000000000000000000ff0000000000"),
       {10}},
      {"i16x8.replace_lane",
       {V(kOnes), I(0x12345)},
       V("ffff4523ffffffffffffffffffffffff"),
       {1}},
      {"i32x4.replace_lane",
       {V(kZero), I(1)},
       V("00000000000000000000000001000000"),
       {3}},
      {"i64x2.replace_lane",
       {V(kZero), L(-1)},
       V("0000000000000000ffffffffffffffff"),
       {1}},
      {"f32x4.replace_lane",
       {V(kZero), ConstValue::F32(0x7fa00001)},
       V("0100a07f000000000000000000000000"),
       {0}},
      {"f64x2.replace_lane",
       {V(kZero), D(1.0)},
       V("0000000000000000000000000000f03f"),
       {1}},
      {"i8x16.splat", {I(0x123)}, V("23232323232323232323232323232323")},
      {"i16x8.splat", {I(0x12345)}, V("45234523452345234523452345234523")},
      {"i32x4.splat", {I(1)}, V("01000000010000000100000001000000")},
      {"i64x2.splat", {L(-2)}, V("fefffffffffffffffeffffffffffffff")},
      {"f32x4.splat", {F(1.0f)}, V("0000803f0000803f0000803f0000803f")},
      {"f64x2.splat", {D(-2.0)}, V("00000000000000c000000000000000c0")},
  });
}

TEST(FoldVectorTest, ShuffleAndSwizzle) {
  CheckAll({
      {"i8x16.shuffle",
       {V(kCount), V("101112131415161718191a1b1c1d1e1f")},
       V("1f00100f000000000000000000000011"),
       {0x000000000f10001f, 0x1100000000000000}},
      {"i8x16.swizzle",
       {V("a0a1a2a3a4a5a6a7a8a9aaabacadaeaf"),
        V("0f10ff00010280000000000000000000")},
       V("af0000a0a1a200a0a0a0a0a0a0a0a0a0")},
  });
}

TEST(FoldVectorTest, IntegerLanes) {
  const ConstValue a = V("807f00ff807f00ff807f00ff807f00ff");
  const ConstValue b = V("01010101010101010101010101010101");
  CheckAll({
      {"i8x16.add", {a, b}, V("81800100818001008180010081800100")},
      {"i8x16.sub", {a, b}, V("7f7efffe7f7efffe7f7efffe7f7efffe")},
      {"i8x16.add_sat_s", {a, b}, V("817f0100817f0100817f0100817f0100")},
      {"i8x16.add_sat_u", {a, b}, V("818001ff818001ff818001ff818001ff")},
      {"i8x16.sub_sat_s", {a, b}, V("807efffe807efffe807efffe807efffe")},
      {"i8x16.sub_sat_u", {a, b}, V("7f7e00fe7f7e00fe7f7e00fe7f7e00fe")},
      {"i8x16.min_s", {a, b}, V("800100ff800100ff800100ff800100ff")},
      {"i8x16.min_u", {a, b}, V("01010001010100010101000101010001")},
      {"i8x16.max_s", {a, b}, V("017f0101017f0101017f0101017f0101")},
      {"i8x16.max_u", {a, b}, V("807f01ff807f01ff807f01ff807f01ff")},
      {"i8x16.avgr_u", {a, b}, V("41400180414001804140018041400180")},
      {"i8x16.abs", {a}, V("807f0001807f0001807f0001807f0001")},
      {"i8x16.neg", {a}, V("80810001808100018081000180810001")},
      {"i8x16.popcnt", {a}, V("01070008010700080107000801070008")},
      {"i8x16.lt_s", {a, b}, V("ff00ffffff00ffffff00ffffff00ffff")},
      {"i8x16.lt_u", {a, b}, V("0000ff000000ff000000ff000000ff00")},
      {"i8x16.shl", {a, I(9)}, V("00fe00fe00fe00fe00fe00fe00fe00fe")},
      {"i8x16.shr_s", {a, I(1)}, V("c03f00ffc03f00ffc03f00ffc03f00ff")},
      {"i8x16.shr_u", {a, I(-7)}, V("403f007f403f007f403f007f403f007f")},
      {"i16x8.mul",
       {V("ffff0200003000000000000000000000"),
        V("ffff0300001000000000000000000000")},
       V("01000600000000000000000000000000")},
      {"i16x8.shr_s",
       {V("00800100000000000000000000000000"), I(31)},
       V("ffff0000000000000000000000000000")},
      {"i16x8.avgr_u",
       {V("ffffffff000000000000000000000000"),
        V("ffff0000000000000000000000000000")},
       V("ffff0080000000000000000000000000")},
      {"i16x8.q15mulr_sat_s",
       {V("0080ff7f004000000000000000000000"),
        V("0080ff7f004000000000000000000000")},
       V("ff7ffe7f002000000000000000000000")},
      {"i32x4.mul",
       {V("ffffffff010001000000000000000000"),
        V("ffffffff010001000000000000000000")},
       V("01000000010002000000000000000000")},
      {"i32x4.abs",
       {V("00000080ffffffff0100000000000000")},
       V("00000080010000000100000000000000")},
      {"i64x2.mul",
       {V(kOnes), V(kOnes)},
       V("01000000000000000100000000000000")},
      {"i64x2.abs",
       {V("0000000000000080ffffffffffffffff")},
       V("00000000000000800100000000000000")},
      {"i64x2.shl", {V(kOnes), I(127)}, V("00000000000000800000000000000080")},
      {"i64x2.shr_u", {V(kOnes), I(63)}, V("01000000000000000100000000000000")},
      {"i64x2.gt_s",
       {V(kZero), V("ffffffffffffffff0100000000000000")},
       V("ffffffffffffffff0000000000000000")},
  });
}

TEST(FoldVectorTest, TestsAndMasks) {
  CheckAll({
      {"i8x16.all_true", {V(kOnes)}, I(1)},
      {"i8x16.all_true", {V(kCount)}, I(0)},
      {"i16x8.all_true", {V(kCount)}, I(1)},
      {"i32x4.all_true", {V("01000000010000000000000001000000")}, I(0)},
      {"i64x2.all_true", {V("00000000000000800100000000000000")}, I(1)},
      {"i8x16.bitmask", {V("80007f00000000000000000000000080")}, I(0x8001)},
      {"i16x8.bitmask", {V("00808000000000000000000000000080")}, I(0x81)},
      {"i32x4.bitmask", {V(kOnes)}, I(15)},
      {"i64x2.bitmask", {V("00000000000000000000000000000080")}, I(2)},
  });
}

TEST(FoldVectorTest, WidthsChange) {
  const ConstValue a = V("80ff7f00ffff008000000180ff7f0040");
  CheckAll({
      {"i8x16.narrow_i16x8_s",
       {a, V(kZero)},
       V("807fff8000807f7f0000000000000000")},
      {"i8x16.narrow_i16x8_u",
       {a, V(kZero)},
       V("007f00000000ffff0000000000000000")},
      {"i16x8.narrow_i32x4_s",
       {V("ff7f000000800000ff7fffff0080ffff"), V(kOnes)},
       V("ff7fff7f00800080ffffffffffffffff")},
      {"i16x8.narrow_i32x4_u",
       {V("ffff000000000100ffffffff00000080"), V(kZero)},
       V("ffffffff000000000000000000000000")},
      {"i16x8.extend_low_i8x16_s", {a}, V("80ffffff7f000000ffffffff000080ff")},
      {"i16x8.extend_high_i8x16_u", {a}, V("0000000001008000ff007f0000004000")},
      {"i32x4.extend_high_i16x8_s", {a}, V("000000000180ffffff7f000000400000")},
      {"i64x2.extend_low_i32x4_u",
       {V(kOnes)},
       V("ffffffff00000000ffffffff00000000")},
      {"i16x8.extmul_low_i8x16_s",
       {V("80ff0000000000000000000000000000"),
        V("80ff0000000000000000000000000000")},
       V("00400100000000000000000000000000")},
      {"i16x8.extmul_low_i8x16_u",
       {V("80ff0000000000000000000000000000"),
        V("80ff0000000000000000000000000000")},
       V("004001fe000000000000000000000000")},
      {"i32x4.extmul_high_i16x8_s",
       {V("00000000000000000080ffff00000000"),
        V("0000000000000000ff7f010000000000")},
       V("008000c0ffffffff0000000000000000")},
      {"i64x2.extmul_high_i32x4_u",
       {V(kOnes), V(kOnes)},
       V("01000000feffffff01000000feffffff")},
      {"i64x2.extmul_low_i32x4_s",
       {V(kOnes), V(kOnes)},
       V("01000000000000000100000000000000")},
      {"i16x8.extadd_pairwise_i8x16_s",
       {V(kOnes)},
       V("fefffefffefffefffefffefffefffeff")},
      {"i16x8.extadd_pairwise_i8x16_u",
       {V(kOnes)},
       V("fe01fe01fe01fe01fe01fe01fe01fe01")},
      {"i32x4.extadd_pairwise_i16x8_u",
       {V(kOnes)},
       V("feff0100feff0100feff0100feff0100")},
      {"i32x4.dot_i16x8_s",
       {V("00800080010002000000000000000000"),
        V("008000800300ffff0000000000000000")},
       V("00000080010000000000000000000000")},
  });
}

TEST(FoldVectorTest, FloatLanes) {
  const ConstValue ones = V("0000803f0000803f0000803f0000803f");
  const ConstValue with_nan = V("0000c07f0000803f0000803f0000803f");
  CheckAll({
      {"f32x4.add", {ones, ones}, V("00000040000000400000004000000040")},
      {"f32x4.add", {ones, with_nan}, {}},
      {"f32x4.div", {V(kZero), V(kZero)}, {}},
      {"f32x4.abs", {V(kOnes)}, V("ffffff7fffffff7fffffff7fffffff7f")},
      {"f64x2.neg", {V(kZero)}, V("00000000000000800000000000000080")},
      {"f32x4.min", {ones, with_nan}, {}},
      // The first operand unless the second is less: NaNs pass through.
      {"f32x4.pmin", {with_nan, ones}, with_nan},
      {"f32x4.pmin", {ones, with_nan}, ones},
      {"f32x4.pmax", {ones, with_nan}, ones},
      {"f32x4.pmax",
       {V("00000080000000000000803f00000000"),
        V("0000000000000080000000400000c07f")},
       V("00000080000000000000004000000000")},
      {"f64x2.pmin",
       {V(kZero), V("000000000000f0bf010000000000f07f")},
       V("000000000000f0bf0000000000000000")},
      {"f32x4.eq", {with_nan, with_nan}, V("00000000ffffffffffffffffffffffff")},
      {"f32x4.ne", {with_nan, with_nan}, V("ffffffff000000000000000000000000")},
      {"f64x2.lt",
       {V(kZero), V("000000000000f03f0000000000000080")},
       V("ffffffffffffffff0000000000000000")},
      {"f32x4.nearest",
       {V("0000003f0000c03f0000204000000080")},
       V("00000000000000400000004000000080")},
      {"f64x2.sqrt", {V("0000000000001040000000000000f0bf")}, {}},
      {"i32x4.trunc_sat_f32x4_s",
       {V("0000c07f0000004f000000cf000080bf")},
       V("00000000ffffff7f00000080ffffffff")},
      {"i32x4.trunc_sat_f32x4_u",
       {V("0000c07f0000804f000000cf0000003f")},
       V("00000000ffffffff0000000000000000")},
      {"i32x4.trunc_sat_f64x2_s_zero",
       {V("0000000000000440000000000000f0ff")},
       V("02000000000000800000000000000000")},
      {"i32x4.trunc_sat_f64x2_u_zero",
       {V("000000000000f87f000000000000f07f")},
       V("00000000ffffffff0000000000000000")},
      {"f32x4.convert_i32x4_s",
       {V("ffffffff010000010300000100000080")},
       V("000080bf0000804b0200804b000000cf")},
      {"f32x4.convert_i32x4_u",
       {V(kOnes)},
       V("0000804f0000804f0000804f0000804f")},
      {"f64x2.convert_low_i32x4_s",
       {V("ffffffff00000080ffffffffffffffff")},
       V("000000000000f0bf000000000000e0c1")},
      {"f64x2.convert_low_i32x4_u",
       {V("ffffffff00000080ffffffffffffffff")},
       V("0000e0ffffffef41000000000000e041")},
      {"f32x4.demote_f64x2_zero",
       {V("000000000000f03f000000000000f07f")},
       V("0000803f0000807f0000000000000000")},
      {"f32x4.demote_f64x2_zero", {V("000000000000f87f000000000000f07f")}, {}},
      {"f64x2.promote_low_f32x4",
       {V("0000803f000080ff0000c07f0000c07f")},
       V("000000000000f03f000000000000f0ff")},
      {"f64x2.promote_low_f32x4", {with_nan}, {}},
  });
}

}  // namespace
}  // namespace weft::passes
