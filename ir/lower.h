// From the SSA form back to a function body.
#ifndef WEFT_IR_LOWER_H_
#define WEFT_IR_LOWER_H_

#include <memory>
#include <vector>

#include "absl/status/status.h"
#include "ir/function.h"
#include "ir/type_lookup.h"
#include "ir/wasm/branch_hints.h"
#include "ir/wasm/bytes.h"
#include "ir/wasm/module.h"

namespace weft::ir {

// Lowers functions one after the other; keeps its storage between them.
class Lowerer {
 public:
  // Both outlive the lowerer.
  Lowerer(const wasm::Module& module, const TypeLookup& types);
  ~Lowerer();

  // Appends a body (local declarations, operators, final `end`; without its
  // size) to `*out`. May insert copies into `*function`. Dead values are left
  // out. The order of operators and locals follows the source wherever the
  // function was not changed, so lifting and lowering give the source back but
  // for what can be had for fewer bytes.
  // Errors: ResourceExhausted naming the limit, when the function takes more
  // than the budgets of liveness, or a block type that the module does not
  // have; nothing has been appended then.
  // With `hints`, which is cleared first, it receives the hints of the branches
  // that were written.
  absl::Status Lower(Function* function, wasm::ByteWriter* out,
                     std::vector<wasm::BranchHint>* hints = nullptr);

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace weft::ir

#endif  // WEFT_IR_LOWER_H_
