// The op table says which operators commute: those that do, and no others.
#include <string>
#include <vector>

#include "exec/numerics/evaluate.h"
#include "exec/numerics/grid.h"
#include "exec/numerics/values.h"
#include "gtest/gtest.h"
#include "ir/wasm/op.h"

namespace weft::exec {
namespace {

using wasm::Op;

// Whether operands may change places as far as the grid shows, NaNs of
// arithmetic made canonical.
bool CommutesOnGrid(Op op) {
  for (const std::vector<V128>& operands : GridOf(op)) {
    const Outcome a = EvaluateCanonical(op, operands);
    const Outcome b = EvaluateCanonical(op, {operands[1], operands[0]});
    if (a.trap != b.trap) return false;
    for (int i = 0; i < 2; ++i) {
      if (a.results[i].low() != b.results[i].low() ||
          a.results[i].high() != b.results[i].high()) {
        return false;
      }
    }
  }
  return true;
}

TEST(CommutesTest, AsTheTableSays) {
  int commuting = 0;
  int ordered = 0;
  for (int i = 0; i < wasm::kOpCount; ++i) {
    const auto op = static_cast<Op>(i);
    const wasm::OpInfo& info = wasm::InfoOf(op);
    const bool binary = info.num_params == 2 && info.immediates.empty() &&
                        info.params[0] == info.params[1];
    if (info.commutes) {
      EXPECT_TRUE(binary) << info.text;
    }
    if (!HasNumeric(op) || !binary) continue;
    // Relaxed operators make choices that need not be symmetric.
    if ((info.effects & wasm::kRelaxed) != 0) {
      EXPECT_FALSE(info.commutes) << info.text;
      continue;
    }
    EXPECT_EQ(CommutesOnGrid(op), info.commutes) << info.text;
    ++(info.commutes ? commuting : ordered);
  }
  EXPECT_GT(commuting, 80);
  EXPECT_GT(ordered, 80);
}

}  // namespace
}  // namespace weft::exec
