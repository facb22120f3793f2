// Numeric operators, globals and select: which form of an instruction fits what
// the operands are.
#include <cstring>
#include <limits>
#include <utility>

#include "exec/translate/comparisons.h"
#include "exec/translate/function_translator.h"
#include "exec/translate/letters.h"
#include "exec/translate/simple_op.h"

namespace weft::exec {

using wasm::Op;
using wasm::ValueType;

namespace {

bool FitsImmediate(Operand operand) {
  if (operand.kind() != Operand::kConst) return false;
  if (operand.type().kind() == ValueType::kI32) return true;
  const auto value = static_cast<int64_t>(operand.bits());
  return value == static_cast<int32_t>(value);
}

uint32_t Immediate(Operand operand) {
  return static_cast<uint32_t>(operand.bits());
}

}  // namespace

InstrId FunctionTranslator::NumericId(Op op, Form form) const {
  return IdOf(op, form,
              code_.options().canonical_nans && HasCanonicalForms(op));
}

void FunctionTranslator::VisitConst(const wasm::Operator& op) {
  if (op.op == Op::kV128Const) {
    const uint32_t slot = stack_.PushTemp(ValueType::kV128);
    const uint32_t cell = encoder_.size();
    encoder_.Emit(IdOf(FixedInstr::kConstV128), Pack(ResultSlot(slot), 0),
                  op.value);
    encoder_.Append(op.value_high);
    FinishResult(cell, slot, ValueType::kV128);
    return;
  }
  const ValueType type = SimpleOf(op.op).result;
  PushConst(type, op.value);
}

void FunctionTranslator::VisitUnary(Op op) {
  const SimpleOp& row = SimpleOf(op);
  const ValueType type = row.result;
  const Operand a = stack_.Pop();
  const bool is_fused = Fuses(Fusion::kZeroTests);
  if (is_fused && op == Op::kI32Eqz && IsLastResult(a) &&
      IsIntegerComparison(last_.op)) {
    // The same comparison the other way round.
    last_.op = Inverse(last_.op);
    encoder_.SetId(last_.cell, IdOf(last_.op, last_.form));
    stack_.PushTemp(type);
    return;
  }
  if (is_fused && (op == Op::kI32Eqz || op == Op::kI64Eqz)) {
    const uint32_t result = stack_.PushTemp(type);
    const Operand zero = Operand::Const(row.operand, result, 0);
    return EmitIntegerBinary(op == Op::kI32Eqz ? Op::kI32Eq : Op::kI64Eq, a,
                             zero, result);
  }
  const bool in_acc = IsAcc(a);
  const uint32_t slot = in_acc ? 0 : NearOf(a, 0);
  if (row.traps) AddPosition();
  const uint32_t result = stack_.PushTemp(type);
  const uint32_t cell = encoder_.size();
  encoder_.Emit(NumericId(op, in_acc ? Form::kA : Form::kS),
                Pack(ResultSlot(result), slot));
  FinishResult(cell, result, type);
}

void FunctionTranslator::VisitBinary(Op op) {
  const SimpleOp& row = SimpleOf(op);
  const ValueType type = row.result;
  const Operand b = stack_.Pop();
  const Operand a = stack_.Pop();
  if (!fusions_) {
    const uint32_t x = NearOf(a, 0);
    const uint32_t y = NearOf(b, 1);
    if (row.traps) AddPosition();
    const uint32_t result = stack_.PushTemp(type);
    const uint32_t cell = encoder_.size();
    encoder_.Emit(NumericId(op, Form::kSS), Pack(ResultSlot(result), x, y));
    FinishResult(cell, result, type);
    return;
  }
  const uint32_t result = stack_.PushTemp(type);
  if (row.takes_memory && EmitWithMemory(op, a, b, result)) return;
  if (op == Op::kI32Add && EmitScaledAdd(a, b, result)) return;
  if (row.of_integers) {
    EmitIntegerBinary(op, a, b, result);
  } else {
    EmitFloatBinary(op, a, b, result);
  }
}

void FunctionTranslator::EmitIntegerBinary(Op op, Operand a, Operand b,
                                           uint32_t result) {
  if (a.kind() == Operand::kConst && b.kind() == Operand::kConst) {
    // Both, for a compiler folds them: the first goes to its slot.
    Move(a, a.slot());
    a = a.AsTemp();
  }
  if (op == Op::kI32Sub && b.kind() == Operand::kConst) {
    // Addition has more ways to become part of something else.
    op = Op::kI32Add;
    b = Operand::Const(b.type(), b.slot(), uint32_t{0} - Immediate(b));
  }
  const SimpleOp& row = SimpleOf(op);
  if (a.kind() == Operand::kConst || (IsAcc(b) && !IsAcc(a))) {
    if (row.commutes) {
      std::swap(a, b);
    } else if (IsIntegerComparison(op)) {
      op = Mirrored(op);
      std::swap(a, b);
    }
  }
  if (b.kind() == Operand::kConst && !FitsImmediate(b)) {
    Move(b, b.slot());
    b = b.AsTemp();
  }
  if (a.kind() == Operand::kConst && !FitsImmediate(a)) {
    Move(a, a.slot());
    a = a.AsTemp();
  }
  Form form;
  Cell operands;
  if (b.kind() == Operand::kConst) {
    const bool acc = IsAcc(a);
    form = acc ? Form::kAI : Form::kSI;
    operands = PackWide(0, acc ? 0 : NearOf(a, 0), Immediate(b));
  } else if (a.kind() == Operand::kConst) {
    const bool acc = IsAcc(b);
    form = acc ? Form::kIA : Form::kIS;
    operands = PackWide(0, acc ? 0 : NearOf(b, 0), Immediate(a));
  } else if (IsAcc(a)) {
    form = Form::kAS;
    operands = Pack(0, 0, NearOf(b, 1));
  } else if (IsAcc(b) && HasForm(op, Form::kSA)) {
    form = Form::kSA;
    operands = Pack(0, NearOf(a, 0));
  } else {
    form = Form::kSS;
    const uint32_t x = NearOf(a, 0);
    operands = Pack(0, x, NearOf(b, 1));
  }
  if (row.traps) AddPosition();
  const uint32_t cell = encoder_.size();
  encoder_.Emit(IdOf(op, form), operands | ResultSlot(result));
  FinishResult(cell, result, row.result);
  last_.op = op;
  last_.form = form;
}

// An index, shifted by the last instruction, plus something else.
bool FunctionTranslator::EmitScaledAdd(Operand a, Operand b, uint32_t result) {
  const bool swap = IsLastResult(a);
  const Operand index = swap ? a : b;
  const Operand base = swap ? b : a;
  if (!Fuses(Fusion::kScaledIndices) || !IsLastResult(index) ||
      last_.op != Op::kI32Shl ||
      (last_.form != Form::kSI && last_.form != Form::kAI) ||
      base.kind() == Operand::kConst || SlotOf(base) >= kNearSlots ||
      result >= kNearSlots) {
    return false;
  }
  const Cell shift = encoder_.OperandCell(last_.cell);
  const bool acc = last_.form == Form::kAI;
  UndoLast();
  const uint32_t cell = encoder_.size();
  encoder_.Emit(IdOf(acc ? FixedInstr::kAddScaledAcc : FixedInstr::kAddScaled),
                Pack(result, static_cast<uint32_t>(shift >> 16) & 0xffff,
                     SlotOf(base), static_cast<uint32_t>(shift >> 32) & 31));
  FinishResult(cell, result, ValueType::kI32);
  last_.is_scaled = true;
  last_.form = acc ? Form::kAS : Form::kSS;
  return true;
}

// An operator whose operand the last instruction has loaded.
bool FunctionTranslator::EmitWithMemory(Op op, Operand a, Operand b,
                                        uint32_t result) {
  if (!Fuses(Fusion::kMemoryOperands)) return false;
  const SimpleOp& row = SimpleOf(op);
  if (row.commutes && !IsLastResult(b)) std::swap(a, b);
  if (!IsLastResult(b) || last_.op != row.load || result >= kNearSlots ||
      last_.form != Form::kLoadS || a.kind() == Operand::kConst ||
      SlotOf(a) >= kNearSlots) {
    return false;
  }
  const Cell load = encoder_.OperandCell(last_.cell);
  const auto offset = static_cast<uint32_t>(load >> 32);
  if (offset > 0xffff) return false;
  UndoLast();
  const bool acc = IsAcc(a);
  const uint32_t cell = encoder_.size();
  encoder_.Emit(NumericId(op, acc ? Form::kAM : Form::kSM),
                Pack(result, acc ? 0 : SlotOf(a),
                     static_cast<uint32_t>(load >> 16) & 0xffff, offset));
  FinishResult(cell, result, row.result);
  return true;
}

void FunctionTranslator::EmitFloatBinary(Op op, Operand a, Operand b,
                                         uint32_t result) {
  const ValueType type = SimpleOf(op).result;
  if (a.kind() == Operand::kConst && b.kind() == Operand::kConst) {
    Move(a, a.slot());
    a = a.AsTemp();
  }
  if (IsFloatComparison(op) &&
      (a.kind() == Operand::kConst || (IsAcc(b) && !IsAcc(a)))) {
    op = Mirrored(op);
    std::swap(a, b);
  }
  const bool a_const = a.kind() == Operand::kConst;
  const bool b_const = b.kind() == Operand::kConst;
  const auto id = [&](Form form) { return NumericId(op, form); };
  const bool a_acc = IsAcc(a);
  const bool b_acc = IsAcc(b);
  const uint32_t to = ResultSlot(result);
  if (b_const) {
    const uint32_t slot = a_acc ? 0 : Near(SlotOf(a), 0);
    const uint32_t cell = encoder_.size();
    const Form form = a_acc ? Form::kAI : Form::kSI;
    encoder_.Emit(id(form), Pack(to, slot), b.bits());
    FinishResult(cell, result, type);
    last_.op = op;
    last_.form = form;
    return;
  }
  if (a_const) {
    const uint32_t slot = b_acc ? 0 : Near(SlotOf(b), 0);
    const uint32_t cell = encoder_.size();
    encoder_.Emit(id(b_acc ? Form::kIA : Form::kIS), Pack(to, slot), a.bits());
    return FinishResult(cell, result, type);
  }
  const uint32_t x = a_acc ? 0 : Near(SlotOf(a), 0);
  const uint32_t y = b_acc && !a_acc ? 0 : Near(SlotOf(b), 1);
  const Form form = a_acc ? Form::kAS : b_acc ? Form::kSA : Form::kSS;
  const uint32_t cell = encoder_.size();
  encoder_.Emit(id(form), Pack(to, x, y));
  FinishResult(cell, result, type);
  last_.op = op;
  last_.form = form;
}

void FunctionTranslator::VisitInSlots(const wasm::Operator& op) {
  const std::string_view signature = wasm::RowOf(op.op).signature;
  const size_t count = signature.find(':');
  uint32_t slots[4] = {};
  for (size_t i = count; i > 0; --i) {
    // Four operands are numbers of one slot; see kScratchOperands.
    slots[i - 1] = ToSlot(stack_.Pop());
  }
  for (size_t i = 0; i < count; ++i) {
    slots[i] = Near(slots[i], static_cast<uint32_t>(i));
  }
  const ValueType type = TypeOf(signature[count + 1]);
  const uint32_t result = stack_.PushTemp(type);
  const bool wide = signature.size() == count + 3;
  if (wide) stack_.PushTemp(type);
  const uint32_t to = ResultSlot(result);
  const uint32_t cell = encoder_.size();
  const InstrId id = NumericId(op.op, Form::kSlots);
  const Cell first = Pack(to, slots[0], slots[1], slots[2]);
  if (wasm::RowOf(op.op).immediates == "lane") {
    encoder_.Emit(id, first, op.index[0]);
  } else if (wasm::RowOf(op.op).immediates == "lanes16") {
    encoder_.Emit(id, first, op.value);
    encoder_.Append(op.value_high);
  } else if (count == 4) {
    encoder_.Emit(id, first, slots[3]);
  } else {
    encoder_.Emit(id, first);
  }
  // Two results lie as a vector does, and go nowhere else.
  FinishResult(cell, result, wide ? ValueType(ValueType::kV128) : type,
               /*through_acc=*/!wide);
  if (wide) ForgetLast();
}

void FunctionTranslator::VisitGlobal(const wasm::Operator& op) {
  const uint32_t index = op.index[0];
  const ValueType type = module_.globals[index].type.value;
  const GlobalLayout layout = code_.globals()[index];
  const bool vector = type.kind() == ValueType::kV128;
  const bool get = op.op == Op::kGlobalGet;
  FixedInstr instr;
  if (layout.imported) {
    instr = get ? (vector ? FixedInstr::kGlobalGetImportedV128
                          : FixedInstr::kGlobalGetImported)
                : (vector ? FixedInstr::kGlobalSetImportedV128
                          : FixedInstr::kGlobalSetImported);
  } else {
    instr =
        get ? (vector ? FixedInstr::kGlobalGetV128 : FixedInstr::kGlobalGet)
            : (vector ? FixedInstr::kGlobalSetV128 : FixedInstr::kGlobalSet);
  }
  if (get) {
    const uint32_t result = stack_.PushTemp(type);
    const uint32_t cell = encoder_.size();
    encoder_.Emit(IdOf(instr), PackWide(ResultSlot(result), 0, layout.cell));
    const bool integer =
        type.kind() == ValueType::kI32 || type.kind() == ValueType::kI64;
    if (!vector) int_acc_ = kNone;
    FinishResult(cell, result, type, integer);
    return;
  }
  const Operand value = stack_.Pop();
  const bool integer = value.type().kind() == ValueType::kI32 ||
                       value.type().kind() == ValueType::kI64;
  if (instr == FixedInstr::kGlobalSet && integer && IsAcc(value)) {
    encoder_.Emit(IdOf(FixedInstr::kGlobalSetAcc), PackWide(0, 0, layout.cell));
  } else {
    const uint32_t slot = NearOf(value, 0);
    encoder_.Emit(IdOf(instr), PackWide(slot, 0, layout.cell));
  }
  ForgetLast();
}

void FunctionTranslator::VisitSelect() {
  const Operand condition = stack_.Pop();
  const Operand b = stack_.Pop();
  const Operand a = stack_.Pop();
  const ValueType type = a.type();
  const uint32_t x = NearOf(a, 1);
  const uint32_t y = NearOf(b, 2);
  const bool acc = IsAcc(condition) && type.kind() != ValueType::kV128;
  const uint32_t c = acc ? 0 : NearOf(condition, 0);
  const uint32_t result = stack_.PushTemp(type);
  FixedInstr instr = acc ? FixedInstr::kSelectAcc : FixedInstr::kSelect;
  const bool is_float =
      type.kind() == ValueType::kF32 || type.kind() == ValueType::kF64;
  if (is_float) {
    instr = acc ? FixedInstr::kSelectFloatAcc : FixedInstr::kSelectFloat;
  } else if (type.kind() == ValueType::kV128) {
    instr = FixedInstr::kSelectV128;
  }
  const uint32_t cell = encoder_.size();
  encoder_.Emit(IdOf(instr), Pack(ResultSlot(result), c, x, y));
  if (type.is_ref()) int_acc_ = kNone;
  FinishResult(cell, result, type);
}

}  // namespace weft::exec
