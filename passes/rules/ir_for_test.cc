#include "passes/rules/ir_for_test.h"

#include <utility>

#include "base/check.h"

namespace weft::rules {

using ir::Function;
using ir::ValueId;
using passes::ConstValue;
using wasm::InfoOf;
using wasm::Op;
using wasm::ValueType;

void StartFunction(Function* f) {
  f->Clear();
  f->NewRegion(ir::RegionKind::kFunction, 1);
}

ValueId AppendParam(Function* f, ValueType type) {
  const uint32_t index = static_cast<uint32_t>(f->params.size());
  f->params.push_back(type);
  const ValueId id = f->New(ir::kParam, type, {}, index);
  f->Append(f->root_body(), id);
  return id;
}

ValueId AppendConst(Function* f, const ConstValue& value) {
  WEFT_CHECK(value.type != ValueType::kV128);
  const ValueId id = f->NewConst(value.type, value.bits);
  f->Append(f->root_body(), id);
  return id;
}

ValueId AppendOp(Function* f, Op op, ValueType type,
                 absl::Span<const ValueId> operands) {
  const ValueId id = f->New(op, type, operands);
  f->Append(f->root_body(), id);
  return id;
}

ValueId AppendPattern(Function* f, const Node& node,
                      const std::map<std::string, ValueId>& bound) {
  switch (node.kind) {
    case Node::Kind::kValue:
    case Node::Kind::kConstant:
      return bound.at(node.name);
    case Node::Kind::kLiteral:
      return AppendConst(f, ConstValue{node.type, node.expr.literal});
    case Node::Kind::kComputed:
      WEFT_CHECK(false);
      return ValueId();
    case Node::Kind::kOp:
      break;
  }
  std::vector<ValueId> operands;
  for (const Node& arg : node.args) {
    operands.push_back(AppendPattern(f, arg, bound));
  }
  // A plain select is tried with i64.
  const ValueType type =
      node.type == ValueType::kNone ? ValueType::kI64 : node.type;
  return AppendOp(f, node.op, type, operands);
}

std::optional<ConstValue> EvaluateInst(const Function& f, ValueId id,
                                       absl::Span<const ConstValue> params) {
  const Op op = f.inst(id).op;
  const ValueType type = f.inst(id).type;
  if (op == ir::kParam) return params[f.inst(id).imm];
  if (ir::IsConst(op)) return ConstValue{type, f.const_bits(id)};
  if (op == ir::kCopy) return EvaluateInst(f, f.operand(id, 0), params);
  std::vector<ConstValue> operands;
  for (ValueId operand : f.operands(id)) {
    const auto value = EvaluateInst(f, operand, params);
    if (!value.has_value()) return std::nullopt;
    operands.push_back(*value);
  }
  if (op == Op::kSelect) return operands[operands[2].bits != 0 ? 0 : 1];
  return passes::Fold(op, operands);
}

std::vector<uint32_t> CountUses(const Function& f) {
  std::vector<uint32_t> uses(f.num_insts());
  for (ValueId v = f.body(f.root_body()).first; v.valid(); v = f.inst(v).next) {
    for (ValueId operand : f.operands(v)) ++uses[operand.index];
  }
  return uses;
}

}  // namespace weft::rules
