// Conditions of branches. The comparison that was the last instruction becomes
// part of the branch; at the end of a loop so does the addition before it.
#include "exec/translate/comparisons.h"
#include "exec/translate/function_translator.h"

namespace weft::exec {

using wasm::Op;
using wasm::ValueType;

// Whether a branch may compare by itself.
bool FunctionTranslator::BranchesOn(Op op) const {
  return (IsIntegerComparison(op) && Fuses(Fusion::kBranches)) ||
         (IsFloatComparison(op) && Fuses(Fusion::kFloatBranches));
}

// The last instruction becomes part of a condition.
void FunctionTranslator::TakeComparison(Condition* condition) {
  condition->is_comparison = true;
  condition->op = last_.op;
  condition->form = last_.form;
  condition->operands = encoder_.OperandCell(last_.cell);
  if (last_.cell + 2 < encoder_.size()) {
    condition->immediate = encoder_.cells()[last_.cell + 2];
  }
  UndoLast();
}

// Pops the condition of a branch; a comparison that was the last instruction
// is taken back into it.
FunctionTranslator::Condition FunctionTranslator::TakeCondition() {
  Condition condition;
  const Operand operand = stack_.Pop();
  if (IsLastResult(operand) && BranchesOn(last_.op)) {
    TakeComparison(&condition);
    condition.result = operand.slot();
    const bool equals = condition.op == Op::kI32Eq;
    const bool immediate =
        condition.form == Form::kSI || condition.form == Form::kAI;
    if (!immediate || condition.operands >> 32 != 0 ||
        (!equals && condition.op != Op::kI32Ne)) {
      return condition;
    }
    // A test for zero: of what floats have been compared to, or by the shorter
    // instruction.
    if (condition.form == Form::kAI && last_.cell != kNone &&
        IsFloatComparison(last_.op) && BranchesOn(last_.op) &&
        last_.result == int_acc_ && last_.result >= locals_end_) {
      TakeComparison(&condition);
    } else {
      condition.is_zero_test = true;
    }
    condition.negated = equals;
    return condition;
  }
  condition.in_acc = IsAcc(operand);
  condition.home = ToSlot(operand);
  condition.slot = Near(condition.home, 0);
  return condition;
}

// The same condition as a value in a slot, so that other instructions may
// stand before the branch.
FunctionTranslator::Condition FunctionTranslator::Unfused(
    const Condition& condition) {
  const uint32_t cell = encoder_.size();
  encoder_.Emit(IdOf(condition.op, condition.form),
                condition.operands | condition.result);
  const bool is_float = IsFloatComparison(condition.op);
  if (is_float &&
      (condition.form == Form::kSI || condition.form == Form::kAI)) {
    encoder_.Append(condition.immediate);
  }
  FinishResult(cell, condition.result, ValueType::kI32);
  Condition out;
  out.slot = out.home = condition.result;
  out.negated = is_float && condition.negated;
  return out;
}

uint32_t FunctionTranslator::EmitFloatCondition(const Condition& condition,
                                                bool sense) {
  const uint32_t cell = encoder_.size();
  const bool on = sense != condition.negated;
  const uint32_t a = (condition.operands >> 16) & 0xffff;
  const uint32_t b = (condition.operands >> 32) & 0xffff;
  const auto id = [&](Form positive, Form negative) {
    return IdOf(condition.op, on ? positive : negative);
  };
  switch (condition.form) {
    case Form::kSS:
      encoder_.Emit(id(Form::kBrSS, Form::kUnlessSS), Pack(a, b));
      break;
    case Form::kAS:
      encoder_.Emit(id(Form::kBrAS, Form::kUnlessAS), Pack(0, b));
      break;
    case Form::kSI:
      encoder_.Emit(id(Form::kBrSI, Form::kUnlessSI), Pack(a, 0),
                    condition.immediate);
      break;
    default:
      encoder_.Emit(id(Form::kBrAI, Form::kUnlessAI), 0, condition.immediate);
      break;
  }
  ForgetLast();
  return cell;
}

// If the condition asks for what the last instruction has added an immediate
// to, both and the branch to `loop_cell` become one.
bool FunctionTranslator::EmitStep(const Condition& condition, bool sense,
                                  uint32_t loop_cell) {
  if (!Fuses(Fusion::kSteps) || last_.cell == kNone ||
      last_.op != Op::kI32Add || last_.form != Form::kSI ||
      last_.result != int_acc_) {
    return false;
  }
  Op op = Op::kI32Ne;
  bool immediate = true;
  if (condition.is_comparison) {
    op = condition.op;
    immediate = condition.form == Form::kAI;
    if (!HasForm(op, Form::kStepI) ||
        (!immediate && condition.form != Form::kAS)) {
      return false;
    }
  } else if (!condition.in_acc || condition.slot != last_.result) {
    return false;
  }
  if (!sense) op = Inverse(op);
  const Cell add = encoder_.OperandCell(last_.cell);
  const uint32_t result = last_.result;
  UndoLast();
  AddPosition();
  const uint32_t cell = encoder_.size();
  // The comparand: an immediate or a slot.
  encoder_.Emit(IdOf(op, immediate ? Form::kStepI : Form::kStepS),
                add & 0xffffffff, add >> 32 | (condition.operands >> 32) << 32);
  encoder_.SetTarget(cell, InstructionEncoder::kBranchTarget, loop_cell);
  NoteWrite(result, ValueType::kI32);
  int_acc_ = result;
  ForgetLast();
  return true;
}

uint32_t FunctionTranslator::EmitCondition(const Condition& condition,
                                           bool sense, bool back) {
  if (condition.is_comparison && IsFloatComparison(condition.op)) {
    return EmitFloatCondition(condition, sense);
  }
  if (back) AddPosition();
  const uint32_t cell = encoder_.size();
  const uint32_t a = (condition.operands >> 16) & 0xffff;
  if (!condition.is_comparison || condition.is_zero_test) {
    const bool on = sense != condition.negated;
    const bool in_acc = condition.is_comparison ? condition.form == Form::kAI
                                                : condition.in_acc;
    const uint32_t slot = condition.is_comparison ? a : condition.slot;
    static constexpr FixedInstr kInstrs[2][2][2] = {
        {{FixedInstr::kBrUnless, FixedInstr::kBackBrUnless},
         {FixedInstr::kBrIf, FixedInstr::kBackBrIf}},
        {{FixedInstr::kBrUnlessAcc, FixedInstr::kBackBrUnlessAcc},
         {FixedInstr::kBrIfAcc, FixedInstr::kBackBrIfAcc}}};
    encoder_.Emit(IdOf(kInstrs[in_acc][on][back]), Pack(in_acc ? 0 : slot, 0));
    ForgetLast();
    return cell;
  }
  const Op op = sense ? condition.op : Inverse(condition.op);
  const uint32_t b = (condition.operands >> 32) & 0xffff;
  const auto immediate = static_cast<uint32_t>(condition.operands >> 32);
  const auto form = [back](Form forward, Form backward) {
    return back ? backward : forward;
  };
  switch (condition.form) {
    case Form::kSS:
      encoder_.Emit(IdOf(op, form(Form::kBrSS, Form::kBackSS)), Pack(a, b));
      break;
    case Form::kAS:
      encoder_.Emit(IdOf(op, form(Form::kBrAS, Form::kBackAS)), Pack(0, b));
      break;
    case Form::kSI:
      encoder_.Emit(IdOf(op, form(Form::kBrSI, Form::kBackSI)), Pack(a, 0),
                    immediate);
      break;
    default:
      encoder_.Emit(IdOf(op, form(Form::kBrAI, Form::kBackAI)), 0, immediate);
      break;
  }
  ForgetLast();
  return cell;
}

}  // namespace weft::exec
