// What handlers call out of line, besides the slow halves in exec/runtime.
// They take registers by value, for a handler whose registers had an address
// would keep them in memory.
#ifndef WEFT_EXEC_INTERPRETER_SLOW_CALLS_H_
#define WEFT_EXEC_INTERPRETER_SLOW_CALLS_H_

#include <cstdint>

#include "exec/interpreter/registers.h"
#include "exec/runtime/context.h"
#include "exec/trap.h"

namespace weft::exec {

// The trap of a call that found no room: the end of the stack, or an interrupt
// that lowered it.
TrapKind StackTrap(const Context& context);

// Makes Context::host_call for `instance`; the guest stands at `pc` in `frame`.
// kNext: the results are there.
Step CallHost(Context& context, InstanceData* instance, const Cell* pc,
              Slot* frame);

// Translates defined function `func` of `instance`, unless interrupted.
TrapKind TranslateEntered(const Context& context, const InstanceData& instance,
                          uint32_t func);

// Moves the results that return_many at `pc` names to the frame's begin.
void MoveResults(const Cell* pc, Slot* frame);

// Makes the exception that the throw at `pc` raises.
Step Throw(Context& context, InstanceData* instance, const Cell* pc,
           Slot* frame);

}  // namespace weft::exec

#endif  // WEFT_EXEC_INTERPRETER_SLOW_CALLS_H_
