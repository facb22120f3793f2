// Memories: loads and stores, whose addresses take additions in, and operators
// on whole memories.
#include <string_view>

#include "exec/translate/function_translator.h"
#include "exec/translate/letters.h"
#include "exec/translate/simple_op.h"

namespace weft::exec {

using wasm::Op;
using wasm::ValueType;

// Whether the access has an instruction of its own for memory 0.
bool FunctionTranslator::IsNearMemory(const wasm::MemArg& mem) const {
  if (mem.memory != 0 || mem.offset > 0xffffffff) return false;
  const wasm::MemoryType& type = module_.memories[0].type;
  return !type.limits.is_64;
}

// Takes the addition back that was the last instruction and has made `address`,
// and says how an access by `op` at `offset` adds itself: as a load. Result and
// offset are still to be set. False when it does not.
bool FunctionTranslator::FuseAddress(Operand address, Op op, uint32_t offset,
                                     Form* form, Cell* operands) {
  if (!IsLastResult(address)) return false;
  const Cell add = encoder_.OperandCell(last_.cell);
  const bool guarded = bounds_ == Bounds::kGuard;
  const bool is_add = last_.op == Op::kI32Add;
  const bool acc = last_.form == Form::kAS || last_.form == Form::kAI;
  if (last_.is_scaled) {
    const uint32_t shift = static_cast<uint32_t>(add >> 48);
    if (!guarded || offset > 0xffff || !HasForm(op, Form::kLoadXSS) ||
        1u << shift != wasm::RowOf(op).access_bytes) {
      return false;
    }
    *form = acc ? Form::kLoadXAS : Form::kLoadXSS;
    *operands = add & 0x0000ffffffff0000;
  } else if (is_add && (last_.form == Form::kSI || last_.form == Form::kAI)) {
    if (!Fuses(Fusion::kOffsets) || !guarded || offset != 0) return false;
    *form = acc ? Form::kLoadAI : Form::kLoadSI;
    *operands = add & ~Cell{0xffff};
  } else if (is_add && (last_.form == Form::kSS || last_.form == Form::kAS)) {
    if (!Fuses(Fusion::kSums) || offset > 0xffff) return false;
    *form = acc ? Form::kLoadAS : Form::kLoadSS;
    *operands = add & 0x0000ffffffff0000;
  } else {
    return false;
  }
  UndoLast();
  return true;
}

void FunctionTranslator::VisitLoad(const wasm::Operator& op) {
  if (!IsNearMemory(op.mem)) return VisitFar(op);
  const ValueType type = SimpleOf(op.op).result;
  const bool checked = bounds_ == Bounds::kExplicit;
  const Operand address = stack_.Pop();
  const auto offset = static_cast<uint32_t>(op.mem.offset);
  Form form;
  Cell operands;
  if (HasForm(op.op, Form::kLoadSS) &&
      FuseAddress(address, op.op, offset, &form, &operands)) {
    operands |= Cell{offset} << 48;
  } else {
    const bool acc = IsAcc(address) && HasForm(op.op, Form::kLoadA);
    form = acc ? Form::kLoadA : Form::kLoadS;
    operands = PackWide(0, acc ? 0 : NearOf(address, 0), offset);
    // A constant has just been put into the accumulator.
    if (!acc && address.kind() == Operand::kConst &&
        int_acc_ == address.slot() && HasForm(op.op, Form::kLoadA)) {
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
  if (checked) return;
  last_.op = op.op;
  last_.form = form;
}

// A store to a sum, where nothing has been computed since then.
bool FunctionTranslator::FuseStore(const wasm::Operator& op, Operand address,
                                   Operand value) {
  if (!Fuses(Fusion::kStoreAddresses) || bounds_ != Bounds::kGuard ||
      !HasForm(op.op, Form::kStoreSumSS) || !IsLastResult(address) ||
      SlotOf(value) >= kNearSlots) {
    return false;
  }
  const bool is_const = value.kind() == Operand::kConst;
  const bool is_offset = last_.op == Op::kI32Add &&
                         (last_.form == Form::kSI || last_.form == Form::kAI);
  if (is_const && !is_offset) return false;
  const auto offset = static_cast<uint32_t>(op.mem.offset);
  // Loads of the same width have the same ways to add.
  const Op load = wasm::RowOf(op.op).access_bytes == 1   ? Op::kI32Load8U
                  : wasm::RowOf(op.op).access_bytes == 2 ? Op::kI32Load16U
                  : wasm::RowOf(op.op).access_bytes == 4 ? Op::kI32Load
                                                         : Op::kI64Load;
  Form form;
  Cell add;
  if (!FuseAddress(address, load, offset, &form, &add)) return false;
  const uint32_t x = static_cast<uint32_t>(add >> 16) & 0xffff;
  const uint32_t y = static_cast<uint32_t>(add >> 32) & 0xffff;
  const auto immediate = static_cast<uint32_t>(add >> 32);
  AddPosition();
  if (is_const) {
    encoder_.Emit(IdOf(op.op, form == Form::kLoadSI ? Form::kStoreOffsetSI
                                                    : Form::kStoreOffsetAI),
                  PackWide(x, 0, immediate), value.bits());
  } else if (is_offset) {
    encoder_.Emit(IdOf(op.op, form == Form::kLoadSI ? Form::kStoreOffsetSS
                                                    : Form::kStoreOffsetAS),
                  PackWide(x, SlotOf(value), immediate));
  } else {
    const Form store = form == Form::kLoadXSS   ? Form::kStoreXSS
                       : form == Form::kLoadXAS ? Form::kStoreXAS
                       : form == Form::kLoadSS  ? Form::kStoreSumSS
                                                : Form::kStoreSumAS;
    encoder_.Emit(IdOf(op.op, store), Pack(x, y, SlotOf(value), offset));
  }
  ForgetLast();
  return true;
}

void FunctionTranslator::VisitStore(const wasm::Operator& op) {
  if (!IsNearMemory(op.mem)) return VisitFar(op);
  Operand value = stack_.Pop();
  Operand address = stack_.Pop();
  if (FuseStore(op, address, value)) return;
  const auto offset = static_cast<uint32_t>(op.mem.offset);
  const bool all_forms = HasForm(op.op, Form::kStoreSA);
  if (address.kind() == Operand::kConst) {
    Move(address, address.slot());
    address = address.AsTemp();
  }
  if (!all_forms && value.kind() == Operand::kConst) {
    Move(value, value.slot());
    value = value.AsTemp();
  }
  const bool address_acc = all_forms && IsAcc(address);
  const bool is_const = value.kind() == Operand::kConst;
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
    encoder_.Emit(id, PackWide(x, 0, offset), value.bits());
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
