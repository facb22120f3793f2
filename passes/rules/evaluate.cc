#include "passes/rules/evaluate.h"

#include <bit>
#include <vector>

#include "absl/strings/match.h"

namespace weft::rules {

using passes::ConstValue;
using wasm::Op;
using wasm::ValueType;

namespace {

uint64_t Cut(uint64_t bits, int width) {
  if (width == 1) return bits & 1;
  return width == 32 ? static_cast<uint32_t>(bits) : bits;
}

int64_t Signed(uint64_t bits, int width) {
  return width == 32 ? static_cast<int32_t>(bits) : static_cast<int64_t>(bits);
}

uint64_t LeastSignedBits(uint64_t bits, int width) {
  const int64_t value = Signed(bits, width);
  const uint64_t magnitude = static_cast<uint64_t>(value < 0 ? ~value : value);
  return static_cast<uint64_t>(std::bit_width(magnitude)) + 1;
}

bool Compare(const std::string& op, uint64_t a, uint64_t b, int width) {
  const int64_t x = Signed(a, width);
  const int64_t y = Signed(b, width);
  if (op == "==") return a == b;
  if (op == "!=") return a != b;
  if (op == "<u") return a < b;
  if (op == "<=u") return a <= b;
  if (op == ">u") return a > b;
  if (op == ">=u") return a >= b;
  if (op == "<s") return x < y;
  if (op == "<=s") return x <= y;
  if (op == ">s") return x > y;
  return x >= y;
}

uint64_t Binary(const std::string& op, uint64_t a, uint64_t b, int width) {
  const int count = static_cast<int>(b % static_cast<uint64_t>(width));
  if (op == "&&" || op == "&") return a & b;
  if (op == "||" || op == "|") return a | b;
  if (op == "^") return a ^ b;
  if (op == "+") return a + b;
  if (op == "-") return a - b;
  if (op == "*") return a * b;
  if (op == "<<") return a << count;
  if (op == ">>u") return a >> count;
  return static_cast<uint64_t>(Signed(a, width) >> count);
}

bool IsComparison(const std::string& op) {
  return op == "==" || op == "!=" || (op[0] == '<' && op != "<<") ||
         (op[0] == '>' && !absl::StartsWith(op, ">>"));
}

uint64_t Call(const std::string& function, uint64_t a, int width) {
  if (function == "pow2") return std::has_single_bit(a);
  if (function == "low" || function == "zext") return static_cast<uint32_t>(a);
  if (function == "sext") return static_cast<uint64_t>(Signed(a, 32));
  return a == 0 ? static_cast<uint64_t>(width)  // log2
                : static_cast<uint64_t>(std::countr_zero(a));
}

}  // namespace

uint64_t Evaluate(const Expr& expr, const Binding& binding) {
  const int width = expr.width;
  switch (expr.kind) {
    case Expr::Kind::kLiteral:
      return expr.literal;
    case Expr::Kind::kConstant:
      return binding.values.at(expr.text).bits;
    case Expr::Kind::kBits: {
      const auto it = binding.bits.find(expr.text);
      return it != binding.bits.end() ? it->second
                                      : binding.values.at(expr.text).bits;
    }
    case Expr::Kind::kSignedBits: {
      const auto it = binding.signed_bits.find(expr.text);
      return it != binding.signed_bits.end()
                 ? it->second
                 : LeastSignedBits(binding.values.at(expr.text).bits, width);
    }
    case Expr::Kind::kIsConst:
      return 0;
    case Expr::Kind::kDemanded:
      return Cut(binding.demanded, width);
    case Expr::Kind::kUnary: {
      const uint64_t a = Evaluate(expr.args[0], binding);
      if (expr.text == "!") return a == 0;
      return Cut(expr.text == "-" ? 0 - a : ~a, width);
    }
    case Expr::Kind::kBinary: {
      const uint64_t a = Evaluate(expr.args[0], binding);
      const uint64_t b = Evaluate(expr.args[1], binding);
      const int argument = expr.args[0].width;
      if (IsComparison(expr.text)) {
        return Compare(expr.text, a, b, argument);
      }
      return Cut(Binary(expr.text, a, b, argument), width);
    }
    case Expr::Kind::kCall:
      return Call(expr.text, Evaluate(expr.args[0], binding), width);
  }
  return 0;
}

bool GuardsHold(const Rule& rule, const Binding& binding) {
  for (const Expr& condition : rule.where) {
    if (Evaluate(condition, binding) == 0) return false;
  }
  return true;
}

std::optional<ConstValue> Evaluate(const Node& node, const Binding& binding) {
  switch (node.kind) {
    case Node::Kind::kValue:
    case Node::Kind::kConstant:
      return binding.values.at(node.name);
    case Node::Kind::kLiteral:
    case Node::Kind::kComputed:
      return ConstValue{node.type, Evaluate(node.expr, binding)};
    case Node::Kind::kOp:
      break;
  }
  std::vector<ConstValue> operands;
  for (const Node& arg : node.args) {
    const std::optional<ConstValue> value = Evaluate(arg, binding);
    if (!value.has_value()) return std::nullopt;
    operands.push_back(*value);
  }
  if (node.op == Op::kSelect) return operands[operands[2].bits != 0 ? 0 : 1];
  return passes::Fold(node.op, operands);
}

void CollectVariables(const Node& pattern,
                      std::map<std::string, ValueType>* variables) {
  if (pattern.kind == Node::Kind::kValue ||
      pattern.kind == Node::Kind::kConstant) {
    variables->emplace(pattern.name, pattern.type == ValueType::kNone
                                         ? ValueType(ValueType::kI64)
                                         : pattern.type);
  }
  for (const Node& arg : pattern.args) CollectVariables(arg, variables);
}

}  // namespace weft::rules
