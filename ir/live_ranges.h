// Live ranges of values over the entries of an emission.
#ifndef WEFT_IR_LIVE_RANGES_H_
#define WEFT_IR_LIVE_RANGES_H_

#include <cstdint>
#include <vector>

#include "absl/status/status.h"
#include "absl/types/span.h"
#include "ir/emission.h"
#include "ir/function.h"
#include "ir/shared_set.h"

namespace weft::ir {

// The half-open range of entry positions [begin, end) in which a value has to
// be kept. Position 0 is function entry; entry i has position i + 1.
struct LivePiece {
  uint32_t begin;
  uint32_t end;
  // When valid: on this piece the value surely equals `alias`.
  ValueId alias;
};

// Values that live in locals, numbered densely ("slots"), and their pieces in
// ascending order. Wimmer and Franz, "Linear scan register allocation on SSA
// form" (2010): one backward pass; what is live at a loop's header is live in
// the whole natural loop, that is wherever a branch back can still be reached.
// What is live where an exception lands is live in the whole body that may
// raise it.
//
// Cost: the work that live sets take where they differ, plus pieces. A loop
// whose header leads back to an outer one is not filled in at once: what is
// still live at the outer header will fill all of the outer loop. Only what
// is defined in between takes the inner loop as its own.
class LiveRanges {
 public:
  // Errors: ResourceExhausted naming the limit.
  absl::Status Compute(const Function& f, const Emission& emission);

  uint32_t num_slots() const { return num_slots_; }
  ValueId value(uint32_t slot) const { return values_[slot]; }
  // kNoLocal when the value needs no local.
  uint32_t slot(ValueId value) const { return slots_[value.index]; }
  const std::vector<LivePiece>& pieces(uint32_t slot) const {
    return pieces_[slot];
  }
  // Loop parameters that are still read where a branch goes that could have
  // gone back to their loop, although its copies have overwritten them.
  const std::vector<ValueId>& lost_params() const { return lost_params_; }
  // Number of reads and writes.
  uint32_t accesses(uint32_t slot) const { return accesses_[slot]; }

 private:
  void NumberSlots(const Function& f, const Emission& emission);
  void AddSlot(ValueId value);
  void Use(uint32_t slot, uint32_t at);
  void Define(uint32_t slot, uint32_t at, ValueId alias);
  // The code behind position `at` is not reached from before it: what is live
  // before is `set` instead of the current set.
  void Replace(const SharedSet& set, uint32_t at);
  void Merge(const SharedSet& set, uint32_t at);
  void CoverAll(const SharedSet& set, uint32_t begin,
                absl::Span<const LivePiece> by);
  void Cover(uint32_t slot, uint32_t begin, absl::Span<const LivePiece> by);
  void CoverDeferred(uint32_t slot, uint32_t at);
  void OpenLoop(const Function& f, RegionId region, uint32_t at);
  void Branch(const Function& f, ValueId id, uint32_t at);
  void FindLostParams(const Function& f);
  SharedSet TargetSet(const Function& f, RegionId region);
  void OpenRegion(const Function& f, RegionId region, uint32_t at);
  void CloseRegion(const Function& f, RegionId region, uint32_t at);

  // Slots of values come first. Behind them each loop has one of its own,
  // which is live wherever a branch back to the loop can be reached.
  uint32_t num_slots_ = 0;
  std::vector<uint32_t> loop_slots_;  // By region.
  std::vector<LivePiece> cover_;      // Scratch.
  std::vector<ValueId> values_;
  std::vector<uint32_t> slots_;
  std::vector<uint32_t> accesses_;
  std::vector<std::vector<LivePiece>> pieces_;
  std::vector<ValueId> lost_params_;
  // Edge back to a loop, and where its branch goes otherwise: to `position`,
  // or to the header of another loop.
  struct Overwritten {
    ValueId inst;
    uint32_t edge;
    uint32_t position;
    RegionId header;
  };
  std::vector<Overwritten> overwritten_;
  std::vector<uint32_t> header_at_;  // By region: position of its kOpen.
  // Of live slots: where the piece ends; of others 0, which is before all.
  std::vector<uint32_t> open_end_;
  uint32_t live_loops_ = 0;  // Loops whose slot is live.
  SetPool pool_;
  SharedSet live_ = SharedSet(&pool_);
  struct OpenRegionState {
    uint32_t close;      // Position of its end.
    uint32_t first_arm;  // Position of its first kArm.
    SharedSet at_end;    // Live behind the region.
    SharedSet arms;      // Live at the starts of later arms.
    SharedSet handlers;  // Live where exceptions from its body land.
  };
  // A loop that `through` is live in, as far as it was not yet defined.
  struct DeferredLoop {
    SharedSet through;
    std::vector<LivePiece> natural;
  };
  std::vector<DeferredLoop> deferred_;
  SharedSet pending_ = SharedSet(&pool_);  // The union of all `through`.
  std::vector<OpenRegionState> states_;    // Of open regions.
  std::vector<uint32_t> state_of_region_;
  size_t work_ = 0;
};

}  // namespace weft::ir

#endif  // WEFT_IR_LIVE_RANGES_H_
