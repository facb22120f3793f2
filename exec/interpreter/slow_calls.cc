#include "exec/interpreter/slow_calls.h"

#include <algorithm>

#include "absl/status/status.h"
#include "exec/bytecode/instr.h"
#include "exec/interpreter/registers.h"
#include "exec/runtime/bulk.h"
#include "exec/runtime/heap_ops.h"
#include "exec/runtime/host_function.h"
#include "exec/translate/module_code.h"

namespace weft::exec {
namespace {

void Save(Context& context, InstanceData* instance, const Cell* pc,
          Slot* frame) {
  Activation& activation = *context.activation;
  activation.pc = pc;
  activation.frame = frame;
  activation.instance = instance;
}

}  // namespace

TrapKind StackTrap(const Context& context) {
  const uint32_t why = context.interrupt.load(std::memory_order_acquire);
  return why != 0 ? static_cast<TrapKind>(why) : TrapKind::kCallStackExhausted;
}

Step CallHost(Context& context, InstanceData* instance, const Cell* pc,
              Slot* frame) {
  Save(context, instance, pc, frame);
  Activation& activation = *context.activation;
  // A copy: the host may call guests that call the host.
  const HostCall call = context.host_call;
  const FuncInst& func = *call.func;
  Slot* const top = call.slots + std::max(func.param_slots, func.result_slots);
  if (top > context.stack_end.load(std::memory_order_relaxed)) {
    context.trap = StackTrap(context);
    return Step::kTrap;
  }
  activation.top = top;
  const Outcome outcome =
      func.host->call(func.host->data, context, instance, call.slots);
  context.host_call = call;
  switch (outcome) {
    case Outcome::kReturned:
      return Step::kNext;
    case Outcome::kTrapped:
      return Step::kTrap;
    case Outcome::kThrew:
      return Step::kThrow;
    case Outcome::kExited:
      break;
  }
  activation.outcome = static_cast<uint8_t>(Outcome::kExited);
  return Step::kExit;
}

TrapKind TranslateEntered(const Context& context, const InstanceData& instance,
                          uint32_t func) {
  const Bounds bounds = instance.memory0 == nullptr ? Bounds::kExplicit
                                                    : instance.memory0->bounds;
  const absl::Status status =
      instance.code->Translate(func, bounds, &context.interrupt);
  if (status.ok()) return TrapKind::kNone;
  return absl::IsCancelled(status) ? InterruptOf(context)
                                   : TrapKind::kOutOfMemory;
}

void MoveResults(const Cell* pc, Slot* frame) {
  constexpr std::string_view kLayout = LayoutOf(IdOf(FixedInstr::kReturnMany));
  constexpr uint32_t kMost = 2000;  // 1,000 results of two slots.
  Slot staged[kMost];
  const uint32_t count = std::min(FieldAt<uint32_t>(pc, 0), kMost);
  constexpr size_t kFirst = FieldOffset(kLayout, 1);
  for (uint32_t i = 0; i < count; ++i) {
    staged[i] = frame[FieldAt<uint16_t>(pc, kFirst + size_t{2} * i)];
  }
  std::copy_n(staged, count, frame);
}

Step Throw(Context& context, InstanceData* instance, const Cell* pc,
           Slot* frame) {
  Save(context, instance, pc, frame);
  constexpr std::string_view kLayout = LayoutOf(IdOf(FixedInstr::kThrow));
  const uint32_t tag = FieldAt<uint32_t>(pc, 0);
  const auto* const slots = reinterpret_cast<const uint16_t*>(
      reinterpret_cast<const char*>(pc + 1) + FieldOffset(kLayout, 2));
  const ModuleCode& code = *instance->code;
  const TypeId type = instance->types[code.module().tags[tag].type];
  Ref exception = kNullRef;
  const TrapKind kind = NewException(context, instance->tags[tag], type, frame,
                                     slots, &exception);
  if (kind != TrapKind::kNone) {
    context.trap = kind;
    return Step::kTrap;
  }
  context.exception = exception;
  return Step::kThrow;
}

}  // namespace weft::exec
