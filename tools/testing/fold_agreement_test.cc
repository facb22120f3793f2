// What the optimizer folds is what the interpreter computes: passes/fold and
// exec/numerics, each written from the specification, over the grid of edge
// values for every row of the op table. Where they differ, the specification
// says which one is wrong.
#include <bit>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "exec/numerics/evaluate.h"
#include "exec/numerics/grid.h"
#include "exec/numerics/values.h"
#include "exec/trap.h"
#include "gtest/gtest.h"
#include "ir/wasm/op.h"
#include "passes/fold.h"

namespace weft {
namespace {

using exec::NanShape;
using exec::V128;
using passes::ConstValue;
using wasm::Op;

std::string Show(const V128& v) {
  return absl::StrCat(absl::Hex(v.high(), absl::kZeroPad16), ":",
                      absl::Hex(v.low(), absl::kZeroPad16));
}

std::string Show(Op op, const std::vector<V128>& operands) {
  return absl::StrCat(
      wasm::InfoOf(op).text, " ",
      absl::StrJoin(operands, " ", [](std::string* out, const V128& v) {
        absl::StrAppend(out, Show(v));
      }));
}

template <typename F>
bool IsNan(typename exec::FloatFormat<F>::Bits bits) {
  return (bits & ~exec::FloatFormat<F>::kSign) >
         exec::FloatFormat<F>::kInfinity;
}

template <typename F>
bool AnyLaneIsNan(const V128& v) {
  using Bits = typename exec::FloatFormat<F>::Bits;
  for (int i = 0; i < exec::kLanes<F>; ++i) {
    if (IsNan<F>(v.lane<Bits>(i))) return true;
  }
  return false;
}

// Whether `result` holds a NaN whose bits arithmetic chose.
bool HasChosenNan(NanShape shape, const V128& result) {
  switch (shape) {
    case NanShape::kNone:
      return false;
    case NanShape::kF32:
      return IsNan<float>(result.lane<uint32_t>(0));
    case NanShape::kF64:
      return IsNan<double>(result.low());
    case NanShape::kF32x4:
      return AnyLaneIsNan<float>(result);
    case NanShape::kF64x2:
      return AnyLaneIsNan<double>(result);
  }
  return false;  // Not reached; g++ asks for it.
}

ConstValue ToConst(wasm::ValueType type, const V128& v) {
  return {type, v.low(), type == wasm::ValueType::kV128 ? v.high() : 0};
}

// Compares one row; stops at its first difference. Returns how many operand
// lists both have computed.
int CompareRow(Op op) {
  const wasm::OpInfo& info = wasm::InfoOf(op);
  int compared = 0;
  for (const std::vector<V128>& operands : exec::GridOf(op)) {
    std::vector<ConstValue> constants;
    for (int i = 0; i < info.num_params; ++i) {
      constants.push_back(ToConst(info.params[i], operands[i]));
    }
    passes::LaneImmediate lane;
    if (static_cast<int>(operands.size()) > info.num_params) {
      lane = {operands.back().low(), operands.back().high()};
    }
    const exec::Outcome expected = exec::Evaluate(op, operands);
    const bool deterministic =
        expected.trap == exec::TrapKind::kNone &&
        !HasChosenNan(exec::NanShapeOf(op), expected.results[0]);
    if (info.num_results == 2) {
      const auto folded = passes::FoldWide(op, constants);
      if (!folded.has_value() ||
          (*folded)[0].bits != expected.results[0].low() ||
          (*folded)[1].bits != expected.results[1].low()) {
        ADD_FAILURE() << Show(op, operands);
        return compared;
      }
      ++compared;
      continue;
    }
    const std::optional<ConstValue> folded = passes::Fold(op, constants, lane);
    const V128 shown =
        folded ? V128::FromBits(folded->bits, folded->high) : V128{};
    const bool agree = folded.has_value()
                           ? deterministic && shown == expected.results[0]
                           : !deterministic;
    if (!agree) {
      ADD_FAILURE() << Show(op, operands) << "\n  numerics "
                    << exec::TrapMessage(expected.trap) << " "
                    << Show(expected.results[0]) << "\n  fold     "
                    << (folded ? Show(shown) : "nothing");
      return compared;
    }
    compared += folded.has_value();
  }
  return compared;
}

TEST(FoldAgreementTest, EveryRowOfTheTable) {
  int rows = 0;
  int64_t compared = 0;
  for (int i = 0; i < wasm::kOpCount; ++i) {
    const Op op = static_cast<Op>(i);
    const wasm::OpInfo& info = wasm::InfoOf(op);
    // Constants have nothing to fold; relaxed operators must not be folded.
    if (!exec::HasNumeric(op) || info.num_params == 0) continue;
    if ((info.effects & wasm::kRelaxed) != 0) continue;
    const int in_row = CompareRow(op);
    EXPECT_GT(in_row, 0) << info.text;
    compared += in_row;
    ++rows;
  }
  RecordProperty("rows", rows);
  RecordProperty("results", absl::StrCat(compared));
  EXPECT_GT(rows, 350);
}

TEST(FoldAgreementTest, RelaxedOperatorsAreNotFolded) {
  for (int i = 0; i < wasm::kOpCount; ++i) {
    const Op op = static_cast<Op>(i);
    const wasm::OpInfo& info = wasm::InfoOf(op);
    if ((info.effects & wasm::kRelaxed) == 0) continue;
    ASSERT_TRUE(exec::HasNumeric(op)) << info.text;
    const std::vector<ConstValue> zeros(info.num_params,
                                        ConstValue::V128(0, 0));
    EXPECT_FALSE(passes::Fold(op, zeros).has_value()) << info.text;
  }
}

}  // namespace
}  // namespace weft
