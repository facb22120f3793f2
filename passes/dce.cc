#include "passes/dce.h"

#include <vector>

#include "ir/flow.h"

namespace weft::passes {

using ir::Function;
using ir::IncomingEdges;
using ir::RegionId;
using ir::ValueId;

namespace {

// Takes dead parameters out of their regions and their arguments out of all
// edges. Returns whether there were any.
bool RemoveDeadParams(const std::vector<bool>& live, Function* f) {
  bool any = false;
  for (uint32_t r = 1; r < f->num_regions(); ++r) {
    for (ValueId p : f->region(RegionId(r)).params) any |= !live[p.index];
  }
  if (!any) return false;
  std::vector<ValueId> operands;
  ir::ForEachInst(*f, [&](ValueId id) {
    const uint32_t edges = f->num_edges(id);
    if (edges == 0) return;
    const auto all = f->operands(id);
    operands.assign(all.begin(), all.begin() + f->num_own_operands(id));
    for (uint32_t e = 0; e < edges; ++e) {
      const RegionId target = f->edge_target(id, e);
      const auto args = f->edge_args(id, e);
      for (size_t i = 0; i < args.size(); ++i) {
        if (target == Function::root() ||
            live[f->region(target).params[i].index]) {
          operands.push_back(args[i]);
        }
      }
    }
    if (operands.size() != all.size()) f->SetOperands(id, operands);
  });
  for (uint32_t r = 1; r < f->num_regions(); ++r) {
    std::vector<ValueId>& params = f->region(RegionId(r)).params;
    size_t kept = 0;
    for (ValueId p : params) {
      if (!live[p.index]) {
        f->Delete(p);
        continue;
      }
      f->inst(p).imm = static_cast<uint32_t>(kept);
      params[kept++] = p;
    }
    params.resize(kept);
  }
  return true;
}

}  // namespace

bool Dce(const FunctionContext& context, Function* f) {
  (void)context;
  IncomingEdges incoming;
  incoming.Compute(*f);
  std::vector<bool> live;
  ir::ComputeLive(*f, incoming, &live);
  bool changed = RemoveDeadParams(live, f);
  std::vector<bool> doomed(f->num_insts(), false);
  ir::ForEachInst(*f, [&](ValueId id) {
    const ir::Op op = f->inst(id).op;
    if (live[id.index] || op == ir::kResult || op == ir::kCatchParam) return;
    // Entry values stay for later reads; they cost nothing.
    if (op == ir::kParam || op == ir::kDefault) return;
    // A dead instruction with several results goes with its results.
    ValueId next = f->inst(id).next;
    while (next.valid() && f->inst(next).op == ir::kResult &&
           f->operand(next, 0) == id) {
      const ValueId after = f->inst(next).next;
      doomed[next.index] = true;
      next = after;
    }
    changed = true;
    doomed[id.index] = true;
  });
  ir::ForEachInstReversed(*f, [&](ValueId id) {
    if (doomed[id.index]) f->Delete(id);
  });
  return changed;
}

}  // namespace weft::passes
