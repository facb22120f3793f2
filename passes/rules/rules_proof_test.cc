// Every rule that rule_matcher applies is proved here; one that cannot be
// fails the test. So that the prover is known to be able to fail, wrong rules
// must be refuted.
#include <chrono>
#include <iostream>
#include <string>

#include "absl/strings/match.h"
#include "gtest/gtest.h"
#include "passes/rules/compiler/parser.h"
#include "passes/rules/prover.h"
#include "passes/rules/rules_for_test.h"

namespace weft::rules {
namespace {

using Clock = std::chrono::steady_clock;

double SecondsSince(Clock::time_point start) {
  return std::chrono::duration<double>(Clock::now() - start).count();
}

// One test for each file's rules, so that shards share the work.
class RulesProofTest : public testing::TestWithParam<const char*> {};

TEST_P(RulesProofTest, EveryRuleIsProved) {
  const Clock::time_point begin = Clock::now();
  int count = 0;
  double slowest = 0;
  std::string slowest_name;
  for (const Rule& rule : AllRules()) {
    if (!absl::StartsWith(rule.name, std::string(GetParam()) + "/")) continue;
    const Clock::time_point start = Clock::now();
    const Proof proof = Prove(rule);
    const double seconds = SecondsSince(start);
    EXPECT_TRUE(proof.proved) << rule.file << ":" << rule.line << ": "
                              << rule.name << ": " << proof.reason;
    if (seconds > slowest) {
      slowest = seconds;
      slowest_name = rule.name;
    }
    ++count;
  }
  EXPECT_GT(count, 0);
  std::cout << count << " rules in " << SecondsSince(begin) << " s, slowest "
            << slowest_name << " with " << slowest << " s\n";
}

INSTANTIATE_TEST_SUITE_P(Files, RulesProofTest,
                         testing::Values("integer", "bits", "compare",
                                         "convert", "select", "condition",
                                         "demanded", "float", "vector"),
                         [](const auto& info) {
                           return std::string(info.param);
                         });

TEST(ProverTest, RefutesWrongRules) {
  constexpr const char* kWrong[] = {
      // A guard is missing or off by one.
      "rule r: (i32.and x C) => x;",
      "rule r: (i32.and x C) => x where (bits(x) & C) == 0;",
      "rule r: (i64.mul x C) => (i64.shl x {log2(C)});",
      "rule r: (i32.shl (i32.shl x C1) C2) => (i32.shl x {C1 + C2});",
      "rule r: (i32.extend8_s x) => x where signed_bits(x) <=u 9;",
      "rule r: (i32.extend8_s x) => x where bits(x) <=u 0xff;",
      "rule r: (i32.lt_s x C) => (i32.le_s x {C - 1});",
      "rule r: (i64.gt_u x C) => (i64.ge_u x {C + 1});",
      "rule r: (i64.eq (i64.extend_i32_s x) C) => (i32.eq x {low(C)});",
      // Signs and widths.
      "rule r: (i32.shr_s (i32.shl x C) C) => (i32.and x {-1 >>u C});",
      "rule r: (i32.div_s x C) => (i32.shr_s x {log2(C)}) where pow2(C);",
      "rule r: (i64.rem_s x C) => (i64.and x {C - 1}) where pow2(C);",
      "rule r: (i32.div_s x -1) => (i32.add x 0);",
      "rule r: (i64.sub x y) => (i64.sub y x);",
      "rule r: (i32.eqz (i32.lt_s x y)) => (i32.gt_s x y);",
      "rule r: (i32.or (i32.lt_s x y) (i32.eq x y)) => (i32.le_u x y);",
      "rule r: (i32.wrap_i64 (i64.shr_u (i64.extend_i32_s x) C)) "
      "=> (i32.shr_u x {low(C)}) where C <u 32;",
      "rule r: (i32.add (i32.shl x y) (i32.shr_u x (i32.sub 0 y))) "
      "=> (i32.rotl x y);",
      // Only the truth or some bits are preserved, but the rule says all.
      "rule r: (i32.ne x 0) => x;",
      "rule r: (i32.extend8_s x) => x;",
      "rule r: (i32.shl x C) => x in_condition;",
      "rule r: (i32.and x C) => x demanded where (demanded & C) == 0;",
      "rule r: (i32.shr_s x C) => (i32.shr_u x C) demanded "
      "where demanded <=u 0xff;",
      "rule r: (select x y c) => (select y x c);",
      // Floats: signed zeros, NaNs that compare with nothing, NaN payloads.
      "rule r: (f64.abs (f64.neg x)) => (f64.neg x);",
      "rule r: (i32.eqz (f64.lt x y)) => (f64.ge x y);",
      "rule r: (f32.eq x x) => 1;",
      "rule r: (f32.copysign x y) => (f32.abs x);",
      "rule r: (f64.sub x y) => (f64.sub y x);",
      "rule r: (f32.sub 0 x) => (f32.add x 0);",
      "rule r: (f64.add x y) => (f64.add x x);",
      "rule r: (f64.mul x 0x3ff0000000000000) => x;",
      "rule r: (f64.add x 0x8000000000000000) => x;",
      "rule r: (f64.mul x 0x4000000000000000) => (f64.add x y);",
      "rule r: (v128.andnot x y) => (v128.andnot y x);",
      // Nothing fits the guards.
      "rule r: (i32.add x C) => x where C == 0 && C == 1;",
  };
  for (const char* source : kWrong) {
    const auto rules = ParseRules("wrong.rules", source);
    // What the compiler refuses by itself is refuted, too.
    if (!rules.ok()) continue;
    EXPECT_FALSE(Prove((*rules)[0]).proved) << source;
  }
}

TEST(ProverTest, EqualNansNeedEqualOperands) {
  // 0 * x and x * 0 are the same choice; x + y and x * y are not.
  const auto right = ParseRules("right.rules",
                                "rule r: (f64.mul (f64.neg x) (f64.abs y)) "
                                "=> (f64.mul (f64.abs y) (f64.neg x));");
  ASSERT_TRUE(right.ok());
  EXPECT_TRUE(Prove((*right)[0]).proved) << Prove((*right)[0]).reason;
}

}  // namespace
}  // namespace weft::rules
