// Evaluation of constant expressions (spec 3.4.16 and 4.5.4).
#ifndef WEFT_EXEC_CONST_EXPR_H_
#define WEFT_EXEC_CONST_EXPR_H_

#include "exec/runtime/context.h"
#include "exec/runtime/types.h"
#include "exec/store_data.h"
#include "exec/trap.h"
#include "ir/wasm/module.h"

namespace weft::exec {

// Evaluates `expr` of `instance`'s module and writes its value to `out`: one
// slot, or two for a v128. A reference there is no root yet. Globals that it
// reads are initialized. The expression's length is the only cost.
// Traps: what allocation traps with; OutOfMemory for too many function
// references. REQUIRES: `expr` is valid.
TrapKind EvaluateConst(StoreData& store, InstanceData& instance,
                       const wasm::ConstExpr& expr, Slot* out);

}  // namespace weft::exec

#endif  // WEFT_EXEC_CONST_EXPR_H_
