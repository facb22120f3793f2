// What stackify.cc, stackify_prepare.cc and stackify_operands.cc share: the
// state of one emission. Private to the three.
#ifndef WEFT_IR_STACKIFIER_BUILDER_H_
#define WEFT_IR_STACKIFIER_BUILDER_H_

#include <cstdint>
#include <vector>

#include "ir/emission.h"
#include "ir/flow.h"
#include "ir/footprint.h"
#include "ir/function.h"
#include "ir/stackify.h"
#include "ir/type_lookup.h"
#include "ir/wasm/module.h"

namespace weft::ir {

class Stackifier::Builder {
 public:
  Builder(const wasm::Module& module, const TypeLookup& types)
      : module_(module), types_(types) {}

  void Run(const Function& f, Emission* out);

 private:
  enum class FrameKind : uint8_t {
    kBody,    // Emits the roots of a body until its first instruction.
    kTree,    // Emits the items of pool_ from `begin` on, right to left.
    kHold,    // Emits roots until the definition of `inst` is at the cursor.
    kRegion,  // Emits the arms of region `inst`, then its operands.
  };
  struct Frame {
    FrameKind kind = FrameKind::kTree;
    ValueId inst;
    uint32_t begin = 0;    // Tree.
    uint32_t next = 0;     // Region: arms left.
    ValueId cursor;        // What to restore: kBody.
    uint32_t barrier = 0;  // kBody, kHold.
    BodyId body;           // kBody.
    size_t pool = 0;       // kBody.
  };
  // What a tree has to put on the stack, or a local that it pops into.
  struct Item {
    ValueId value;
    bool is_set = false;
    // The last definition among this and all items before it.
    uint32_t last_definition = 0;
  };

  // Preparation.
  void Number();
  void FindCaught();
  void CollectAssignments();
  void ChooseStackParams();
  void ChooseFor(uint32_t region, bool demote);
  void FindEdgesToLand();
  void ChooseRematerialized();
  void CountUses();

  // The walk.
  void Push(EntryKind kind, uint32_t a = 0, uint32_t b = 0) {
    out_->entries.push_back({kind, a, b});
  }
  // Values that a branch to `r` leaves on the stack.
  size_t Arity(RegionId r) const {
    return r == Function::root() ? f_->results.size()
                                 : out_->stack_params[r.index].size();
  }
  void OpenBody(BodyId body);
  void Step();
  void StepRegion();
  void EmitRoot(ValueId item);
  void EmitGroupRoot(ValueId last);
  void StartInst(ValueId id);
  void AddItem(ValueId value, bool is_set = false);
  uint32_t LastWanted(size_t skip = 0) const;
  void StartTree(ValueId id, uint32_t begin);
  void AddOperands(ValueId id);
  void AddEdgeSets(ValueId id);
  bool ToLoop(ValueId id) const;
  void EmitCopies(ValueId id, bool consume);
  uint32_t NumStackArgs(ValueId id) const;
  void Want(ValueId value);
  bool ConsumeAtCursor(ValueId value);
  bool ConsumeGroup(ValueId value);
  bool ConsumeLoopResult(ValueId value);
  bool ConsumeBranchArgument(ValueId value);
  bool GatherMove(ValueId value, Footprint* footprint);
  bool MoveHere(ValueId value);
  bool Hold(ValueId value);
  bool IsComputed(ValueId value) const;
  bool MayBranchBetween(ValueId arg, ValueId id, RegionId target) const;
  bool ConsumableOnEdge(ValueId arg, ValueId id, RegionId target,
                        bool stack_empty) const;
  void CollectGroup(ValueId last, ValueId* first,
                    std::vector<ValueId>* members) const;
  void LeaveGroup(ValueId first);
  void Get(ValueId value) {
    ++pending_[value.index];
    Push(EntryKind::kGet, value.index);
  }
  ValueId AtCursor();
  bool Skippable(ValueId id) const;
  uint32_t CursorPosition() const;
  bool AssignedBetween(uint32_t local, uint32_t after, uint32_t before) const;
  Footprint FootprintOf(ValueId id) const;
  bool IsProjection(ValueId id) const {
    const Op op = f_->inst(id).op;
    return op == kResult || op == kLabelParam || op == kCatchParam ||
           op == kLoopParam;
  }

  const wasm::Module& module_;
  const TypeLookup& types_;
  const Function* f_ = nullptr;
  Emission* out_ = nullptr;
  IncomingEdges incoming_;
  std::vector<bool> live_;
  std::vector<bool> on_label_;       // Parameters that travel on the stack.
  std::vector<bool> caught_;         // By region: a try_table branches to it.
  std::vector<uint32_t> forced_;     // By region: implicit values of its edges.
  std::vector<uint32_t> position_;   // By instruction, linear.
  std::vector<uint32_t> end_;        // By region: last position of its content.
  std::vector<Footprint> content_;   // By region.
  std::vector<uint32_t> remaining_;  // Uses not yet emitted.
  std::vector<uint32_t> pending_;    // Emitted reads from the local.
  std::vector<bool> emitted_;
  // Positions at which each source local is assigned, ascending.
  std::vector<uint32_t> assign_begin_;
  std::vector<uint32_t> assign_positions_;

  std::vector<Frame> frames_;
  std::vector<Item> pool_;  // Items of the open trees.
  std::vector<ValueId> group_;
  BodyId body_;
  ValueId cursor_;
  uint32_t barrier_ = 0;  // Definitions before it are out of reach.
  size_t body_pool_ = 0;  // Size of pool_ when the body was opened.
};

}  // namespace weft::ir

#endif  // WEFT_IR_STACKIFIER_BUILDER_H_
