// Handlers by id, declared: table.cc takes their addresses, handlers_*.cc
// define them.
#ifndef WEFT_EXEC_INTERPRETER_HANDLER_DECLARATIONS_H_
#define WEFT_EXEC_INTERPRETER_HANDLER_DECLARATIONS_H_

#include "exec/interpreter/dispatch.h"

namespace weft::exec {

#if WEFT_DISPATCH == WEFT_DISPATCH_LOOP

template <InstrId id>
Step Handle(Registers& r);

#else

// The handler of the instruction at `pc`.
WEFT_INLINE Handler NextHandler(const Cell* pc) {
#if WEFT_DISPATCH == WEFT_DISPATCH_DIRECT
  return reinterpret_cast<Handler>(*pc);
#else
  return kHandlers[*pc];
#endif
}

template <InstrId id>
WEFT_PRESERVE_NONE void Handle(WEFT_HANDLER_PARAMS);

// Where a body goes that does not go on: the activation ends with a trap or
// returns, a handler of the exception is looked for, a host function called.
WEFT_PRESERVE_NONE void HandleTrap(WEFT_HANDLER_PARAMS);
WEFT_PRESERVE_NONE void HandleThrow(WEFT_HANDLER_PARAMS);
WEFT_PRESERVE_NONE void HandleHost(WEFT_HANDLER_PARAMS);
WEFT_PRESERVE_NONE void HandleExit(WEFT_HANDLER_PARAMS);

#endif

}  // namespace weft::exec

#endif  // WEFT_EXEC_INTERPRETER_HANDLER_DECLARATIONS_H_
