// Literals and the table format of the tests of fold.
#ifndef WEFT_PASSES_FOLD_TEST_VALUES_H_
#define WEFT_PASSES_FOLD_TEST_VALUES_H_

#include <bit>
#include <cstdint>
#include <limits>
#include <optional>
#include <ostream>
#include <string>
#include <vector>

#include "gtest/gtest.h"
#include "ir/wasm/op.h"
#include "passes/fold.h"

namespace weft::passes {

inline constexpr float kInf = std::numeric_limits<float>::infinity();

inline ConstValue I(int32_t value) {
  return ConstValue::I32(static_cast<uint32_t>(value));
}
inline ConstValue L(int64_t value) {
  return ConstValue::I64(static_cast<uint64_t>(value));
}
// Never for NaNs, whose bits a host may change.
inline ConstValue F(float value) {
  return ConstValue::F32(std::bit_cast<uint32_t>(value));
}
inline ConstValue D(double value) {
  return ConstValue::F64(std::bit_cast<uint64_t>(value));
}

// The number one in every lane of every width that the type may have.
inline ConstValue OneOf(wasm::ValueType type) {
  switch (type.kind()) {
    case wasm::ValueType::kF32:
      return F(1.0f);
    case wasm::ValueType::kF64:
      return D(1.0);
    case wasm::ValueType::kV128:
      return ConstValue::V128(0x0101010101010101, 0x0101010101010101);
    default:
      return ConstValue{type, 1};
  }
}

inline std::ostream& operator<<(std::ostream& out, const ConstValue& value) {
  return out << "type " << int{value.type.kind()} << std::hex << " 0x"
             << value.high << ":" << value.bits << std::dec;
}

// An operator by its text name, operands, and the result or nothing.
struct FoldCase {
  std::string op;
  std::vector<ConstValue> operands;
  std::optional<ConstValue> expected;
  LaneImmediate lane = {};
};

inline void CheckAll(const std::vector<FoldCase>& cases) {
  for (const FoldCase& test : cases) {
    const wasm::Op op = wasm::OpFromText(test.op);
    ASSERT_NE(op, wasm::Op::kCount) << test.op;
    const std::optional<ConstValue> actual = Fold(op, test.operands, test.lane);
    ASSERT_EQ(actual.has_value(), test.expected.has_value())
        << test.op << " of " << test.operands[0];
    if (actual.has_value()) {
      EXPECT_EQ(*actual, *test.expected)
          << test.op << " of " << test.operands[0];
    }
  }
}

}  // namespace weft::passes

#endif  // WEFT_PASSES_FOLD_TEST_VALUES_H_
