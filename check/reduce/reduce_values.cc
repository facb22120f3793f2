#include <algorithm>

#include "check/reduce/cost.h"
#include "check/reduce/reduce_bodies.h"

namespace weft::check::reducing {
namespace {

using wasm::kNoIndex;
using wasm::Op;
using wasm::Operator;
using wasm::ValueType;

// Whether the operators [begin, i] of its shape make one value of known type.
bool IsValue(const DecodedBody& body, uint32_t i) {
  const OpShape& shape = body.shapes[i];
  return shape.begin != kNoIndex && shape.num_results == 1 &&
         shape.type.kind() != ValueType::kBottom && !IsOpener(body.ops[i].op);
}

bool IsZero(const Operator& op) {
  switch (op.op) {
    case Op::kI32Const:
    case Op::kI64Const:
    case Op::kF32Const:
    case Op::kF64Const:
      return op.value == 0;
    case Op::kV128Const:
      return op.value == 0 && op.value_high == 0;
    default:
      return op.op == Op::kRefNull;
  }
}

void AddRange(const BodyView& view, uint32_t i, uint32_t part,
              std::vector<BodyUnit>* units) {
  units->push_back({.func = view.func,
                    .begin = view.body.shapes[i].begin,
                    .last = i,
                    .at = i,
                    .part = part});
}

void ListZeroValues(const BodyView& view, std::vector<BodyUnit>* units) {
  std::vector<Operator> zero;
  for (uint32_t i = 0; i < view.body.ops.size(); ++i) {
    if (!IsValue(view.body, i)) continue;
    const OpShape& shape = view.body.shapes[i];
    if (shape.begin == i && IsZero(view.body.ops[i])) continue;
    zero.clear();
    if (AppendZero(view.module, shape.type, &zero)) {
      AddRange(view, i, 0, units);
    }
  }
}

void ExpandZeroValue(const BodyView& view, const BodyUnit& unit,
                     std::vector<Edit>* edits) {
  Edit edit = {unit.begin, unit.last + 1, {}};
  AppendZero(view.module, view.body.shapes[unit.at].type, &edit.with);
  edits->push_back(std::move(edit));
}

void ListTrappingValues(const BodyView& view, std::vector<BodyUnit>* units) {
  for (uint32_t i = 0; i < view.body.ops.size(); ++i) {
    if (!IsValue(view.body, i) || view.body.shapes[i].dead) continue;
    if (OpCost(view.module, view.body.ops[i]) > 3 ||
        view.body.shapes[i].begin != i) {
      AddRange(view, i, 0, units);
    }
  }
}

void ExpandTrappingValue(const BodyView&, const BodyUnit& unit,
                         std::vector<Edit>* edits) {
  edits->push_back({unit.begin, unit.last + 1, {MakeOp(Op::kUnreachable)}});
}

void ListOperandValues(const BodyView& view, std::vector<BodyUnit>* units) {
  for (uint32_t i = 0; i < view.body.ops.size(); ++i) {
    if (!IsValue(view.body, i)) continue;
    const absl::Span<const ValueRange> operands = view.body.OperandsOf(i);
    for (uint32_t k = 0; k < operands.size(); ++k) {
      if (operands[k].known() &&
          IsSubtype(view.module, operands[k].type, view.body.shapes[i].type)) {
        AddRange(view, i, k, units);
      }
    }
  }
}

void ExpandOperandValue(const BodyView& view, const BodyUnit& unit,
                        std::vector<Edit>* edits) {
  const ValueRange operand = view.body.OperandsOf(unit.at)[unit.part];
  if (unit.begin < operand.begin) {
    edits->push_back({unit.begin, operand.begin, {}});
  }
  edits->push_back({operand.last + 1, unit.last + 1, {}});
}

// One local of each type is enough, the first.
void ListLocalValues(const BodyView& view, std::vector<BodyUnit>* units) {
  const std::vector<ValueType>& locals = view.body.locals;
  for (uint32_t i = 0; i < view.body.ops.size(); ++i) {
    if (!IsValue(view.body, i) || view.body.shapes[i].dead) continue;
    const auto local = static_cast<uint32_t>(
        std::find(locals.begin(), locals.end(), view.body.shapes[i].type) -
        locals.begin());
    if (local == locals.size()) continue;
    if (view.body.shapes[i].begin != i ||
        OpCost(view.module, view.body.ops[i]) > 2) {
      AddRange(view, i, local, units);
    }
  }
}

void ExpandLocalValue(const BodyView&, const BodyUnit& unit,
                      std::vector<Edit>* edits) {
  edits->push_back(
      {unit.begin, unit.last + 1, {MakeOp(Op::kLocalGet, unit.part)}});
}

void ListDroppedOperands(const BodyView& view, std::vector<BodyUnit>* units) {
  for (uint32_t i = 0; i < view.body.ops.size(); ++i) {
    const Op op = view.body.ops[i].op;
    const OpShape& shape = view.body.shapes[i];
    if (IsOpener(op) || IsDivider(op) || IsCloser(op) || op == Op::kDrop ||
        shape.num_operands == 0 || shape.num_results > 1) {
      continue;
    }
    units->push_back({.func = view.func, .begin = i, .last = i, .at = i});
  }
}

void ExpandDroppedOperands(const BodyView& view, const BodyUnit& unit,
                           std::vector<Edit>* edits) {
  const OpShape& shape = view.body.shapes[unit.at];
  Edit edit = {unit.at, unit.at + 1, {}};
  edit.with.assign(shape.num_operands, MakeOp(Op::kDrop));
  if (shape.num_results == 1 &&
      !AppendZero(view.module, shape.type, &edit.with)) {
    return;
  }
  edits->push_back(std::move(edit));
}

// The first local.get of what operator `set` assigns, without another
// assignment before it; kNoIndex without one.
uint32_t NextGet(const DecodedBody& body, uint32_t set) {
  const uint32_t local = body.ops[set].index[0];
  for (uint32_t i = set + 1; i < body.ops.size(); ++i) {
    const Operator& op = body.ops[i];
    if (op.op != Op::kLocalGet && op.op != Op::kLocalSet &&
        op.op != Op::kLocalTee) {
      continue;
    }
    if (op.index[0] == local) return op.op == Op::kLocalGet ? i : kNoIndex;
  }
  return kNoIndex;
}

void ListForwardedValues(const BodyView& view, std::vector<BodyUnit>* units) {
  for (uint32_t i = 0; i < view.body.ops.size(); ++i) {
    if (view.body.ops[i].op != Op::kLocalSet ||
        !view.body.OperandsOf(i)[0].known()) {
      continue;
    }
    const uint32_t get = NextGet(view.body, i);
    if (get == kNoIndex) continue;
    units->push_back({.func = view.func,
                      .begin = view.body.shapes[i].begin,
                      .last = get,
                      .at = i,
                      .part = get});
  }
}

void ExpandForwardedValue(const BodyView& view, const BodyUnit& unit,
                          std::vector<Edit>* edits) {
  const ValueRange value = view.body.OperandsOf(unit.at)[0];
  Edit edit = {unit.part, unit.part + 1, {}};
  edit.with.assign(view.body.ops.begin() + value.begin,
                   view.body.ops.begin() + value.last + 1);
  edits->push_back({value.begin, unit.at + 1, {}});
  edits->push_back(std::move(edit));
}

}  // namespace

const BodyReduction kZeroValues = {ListZeroValues, ExpandZeroValue};
const BodyReduction kTrappingValues = {ListTrappingValues, ExpandTrappingValue};
const BodyReduction kOperandValues = {ListOperandValues, ExpandOperandValue};
const BodyReduction kLocalValues = {ListLocalValues, ExpandLocalValue};
const BodyReduction kDroppedOperands = {ListDroppedOperands,
                                        ExpandDroppedOperands};
const BodyReduction kForwardedValues = {ListForwardedValues,
                                        ExpandForwardedValue};

}  // namespace weft::check::reducing
