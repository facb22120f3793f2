#include "exec/translate/metering.h"

#include "ir/wasm/operator.h"

namespace weft::exec {

uint32_t CostBehind(const wasm::Module& module, uint32_t func,
                    uint32_t offset) {
  const wasm::Function& function =
      module.funcs[module.num_imported_funcs + func];
  if (offset < function.body_offset) return 0;
  const uint32_t skipped = offset - function.body_offset;
  if (skipped >= function.body.size()) return 0;
  wasm::OperatorReader reader(function.body.subspan(skipped), offset,
                              wasm::FeatureSet::All());
  wasm::Operator op;
  if (!reader.TryRead(&op) || EndsBlock(op.op)) return 0;
  uint32_t cost = 0;
  while (!reader.done() && reader.TryRead(&op)) {
    const wasm::OpClass op_class = wasm::InfoOf(op.op).op_class;
    if (BeginsBlock(op_class)) break;
    if (!IsFree(op_class)) ++cost;
    if (EndsBlock(op.op)) break;
  }
  return cost;
}

}  // namespace weft::exec
