#include "passes/rules.h"

namespace weft::passes {

bool Rules(const FunctionContext& context, ir::Function* function) {
  (void)context;
  (void)function;
  return false;
}

}  // namespace weft::passes
