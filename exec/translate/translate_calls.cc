// Calls of all kinds. A callee's frame begins where the caller's temporary
// numbers end: at the first argument when arguments are numbers, which then
// need no copy unless they are locals or constants.
#include <algorithm>

#include "exec/translate/function_translator.h"

namespace weft::exec {

using wasm::Op;
using wasm::OpClass;
using wasm::ValueType;

namespace {

uint32_t SlotsOfTypes(absl::Span<const ValueType> types) {
  uint32_t slots = 0;
  for (const ValueType type : types) slots += SlotsOfType(type);
  return slots;
}

bool HasRefs(absl::Span<const ValueType> types) {
  return std::any_of(types.begin(), types.end(),
                     [](ValueType type) { return type.is_ref(); });
}

}  // namespace

// Pops the arguments into the slots of a frame and returns where it begins.
uint32_t FunctionTranslator::PlaceArguments(Types params) {
  const size_t first = stack_.size() - params.size();
  const uint32_t slots = SlotsOfTypes(params);
  uint32_t base = stack_.numbers_top();
  if (!HasRefs(params)) base -= slots;
  uint32_t slot = base;
  for (size_t i = first; i < stack_.size(); ++i) {
    const Operand operand = stack_[i];
    if (operand.kind != Operand::kTemp || operand.slot != slot) {
      Move(operand, slot);
    }
    slot += SlotsOfType(operand.type);
  }
  stack_.Touch(slot);
  stack_.Shrink(first);
  return base;
}

void FunctionTranslator::TakeResults(Types results, uint32_t base) {
  uint32_t slot = base;
  for (const ValueType type : results) {
    CopySlots(slot, stack_.PushTemp(type), type);
    slot += SlotsOfType(type);
  }
  stack_.Touch(slot);
}

void FunctionTranslator::VisitCall(const wasm::Operator& op) {
  const OpClass op_class = wasm::InfoOf(op.op).op_class;
  const bool tail = op_class == OpClass::kReturnCall ||
                    op_class == OpClass::kReturnCallIndirect ||
                    op_class == OpClass::kReturnCallRef;
  const bool direct =
      op_class == OpClass::kCall || op_class == OpClass::kReturnCall;
  const bool indirect = op_class == OpClass::kCallIndirect ||
                        op_class == OpClass::kReturnCallIndirect;
  const wasm::SubType& type =
      direct ? module_.func_type(op.index[0]) : module_.types[op.index[0]];
  uint32_t callee = 0;
  if (!direct) {
    Operand operand = stack_.Pop();
    if (operand.kind == Operand::kTemp || operand.kind == Operand::kConst) {
      Materialize(operand);
    }
    callee = SlotOf(operand);
    // Arguments may be placed where an index has been, which is above them;
    // not so where they are moved up.
    if (HasRefs(type.params) && !operand.type.is_ref()) {
      stack_.PushTemp(operand.type);
      const uint32_t safe = stack_.numbers_top() + SlotsOfTypes(type.params);
      stack_.Pop();
      CopySlots(callee, safe, operand.type);
      stack_.Touch(safe + 1);
      callee = safe;
    }
  }
  const uint32_t base = PlaceArguments(type.params);
  if (!direct) callee = Near(callee, 0);
  AddPosition();
  const uint32_t slots = SlotsOfTypes(type.params);
  const bool imported = direct && op.index[0] < module_.num_imported_funcs;
  const uint32_t func =
      imported ? op.index[0] : op.index[0] - module_.num_imported_funcs;
  if (direct && !tail) {
    encoder_.Emit(
        IdOf(imported ? FixedInstr::kCallImported : FixedInstr::kCall),
        Cell{func} | Cell{base} << 32);
  } else if (direct) {
    encoder_.Emit(
        IdOf(imported ? FixedInstr::kTailCallImported : FixedInstr::kTailCall),
        Cell{func} | Cell{base} << 32, slots);
  } else if (indirect && !tail) {
    encoder_.EmitFields(IdOf(FixedInstr::kCallIndirect),
                        {callee, op.index[1], op.index[0], base});
  } else if (indirect) {
    encoder_.EmitFields(IdOf(FixedInstr::kTailCallIndirect),
                        {callee, op.index[1], op.index[0], base, slots});
  } else if (!tail) {
    encoder_.EmitFields(IdOf(FixedInstr::kCallRef), {callee, base});
  } else {
    encoder_.EmitFields(IdOf(FixedInstr::kTailCallRef), {callee, base, slots});
  }
  ForgetAccs();
  ForgetLast();
  if (tail) return SetUnreachable();
  TakeResults(type.results, base);
}

}  // namespace weft::exec
