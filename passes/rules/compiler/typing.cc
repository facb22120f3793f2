#include "passes/rules/compiler/typing.h"

#include <algorithm>
#include <map>
#include <set>
#include <string>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"

namespace weft::rules {
namespace {

using wasm::InfoOf;
using wasm::Op;
using wasm::OpClass;
using wasm::OpInfo;
using wasm::ValueType;

absl::Status Error(absl::string_view a, absl::string_view b = "",
                   absl::string_view c = "") {
  return absl::InvalidArgumentError(absl::StrCat(a, b, c));
}

// A function of numeric operands: no memory, references or immediates.
bool IsFunction(const OpInfo& info) {
  if (info.op_class != OpClass::kSimple || info.num_results != 1) return false;
  if (info.num_params == 0 || !info.immediates.empty()) return false;
  if ((info.effects & ~uint32_t{wasm::kNanBits}) != 0) return false;
  for (int i = 0; i < info.num_params; ++i) {
    if (!info.params[i].is_num_or_vec()) return false;
  }
  return info.result.is_num_or_vec();
}

int CountNanOps(const Node& node) {
  int count = 0;
  if (node.kind == Node::Kind::kOp && node.op != Op::kSelect) {
    count += (InfoOf(node.op).effects & wasm::kNanBits) != 0;
  }
  for (const Node& arg : node.args) count += CountNanOps(arg);
  return count;
}

class Typing {
 public:
  explicit Typing(Rule* rule) : rule_(*rule) {}

  absl::Status Run() {
    if (rule_.pattern.kind != Node::Kind::kOp) {
      return Error("the pattern must be an operator");
    }
    absl::Status status =
        TypeNode(ValueType::kNone, /*binds=*/true, &rule_.pattern);
    if (!status.ok()) return status;
    status = TypeNode(rule_.pattern.type, /*binds=*/false, &rule_.result);
    if (!status.ok()) return status;
    if (CountNanOps(rule_.result) > std::min(1, CountNanOps(rule_.pattern))) {
      return Error("the result makes a choice of NaN that the pattern has not");
    }
    for (Expr& condition : rule_.where) {
      status = TypeCondition(&condition);
      if (!status.ok()) return status;
    }
    for (const std::string& name : rule_.single_use) {
      if (!inner_.contains(name)) {
        return Error("single_use of what is no inner node: ", name);
      }
    }
    if (rule_.in_condition && rule_.pattern.type != ValueType::kI32) {
      return Error("in_condition of what is no i32");
    }
    return absl::OkStatus();
  }

 private:
  // `expected` is kNone when the node may have any type. `binds` in patterns.
  absl::Status TypeNode(ValueType expected, bool binds, Node* node) {
    switch (node->kind) {
      case Node::Kind::kOp:
        return TypeOperator(expected, binds, node);
      case Node::Kind::kLiteral:
      case Node::Kind::kComputed:
        if (expected == ValueType::kNone || expected == ValueType::kV128) {
          return Error("a constant needs a type of at most 64 bits here");
        }
        node->type = expected;
        if (node->kind == Node::Kind::kComputed) {
          const absl::Status status = CheckNames(node->expr);
          if (!status.ok()) return status;
          return TypeExpr(WidthOf(expected), &node->expr);
        }
        node->expr.width = WidthOf(expected);
        if (node->expr.width == 32) {
          node->expr.literal = static_cast<uint32_t>(node->expr.literal);
        }
        return absl::OkStatus();
      case Node::Kind::kValue:
      case Node::Kind::kConstant:
        return TypeVariable(expected, binds, node);
    }
    return Error("unknown node");
  }

  absl::Status TypeVariable(ValueType expected, bool binds, Node* node) {
    const bool constant = node->kind == Node::Kind::kConstant;
    if (constant &&
        (expected == ValueType::kNone || expected == ValueType::kV128)) {
      return Error("a constant needs a type of at most 64 bits: ", node->name);
    }
    if (inner_.contains(node->name) && !constant) {
      if (binds) return Error("name used twice: ", node->name);
      node->type = inner_.at(node->name);
    } else {
      auto& variables = constant ? constants_ : values_;
      const auto [it, added] = variables.emplace(node->name, expected);
      if (added && !binds) return Error("unknown name ", node->name);
      node->type = it->second;
    }
    if (node->type != expected) return Error("type of ", node->name);
    return absl::OkStatus();
  }

  absl::Status TypeOperator(ValueType expected, bool binds, Node* node) {
    const OpInfo& info = InfoOf(node->op);
    std::vector<ValueType> params;
    if (node->op == Op::kSelect) {
      if (node->type == ValueType::kNone) node->type = expected;
      params = {node->type, node->type, ValueType::kI32};
      if (!binds && node->type == ValueType::kNone &&
          rule_.pattern.op != Op::kSelect) {
        return Error("a select of unknown type");
      }
    } else {
      if (!IsFunction(info)) {
        return Error(info.text, " is no function of its operands");
      }
      if (!binds && info.traps != 0) {
        return Error("the result may trap: ", info.text);
      }
      params.assign(info.params, info.params + info.num_params);
      node->type = info.result;
    }
    if (expected != ValueType::kNone && node->type != expected) {
      return Error("type of ", info.text);
    }
    if (node->args.size() != params.size()) {
      return Error("number of operands of ", info.text);
    }
    if (!node->name.empty() && !inner_.emplace(node->name, node->type).second) {
      return Error("name used twice: ", node->name);
    }
    for (size_t i = 0; i < params.size(); ++i) {
      absl::Status status = TypeNode(params[i], binds, &node->args[i]);
      if (!status.ok()) return status;
    }
    return absl::OkStatus();
  }

  absl::Status TypeCondition(Expr* expr) {
    absl::Status status = CheckNames(*expr);
    if (!status.ok()) return status;
    status = TypeExpr(1, expr);
    if (!status.ok()) return status;
    if (expr->width != 1) return Error("a condition must be a truth value");
    return absl::OkStatus();
  }

  // Every name in an expression must be bound before its width can be asked.
  absl::Status CheckNames(const Expr& expr) const {
    switch (expr.kind) {
      case Expr::Kind::kConstant:
        if (!constants_.contains(expr.text)) {
          return Error("unknown constant ", expr.text);
        }
        break;
      case Expr::Kind::kBits:
      case Expr::Kind::kSignedBits:
      case Expr::Kind::kIsConst:
        if (!values_.contains(expr.text)) {
          return Error("unknown value ", expr.text);
        }
        break;
      default:
        break;
    }
    for (const Expr& arg : expr.args) {
      const absl::Status status = CheckNames(arg);
      if (!status.ok()) return status;
    }
    return absl::OkStatus();
  }

  // The width that the expression has by itself; 0 when literals alone.
  int NaturalWidth(const Expr& expr) const {
    switch (expr.kind) {
      case Expr::Kind::kLiteral:
        return 0;
      case Expr::Kind::kConstant:
        return WidthIn(constants_, expr.text);
      case Expr::Kind::kBits:
      case Expr::Kind::kSignedBits:
        return WidthIn(values_, expr.text);
      case Expr::Kind::kIsConst:
        return 1;
      case Expr::Kind::kDemanded:
        return WidthOf(rule_.pattern.type);
      case Expr::Kind::kCall:
        if (expr.text == "pow2") return 1;
        if (expr.text == "low") return 32;
        if (expr.text == "zext" || expr.text == "sext") return 64;
        return NaturalWidth(expr.args[0]);
      case Expr::Kind::kUnary:
        return expr.text == "!" ? 1 : NaturalWidth(expr.args[0]);
      case Expr::Kind::kBinary:
        if (IsTruth(expr.text)) return 1;
        return std::max(NaturalWidth(expr.args[0]), NaturalWidth(expr.args[1]));
    }
    return 0;
  }

  static int WidthIn(const std::map<std::string, ValueType>& names,
                     const std::string& name) {
    const auto it = names.find(name);
    return it == names.end() ? 0 : WidthOf(it->second);
  }

  static bool IsTruth(absl::string_view op) {
    return op == "&&" || op == "||" || IsComparison(op);
  }
  static bool IsComparison(absl::string_view op) {
    return op == "==" || op == "!=" || (op[0] == '<' && op != "<<") ||
           (op[0] == '>' && !absl::StartsWith(op, ">>"));
  }

  // Gives `*expr` the width `wanted` if it is a literal, its own otherwise.
  absl::Status TypeExpr(int wanted, Expr* expr) {
    const int natural = NaturalWidth(*expr);
    expr->width = natural != 0 ? natural : wanted;
    if (expr->width != wanted) {
      return Error("width of the expression at '", expr->text, "'");
    }
    switch (expr->kind) {
      case Expr::Kind::kLiteral:
        if (wanted == 32) expr->literal = static_cast<uint32_t>(expr->literal);
        return absl::OkStatus();
      case Expr::Kind::kConstant:
      case Expr::Kind::kBits:
      case Expr::Kind::kSignedBits:
      case Expr::Kind::kIsConst:
        return absl::OkStatus();
      case Expr::Kind::kDemanded:
        return rule_.demanded ? absl::OkStatus()
                              : Error("'demanded' without the clause");
      case Expr::Kind::kCall:
        return TypeCall(expr);
      case Expr::Kind::kUnary:
        return TypeExpr(wanted, &expr->args[0]);
      case Expr::Kind::kBinary:
        return TypeBinary(wanted, expr);
    }
    return absl::OkStatus();
  }

  absl::Status TypeCall(Expr* expr) {
    static const auto* const kCalls =
        new std::set<std::string>({"pow2", "log2", "low", "zext", "sext"});
    if (!kCalls->contains(expr->text)) {
      return Error("unknown function ", expr->text);
    }
    int argument = NaturalWidth(expr->args[0]);
    if (expr->text == "low") argument = 64;
    if (expr->text == "zext" || expr->text == "sext") argument = 32;
    return TypeExpr(argument, &expr->args[0]);
  }

  absl::Status TypeBinary(int wanted, Expr* expr) {
    int argument = wanted;
    if (IsComparison(expr->text)) {
      argument =
          std::max(NaturalWidth(expr->args[0]), NaturalWidth(expr->args[1]));
      if (argument == 0) return Error("comparison of two literals");
    }
    for (Expr& arg : expr->args) {
      absl::Status status = TypeExpr(argument, &arg);
      if (!status.ok()) return status;
    }
    return absl::OkStatus();
  }

  Rule& rule_;
  std::map<std::string, ValueType> values_;
  std::map<std::string, ValueType> constants_;
  std::map<std::string, ValueType> inner_;  // Named inner nodes.
};

bool IsConstantNode(const Node& node) {
  return node.kind == Node::Kind::kConstant ||
         node.kind == Node::Kind::kLiteral;
}

// The pattern as text with variables numbered by first occurrence.
std::string Shape(const Node& node, std::map<std::string, int>* numbers) {
  if (node.kind == Node::Kind::kOp) {
    std::string text =
        absl::StrCat("(", static_cast<int>(node.op), "/", node.type.bits());
    for (const Node& arg : node.args) {
      absl::StrAppend(&text, " ", Shape(arg, numbers));
    }
    return text + ")";
  }
  if (node.kind == Node::Kind::kLiteral) {
    return absl::StrCat("#", node.expr.literal);
  }
  const int number =
      numbers->emplace(node.name, static_cast<int>(numbers->size()))
          .first->second;
  return absl::StrCat(node.kind == Node::Kind::kConstant ? "C" : "x", number);
}

// Whether a guard depends on which value is which.
bool MentionsValues(const Expr& expr) {
  if (expr.kind == Expr::Kind::kBits || expr.kind == Expr::Kind::kSignedBits ||
      expr.kind == Expr::Kind::kIsConst) {
    return true;
  }
  return std::any_of(expr.args.begin(), expr.args.end(), MentionsValues);
}

void CollectSwappable(Node* node, std::vector<Node*>* nodes) {
  if (node->kind != Node::Kind::kOp) return;
  if (InfoOf(node->op).commutes && !IsConstantNode(node->args[0]) &&
      !IsConstantNode(node->args[1])) {
    nodes->push_back(node);
  }
  for (Node& arg : node->args) CollectSwappable(&arg, nodes);
}

}  // namespace

int WidthOf(ValueType type) {
  return type == ValueType::kI32 || type == ValueType::kF32 ? 32 : 64;
}

absl::Status TypeRule(Rule* rule) { return Typing(rule).Run(); }

std::vector<Rule> CommutedVariants(const Rule& rule) {
  std::vector<Rule> variants = {rule};
  Rule scratch = rule;
  std::vector<Node*> nodes;
  CollectSwappable(&scratch.pattern, &nodes);
  const bool by_name =
      std::any_of(rule.where.begin(), rule.where.end(), MentionsValues);
  std::set<std::string> seen;
  for (unsigned choice = 0; choice < 1u << nodes.size(); ++choice) {
    Rule variant = rule;
    nodes.clear();
    CollectSwappable(&variant.pattern, &nodes);
    // Inner nodes first: swapping moves what the outer pointers point into.
    for (size_t i = nodes.size(); i-- > 0;) {
      if (choice >> i & 1) std::swap(nodes[i]->args[0], nodes[i]->args[1]);
    }
    std::map<std::string, int> numbers;
    std::string shape = Shape(variant.pattern, &numbers);
    if (by_name) {
      for (const auto& [name, number] : numbers) {
        absl::StrAppend(&shape, " ", name, number);
      }
    }
    if (!seen.insert(shape).second || choice == 0) continue;
    absl::StrAppend(&variant.name, "~", variants.size());
    variant.commuted = true;
    variants.push_back(std::move(variant));
  }
  return variants;
}

}  // namespace weft::rules
