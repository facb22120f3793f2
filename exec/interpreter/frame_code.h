// From a place in bytecode to the function that it lies in.
#ifndef WEFT_EXEC_INTERPRETER_FRAME_CODE_H_
#define WEFT_EXEC_INTERPRETER_FRAME_CODE_H_

#include "exec/bytecode/function_code.h"
#include "exec/runtime/context.h"
#include "exec/runtime/types.h"

namespace weft::exec {

// The code of `instance`'s module that `pc` lies in, or null. Walks over frames
// ask for the same places again and again: the store remembers some answers,
// and only what it does not know takes ModuleCode's lock.
// REQUIRES: `instance` is of the context's store.
const FunctionCode* FrameCode(const Context& context,
                              const InstanceData& instance, const Cell* pc);

}  // namespace weft::exec

#endif  // WEFT_EXEC_INTERPRETER_FRAME_CODE_H_
