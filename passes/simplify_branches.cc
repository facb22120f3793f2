// One walk from the inside out. Values that disappear (parameters of flattened
// regions) are replaced in a second walk over all operands.
#include "passes/simplify_branches.h"

#include <algorithm>
#include <vector>

#include "ir/flow.h"

namespace weft::passes {

using ir::BodyId;
using ir::Function;
using ir::Inst;
using ir::Op;
using ir::Region;
using ir::RegionId;
using ir::RegionKind;
using ir::ValueId;
using wasm::ValueType;

namespace {

// Instructions of an arm that may be computed although it is not taken.
constexpr int kMaxSelectInsts = 3;

class Simplifier {
 public:
  explicit Simplifier(Function* f) : f_(*f) {}

  bool Run();

 private:
  void CountEdges();
  void AddEdges(ValueId id, int sign);
  void ExitInstead(RegionId region);
  void VisitRegion(ValueId id);
  void VisitBranch(ValueId id);
  bool DecideIf(ValueId id, RegionId region);
  bool RemoveEmptyIf(ValueId id, RegionId region);
  bool IfToBranch(ValueId id, RegionId region);
  bool IfToSelect(ValueId id, RegionId region);
  bool Exits(RegionId region) const;
  bool Flatten(ValueId id, RegionId region);
  void Splice(BodyId body, ValueId before);
  void ReplaceParams(RegionId region, absl::Span<const ValueId> by);
  void DeleteTail(ValueId after);
  void DeleteTree(ValueId id);
  bool IsLone(BodyId body, ValueId* last) const;
  bool SpeculationCost(BodyId body, int* insts) const;
  ValueId Root(ValueId id) const {
    while (f_.inst(id).op == ir::kCopy) id = f_.operand(id, 0);
    return id;
  }
  ValueId Resolve(ValueId id) const {
    while (id.index < replacement_.size() && replacement_[id.index].valid()) {
      id = replacement_[id.index];
    }
    return id;
  }
  bool IsI32Const(ValueId id, uint32_t* bits) const {
    const Inst& inst = f_.inst(Root(Resolve(id)));
    *bits = inst.imm;
    return inst.op == Op::kI32Const;
  }

  Function& f_;
  std::vector<uint32_t> edges_;  // Into a region, kExit included.
  // Legacy tries that name the region's label in their delegate: they need it,
  // but bring no control to its end.
  std::vector<uint32_t> delegates_;
  std::vector<ValueId> replacement_;
  std::vector<bool> gone_;  // Within a deleted region; for those visited.
  bool changed_ = false;
};

void Simplifier::AddEdges(ValueId id, int sign) {
  const uint32_t count = f_.num_edges(id);
  for (uint32_t e = 0; e < count; ++e) {
    edges_[f_.edge_target(id, e).index] += static_cast<uint32_t>(sign);
  }
}

void Simplifier::CountEdges() {
  edges_.assign(f_.num_regions(), 0);
  delegates_.assign(f_.num_regions(), 0);
  ir::ForEachInst(f_, [&](ValueId id) {
    AddEdges(id, 1);
    if (!f_.is_region(id)) return;
    const RegionId delegate = f_.region(f_.region_of(id)).delegate;
    if (delegate.valid()) ++delegates_[delegate.index];
  });
}

void Simplifier::ReplaceParams(RegionId region, absl::Span<const ValueId> by) {
  replacement_.resize(f_.num_insts());
  const std::vector<ValueId> params = f_.region(region).params;
  for (size_t i = 0; i < params.size(); ++i) {
    replacement_[params[i].index] = by[i];
    f_.Delete(params[i]);
  }
  f_.region(region).params.clear();
}

// Moves all instructions of `body` in front of `before`.
void Simplifier::Splice(BodyId body, ValueId before) {
  for (ValueId at = f_.body(body).first; at.valid();) {
    const ValueId next = f_.inst(at).next;
    f_.Unlink(at);
    f_.InsertBefore(before, at);
    at = next;
  }
}

// Deletes `id` and, if it is a region, everything in it.
void Simplifier::DeleteTree(ValueId id) {
  std::vector<ValueId> work = {id};
  while (!work.empty()) {
    const ValueId at = work.back();
    work.pop_back();
    AddEdges(at, -1);
    if (f_.is_region(at)) {
      const RegionId region = f_.region_of(at);
      const Region& r = f_.region(region);
      for (uint32_t arm = 0; arm < r.num_bodies; ++arm) {
        const ir::Body& body = f_.body(f_.body_of(region, arm));
        for (ValueId v = body.first; v.valid(); v = f_.inst(v).next) {
          work.push_back(v);
        }
      }
      if (r.delegate.valid()) --delegates_[r.delegate.index];
      f_.region(region).params.clear();
    }
    if (at.index >= gone_.size()) gone_.resize(f_.num_insts());
    gone_[at.index] = true;
  }
  f_.Delete(id);
}

// Deletes what stands behind `after` in its body: control never comes there.
void Simplifier::DeleteTail(ValueId after) {
  for (ValueId v = f_.inst(after).next; v.valid();) {
    const ValueId next = f_.inst(v).next;
    DeleteTree(v);
    v = next;
  }
}

// Whether the body consists of `*last` alone.
bool Simplifier::IsLone(BodyId body, ValueId* last) const {
  *last = f_.body(body).last;
  return last->valid() && !f_.inst(*last).prev.valid();
}

// An `if` that a constant decides.
bool Simplifier::DecideIf(ValueId id, RegionId region) {
  uint32_t condition;
  if (!IsI32Const(f_.operand(id, 0), &condition)) return false;
  const uint32_t taken = condition != 0 ? 0 : 1;
  const BodyId dead = f_.body_of(region, 1 - taken);
  while (f_.body(dead).first.valid()) DeleteTree(f_.body(dead).first);
  // What is left is a block.
  Inst& inst = f_.inst(id);
  inst.op = Op::kBlock;
  f_.SetOperands(id, {});
  Region& r = f_.region(region);
  r.kind = RegionKind::kBlock;
  r.num_bodies = 1;
  r.first_body = ir::BodyId(r.first_body.index + taken);
  changed_ = true;
  return true;
}

bool Simplifier::RemoveEmptyIf(ValueId id, RegionId region) {
  ValueId exits[2];
  for (uint32_t arm = 0; arm < 2; ++arm) {
    exits[arm] = f_.body(f_.body_of(region, arm)).last;
    if (!exits[arm].valid() || f_.inst(exits[arm]).op != ir::kExit ||
        f_.inst(exits[arm]).prev.valid()) {
      return false;
    }
  }
  if (edges_[region.index] != 2) return false;
  const auto then_args = f_.operands(exits[0]);
  const auto else_args = f_.operands(exits[1]);
  for (size_t i = 0; i < then_args.size(); ++i) {
    if (Resolve(then_args[i]) != Resolve(else_args[i])) return false;
  }
  const std::vector<ValueId> by(then_args.begin(), then_args.end());
  ReplaceParams(region, by);
  DeleteTree(id);
  changed_ = true;
  return true;
}

// if (c) { br L } becomes br_if L (c).
bool Simplifier::IfToBranch(ValueId id, RegionId region) {
  ValueId branch;
  ValueId exit;
  if (!IsLone(f_.body_of(region, 0), &branch) ||
      f_.inst(branch).op != Op::kBr) {
    return false;
  }
  if (!IsLone(f_.body_of(region, 1), &exit) || f_.inst(exit).op != ir::kExit ||
      edges_[region.index] != 1) {
    return false;
  }
  const RegionId target = f_.edge_target(branch, 0);
  if (target == region) return false;
  std::vector<ValueId> operands = {f_.operand(id, 0)};
  const auto args = f_.operands(branch);
  operands.insert(operands.end(), args.begin(), args.end());
  const std::vector<ValueId> exits(f_.operands(exit).begin(),
                                   f_.operands(exit).end());
  const ValueId conditional =
      f_.New(Op::kBrIf, ValueType(), operands, target.index);
  f_.InsertBefore(id, conditional);
  f_.CopyHint(id, conditional);
  ++edges_[target.index];
  AddEdges(branch, -1);
  f_.Delete(branch);
  AddEdges(exit, -1);
  f_.Delete(exit);
  ReplaceParams(region, exits);
  DeleteTree(id);
  changed_ = true;
  return true;
}

// Whether all of the body but its kExit may run when it is not taken; adds the
// number of its instructions.
bool Simplifier::SpeculationCost(BodyId body, int* insts) const {
  for (ValueId v = f_.body(body).first; v.valid(); v = f_.inst(v).next) {
    const Op op = f_.inst(v).op;
    if (op == ir::kExit) return !f_.inst(v).next.valid();
    if (!ir::IsWasmOp(op) && op != ir::kCopy) return false;
    if (f_.is_region(v) || ir::IsBranch(op) || ir::IsTerminator(op)) {
      return false;
    }
    if (ir::EffectsOf(f_, v) != wasm::kPure ||
        ir::TrapsOf(f_, v) != wasm::kNoTrap) {
      return false;
    }
    if (++*insts > kMaxSelectInsts) return false;
  }
  return false;
}

// if (c) a else b with two cheap values becomes select.
bool Simplifier::IfToSelect(ValueId id, RegionId region) {
  const Region& r = f_.region(region);
  if (r.params.size() != 1 || edges_[region.index] != 2) return false;
  const ValueId param = r.params[0];
  const ValueType type = f_.inst(param).type;
  if (!type.is_num_or_vec()) return false;
  int insts = 0;
  if (!SpeculationCost(f_.body_of(region, 0), &insts) ||
      !SpeculationCost(f_.body_of(region, 1), &insts)) {
    return false;
  }
  const ValueId exits[2] = {f_.body(f_.body_of(region, 0)).last,
                            f_.body(f_.body_of(region, 1)).last};
  const ValueId a = Resolve(f_.operand(exits[0], 0));
  const ValueId b = Resolve(f_.operand(exits[1], 0));
  // A side that keeps the local's value costs no code in the arm.
  const uint32_t local = f_.inst(param).local;
  const bool keeps = local != ir::kNoLocal &&
                     (f_.inst(a).local == local || f_.inst(b).local == local) &&
                     insts <= 1;
  if (keeps) return false;
  const ValueId condition = f_.operand(id, 0);
  for (uint32_t arm = 0; arm < 2; ++arm) {
    AddEdges(exits[arm], -1);
    f_.Delete(exits[arm]);
    Splice(f_.body_of(region, arm), id);
  }
  const ValueId select = f_.New(Op::kSelect, type, {a, b, condition});
  f_.inst(select).local = local;
  f_.InsertBefore(id, select);
  ReplaceParams(region, {select});
  DeleteTree(id);
  changed_ = true;
  return true;
}

// Whether control comes to what stands behind the region.
bool Simplifier::Exits(RegionId region) const {
  if (f_.region(region).kind != RegionKind::kLoop) {
    return edges_[region.index] > 0;
  }
  const ValueId last = f_.body(f_.region(region).first_body).last;
  return last.valid() && f_.inst(last).op == ir::kExit;
}

// Replaces a region that nothing branches to by its content.
bool Simplifier::Flatten(ValueId id, RegionId region) {
  const Region& r = f_.region(region);
  const BodyId body = r.first_body;
  const ValueId last = f_.body(body).last;
  const bool exits = last.valid() && f_.inst(last).op == ir::kExit;
  const bool is_loop = r.kind == RegionKind::kLoop;
  // The entry of a loop is an edge, as the exit of a block is.
  const uint32_t own = is_loop || exits ? 1 : 0;
  if (edges_[region.index] != own || delegates_[region.index] > 0) {
    return false;
  }
  std::vector<ValueId> by;
  if (is_loop) {
    by.assign(f_.operands(id).begin(), f_.operands(id).end());
  } else if (exits) {
    by.assign(f_.operands(last).begin(), f_.operands(last).end());
  }
  if (exits) {
    AddEdges(last, -1);
    f_.Delete(last);
  }
  ReplaceParams(region, by);
  Splice(body, id);
  AddEdges(id, -1);
  f_.Delete(id);
  changed_ = true;
  return true;
}

// Branches that stand in front of the end that they go to.
void Simplifier::ExitInstead(RegionId region) {
  const Region& r = f_.region(region);
  if (r.kind == RegionKind::kLoop) return;
  for (uint32_t arm = 0; arm < r.num_bodies; ++arm) {
    const ValueId last = f_.body(f_.body_of(region, arm)).last;
    if (!last.valid()) continue;
    Inst& inst = f_.inst(last);
    if (inst.op != Op::kBr || RegionId(inst.imm) != region) continue;
    inst.op = ir::kExit;
    inst.imm = 0;
    changed_ = true;
  }
}

void Simplifier::VisitRegion(ValueId id) {
  const RegionId region = f_.region_of(id);
  ExitInstead(region);
  // First of all, since the arm that goes may be the only one that exits.
  const bool is_if =
      f_.region(region).kind == RegionKind::kIf && !DecideIf(id, region);
  if (!Exits(region) && f_.inst(id).next.valid()) {
    if (f_.region(region).kind != RegionKind::kLoop) {
      f_.region(region).params.clear();  // They are in the tail.
    }
    DeleteTail(id);
    changed_ = true;
  }
  if (is_if && (RemoveEmptyIf(id, region) || IfToBranch(id, region) ||
                IfToSelect(id, region))) {
    return;
  }
  const RegionKind kind = f_.region(region).kind;
  if (kind == RegionKind::kBlock || kind == RegionKind::kLoop) {
    Flatten(id, region);
  }
}

void Simplifier::VisitBranch(ValueId id) {
  const Inst inst = f_.inst(id);
  uint32_t condition;
  if (inst.op == Op::kBrIf && IsI32Const(f_.operand(id, 0), &condition)) {
    changed_ = true;
    if (condition == 0) {
      AddEdges(id, -1);
      f_.Delete(id);
      return;
    }
    const RegionId target(inst.imm);
    const std::vector<ValueId> args(f_.operands(id).begin() + 1,
                                    f_.operands(id).end());
    DeleteTail(id);
    f_.inst(id).op = target == Function::root() ? Op::kReturn : Op::kBr;
    f_.SetOperands(id, args);
    return;
  }
  if (inst.op == Op::kBrTable && IsI32Const(f_.operand(id, 0), &condition)) {
    const ir::BranchTable& table = f_.branch_tables[inst.imm];
    const uint32_t last = static_cast<uint32_t>(table.labels.size()) - 1;
    const uint32_t edge = table.labels[std::min(condition, last)];
    const RegionId target = table.targets[edge];
    const auto span = f_.edge_args(id, edge);
    const std::vector<ValueId> args(span.begin(), span.end());
    AddEdges(id, -1);
    f_.inst(id).op = target == Function::root() ? Op::kReturn : Op::kBr;
    f_.inst(id).imm = target.index;
    f_.SetOperands(id, args);
    AddEdges(id, 1);
    changed_ = true;
    return;
  }
}

bool Simplifier::Run() {
  CountEdges();
  replacement_.assign(f_.num_insts(), ValueId());
  gone_.assign(f_.num_insts(), false);
  // A list, since the walk changes what it walks over.
  std::vector<ValueId> order;
  ir::ForEachInstReversed(f_, [&](ValueId id) {
    if (f_.is_region(id) || ir::IsBranch(f_.inst(id).op)) order.push_back(id);
  });
  for (ValueId id : order) {
    if (f_.inst(id).op == ir::kDeleted || gone_[id.index]) continue;
    if (f_.is_region(id)) {
      VisitRegion(id);
    } else {
      VisitBranch(id);
    }
  }
  if (!changed_) return false;
  replacement_.resize(f_.num_insts());
  ir::ForEachInst(f_, [&](ValueId id) {
    for (ValueId& operand : f_.operands(id)) operand = Resolve(operand);
  });
  return true;
}

}  // namespace

bool SimplifyBranches(const FunctionContext& context, Function* function) {
  (void)context;
  return Simplifier(function).Run();
}

}  // namespace weft::passes
