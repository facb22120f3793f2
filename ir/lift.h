// SSA construction: from a validated function body to ir::Function.
#ifndef WEFT_IR_LIFT_H_
#define WEFT_IR_LIFT_H_

#include <memory>

#include "absl/status/status.h"
#include "absl/types/span.h"
#include "ir/function.h"
#include "ir/wasm/branch_hints.h"
#include "ir/wasm/module.h"

namespace weft::ir {

// Lifts bodies one after the other; keeps its storage between them.
class Lifter {
 public:
  Lifter();
  ~Lifter();

  // Fills `*function` (cleared first) from the body of defined function
  // `func`. Nothing is simplified: one instruction per reachable operator, but
  // that reads and writes of locals disappear. Assigning a local a value that
  // already has one makes a kCopy; so does reading a local that is assigned
  // while the value read is still on the stack. Hence the values of one source
  // local never interfere, and lowering can give it back to all of them.
  // Parameters of labels exist only for locals that are live and assigned
  // there (pruned SSA; Briggs et al. 1998), and for label values.
  //
  // REQUIRES: the body validates. `module` outlives the call only.
  // Errors: ResourceExhausted naming the limit when the SSA form would not be
  // in proportion to the body; the caller keeps the body as it is.
  absl::Status Lift(const wasm::Module& module, wasm::FuncIndex func,
                    Function* function);

  // The same from `body`, at `offset` of its module, as a body of `func`, with
  // the branch hints of that body.
  absl::Status Lift(const wasm::Module& module, wasm::FuncIndex func,
                    wasm::ByteSpan body, uint32_t offset, Function* function,
                    absl::Span<const wasm::BranchHint> hints = {});

 private:
  class Builder;
  std::unique_ptr<Builder> builder_;
};

}  // namespace weft::ir

#endif  // WEFT_IR_LIFT_H_
