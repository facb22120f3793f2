// Numeric operators, memory, globals and select: which form of an instruction
// fits what the operands are.
#include <cstring>
#include <limits>
#include <utility>

#include "exec/translate/comparisons.h"
#include "exec/translate/function_translator.h"

namespace weft::exec {

using wasm::Op;
using wasm::ValueType;

namespace {

ValueType TypeOf(char letter) {
  switch (letter) {
    case 'i':
      return ValueType::kI32;
    case 'l':
      return ValueType::kI64;
    case 'f':
      return ValueType::kF32;
    case 'd':
      return ValueType::kF64;
    default:
      return ValueType::kV128;
  }
}

bool FitsImmediate(const Operand& operand) {
  if (operand.kind != Operand::kConst) return false;
  if (operand.type.kind() == ValueType::kI32) return true;
  const auto value = static_cast<int64_t>(operand.bits);
  return value == static_cast<int32_t>(value);
}

uint32_t Immediate(const Operand& operand) {
  return static_cast<uint32_t>(operand.bits);
}

}  // namespace

InstrId FunctionTranslator::NumericId(Op op, Form form) const {
  return IdOf(op, form,
              code_.options().canonical_nans && HasCanonicalForms(op));
}

void FunctionTranslator::VisitSimple(const wasm::Operator& op) {
  if (FormsOf(op.op) == 0) return VisitFormless(op);
  if (HasForm(op.op, Form::kSlots)) return VisitInSlots(op);
  if (HasForm(op.op, Form::kS)) return VisitUnary(op.op);
  if (HasForm(op.op, Form::kSS)) return VisitBinary(op.op);
  if (HasForm(op.op, Form::kLoadS)) return VisitLoad(op);
  if (HasForm(op.op, Form::kStoreSS)) return VisitStore(op);
  VisitFar(op);
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
  const ValueType type = TypeOf(wasm::RowOf(op.op).signature[1]);
  stack_.PushConst(type, op.value);
  if (!fuse_) MaterializeAll();
}

void FunctionTranslator::VisitUnary(Op op) {
  const std::string_view signature = wasm::RowOf(op).signature;
  const ValueType type = TypeOf(signature[2]);
  const Operand a = stack_.Pop();
  if (fuse_ && op == Op::kI32Eqz && IsLastResult(a) && last_.is_comparison) {
    // The same comparison the other way round.
    last_.op = Inverse(last_.op);
    encoder_.SetId(last_.cell, IdOf(last_.op, last_.form));
    stack_.PushTemp(type);
    return;
  }
  if (fuse_ && (op == Op::kI32Eqz || op == Op::kI64Eqz)) {
    Operand zero;
    zero.kind = Operand::kConst;
    zero.type = TypeOf(signature[0]);
    const uint32_t result = stack_.PushTemp(type);
    return EmitIntegerBinary(op == Op::kI32Eqz ? Op::kI32Eq : Op::kI64Eq, a,
                             zero, result);
  }
  const bool in_acc = IsAcc(a);
  const uint32_t slot = in_acc ? 0 : NearOf(a, 0);
  if (wasm::RowOf(op).traps != 0) AddPosition();
  const uint32_t result = stack_.PushTemp(type);
  const uint32_t cell = encoder_.size();
  encoder_.Emit(NumericId(op, in_acc ? Form::kA : Form::kS),
                Pack(ResultSlot(result), slot));
  FinishResult(cell, result, type);
}

void FunctionTranslator::VisitBinary(Op op) {
  const std::string_view signature = wasm::RowOf(op).signature;
  const ValueType type = TypeOf(signature[3]);
  const Operand b = stack_.Pop();
  const Operand a = stack_.Pop();
  if (!fuse_) {
    const uint32_t x = NearOf(a, 0);
    const uint32_t y = NearOf(b, 1);
    if (wasm::RowOf(op).traps != 0) AddPosition();
    const uint32_t result = stack_.PushTemp(type);
    const uint32_t cell = encoder_.size();
    encoder_.Emit(NumericId(op, Form::kSS), Pack(ResultSlot(result), x, y));
    FinishResult(cell, result, type);
    return;
  }
  const uint32_t result = stack_.PushTemp(type);
  if (IsIntegerLetter(signature[0])) {
    EmitIntegerBinary(op, a, b, result);
  } else {
    EmitFloatBinary(op, a, b, result);
  }
}

void FunctionTranslator::EmitIntegerBinary(Op op, Operand a, Operand b,
                                           uint32_t result) {
  if (a.kind == Operand::kConst && b.kind == Operand::kConst) {
    // Both, for a compiler folds them: the first goes to its slot.
    Move(a, a.slot);
    a.kind = Operand::kTemp;
  }
  const bool is_comparison = IsIntegerComparison(op);
  if (a.kind == Operand::kConst || (IsAcc(b) && !IsAcc(a))) {
    if (IsCommutative(op)) {
      std::swap(a, b);
    } else if (is_comparison) {
      op = Mirrored(op);
      std::swap(a, b);
    }
  }
  if (b.kind == Operand::kConst && !FitsImmediate(b)) {
    Move(b, b.slot);
    b.kind = Operand::kTemp;
  }
  if (a.kind == Operand::kConst && !FitsImmediate(a)) {
    Move(a, a.slot);
    a.kind = Operand::kTemp;
  }
  Form form;
  Cell operands;
  if (b.kind == Operand::kConst) {
    const bool acc = IsAcc(a);
    form = acc ? Form::kAI : Form::kSI;
    operands = PackWide(0, acc ? 0 : NearOf(a, 0), Immediate(b));
  } else if (a.kind == Operand::kConst) {
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
  if (wasm::RowOf(op).traps != 0) AddPosition();
  const ValueType type = TypeOf(wasm::RowOf(op).signature[3]);
  const uint32_t cell = encoder_.size();
  encoder_.Emit(IdOf(op, form), operands | ResultSlot(result));
  FinishResult(cell, result, type);
  last_.op = op;
  last_.form = form;
  last_.is_comparison = is_comparison && last_.cell != kNone;
  last_.is_add = op == Op::kI32Add && last_.cell != kNone &&
                 (form == Form::kSS || form == Form::kAS);
}

void FunctionTranslator::EmitFloatBinary(Op op, const Operand& a,
                                         const Operand& b, uint32_t result) {
  const ValueType type = TypeOf(wasm::RowOf(op).signature[3]);
  const bool a_const = a.kind == Operand::kConst;
  const bool b_const = b.kind == Operand::kConst;
  const auto id = [&](Form form) { return NumericId(op, form); };
  if (a_const && b_const) Move(a, a.slot);
  const bool a_acc = IsAcc(a);
  const bool b_acc = IsAcc(b);
  const uint32_t to = ResultSlot(result);
  if (b_const) {
    const uint32_t slot = a_acc ? 0 : Near(SlotOf(a), 0);
    const uint32_t cell = encoder_.size();
    encoder_.Emit(id(a_acc ? Form::kAI : Form::kSI), Pack(to, slot), b.bits);
    return FinishResult(cell, result, type);
  }
  if (a_const) {
    const uint32_t slot = b_acc ? 0 : Near(SlotOf(b), 0);
    const uint32_t cell = encoder_.size();
    encoder_.Emit(id(b_acc ? Form::kIA : Form::kIS), Pack(to, slot), a.bits);
    return FinishResult(cell, result, type);
  }
  const uint32_t x = a_acc ? 0 : Near(SlotOf(a), 0);
  const uint32_t y = b_acc && !a_acc ? 0 : Near(SlotOf(b), 1);
  const Form form = a_acc ? Form::kAS : b_acc ? Form::kSA : Form::kSS;
  const uint32_t cell = encoder_.size();
  encoder_.Emit(id(form), Pack(to, x, y));
  FinishResult(cell, result, type);
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

// Whether the access has an instruction of its own for memory 0.
bool FunctionTranslator::IsNearMemory(const wasm::MemArg& mem) const {
  if (mem.memory != 0 || mem.offset > 0xffffffff) return false;
  const wasm::MemoryType& type = module_.memories[0].type;
  return !type.limits.is_64;
}

void FunctionTranslator::VisitLoad(const wasm::Operator& op) {
  if (!IsNearMemory(op.mem)) return VisitFar(op);
  const std::string_view signature = wasm::RowOf(op.op).signature;
  const ValueType type = TypeOf(signature[2]);
  const bool checked = bounds_ == Bounds::kExplicit;
  const Operand address = stack_.Pop();
  const auto offset = static_cast<uint32_t>(op.mem.offset);
  Form form;
  Cell operands;
  if (fuse_ && HasForm(op.op, Form::kLoadSS) && IsLastResult(address) &&
      last_.is_add && offset <= 0xffff) {
    const Cell add = encoder_.OperandCell(last_.cell);
    form = last_.form == Form::kSS ? Form::kLoadSS : Form::kLoadAS;
    UndoLast();
    operands = (add & ~Cell{0xffff} & 0x0000ffffffffffff) | Cell{offset} << 48;
  } else {
    const bool acc = IsAcc(address) && HasForm(op.op, Form::kLoadA);
    form = acc ? Form::kLoadA : Form::kLoadS;
    operands = PackWide(0, acc ? 0 : NearOf(address, 0), offset);
    // A constant has just been put into the accumulator.
    if (!acc && fuse_ && address.kind == Operand::kConst &&
        int_acc_ == address.slot && HasForm(op.op, Form::kLoadA)) {
      form = Form::kLoadA;
    }
  }
  if (checked) {
    form = static_cast<Form>(static_cast<int>(form) +
                             static_cast<int>(Form::kCheckedLoadS) -
                             static_cast<int>(Form::kLoadS));
  }
  AddPosition();
  const uint32_t result = stack_.PushTemp(type);
  const uint32_t cell = encoder_.size();
  encoder_.Emit(IdOf(op.op, form), operands | ResultSlot(result));
  FinishResult(cell, result, type);
}

void FunctionTranslator::VisitStore(const wasm::Operator& op) {
  if (!IsNearMemory(op.mem)) return VisitFar(op);
  Operand value = stack_.Pop();
  Operand address = stack_.Pop();
  const auto offset = static_cast<uint32_t>(op.mem.offset);
  const bool all_forms = fuse_ && HasForm(op.op, Form::kStoreSA);
  if (address.kind == Operand::kConst) {
    Move(address, address.slot);
    address.kind = Operand::kTemp;
  }
  if (!all_forms && value.kind == Operand::kConst) {
    Move(value, value.slot);
    value.kind = Operand::kTemp;
  }
  const bool address_acc = all_forms && IsAcc(address);
  const bool is_const = value.kind == Operand::kConst;
  const bool value_acc = all_forms && !address_acc && IsAcc(value);
  const uint32_t x = address_acc ? 0 : Near(SlotOf(address), 0);
  const uint32_t y = is_const || value_acc ? 0 : Near(SlotOf(value), 1);
  Form form = is_const      ? (address_acc ? Form::kStoreAI : Form::kStoreSI)
              : address_acc ? Form::kStoreAS
              : value_acc   ? Form::kStoreSA
                            : Form::kStoreSS;
  if (bounds_ == Bounds::kExplicit) {
    form = static_cast<Form>(static_cast<int>(form) +
                             static_cast<int>(Form::kCheckedStoreSS) -
                             static_cast<int>(Form::kStoreSS));
  }
  AddPosition();
  const InstrId id = IdOf(op.op, form);
  if (is_const) {
    encoder_.Emit(id, PackWide(x, 0, offset), value.bits);
  } else {
    encoder_.Emit(id, PackWide(x, y, offset));
  }
  ForgetLast();
}

// Any memory; atomics and lanes.
void FunctionTranslator::VisitFar(const wasm::Operator& op) {
  const std::string_view signature = wasm::RowOf(op.op).signature;
  const size_t count = signature.find(':');
  uint32_t slots[3] = {};
  for (size_t i = count; i > 0; --i) slots[i - 1] = ToSlot(stack_.Pop());
  for (size_t i = 0; i < count; ++i) {
    slots[i] = Near(slots[i], static_cast<uint32_t>(i));
  }
  const bool has_result = signature.size() > count + 1;
  const ValueType type =
      has_result ? TypeOf(signature[count + 1]) : ValueType();
  const uint32_t result = has_result ? stack_.PushTemp(type) : 0;
  const uint32_t to = has_result ? ResultSlot(result) : 0;
  AddPosition();
  const uint32_t cell = encoder_.size();
  const uint32_t lane = op.index[0];
  encoder_.Emit(IdOf(op.op, Form::kFar), Pack(to, slots[0], slots[1], slots[2]),
                Cell{op.mem.memory} | Cell{lane} << 32);
  encoder_.Append(op.mem.offset);
  if (has_result) {
    FinishResult(cell, result, type);
  } else {
    ForgetLast();
  }
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
  const bool integer = value.type.kind() == ValueType::kI32 ||
                       value.type.kind() == ValueType::kI64;
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
  const ValueType type = a.type;
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

// memory.size and table.size.
void FunctionTranslator::VisitSize(FixedInstr instr, uint32_t index) {
  const wasm::Limits& limits = instr == FixedInstr::kMemorySize
                                   ? module_.memories[index].type.limits
                                   : module_.tables[index].type.limits;
  const ValueType type = limits.is_64 ? ValueType::kI64 : ValueType::kI32;
  const uint32_t result = stack_.PushTemp(type);
  const uint32_t cell = encoder_.size();
  encoder_.Emit(IdOf(instr), PackWide(ResultSlot(result), 0, index));
  FinishResult(cell, result, type);
}

void FunctionTranslator::VisitMemoryGrow(uint32_t memory) {
  const bool is_64 = module_.memories[memory].type.limits.is_64;
  const ValueType type = is_64 ? ValueType::kI64 : ValueType::kI32;
  const uint32_t delta = NearOf(stack_.Pop(), 0);
  AddPosition();
  const uint32_t result = stack_.PushTemp(type);
  const uint32_t cell = encoder_.size();
  encoder_.Emit(IdOf(FixedInstr::kMemoryGrow),
                PackWide(ResultSlot(result), delta, memory));
  FinishResult(cell, result, type);
}

// On ranges of memories, tables and segments: three operands, no result.
void FunctionTranslator::VisitBulk(FixedInstr instr, const wasm::Operator& op) {
  const Operand c = stack_.Pop();
  const Operand b = stack_.Pop();
  const Operand a = stack_.Pop();
  const uint32_t x = NearOf(a, 0);
  const uint32_t y = NearOf(b, 1);
  const uint32_t z = NearOf(c, 2);
  AddPosition();
  encoder_.Emit(IdOf(instr), Pack(x, y, z),
                Cell{op.index[0]} | Cell{op.index[1]} << 32);
  ForgetLast();
}

}  // namespace weft::exec
