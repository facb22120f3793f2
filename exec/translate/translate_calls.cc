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
  SlotRun run;
  for (size_t i = first; i < stack_.size(); ++i) {
    const Operand operand = stack_[i];
    if (operand.kind() != Operand::kTemp) {
      Move(operand, slot);
    } else {
      CopyInRun(params.size(), operand.slot(), slot, operand.type(), &run);
    }
    slot += SlotsOfType(operand.type());
  }
  CopyRange(run.from, run.to, run.slots);
  stack_.Touch(slot);
  stack_.Shrink(first);
  return base;
}

void FunctionTranslator::TakeResults(Types results, uint32_t base) {
  uint32_t slot = base;
  SlotRun run;
  for (const ValueType type : results) {
    CopyInRun(results.size(), slot, stack_.PushTemp(type), type, &run);
    slot += SlotsOfType(type);
  }
  CopyRange(run.from, run.to, run.slots);
  stack_.Touch(slot);
}

// Copies a value, one of `count`; where they are many, together with what lies
// before it at both ends. Order is kept: a run ends before what is apart.
void FunctionTranslator::CopyInRun(size_t count, uint32_t from, uint32_t to,
                                   ValueType type, SlotRun* run) {
  if (count < kManyValues) return CopySlots(from, to, type);
  if (run->from + run->slots != from || run->to + run->slots != to) {
    CopyRange(run->from, run->to, run->slots);
    *run = {from, to, 0};
  }
  run->slots += SlotsOfType(type);
}

void FunctionTranslator::VisitCall(const wasm::Operator& op) {
  const OpClass op_class = wasm::ClassOf(op.op);
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
    if (operand.kind() == Operand::kTemp || operand.kind() == Operand::kConst) {
      Materialize(operand);
    }
    callee = SlotOf(operand);
    // Arguments may be placed where an index has been, which is above them;
    // not so where they are moved up.
    if (HasRefs(type.params) && !operand.type().is_ref()) {
      stack_.PushTemp(operand.type());
      const uint32_t safe = stack_.numbers_top() + SlotsOfTypes(type.params);
      stack_.Pop();
      CopySlots(callee, safe, operand.type());
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
