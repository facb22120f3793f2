// Structured control is reducible, so one pass in source order finds all
// immediate dominators: a loop's header is dominated by what precedes it, and
// the end of another region by the common dominator of its edges, all of which
// come earlier. Common dominators take logarithmic time through jump pointers.
#include "ir/dominance.h"

#include <algorithm>

#include "ir/flow.h"

namespace weft::ir {

namespace {

constexpr uint32_t kNone = 0xffffffffu;

}  // namespace

uint32_t Dominance::NewSegment(uint32_t idom, uint32_t loop_depth) {
  const uint32_t id = num_segments();
  if (id == 0) idom = 0;
  idom_.push_back(idom);
  loop_depth_.push_back(loop_depth);
  if (id == 0) {
    depth_.push_back(0);
    jump_.push_back(0);
    return id;
  }
  depth_.push_back(depth_[idom] + 1);
  const uint32_t far = jump_[idom];
  const bool double_jump =
      depth_[idom] - depth_[far] == depth_[far] - depth_[jump_[far]];
  jump_.push_back(double_jump ? jump_[far] : idom);
  return id;
}

uint32_t Dominance::CommonDominator(uint32_t a, uint32_t b) const {
  if (a == kNone) return b;
  if (b == kNone) return a;
  if (depth_[a] < depth_[b]) std::swap(a, b);
  while (depth_[a] > depth_[b]) {
    a = depth_[jump_[a]] >= depth_[b] ? jump_[a] : idom_[a];
  }
  while (a != b) {
    if (jump_[a] != jump_[b]) {
      a = jump_[a];
      b = jump_[b];
    } else {
      a = idom_[a];
      b = idom_[b];
    }
  }
  return a;
}

void Dominance::NumberTree() {
  const uint32_t n = num_segments();
  std::vector<uint32_t> size(n, 1);
  for (uint32_t i = n; i-- > 1;) size[idom_[i]] += size[i];
  pre_.assign(n, 0);
  last_.assign(n, 0);
  std::vector<uint32_t> next(n, 0);  // First free number below a segment.
  if (n > 0) next[0] = 1;
  for (uint32_t i = 0; i < n; ++i) {
    if (i > 0) {
      pre_[i] = next[idom_[i]];
      next[idom_[i]] += size[i];
      next[i] = pre_[i] + 1;
    }
    last_[i] = pre_[i] + size[i] - 1;
  }
}

void Dominance::SetSegment(ValueId id, uint32_t segment) {
  if (id.index >= segment_.size()) {
    segment_.resize(id.index + 1, 0);
    order_.resize(id.index + 1, 0);
  }
  segment_[id.index] = segment;
}

void Dominance::Compute(const Function& f) {
  segment_.assign(f.num_insts(), 0);
  order_.assign(f.num_insts(), 0);
  idom_.clear();
  depth_.clear();
  jump_.clear();
  loop_depth_.clear();
  // By region: common dominator of the edges to its end so far, and the
  // segment that its instruction is in.
  std::vector<uint32_t> join(f.num_regions(), kNone);
  std::vector<uint32_t> before(f.num_regions(), kNone);
  std::vector<uint32_t> depth_around(f.num_regions(), 0);
  uint32_t current = NewSegment(0, 0);
  uint32_t order = 0;
  BodyId body = f.root_body();
  ForEachInst(f, [&](ValueId id) {
    const Inst& inst = f.inst(id);
    if (inst.body != body) {
      // Into a region's arm, or out of one or more regions.
      body = inst.body;
      const RegionId region = f.body(body).region;
      if (!inst.prev.valid() && region != Function::root()) {
        const uint32_t loops =
            depth_around[region.index] +
            (f.region(region).kind == RegionKind::kLoop ? 1 : 0);
        current = NewSegment(before[region.index], loops);
      }
    }
    if (inst.prev.valid() && f.is_region(inst.prev)) {
      const RegionId closed = f.region_of(inst.prev);
      uint32_t dominator = join[closed.index];
      if (f.region(closed).kind == RegionKind::kLoop) {
        const ValueId last = f.body(f.region(closed).first_body).last;
        dominator = last.valid() ? segment_[last.index] : kNone;
      }
      if (dominator == kNone) dominator = before[closed.index];
      current = NewSegment(dominator, depth_around[closed.index]);
    }
    segment_[id.index] = current;
    order_[id.index] = order++;
    if (f.is_region(id)) {
      const RegionId region = f.region_of(id);
      before[region.index] = current;
      depth_around[region.index] = loop_depth_[current];
    }
    const uint32_t edges = f.num_edges(id);
    for (uint32_t e = 0; e < edges; ++e) {
      const RegionId target = f.edge_target(id, e);
      if (f.region(target).kind != RegionKind::kLoop) {
        join[target.index] = CommonDominator(join[target.index], current);
      }
    }
    if (IsBranch(inst.op) && !IsTerminator(inst.op)) {
      current = NewSegment(current, loop_depth_[current]);
    }
  });
  NumberTree();
}

}  // namespace weft::ir
