// The store of instructions and their operands.
#include "ir/function.h"

#include <cstdint>
#include <vector>

#include "absl/types/span.h"
#include "gtest/gtest.h"

namespace weft::ir {
namespace {

std::vector<ValueId> Ids(uint32_t first, uint32_t count) {
  std::vector<ValueId> ids;
  for (uint32_t i = 0; i < count; ++i) ids.push_back(ValueId(first + i));
  return ids;
}

TEST(FunctionTest, OperandListsMayHaveAnyLength) {
  Function f;
  const ValueId inst = f.New(Op::kReturn, ValueType(), {});
  const ValueId other = f.New(Op::kReturn, ValueType(), Ids(5, 3));
  for (uint32_t count : {0u, 1u, 65534u, 65535u, 65536u, 200000u, 65535u, 7u,
                         65536u, 2u, 65534u}) {
    const std::vector<ValueId> ids = Ids(count, count);
    f.SetOperands(inst, ids);
    EXPECT_EQ(f.num_operands(inst), count);
    EXPECT_EQ(f.operands(inst), absl::MakeConstSpan(ids));
    EXPECT_EQ(f.operands(other), absl::MakeConstSpan(Ids(5, 3)));
  }
}

TEST(FunctionTest, OperandsMayComeFromThePool) {
  Function f;
  const ValueId from = f.New(Op::kReturn, ValueType(), Ids(0, 100000));
  const ValueId to = f.New(Op::kReturn, ValueType(), Ids(9, 1));
  f.SetOperands(to, f.operands(from).subspan(10, 80000));
  EXPECT_EQ(f.operands(to), absl::MakeConstSpan(Ids(10, 80000)));
  f.SetOperands(from, f.operands(from).subspan(1, 70000));
  EXPECT_EQ(f.operands(from), absl::MakeConstSpan(Ids(1, 70000)));
}

}  // namespace
}  // namespace weft::ir
