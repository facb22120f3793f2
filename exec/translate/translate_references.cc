// References, tables, structs and arrays.
#include <algorithm>

#include "exec/translate/function_translator.h"

namespace weft::exec {

using wasm::Op;
using wasm::ValueType;

namespace {

// The instructions that get and set what is held as a StorageKind.
struct AccessInstrs {
  FixedInstr get_s;  // By sign, where it is smaller than its value.
  FixedInstr get;
  FixedInstr set;
};

#define WEFT_GET(object, kind) FixedInstr::k##object##Get##kind
#define WEFT_SET(object, kind) FixedInstr::k##object##Set##kind
#define WEFT_ACCESS(object)                                                 \
  {WEFT_GET(object, 8S), WEFT_GET(object, 8U), WEFT_SET(object, 8)},        \
      {WEFT_GET(object, 16S), WEFT_GET(object, 16U), WEFT_SET(object, 16)}, \
      {WEFT_GET(object, 32), WEFT_GET(object, 32), WEFT_SET(object, 32)},   \
      {WEFT_GET(object, 64), WEFT_GET(object, 64), WEFT_SET(object, 64)},   \
      {WEFT_GET(object, 32), WEFT_GET(object, 32), WEFT_SET(object, 32)},   \
      {WEFT_GET(object, 64), WEFT_GET(object, 64), WEFT_SET(object, 64)},   \
      {WEFT_GET(object, V128), WEFT_GET(object, V128),                      \
       WEFT_SET(object, V128)},                                             \
  {                                                                         \
    WEFT_GET(object, Ref), WEFT_GET(object, Ref), WEFT_SET(object, Ref)     \
  }
// By StorageKind.
constexpr AccessInstrs kStructAccess[] = {WEFT_ACCESS(Struct)};
constexpr AccessInstrs kArrayAccess[] = {WEFT_ACCESS(Array)};
#undef WEFT_ACCESS
#undef WEFT_SET
#undef WEFT_GET

InstrId GetOf(const AccessInstrs& access, bool sign) {
  return IdOf(sign ? access.get_s : access.get);
}

ValueType AddressType(const wasm::Limits& limits) {
  return limits.is_64 ? ValueType::kI64 : ValueType::kI32;
}

}  // namespace

wasm::ValueType FunctionTranslator::TargetType(wasm::HeapType heap,
                                               bool nullable) const {
  return WithTypeIds(ValueType::Ref(heap, nullable), code_.types());
}

// The slot of the top operand, which is there from now on.
uint32_t FunctionTranslator::TopSlot() {
  if (stack_.top().kind() == Operand::kConst) {
    const Operand operand = stack_.Pop();
    Move(operand, operand.slot());
    stack_.PushTemp(operand.type());
  }
  return SlotOf(stack_.top());
}

void FunctionTranslator::TestTop(ValueType target) {
  const uint32_t slot = Near(TopSlot(), 0);
  const uint32_t result = stack_.PushTemp(ValueType::kI32);
  const uint32_t cell = encoder_.size();
  encoder_.Emit(IdOf(FixedInstr::kRefTest),
                PackWide(ResultSlot(result), slot, target.bits()));
  FinishResult(cell, result, ValueType::kI32);
}

// Slots of the top operands, which are popped.
std::vector<uint16_t> FunctionTranslator::PopList(size_t count) {
  std::vector<uint16_t> slots(count);
  const size_t first = stack_.size() - count;
  for (size_t i = 0; i < count; ++i) {
    slots[i] = ListSlot(ToSlot(stack_[first + i]), static_cast<uint32_t>(i));
  }
  stack_.Shrink(first);
  return slots;
}

void FunctionTranslator::VisitRefNull(wasm::HeapType heap) {
  PushConst(ValueType::Ref(heap, true), kNullRef);
}

void FunctionTranslator::VisitRefFunc(uint32_t func) {
  AddPosition();
  const ValueType type = ValueType::Ref(wasm::HeapType::kFunc, false);
  const uint32_t result = stack_.PushTemp(type);
  const uint32_t cell = encoder_.size();
  encoder_.Emit(IdOf(FixedInstr::kRefFunc),
                PackWide(ResultSlot(result), 0, func));
  FinishResult(cell, result, type);
}

void FunctionTranslator::VisitRefAsNonNull() {
  const uint32_t slot = Near(TopSlot(), 0);
  AddPosition();
  encoder_.Emit(IdOf(FixedInstr::kRefAsNonNull), slot);
  ForgetLast();
}

void FunctionTranslator::VisitRefTest(ValueType target) {
  TestTop(target);
  // The reference goes from below the result, which keeps its slot: the other
  // range.
  stack_.Pop();
  stack_.Pop();
  stack_.PushTemp(ValueType::kI32);
}

void FunctionTranslator::VisitRefCast(ValueType target) {
  const uint32_t slot = Near(TopSlot(), 0);
  AddPosition();
  encoder_.Emit(IdOf(FixedInstr::kRefCast), PackWide(slot, 0, target.bits()));
  ForgetLast();
}

// To and from references, with one operand.
void FunctionTranslator::VisitRefUnary(FixedInstr instr, ValueType type) {
  const uint32_t slot = NearOf(stack_.Pop(), 0);
  AddPosition();
  const uint32_t result = stack_.PushTemp(type);
  const uint32_t cell = encoder_.size();
  encoder_.Emit(IdOf(instr), Pack(ResultSlot(result), slot));
  FinishResult(cell, result, type, /*through_acc=*/!type.is_ref());
}

// --- Tables ------------------------------------------------------------------

void FunctionTranslator::VisitTableGet(uint32_t table) {
  const ValueType type = module_.tables[table].type.element;
  const uint32_t index = NearOf(stack_.Pop(), 0);
  AddPosition();
  const uint32_t result = stack_.PushTemp(type);
  const uint32_t cell = encoder_.size();
  encoder_.Emit(IdOf(FixedInstr::kTableGet),
                PackWide(ResultSlot(result), index, table));
  FinishResult(cell, result, type);
}

void FunctionTranslator::VisitTableSet(uint32_t table) {
  const uint32_t value = NearOf(stack_.Pop(), 1);
  const uint32_t index = NearOf(stack_.Pop(), 0);
  AddPosition();
  encoder_.Emit(IdOf(FixedInstr::kTableSet), PackWide(index, value, table));
  ForgetLast();
}

void FunctionTranslator::VisitTableGrow(uint32_t table) {
  const ValueType type = AddressType(module_.tables[table].type.limits);
  const uint32_t count = NearOf(stack_.Pop(), 1);
  const uint32_t value = NearOf(stack_.Pop(), 0);
  AddPosition();
  const uint32_t result = stack_.PushTemp(type);
  const uint32_t cell = encoder_.size();
  encoder_.Emit(IdOf(FixedInstr::kTableGrow),
                Pack(ResultSlot(result), value, count), table);
  FinishResult(cell, result, type);
}

// --- Structs and arrays ------------------------------------------------------

// struct.new and array.new_fixed, of so many operands.
void FunctionTranslator::VisitNewOfList(FixedInstr instr, uint32_t type,
                                        uint32_t count) {
  const std::vector<uint16_t> slots = PopList(count);
  AddPosition();
  const ValueType ref = ValueType::Ref(wasm::HeapType::Defined(type), false);
  const uint32_t result = stack_.PushTemp(ref);
  const uint32_t cell = encoder_.size();
  encoder_.EmitList(IdOf(instr), {ResultSlot(result), type, slots.size()},
                    slots);
  FinishResult(cell, result, ref);
}

// struct.new_default and array.new_default; the latter has a length.
void FunctionTranslator::VisitNewDefault(FixedInstr instr, uint32_t type) {
  const uint32_t count =
      instr == FixedInstr::kArrayNewDefault ? NearOf(stack_.Pop(), 0) : 0;
  AddPosition();
  const ValueType ref = ValueType::Ref(wasm::HeapType::Defined(type), false);
  const uint32_t result = stack_.PushTemp(ref);
  const uint32_t cell = encoder_.size();
  encoder_.Emit(IdOf(instr), PackWide(ResultSlot(result), count, type));
  FinishResult(cell, result, ref);
}

void FunctionTranslator::VisitStructGet(const wasm::Operator& op) {
  const FieldLayout& field =
      registry_.Get(code_.types()[op.index[0]]).fields[op.index[1]];
  const ValueType value =
      module_.types[op.index[0]].fields[op.index[1]].storage.value;
  const uint32_t object = NearOf(stack_.Pop(), 0);
  AddPosition();
  const uint32_t result = stack_.PushTemp(value);
  const uint32_t cell = encoder_.size();
  encoder_.Emit(GetOf(kStructAccess[static_cast<int>(field.kind)],
                      op.op == Op::kStructGetS),
                PackWide(ResultSlot(result), object, field.offset));
  FinishGet(cell, result, value);
}

void FunctionTranslator::VisitStructSet(const wasm::Operator& op) {
  const FieldLayout& field =
      registry_.Get(code_.types()[op.index[0]]).fields[op.index[1]];
  const uint32_t value = NearOf(stack_.Pop(), 1);
  const uint32_t object = NearOf(stack_.Pop(), 0);
  AddPosition();
  encoder_.Emit(IdOf(kStructAccess[static_cast<int>(field.kind)].set),
                PackWide(object, value, field.offset));
  ForgetLast();
}

// Floats leave their bits in the accumulator of integers, which then mirrors
// nothing.
void FunctionTranslator::FinishGet(uint32_t cell, uint32_t result,
                                   ValueType type) {
  const bool integer =
      type.kind() == ValueType::kI32 || type.kind() == ValueType::kI64;
  const bool is_float =
      type.kind() == ValueType::kF32 || type.kind() == ValueType::kF64;
  if (is_float) int_acc_ = kNone;
  FinishResult(cell, result, type, integer);
}

StorageKind FunctionTranslator::ElementKind(uint32_t type) const {
  return registry_.Get(code_.types()[type]).element.kind;
}

// array.new, array.new_data and array.new_elem: a value or an offset, and a
// length.
void FunctionTranslator::VisitArrayNew(FixedInstr instr,
                                       const wasm::Operator& op) {
  const uint32_t count = NearOf(stack_.Pop(), 1);
  const uint32_t first = NearOf(stack_.Pop(), 0);
  AddPosition();
  const ValueType ref =
      ValueType::Ref(wasm::HeapType::Defined(op.index[0]), false);
  const uint32_t result = stack_.PushTemp(ref);
  const uint32_t cell = encoder_.size();
  const bool of_segment = instr != FixedInstr::kArrayNew;
  encoder_.Emit(IdOf(instr), Pack(ResultSlot(result), first, count),
                Cell{op.index[0]} | Cell{of_segment ? op.index[1] : 0} << 32);
  FinishResult(cell, result, ref);
}

void FunctionTranslator::VisitArrayGet(const wasm::Operator& op) {
  const ValueType value = module_.types[op.index[0]].fields[0].storage.value;
  const uint32_t index = NearOf(stack_.Pop(), 1);
  const uint32_t array = NearOf(stack_.Pop(), 0);
  AddPosition();
  const uint32_t result = stack_.PushTemp(value);
  const uint32_t cell = encoder_.size();
  const StorageKind kind = ElementKind(op.index[0]);
  encoder_.Emit(
      GetOf(kArrayAccess[static_cast<int>(kind)], op.op == Op::kArrayGetS),
      Pack(ResultSlot(result), array, index));
  FinishGet(cell, result, value);
}

void FunctionTranslator::VisitArraySet(const wasm::Operator& op) {
  const uint32_t value = NearOf(stack_.Pop(), 2);
  const uint32_t index = NearOf(stack_.Pop(), 1);
  const uint32_t array = NearOf(stack_.Pop(), 0);
  AddPosition();
  const StorageKind kind = ElementKind(op.index[0]);
  encoder_.Emit(IdOf(kArrayAccess[static_cast<int>(kind)].set),
                Pack(array, index, value));
  ForgetLast();
}

// array.fill, array.copy, array.init_data, array.init_elem.
void FunctionTranslator::VisitArrayBulk(FixedInstr instr,
                                        const wasm::Operator& op) {
  const bool copy = instr == FixedInstr::kArrayCopy;
  const uint32_t count = copy ? 5 : 4;
  uint32_t slots[5] = {};
  // Far operands have three places of two slots and one of one.
  for (uint32_t i = count; i > 0; --i) slots[i - 1] = ToSlot(stack_.Pop());
  for (uint32_t i = 0; i < count; ++i) {
    slots[i] = i < 3 ? Near(slots[i], i) : ListSlot(slots[i], i - 3);
  }
  AddPosition();
  const Cell first = Pack(slots[0], slots[1], slots[2], slots[3]);
  const auto kind = static_cast<uint32_t>(ElementKind(op.index[0]));
  if (copy) {
    encoder_.Emit(IdOf(instr), first, slots[4]);
    encoder_.Append(kind);
  } else if (instr == FixedInstr::kArrayFill) {
    encoder_.Emit(IdOf(instr), first, kind);
  } else {
    encoder_.Emit(IdOf(instr), first, Cell{kind} | Cell{op.index[1]} << 32);
  }
  ForgetLast();
}

}  // namespace weft::exec
