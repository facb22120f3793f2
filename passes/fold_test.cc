// Expected values are literals taken from the specification's definitions
// (3.0, section 4.3), never computed.
#include "passes/fold.h"

#include <bit>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "gtest/gtest.h"
#include "ir/wasm/op.h"
#include "passes/fold_test_values.h"

namespace weft::passes {
namespace {

using wasm::InfoOf;
using wasm::Op;
using wasm::OpClass;
using wasm::OpInfo;
using wasm::ValueType;

TEST(FoldTest, DivisionAndRemainder) {
  CheckAll({
      {"i32.div_s", {I(7), I(-2)}, I(-3)},
      {"i32.div_s", {I(-7), I(2)}, I(-3)},
      {"i32.div_s", {I(1), I(0)}, {}},
      {"i32.div_s", {I(INT32_MIN), I(-1)}, {}},
      {"i32.div_s", {I(INT32_MIN), I(2)}, I(-0x40000000)},
      {"i32.div_u", {I(-1), I(2)}, I(0x7fffffff)},
      {"i32.div_u", {I(INT32_MIN), I(-1)}, I(0)},
      {"i32.div_u", {I(0), I(0)}, {}},
      {"i32.rem_s", {I(-7), I(2)}, I(-1)},
      {"i32.rem_s", {I(7), I(-2)}, I(1)},
      {"i32.rem_s", {I(INT32_MIN), I(-1)}, I(0)},
      {"i32.rem_s", {I(7), I(0)}, {}},
      {"i32.rem_u", {I(-1), I(10)}, I(5)},
      {"i32.rem_u", {I(7), I(0)}, {}},
      {"i64.div_s", {L(INT64_MIN), L(-1)}, {}},
      {"i64.div_s", {L(-9), L(4)}, L(-2)},
      {"i64.div_u", {L(-1), L(3)}, L(0x5555555555555555)},
      {"i64.div_u", {L(-1), L(0)}, {}},
      {"i64.rem_s", {L(INT64_MIN), L(-1)}, L(0)},
      {"i64.rem_s", {L(-9), L(4)}, L(-1)},
      {"i64.rem_u", {L(-1), L(10)}, L(5)},
      {"i64.rem_u", {L(1), L(0)}, {}},
  });
}

TEST(FoldTest, IntegerArithmeticWraps) {
  CheckAll({
      {"i32.add", {I(INT32_MAX), I(1)}, I(INT32_MIN)},
      {"i32.sub", {I(0), I(1)}, I(-1)},
      {"i32.mul", {I(0x10001), I(0x10001)}, I(0x20001)},
      {"i32.mul", {I(-1), I(-1)}, I(1)},
      {"i64.add", {L(INT64_MAX), L(1)}, L(INT64_MIN)},
      {"i64.sub", {L(INT64_MIN), L(1)}, L(INT64_MAX)},
      {"i64.mul", {L(0x100000001), L(0x100000001)}, L(0x200000001)},
      {"i32.and", {I(0x0ff0), I(0x3c3c)}, I(0x0c30)},
      {"i32.or", {I(0x0ff0), I(0x3c3c)}, I(0x3ffc)},
      {"i32.xor", {I(0x0ff0), I(0x3c3c)}, I(0x33cc)},
      {"i64.and", {L(-1), L(INT64_MIN)}, L(INT64_MIN)},
      {"i64.or", {L(1), L(INT64_MIN)}, L(INT64_MIN + 1)},
      {"i64.xor", {L(-1), L(1)}, L(-2)},
  });
}

TEST(FoldTest, ShiftCountsAreModuloTheWidth) {
  CheckAll({
      {"i32.shl", {I(1), I(31)}, I(INT32_MIN)},
      {"i32.shl", {I(1), I(32)}, I(1)},
      {"i32.shl", {I(1), I(-1)}, I(INT32_MIN)},
      {"i32.shr_s", {I(-8), I(1)}, I(-4)},
      {"i32.shr_s", {I(INT32_MIN), I(63)}, I(-1)},
      {"i32.shr_u", {I(-8), I(1)}, I(0x7ffffffc)},
      {"i32.shr_u", {I(-1), I(64)}, I(-1)},
      {"i32.rotl", {I(static_cast<int32_t>(0xabcd9876)), I(1)}, I(0x579b30ed)},
      {"i32.rotl", {I(0x12345678), I(36)}, I(0x23456781)},
      {"i32.rotr", {I(1), I(1)}, I(INT32_MIN)},
      {"i32.rotr", {I(0x12345678), I(32)}, I(0x12345678)},
      {"i64.shl", {L(1), L(63)}, L(INT64_MIN)},
      {"i64.shl", {L(1), L(64)}, L(1)},
      {"i64.shr_s", {L(INT64_MIN), L(63)}, L(-1)},
      {"i64.shr_u", {L(INT64_MIN), L(127)}, L(1)},
      {"i64.rotl", {L(INT64_MIN), L(1)}, L(1)},
      {"i64.rotr", {L(1), L(65)}, L(INT64_MIN)},
  });
}

TEST(FoldTest, CountsAndExtensions) {
  CheckAll({
      {"i32.clz", {I(0)}, I(32)},
      {"i32.clz", {I(-1)}, I(0)},
      {"i32.clz", {I(0x8000)}, I(16)},
      {"i32.ctz", {I(0)}, I(32)},
      {"i32.ctz", {I(INT32_MIN)}, I(31)},
      {"i32.popcnt", {I(-1)}, I(32)},
      {"i32.popcnt", {I(static_cast<int32_t>(0xdeadbeef))}, I(24)},
      {"i64.clz", {L(0)}, L(64)},
      {"i64.clz", {L(1)}, L(63)},
      {"i64.ctz", {L(0)}, L(64)},
      {"i64.ctz", {L(0x8000)}, L(15)},
      {"i64.popcnt", {L(-1)}, L(64)},
      {"i32.extend8_s", {I(0x80)}, I(-128)},
      {"i32.extend8_s", {I(0x17f)}, I(127)},
      {"i32.extend16_s", {I(0x8000)}, I(-32768)},
      {"i64.extend8_s", {L(0xff)}, L(-1)},
      {"i64.extend16_s", {L(0x1ffff7fff)}, L(0x7fff)},
      {"i64.extend32_s", {L(0x80000000)}, L(INT32_MIN)},
      {"i32.wrap_i64", {L(0x1ffffffff)}, I(-1)},
      {"i64.extend_i32_s", {I(-1)}, L(-1)},
      {"i64.extend_i32_u", {I(-1)}, L(0xffffffff)},
  });
}

TEST(FoldTest, IntegerComparisons) {
  CheckAll({
      {"i32.eqz", {I(0)}, I(1)},
      {"i32.eqz", {I(INT32_MIN)}, I(0)},
      {"i64.eqz", {L(0x100000000)}, I(0)},
      {"i64.eqz", {L(0)}, I(1)},
      {"i32.eq", {I(-1), I(-1)}, I(1)},
      {"i32.ne", {I(-1), I(-1)}, I(0)},
      {"i32.lt_s", {I(-1), I(0)}, I(1)},
      {"i32.lt_u", {I(-1), I(0)}, I(0)},
      {"i32.gt_s", {I(INT32_MIN), I(0)}, I(0)},
      {"i32.gt_u", {I(INT32_MIN), I(0)}, I(1)},
      {"i32.le_s", {I(1), I(1)}, I(1)},
      {"i32.le_u", {I(-1), I(1)}, I(0)},
      {"i32.ge_s", {I(-1), I(-1)}, I(1)},
      {"i32.ge_u", {I(0), I(-1)}, I(0)},
      {"i64.eq", {L(1), L(0x100000001)}, I(0)},
      {"i64.ne", {L(1), L(0x100000001)}, I(1)},
      {"i64.lt_s", {L(INT64_MIN), L(INT64_MAX)}, I(1)},
      {"i64.lt_u", {L(INT64_MIN), L(INT64_MAX)}, I(0)},
      {"i64.gt_s", {L(INT64_MIN), L(INT64_MAX)}, I(0)},
      {"i64.gt_u", {L(INT64_MIN), L(INT64_MAX)}, I(1)},
      {"i64.le_s", {L(-1), L(-2)}, I(0)},
      {"i64.le_u", {L(5), L(5)}, I(1)},
      {"i64.ge_s", {L(-1), L(-2)}, I(1)},
      {"i64.ge_u", {L(0), L(-2)}, I(0)},
  });
}

TEST(FoldTest, FloatArithmetic) {
  CheckAll({
      {"f32.add", {F(16777216.0f), F(1.0f)}, F(16777216.0f)},  // Ties to even.
      {"f32.add", {F(16777216.0f), F(3.0f)}, F(16777220.0f)},
      {"f32.sub", {F(0.0f), F(0.0f)}, F(0.0f)},
      {"f32.sub", {F(-0.0f), F(0.0f)}, F(-0.0f)},
      {"f32.mul", {F(1e30f), F(1e30f)}, F(kInf)},
      {"f32.mul", {F(0.0f), F(-1.0f)}, F(-0.0f)},
      {"f32.mul", {F(0x1p-149f), F(0.5f)}, F(0.0f)},
      {"f32.mul", {F(0x1.8p-148f), F(0.5f)}, F(0x1p-148f)},
      {"f32.div", {F(1.0f), F(0.0f)}, F(kInf)},
      {"f32.div", {F(1.0f), F(-0.0f)}, F(-kInf)},
      {"f32.div", {F(1.0f), F(3.0f)}, ConstValue::F32(0x3eaaaaab)},
      {"f32.sqrt", {F(2.0f)}, ConstValue::F32(0x3fb504f3)},
      {"f32.sqrt", {F(-0.0f)}, F(-0.0f)},
      {"f64.add", {D(0.1), D(0.2)}, ConstValue::F64(0x3fd3333333333334)},
      {"f64.add", {D(-0.0), D(-0.0)}, D(-0.0)},
      {"f64.add", {D(0x1p53), D(1.0)}, D(0x1p53)},
      {"f64.sub", {D(kInf), D(-kInf)}, D(kInf)},
      {"f64.mul", {D(0x1p-1074), D(0x1p-1)}, D(0.0)},
      {"f64.div", {D(1.0), D(10.0)}, ConstValue::F64(0x3fb999999999999a)},
      {"f64.sqrt", {D(2.0)}, ConstValue::F64(0x3ff6a09e667f3bcd)},
      {"f64.sqrt", {D(kInf)}, D(kInf)},
  });
}

TEST(FoldTest, NanThatArithmeticMakesIsTheEnginesChoice) {
  const ConstValue f32_nan = ConstValue::F32(0x7fc00000);
  const ConstValue f64_nan = ConstValue::F64(0x7ff8000000000000);
  for (const char* op : {"ceil", "floor", "trunc", "nearest", "sqrt"}) {
    CheckAll({{std::string("f32.") + op, {f32_nan}, {}},
              {std::string("f64.") + op, {f64_nan}, {}}});
  }
  for (const char* op : {"add", "sub", "mul", "div", "min", "max"}) {
    CheckAll({{std::string("f32.") + op, {f32_nan, F(1.0f)}, {}},
              {std::string("f32.") + op, {F(1.0f), f32_nan}, {}},
              {std::string("f64.") + op, {f64_nan, D(1.0)}, {}},
              {std::string("f64.") + op, {D(1.0), f64_nan}, {}}});
  }
  CheckAll({
      {"f32.sqrt", {F(-1.0f)}, {}},
      {"f64.sqrt", {D(-kInf)}, {}},
      {"f32.div", {F(0.0f), F(0.0f)}, {}},
      {"f64.sub", {D(kInf), D(kInf)}, {}},
      {"f64.mul", {D(0.0), D(kInf)}, {}},
      {"f32.demote_f64", {f64_nan}, {}},
      {"f64.promote_f32", {f32_nan}, {}},
  });
}

TEST(FoldTest, SignOperatorsKeepNanBits) {
  // Signalling and quiet NaNs with payloads, either sign.
  CheckAll({
      {"f32.abs", {ConstValue::F32(0xffa00001)}, ConstValue::F32(0x7fa00001)},
      {"f32.neg", {ConstValue::F32(0x7fa00001)}, ConstValue::F32(0xffa00001)},
      {"f32.copysign",
       {ConstValue::F32(0x7f800001), F(-1.0f)},
       ConstValue::F32(0xff800001)},
      {"f32.copysign", {F(1.0f), ConstValue::F32(0xffc12345)}, F(-1.0f)},
      {"f64.abs",
       {ConstValue::F64(0xfff0000000000001)},
       ConstValue::F64(0x7ff0000000000001)},
      {"f64.neg",
       {ConstValue::F64(0xfff8000000000abc)},
       ConstValue::F64(0x7ff8000000000abc)},
      {"f64.copysign",
       {ConstValue::F64(0xfff4000000000001), D(0.0)},
       ConstValue::F64(0x7ff4000000000001)},
      {"f64.neg", {D(0.0)}, D(-0.0)},
      {"i32.reinterpret_f32", {ConstValue::F32(0x7fa00001)}, I(0x7fa00001)},
      {"f32.reinterpret_i32", {I(-1)}, ConstValue::F32(0xffffffff)},
      {"i64.reinterpret_f64",
       {ConstValue::F64(0x7ff0000000000001)},
       L(0x7ff0000000000001)},
      {"f64.reinterpret_i64",
       {L(0x7ff0000000000001)},
       ConstValue::F64(0x7ff0000000000001)},
  });
}

TEST(FoldTest, MinMaxOrderZerosBySign) {
  CheckAll({
      {"f32.min", {F(0.0f), F(-0.0f)}, F(-0.0f)},
      {"f32.min", {F(-0.0f), F(0.0f)}, F(-0.0f)},
      {"f32.max", {F(0.0f), F(-0.0f)}, F(0.0f)},
      {"f32.max", {F(-0.0f), F(0.0f)}, F(0.0f)},
      {"f32.max", {F(-0.0f), F(-0.0f)}, F(-0.0f)},
      {"f64.min", {D(1.0), D(-kInf)}, D(-kInf)},
      {"f64.max", {D(1.0), D(-kInf)}, D(1.0)},
      {"f64.min", {D(-0.0), D(0.0)}, D(-0.0)},
      {"f64.max", {D(0.0), D(-0.0)}, D(0.0)},
      {"f64.min", {D(3.0), D(2.0)}, D(2.0)},
  });
}

TEST(FoldTest, RoundingToIntegral) {
  CheckAll({
      {"f32.nearest", {F(0.5f)}, F(0.0f)},
      {"f32.nearest", {F(-0.5f)}, F(-0.0f)},
      {"f32.nearest", {F(1.5f)}, F(2.0f)},
      {"f32.nearest", {F(2.5f)}, F(2.0f)},
      {"f32.nearest", {F(-3.5f)}, F(-4.0f)},
      {"f32.nearest", {F(8388609.0f)}, F(8388609.0f)},
      {"f64.nearest", {D(0.49999999999999994)}, D(0.0)},
      {"f64.nearest", {D(-0.49999999999999994)}, D(-0.0)},
      {"f64.nearest", {D(4503599627370497.5)}, D(4503599627370498.0)},
      {"f64.nearest", {D(-kInf)}, D(-kInf)},
      {"f64.nearest", {D(1e300)}, D(1e300)},
      {"f32.ceil", {F(-0.5f)}, F(-0.0f)},
      {"f32.floor", {F(-0.5f)}, F(-1.0f)},
      {"f32.trunc", {F(-0.5f)}, F(-0.0f)},
      {"f64.ceil", {D(0.1)}, D(1.0)},
      {"f64.floor", {D(-0.0)}, D(-0.0)},
      {"f64.trunc", {D(-1.9)}, D(-1.0)},
  });
}

TEST(FoldTest, FloatComparisons) {
  const ConstValue nan = ConstValue::F64(0x7ff8000000000000);
  CheckAll({
      {"f32.eq", {F(0.0f), F(-0.0f)}, I(1)},
      {"f32.ne", {F(0.0f), F(-0.0f)}, I(0)},
      {"f32.lt", {F(-0.0f), F(0.0f)}, I(0)},
      {"f32.gt", {F(kInf), F(1.0f)}, I(1)},
      {"f32.le", {F(1.0f), F(1.0f)}, I(1)},
      {"f32.ge", {F(-1.0f), F(1.0f)}, I(0)},
      {"f64.eq", {nan, nan}, I(0)},
      {"f64.ne", {nan, nan}, I(1)},
      {"f64.lt", {nan, D(0.0)}, I(0)},
      {"f64.gt", {nan, D(0.0)}, I(0)},
      {"f64.le", {D(0.0), nan}, I(0)},
      {"f64.ge", {nan, nan}, I(0)},
  });
}

TEST(FoldTest, TruncationTrapsOutOfRange) {
  const ConstValue f32_nan = ConstValue::F32(0x7fc00000);
  const ConstValue f64_nan = ConstValue::F64(0x7ff8000000000000);
  CheckAll({
      {"i32.trunc_f32_s", {F(-2147483648.0f)}, I(INT32_MIN)},
      {"i32.trunc_f32_s", {F(2147483648.0f)}, {}},
      {"i32.trunc_f32_s", {F(-2147483904.0f)}, {}},
      {"i32.trunc_f32_s", {F(2147483520.0f)}, I(2147483520)},
      {"i32.trunc_f32_s", {f32_nan}, {}},
      {"i32.trunc_f32_u", {F(-0.99f)}, I(0)},
      {"i32.trunc_f32_u", {F(-1.0f)}, {}},
      {"i32.trunc_f32_u", {F(4294967040.0f)}, I(-256)},
      {"i32.trunc_f32_u", {F(4294967296.0f)}, {}},
      {"i32.trunc_f64_s", {D(-2147483648.9)}, I(INT32_MIN)},
      {"i32.trunc_f64_s", {D(-2147483649.0)}, {}},
      {"i32.trunc_f64_s", {D(2147483647.9)}, I(INT32_MAX)},
      {"i32.trunc_f64_s", {D(2147483648.0)}, {}},
      {"i32.trunc_f64_u", {D(4294967295.9)}, I(-1)},
      {"i32.trunc_f64_u", {D(4294967296.0)}, {}},
      {"i32.trunc_f64_u", {D(-0.9)}, I(0)},
      {"i64.trunc_f32_s", {F(-9223372036854775808.0f)}, L(INT64_MIN)},
      {"i64.trunc_f32_s", {F(9223372036854775808.0f)}, {}},
      {"i64.trunc_f32_u", {F(18446744073709551616.0f)}, {}},
      {"i64.trunc_f32_u", {F(18446742974197923840.0f)}, L(-0x10000000000)},
      {"i64.trunc_f64_s", {D(9223372036854774784.0)}, L(0x7ffffffffffffc00)},
      {"i64.trunc_f64_s", {D(9223372036854775808.0)}, {}},
      {"i64.trunc_f64_s", {D(-9223372036854775808.0)}, L(INT64_MIN)},
      {"i64.trunc_f64_s", {D(-9223372036854777856.0)}, {}},
      {"i64.trunc_f64_u", {D(18446744073709549568.0)}, L(-2048)},
      {"i64.trunc_f64_u", {D(18446744073709551616.0)}, {}},
      {"i64.trunc_f64_u", {f64_nan}, {}},
      {"i64.trunc_f64_u", {D(-1.0)}, {}},
  });
}

TEST(FoldTest, SaturatingTruncation) {
  const ConstValue f32_nan = ConstValue::F32(0xffc00000);
  const ConstValue f64_nan = ConstValue::F64(0x7ff0000000000001);
  CheckAll({
      {"i32.trunc_sat_f32_s", {f32_nan}, I(0)},
      {"i32.trunc_sat_f32_s", {F(kInf)}, I(INT32_MAX)},
      {"i32.trunc_sat_f32_s", {F(-kInf)}, I(INT32_MIN)},
      {"i32.trunc_sat_f32_u", {F(-1.0f)}, I(0)},
      {"i32.trunc_sat_f32_u", {F(1e20f)}, I(-1)},
      {"i32.trunc_sat_f64_s", {D(-1.9)}, I(-1)},
      {"i32.trunc_sat_f64_s", {D(-1e10)}, I(INT32_MIN)},
      {"i32.trunc_sat_f64_u", {f64_nan}, I(0)},
      {"i32.trunc_sat_f64_u", {D(4294967295.5)}, I(-1)},
      {"i64.trunc_sat_f32_s", {F(1e30f)}, L(INT64_MAX)},
      {"i64.trunc_sat_f32_s", {F(-2.5f)}, L(-2)},
      {"i64.trunc_sat_f32_u", {F(kInf)}, L(-1)},
      {"i64.trunc_sat_f64_s", {D(-kInf)}, L(INT64_MIN)},
      {"i64.trunc_sat_f64_s", {f64_nan}, L(0)},
      {"i64.trunc_sat_f64_u", {D(1.8446744073709552e19)}, L(-1)},
      {"i64.trunc_sat_f64_u", {D(-0.0)}, L(0)},
  });
}

TEST(FoldTest, ConversionsRoundToNearestEven) {
  CheckAll({
      {"f32.convert_i32_s", {I(16777217)}, F(16777216.0f)},
      {"f32.convert_i32_s", {I(16777219)}, F(16777220.0f)},
      {"f32.convert_i32_s", {I(-1)}, F(-1.0f)},
      {"f32.convert_i32_u", {I(-1)}, F(4294967296.0f)},
      {"f32.convert_i64_s", {L(0x7fffff4000000001)}, F(0x1.fffffep62f)},
      {"f32.convert_i64_s", {L(INT64_MIN)}, F(-0x1p63f)},
      {"f32.convert_i64_u", {L(0x0020000020000001)}, F(0x1.000002p53f)},
      {"f32.convert_i64_u",
       {L(static_cast<int64_t>(0x8000008000000001))},
       F(0x1.000002p63f)},
      {"f64.convert_i32_s", {I(INT32_MIN)}, D(-2147483648.0)},
      {"f64.convert_i32_u", {I(-1)}, D(4294967295.0)},
      {"f64.convert_i64_s", {L(0x20000000000001)}, D(9007199254740992.0)},
      {"f64.convert_i64_s", {L(0x20000000000003)}, D(9007199254740996.0)},
      {"f64.convert_i64_u", {L(-1)}, D(18446744073709551616.0)},
      {"f64.convert_i64_u",
       {L(static_cast<int64_t>(0x8000000000000400))},
       D(0x1p63)},
      {"f64.convert_i64_u",
       {L(static_cast<int64_t>(0x8000000000000401))},
       D(0x1.0000000000001p63)},
      {"f32.demote_f64", {D(1e300)}, F(kInf)},
      {"f32.demote_f64", {D(0x1.fffffefp127)}, F(0x1.fffffep127f)},
      {"f32.demote_f64", {D(0x1.ffffffp127)}, F(kInf)},
      {"f32.demote_f64", {D(0x1p-150)}, F(0.0f)},
      {"f32.demote_f64", {D(-0x1.000001p-150)}, F(-0x1p-149f)},
      {"f64.promote_f32", {F(0x1p-149f)}, D(0x1p-149)},
      {"f64.promote_f32", {F(-kInf)}, D(-kInf)},
  });
}

TEST(FoldTest, WideArithmetic) {
  using Pair = std::array<ConstValue, 2>;
  EXPECT_EQ(FoldWide(Op::kI64Add128, {{L(-1), L(0), L(1), L(0)}}),
            (Pair{L(0), L(1)}));
  EXPECT_EQ(FoldWide(Op::kI64Sub128, {{L(0), L(0), L(1), L(0)}}),
            (Pair{L(-1), L(-1)}));
  EXPECT_EQ(FoldWide(Op::kI64MulWideS, {{L(-1), L(2)}}), (Pair{L(-2), L(-1)}));
  EXPECT_EQ(FoldWide(Op::kI64MulWideU, {{L(-1), L(-1)}}), (Pair{L(1), L(-2)}));
  EXPECT_EQ(FoldWide(Op::kI64Add, {{L(1), L(1)}}), std::nullopt);
  EXPECT_EQ(Fold(Op::kI64MulWideU, {{L(1), L(1)}}), std::nullopt);
}

// Why a numeric operator is never folded.
std::optional<absl::string_view> Refused(Op op) {
  switch (op) {
    case Op::kI32Const:
    case Op::kI64Const:
    case Op::kF32Const:
    case Op::kF64Const:
    case Op::kV128Const:
      return "is a constant";
    default:
      break;
  }
  if (InfoOf(op).effects & wasm::kRelaxed) return "the engine's choice";
  return std::nullopt;
}

// Every numeric or vector row without access to anything but its operands.
bool IsNumericRow(const OpInfo& info) {
  if (info.op_class != OpClass::kSimple || info.num_results == 0) return false;
  constexpr uint32_t kOfValues = wasm::kNanBits | wasm::kRelaxed;
  if ((info.effects & ~kOfValues) != 0) return false;
  for (int i = 0; i < info.num_params; ++i) {
    if (!info.params[i].is_num_or_vec()) return false;
  }
  return info.result.is_num_or_vec();
}

TEST(FoldTest, EveryNumericRowIsFoldedOrRefused) {
  int folded = 0;
  int refused = 0;
  for (int i = 0; i < wasm::kOpCount; ++i) {
    const Op op = static_cast<Op>(i);
    const OpInfo& info = InfoOf(op);
    if (!IsNumericRow(info)) continue;
    std::vector<ConstValue> ones;
    for (int p = 0; p < info.num_params; ++p) {
      ones.push_back(OneOf(info.params[p]));
    }
    const bool folds = info.num_results == 2 ? FoldWide(op, ones).has_value()
                                             : Fold(op, ones).has_value();
    EXPECT_NE(folds, Refused(op).has_value()) << info.text;
    ++(folds ? folded : refused);
    if (folds && info.num_results == 1) {
      EXPECT_EQ(Fold(op, ones)->type, info.result) << info.text;
    }
  }
  EXPECT_GE(folded, 128 + 200);
  EXPECT_EQ(refused, 5 + 20);
}

TEST(FoldTest, OperatorsThatAreNotNumericAreNotFolded) {
  EXPECT_EQ(Fold(Op::kI32Load, {{I(0)}}), std::nullopt);
  EXPECT_EQ(Fold(Op::kMemoryGrow, {{I(0)}}), std::nullopt);
  EXPECT_EQ(Fold(Op::kRefI31, {{I(0)}}), std::nullopt);
  EXPECT_EQ(Fold(Op::kSelect, {}), std::nullopt);
}

}  // namespace
}  // namespace weft::passes
