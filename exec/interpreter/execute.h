// Entry into the interpreter, and what can be asked while guests stand in it.
#ifndef WEFT_EXEC_INTERPRETER_EXECUTE_H_
#define WEFT_EXEC_INTERPRETER_EXECUTE_H_

#include <cstdint>
#include <vector>

#include "absl/functional/function_ref.h"
#include "exec/runtime/context.h"
#include "exec/runtime/host_function.h"

namespace weft::exec {

// Calls `func` with its arguments at `frame`, a frame's begin that is free:
// Context::activation's `top`, or Context::stack_begin outside of any. Results
// lie there when it returned. On kTrapped and kThrew the activation's frames
// are still to be seen by WalkFrames until EndActivation.
// A host function is called directly.
Outcome Execute(Context& context, const FuncInst& func, Slot* frame,
                Activation& activation);

// Forgets the frames of `activation`, the innermost. Every Execute needs one.
void EndActivation(Context& context, Activation& activation);

// A function that has been entered and not left, innermost first.
struct FrameView {
  const InstanceData* instance = nullptr;
  uint32_t func = 0;    // Among the instance's defined functions.
  uint32_t offset = 0;  // Of its operator at work, in the module's bytes.
  Slot* frame = nullptr;
};

// All of them, through all activations. `visit` returns false to stop.
void WalkFrames(const Context& context,
                absl::FunctionRef<bool(const FrameView&)> visit);

// The slots of all frames that hold references, nulls included.
// REQUIRES: no guest is running; all stand in host calls or slow paths.
void VisitFrameRefs(const Context& context,
                    absl::FunctionRef<void(Slot&)> visit);

}  // namespace weft::exec

#endif  // WEFT_EXEC_INTERPRETER_EXECUTE_H_
