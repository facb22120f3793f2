// Exceptions. Code that is guarded is a range of cells; where control goes
// from it, and into which slots the payload, is a table beside the code.
#include <utility>

#include "exec/translate/function_translator.h"

namespace weft::exec {

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
  ForgetLast();
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
    if (!record.any) SetPayload(label.heights, &record);
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

// The clause for a tag, or with null for any.
void FunctionTranslator::VisitCatch(const uint32_t* tag) {
  Control& control = controls_.back();
  if (reachable_) {
    MoveToLabel(control);
    const uint32_t cell = encoder_.size();
    encoder_.Emit(IdOf(FixedInstr::kBr), 0);
    AddPatch(cell, InstructionEncoder::kJumpTarget, &control.patches);
  }
  if (control.frame == Frame::kTry) CloseRegion(control.try_region);
  region_ = control.inner_region = control.outer_region;
  control.frame = Frame::kCatch;
  stack_.Shrink(control.height);
  reachable_ = true;
  starts_block_ = metering_;
  ForgetAccs();
  ForgetLast();
  CatchRecord record;
  record.any = tag == nullptr;
  record.target = encoder_.size();
  record.exception_slot = control.exception_slot;
  if (!record.any) {
    record.tag = *tag;
    const Types params = module_.types[module_.tags[*tag].type].params;
    SetPayload(stack_.heights(), &record);
    PushAll(params);
    stack_.SetInSlots();
  }
  control.catches.push_back(record);
}

// The end of a legacy try: its clauses are complete.
void FunctionTranslator::EndArm() {
  Control& control = controls_.back();
  if (control.frame == Frame::kTry) CloseRegion(control.try_region);
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

void FunctionTranslator::VisitThrow(uint32_t tag) {
  const Types params = module_.types[module_.tags[tag].type].params;
  const std::vector<uint16_t> slots = PopList(params.size());
  AddPosition();
  encoder_.EmitList(IdOf(FixedInstr::kThrow), {tag, slots.size()}, slots);
  SetUnreachable();
}

void FunctionTranslator::EmitThrowRef(uint32_t slot) {
  AddPosition();
  encoder_.Emit(IdOf(FixedInstr::kThrowRef), slot);
  SetUnreachable();
}

}  // namespace weft::exec
