// Control: labels and their parameters, regions, branches.
#include <algorithm>
#include <utility>
#include <vector>

#include "ir/lift_builder.h"
#include "ir/op_types.h"

namespace weft::ir {

using wasm::BlockType;
using wasm::InfoOf;
using wasm::OpClass;
using wasm::Operator;

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

}  // namespace weft::ir
