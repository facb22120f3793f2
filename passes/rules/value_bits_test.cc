// MaybeOnes and SignedBits against what Fold computes.
#include "passes/rules/value_bits.h"

#include <cstdint>
#include <random>
#include <string>
#include <vector>

#include "gtest/gtest.h"
#include "ir/function.h"
#include "passes/fold.h"
#include "passes/rules/ir_for_test.h"

namespace weft::passes {
namespace {

using ir::Function;
using ir::ValueId;
using rules::AppendConst;
using rules::AppendOp;
using rules::AppendParam;
using rules::StartFunction;
using wasm::Op;
using wasm::ValueType;

using Random = std::mt19937_64;

bool IsInteger(ValueType type) {
  return type == ValueType::kI32 || type == ValueType::kI64;
}

// A number with few significant bits, or many.
uint64_t RandomBits(Random* random) {
  const uint64_t bits = (*random)() >> (*random)() % 64;
  return (*random)() % 2 == 0 ? bits : ~bits;
}

uint64_t Cut(ValueType type, uint64_t bits) {
  return type == ValueType::kI32 ? static_cast<uint32_t>(bits) : bits;
}

std::vector<Op> IntegerOps() {
  std::vector<Op> ops;
  for (int i = 0; i < wasm::kOpCount; ++i) {
    const wasm::OpInfo& info = wasm::InfoOf(static_cast<Op>(i));
    if (info.op_class != wasm::OpClass::kSimple || info.effects != 0) continue;
    if (info.num_results != 1 || info.num_params == 0) continue;
    if (!info.immediates.empty() || !IsInteger(info.result)) continue;
    bool integers = true;
    for (int p = 0; p < info.num_params; ++p) {
      integers = integers && IsInteger(info.params[p]);
    }
    if (integers) ops.push_back(static_cast<Op>(i));
  }
  return ops;
}

TEST(ValueBitsTest, HoldForWhatFoldComputes) {
  Random random(1);
  const std::vector<Op> ops = IntegerOps();
  EXPECT_GT(ops.size(), 50u);
  Function f;
  for (int round = 0; round < 20000; ++round) {
    StartFunction(&f);
    std::vector<ValueId> values[2];
    for (ValueType type : {ValueType::kI32, ValueType::kI64}) {
      values[type == ValueType::kI64].push_back(AppendParam(&f, type));
    }
    for (int i = 0; i < 8; ++i) {
      const Op op = ops[random() % ops.size()];
      const wasm::OpInfo& info = wasm::InfoOf(op);
      std::vector<ValueId> operands;
      for (int p = 0; p < info.num_params; ++p) {
        const ValueType type = info.params[p];
        const auto& of_type = values[type == ValueType::kI64];
        operands.push_back(
            random() % 2 == 0
                ? AppendConst(&f, {type, Cut(type, RandomBits(&random))})
                : of_type[random() % of_type.size()]);
      }
      values[info.result == ValueType::kI64].push_back(
          AppendOp(&f, op, info.result, operands));
    }
    const std::vector<ConstValue> params = {
        ConstValue::I32(static_cast<uint32_t>(RandomBits(&random))),
        ConstValue::I64(RandomBits(&random))};
    for (const auto& of_type : values) {
      for (ValueId v : of_type) {
        const auto value = rules::EvaluateInst(f, v, params);
        if (!value.has_value()) continue;  // It traps.
        const std::string name(
            ir::IsWasmOp(f.inst(v).op) ? wasm::InfoOf(f.inst(v).op).text : "");
        ASSERT_EQ(value->bits & ~MaybeOnes(f, v), 0u) << name;
        const int width = value->type == ValueType::kI32 ? 32 : 64;
        const int bits = SignedBits(f, v);
        ASSERT_GE(bits, 1) << name;
        ASSERT_LE(bits, width) << name;
        const int64_t number = width == 32 ? static_cast<int32_t>(value->bits)
                                           : static_cast<int64_t>(value->bits);
        const int64_t top = number >> (bits - 1);
        ASSERT_TRUE(top == 0 || top == -1) << name;
      }
    }
  }
}

TEST(ValueBitsTest, KnowsLoadsAndComparisons) {
  Function f;
  StartFunction(&f);
  const ValueId x = AppendParam(&f, ValueType::kI32);
  const auto append = [&](Op op, ValueType type, int operands) {
    const std::vector<ValueId> list(static_cast<size_t>(operands), x);
    return AppendOp(&f, op, type, list);
  };
  EXPECT_EQ(MaybeOnes(f, x), 0xffffffffu);
  EXPECT_EQ(SignedBits(f, x), 32);
  EXPECT_EQ(MaybeOnes(f, append(Op::kI32Load8U, ValueType::kI32, 1)), 0xffu);
  EXPECT_EQ(MaybeOnes(f, append(Op::kI64Load16U, ValueType::kI64, 1)), 0xffffu);
  EXPECT_EQ(MaybeOnes(f, append(Op::kI32LtS, ValueType::kI32, 2)), 1u);
  EXPECT_EQ(SignedBits(f, append(Op::kI32Load8S, ValueType::kI32, 1)), 8);
  EXPECT_EQ(SignedBits(f, append(Op::kI64Load32S, ValueType::kI64, 1)), 32);
  EXPECT_EQ(SignedBits(f, append(Op::kI32Load8U, ValueType::kI32, 1)), 9);
  const ValueId shift = AppendConst(&f, ConstValue::I32(24));
  const ValueId shr = AppendOp(&f, Op::kI32ShrU, ValueType::kI32, {x, shift});
  EXPECT_EQ(MaybeOnes(f, shr), 0xffu);
  const ValueId sum = AppendOp(&f, Op::kI32Add, ValueType::kI32, {shr, shr});
  EXPECT_EQ(MaybeOnes(f, sum), 0x1ffu);
}

}  // namespace
}  // namespace weft::passes
