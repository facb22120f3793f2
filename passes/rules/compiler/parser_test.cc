#include "passes/rules/compiler/parser.h"

#include <string>
#include <vector>

#include "gtest/gtest.h"
#include "passes/rules/compiler/codegen.h"

namespace weft::rules {
namespace {

std::vector<Rule> Parse(absl::string_view source) {
  auto rules = ParseRules("t.rules", source);
  EXPECT_TRUE(rules.ok()) << rules.status();
  return rules.ok() ? *rules : std::vector<Rule>();
}

std::string ErrorOf(absl::string_view source) {
  const auto rules = ParseRules("t.rules", source);
  EXPECT_FALSE(rules.ok()) << source;
  return std::string(rules.status().message());
}

TEST(ParserTest, LoopsNameTheirRules) {
  const std::vector<Rule> rules = Parse(R"(
    for T:M in i32:31 i64:0x3f {
      for OP in shl shr_u {
        # A comment.
        rule none: (T.OP x C) => x where (C & M) == 0;
      }
    })");
  ASSERT_EQ(rules.size(), 4u);
  EXPECT_EQ(rules[0].name, "t/none.i32.shl");
  EXPECT_EQ(rules[3].name, "t/none.i64.shr_u");
  EXPECT_EQ(rules[3].pattern.op, wasm::Op::kI64ShrU);
  EXPECT_EQ(rules[3].where[0].args[0].args[1].literal, 63u);
  EXPECT_EQ(rules[3].where[0].args[0].width, 64);
}

TEST(ParserTest, ExpressionsBindAsInC) {
  const std::vector<Rule> rules = Parse(
      "rule r: (i32.add x C) => {C | 1 + 2 * C << 3 & ~C} "
      "where C == 1 || C <u 4 && C != 2;");
  ASSERT_EQ(rules.size(), 1u);
  const Expr& value = rules[0].result.expr;
  EXPECT_EQ(value.text, "|");
  EXPECT_EQ(value.args[1].text, "&");
  EXPECT_EQ(value.args[1].args[0].text, "<<");
  EXPECT_EQ(value.args[1].args[0].args[0].text, "+");
  EXPECT_EQ(value.args[1].args[0].args[0].args[1].text, "*");
  EXPECT_EQ(rules[0].where[0].text, "||");
  EXPECT_EQ(rules[0].where[0].args[1].text, "&&");
  // As in C, & binds looser than ==: this masks a truth value.
  ErrorOf("rule r: (i32.add x C) => x where C & 1 == 0;");
}

TEST(ParserTest, CommutativeOperandsAreSwapped) {
  EXPECT_EQ(Parse("rule r: (i32.add x C) => x where C == 0;").size(), 1u);
  EXPECT_EQ(Parse("rule r: (i32.add x y) => (i32.or x y);").size(), 1u);
  EXPECT_EQ(Parse("rule r: (i32.sub (i32.add x y) y) => x;").size(), 2u);
  EXPECT_EQ(Parse("rule r: (i32.and (i32.or x y) x) => x;").size(), 4u);
  // A guard on a value tells x from y.
  EXPECT_EQ(Parse("rule r: (i32.and x y) => x where bits(x) == 0;").size(), 2u);
}

TEST(ParserTest, ErrorsNameFileLineAndRule) {
  EXPECT_EQ(ErrorOf("\nrule r: (i32.foo x) => x;"),
            "t.rules:2: unknown operator 'i32.foo'");
  EXPECT_EQ(ErrorOf("rule r: (i32.add x) => x;"),
            "t.rules:1: rule t/r: number of operands of i32.add");
  EXPECT_EQ(ErrorOf("rule r: (i32.add x y) => z;"),
            "t.rules:1: rule t/r: unknown name z");
  EXPECT_EQ(ErrorOf("rule r: (i32.add x y) => (i64.add x y);"),
            "t.rules:1: rule t/r: type of i64.add");
  EXPECT_EQ(ErrorOf("rule r: (i32.wrap_i64 x) => x;"),
            "t.rules:1: rule t/r: type of x");
  EXPECT_EQ(ErrorOf("rule r: (i32.load x) => x;"),
            "t.rules:1: rule t/r: i32.load is no function of its operands");
  EXPECT_EQ(ErrorOf("rule r: (i32.add x 1) => x where C == 0;"),
            "t.rules:1: rule t/r: unknown constant C");
  EXPECT_EQ(ErrorOf("rule r: (i32.add x C) => x where bits(y) == 0;"),
            "t.rules:1: rule t/r: unknown value y");
  EXPECT_EQ(ErrorOf("rule r: (i32.add x C) => x single_use(x);"),
            "t.rules:1: rule t/r: single_use of what is no inner node: x");
  EXPECT_EQ(ErrorOf("rule r: (i32.add x C) => x fast;"),
            "t.rules:1: unknown clause 'fast'");
  EXPECT_EQ(ErrorOf("for T in i32 { rule r: (T.eqz x) => x;"),
            "t.rules:1: expected 'rule' or 'for', not ''");
  EXPECT_EQ(ErrorOf("rule r: (i32.add x $) => x;"),
            "t.rules: line 1: unexpected '$'");
}

TEST(ParserTest, ResultsNeitherTrapNorChoose) {
  EXPECT_EQ(ErrorOf("rule r: (i32.shr_u x y) => (i32.div_u x y);"),
            "t.rules:1: rule t/r: the result may trap: i32.div_u");
  EXPECT_EQ(ErrorOf("rule r: (f64.neg x) => (f64.mul x x);"),
            "t.rules:1: rule t/r: the result makes a choice of NaN that the "
            "pattern has not");
  EXPECT_EQ(Parse("rule r: (f64.sub x (f64.neg y)) => (f64.add x y);").size(),
            1u);
  EXPECT_EQ(ErrorOf("rule r: (f64.sub x y) => (f64.add x (f64.add x y));"),
            "t.rules:1: rule t/r: the result makes a choice of NaN that the "
            "pattern has not");
}

TEST(CodegenTest, SharedOperatorsAreAskedOnce) {
  const std::string code = GenerateMatcher(Parse(R"(
    rule a: (i32.eqz (i32.sub x y)) => (i32.eq x y);
    rule b: (i32.eqz (i32.xor x y)) => (i32.eq x y);
    rule c: (i32.eqz (i32.eqz x)) => x where bits(x) <=u 1;)"));
  size_t switches = 0;
  for (size_t at = code.find("switch (m.OpOf(v_0))"); at != std::string::npos;
       at = code.find("switch (m.OpOf(v_0))", at + 1)) {
    ++switches;
  }
  EXPECT_EQ(switches, 1u);
  EXPECT_NE(code.find("case Op::kI32Sub: {"), std::string::npos);
}

}  // namespace
}  // namespace weft::rules
