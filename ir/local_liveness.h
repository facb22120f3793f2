// Which locals of a function body are live and assigned at its labels: what
// SSA construction has to know before it starts.
#ifndef WEFT_IR_LOCAL_LIVENESS_H_
#define WEFT_IR_LOCAL_LIVENESS_H_

#include <cstdint>
#include <vector>

#include "absl/status/status.h"
#include "absl/types/span.h"
#include "ir/wasm/module.h"

namespace weft::ir {

// Facts per structured operator of a body. Labels are numbered in the order of
// their block, loop, if, try or try_table operators among the *reachable*
// ones; number 0 is the function's own label.
class LocalLiveness {
 public:
  // Analyses `operators`, the validated operator stream of a body.
  // `num_params` of its `num_locals` locals are parameters. Two linear scans
  // of the bytes' control and local operators, then one backward pass over
  // the events per level of loop nesting.
  // Errors: ResourceExhausted when the facts would not fit the budget.
  absl::Status Analyse(const wasm::Module& module, wasm::ByteSpan operators,
                       uint32_t offset, uint32_t num_params,
                       uint32_t num_locals);

  uint32_t num_labels() const { return static_cast<uint32_t>(labels_.size()); }
  // Whether a reachable branch or catch clause names the label.
  bool targeted(uint32_t label) const { return labels_[label].targeted; }

  // Appends the locals that are live where the label's branches go (the end,
  // or a loop's header) and assigned between its operator and its end, in
  // ascending order: exactly those may need a parameter there.
  void Candidates(uint32_t label, std::vector<uint32_t>* locals) const;

  // Locals that a handler may read after a try body assigned them.
  const std::vector<bool>& pinned() const { return pinned_; }

 private:
  enum class EventKind : uint8_t {
    kGet,    // local
    kSet,    // local
    kBlock,  // label; so are the next ones.
    kLoop,
    kIf,
    kTryTable,
    kTry,
    kElse,
    kCatch,
    kEnd,
    kBr,       // Target label.
    kBrIf,     // Target label; also a catch clause of try_table.
    kBrTable,  // Position in table_targets_; the count is there.
    kStop,     // Control does not go on.
  };
  struct Event {
    EventKind kind;
    uint32_t operand;
  };
  struct Label {
    EventKind kind = EventKind::kBlock;
    bool targeted = false;
    bool has_else = false;
    bool catches = false;  // The target of a catch clause.
  };
  class Scanner;

  uint64_t* Row(std::vector<uint64_t>& sets, uint32_t label) {
    return sets.data() + size_t{label} * words_;
  }
  const uint64_t* Row(const std::vector<uint64_t>& sets, uint32_t label) const {
    return sets.data() + size_t{label} * words_;
  }
  void NumberCrossing(uint32_t num_params, uint32_t num_locals);
  absl::Status Allocate();
  void CollectAssigned();
  // One backward pass; returns whether a loop header's set grew.
  bool Propagate();
  void PinHandlerLocals(uint32_t num_locals);

  std::vector<Event> events_;
  std::vector<Label> labels_;
  std::vector<uint32_t> table_targets_;  // Pool of br_table label numbers.
  // Bits stand only for locals that are read behind a label since their last
  // assignment; the others never need a parameter.
  std::vector<uint32_t> bit_of_local_;
  std::vector<uint32_t> local_of_bit_;
  size_t words_ = 0;
  std::vector<uint64_t> live_;          // At the label's target.
  std::vector<uint64_t> assigned_;      // Between operator and end.
  std::vector<uint64_t> try_assigned_;  // In the try body alone.
  std::vector<uint64_t> handler_live_;  // At the starts of catch arms.
  std::vector<uint64_t> saved_;  // Of the else arm, while in the then arm.
  std::vector<uint64_t> current_;
  std::vector<bool> pinned_;
};

}  // namespace weft::ir

#endif  // WEFT_IR_LOCAL_LIVENESS_H_
