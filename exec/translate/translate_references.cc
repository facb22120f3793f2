// References, tables, structs and arrays.
#include <algorithm>

#include "exec/translate/function_translator.h"

namespace weft::exec {

using wasm::Op;
using wasm::OpClass;
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
  if (stack_.top().kind == Operand::kConst) {
    const Operand operand = stack_.Pop();
    Move(operand, operand.slot);
    stack_.PushTemp(operand.type);
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

void FunctionTranslator::VisitReference(const wasm::Operator& op) {
  const auto unary = [this](FixedInstr instr, ValueType type, bool acc) {
    const uint32_t slot = NearOf(stack_.Pop(), 0);
    AddPosition();
    const uint32_t result = stack_.PushTemp(type);
    const uint32_t cell = encoder_.size();
    encoder_.Emit(IdOf(instr), Pack(ResultSlot(result), slot));
    FinishResult(cell, result, type, acc);
  };
  switch (op.op) {
    case Op::kRefNull: {
      const ValueType type = ValueType::Ref(op.heap[0], true);
      stack_.PushConst(type, kNullRef);
      if (!fuse_) MaterializeAll();
      return;
    }
    case Op::kRefIsNull:
      return VisitUnary(Op::kI32Eqz);
    case Op::kRefFunc: {
      AddPosition();
      const ValueType type = ValueType::Ref(wasm::HeapType::kFunc, false);
      const uint32_t result = stack_.PushTemp(type);
      const uint32_t cell = encoder_.size();
      encoder_.Emit(IdOf(FixedInstr::kRefFunc),
                    PackWide(ResultSlot(result), 0, op.index[0]));
      return FinishResult(cell, result, type);
    }
    case Op::kRefAsNonNull: {
      const uint32_t slot = Near(TopSlot(), 0);
      AddPosition();
      encoder_.Emit(IdOf(FixedInstr::kRefAsNonNull), slot);
      return ForgetLast();
    }
    case Op::kRefTest:
    case Op::kRefTestNull: {
      TestTop(TargetType(op.heap[0], op.op == Op::kRefTestNull));
      // The reference goes from below the result, which keeps its slot: the
      // other range.
      stack_.Pop();
      stack_.Pop();
      stack_.PushTemp(ValueType::kI32);
      return;
    }
    case Op::kRefCast:
    case Op::kRefCastNull: {
      const ValueType target =
          TargetType(op.heap[0], op.op == Op::kRefCastNull);
      const uint32_t slot = Near(TopSlot(), 0);
      AddPosition();
      encoder_.Emit(IdOf(FixedInstr::kRefCast),
                    PackWide(slot, 0, target.bits()));
      return ForgetLast();
    }
    case Op::kRefI31:
      return unary(FixedInstr::kRefI31,
                   ValueType::Ref(wasm::HeapType::kI31, false), false);
    case Op::kI31GetS:
      return unary(FixedInstr::kI31GetS, ValueType::kI32, true);
    case Op::kI31GetU:
      return unary(FixedInstr::kI31GetU, ValueType::kI32, true);
    case Op::kArrayLen:
      return unary(FixedInstr::kArrayLen, ValueType::kI32, true);
    default:
      return;  // any.convert_extern, extern.convert_any: the same bits.
  }
}

void FunctionTranslator::VisitTable(const wasm::Operator& op) {
  switch (op.op) {
    case Op::kTableGet: {
      const ValueType type = module_.tables[op.index[0]].type.element;
      const uint32_t index = NearOf(stack_.Pop(), 0);
      AddPosition();
      const uint32_t result = stack_.PushTemp(type);
      const uint32_t cell = encoder_.size();
      encoder_.Emit(IdOf(FixedInstr::kTableGet),
                    PackWide(ResultSlot(result), index, op.index[0]));
      return FinishResult(cell, result, type);
    }
    case Op::kTableSet: {
      const uint32_t value = NearOf(stack_.Pop(), 1);
      const uint32_t index = NearOf(stack_.Pop(), 0);
      AddPosition();
      encoder_.Emit(IdOf(FixedInstr::kTableSet),
                    PackWide(index, value, op.index[0]));
      return ForgetLast();
    }
    case Op::kTableGrow: {
      const ValueType type =
          AddressType(module_.tables[op.index[0]].type.limits);
      const uint32_t count = NearOf(stack_.Pop(), 1);
      const uint32_t value = NearOf(stack_.Pop(), 0);
      AddPosition();
      const uint32_t result = stack_.PushTemp(type);
      const uint32_t cell = encoder_.size();
      encoder_.Emit(IdOf(FixedInstr::kTableGrow),
                    Pack(ResultSlot(result), value, count), op.index[0]);
      return FinishResult(cell, result, type);
    }
    default:
      break;
  }
  const uint32_t c = NearOf(stack_.Pop(), 2);
  const uint32_t b = NearOf(stack_.Pop(), 1);
  const uint32_t a = NearOf(stack_.Pop(), 0);
  const FixedInstr instr = op.op == Op::kTableFill   ? FixedInstr::kTableFill
                           : op.op == Op::kTableCopy ? FixedInstr::kTableCopy
                                                     : FixedInstr::kTableInit;
  AddPosition();
  encoder_.Emit(IdOf(instr), Pack(a, b, c),
                Cell{op.index[0]} | Cell{op.index[1]} << 32);
  ForgetLast();
}

void FunctionTranslator::VisitAggregate(const wasm::Operator& op) {
  const wasm::SubType& type = module_.types[op.index[0]];
  const RuntimeType& layout = registry_.Get(code_.types()[op.index[0]]);
  if (type.kind == wasm::SubType::kArray) {
    return VisitArray(op, type.fields[0]);
  }
  const ValueType ref =
      ValueType::Ref(wasm::HeapType::Defined(op.index[0]), false);
  switch (wasm::InfoOf(op.op).op_class) {
    case OpClass::kStructNew: {
      const std::vector<uint16_t> slots = PopList(type.fields.size());
      AddPosition();
      const uint32_t result = stack_.PushTemp(ref);
      const uint32_t cell = encoder_.size();
      encoder_.EmitList(IdOf(FixedInstr::kStructNew),
                        {ResultSlot(result), op.index[0], slots.size()}, slots);
      return FinishResult(cell, result, ref);
    }
    case OpClass::kStructNewDefault: {
      AddPosition();
      const uint32_t result = stack_.PushTemp(ref);
      const uint32_t cell = encoder_.size();
      encoder_.Emit(IdOf(FixedInstr::kStructNewDefault),
                    PackWide(ResultSlot(result), 0, op.index[0]));
      return FinishResult(cell, result, ref);
    }
    case OpClass::kStructGet: {
      const FieldLayout& field = layout.fields[op.index[1]];
      const ValueType value = type.fields[op.index[1]].storage.value;
      const uint32_t object = NearOf(stack_.Pop(), 0);
      AddPosition();
      const uint32_t result = stack_.PushTemp(value);
      const uint32_t cell = encoder_.size();
      encoder_.Emit(GetOf(kStructAccess[static_cast<int>(field.kind)],
                          op.op == Op::kStructGetS),
                    PackWide(ResultSlot(result), object, field.offset));
      return FinishGet(cell, result, value);
    }
    default: {
      const FieldLayout& field = layout.fields[op.index[1]];
      const uint32_t value = NearOf(stack_.Pop(), 1);
      const uint32_t object = NearOf(stack_.Pop(), 0);
      AddPosition();
      encoder_.Emit(IdOf(kStructAccess[static_cast<int>(field.kind)].set),
                    PackWide(object, value, field.offset));
      return ForgetLast();
    }
  }
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

void FunctionTranslator::VisitArray(const wasm::Operator& op,
                                    const wasm::FieldType& element) {
  const RuntimeType& layout = registry_.Get(code_.types()[op.index[0]]);
  const StorageKind kind = layout.element.kind;
  const ValueType value_type = element.storage.value;
  const ValueType ref =
      ValueType::Ref(wasm::HeapType::Defined(op.index[0]), false);
  const auto make = [&](FixedInstr instr, Cell operands, Cell more, bool two) {
    AddPosition();
    const uint32_t result = stack_.PushTemp(ref);
    const uint32_t cell = encoder_.size();
    if (two) {
      encoder_.Emit(IdOf(instr), operands | ResultSlot(result), more);
    } else {
      encoder_.Emit(IdOf(instr), operands | ResultSlot(result));
    }
    FinishResult(cell, result, ref);
  };
  switch (wasm::InfoOf(op.op).op_class) {
    case OpClass::kArrayNew: {
      const uint32_t count = NearOf(stack_.Pop(), 1);
      const uint32_t value = NearOf(stack_.Pop(), 0);
      return make(FixedInstr::kArrayNew, Pack(0, value, count), op.index[0],
                  true);
    }
    case OpClass::kArrayNewDefault: {
      const uint32_t count = NearOf(stack_.Pop(), 0);
      return make(FixedInstr::kArrayNewDefault, PackWide(0, count, op.index[0]),
                  0, false);
    }
    case OpClass::kArrayNewFixed: {
      const std::vector<uint16_t> slots = PopList(op.index[1]);
      AddPosition();
      const uint32_t result = stack_.PushTemp(ref);
      const uint32_t cell = encoder_.size();
      encoder_.EmitList(IdOf(FixedInstr::kArrayNewFixed),
                        {ResultSlot(result), op.index[0], slots.size()}, slots);
      return FinishResult(cell, result, ref);
    }
    case OpClass::kArrayNewSegment: {
      const uint32_t count = NearOf(stack_.Pop(), 1);
      const uint32_t offset = NearOf(stack_.Pop(), 0);
      return make(op.op == Op::kArrayNewData ? FixedInstr::kArrayNewData
                                             : FixedInstr::kArrayNewElem,
                  Pack(0, offset, count),
                  Cell{op.index[0]} | Cell{op.index[1]} << 32, true);
    }
    case OpClass::kArrayGet: {
      const uint32_t index = NearOf(stack_.Pop(), 1);
      const uint32_t array = NearOf(stack_.Pop(), 0);
      AddPosition();
      const uint32_t result = stack_.PushTemp(value_type);
      const uint32_t cell = encoder_.size();
      encoder_.Emit(
          GetOf(kArrayAccess[static_cast<int>(kind)], op.op == Op::kArrayGetS),
          Pack(ResultSlot(result), array, index));
      return FinishGet(cell, result, value_type);
    }
    case OpClass::kArraySet: {
      const uint32_t value = NearOf(stack_.Pop(), 2);
      const uint32_t index = NearOf(stack_.Pop(), 1);
      const uint32_t array = NearOf(stack_.Pop(), 0);
      AddPosition();
      encoder_.Emit(IdOf(kArrayAccess[static_cast<int>(kind)].set),
                    Pack(array, index, value));
      return ForgetLast();
    }
    default:
      break;
  }
  VisitArrayBulk(op, kind);
}

// array.fill, array.copy, array.init_data, array.init_elem.
void FunctionTranslator::VisitArrayBulk(const wasm::Operator& op,
                                        StorageKind kind) {
  const bool copy = op.op == Op::kArrayCopy;
  const uint32_t count = copy ? 5 : 4;
  uint32_t slots[5] = {};
  // Far operands have three places of two slots and one of one.
  for (uint32_t i = count; i > 0; --i) slots[i - 1] = ToSlot(stack_.Pop());
  for (uint32_t i = 0; i < count; ++i) {
    slots[i] = i < 3 ? Near(slots[i], i) : ListSlot(slots[i], i - 3);
  }
  AddPosition();
  const Cell first = Pack(slots[0], slots[1], slots[2], slots[3]);
  const auto kind_field = static_cast<uint32_t>(kind);
  if (copy) {
    encoder_.Emit(IdOf(FixedInstr::kArrayCopy), first, slots[4]);
    encoder_.Append(kind_field);
  } else if (op.op == Op::kArrayFill) {
    encoder_.Emit(IdOf(FixedInstr::kArrayFill), first, kind_field);
  } else {
    encoder_.Emit(
        IdOf(op.op == Op::kArrayInitData ? FixedInstr::kArrayInitData
                                         : FixedInstr::kArrayInitElem),
        first, Cell{kind_field} | Cell{op.index[1]} << 32);
  }
  ForgetLast();
}

}  // namespace weft::exec
