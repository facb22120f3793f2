// Exceptions. Code that is guarded is a range of cells; where control goes
// from it, and into which slots the payload, is a table beside the code.
#include <utility>

#include "exec/translate/function_translator.h"

namespace weft::exec {

using wasm::OpClass;
using wasm::ValueType;

uint32_t FunctionTranslator::OpenRegion() {
  TryRegion region;
  region.begin = encoder_.size();
  region.outer = region.parent = region_;
  result_->regions.push_back(region);
  region_ = static_cast<uint32_t>(result_->regions.size() - 1);
  // What precedes the region stays outside, a fused comparison for one.
  ForgetLast();
  return region_;
}

void FunctionTranslator::CloseRegion(uint32_t region) {
  result_->regions[region].end = encoder_.size();
}

// The slots that values of `types` have above `heights`, one by one.
void FunctionTranslator::AddPayload(Types types, OperandStack::Heights heights,
                                    CatchRecord* record) {
  std::vector<uint32_t>& slots = result_->payload_slots;
  record->first_slot = static_cast<uint32_t>(slots.size());
  for (const ValueType type : types) {
    const uint32_t slot = stack_.SlotAbove(&heights, type);
    for (uint32_t i = 0; i < SlotsOfType(type); ++i) slots.push_back(slot + i);
  }
  record->num_slots = static_cast<uint32_t>(slots.size()) - record->first_slot;
}

void FunctionTranslator::OpenTryTable(const wasm::Operator& op,
                                      Control* control) {
  control->try_region = OpenRegion();
  control->inner_region = region_;
  TryRegion& region = result_->regions.back();
  region.first_catch = static_cast<uint32_t>(result_->catches.size());
  region.num_catches = static_cast<uint32_t>(op.catches.size());
  for (const wasm::CatchClause& clause : op.catches) {
    // Labels are those outside.
    Control& label = At(clause.label + 1);
    CatchRecord record;
    record.any = !clause.has_tag();
    record.tag = clause.tag;
    Types types = label.label_types();
    if (clause.has_ref()) {
      types.remove_suffix(1);
    }
    AddPayload(types, label.heights, &record);
    if (clause.has_ref()) {
      OperandStack::Heights heights = label.heights;
      for (const ValueType type : types) stack_.SlotAbove(&heights, type);
      record.exception_slot =
          stack_.SlotAbove(&heights, label.label_types().back());
    }
    record.target = label.loop_cell;
    result_->catches.push_back(record);
    if (!label.enters_loop) {
      AddPatch(static_cast<uint32_t>(result_->catches.size() - 1), kNone,
               &label.patches);
    }
  }
}

void FunctionTranslator::OpenTry(Control* control) {
  control->exception_slot = stack_.ReserveRef();
  control->try_region = OpenRegion();
  control->inner_region = region_;
}

void FunctionTranslator::VisitCatch(const wasm::Operator& op) {
  Control& control = controls_.back();
  if (reachable_) {
    MoveToLabel(control);
    const uint32_t cell = encoder_.size();
    encoder_.Emit(IdOf(FixedInstr::kBr), 0);
    AddPatch(cell, InstructionEncoder::kJumpTarget, &control.patches);
  }
  if (control.op_class == OpClass::kTry) CloseRegion(control.try_region);
  region_ = control.inner_region = control.outer_region;
  control.op_class = wasm::InfoOf(op.op).op_class;
  stack_.Shrink(control.height);
  reachable_ = true;
  starts_block_ = code_.options().metering;
  ForgetAccs();
  ForgetLast();
  CatchRecord record;
  record.any = control.op_class == OpClass::kCatchAll;
  record.target = encoder_.size();
  record.exception_slot = control.exception_slot;
  if (!record.any) {
    record.tag = op.index[0];
    const Types params = module_.types[module_.tags[op.index[0]].type].params;
    AddPayload(params, stack_.heights(), &record);
    PushAll(params);
    stack_.SetInSlots();
  }
  control.catches.push_back(record);
}

// The end of a legacy try: its clauses are complete.
void FunctionTranslator::EndArm() {
  Control& control = controls_.back();
  if (control.op_class == OpClass::kTry) CloseRegion(control.try_region);
  TryRegion& region = result_->regions[control.try_region];
  region.first_catch = static_cast<uint32_t>(result_->catches.size());
  region.num_catches = static_cast<uint32_t>(control.catches.size());
  result_->catches.insert(result_->catches.end(), control.catches.begin(),
                          control.catches.end());
}

void FunctionTranslator::VisitDelegate(uint32_t depth) {
  Control& control = controls_.back();
  CloseRegion(control.try_region);
  // Labels are those outside.
  result_->regions[control.try_region].parent = At(depth + 1).inner_region;
  CloseBlock();
}

void FunctionTranslator::VisitThrow(const wasm::Operator& op) {
  switch (wasm::InfoOf(op.op).op_class) {
    case OpClass::kThrow: {
      const Types params = module_.types[module_.tags[op.index[0]].type].params;
      const std::vector<uint16_t> slots = PopList(params.size());
      AddPosition();
      encoder_.EmitList(IdOf(FixedInstr::kThrow), {op.index[0], slots.size()},
                        slots);
      break;
    }
    case OpClass::kRethrow: {
      const uint32_t slot = Near(At(op.index[0]).exception_slot, 0);
      AddPosition();
      encoder_.Emit(IdOf(FixedInstr::kThrowRef), slot);
      break;
    }
    default: {
      const uint32_t slot = NearOf(stack_.Pop(), 0);
      AddPosition();
      encoder_.Emit(IdOf(FixedInstr::kThrowRef), slot);
      break;
    }
  }
  SetUnreachable();
}

}  // namespace weft::exec
