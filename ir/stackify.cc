// Emission is built backwards, as LLVM's RegStackify walks: at an instruction
// its operands are taken from right to left, each at the cursor, the position
// right before what has been emitted so far.
//
//  - An operand whose last remaining use this is, and whose definition stands
//    at the cursor, becomes a subtree; with uses behind it, it is teed.
//  - A single-use operand further up moves to the cursor when it commutes with
//    what lies between.
//  - A value that was on the stack in the source is held there: what lies
//    between is emitted on top of it.
//  - Everything else is read from a local, and its definition, reached later,
//    assigns it.
//
// Since emission runs in exact reverse order, "all other uses have been seen"
// means "all other uses come later". A value defined at the end of a loop's
// body may become the loop's result, and the argument that br_if leaves behind
// on its fallthrough may be taken from there.
//
// Which local a value will get is not known yet; the source local is taken as
// its name. Edge arguments that share the source local of their parameter need
// no code; the others are copied on the edge.
#include "ir/stackify.h"

#include <algorithm>

#include "ir/stackifier_builder.h"

namespace weft::ir {

bool Stackifier::Builder::Skippable(ValueId id) const {
  if (emitted_[id.index]) return true;
  const Inst& inst = f_->inst(id);
  if (inst.op == kParam || inst.op == kDefault || inst.op == kLoopParam) {
    return true;
  }
  if (inst.op == kLabelParam) return !on_label_[id.index];
  // Results of a live instruction are there, wanted or not.
  if (inst.op == kResult) return !live_[f_->operand(id, 0).index];
  if (!live_[id.index] && inst.op != kCatchParam) return true;
  return out_->rematerialized[id.index];
}

// The item right before what has been emitted, or invalid at the body's start.
ValueId Stackifier::Builder::AtCursor() {
  while (cursor_.valid() && Skippable(cursor_)) {
    cursor_ = f_->inst(cursor_).prev;
  }
  return cursor_;
}

bool Stackifier::Builder::AssignedBetween(uint32_t local, uint32_t after,
                                          uint32_t before) const {
  if (local == kNoLocal) return false;
  const auto begin = assign_positions_.begin() + assign_begin_[local];
  const auto end = assign_positions_.begin() + assign_begin_[local + 1];
  const auto it = std::upper_bound(begin, end, after);
  return it != end && *it < before;
}

Footprint Stackifier::Builder::FootprintOf(ValueId id) const {
  Footprint footprint;
  uint32_t effects = EffectsOf(*f_, id);
  if (f_->inst(id).op == Op::kGlobalGet &&
      !module_.globals[f_->inst(id).imm].type.is_mutable) {
    effects &= ~wasm::kReadsGlobal;
  }
  if (f_->is_region(id)) {
    // Its own control operator only leads into the content.
    return content_[f_->region_of(id).index];
  }
  footprint.Add(effects, TrapsOf(*f_, id));
  return footprint;
}

uint32_t Stackifier::Builder::CursorPosition() const {
  if (!cursor_.valid()) {
    const ValueId region = f_->region(f_->body(body_).region).inst;
    return region.valid() ? position_[region.index] + 1 : 1;
  }
  const uint32_t at = position_[cursor_.index];
  if (!f_->is_region(cursor_)) return at + 1;
  return std::max(at, end_[f_->region_of(cursor_).index]) + 1;
}

// Whether a tree can produce the value: neither a parameter nor a local that
// holds its value already.
bool Stackifier::Builder::IsComputed(ValueId value) const {
  const Op op = f_->inst(value).op;
  if (op == kParam || op == kDefault || op == kLoopParam) return false;
  return op != kLabelParam || on_label_[value.index];
}

// Whether another branch to `target` may be emitted between `arg`, assigned to
// a parameter for the branch `id`, and `id` itself: in one of the values that
// `id` takes along on the stack, which come behind the assignment.
bool Stackifier::Builder::MayBranchBetween(ValueId arg, ValueId id,
                                           RegionId target) const {
  if (caught_[target.index]) return true;
  const auto edges = incoming_.into(target);
  const auto it = std::partition_point(
      edges.begin(), edges.end(), [&](const IncomingEdge& in) {
        return position_[in.inst.index] <= position_[arg.index];
      });
  return it != edges.end() && position_[it->inst.index] < position_[id.index];
}

// Whether `arg` can be computed for the first edge of `id` alone, and assigned
// to the parameter before what the edge takes along on the stack, if that is
// anything.
bool Stackifier::Builder::ConsumableOnEdge(ValueId arg, ValueId id,
                                           RegionId target,
                                           bool stack_empty) const {
  if (out_->rematerialized[arg.index]) return stack_empty;
  return remaining_[arg.index] == 1 && pending_[arg.index] == 0 &&
         IsComputed(arg) && (stack_empty || !MayBranchBetween(arg, id, target));
}

// Copies on the edges of `id` for parameters that live in locals. With
// `consume`, an argument computed for the edge alone is left to AddEdgeSets.
void Stackifier::Builder::EmitCopies(ValueId id, bool consume) {
  const uint32_t first = static_cast<uint32_t>(out_->copies.size());
  const uint32_t edges = f_->num_edges(id);
  const bool stack_empty = NumStackArgs(id) == 0;
  for (uint32_t e = 0; e < edges; ++e) {
    const RegionId target = f_->edge_target(id, e);
    if (target == Function::root()) continue;
    const auto args = f_->edge_args(id, e);
    for (size_t i = 0; i < args.size(); ++i) {
      const ValueId param = f_->region(target).params[i];
      if (on_label_[param.index] || !live_[param.index]) continue;
      const ValueId arg = args[i];
      const uint32_t local = f_->inst(arg).local;
      const bool shared = local != kNoLocal && local == f_->inst(param).local;
      if (consume && !shared &&
          ConsumableOnEdge(arg, id, target, stack_empty)) {
        group_.push_back(arg);
        group_.push_back(param);
        continue;
      }
      --remaining_[arg.index];
      if (!out_->rematerialized[arg.index]) ++pending_[arg.index];
      ++pending_[param.index];
      out_->copies.push_back({arg, param});
    }
  }
  const uint32_t count = static_cast<uint32_t>(out_->copies.size()) - first;
  // Copies may read parameters of the loop that are assigned here.
  if (consume && ToLoop(id)) {
    for (size_t i = 1; i < group_.size(); i += 2) {
      ++pending_[group_[i].index];
      Push(EntryKind::kSet, group_[i].index);
    }
  }
  if (count > 0) Push(EntryKind::kCopies, first, count);
}

// The tree part of what EmitCopies left: all values, then all assignments.
void Stackifier::Builder::AddEdgeSets(ValueId id) {
  for (size_t i = 0; i < group_.size(); i += 2) AddItem(group_[i]);
  for (size_t i = ToLoop(id) ? 0 : group_.size(); i > 0; i -= 2) {
    ++pending_[group_[i - 1].index];
    AddItem(group_[i - 1], true);
  }
  group_.clear();
}

// Whether the first edge leads to a loop, where nothing travels on the stack.
bool Stackifier::Builder::ToLoop(ValueId id) const {
  return f_->num_edges(id) > 0 &&
         f_->region(f_->edge_target(id, 0)).kind == RegionKind::kLoop;
}

uint32_t Stackifier::Builder::NumStackArgs(ValueId id) const {
  uint32_t count = 0;
  if (f_->num_edges(id) == 0) return 0;
  const RegionId target = f_->edge_target(id, 0);
  const auto args = f_->edge_args(id, 0);
  if (target == Function::root()) return static_cast<uint32_t>(args.size());
  for (size_t i = 0; i < args.size(); ++i) {
    if (on_label_[f_->region(target).params[i].index]) ++count;
  }
  return count;
}

// What the operator itself finds on the stack: arguments of its edges that
// travel there (all edges of a br_table bring the same), then its operands.
void Stackifier::Builder::AddOperands(ValueId id) {
  if (f_->num_edges(id) > 0) {
    const RegionId target = f_->edge_target(id, 0);
    const auto args = f_->edge_args(id, 0);
    for (size_t i = 0; i < args.size(); ++i) {
      if (target == Function::root() ||
          on_label_[f_->region(target).params[i].index]) {
        AddItem(args[i]);
      }
    }
    // The other edges name the same values once more.
    for (uint32_t e = 1; e < f_->num_edges(id); ++e) {
      const RegionId other = f_->edge_target(id, e);
      const auto same = f_->edge_args(id, e);
      for (size_t i = 0; i < same.size(); ++i) {
        if (other == Function::root() ||
            on_label_[f_->region(other).params[i].index]) {
          --remaining_[same[i].index];
        }
      }
    }
  }
  const uint32_t own = f_->num_own_operands(id);
  const auto operands = f_->operands(id);
  for (uint32_t i = 0; i < own; ++i) AddItem(operands[i]);
}

void Stackifier::Builder::OpenBody(BodyId body) {
  Frame frame;
  frame.kind = FrameKind::kBody;
  frame.cursor = cursor_;
  frame.barrier = barrier_;
  frame.body = body_;
  frame.pool = body_pool_;
  frames_.push_back(frame);
  body_ = body;
  body_pool_ = pool_.size();
  cursor_ = f_->body(body).last;
  barrier_ = 0;
}

void Stackifier::Builder::StartTree(ValueId id, uint32_t begin) {
  Frame frame;
  frame.kind = FrameKind::kTree;
  frame.inst = id;
  frame.begin = begin;
  frames_.push_back(frame);
}

void Stackifier::Builder::AddItem(ValueId value, bool is_set) {
  Item item{value, is_set, LastWanted()};
  if (!is_set && !out_->rematerialized[value.index]) {
    item.last_definition =
        std::max(item.last_definition, position_[value.index]);
  }
  pool_.push_back(item);
}

// Where the last value is defined that open trees still want, all of which
// they want in front of what is emitted now; `skip` items not counted. What
// contains that definition must not become part of a tree: the value would be
// read before it is there.
uint32_t Stackifier::Builder::LastWanted(size_t skip) const {
  if (pool_.size() <= skip) return 0;
  return pool_[pool_.size() - 1 - skip].last_definition;
}

// Emits the operator of `id` (its result, if any, is accounted for) and opens
// the frame that emits what comes before it.
void Stackifier::Builder::StartInst(ValueId id) {
  emitted_[id.index] = true;
  if (cursor_ == id) cursor_ = f_->inst(id).prev;
  if (f_->is_region(id)) {
    const RegionId region = f_->region_of(id);
    Push(EntryKind::kClose, region.index);
    Frame frame;
    frame.kind = FrameKind::kRegion;
    frame.inst = id;
    frame.next = f_->region(region).num_bodies;
    frames_.push_back(frame);
    return;
  }
  const Op op = f_->inst(id).op;
  if (op != kExit && op != kCopy) Push(EntryKind::kInst, id.index);
  const uint32_t begin = static_cast<uint32_t>(pool_.size());
  const bool consume = op == Op::kBr || op == kExit;
  if (f_->num_edges(id) > 0) {
    EmitCopies(id, consume);
    AddEdgeSets(id);
  }
  AddOperands(id);
  StartTree(id, begin);
}

void Stackifier::Builder::StepRegion() {
  Frame& frame = frames_.back();
  const ValueId id = frame.inst;
  const RegionId region = f_->region_of(id);
  const uint32_t arms = f_->region(region).num_bodies;
  if (frame.next < arms && frame.next > 0) {
    Push(EntryKind::kArm, region.index, frame.next);
  }
  if (frame.next > 0) {
    const uint32_t arm = --frame.next;
    OpenBody(f_->body_of(region, arm));
    const ValueId result = out_->loop_results[region.index];
    if (result.valid()) {
      cursor_ = f_->inst(cursor_).prev;  // Passes by the kExit.
      const uint32_t begin = static_cast<uint32_t>(pool_.size());
      AddItem(result);
      StartTree(id, begin);
    }
    return;
  }
  frames_.pop_back();
  Push(EntryKind::kOpen, region.index);
  const uint32_t begin = static_cast<uint32_t>(pool_.size());
  if (f_->region(region).kind == RegionKind::kLoop) {
    EmitCopies(id, true);
    AddEdgeSets(id);
  } else {
    const uint32_t own = f_->num_own_operands(id);
    for (uint32_t i = 0; i < own; ++i) AddItem(f_->operand(id, i));
  }
  StartTree(id, begin);
}

// The results or stack parameters that end with `last`, and the first
// instruction of the whole group in the list.
void Stackifier::Builder::CollectGroup(ValueId last, ValueId* first,
                                       std::vector<ValueId>* members) const {
  members->clear();
  const Op op = f_->inst(last).op;
  for (ValueId v = last; v.valid() && f_->inst(v).op == op;
       v = f_->inst(v).prev) {
    if (f_->operand(v, 0) != f_->operand(last, 0)) break;
    *first = v;
    if (op != kLabelParam || on_label_[v.index]) members->push_back(v);
  }
  std::reverse(members->begin(), members->end());
}

// Goes on with the instruction that made the group beginning with `first`.
void Stackifier::Builder::LeaveGroup(ValueId first) {
  const Inst& inst = f_->inst(first);
  const bool has_base = inst.op != kCatchParam;
  const ValueId base = f_->operand(first, 0);
  cursor_ = inst.prev;
  if (has_base) StartInst(base);
}

void Stackifier::Builder::EmitGroupRoot(ValueId last) {
  ValueId first;
  std::vector<ValueId> members;
  CollectGroup(last, &first, &members);
  for (ValueId v : members) {
    if (pending_[v.index] > 0) {
      Push(EntryKind::kSet, v.index);
    } else {
      Push(EntryKind::kDrop);
    }
  }
  LeaveGroup(first);
}

// Emits the item at the cursor as a statement.
void Stackifier::Builder::EmitRoot(ValueId item) {
  if (IsProjection(item)) return EmitGroupRoot(item);
  WEFT_DCHECK(remaining_[item.index] == 0);
  const Inst& inst = f_->inst(item);
  if (IsBranch(inst.op) && !IsTerminator(inst.op)) {
    for (uint32_t i = NumStackArgs(item); i > 0; --i) Push(EntryKind::kDrop);
  }
  if (!(inst.type == ValueType())) {
    if (pending_[item.index] > 0) {
      Push(EntryKind::kSet, item.index);
    } else {
      Push(EntryKind::kDrop);
    }
  }
  StartInst(item);
}

void Stackifier::Builder::Step() {
  Frame& frame = frames_.back();
  switch (frame.kind) {
    case FrameKind::kBody: {
      const ValueId item = AtCursor();
      if (item.valid()) return EmitRoot(item);
      cursor_ = frame.cursor;
      barrier_ = frame.barrier;
      body_ = frame.body;
      body_pool_ = frame.pool;
      frames_.pop_back();
      return;
    }
    case FrameKind::kTree: {
      if (pool_.size() == frame.begin) {
        frames_.pop_back();
        return;
      }
      const Item item = pool_.back();
      pool_.pop_back();
      if (item.is_set) return Push(EntryKind::kSet, item.value.index);
      return Want(item.value);
    }
    case FrameKind::kHold: {
      const ValueId item = AtCursor();
      WEFT_CHECK(item.valid());
      if (item != frame.inst) return EmitRoot(item);
      barrier_ = frame.barrier;
      const ValueId value = frame.inst;
      frames_.pop_back();
      WEFT_CHECK(ConsumeAtCursor(value));
      return;
    }
    case FrameKind::kRegion:
      return StepRegion();
  }
}

void Stackifier::Builder::Run(const Function& f, Emission* out) {
  f_ = &f;
  out_ = out;
  out_->Clear();
  frames_.clear();
  pool_.clear();
  group_.clear();
  incoming_.Compute(f);
  ComputeLive(f, incoming_, &live_);
  Number();
  FindCaught();
  CollectAssignments();
  ChooseStackParams();
  FindEdgesToLand();
  if (out_->missing_type || !out_->to_land.empty()) return;
  CountUses();
  ChooseRematerialized();
  cursor_ = ValueId();
  barrier_ = 0;
  body_ = BodyId();
  body_pool_ = 0;
  OpenBody(f.root_body());
  while (!frames_.empty()) Step();
  std::reverse(out_->entries.begin(), out_->entries.end());
}

Stackifier::Stackifier(const wasm::Module& module, const TypeLookup& types)
    : builder_(std::make_unique<Builder>(module, types)) {}
Stackifier::~Stackifier() = default;

void Stackifier::Run(const Function& f, Emission* out) {
  builder_->Run(f, out);
}

}  // namespace weft::ir
