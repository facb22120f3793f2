// The whole rule becomes one formula, whose negation must be unsatisfiable.
// Two kinds of formulas are beyond a solver as they are and are split into
// cases that are exhaustive by construction: a constant C with the guard
// pow2(C) is each power of two in turn, and a shift count is 64 * j + k for
// each k with a free j.
//
// Floating-point arithmetic is modelled by properties that any rounding has;
// rules that need more (x / 4 = x * 0.25) are compared on a grid.
#include "passes/rules/prover.h"

#include <z3++.h>

#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "passes/rules/compiler/typing.h"
#include "passes/rules/float_grid.h"
#include "passes/rules/semantics.h"

namespace weft::rules {
namespace {

using wasm::InfoOf;
using wasm::Op;
using wasm::ValueType;
using z3::expr;

// In steps of Z3, not seconds: an answer does not depend on the machine.
constexpr unsigned kLimit = 1000000;
constexpr unsigned kLastLimit = 20000000;

// One way to look at a variable: free, or split into cases.
struct Case {
  std::string name;
  uint64_t value = 0;
  bool count = false;  // Modulo the width only.
};

bool IsNanOp(const Node& node) {
  return node.kind == Node::Kind::kOp && node.op != Op::kSelect &&
         (InfoOf(node.op).effects & wasm::kNanBits) != 0;
}

bool IsSignOp(const Node& node) {
  if (node.kind != Node::Kind::kOp) return false;
  const absl::string_view text = InfoOf(node.op).text;
  return absl::EndsWith(text, ".neg") || absl::EndsWith(text, ".abs") ||
         absl::EndsWith(text, ".copysign");
}

bool HasProduct(const Node& node) {
  if (node.kind == Node::Kind::kOp &&
      (node.op == Op::kI32Mul || node.op == Op::kI64Mul)) {
    return true;
  }
  return std::any_of(node.args.begin(), node.args.end(), HasProduct);
}

// The formula of a rule with some variables fixed.
class Formula {
 public:
  // `without_numbers`: claims of a NaN-making rule only that the NaNs are made
  // of the same operands.
  Formula(z3::context* context, const Rule& rule, std::vector<Case> cases,
          bool without_numbers)
      : c_(*context),
        semantics_(context, HasProduct(rule.pattern)),
        rule_(rule),
        cases_(std::move(cases)),
        without_numbers_(without_numbers),
        assumptions_(c_) {}

  // What is assumed, and what must not be: false when an operator is unknown.
  bool Build() {
    std::optional<expr> claim;
    if (IsNanOp(rule_.pattern) || IsNanOp(rule_.result)) {
      claim = NanClaim();
    } else {
      claim = Claim();
    }
    for (const Expr& condition : rule_.where) {
      assumptions_.push_back(Guard(condition));
    }
    for (const expr& condition : semantics_.no_traps()) {
      assumptions_.push_back(condition);
    }
    if (!claim.has_value()) return false;
    claim_ = claim;
    return true;
  }
  const z3::expr_vector& assumptions() const { return assumptions_; }
  expr claim() const { return *claim_; }
  // Whether no floating-point operator and no unknown function is in it.
  bool of_bits_alone() const { return semantics_.of_bits_alone(); }

 private:
  static unsigned BitsOf(ValueType type) {
    if (type == ValueType::kV128) return 128;
    return static_cast<unsigned>(WidthOf(type));
  }

  expr Variable(const std::string& name, unsigned width) {
    for (const Case& fixed : cases_) {
      if (fixed.name != name) continue;
      const expr value = c_.bv_val(fixed.value, width);
      if (!fixed.count) return value;
      const unsigned low = width == 32 ? 5 : 6;
      return z3::concat(
          c_.bv_const(absl::StrCat(name, "/w").c_str(), width - low),
          value.extract(low - 1, 0));
    }
    return c_.bv_const(name.c_str(), width);
  }

  // The bits of what `node` computes; nothing for an unknown operator.
  std::optional<expr> Value(const Node& node) {
    switch (node.kind) {
      case Node::Kind::kValue:
        if (const auto it = inner_.find(node.name); it != inner_.end()) {
          return it->second;
        }
        return Variable(node.name, BitsOf(node.type));
      case Node::Kind::kConstant:
        return Variable(node.name, BitsOf(node.type));
      case Node::Kind::kLiteral:
        return c_.bv_val(node.expr.literal, BitsOf(node.type));
      case Node::Kind::kComputed:
        return Guard(node.expr);
      case Node::Kind::kOp:
        break;
    }
    std::vector<expr> operands;
    for (const Node& arg : node.args) {
      std::optional<expr> value = Value(arg);
      if (!value.has_value()) return std::nullopt;
      operands.push_back(*value);
    }
    std::optional<expr> result = semantics_.Apply(node.op, operands);
    if (result.has_value() && !node.name.empty()) {
      inner_.emplace(node.name, *result);
    }
    return result;
  }

  std::optional<expr> Claim() {
    const std::optional<expr> before = Value(rule_.pattern);
    const std::optional<expr> after = Value(rule_.result);
    if (!before.has_value() || !after.has_value()) return std::nullopt;
    if (rule_.in_condition) {
      const expr zero = c_.bv_val(0, before->get_sort().bv_size());
      return (*before == zero) == (*after == zero);
    }
    if (rule_.demanded) {
      const expr demanded = Demanded();
      return (*before & demanded) == (*after & demanded);
    }
    return *before == *after;
  }

  // Both roots are operators that may make a NaN, and nothing below is.
  std::optional<expr> NanClaim() {
    if (!IsNanOp(rule_.pattern) || !IsNanOp(rule_.result)) return std::nullopt;
    std::vector<expr> before_inputs;
    std::vector<expr> after_inputs;
    const std::optional<expr> before = Number(rule_.pattern, &before_inputs);
    const std::optional<expr> after = Number(rule_.result, &after_inputs);
    if (!before.has_value() || !after.has_value()) return std::nullopt;
    const expr covered = Covers(before_inputs, after_inputs) &&
                         Covers(after_inputs, before_inputs);
    // The numbers themselves are left to the grid if asked.
    return without_numbers_ ? covered : *before == *after && covered;
  }

  std::optional<expr> Number(const Node& node, std::vector<expr>* inputs) {
    std::vector<expr> operands;
    for (const Node& arg : node.args) {
      if (IsNanOp(arg)) return std::nullopt;
      const std::optional<expr> value = Value(arg);
      const std::optional<expr> input = Payload(arg);
      if (!value.has_value() || !input.has_value()) return std::nullopt;
      operands.push_back(*value);
      inputs->push_back(*input);
    }
    return semantics_.Number(node.op, operands);
  }

  // The operand's bits without its sign, which no NaN result depends on.
  std::optional<expr> Payload(const Node& node) {
    if (IsSignOp(node)) return Payload(node.args[0]);
    const std::optional<expr> value = Value(node);
    if (!value.has_value()) return std::nullopt;
    return semantics_.WithoutSign(*value);
  }

  // Every NaN among `a` is among `b`.
  expr Covers(const std::vector<expr>& a, const std::vector<expr>& b) {
    expr all = c_.bool_val(true);
    for (const expr& x : a) {
      expr any = !semantics_.IsNanPayload(x);
      for (const expr& y : b) any = any || x == y;
      all = all && any;
    }
    return all;
  }

  expr Demanded() {
    return c_.bv_const("demanded", BitsOf(rule_.pattern.type));
  }

  // A guard or computed constant. Facts are assumed when first mentioned.
  expr Guard(const Expr& e) {
    const unsigned width = static_cast<unsigned>(e.width);
    switch (e.kind) {
      case Expr::Kind::kLiteral:
        return c_.bv_val(e.literal, width);
      case Expr::Kind::kConstant:
        return Variable(e.text, width);
      case Expr::Kind::kBits: {
        const expr bits =
            c_.bv_const(absl::StrCat("bits/", e.text).c_str(), width);
        assumptions_.push_back((Variable(e.text, width) & ~bits) ==
                               c_.bv_val(0, width));
        return bits;
      }
      case Expr::Kind::kSignedBits: {
        const expr bits =
            c_.bv_const(absl::StrCat("signed_bits/", e.text).c_str(), width);
        const expr x = Variable(e.text, width);
        const expr shift = c_.bv_val(width, width) - bits;
        assumptions_.push_back(z3::uge(bits, 1));
        assumptions_.push_back(z3::ule(bits, c_.bv_val(width, width)));
        assumptions_.push_back(z3::ashr(z3::shl(x, shift), shift) == x);
        return bits;
      }
      case Expr::Kind::kIsConst:
        return c_.bool_const(absl::StrCat("const/", e.text).c_str());
      case Expr::Kind::kDemanded:
        return Demanded();
      case Expr::Kind::kUnary: {
        const expr a = Guard(e.args[0]);
        return e.text == "!" ? !a : e.text == "~" ? ~a : -a;
      }
      case Expr::Kind::kBinary:
        return semantics_.Binary(e.text, Guard(e.args[0]), Guard(e.args[1]));
      case Expr::Kind::kCall:
        return semantics_.Call(e.text, Guard(e.args[0]));
    }
    return c_.bool_val(false);
  }

  z3::context& c_;
  Semantics semantics_;
  const Rule& rule_;
  const std::vector<Case> cases_;
  const bool without_numbers_;
  std::map<std::string, expr> inner_;
  z3::expr_vector assumptions_;
  std::optional<expr> claim_;
};

// Constants that a guard calls a power of two.
void CollectPowers(const Expr& e, std::map<std::string, int>* widths) {
  if (e.kind == Expr::Kind::kBinary && e.text == "&&") {
    for (const Expr& arg : e.args) CollectPowers(arg, widths);
  }
  if (e.kind == Expr::Kind::kCall && e.text == "pow2" &&
      e.args[0].kind == Expr::Kind::kConstant) {
    (*widths)[e.args[0].text] = e.args[0].width;
  }
}

bool IsShift(Op op) {
  const absl::string_view text = InfoOf(op).text;
  for (absl::string_view suffix :
       {".shl", ".shr_s", ".shr_u", ".rotl", ".rotr"}) {
    if (absl::EndsWith(text, suffix)) return true;
  }
  return false;
}

// Variables that are shift counts.
void CollectCounts(const Node& node, std::map<std::string, int>* widths) {
  if (node.kind == Node::Kind::kOp && IsShift(node.op)) {
    const Node& count = node.args[1];
    if (count.kind == Node::Kind::kConstant ||
        count.kind == Node::Kind::kValue) {
      (*widths)[count.name] = WidthOf(count.type);
    }
  }
  for (const Node& arg : node.args) CollectCounts(arg, widths);
}

enum class Answer { kProved, kRefuted, kUnknown, kUnsupported };

Answer Check(z3::context& context, const Rule& rule,
             const std::vector<Case>& cases, bool without_numbers,
             unsigned limit, bool* satisfiable, std::string* reason) {
  Formula formula(&context, rule, cases, without_numbers);
  if (!formula.Build()) {
    *reason = "an operator that the prover does not know";
    return Answer::kUnsupported;
  }
  if (!*satisfiable) {
    z3::solver guards(context);
    for (const expr& assumption : formula.assumptions()) guards.add(assumption);
    *satisfiable = guards.check() == z3::sat;
  }
  if (formula.claim().simplify().is_true()) return Answer::kProved;
  for (const expr& assumption : formula.assumptions()) {
    if (assumption.simplify().is_false()) return Answer::kProved;
  }
  // Bit-blasting at once beats the general solver on all but floats.
  z3::solver solver = formula.of_bits_alone()
                          ? z3::tactic(context, "qfbv").mk_solver()
                          : z3::solver(context);
  z3::params params(context);
  params.set("rlimit", limit);
  solver.set(params);
  for (const expr& assumption : formula.assumptions()) solver.add(assumption);
  solver.add(!formula.claim());
  switch (solver.check()) {
    case z3::unsat:
      return Answer::kProved;
    case z3::sat:
      *reason = absl::StrCat("counterexample:\n", [&] {
        std::ostringstream text;
        text << solver.get_model();
        return text.str();
      }());
      return Answer::kRefuted;
    default:
      *reason = absl::StrCat("no answer: ", solver.reason_unknown());
      return Answer::kUnknown;
  }
}

// All combinations of cases for the variables in `widths`; each variable's
// values come from `values(width)`.
template <typename Values>
std::vector<std::vector<Case>> Combine(
    std::vector<std::vector<Case>> combinations,
    const std::map<std::string, int>& widths, Values values) {
  for (const auto& [name, width] : widths) {
    std::vector<std::vector<Case>> longer;
    for (const std::vector<Case>& combination : combinations) {
      for (Case fixed : values(width)) {
        fixed.name = name;
        longer.push_back(combination);
        longer.back().push_back(fixed);
      }
    }
    combinations = std::move(longer);
  }
  return combinations;
}

std::vector<Case> Powers(int width) {
  std::vector<Case> cases;
  for (int k = 0; k < width; ++k) cases.push_back({"", uint64_t{1} << k});
  return cases;
}

std::vector<Case> Counts(int width) {
  std::vector<Case> cases;
  for (int k = 0; k < width; ++k) {
    cases.push_back({"", static_cast<uint64_t>(k), /*count=*/true});
  }
  return cases;
}

}  // namespace

Proof Prove(const Rule& rule) {
  std::map<std::string, int> powers;
  for (const Expr& condition : rule.where) CollectPowers(condition, &powers);
  bool satisfiable = false;
  std::string reason;
  z3::context context;
  auto combinations = Combine({{}}, powers, Powers);
  std::map<std::string, int> counts;
  CollectCounts(rule.pattern, &counts);
  for (const auto& [name, width] : powers) counts.erase(name);
  // Split one more shift count each time, until no case is too hard.
  Answer answer = Answer::kUnknown;
  while (true) {
    const unsigned limit = counts.empty() ? kLastLimit : kLimit;
    for (const std::vector<Case>& cases : combinations) {
      answer = Check(context, rule, cases, /*without_numbers=*/false, limit,
                     &satisfiable, &reason);
      if (answer != Answer::kProved) break;
    }
    if (answer != Answer::kUnknown || counts.empty()) break;
    const std::map<std::string, int> first = {*counts.begin()};
    counts.erase(counts.begin());
    combinations = Combine(std::move(combinations), first, Counts);
  }
  if (answer == Answer::kProved) {
    if (satisfiable) return {true, ""};
    return {false, "the guards admit nothing"};
  }
  // Arithmetic that the model does not know: by the grid.
  if (IsNanOp(rule.pattern) && IsNanOp(rule.result)) {
    std::string grid_reason;
    const bool proved =
        Check(context, rule, {}, /*without_numbers=*/true, kLastLimit,
              &satisfiable, &grid_reason) == Answer::kProved &&
        AgreesOnGrid(rule, &grid_reason);
    return {proved, grid_reason};
  }
  return {false, reason};
}

}  // namespace weft::rules
