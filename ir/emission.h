// The list that lowering works on between choosing the order of operators and
// writing them: WebAssembly operators in emission order, whose local accesses
// still name SSA values instead of locals.
#ifndef WEFT_IR_EMISSION_H_
#define WEFT_IR_EMISSION_H_

#include <cstdint>
#include <vector>

#include "ir/function.h"

namespace weft::ir {

enum class EntryKind : uint8_t {
  kInst,  // The operator of instruction `a`; its operands are on the stack.
  kGet,   // Push the value `a` from its local.
  kSet,   // Pop into the local of the value `a`.
  kTee,   // Likewise, leaving it on the stack.
  kDrop,
  // Parallel copies: `a` is the first of `b` entries of Emission::copies. At a
  // conditional branch they happen on both ways out.
  kCopies,
  kOpen,   // Region `a`; for `if` its condition is on the stack.
  kArm,    // else, catch or catch_all: arm `b` of region `a`.
  kClose,  // End of region `a`.
};

struct Entry {
  EntryKind kind;
  uint32_t a = 0;
  uint32_t b = 0;
};

// The local of `to` receives the value `from` (or its constant again).
struct ValueCopy {
  ValueId from;
  ValueId to;
};

// Edge `edge` of instruction `inst`.
struct EdgeRef {
  ValueId inst;
  uint32_t edge;
};

struct Emission {
  std::vector<Entry> entries;
  std::vector<ValueCopy> copies;
  // By region: the parameters that travel on the stack, in order.
  std::vector<std::vector<ValueId>> stack_params;
  // By region: whether control ever reaches the end.
  std::vector<bool> exits;
  // By region, loops only: the value that its end leaves on the stack.
  std::vector<ValueId> loop_results;
  // When not empty nothing else counts: edges that need a landing block first,
  // since they supply values to a loop, or since the targets of a br_table
  // cannot all take the same number of values from the stack.
  std::vector<EdgeRef> to_land;
  // Nothing else counts either: values that edges supply by themselves need a
  // block type that the module does not have.
  bool missing_type = false;
  // By value: recomputed at every use instead of kept in a local.
  std::vector<bool> rematerialized;

  void Clear() {
    entries.clear();
    copies.clear();
    stack_params.clear();
    exits.clear();
    loop_results.clear();
    to_land.clear();
    missing_type = false;
    rematerialized.clear();
  }
};

}  // namespace weft::ir

#endif  // WEFT_IR_EMISSION_H_
