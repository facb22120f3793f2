// Where an operand comes from: the subtree at the cursor, one that moves there,
// the stack, or a local.
#include <algorithm>
#include <vector>

#include "ir/stackifier_builder.h"

namespace weft::ir {

namespace {

// How many list items an operand may be moved across.
constexpr int kMaxLookBack = 64;
// How many instructions of a tree may be moved at once.
constexpr size_t kMaxMovedTree = 16;

}  // namespace

bool Stackifier::Builder::ConsumeGroup(ValueId value) {
  ValueId first;
  std::vector<ValueId> members;
  CollectGroup(cursor_, &first, &members);
  const size_t n = members.size();
  const bool is_region = f_->inst(value).op == kLabelParam;
  const bool is_catch = f_->inst(value).op == kCatchParam;
  const uint32_t begin = position_[f_->operand(value, 0).index];
  if (members.front() == value) {
    if (is_region && LastWanted() > begin) return false;
    if (is_catch && pool_.size() > body_pool_) return false;
    // One that is wanted below `value` would come too late.
    for (size_t i = 1; i < n; ++i) {
      if (remaining_[members[i].index] > 0) return false;
    }
    // The others leave the stack first.
    if (pending_[value.index] > 0) Push(EntryKind::kTee, value.index);
    for (size_t i = 1; i < n; ++i) {
      if (pending_[members[i].index] > 0) {
        Push(EntryKind::kSet, members[i].index);
      } else {
        Push(EntryKind::kDrop);
      }
    }
    LeaveGroup(first);
    return true;
  }
  // All of them, when the tree wants exactly them in this order.
  const Frame& tree = frames_.back();
  if (members.back() != value || tree.kind != FrameKind::kTree ||
      pool_.size() < tree.begin + n - 1 ||
      (is_catch && pool_.size() > body_pool_ + n - 1) ||
      (is_region && LastWanted(n - 1) > begin)) {
    return false;
  }
  for (size_t i = 0; i + 1 < n; ++i) {
    const Item& item = pool_[pool_.size() - (n - 1) + i];
    if (item.is_set || item.value != members[i] ||
        remaining_[item.value.index] != 1 || pending_[item.value.index] > 0) {
      return false;
    }
  }
  pool_.resize(pool_.size() - (n - 1));
  for (size_t i = 0; i + 1 < n; ++i) --remaining_[members[i].index];
  if (pending_[value.index] > 0) Push(EntryKind::kTee, value.index);
  LeaveGroup(first);
  return true;
}

// Takes `value`, all of whose other uses come later, from the cursor.
bool Stackifier::Builder::ConsumeAtCursor(ValueId value) {
  const ValueId item = AtCursor();
  if (!item.valid()) return false;
  if (IsProjection(item)) {
    if (!IsProjection(value) || f_->inst(value).op != f_->inst(item).op ||
        f_->operand(value, 0) != f_->operand(item, 0)) {
      return false;
    }
    return ConsumeGroup(value);
  }
  if (item != value) return false;
  // Arguments that a branch leaves behind would lie below its result.
  if (IsBranch(f_->inst(item).op) && NumStackArgs(item) > 0) return false;
  if (pending_[value.index] > 0) Push(EntryKind::kTee, value.index);
  StartInst(value);
  return true;
}

// `value` is computed at the end of the loop at the cursor: the loop returns
// it.
bool Stackifier::Builder::ConsumeLoopResult(ValueId value) {
  const ValueId item = AtCursor();
  if (!item.valid() || f_->inst(item).op != Op::kLoop) return false;
  if (pending_[value.index] > 0) return false;
  const RegionId region = f_->region_of(item);
  const uint32_t at = position_[value.index];
  if (at <= position_[item.index] || at > end_[region.index]) return false;
  if (LastWanted() > position_[item.index]) return false;
  const ValueId last = f_->body(f_->region(region).first_body).last;
  if (!last.valid() || f_->inst(last).op != kExit) return false;
  out_->loop_results[region.index] = value;
  ++remaining_[value.index];
  StartInst(item);
  return true;
}

// After br_if its argument is still on the stack. REQUIRES: the branch holds
// the one use that is left.
bool Stackifier::Builder::ConsumeBranchArgument(ValueId value) {
  const ValueId item = AtCursor();
  if (!item.valid() || f_->inst(item).op != Op::kBrIf) return false;
  if (pending_[value.index] > 0 || NumStackArgs(item) != 1) return false;
  const RegionId target = f_->edge_target(item, 0);
  const auto args = f_->edge_args(item, 0);
  for (size_t i = 0; i < args.size(); ++i) {
    const bool on_stack = target == Function::root() ||
                          on_label_[f_->region(target).params[i].index];
    if (!on_stack) continue;
    const ValueType type = target == Function::root()
                               ? f_->results[i]
                               : f_->inst(f_->region(target).params[i]).type;
    if (args[i] != value || !(f_->inst(value).type == type)) return false;
  }
  StartInst(item);
  return true;
}

// Whether `value` can be computed at the cursor, together with the operands
// that have no local to be read from: these have to come along (and are asked
// once more when they are wanted). Collects what all of them do.
bool Stackifier::Builder::GatherMove(ValueId value, Footprint* footprint) {
  const uint32_t to = CursorPosition();
  group_.assign(1, value);
  for (size_t i = 0; i < group_.size(); ++i) {
    if (i == kMaxMovedTree) return false;
    const ValueId id = group_[i];
    const Inst& inst = f_->inst(id);
    if (IsProjection(id) || f_->is_region(id) || IsBranch(inst.op)) {
      return false;
    }
    if (inst.body != f_->inst(value).body) return false;
    footprint->Add(FootprintOf(id));
    for (ValueId operand : f_->operands(id)) {
      const uint32_t local = f_->inst(operand).local;
      if (AssignedBetween(local, position_[id.index], to)) return false;
      // Nothing says where branches back assign it.
      if (local == kNoLocal && f_->inst(operand).op == kLoopParam) return false;
      if (local == kNoLocal && IsComputed(operand) &&
          !out_->rematerialized[operand.index] &&
          remaining_[operand.index] == 1 && pending_[operand.index] == 0) {
        group_.push_back(operand);
      }
    }
  }
  return true;
}

bool Stackifier::Builder::MoveHere(ValueId value) {
  const Inst& inst = f_->inst(value);
  if (pending_[value.index] > 0) return false;
  Footprint footprint;
  const bool gathered = GatherMove(value, &footprint);
  group_.clear();
  if (!gathered) return false;
  if (inst.body != body_) {
    // Out of an enclosing body into an arm, never into a loop or a try.
    if (!footprint.pure()) return false;
    BodyId body = body_;
    while (body != inst.body) {
      const RegionId region = f_->body(body).region;
      const RegionKind kind = f_->region(region).kind;
      if (kind != RegionKind::kBlock && kind != RegionKind::kIf) return false;
      body = f_->inst(f_->region(region).inst).body;
    }
  } else if (!footprint.pure()) {
    int steps = 0;
    for (ValueId m = AtCursor(); m.valid(); m = f_->inst(m).prev) {
      if (++steps > kMaxLookBack) return false;
      if (m != value && !Skippable(m) && !Commute(footprint, FootprintOf(m))) {
        return false;
      }
      if (m == value) break;
    }
  }
  StartInst(value);
  return true;
}

// Leaves what lies between on top of `value`, which the source did, too.
bool Stackifier::Builder::Hold(ValueId value) {
  const Inst& inst = f_->inst(value);
  if (inst.body != body_ || inst.local != kNoLocal) return false;
  if (position_[value.index] <= barrier_) return false;
  // Of a label value the whole region comes along.
  const ValueId begin = inst.op == kLabelParam ? f_->operand(value, 0) : value;
  if (LastWanted() > position_[begin.index]) return false;
  // Nothing comes below what a catch receives.
  if (inst.op == kCatchParam && pool_.size() > body_pool_) return false;
  if (IsBranch(inst.op)) return false;
  if (IsProjection(value)) {
    // Only when it is alone.
    ValueId next = inst.next;
    while (next.valid() && f_->inst(next).op == inst.op &&
           f_->operand(next, 0) == f_->operand(value, 0)) {
      if (inst.op != kLabelParam || on_label_[next.index]) return false;
      next = f_->inst(next).next;
    }
    ValueId first;
    std::vector<ValueId> members;
    CollectGroup(value, &first, &members);
    if (members.size() != 1) return false;
  }
  Frame frame;
  frame.kind = FrameKind::kHold;
  frame.inst = value;
  frame.barrier = barrier_;
  barrier_ = position_[value.index];
  frames_.push_back(frame);
  return true;
}

void Stackifier::Builder::Want(ValueId value) {
  --remaining_[value.index];
  if (out_->rematerialized[value.index]) {
    return Push(EntryKind::kInst, value.index);
  }
  if (IsComputed(value) && !emitted_[value.index]) {
    if (remaining_[value.index] == 0) {
      if (ConsumeAtCursor(value) || ConsumeLoopResult(value) || Hold(value) ||
          MoveHere(value)) {
        return;
      }
    } else if (remaining_[value.index] == 1 && ConsumeBranchArgument(value)) {
      return;
    }
  }
  Get(value);
}

}  // namespace weft::ir
