#include "check/reduce/calls.h"

#include <algorithm>

namespace weft::check::reducing {

using wasm::FuncIndex;
using wasm::ImmediateKind;
using wasm::Op;
using wasm::Operator;

bool IsDirectCall(Op op) { return op == Op::kCall || op == Op::kReturnCall; }

std::vector<std::vector<FuncIndex>> CallersOf(const Subject& subject) {
  const std::vector<DecodedBody>& bodies = subject.bodies();
  std::vector<std::vector<FuncIndex>> callers(bodies.size());
  for (FuncIndex func = 0; func < bodies.size(); ++func) {
    for (const Operator& op : bodies[func].ops) {
      if (!IsDirectCall(op.op)) continue;
      std::vector<FuncIndex>& list = callers[op.index[0]];
      if (list.empty() || list.back() != func) list.push_back(func);
    }
  }
  return callers;
}

bool NamesLocal(const Operator& op) {
  const auto immediates = InfoOf(op.op).immediates;
  return !immediates.empty() && immediates[0] == ImmediateKind::kLocal;
}

bool UsesLocal(const DecodedBody& body, uint32_t local) {
  return std::any_of(body.ops.begin(), body.ops.end(), [&](const Operator& op) {
    return NamesLocal(op) && op.index[0] == local;
  });
}

void RenumberLocals(const std::vector<uint32_t>& map,
                    std::vector<Operator>* ops) {
  for (Operator& op : *ops) {
    if (NamesLocal(op)) op.index[0] = map[op.index[0]];
  }
}

}  // namespace weft::check::reducing
