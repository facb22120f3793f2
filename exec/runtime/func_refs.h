// References to functions, made when they are first asked for.
#ifndef WEFT_EXEC_RUNTIME_FUNC_REFS_H_
#define WEFT_EXEC_RUNTIME_FUNC_REFS_H_

#include <cstdint>

#include "exec/runtime/context.h"
#include "exec/runtime/types.h"

namespace weft::exec {

// ref.func: the reference to function `func` of `instance`, imported ones
// counted first; InstanceData::func_refs[func] once there is one, the same for
// ever and in every instance that imports it. kNullRef when the store has no
// room for another (trap OutOfMemory). Context::funcs may change.
// REQUIRES: `func` is in range.
Ref FuncRef(Context& context, InstanceData& instance, uint32_t func);

}  // namespace weft::exec

#endif  // WEFT_EXEC_RUNTIME_FUNC_REFS_H_
