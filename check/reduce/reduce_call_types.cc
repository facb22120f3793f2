#include "check/reduce/reduce_bodies.h"

namespace weft::check::reducing {
namespace {

using wasm::kNoIndex;
using wasm::Op;
using wasm::Operator;
using wasm::SubType;

// The first type of functions without parameters and results.
wasm::TypeIndex EmptyType(const wasm::Module& module) {
  for (uint32_t i = 0; i < module.types.size(); ++i) {
    const SubType& type = module.types[i];
    if (type.kind == SubType::kFunc && type.params.empty() &&
        type.results.empty()) {
      return i;
    }
  }
  return kNoIndex;
}

void ListCallTypes(const BodyView& view, std::vector<BodyUnit>* units) {
  const wasm::TypeIndex empty = EmptyType(view.module);
  if (empty == kNoIndex) return;
  for (uint32_t i = 0; i < view.body.ops.size(); ++i) {
    const Operator& op = view.body.ops[i];
    if (op.op != Op::kCallIndirect || op.index[0] == empty) continue;
    units->push_back(
        {.func = view.func, .begin = i, .last = i, .at = i, .part = empty});
  }
}

void ExpandCallType(const BodyView& view, const BodyUnit& unit,
                    std::vector<Edit>* edits) {
  Operator call = view.body.ops[unit.at];
  const SubType& type = view.module.types[call.index[0]];
  const absl::Span<const ValueRange> operands = view.body.OperandsOf(unit.at);
  for (const ValueRange& argument : operands.first(type.params.size())) {
    if (!argument.known()) return edits->clear();
    edits->push_back({argument.begin, argument.last + 1, {}});
  }
  call.index[0] = unit.part;
  Edit edit = {unit.at, unit.at + 1, {call}};
  for (wasm::ValueType result : type.results) {
    if (!AppendZero(view.module, result, &edit.with)) return edits->clear();
  }
  edits->push_back(std::move(edit));
}

}  // namespace

const BodyReduction kCallTypes = {ListCallTypes, ExpandCallType};

}  // namespace weft::check::reducing
