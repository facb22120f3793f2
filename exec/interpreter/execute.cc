#include "exec/interpreter/execute.h"

#include "exec/bytecode/function_code.h"
#include "exec/interpreter/body_control.h"
#include "exec/interpreter/dispatch.h"
#include "exec/interpreter/frame_code.h"
#include "exec/interpreter/handler_declarations.h"
#include "exec/interpreter/slow_calls.h"
#include "exec/interpreter/unwind.h"
#include "exec/runtime/block_counts.h"
#include "exec/runtime/bulk.h"
#include "exec/translate/metering.h"
#include "exec/translate/module_code.h"

namespace weft::exec {
namespace {

// Gives back what was charged for operators of the block that did not run.
void Refund(Context& context, const Registers& r) {
  // A charge that failed has charged nothing.
  if (!context.metering || *r.pc == CellFor(IdOf(FixedInstr::kCharge)) ||
      *r.pc == CellFor(IdOf(FixedInstr::kChargeAndCount))) {
    return;
  }
  const FunctionCode* const code = FrameCode(context, *r.instance, r.pc);
  if (code == nullptr) return;  // Not translated yet: no block has begun.
  const uint32_t offset =
      code->OffsetOf(static_cast<uint32_t>(r.pc - code->begin()));
  const wasm::Module& module = r.instance->code->module();
  if (r.instance->blocks != nullptr) {
    ++r.instance->blocks->trapped[offset - CodeBegin(module)];
  }
  if (context.trap != TrapKind::kAllFuelConsumed) {
    context.fuel += CostBehind(module, code->func, offset);
  }
}

// What is to be done after a step other than kNext: true with `r` at the
// instruction to go on with, or false with the activation's outcome set.
bool Continue(Registers& r, Step step) {
  Context& context = *r.context;
  if (step == Step::kHost) {
    const Step after = CallHost(context, r.instance, r.pc, r.frame);
    if (after != Step::kNext) return Continue(r, after);
    internal::SwitchInstance(r, r.instance);
    const HostCall& call = context.host_call;
    r.pc = call.next;
    if (r.pc != nullptr) return true;
    for (uint32_t i = 0; i < call.func->result_slots; ++i) {
      r.frame[i] = call.slots[i];
    }
    internal::PopLink(r);
    return true;
  }
  if (step == Step::kExit) return false;
  SavePosition(r);
  Activation& activation = *context.activation;
  if (step == Step::kTrap) {
    if (context.trap == TrapKind::kCallStackExhausted) {
      context.trap = StackTrap(context);
    }
    Refund(context, r);
    activation.outcome = static_cast<uint8_t>(Outcome::kTrapped);
    return false;
  }
  Position position{r.pc, r.frame, r.instance};
  switch (Unwind(context, &position)) {
    case Unwound::kCaught:
      r.pc = position.pc;
      r.frame = position.frame;
      internal::SwitchInstance(r, position.instance);
      return true;
    case Unwound::kUncaught:
      activation.outcome = static_cast<uint8_t>(Outcome::kThrew);
      return false;
    case Unwound::kInterrupted:
      context.exception = kNullRef;
      context.trap = InterruptOf(context);
      activation.outcome = static_cast<uint8_t>(Outcome::kTrapped);
      return false;
  }
  return false;
}

}  // namespace

#if WEFT_DISPATCH == WEFT_DISPATCH_LOOP

namespace {

void Run(Registers r) {
  while (true) {
    const Step step = kHandlers[*r.pc](r);
    if (step > Step::kTaken && !Continue(r, step)) return;
  }
}

}  // namespace

#else

namespace {

void Run(const Registers& r) { NextHandler(r.pc)(WEFT_HANDLER_ARGS(r)); }

}  // namespace

#define WEFT_DEFINE_SLOW_HANDLER(name, step)                           \
  WEFT_PRESERVE_NONE void name(WEFT_HANDLER_PARAMS) {                  \
    Registers r{pc, frame, context, memory, instance, acc, float_acc}; \
    if (!Continue(r, step)) return;                                    \
    WEFT_MUSTTAIL return NextHandler(r.pc)(WEFT_HANDLER_ARGS(r));      \
  }

WEFT_DEFINE_SLOW_HANDLER(HandleTrap, Step::kTrap)
WEFT_DEFINE_SLOW_HANDLER(HandleThrow, Step::kThrow)
WEFT_DEFINE_SLOW_HANDLER(HandleHost, Step::kHost)

WEFT_PRESERVE_NONE void HandleExit(WEFT_HANDLER_PARAMS) {
  (void)pc, (void)frame, (void)context, (void)memory, (void)instance;
  (void)acc, (void)float_acc;
}

#endif

Outcome Execute(Context& context, const FuncInst& func, Slot* frame,
                Activation& activation) {
  activation.outer = context.activation;
  activation.begin = context.link;
  activation.frame = frame;
  activation.instance = func.instance;
  activation.pc = ExitCode();
  activation.top = frame;
  activation.outcome = static_cast<uint8_t>(Outcome::kReturned);
  context.activation = &activation;
  if (func.host != nullptr) {
    const uint32_t slots = func.param_slots > func.result_slots
                               ? func.param_slots
                               : func.result_slots;
    activation.top = frame + slots;
    return func.host->call(func.host->data, context, nullptr, frame);
  }
  Registers r{};
  r.context = &context;
  internal::SwitchInstance(r, func.instance);
  const Cell* const code = func.entry->code.load(std::memory_order_acquire);
  if (!internal::FitsStack(r, code, frame) ||
      context.link == context.link_end) {
    context.trap = StackTrap(context);
    return Outcome::kTrapped;
  }
  internal::PushLink(r, ExitCode(), frame);
  (void)internal::Enter(r, code, frame);
  Run(r);
  return static_cast<Outcome>(activation.outcome);
}

void EndActivation(Context& context, Activation& activation) {
  context.link = activation.begin;
  context.activation = activation.outer;
}

}  // namespace weft::exec
