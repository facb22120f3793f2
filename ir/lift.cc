// One forward pass over the operators with an abstract stack. Locals are
// resolved to values as they are read; at labels, the arguments of every edge
// are recorded for the candidate locals (see LocalLiveness), and at the label
// those whose values differ become parameters. Branch operands are assembled
// at the end, when every label's parameters are known.
#include "ir/lift.h"

#include <utility>
#include <vector>

#include "ir/local_liveness.h"
#include "ir/op_types.h"
#include "ir/wasm/locals.h"
#include "ir/wasm/operator.h"

namespace weft::ir {

using wasm::BlockType;
using wasm::InfoOf;
using wasm::OpClass;
using wasm::Operator;

namespace {

// Values recorded for edges, in all: a multiple of the largest real bodies.
constexpr size_t kMaxSnapshotValues = size_t{1} << 25;

}  // namespace

class Lifter::Builder {
 public:
  absl::Status Run(const wasm::Module& module, wasm::FuncIndex func,
                   wasm::ByteSpan body, uint32_t offset, Function* function,
                   absl::Span<const wasm::BranchHint> hints);

 private:
  struct Slot {
    ValueId value;
    uint32_t local = kNoLocal;  // Set when read from, or teed into, a local.
    ValueId after;              // Last instruction of `body` at that time.
    BodyId body;
  };
  struct Label {
    RegionId region;                // Invalid when the block left no trace.
    uint32_t candidates_begin = 0;  // In candidates_.
    uint32_t candidates_end = 0;
    std::vector<uint32_t> kept;  // Columns that became parameters.
    uint32_t num_values = 0;     // Label values (operands of a branch).
    uint32_t edges_begin = 0;    // Head of its list in edges_.
    uint32_t num_edges = 0;
  };
  struct Edge {
    uint32_t label;
    uint32_t snapshot;    // Candidates' values, then explicit label values.
    uint32_t num_values;  // Explicit label values.
    uint32_t next;        // Next edge of the same label.
  };
  // A branch whose edge arguments are still to be appended.
  struct Branch {
    ValueId inst;
    uint32_t edges_begin;
    uint32_t num_edges;
  };
  struct Frame {
    OpClass kind = OpClass::kBlock;
    uint32_t label = 0;
    bool is_region = false;  // False for blocks that nothing branches to.
    RegionId region;
    BodyId outer_body;
    uint32_t arm = 0;
    uint32_t height = 0;  // Of the stack below its parameters.
    uint32_t undo_mark = 0;
    std::vector<ValueType> results;
    std::vector<Slot> params;  // Kept for the else arm.
  };

  // The stack and the locals.
  void Push(ValueId value);
  void PushLocal(ValueId value, uint32_t local);
  Slot PopSlot();
  ValueId Pop() { return PopSlot().value; }
  void PopMany(size_t count, std::vector<ValueId>* values);
  // The type that the source knows, which is that of the local where the value
  // was read from one. Lowering may have to read it there again.
  ValueType TypeOf(const Slot& slot) const {
    return slot.local != kNoLocal ? f_->local_types[slot.local]
                                  : f_->inst(slot.value).type;
  }
  void SetCurrent(uint32_t local, ValueId value);
  void Rollback(uint32_t mark);
  void GetLocal(uint32_t local);
  void SetLocal(uint32_t local, bool tee);
  void SaveStaleReads(uint32_t local);
  bool IsLastDefined(ValueId value) const;

  // Instructions.
  ValueId Emit(Op op, ValueType type, absl::Span<const ValueId> operands,
               uint32_t imm = 0);
  void EmitResults(ValueId inst, absl::Span<const ValueType> types);
  void VisitPlain(const Operator& op);
  void VisitCall(const Operator& op);

  // Control.
  void SignatureOf(const BlockType& type, std::vector<ValueType>* params,
                   std::vector<ValueType>* results) const;
  uint32_t NewLabel(RegionId region, uint32_t num_values);
  void Open(const Operator& op);
  void OpenLoop(Frame* frame, absl::Span<const ValueType> params);
  void OpenTryTable(const Operator& op, Frame* frame);
  void NextArm(const Operator& op);
  void CloseArm();
  void Close(const Operator& op);
  void Join(Frame* frame);
  void AddEdge(uint32_t label, uint32_t explicit_values);
  void BranchTo(ValueId inst, absl::Span<const uint32_t> labels,
                uint32_t explicit_values);
  uint32_t LabelAt(uint32_t depth) const {
    return frames_[frames_.size() - 1 - depth].label;
  }
  RegionId RegionAt(uint32_t depth) const {
    return labels_[LabelAt(depth)].region;
  }
  void VisitBranch(const Operator& op);
  void VisitBrTable(const Operator& op);
  void VisitControl(const Operator& op);
  void Stop() {
    dead_ = true;
    skip_depth_ = 0;
  }
  void Skip(const Operator& op);
  void AssembleBranches();

  // Gives `inst`, which `op` became, the hint of `op`.
  void NoteHint(const Operator& op, ValueId inst) {
    const uint32_t at = op.offset - body_offset_;
    while (!hints_.empty() && hints_[0].offset < at) hints_.remove_prefix(1);
    if (hints_.empty() || hints_[0].offset != at) return;
    f_->hints.push_back({inst, hints_[0].likely});
  }

  const wasm::Module* module_ = nullptr;
  absl::Span<const wasm::BranchHint> hints_;  // Those not passed yet.
  uint32_t body_offset_ = 0;
  Function* f_ = nullptr;
  LocalLiveness liveness_;
  uint32_t num_opened_ = 0;  // Numbers labels as LocalLiveness does.

  std::vector<Slot> stack_;
  std::vector<ValueId> current_;
  std::vector<uint32_t> on_stack_;  // Slots per local.
  std::vector<std::pair<uint32_t, ValueId>> undo_;
  std::vector<Frame> frames_;
  std::vector<Label> labels_;
  std::vector<uint32_t> candidates_;
  std::vector<Edge> edges_;
  std::vector<Branch> branches_;
  std::vector<ValueId> snapshots_;
  std::vector<ValueId> scratch_;
  BodyId body_;
  bool dead_ = false;
  uint32_t skip_depth_ = 0;
};

// -- Stack and locals ---------------------------------------------------------

void Lifter::Builder::Push(ValueId value) {
  stack_.push_back({value, kNoLocal, ValueId(), BodyId()});
}

void Lifter::Builder::PushLocal(ValueId value, uint32_t local) {
  stack_.push_back({value, local, f_->body(body_).last, body_});
  ++on_stack_[local];
}

Lifter::Builder::Slot Lifter::Builder::PopSlot() {
  const Slot slot = stack_.back();
  stack_.pop_back();
  if (slot.local != kNoLocal) --on_stack_[slot.local];
  return slot;
}

void Lifter::Builder::PopMany(size_t count, std::vector<ValueId>* values) {
  values->resize(count);
  for (size_t i = count; i-- > 0;) (*values)[i] = Pop();
}

void Lifter::Builder::SetCurrent(uint32_t local, ValueId value) {
  undo_.push_back({local, current_[local]});
  current_[local] = value;
}

void Lifter::Builder::Rollback(uint32_t mark) {
  while (undo_.size() > mark) {
    current_[undo_.back().first] = undo_.back().second;
    undo_.pop_back();
  }
}

void Lifter::Builder::GetLocal(uint32_t local) {
  if (liveness_.pinned()[local]) {
    Push(Emit(Op::kLocalGet, f_->local_types[local], {}, local));
  } else {
    PushLocal(current_[local], local);
  }
}

// Whether `value` is the newest instruction, or belongs to the newest group of
// results, so that assigning it to a local happens at once.
bool Lifter::Builder::IsLastDefined(ValueId value) const {
  if (f_->inst(value).body != body_) return false;
  for (ValueId v = f_->body(body_).last; v.valid(); v = f_->inst(v).prev) {
    if (v == value) return true;
    const Op op = f_->inst(v).op;
    if (op != kResult) return false;
  }
  return false;
}

void Lifter::Builder::SetLocal(uint32_t local, bool tee) {
  const Slot slot = PopSlot();
  ValueId value = slot.value;
  if (liveness_.pinned()[local]) {
    const ValueType type = tee ? f_->local_types[local] : ValueType();
    const ValueId set =
        Emit(tee ? Op::kLocalTee : Op::kLocalSet, type, {value}, local);
    if (tee) Push(set);
    return;
  }
  if (slot.local == local && current_[local] == value) {
    // Assigns the local what it holds.
    if (tee) stack_.push_back(slot), ++on_stack_[local];
    return;
  }
  if (on_stack_[local] > 0) SaveStaleReads(local);
  // A label value stays one: its edges need not know of the local. A reference
  // more precise than the local is known as what the local says from here on.
  const ValueType type = f_->local_types[local];
  if (slot.local != kNoLocal || f_->inst(value).local != kNoLocal ||
      f_->inst(value).op == kLabelParam || f_->inst(value).op == kLoopParam ||
      !(f_->inst(value).type == type) || !IsLastDefined(value)) {
    value = Emit(kCopy, type, {value});
  }
  f_->inst(value).local = local;
  SetCurrent(local, value);
  if (tee) PushLocal(value, local);
}

// `local` is about to be assigned while values read from it are on the stack:
// gives these a copy of their own, made where they were read.
void Lifter::Builder::SaveStaleReads(uint32_t local) {
  for (size_t i = stack_.size(); i-- > 0;) {
    Slot& slot = stack_[i];
    if (slot.local != local) continue;
    const ValueId copy = f_->New(kCopy, TypeOf(slot), {slot.value});
    if (slot.after.valid()) {
      f_->InsertAfter(slot.after, copy);
    } else {
      f_->Prepend(slot.body, copy);
    }
    slot = {copy, kNoLocal, ValueId(), BodyId()};
    if (--on_stack_[local] == 0) return;
  }
}

// -- Instructions -------------------------------------------------------------

ValueId Lifter::Builder::Emit(Op op, ValueType type,
                              absl::Span<const ValueId> operands,
                              uint32_t imm) {
  const ValueId id = f_->New(op, type, operands, imm);
  f_->Append(body_, id);
  return id;
}

void Lifter::Builder::EmitResults(ValueId inst,
                                  absl::Span<const ValueType> types) {
  if (types.empty()) return;
  if (types.size() == 1) {
    f_->inst(inst).type = types[0];
    Push(inst);
    return;
  }
  for (uint32_t i = 0; i < types.size(); ++i) {
    Push(Emit(kResult, types[i], {inst}, i));
  }
}

void Lifter::Builder::VisitPlain(const Operator& op) {
  const ValueType top = stack_.empty() ? ValueType() : TypeOf(stack_.back());
  PopMany(NumOperands(*module_, op), &scratch_);
  std::vector<ValueType> results;
  ResultTypes(*module_, *f_, op, scratch_, &results);
  if (op.op == Op::kRefAsNonNull) results[0] = top.AsNonNull();
  if (InfoOf(op.op).op_class == OpClass::kConvertExtern) {
    results[0] = ValueType::Ref(results[0].heap(), top.nullable());
  }
  const ValueId inst =
      Emit(op.op, ValueType(), scratch_, f_->StoreImmediates(op));
  EmitResults(inst, results);
}

void Lifter::Builder::VisitCall(const Operator& op) {
  VisitPlain(op);
  switch (InfoOf(op.op).op_class) {
    case OpClass::kReturnCall:
    case OpClass::kReturnCallIndirect:
    case OpClass::kReturnCallRef:
      Stop();
      break;
    default:
      break;
  }
}

// -- Control ------------------------------------------------------------------

void Lifter::Builder::SignatureOf(const BlockType& type,
                                  std::vector<ValueType>* params,
                                  std::vector<ValueType>* results) const {
  params->clear();
  results->clear();
  if (type.kind == BlockType::kValue) {
    results->push_back(type.value);
  } else if (type.kind == BlockType::kTypeIndex) {
    *params = module_->types[type.index].params;
    *results = module_->types[type.index].results;
  }
}

uint32_t Lifter::Builder::NewLabel(RegionId region, uint32_t num_values) {
  const uint32_t number = num_opened_++;
  Label label;
  label.region = region;
  label.num_values = num_values;
  label.candidates_begin = static_cast<uint32_t>(candidates_.size());
  if (region.valid() && region != Function::root()) {
    liveness_.Candidates(number, &candidates_);
  }
  label.candidates_end = static_cast<uint32_t>(candidates_.size());
  labels_.push_back(std::move(label));
  return number;
}

void Lifter::Builder::Open(const Operator& op) {
  Frame frame;
  frame.kind = InfoOf(op.op).op_class;
  frame.outer_body = body_;
  frame.undo_mark = static_cast<uint32_t>(undo_.size());
  std::vector<ValueType> params;
  SignatureOf(op.block_type, &params, &frame.results);
  const bool optional =
      frame.kind == OpClass::kBlock || frame.kind == OpClass::kLoop;
  frame.is_region = !optional || liveness_.targeted(num_opened_);
  if (!frame.is_region) {
    frame.height = static_cast<uint32_t>(stack_.size() - params.size());
    frame.label = NewLabel(RegionId(), 0);
    frames_.push_back(std::move(frame));
    return;
  }
  ValueId condition;
  if (frame.kind == OpClass::kIf) condition = Pop();
  frame.height = static_cast<uint32_t>(stack_.size() - params.size());
  RegionKind kind = RegionKind::kBlock;
  if (frame.kind == OpClass::kLoop) kind = RegionKind::kLoop;
  if (frame.kind == OpClass::kIf) kind = RegionKind::kIf;
  if (frame.kind == OpClass::kTry) kind = RegionKind::kTry;
  if (frame.kind == OpClass::kTryTable) kind = RegionKind::kTryTable;
  frame.region = f_->NewRegion(kind, kind == RegionKind::kIf ? 2 : 1);
  const uint32_t values = static_cast<uint32_t>(
      kind == RegionKind::kLoop ? params.size() : frame.results.size());
  frame.label = NewLabel(frame.region, values);
  if (kind == RegionKind::kLoop) {
    OpenLoop(&frame, params);
  } else if (kind == RegionKind::kTryTable) {
    OpenTryTable(op, &frame);
  } else {
    scratch_.clear();
    if (condition.valid()) scratch_.push_back(condition);
    const ValueId inst = Emit(op.op, ValueType(), scratch_, frame.region.index);
    f_->region(frame.region).inst = inst;
    if (kind == RegionKind::kIf) {
      NoteHint(op, inst);
      frame.params.assign(stack_.begin() + frame.height, stack_.end());
    }
    body_ = f_->body_of(frame.region, 0);
  }
  frames_.push_back(std::move(frame));
}

// The entry edge gives the header's parameters their first values.
void Lifter::Builder::OpenLoop(Frame* frame,
                               absl::Span<const ValueType> params) {
  Label& label = labels_[frame->label];
  std::vector<ValueId> values;
  PopMany(params.size(), &values);
  scratch_.clear();
  for (uint32_t c = label.candidates_begin; c < label.candidates_end; ++c) {
    label.kept.push_back(c - label.candidates_begin);
    scratch_.push_back(current_[candidates_[c]]);
  }
  scratch_.insert(scratch_.end(), values.begin(), values.end());
  const ValueId inst =
      Emit(Op::kLoop, ValueType(), scratch_, frame->region.index);
  Region& region = f_->region(frame->region);
  region.inst = inst;
  body_ = region.first_body;
  auto add = [&](ValueType type, uint32_t local) {
    std::vector<ValueId>& list = f_->region(frame->region).params;
    const ValueId param =
        Emit(kLoopParam, type, {inst}, static_cast<uint32_t>(list.size()));
    f_->inst(param).local = local;
    list.push_back(param);
    return param;
  };
  for (uint32_t c = label.candidates_begin; c < label.candidates_end; ++c) {
    const uint32_t local = candidates_[c];
    SetCurrent(local, add(f_->local_types[local], local));
  }
  for (ValueType type : params) Push(add(type, kNoLocal));
}

void Lifter::Builder::OpenTryTable(const Operator& op, Frame* frame) {
  const ValueId inst = Emit(op.op, ValueType(), {}, frame->region.index);
  Region& region = f_->region(frame->region);
  region.inst = inst;
  std::vector<uint32_t> labels;
  for (const wasm::CatchClause& clause : op.catches) {
    Handler handler;
    handler.kind = clause.kind;
    handler.tag = clause.tag;
    handler.target = RegionAt(clause.label);
    region.handlers.push_back(handler);
    labels.push_back(LabelAt(clause.label));
  }
  BranchTo(inst, labels, 0);
  body_ = region.first_body;
}

// Records an edge of the branch at work to `label`, with the top
// `explicit_values` of the stack as label values. Only snapshots are taken.
void Lifter::Builder::AddEdge(uint32_t number, uint32_t explicit_values) {
  Label& label = labels_[number];
  Edge edge;
  edge.label = number;
  edge.snapshot = static_cast<uint32_t>(snapshots_.size());
  edge.num_values = explicit_values;
  edge.next = label.edges_begin;
  for (uint32_t c = label.candidates_begin; c < label.candidates_end; ++c) {
    snapshots_.push_back(current_[candidates_[c]]);
  }
  for (size_t i = stack_.size() - explicit_values; i < stack_.size(); ++i) {
    snapshots_.push_back(stack_[i].value);
  }
  label.edges_begin = static_cast<uint32_t>(edges_.size());
  ++label.num_edges;
  edges_.push_back(edge);
}

void Lifter::Builder::BranchTo(ValueId inst, absl::Span<const uint32_t> labels,
                               uint32_t explicit_values) {
  Branch branch;
  branch.inst = inst;
  branch.edges_begin = static_cast<uint32_t>(edges_.size());
  branch.num_edges = static_cast<uint32_t>(labels.size());
  for (uint32_t label : labels) AddEdge(label, explicit_values);
  branches_.push_back(branch);
}

// The end of an arm whose end is reachable: an edge to the region's end.
void Lifter::Builder::CloseArm() {
  const Frame& frame = frames_.back();
  const ValueId exit = Emit(kExit, ValueType(), {});
  if (frame.kind == OpClass::kLoop) return;
  BranchTo(exit, {frame.label}, static_cast<uint32_t>(frame.results.size()));
}

void Lifter::Builder::NextArm(const Operator& op) {
  if (!dead_) CloseArm();
  Frame& frame = frames_.back();
  dead_ = false;
  while (stack_.size() > frame.height) Pop();
  Rollback(frame.undo_mark);
  ++frame.arm;
  if (frame.kind == OpClass::kIf) {
    for (const Slot& slot : frame.params) {
      stack_.push_back(slot);
      if (slot.local != kNoLocal) ++on_stack_[slot.local];
    }
    body_ = f_->body_of(frame.region, 1);
    return;
  }
  f_->AddBody(frame.region);
  body_ = f_->body_of(frame.region, frame.arm);
  Handler handler;
  handler.kind = InfoOf(op.op).op_class == OpClass::kCatchAll
                     ? wasm::CatchClause::kCatchAll
                     : wasm::CatchClause::kCatch;
  if (handler.kind == wasm::CatchClause::kCatch) {
    handler.tag = op.index[0];
    const wasm::SubType& type = module_->types[module_->tags[handler.tag].type];
    for (uint32_t i = 0; i < type.params.size(); ++i) {
      Push(Emit(kCatchParam, type.params[i], {f_->region(frame.region).inst},
                i));
    }
  }
  f_->region(frame.region).handlers.push_back(handler);
}

// Merges what the edges to the end of `frame` bring: parameters for label
// values, and for candidate locals that differ.
void Lifter::Builder::Join(Frame* frame) {
  Label& label = labels_[frame->label];
  Region& region = f_->region(frame->region);
  const ValueId inst = region.inst;
  const uint32_t columns = label.candidates_end - label.candidates_begin;
  auto add = [&](ValueType type, uint32_t local) {
    std::vector<ValueId>& list = f_->region(frame->region).params;
    const ValueId param =
        Emit(kLabelParam, type, {inst}, static_cast<uint32_t>(list.size()));
    f_->inst(param).local = local;
    list.push_back(param);
    return param;
  };
  for (uint32_t c = 0; c < columns; ++c) {
    const uint32_t local = candidates_[label.candidates_begin + c];
    uint32_t e = label.edges_begin;
    const ValueId first = snapshots_[edges_[e].snapshot + c];
    bool same = true;
    for (uint32_t n = 1; n < label.num_edges && same; ++n) {
      e = edges_[e].next;
      same = snapshots_[edges_[e].snapshot + c] == first;
    }
    if (same) {
      SetCurrent(local, first);
    } else {
      label.kept.push_back(c);
      SetCurrent(local, add(f_->local_types[local], local));
    }
  }
  for (ValueType type : frame->results) Push(add(type, kNoLocal));
}

void Lifter::Builder::Close(const Operator& op) {
  Frame& frame = frames_.back();
  if (!frame.is_region) {
    // Nothing branches here: the content flows on, or does not.
    const bool dead = dead_;
    frames_.pop_back();
    if (dead) Stop();
    return;
  }
  if (!dead_) CloseArm();
  if (frame.kind == OpClass::kIf && frame.arm == 0) {
    // The missing else arm passes its parameters on.
    dead_ = false;
    while (stack_.size() > frame.height) Pop();
    Rollback(frame.undo_mark);
    for (const Slot& slot : frame.params) Push(slot.value);
    body_ = f_->body_of(frame.region, 1);
    frames_.back().arm = 1;
    CloseArm();
  }
  if (InfoOf(op.op).op_class == OpClass::kDelegate) {
    // Depth 0 is the label around the try.
    const size_t around = frames_.size() - 2;
    const uint32_t target = frames_[around - op.index[0]].label;
    f_->region(frame.region).delegate = labels_[target].region;
  }
  Frame closed = std::move(frames_.back());
  frames_.pop_back();
  if (closed.label == 0) return;  // The function: kExit returns.
  body_ = closed.outer_body;
  if (closed.kind == OpClass::kLoop) {
    if (dead_) Stop();
    return;
  }
  while (stack_.size() > closed.height) Pop();
  if (labels_[closed.label].num_edges == 0) return Stop();
  dead_ = false;
  Join(&closed);
}

void Lifter::Builder::VisitBranch(const Operator& op) {
  const OpClass op_class = InfoOf(op.op).op_class;
  const uint32_t depth =
      op_class == OpClass::kBrOnCast ? op.index[1] : op.index[0];
  const uint32_t label = LabelAt(depth);
  const uint32_t values = labels_[label].num_values;
  const RegionId region = labels_[label].region;
  if (op_class == OpClass::kBr) {
    const bool returns = region == Function::root();
    const ValueId inst = Emit(returns ? Op::kReturn : Op::kBr, ValueType(), {},
                              returns ? 0 : region.index);
    BranchTo(inst, {label}, values);
    return Stop();
  }
  const ValueType type = TypeOf(stack_.back());
  const ValueId own = Pop();
  if (op_class == OpClass::kBrIf) {
    const ValueId inst = Emit(op.op, ValueType(), {own}, region.index);
    NoteHint(op, inst);
    return BranchTo(inst, {label}, values);
  }
  if (op_class == OpClass::kBrOnNull) {
    const ValueId inst = Emit(op.op, type.AsNonNull(), {own}, region.index);
    BranchTo(inst, {label}, values);
    return Push(inst);
  }
  if (op_class == OpClass::kBrOnNonNull) {
    const ValueId inst = Emit(op.op, ValueType(), {own}, region.index);
    return BranchTo(inst, {label}, values - 1);
  }
  // br_on_cast and br_on_cast_fail: the fallthrough keeps a refined value.
  const bool fail = op.op == Op::kBrOnCastFail;
  const bool from_null = (op.index[0] & 1) != 0;
  const bool to_null = (op.index[0] & 2) != 0;
  const ValueType target = ValueType::Ref(op.heap[1], to_null);
  const ValueType rest = ValueType::Ref(op.heap[0], from_null && !to_null);
  f_->cast_branches.push_back({region, op.index[0], {op.heap[0], op.heap[1]}});
  const ValueId inst =
      Emit(op.op, fail ? target : rest, {own},
           static_cast<uint32_t>(f_->cast_branches.size() - 1));
  BranchTo(inst, {label}, values - 1);
  Push(inst);
}

void Lifter::Builder::VisitBrTable(const Operator& op) {
  const ValueId own = Pop();
  BranchTable table;
  std::vector<uint32_t> labels;  // Distinct label numbers, in order.
  std::vector<uint32_t> position(frames_.size(), kNoLocal);
  for (uint32_t depth : op.labels) {
    uint32_t& pos = position[depth];
    if (pos == kNoLocal) {
      pos = static_cast<uint32_t>(labels.size());
      labels.push_back(LabelAt(depth));
      table.targets.push_back(RegionAt(depth));
    }
    table.labels.push_back(pos);
  }
  const uint32_t values = labels_[labels[0]].num_values;
  f_->branch_tables.push_back(std::move(table));
  const ValueId inst =
      Emit(op.op, ValueType(), {own},
           static_cast<uint32_t>(f_->branch_tables.size() - 1));
  BranchTo(inst, labels, values);
  Stop();
}

void Lifter::Builder::VisitControl(const Operator& op) {
  switch (InfoOf(op.op).op_class) {
    case OpClass::kElse:
    case OpClass::kCatch:
    case OpClass::kCatchAll:
      return NextArm(op);
    case OpClass::kEnd:
    case OpClass::kDelegate:
      return Close(op);
    case OpClass::kBrTable:
      return VisitBrTable(op);
    case OpClass::kReturn:
      BranchTo(Emit(op.op, ValueType(), {}), {0},
               static_cast<uint32_t>(f_->results.size()));
      return Stop();
    case OpClass::kUnreachable:
      Emit(op.op, ValueType(), {});
      return Stop();
    case OpClass::kRethrow:
      Emit(op.op, ValueType(), {}, RegionAt(op.index[0]).index);
      return Stop();
    case OpClass::kThrow:
    case OpClass::kThrowRef:
      VisitPlain(op);
      return Stop();
    default:
      return VisitBranch(op);
  }
}

void Lifter::Builder::Skip(const Operator& op) {
  switch (InfoOf(op.op).op_class) {
    case OpClass::kBlock:
    case OpClass::kLoop:
    case OpClass::kIf:
    case OpClass::kTry:
    case OpClass::kTryTable:
      ++skip_depth_;
      return;
    case OpClass::kElse:
    case OpClass::kCatch:
    case OpClass::kCatchAll:
      if (skip_depth_ == 0) NextArm(op);
      return;
    case OpClass::kEnd:
    case OpClass::kDelegate:
      if (skip_depth_ > 0) {
        --skip_depth_;
      } else {
        Close(op);
      }
      return;
    default:
      return;
  }
}

// Appends the arguments of every edge, now that each label's parameters are
// fixed: kept candidates first, then the explicit label values.
void Lifter::Builder::AssembleBranches() {
  for (const Branch& branch : branches_) {
    const auto own = f_->operands(branch.inst);
    scratch_.assign(own.begin(), own.end());
    for (uint32_t i = 0; i < branch.num_edges; ++i) {
      const Edge& edge = edges_[branch.edges_begin + i];
      const Label& label = labels_[edge.label];
      for (uint32_t column : label.kept) {
        scratch_.push_back(snapshots_[edge.snapshot + column]);
      }
      const uint32_t values =
          edge.snapshot + label.candidates_end - label.candidates_begin;
      for (uint32_t v = 0; v < edge.num_values; ++v) {
        scratch_.push_back(snapshots_[values + v]);
      }
    }
    f_->SetOperands(branch.inst, scratch_);
  }
}

absl::Status Lifter::Builder::Run(const wasm::Module& module,
                                  wasm::FuncIndex func, wasm::ByteSpan body,
                                  uint32_t offset, Function* function,
                                  absl::Span<const wasm::BranchHint> hints) {
  module_ = &module;
  hints_ = hints;
  body_offset_ = offset;
  f_ = function;
  f_->Clear();
  const wasm::SubType& type = module.func_type(func);
  f_->params = type.params;
  f_->results = type.results;
  f_->local_types = type.params;
  wasm::ByteReader reader(body, offset);
  absl::Status status = wasm::ReadLocals(&reader, &f_->local_types);
  if (!status.ok()) return status;
  const uint32_t num_params = static_cast<uint32_t>(f_->params.size());
  const uint32_t num_locals = static_cast<uint32_t>(f_->local_types.size());
  status =
      liveness_.Analyse(module, reader.rest(), reader.offset(), num_locals);
  if (!status.ok()) return status;

  stack_.clear();
  undo_.clear();
  frames_.clear();
  labels_.clear();
  candidates_.clear();
  edges_.clear();
  branches_.clear();
  snapshots_.clear();
  num_opened_ = 0;
  dead_ = false;
  on_stack_.assign(num_locals, 0);
  current_.assign(num_locals, ValueId());
  f_->pinned = liveness_.pinned();

  Frame frame;
  frame.region = f_->NewRegion(RegionKind::kFunction, 1);
  frame.is_region = true;
  frame.results = f_->results;
  frame.label =
      NewLabel(frame.region, static_cast<uint32_t>(f_->results.size()));
  body_ = f_->root_body();
  frame.outer_body = body_;
  frames_.push_back(std::move(frame));
  for (uint32_t i = 0; i < num_locals; ++i) {
    if (f_->pinned[i]) continue;
    current_[i] =
        Emit(i < num_params ? kParam : kDefault, f_->local_types[i], {}, i);
    f_->inst(current_[i]).local = i;
  }

  wasm::OperatorReader operators(reader.rest(), reader.offset(),
                                 module.features);
  Operator op;
  while (!operators.done() && !frames_.empty()) {
    status = operators.Read(&op);
    if (!status.ok()) return status;
    if (snapshots_.size() > kMaxSnapshotValues) {
      return absl::ResourceExhaustedError(
          "limit edge-arguments: too many values flow along branches");
    }
    if (dead_) {
      Skip(op);
      continue;
    }
    switch (InfoOf(op.op).op_class) {
      case OpClass::kNop:
        break;
      case OpClass::kDrop:
        Pop();
        break;
      case OpClass::kLocalGet:
        GetLocal(op.index[0]);
        break;
      case OpClass::kLocalSet:
        SetLocal(op.index[0], false);
        break;
      case OpClass::kLocalTee:
        SetLocal(op.index[0], true);
        break;
      case OpClass::kBlock:
      case OpClass::kLoop:
      case OpClass::kIf:
      case OpClass::kTry:
      case OpClass::kTryTable:
        Open(op);
        break;
      case OpClass::kElse:
      case OpClass::kEnd:
      case OpClass::kCatch:
      case OpClass::kCatchAll:
      case OpClass::kDelegate:
      case OpClass::kBr:
      case OpClass::kBrIf:
      case OpClass::kBrTable:
      case OpClass::kBrOnNull:
      case OpClass::kBrOnNonNull:
      case OpClass::kBrOnCast:
      case OpClass::kReturn:
      case OpClass::kUnreachable:
      case OpClass::kThrow:
      case OpClass::kThrowRef:
      case OpClass::kRethrow:
        VisitControl(op);
        break;
      case OpClass::kCall:
      case OpClass::kCallIndirect:
      case OpClass::kCallRef:
      case OpClass::kReturnCall:
      case OpClass::kReturnCallIndirect:
      case OpClass::kReturnCallRef:
        VisitCall(op);
        break;
      default:
        VisitPlain(op);
        break;
    }
  }
  AssembleBranches();
  return absl::OkStatus();
}

Lifter::Lifter() : builder_(std::make_unique<Builder>()) {}
Lifter::~Lifter() = default;

absl::Status Lifter::Lift(const wasm::Module& module, wasm::FuncIndex func,
                          Function* function) {
  const wasm::Function& source = module.funcs[func];
  return builder_->Run(module, func, source.body, source.body_offset, function,
                       {});
}

absl::Status Lifter::Lift(const wasm::Module& module, wasm::FuncIndex func,
                          wasm::ByteSpan body, uint32_t offset,
                          Function* function,
                          absl::Span<const wasm::BranchHint> hints) {
  return builder_->Run(module, func, body, offset, function, hints);
}

}  // namespace weft::ir
