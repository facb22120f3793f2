// Chooses the order of operators and which values stay on the operand stack.
#ifndef WEFT_IR_STACKIFY_H_
#define WEFT_IR_STACKIFY_H_

#include <memory>

#include "ir/emission.h"
#include "ir/function.h"
#include "ir/type_lookup.h"
#include "ir/wasm/module.h"

namespace weft::ir {

class Stackifier {
 public:
  // Both outlive the stackifier.
  Stackifier(const wasm::Module& module, const TypeLookup& types);
  ~Stackifier();

  // Fills `*out` with the emission of `f`. Effects keep their order; a value
  // moves towards its single use only across what it commutes with, and never
  // past an assignment to the source local of one of its operands.
  // Cost: linear, with a bounded look-back per operand.
  void Run(const Function& f, Emission* out);

 private:
  class Builder;
  std::unique_ptr<Builder> builder_;
};

}  // namespace weft::ir

#endif  // WEFT_IR_STACKIFY_H_
