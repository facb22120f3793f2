// Facts about a whole function that lowering and the passes gather in one
// walk: linear positions, incoming edges of regions, live values.
#ifndef WEFT_IR_FLOW_H_
#define WEFT_IR_FLOW_H_

#include <cstdint>
#include <vector>

#include "absl/types/span.h"
#include "ir/function.h"

namespace weft::ir {

// Calls `visit(ValueId)` for every instruction in source order: a region's
// content comes behind its own instruction. `visit` may delete or unlink the
// visited instruction and insert in front of it. Iterative.
template <typename Visit>
void ForEachInst(const Function& f, Visit visit);

// Calls `visit(ValueId)` in the reverse of that order, content before the
// region's instruction.
template <typename Visit>
void ForEachInstReversed(const Function& f, Visit visit);

struct IncomingEdge {
  ValueId inst;
  uint32_t edge;
};

// Edges into every region: to a loop's header, to the end of others.
class IncomingEdges {
 public:
  void Compute(const Function& f);
  absl::Span<const IncomingEdge> into(RegionId region) const {
    return absl::MakeConstSpan(edges_).subspan(
        begin_[region.index], begin_[region.index + 1] - begin_[region.index]);
  }

 private:
  std::vector<uint32_t> begin_;
  std::vector<IncomingEdge> edges_;
};

// Whether `id` may be deleted when nothing uses its value.
bool IsRemovable(const Function& f, ValueId id);

// Marks the values that matter: effects, and all that they use. A parameter's
// arguments matter only where it does. `live` is indexed by value.
void ComputeLive(const Function& f, const IncomingEdges& incoming,
                 std::vector<bool>* live);

// -- Implementation -----------------------------------------------------------

namespace internal {

// The bodies of `region` from `arm` on: the first instruction found.
inline ValueId FirstInArms(const Function& f, RegionId region, uint32_t arm) {
  for (; arm < f.region(region).num_bodies; ++arm) {
    const ValueId first = f.body(f.body_of(region, arm)).first;
    if (first.valid()) return first;
  }
  return ValueId();
}

inline ValueId LastInArms(const Function& f, RegionId region, uint32_t arms) {
  while (arms-- > 0) {
    const ValueId last = f.body(f.body_of(region, arms)).last;
    if (last.valid()) return last;
  }
  return ValueId();
}

inline uint32_t ArmOf(const Function& f, BodyId body) {
  return body.index - f.region(f.body(body).region).first_body.index;
}

}  // namespace internal

template <typename Visit>
void ForEachInst(const Function& f, Visit visit) {
  using internal::ArmOf;
  using internal::FirstInArms;
  ValueId at = FirstInArms(f, Function::root(), 0);
  while (at.valid()) {
    const BodyId body = f.inst(at).body;
    // Where to go on, fixed before the visit may change the list.
    ValueId next;
    if (f.is_region(at)) next = FirstInArms(f, f.region_of(at), 0);
    if (!next.valid()) next = f.inst(at).next;
    BodyId up = body;
    while (!next.valid()) {
      const RegionId region = f.body(up).region;
      next = FirstInArms(f, region, ArmOf(f, up) + 1);
      if (next.valid() || region == Function::root()) break;
      const ValueId inst = f.region(region).inst;
      next = f.inst(inst).next;
      up = f.inst(inst).body;
    }
    visit(at);
    at = next;
  }
}

template <typename Visit>
void ForEachInstReversed(const Function& f, Visit visit) {
  using internal::ArmOf;
  using internal::LastInArms;
  // Goes to the last instruction inside of `at`, if it is a region.
  auto descend = [&f](ValueId at) {
    while (at.valid() && f.is_region(at)) {
      const RegionId region = f.region_of(at);
      const ValueId last = LastInArms(f, region, f.region(region).num_bodies);
      if (!last.valid()) break;
      at = last;
    }
    return at;
  };
  ValueId at = descend(LastInArms(f, Function::root(), 1));
  while (at.valid()) {
    ValueId next = f.inst(at).prev;
    if (next.valid()) {
      next = descend(next);
    } else {
      const BodyId body = f.inst(at).body;
      const RegionId region = f.body(body).region;
      next = LastInArms(f, region, ArmOf(f, body));
      if (next.valid()) {
        next = descend(next);
      } else {
        next = f.region(region).inst;  // Invalid for the function.
      }
    }
    visit(at);
    at = next;
  }
}

}  // namespace weft::ir

#endif  // WEFT_IR_FLOW_H_
