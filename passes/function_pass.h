// What every function-scope pass gets besides the function.
#ifndef WEFT_PASSES_FUNCTION_PASS_H_
#define WEFT_PASSES_FUNCTION_PASS_H_

#include "ir/function.h"
#include "ir/wasm/module.h"

namespace weft::passes {

struct FunctionContext {
  const wasm::Module& module;
  // Bytes count before speed where the two disagree.
  bool for_size = true;
};

// A function-scope pass: reads no other body, keeps no state between calls,
// never fails on valid input. Returns whether it changed the function.
using FunctionPass = bool (*)(const FunctionContext& context,
                              ir::Function* function);

}  // namespace weft::passes

#endif  // WEFT_PASSES_FUNCTION_PASS_H_
