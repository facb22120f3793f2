#include "ir/flow.h"

namespace weft::ir {

void IncomingEdges::Compute(const Function& f) {
  begin_.assign(f.num_regions() + 1, 0);
  ForEachInst(f, [&](ValueId id) {
    const uint32_t count = f.num_edges(id);
    for (uint32_t e = 0; e < count; ++e) {
      ++begin_[f.edge_target(id, e).index + 1];
    }
  });
  for (size_t r = 1; r < begin_.size(); ++r) begin_[r] += begin_[r - 1];
  edges_.resize(begin_.back());
  std::vector<uint32_t> at(begin_.begin(), begin_.end() - 1);
  ForEachInst(f, [&](ValueId id) {
    const uint32_t count = f.num_edges(id);
    for (uint32_t e = 0; e < count; ++e) {
      edges_[at[f.edge_target(id, e).index]++] = {id, e};
    }
  });
}

bool IsRemovable(const Function& f, ValueId id) {
  constexpr uint32_t kHarmless =
      wasm::kReadsMemory | wasm::kReadsTable | wasm::kReadsGlobal |
      wasm::kReadsHeap | wasm::kReadsLocal | wasm::kReadsSegment |
      wasm::kAllocates | wasm::kNanBits | wasm::kRelaxed;
  const Op op = f.inst(id).op;
  if (f.is_region(id) || IsBranch(op) || IsTerminator(op)) return false;
  if ((EffectsOf(f, id) & ~kHarmless) != 0) return false;
  return TrapsOf(f, id) == wasm::kNoTrap;
}

void ComputeLive(const Function& f, const IncomingEdges& incoming,
                 std::vector<bool>* live) {
  live->assign(f.num_insts(), false);
  std::vector<ValueId> work;
  auto mark = [&](ValueId id) {
    if ((*live)[id.index]) return;
    (*live)[id.index] = true;
    work.push_back(id);
  };
  ForEachInst(f, [&](ValueId id) {
    const Op op = f.inst(id).op;
    const bool is_param =
        op == kLabelParam || op == kLoopParam || op == kCatchParam;
    if (!is_param && !IsRemovable(f, id)) mark(id);
  });
  // Label values that a br_table passes or that an edge supplies by itself
  // cannot be left out, whether they are read or not.
  for (uint32_t r = 1; r < f.num_regions(); ++r) {
    for (const IncomingEdge& in : incoming.into(RegionId(r))) {
      if (f.inst(in.inst).op != Op::kBrTable &&
          f.num_implicit_args(in.inst, in.edge) == 0) {
        continue;
      }
      for (ValueId param : f.region(RegionId(r)).params) {
        if (f.inst(param).local == kNoLocal) mark(param);
      }
      break;
    }
  }
  while (!work.empty()) {
    const ValueId id = work.back();
    work.pop_back();
    const Inst& inst = f.inst(id);
    if (inst.op == kLabelParam || inst.op == kLoopParam) {
      const RegionId region = f.region_of(f.operand(id, 0));
      for (const IncomingEdge& in : incoming.into(region)) {
        const auto args = f.edge_args(in.inst, in.edge);
        if (inst.imm < args.size()) mark(args[inst.imm]);
      }
      continue;
    }
    if (inst.op == kCatchParam) continue;
    const uint32_t own = f.num_own_operands(id);
    const auto operands = f.operands(id);
    for (uint32_t i = 0; i < own; ++i) mark(operands[i]);
    // The results of the function matter, whatever returns them.
    const uint32_t edges = f.num_edges(id);
    for (uint32_t e = 0; e < edges; ++e) {
      if (f.edge_target(id, e) != Function::root()) continue;
      for (ValueId arg : f.edge_args(id, e)) mark(arg);
    }
  }
}

}  // namespace weft::ir
