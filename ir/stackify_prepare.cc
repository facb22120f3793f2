// Before the walk: positions and assignments, which parameters travel on the
// stack, which constants are made anew at each use, how many uses there are.
#include <algorithm>
#include <vector>

#include "ir/stackifier_builder.h"
#include "ir/wasm/bytes.h"

namespace weft::ir {

namespace {

// Bytes of a constant's operator.
int ConstSize(const Function& f, ValueId id) {
  const Inst& inst = f.inst(id);
  switch (inst.op) {
    case Op::kI32Const:
      return 1 + wasm::SignedLebSize(static_cast<int32_t>(inst.imm));
    case Op::kI64Const:
      return 1 + wasm::SignedLebSize(static_cast<int64_t>(f.const_bits(id)));
    case Op::kF32Const:
      return 5;
    case Op::kF64Const:
      return 9;
    case Op::kV128Const:
      return 18;
    default:
      return 2;  // ref.null, ref.func.
  }
}

}  // namespace

void Stackifier::Builder::Number() {
  position_.assign(f_->num_insts(), 0);
  end_.assign(f_->num_regions(), 0);
  content_.assign(f_->num_regions(), {});
  uint32_t next = 1;
  ForEachInst(*f_, [&](ValueId id) { position_[id.index] = next++; });
  // Contents in reverse, so that inner regions are complete before outer ones.
  ForEachInstReversed(*f_, [&](ValueId id) {
    const RegionId region = f_->enclosing(id);
    Footprint& content = content_[region.index];
    content.Add(EffectsOf(*f_, id), TrapsOf(*f_, id));
    uint32_t end = position_[id.index];
    if (f_->is_region(id)) {
      const RegionId inner = f_->region_of(id);
      if (f_->region(inner).kind == RegionKind::kLoop) {
        content_[inner.index].control = true;  // May not end.
      }
      content.Add(content_[inner.index]);
      end = std::max(end, end_[inner.index]);
      end_[inner.index] = end;
    }
    end_[region.index] = std::max(end_[region.index], end);
  });
}

void Stackifier::Builder::FindCaught() {
  caught_.assign(f_->num_regions(), false);
  for (uint32_t r = 1; r < f_->num_regions(); ++r) {
    for (const IncomingEdge& in : incoming_.into(RegionId(r))) {
      if (f_->inst(in.inst).op == Op::kTryTable) caught_[r] = true;
    }
  }
}

void Stackifier::Builder::CollectAssignments() {
  const size_t locals = f_->local_types.size();
  assign_begin_.assign(locals + 1, 0);
  auto for_each = [&](auto visit) {
    ForEachInst(*f_, [&](ValueId id) {
      const Inst& inst = f_->inst(id);
      if (inst.local != kNoLocal) visit(inst.local, position_[id.index]);
      const uint32_t edges = f_->num_edges(id);
      for (uint32_t e = 0; e < edges; ++e) {
        const RegionId target = f_->edge_target(id, e);
        if (target == Function::root()) continue;
        const auto args = f_->edge_args(id, e);
        for (size_t i = 0; i < args.size(); ++i) {
          const ValueId param = f_->region(target).params[i];
          const uint32_t local = f_->inst(param).local;
          if (local == kNoLocal || args[i] == param) continue;
          // What was in the local before the loop is assigned on the way back.
          if (f_->inst(args[i]).local != local ||
              (f_->inst(param).op == kLoopParam &&
               position_[args[i].index] < position_[param.index] &&
               position_[param.index] < position_[id.index])) {
            visit(local, position_[id.index]);
          }
        }
      }
    });
  };
  for_each([&](uint32_t local, uint32_t) { ++assign_begin_[local + 1]; });
  for (size_t i = 1; i <= locals; ++i) assign_begin_[i] += assign_begin_[i - 1];
  assign_positions_.resize(assign_begin_[locals]);
  std::vector<uint32_t> at(assign_begin_.begin(), assign_begin_.end() - 1);
  for_each([&](uint32_t local, uint32_t position) {
    assign_positions_[at[local]++] = position;
  });
}

// Parameters without a source local were label values and stay so, as far as
// the format can say it: several need a block type in the module, and all
// targets of a br_table must agree.
void Stackifier::Builder::ChooseStackParams() {
  const uint32_t regions = f_->num_regions();
  on_label_.assign(f_->num_insts(), false);
  out_->stack_params.assign(regions, {});
  out_->exits.assign(regions, false);
  out_->loop_results.assign(regions, ValueId());
  forced_.assign(regions, 0);
  for (uint32_t r = 0; r < regions; ++r) {
    for (const IncomingEdge& in : incoming_.into(RegionId(r))) {
      if (f_->region(RegionId(r)).kind != RegionKind::kLoop) {
        out_->exits[r] = true;
      }
      const uint32_t implicit = f_->num_implicit_args(in.inst, in.edge);
      forced_[r] = std::max(forced_[r], implicit);
    }
  }
  for (uint32_t r = 1; r < regions; ++r) {
    ChooseFor(r, false);
    if (out_->stack_params[r].size() < 2) continue;
    std::vector<ValueType> types;
    for (ValueId p : out_->stack_params[r]) types.push_back(f_->inst(p).type);
    if (types_.BlockType(types) == wasm::kNoIndex) ChooseFor(r, true);
  }
  if (f_->branch_tables.empty()) return;
  for (bool changed = true; changed;) {
    changed = false;
    ForEachInst(*f_, [&](ValueId id) {
      if (f_->inst(id).op != Op::kBrTable) return;
      const auto& targets = f_->branch_tables[f_->inst(id).imm].targets;
      const size_t first = Arity(targets[0]);
      if (std::all_of(targets.begin(), targets.end(),
                      [&](RegionId r) { return Arity(r) == first; })) {
        return;
      }
      for (RegionId r : targets) {
        if (r == Function::root() || Arity(r) == forced_[r.index]) continue;
        ChooseFor(r.index, true);
        changed = true;
      }
    });
  }
}

// What the choice of stack parameters cannot give: values that arrive by
// themselves at a loop, and equal arities for a br_table with loops, or with
// the function, among its targets.
void Stackifier::Builder::FindEdgesToLand() {
  for (uint32_t r = 1; r < f_->num_regions(); ++r) {
    if (forced_[r] == 0) continue;
    if (f_->region(RegionId(r)).kind == RegionKind::kLoop) {
      for (const IncomingEdge& in : incoming_.into(RegionId(r))) {
        if (f_->num_implicit_args(in.inst, in.edge) > 0) {
          out_->to_land.push_back({in.inst, in.edge});
        }
      }
    } else if (out_->stack_params[r].size() > 1) {
      std::vector<ValueType> types;
      for (ValueId p : out_->stack_params[r]) types.push_back(f_->inst(p).type);
      if (types_.BlockType(types) == wasm::kNoIndex) out_->missing_type = true;
    }
  }
  if (f_->branch_tables.empty()) return;
  ForEachInst(*f_, [&](ValueId id) {
    if (f_->inst(id).op != Op::kBrTable) return;
    const auto& targets = f_->branch_tables[f_->inst(id).imm].targets;
    bool equal = true;
    for (RegionId r : targets) equal &= Arity(r) == Arity(targets[0]);
    for (uint32_t e = 0; e < targets.size() && !equal; ++e) {
      if (Arity(targets[e]) > 0) out_->to_land.push_back({id, e});
    }
  });
}

void Stackifier::Builder::ChooseFor(uint32_t r, bool demote) {
  const Region& region = f_->region(RegionId(r));
  std::vector<ValueId>& list = out_->stack_params[r];
  list.clear();
  if (region.kind == RegionKind::kLoop) return;
  const size_t first_forced = region.params.size() - forced_[r];
  for (size_t i = 0; i < region.params.size(); ++i) {
    const ValueId param = region.params[i];
    const bool wanted =
        f_->inst(param).local == kNoLocal && !demote && live_[param.index];
    on_label_[param.index] = wanted || i >= first_forced;
    if (on_label_[param.index]) list.push_back(param);
  }
}

void Stackifier::Builder::CountUses() {
  remaining_.assign(f_->num_insts(), 0);
  pending_.assign(f_->num_insts(), 0);
  emitted_.assign(f_->num_insts(), false);
  ForEachInst(*f_, [&](ValueId id) {
    if (!live_[id.index] || IsProjection(id)) return;
    const uint32_t own = f_->num_own_operands(id);
    const auto operands = f_->operands(id);
    for (uint32_t i = 0; i < own; ++i) ++remaining_[operands[i].index];
    const uint32_t edges = f_->num_edges(id);
    for (uint32_t e = 0; e < edges; ++e) {
      const RegionId target = f_->edge_target(id, e);
      const auto args = f_->edge_args(id, e);
      for (size_t i = 0; i < args.size(); ++i) {
        const bool counts = target == Function::root() ||
                            on_label_[f_->region(target).params[i].index] ||
                            live_[f_->region(target).params[i].index];
        if (counts) ++remaining_[args[i].index];
      }
    }
  });
}

void Stackifier::Builder::ChooseRematerialized() {
  out_->rematerialized.assign(f_->num_insts(), false);
  ForEachInst(*f_, [&](ValueId id) {
    const Inst& inst = f_->inst(id);
    if (!IsRematerializable(inst.op)) return;
    const int size = ConstSize(*f_, id);
    const int uses = static_cast<int>(remaining_[id.index]);
    // Against: once, an assignment, and a read at every use but the first.
    const int kept = inst.local == kNoLocal ? size + 2 + 2 * (uses - 1)
                                            : size + 2 + 2 * uses;
    if (size * uses <= kept) out_->rematerialized[id.index] = true;
  });
  // A constant that reaches its parameter through the local they share costs
  // nothing at the edges, so it counts as assigned where it stands.
  ForEachInst(*f_, [&](ValueId id) {
    const uint32_t edges = f_->num_edges(id);
    for (uint32_t e = 0; e < edges; ++e) {
      const RegionId target = f_->edge_target(id, e);
      if (target == Function::root()) continue;
      const auto args = f_->edge_args(id, e);
      for (size_t i = 0; i < args.size(); ++i) {
        const ValueId param = f_->region(target).params[i];
        if (f_->inst(args[i]).local != kNoLocal && live_[param.index] &&
            f_->inst(args[i]).local == f_->inst(param).local) {
          out_->rematerialized[args[i].index] = false;
        }
      }
    }
  });
}

}  // namespace weft::ir
