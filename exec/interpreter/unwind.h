// Finding the handler of an exception.
#ifndef WEFT_EXEC_INTERPRETER_UNWIND_H_
#define WEFT_EXEC_INTERPRETER_UNWIND_H_

#include "exec/runtime/context.h"
#include "exec/runtime/types.h"

namespace weft::exec {

// Where a guest stands.
struct Position {
  const Cell* pc = nullptr;
  Slot* frame = nullptr;
  InstanceData* instance = nullptr;
};

enum class Unwound { kCaught, kUncaught, kInterrupted };

// Finds the handler of Context::exception, thrown at `*position`, among the
// frames of the innermost activation; enters it: frames above are gone, the
// payload is where the handler wants it, and `*position` is there. Nothing has
// changed when there is none or an interrupt ends the search. Time in
// proportion to the frames that are left and the clauses that are asked.
Unwound Unwind(Context& context, Position* position);

}  // namespace weft::exec

#endif  // WEFT_EXEC_INTERPRETER_UNWIND_H_
