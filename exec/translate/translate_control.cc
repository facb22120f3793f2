// Blocks, branches and returns.
//
// Every label parameter has the slot that it would have as an operand, so that
// a branch has to move only what lies elsewhere: arguments lie at or above the
// places they go to, in the same order, and moving them in ascending order
// overwrites none that is still needed.
#include <algorithm>
#include <utility>

#include "exec/translate/comparisons.h"
#include "exec/translate/function_translator.h"

namespace weft::exec {

using wasm::Op;
using wasm::ValueType;

void FunctionTranslator::EmitUnreachable() {
  AddPosition();
  encoder_.Emit(IdOf(FixedInstr::kUnreachable));
  SetUnreachable();
}

void FunctionTranslator::SetBlockType(const wasm::BlockType& type,
                                      Control* control) {
  switch (type.kind) {
    case wasm::BlockType::kEmpty:
      return;
    case wasm::BlockType::kValue:
      control->value = type.value;
      return;
    case wasm::BlockType::kTypeIndex:
      control->params = module_.types[type.index].params;
      control->results = module_.types[type.index].results;
      return;
  }
}

void FunctionTranslator::Open(const wasm::Operator& op, Frame frame) {
  Condition condition;
  if (frame == Frame::kIf) condition = TakeCondition();
  if (stack_.in_slots() < stack_.size()) {
    // Constants on their way to slots pass through the accumulator.
    if (condition.is_comparison) condition = Unfused(condition);
    condition.in_acc = false;
    MaterializeAll();
    // Far ones have used the same place near.
    condition.slot = Near(condition.home, 0);
  }
  controls_.emplace_back();
  Control& control = controls_.back();
  control.frame = frame;
  SetBlockType(op.block_type, &control);
  control.outer_region = control.inner_region = region_;
  control.height = stack_.size() - control.params.size();
  control.heights = stack_.heights();
  for (const ValueType type : control.params) {
    uint32_t& height =
        type.is_ref() ? control.heights.refs : control.heights.numbers;
    height -= SlotsOfType(type);
  }
  switch (frame) {
    case Frame::kLoop:
      control.enters_loop = true;
      control.loop_cell = encoder_.size();
      ForgetAccs();
      ForgetLast();
      starts_block_ = metering_;
      return;
    case Frame::kIf: {
      const uint32_t cell = EmitCondition(condition, false, false);
      AddPatch(cell, InstructionEncoder::kBranchTarget, &control.else_patches);
      return;
    }
    case Frame::kTryTable:
      return OpenTryTable(op, &control);
    case Frame::kTry:
      return OpenTry(&control);
    case Frame::kBlock:
    case Frame::kElse:
    case Frame::kCatch:
      return;
  }
}

void FunctionTranslator::VisitElse() {
  Control& control = controls_.back();
  if (reachable_) {
    MoveToLabel(control);
    const uint32_t cell = encoder_.size();
    encoder_.Emit(IdOf(FixedInstr::kBr), 0);
    AddPatch(cell, InstructionEncoder::kJumpTarget, &control.patches);
  }
  stack_.Shrink(control.height);
  Bind(&control.else_patches);
  control.frame = Frame::kElse;
  reachable_ = true;
  starts_block_ = metering_;
  PushAll(control.params);
  stack_.SetInSlots();
}

void FunctionTranslator::VisitEnd() {
  if (controls_.size() == 1) return EndFunction();
  switch (controls_.back().frame) {
    case Frame::kTryTable:
      CloseRegion(controls_.back().try_region);
      break;
    case Frame::kTry:
    case Frame::kCatch:
      EndArm();
      break;
    case Frame::kBlock:
    case Frame::kLoop:
    case Frame::kIf:
    case Frame::kElse:
      break;
  }
  CloseBlock();
}

void FunctionTranslator::CloseBlock() {
  Control control = std::move(controls_.back());
  // Without an else arm the parameters are the results where it is false.
  const bool joins = control.else_patches != kNone || control.patches != kNone;
  const bool falls_through = reachable_;
  const bool settles = joins || control.exception_slot != kNone;
  if (falls_through && settles) MoveToLabel(control);
  Bind(&control.else_patches);
  Bind(&control.patches);
  reachable_ = falls_through || joins;
  if (!falls_through || settles) {
    stack_.Shrink(control.height);
    if (control.exception_slot != kNone) stack_.ReleaseRef();
    if (reachable_) {
      PushAll(control.end_types());
      stack_.SetInSlots();
    }
  }
  region_ = control.outer_region;
  controls_.pop_back();
  starts_block_ = metering_;
}

void FunctionTranslator::EndFunction() {
  Control& body = controls_.back();
  if (reachable_) {
    if (body.patches == kNone) {
      EmitReturn();
      return;
    }
    MoveToLabel(body);
  }
  if (body.patches == kNone) return;
  stack_.Shrink(0);
  Bind(&body.patches);
  PushAll(body.end_types());
  EmitReturn();
}

void FunctionTranslator::SetUnreachable() {
  reachable_ = false;
  skipped_ = 0;
  stack_.Shrink(controls_.back().height);
  ForgetLast();
}

void FunctionTranslator::PushAll(Types types) {
  for (const ValueType type : types) stack_.PushTemp(type);
}

// --- Labels ------------------------------------------------------------------

void FunctionTranslator::AddPatch(uint32_t cell, uint32_t byte,
                                  uint32_t* list) {
  patches_.push_back({cell, byte, *list});
  *list = static_cast<uint32_t>(patches_.size() - 1);
}

// The label of these patches is here.
void FunctionTranslator::Bind(uint32_t* list) {
  const uint32_t here = encoder_.size();
  for (uint32_t i = *list; i != kNone; i = patches_[i].next) {
    const Patch& patch = patches_[i];
    if (patch.byte == kNone) {
      result_->catches[patch.cell].target = here;
    } else {
      encoder_.SetTarget(patch.cell, patch.byte, here);
    }
  }
  if (*list != kNone) {
    ForgetAccs();
    ForgetLast();
  }
  *list = kNone;
}

// Whether the label's arguments, on top of the stack, lie where it wants them.
bool FunctionTranslator::InPlace(const Control& label) const {
  const Types types = label.label_types();
  if (types.empty()) return true;
  OperandStack::Heights heights = label.heights;
  size_t i = stack_.size() - types.size();
  for (const ValueType type : types) {
    Operand operand = stack_[i++];
    const uint32_t slot = stack_.SlotAbove(&heights, type);
    if (operand.kind() != Operand::kTemp || operand.slot() != slot)
      return false;
  }
  return true;
}

void FunctionTranslator::MoveToLabel(const Control& label) {
  const Types types = label.label_types();
  if (types.size() >= kManyValues) return MoveManyToLabel(label);
  OperandStack::Heights heights = label.heights;
  size_t i = stack_.size() - types.size();
  for (const ValueType type : types) {
    const Operand operand = stack_[i++];
    const uint32_t slot = stack_.SlotAbove(&heights, type);
    if (operand.kind() != Operand::kTemp || operand.slot() != slot) {
      Move(operand, slot);
    }
  }
}

// The same by two moves at most: in their own slots, numbers are neighbours,
// and so are references.
void FunctionTranslator::MoveManyToLabel(const Control& label) {
  MaterializeAll();
  const Types types = label.label_types();
  OperandStack::Heights end = label.heights;
  size_t first = stack_.size() - types.size();
  uint32_t ref = kNone;
  uint32_t number = kNone;
  for (const ValueType type : types) {
    const uint32_t slot = stack_[first++].slot();
    uint32_t& lowest = type.is_ref() ? ref : number;
    lowest = std::min(lowest, slot);
    stack_.SlotAbove(&end, type);
  }
  OperandStack::Heights begin = label.heights;
  CopyRange(ref, stack_.SlotAbove(&begin, kAnyRef),
            end.refs - label.heights.refs);
  CopyRange(number, stack_.SlotAbove(&begin, ValueType::kI32),
            end.numbers - label.heights.numbers);
}

// Goes to the label, whose arguments are in place.
void FunctionTranslator::Jump(Control* label) {
  const uint32_t cell = encoder_.size();
  if (label->enters_loop) {
    AddPosition();
    encoder_.Emit(IdOf(FixedInstr::kBackBr), 0);
    encoder_.SetTarget(cell, InstructionEncoder::kJumpTarget, label->loop_cell);
  } else {
    encoder_.Emit(IdOf(FixedInstr::kBr), 0);
    AddPatch(cell, InstructionEncoder::kJumpTarget, &label->patches);
  }
  ForgetLast();
}

// --- Branches ----------------------------------------------------------------

// Goes to the label of `depth` if the condition is `sense`; else goes on with
// everything as it is.
void FunctionTranslator::ConditionalBranch(const Condition& condition,
                                           bool sense, uint32_t depth) {
  Control& label = At(depth);
  const bool leaves = Leaves(depth);
  // Floats are not compared where a branch goes back.
  const bool no_back = condition.is_comparison &&
                       IsFloatComparison(condition.op) && label.enters_loop;
  if (!leaves && !no_back && InPlace(label)) {
    if (label.enters_loop && EmitStep(condition, sense, label.loop_cell))
      return;
    const uint32_t cell = EmitCondition(condition, sense, label.enters_loop);
    if (label.enters_loop) {
      encoder_.SetTarget(cell, InstructionEncoder::kBranchTarget,
                         label.loop_cell);
    } else {
      AddPatch(cell, InstructionEncoder::kBranchTarget, &label.patches);
    }
    return;
  }
  const uint32_t skip = EmitCondition(condition, !sense, false);
  const uint32_t int_acc = int_acc_;
  const uint32_t float_acc = float_acc_;
  if (leaves) {
    EmitReturn();
  } else {
    MoveToLabel(label);
    Jump(&label);
  }
  encoder_.SetTarget(skip, InstructionEncoder::kBranchTarget, encoder_.size());
  int_acc_ = int_acc;
  float_acc_ = float_acc;
  ForgetLast();
}

void FunctionTranslator::VisitBr(uint32_t depth) {
  if (Leaves(depth)) {
    EmitReturn();
  } else {
    MoveToLabel(At(depth));
    Jump(&At(depth));
  }
  SetUnreachable();
}

void FunctionTranslator::VisitBrIf(uint32_t depth) {
  PrepareMany(depth);
  const Condition condition = TakeCondition();
  ConditionalBranch(condition, true, depth);
}

void FunctionTranslator::VisitBrTable(const wasm::Operator& op) {
  PrepareMany(op.labels.back());
  const Operand index = stack_.Pop();
  const bool acc = IsAcc(index);
  const uint32_t slot = acc ? 0 : NearOf(index, 0);
  const auto count = static_cast<uint32_t>(op.labels.size());
  AddPosition();
  const uint32_t table = encoder_.size();
  encoder_.EmitTable(IdOf(acc ? FixedInstr::kBrTableAcc : FixedInstr::kBrTable),
                     slot, count);
  const uint32_t stamp = num_tables_++;
  for (uint32_t i = 0; i < count; ++i) {
    Control& label = At(op.labels[i]);
    if (label.table != stamp) {
      label.table = stamp;
      label.landing = Landing(op.labels[i]);
    }
    const uint32_t byte = InstructionEncoder::TableTarget(i);
    if (label.landing == kNone) {
      AddPatch(table, byte, &label.patches);
    } else {
      encoder_.SetTarget(table, byte, label.landing);
    }
  }
  SetUnreachable();
}

// The cell that a br_table has to jump to for the label of `depth`: one where
// the values are moved, if they have to; kNone for the end of a block.
uint32_t FunctionTranslator::Landing(uint32_t depth) {
  Control& label = At(depth);
  if (!Leaves(depth) && InPlace(label)) {
    return label.enters_loop ? label.loop_cell : kNone;
  }
  const uint32_t landing = encoder_.size();
  const uint32_t int_acc = int_acc_;
  const uint32_t float_acc = float_acc_;
  if (Leaves(depth)) {
    EmitReturn();
  } else {
    MoveToLabel(label);
    Jump(&label);
  }
  int_acc_ = int_acc;
  float_acc_ = float_acc;
  return landing;
}

void FunctionTranslator::VisitBrOnCast(const wasm::Operator& op) {
  const uint32_t depth = op.index[1];
  PrepareMany(depth);
  const bool nullable = (op.index[0] & 2) != 0;
  TestTop(TargetType(op.heap[1], nullable));
  const Condition condition = TakeCondition();
  ConditionalBranch(condition, op.op == Op::kBrOnCast, depth);
}

void FunctionTranslator::VisitBrOnNonNull(uint32_t depth) {
  PrepareMany(depth);
  Condition condition;
  condition.slot = Near(TopSlot(), 0);
  ConditionalBranch(condition, true, depth);
  stack_.Pop();
}

void FunctionTranslator::VisitBrOnNull(uint32_t depth) {
  PrepareMany(depth);
  Condition condition;
  const Operand ref = stack_.Pop();
  condition.slot = NearOf(ref, 0);
  ConditionalBranch(condition, false, depth);
  if (ref.kind() == Operand::kLocal) {
    stack_.PushLocal(ref.type(), ref.local());
  } else {
    stack_.PushTemp(ref.type());
  }
}

void FunctionTranslator::EmitReturn() {
  const Types types = type_->results;
  const size_t first = stack_.size() - types.size();
  if (types.empty()) {
    encoder_.Emit(IdOf(FixedInstr::kReturn));
  } else if (types.size() == 1) {
    const Operand value = stack_[first];
    const ValueType::Kind kind = types[0].kind();
    if (kind == ValueType::kV128) {
      encoder_.Emit(IdOf(FixedInstr::kReturnV128), Near(SlotOf(value), 0));
    } else if (value.kind() == Operand::kConst) {
      encoder_.Emit(IdOf(FixedInstr::kReturnConst), value.bits());
    } else if (IsAcc(value) &&
               (kind == ValueType::kI32 || kind == ValueType::kI64)) {
      encoder_.Emit(IdOf(FixedInstr::kReturnAcc));
    } else {
      encoder_.Emit(IdOf(FixedInstr::kReturnSlot), Near(SlotOf(value), 0));
    }
  } else {
    std::vector<uint16_t> slots;
    for (size_t i = first; i < stack_.size(); ++i) {
      const Operand value = stack_[i];
      const uint32_t slot = ToSlot(value);
      for (uint32_t part = 0; part < SlotsOfType(value.type()); ++part) {
        slots.push_back(
            ListSlot(slot + part, static_cast<uint32_t>(slots.size())));
      }
    }
    encoder_.EmitList(IdOf(FixedInstr::kReturnMany), {slots.size()}, slots);
  }
  ForgetLast();
}

}  // namespace weft::exec
