// The generated matcher against the rules as their source says them: every
// rule is made to fire on instructions built from its pattern, and what comes
// out must compute the same.
#include "passes/rule_matcher.h"

#include <cstdint>
#include <map>
#include <optional>
#include <random>
#include <set>
#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "gtest/gtest.h"
#include "ir/function.h"
#include "passes/fold.h"
#include "passes/rules/compiler/rule.h"
#include "passes/rules/evaluate.h"
#include "passes/rules/ir_for_test.h"
#include "passes/rules/rules_for_test.h"
#include "passes/rules/value_bits.h"

namespace weft::passes {
namespace {

using ir::Function;
using ir::ValueId;
using rules::AllRules;
using rules::AppendConst;
using rules::AppendOp;
using rules::AppendParam;
using rules::AppendPattern;
using rules::Binding;
using rules::CountUses;
using rules::EvaluateInst;
using rules::Rule;
using rules::StartFunction;
using wasm::Op;
using wasm::ValueType;

using Random = std::mt19937_64;

uint64_t Cut(ValueType type, uint64_t bits) {
  return type == ValueType::kI32 || type == ValueType::kF32
             ? static_cast<uint32_t>(bits)
             : bits;
}

// Numbers near the places where integers and floats change their behaviour.
uint64_t Interesting(Random* random) {
  static constexpr uint64_t kSpecial[] = {0,
                                          1,
                                          2,
                                          3,
                                          7,
                                          8,
                                          15,
                                          16,
                                          24,
                                          31,
                                          32,
                                          33,
                                          48,
                                          56,
                                          63,
                                          64,
                                          65,
                                          127,
                                          128,
                                          255,
                                          256,
                                          0x7fff,
                                          0x8000,
                                          0xffff,
                                          0x10000,
                                          0x7fffffff,
                                          0x80000000,
                                          0xffffffff,
                                          0x100000000,
                                          0x7fffffffffffffff,
                                          0x8000000000000000,
                                          0x3f800000,
                                          0x40000000,
                                          0x7f800000,
                                          0x7fc00000,
                                          0xffa00001,
                                          0x3ff0000000000000,
                                          0x4000000000000000,
                                          0x7ff0000000000000,
                                          0x7ff8000000000000,
                                          0xfff4000000000001};
  switch ((*random)() % 6) {
    case 0:
      return uint64_t{1} << (*random)() % 64;
    case 1:
      return (*random)() % 66;
    case 2:
      return 0 - (*random)() % 66;
    case 3:
      return (*random)();
    default:
      return kSpecial[(*random)() % std::size(kSpecial)] ^
             ((*random)() % 4 == 0 ? ~uint64_t{0} : 0);
  }
}

ConstValue RandomValue(ValueType type, Random* random) {
  if (type == ValueType::kV128) {
    return ConstValue::V128((*random)(), (*random)());
  }
  return ConstValue{type, Cut(type, Interesting(random))};
}

// A value of `type` about whose bits more or less is known.
ValueId AppendValue(Function* f, ValueType type, Random* random) {
  const ValueId param = AppendParam(f, type);
  if (type != ValueType::kI32 && type != ValueType::kI64) return param;
  const bool is_32 = type == ValueType::kI32;
  const auto with_constant = [&](Op op32, Op op64, uint64_t bits) {
    const ValueId constant = AppendConst(f, ConstValue{type, Cut(type, bits)});
    return AppendOp(f, is_32 ? op32 : op64, type, {param, constant});
  };
  switch ((*random)() % 8) {
    case 0:
      return with_constant(Op::kI32And, Op::kI64And, 1);
    case 1:
      return with_constant(Op::kI32And, Op::kI64And, 0xff);
    case 2:
      return with_constant(Op::kI32ShrU, Op::kI64ShrU, (*random)() % 63);
    case 3:
      return with_constant(Op::kI32And, Op::kI64And, ~(*random)() % 64);
    case 4:
      return with_constant(Op::kI32ShrS, Op::kI64ShrS, (*random)() % 63);
    case 5:
      return with_constant(Op::kI32And, Op::kI64And, ~((*random)() % 256));
    default:
      return param;
  }
}

// Makes a match of `rule` in `*f`. False when the variables that were drawn do
// not fit its guards.
bool BuildMatch(const Rule& rule, Random* random, Function* f, ValueId* root,
                uint64_t* demanded) {
  std::map<std::string, ValueType> variables;
  rules::CollectVariables(rule.pattern, &variables);
  StartFunction(f);
  std::map<std::string, ValueId> bound;
  Binding binding;
  uint64_t last_constant = Interesting(random);
  for (const auto& [name, type] : variables) {
    if (name[0] >= 'A' && name[0] <= 'Z') {
      ConstValue value = RandomValue(type, random);
      // Guards like to tie a constant to the one before.
      if ((*random)() % 2 == 0) {
        value.bits = Cut(type, last_constant + (*random)() % 3 - 1);
      }
      last_constant = value.bits;
      binding.values[name] = value;
      bound[name] = AppendConst(f, value);
    } else {
      bound[name] = AppendValue(f, type, random);
      binding.values[name] = ConstValue{type, 0};
      binding.bits[name] = MaybeOnes(*f, bound[name]);
      binding.signed_bits[name] =
          static_cast<uint64_t>(SignedBits(*f, bound[name]));
    }
  }
  *demanded = ~uint64_t{0};
  if (rule.demanded) {
    *demanded = (uint64_t{256} << ((*random)() % 3 * 8)) - 1;
    if ((*random)() % 3 == 0) *demanded = 0xffffffff;
    binding.demanded = *demanded;
  }
  if (!GuardsHold(rule, binding)) return false;
  *root = AppendPattern(f, rule.pattern, bound);
  return true;
}

class RuleMatcherTest : public testing::Test {
 protected:
  // Applies the rules at `root` and compares. Returns the rule that fired.
  int ApplyAndCompare(Function* f, ValueId root, const RuleContext& context,
                      Random* random) {
    int fired = -1;
    const ValueId result = ApplyRules(f, root, context, &fired);
    EXPECT_EQ(result.valid(), fired >= 0);
    if (!result.valid()) return -1;
    EXPECT_EQ(f->inst(result).type, f->inst(root).type);
    for (int i = 0; i < 24; ++i) {
      std::vector<ConstValue> params;
      for (ValueType type : f->params) {
        params.push_back(RandomValue(type, random));
      }
      const auto before = EvaluateInst(*f, root, params);
      const auto after = EvaluateInst(*f, result, params);
      // Traps and NaNs that were there may go: they are left to dce.
      if (!before.has_value()) continue;
      EXPECT_TRUE(after.has_value()) << RuleNames()[fired];
      if (!after.has_value()) continue;
      if (context.in_condition) {
        EXPECT_EQ(before->bits == 0, after->bits == 0) << RuleNames()[fired];
      } else {
        EXPECT_EQ(before->bits & context.demanded,
                  after->bits & context.demanded)
            << RuleNames()[fired];
        EXPECT_EQ(before->high, after->high) << RuleNames()[fired];
      }
    }
    return fired;
  }
};

TEST_F(RuleMatcherTest, EveryRuleFiresAndComputesTheSame) {
  Random random(1);
  std::set<int> fired;
  Function f;
  for (size_t i = 0; i < AllRules().size(); ++i) {
    const Rule& rule = AllRules()[i];
    // Guards that tie constants together need many draws.
    for (int draw = 0; draw < 6000; ++draw) {
      ValueId root;
      RuleContext context;
      if (!BuildMatch(rule, &random, &f, &root, &context.demanded)) continue;
      const std::vector<uint32_t> uses = CountUses(f);
      context.uses = uses;
      context.features = wasm::FeatureSet::All();
      context.for_size = rule.for_size || random() % 2 == 0;
      context.in_condition = rule.in_condition;
      const int number = ApplyAndCompare(&f, root, context, &random);
      if (number >= 0) fired.insert(number);
      if (number == static_cast<int>(i) && draw > 20) break;
    }
  }
  for (size_t i = 0; i < AllRules().size(); ++i) {
    const Rule& rule = AllRules()[i];
    if (rule.commuted) continue;
    EXPECT_TRUE(fired.contains(static_cast<int>(i)))
        << rule.name << " never fires: another rule comes first, or it never "
        << "pays";
  }
}

// Operators of one type pair for random expressions.
struct Choice {
  const char* name;
  ValueType result;
  std::vector<ValueType> params;
};

std::vector<Choice> Choices() {
  std::vector<Choice> choices;
  for (int i = 0; i < wasm::kOpCount; ++i) {
    const wasm::OpInfo& info = wasm::InfoOf(static_cast<Op>(i));
    const bool scalar = absl::StartsWith(info.text, "i32.") ||
                        absl::StartsWith(info.text, "i64.");
    if (info.op_class != wasm::OpClass::kSimple || !scalar) continue;
    if (info.effects != 0 || info.traps != 0) continue;
    if (!info.immediates.empty() || info.num_results != 1) continue;
    Choice choice{info.text.data(), info.result, {}};
    bool integers = true;
    for (int p = 0; p < info.num_params; ++p) {
      integers = integers && (info.params[p] == ValueType::kI32 ||
                              info.params[p] == ValueType::kI64);
      choice.params.push_back(info.params[p]);
    }
    if (integers) choices.push_back(choice);
  }
  choices.push_back({"select",
                     ValueType::kI32,
                     {ValueType::kI32, ValueType::kI32, ValueType::kI32}});
  return choices;
}

// Random straight-line code; the values by type.
void BuildRandom(const std::vector<Choice>& choices, Random* random,
                 Function* f) {
  StartFunction(f);
  std::map<int, std::vector<ValueId>> values;
  for (ValueType type : {ValueType::kI32, ValueType::kI64}) {
    for (int i = 0; i < 3; ++i) {
      values[type.kind()].push_back(AppendParam(f, type));
    }
  }
  const auto draw = [&](ValueType type) {
    if ((*random)() % 3 == 0) {
      return AppendConst(f, RandomValue(type, random));
    }
    const std::vector<ValueId>& of_type = values[type.kind()];
    // Mostly recent ones, so that patterns of some depth come about.
    const size_t recent = std::min<size_t>(of_type.size(), 5);
    return of_type[of_type.size() - 1 - (*random)() % recent];
  };
  for (int i = 0; i < 30; ++i) {
    const Choice& choice = choices[(*random)() % choices.size()];
    std::vector<ValueId> operands;
    for (ValueType type : choice.params) operands.push_back(draw(type));
    const Op op = wasm::OpFromText(choice.name);
    values[choice.result.kind()].push_back(
        AppendOp(f, op, choice.result, operands));
  }
}

// Replaces `from` by `to` in every operand.
void ReplaceUses(Function* f, ValueId from, ValueId to) {
  for (ValueId v = f->body(f->root_body()).first; v.valid();
       v = f->inst(v).next) {
    for (ValueId& operand : f->operands(v)) {
      if (operand == from) operand = to;
    }
  }
}

TEST_F(RuleMatcherTest, RewritingRandomCodeEndsAndComputesTheSame) {
  Random random(2);
  const std::vector<Choice> choices = Choices();
  Function f;
  int rewrites = 0;
  for (int round = 0; round < 3000; ++round) {
    BuildRandom(choices, &random, &f);
    const uint32_t original = f.num_insts();
    // What each value is now.
    std::vector<ValueId> now;
    for (uint32_t i = 0; i < original; ++i) now.push_back(ValueId(i));
    std::vector<ConstValue> params;
    for (ValueType type : f.params)
      params.push_back(RandomValue(type, &random));
    std::vector<std::optional<ConstValue>> expected;
    for (ValueId v : now) expected.push_back(EvaluateInst(f, v, params));
    int steps = 0;
    bool changed = true;
    while (changed && steps < 500) {
      changed = false;
      const std::vector<uint32_t> uses = CountUses(f);
      RuleContext context;
      context.uses = uses;
      context.features = wasm::FeatureSet::All();
      context.for_size = round % 2 == 0;
      for (ValueId v = f.body(f.root_body()).first; v.valid();
           v = f.inst(v).next) {
        if (v.index < uses.size() && uses[v.index] == 0 &&
            v.index >= original) {
          continue;
        }
        const ValueId result = ApplyRules(&f, v, context);
        if (!result.valid()) continue;
        ReplaceUses(&f, v, result);
        bool replaced = false;
        for (ValueId& value : now) {
          replaced = replaced || value == v;
          if (value == v) value = result;
        }
        // Nothing uses `v` any more: take it away, so that it ends.
        f.Unlink(v);
        changed = true;
        ++steps;
        break;
      }
    }
    EXPECT_LT(steps, 500) << "round " << round;
    rewrites += steps;
    for (uint32_t i = 0; i < original; ++i) {
      ASSERT_EQ(EvaluateInst(f, now[i], params), expected[i])
          << "round " << round << " value " << i;
    }
  }
  EXPECT_GT(rewrites, 10000);
}

TEST_F(RuleMatcherTest, LooksThroughCopiesAndKeepsTheLocal) {
  Function f;
  StartFunction(&f);
  const ValueId x = AppendParam(&f, ValueType::kI32);
  const ValueId zero = AppendConst(&f, ConstValue::I32(0));
  const ValueId copy = AppendOp(&f, ir::kCopy, ValueType::kI32, {zero});
  const ValueId add = AppendOp(&f, Op::kI32Add, ValueType::kI32, {x, copy});
  EXPECT_EQ(ApplyRules(&f, add, {}), x);

  const ValueId eq = AppendOp(&f, Op::kI32Eq, ValueType::kI32, {x, copy});
  f.inst(eq).local = 7;
  const ValueId eqz = ApplyRules(&f, eq, {});
  ASSERT_TRUE(eqz.valid());
  EXPECT_EQ(f.inst(eqz).op, Op::kI32Eqz);
  EXPECT_EQ(f.inst(eqz).local, 7u);
  EXPECT_EQ(f.inst(eqz).next, eq);
}

TEST_F(RuleMatcherTest, OtherUsesMakeARewriteDear) {
  // (x + 1) + 2 stays when x + 1 has other uses and x none.
  Function f;
  StartFunction(&f);
  const ValueId p = AppendParam(&f, ValueType::kI32);
  const ValueId x = AppendOp(&f, Op::kI32Clz, ValueType::kI32, {p});
  const ValueId one = AppendConst(&f, ConstValue::I32(1));
  const ValueId inner = AppendOp(&f, Op::kI32Add, ValueType::kI32, {x, one});
  const ValueId two = AppendConst(&f, ConstValue::I32(2));
  const ValueId outer =
      AppendOp(&f, Op::kI32Add, ValueType::kI32, {inner, two});
  std::vector<uint32_t> uses = CountUses(f);
  RuleContext context;
  context.uses = uses;
  uses[inner.index] = 3;
  EXPECT_FALSE(ApplyRules(&f, outer, context).valid());
  uses[inner.index] = 1;
  EXPECT_TRUE(ApplyRules(&f, outer, context).valid());
}

TEST_F(RuleMatcherTest, ContextsAreKeptApart) {
  Function f;
  StartFunction(&f);
  const ValueId x = AppendParam(&f, ValueType::kI32);
  const ValueId zero = AppendConst(&f, ConstValue::I32(0));
  const ValueId ne = AppendOp(&f, Op::kI32Ne, ValueType::kI32, {x, zero});
  RuleContext context;
  EXPECT_FALSE(ApplyRules(&f, ne, context).valid());
  context.in_condition = true;
  EXPECT_EQ(ApplyRules(&f, ne, context), x);

  const ValueId mask = AppendConst(&f, ConstValue::I32(0xff));
  const ValueId masked = AppendOp(&f, Op::kI32And, ValueType::kI32, {x, mask});
  EXPECT_FALSE(ApplyRules(&f, masked, {}).valid());
  RuleContext store8;
  store8.demanded = 0xff;
  EXPECT_EQ(ApplyRules(&f, masked, store8), x);

  // Sign extension is an operator of a later release.
  const ValueId c = AppendConst(&f, ConstValue::I32(24));
  const ValueId shl = AppendOp(&f, Op::kI32Shl, ValueType::kI32, {x, c});
  const ValueId shr = AppendOp(&f, Op::kI32ShrS, ValueType::kI32, {shl, c});
  RuleContext mvp;
  EXPECT_FALSE(ApplyRules(&f, shr, mvp).valid());
  mvp.features.Add(wasm::Feature::kSignExt);
  EXPECT_TRUE(ApplyRules(&f, shr, mvp).valid());
}

TEST_F(RuleMatcherTest, NamesAreUnique) {
  std::set<absl::string_view> names;
  for (absl::string_view name : RuleNames()) {
    EXPECT_TRUE(names.insert(name).second) << name;
  }
  EXPECT_GT(names.size(), 800u);
}

}  // namespace
}  // namespace weft::passes
