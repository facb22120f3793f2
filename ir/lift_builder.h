// What lift.cc and lift_control.cc share: the state of one lift. Private to
// the two.
#ifndef WEFT_IR_LIFT_BUILDER_H_
#define WEFT_IR_LIFT_BUILDER_H_

#include <cstdint>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/types/span.h"
#include "ir/function.h"
#include "ir/lift.h"
#include "ir/local_liveness.h"
#include "ir/wasm/branch_hints.h"
#include "ir/wasm/module.h"
#include "ir/wasm/op.h"
#include "ir/wasm/operator.h"

namespace weft::ir {

class Lifter::Builder {
 public:
  absl::Status Run(const wasm::Module& module, wasm::FuncIndex func,
                   wasm::ByteSpan body, uint32_t offset, Function* function,
                   absl::Span<const wasm::BranchHint> hints);

 private:
  struct Slot {
    ValueId value;
    uint32_t local = kNoLocal;  // Set when read from, or teed into, a local.
    ValueId after;              // Last instruction of `body` at that time.
    BodyId body;
  };
  struct Label {
    RegionId region;                // Invalid when the block left no trace.
    uint32_t candidates_begin = 0;  // In candidates_.
    uint32_t candidates_end = 0;
    std::vector<uint32_t> kept;  // Columns that became parameters.
    uint32_t num_values = 0;     // Label values (operands of a branch).
    uint32_t edges_begin = 0;    // Head of its list in edges_.
    uint32_t num_edges = 0;
  };
  struct Edge {
    uint32_t label;
    uint32_t snapshot;    // Candidates' values, then explicit label values.
    uint32_t num_values;  // Explicit label values.
    uint32_t next;        // Next edge of the same label.
  };
  // A branch whose edge arguments are still to be appended.
  struct Branch {
    ValueId inst;
    uint32_t edges_begin;
    uint32_t num_edges;
  };
  struct Frame {
    wasm::OpClass kind = wasm::OpClass::kBlock;
    uint32_t label = 0;
    bool is_region = false;  // False for blocks that nothing branches to.
    RegionId region;
    BodyId outer_body;
    uint32_t arm = 0;
    uint32_t height = 0;  // Of the stack below its parameters.
    uint32_t undo_mark = 0;
    std::vector<ValueType> results;
    std::vector<Slot> params;  // Kept for the else arm.
  };

  // The stack and the locals.
  void Push(ValueId value);
  void PushLocal(ValueId value, uint32_t local);
  Slot PopSlot();
  ValueId Pop() { return PopSlot().value; }
  void PopMany(size_t count, std::vector<ValueId>* values);
  // The type that the source knows, which is that of the local where the value
  // was read from one. Lowering may have to read it there again.
  ValueType TypeOf(const Slot& slot) const {
    return slot.local != kNoLocal ? f_->local_types[slot.local]
                                  : f_->inst(slot.value).type;
  }
  void SetCurrent(uint32_t local, ValueId value);
  void Rollback(uint32_t mark);
  void GetLocal(uint32_t local);
  void SetLocal(uint32_t local, bool tee);
  void SaveStaleReads(uint32_t local);
  bool IsLastDefined(ValueId value) const;

  // Instructions.
  ValueId Emit(Op op, ValueType type, absl::Span<const ValueId> operands,
               uint32_t imm = 0);
  void EmitResults(ValueId inst, absl::Span<const ValueType> types);
  void VisitPlain(const wasm::Operator& op);
  void VisitCall(const wasm::Operator& op);

  // Control.
  void SignatureOf(const wasm::BlockType& type, std::vector<ValueType>* params,
                   std::vector<ValueType>* results) const;
  uint32_t NewLabel(RegionId region, uint32_t num_values);
  void Open(const wasm::Operator& op);
  void OpenLoop(Frame* frame, absl::Span<const ValueType> params);
  void OpenTryTable(const wasm::Operator& op, Frame* frame);
  void NextArm(const wasm::Operator& op);
  void CloseArm();
  void Close(const wasm::Operator& op);
  void Join(Frame* frame);
  void AddEdge(uint32_t label, uint32_t explicit_values);
  void BranchTo(ValueId inst, absl::Span<const uint32_t> labels,
                uint32_t explicit_values);
  uint32_t LabelAt(uint32_t depth) const {
    return frames_[frames_.size() - 1 - depth].label;
  }
  RegionId RegionAt(uint32_t depth) const {
    return labels_[LabelAt(depth)].region;
  }
  void VisitBranch(const wasm::Operator& op);
  void VisitBrTable(const wasm::Operator& op);
  void VisitControl(const wasm::Operator& op);
  void Stop() {
    dead_ = true;
    skip_depth_ = 0;
  }
  void Skip(const wasm::Operator& op);
  void AssembleBranches();

  // Gives `inst`, which `op` became, the hint of `op`.
  void NoteHint(const wasm::Operator& op, ValueId inst) {
    const uint32_t at = op.offset - body_offset_;
    while (!hints_.empty() && hints_[0].offset < at) hints_.remove_prefix(1);
    if (hints_.empty() || hints_[0].offset != at) return;
    f_->hints.push_back({inst, hints_[0].likely});
  }

  const wasm::Module* module_ = nullptr;
  absl::Span<const wasm::BranchHint> hints_;  // Those not passed yet.
  uint32_t body_offset_ = 0;
  Function* f_ = nullptr;
  LocalLiveness liveness_;
  uint32_t num_opened_ = 0;  // Numbers labels as LocalLiveness does.

  std::vector<Slot> stack_;
  std::vector<ValueId> current_;
  std::vector<uint32_t> on_stack_;  // Slots per local.
  std::vector<std::pair<uint32_t, ValueId>> undo_;
  std::vector<Frame> frames_;
  std::vector<Label> labels_;
  std::vector<uint32_t> candidates_;
  std::vector<Edge> edges_;
  std::vector<Branch> branches_;
  std::vector<ValueId> snapshots_;
  std::vector<ValueId> scratch_;
  BodyId body_;
  bool dead_ = false;
  uint32_t skip_depth_ = 0;
};

}  // namespace weft::ir

#endif  // WEFT_IR_LIFT_BUILDER_H_
