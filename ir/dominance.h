// Which definitions dominate which positions, in constant time.
#ifndef WEFT_IR_DOMINANCE_H_
#define WEFT_IR_DOMINANCE_H_

#include <cstdint>
#include <vector>

#include "ir/function.h"

namespace weft::ir {

// A segment is a stretch of instructions that control enters only at its top:
// it ends at every conditional branch and at every region. Segments are
// numbered in source order, dominators first.
class Dominance {
 public:
  // One pass over the function. Instructions that are added later belong to no
  // segment: use `SetSegment`.
  void Compute(const Function& f);

  uint32_t segment(ValueId id) const { return segment_[id.index]; }
  void SetSegment(ValueId id, uint32_t segment);
  // Whether every path to segment `b` leads through segment `a`.
  bool SegmentDominates(uint32_t a, uint32_t b) const {
    return pre_[a] <= pre_[b] && pre_[b] <= last_[a];
  }
  // Whether the value of `a` may be used by `b`, which stands at `position`
  // (Compute's order) behind it or in another segment.
  bool Dominates(ValueId a, ValueId b) const {
    const uint32_t x = segment_[a.index];
    const uint32_t y = segment_[b.index];
    return x == y ? order_[a.index] < order_[b.index] : SegmentDominates(x, y);
  }
  // Loops around a segment.
  uint32_t loop_depth(uint32_t segment) const { return loop_depth_[segment]; }
  uint32_t num_segments() const { return static_cast<uint32_t>(idom_.size()); }
  // The immediate dominator; the first segment is its own.
  uint32_t idom(uint32_t segment) const { return idom_[segment]; }

 private:
  uint32_t NewSegment(uint32_t idom, uint32_t loop_depth);
  uint32_t CommonDominator(uint32_t a, uint32_t b) const;
  void NumberTree();

  std::vector<uint32_t> segment_;  // By instruction.
  std::vector<uint32_t> order_;    // By instruction: source order.
  std::vector<uint32_t> idom_;
  std::vector<uint32_t> depth_;  // In the dominator tree.
  std::vector<uint32_t> jump_;   // A far ancestor (Myers, 1983).
  std::vector<uint32_t> loop_depth_;
  std::vector<uint32_t> pre_;
  std::vector<uint32_t> last_;  // Greatest pre_ in the subtree.
};

}  // namespace weft::ir

#endif  // WEFT_IR_DOMINANCE_H_
