// Which locals of a function body are live and assigned at its labels: what
// SSA construction has to know before it starts.
#ifndef WEFT_IR_LOCAL_LIVENESS_H_
#define WEFT_IR_LOCAL_LIVENESS_H_

#include <cstdint>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "ir/shared_set.h"
#include "ir/wasm/module.h"

namespace weft::ir {

// Facts per structured operator of a body. Labels are numbered in the order of
// their block, loop, if, try or try_table operators among the *reachable*
// ones; number 0 is the function's own label.
class LocalLiveness {
 public:
  // Analyses `operators`, the validated operator stream of a body with
  // `num_locals` locals, parameters included. Two linear scans
  // of the bytes' control and local operators, then one backward pass over
  // the events per level of loop nesting.
  // Errors: ResourceExhausted when the facts would not fit the budget.
  absl::Status Analyse(const wasm::Module& module, wasm::ByteSpan operators,
                       uint32_t offset, uint32_t num_locals);

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

  // Locals assigned within a label, as positions [begin, end) in assigned_.
  struct Range {
    uint32_t begin = 0;
    uint32_t end = 0;
  };
  // Of a label that the backward walk is in.
  struct OpenLabel {
    SharedSet at_end;    // Live behind it.
    SharedSet else_arm;  // Live at the start of the else arm.
    SharedSet handlers;  // Live at the starts of catch arms.
  };

  void NumberCrossing(uint32_t num_locals);
  absl::Status CollectAssigned();
  Range StoreAssigned(std::vector<uint32_t>* bits);
  void NumberLoops();
  // One backward pass; whether a loop header's set grew.
  absl::StatusOr<bool> Propagate();
  void CloseLabel(uint32_t label);
  void OpenLabelAt(const Event& event, bool* grew);
  void Mark(uint32_t label, const SharedSet& live);
  const SharedSet& Target(uint32_t label) const;

  std::vector<Event> events_;
  std::vector<Label> labels_;
  std::vector<uint32_t> table_targets_;  // Pool of br_table label numbers.
  // Bits stand only for locals that are read behind a label since their last
  // assignment; the others never need a parameter.
  std::vector<uint32_t> bit_of_local_;
  std::vector<uint32_t> local_of_bit_;
  std::vector<uint32_t> assigned_;     // Pool of bits, ascending per label.
  std::vector<uint8_t> is_candidate_;  // Parallel: live at the target, too.
  std::vector<Range> assigned_of_;     // By label.
  std::vector<Range> guarded_of_;      // By label: in a try body alone.
  SetPool pool_;
  std::vector<uint32_t> header_of_;  // By label: loops, into headers_.
  std::vector<SharedSet> headers_;   // Live at loop headers.
  std::vector<OpenLabel> open_;
  std::vector<uint32_t> open_of_;  // By label: position in open_.
  SharedSet current_ = SharedSet(&pool_);
  std::vector<bool> pinned_;
};

}  // namespace weft::ir

#endif  // WEFT_IR_LOCAL_LIVENESS_H_
