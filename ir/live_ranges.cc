#include "ir/live_ranges.h"

#include <algorithm>

namespace weft::ir {

namespace {

// Steps of work on pieces and on nodes of live sets; about a second.
constexpr size_t kMaxWork = size_t{1} << 28;
// Nodes of live sets at a time: 128 MiB.
constexpr size_t kMaxNodes = size_t{1} << 21;

}  // namespace

void LiveRanges::AddSlot(ValueId value) {
  uint32_t& slot = slots_[value.index];
  if (slot == kNoLocal) {
    slot = static_cast<uint32_t>(values_.size());
    values_.push_back(value);
    accesses_.push_back(0);
  }
  ++accesses_[slot];
}

void LiveRanges::NumberSlots(const Function& f, const Emission& emission) {
  values_.clear();
  accesses_.clear();
  slots_.assign(f.num_insts(), kNoLocal);
  for (const Entry& entry : emission.entries) {
    switch (entry.kind) {
      case EntryKind::kGet:
      case EntryKind::kSet:
      case EntryKind::kTee:
        AddSlot(ValueId(entry.a));
        break;
      case EntryKind::kCopies:
        for (uint32_t i = 0; i < entry.b; ++i) {
          const ValueCopy& copy = emission.copies[entry.a + i];
          AddSlot(copy.to);
          if (!emission.rematerialized[copy.from.index]) AddSlot(copy.from);
        }
        break;
      default:
        break;
    }
  }
}

void LiveRanges::Use(uint32_t slot, uint32_t at) {
  if (open_end_[slot] != 0) return;
  open_end_[slot] = at;
  live_.Insert(slot);
  live_loops_ += slot >= num_slots_ ? 1 : 0;
}

void LiveRanges::Define(uint32_t slot, uint32_t at, ValueId alias) {
  uint32_t end = at + 1;
  if (open_end_[slot] != 0) {
    CoverDeferred(slot, at);
    end = std::max(end, open_end_[slot]);
    open_end_[slot] = 0;
    live_.Erase(slot);
    live_loops_ -= slot >= num_slots_ ? 1 : 0;
  }
  if (alias.valid()) {
    if (end > at + 1) pieces_[slot].push_back({at + 1, end, ValueId()});
    pieces_[slot].push_back({at, at + 1, alias});
  } else {
    pieces_[slot].push_back({at, end, ValueId()});
  }
}

void LiveRanges::Replace(const SharedSet& set, uint32_t at) {
  live_.ForEachNotIn(set, [&](uint32_t slot) {
    CoverDeferred(slot, at);
    if (open_end_[slot] > at) {
      pieces_[slot].push_back({at, open_end_[slot], ValueId()});
    }
    open_end_[slot] = 0;
    live_loops_ -= slot >= num_slots_ ? 1 : 0;
    ++work_;
  });
  set.ForEachNotIn(live_, [&](uint32_t slot) {
    open_end_[slot] = at;
    live_loops_ += slot >= num_slots_ ? 1 : 0;
    ++work_;
  });
  live_ = set;
}

void LiveRanges::Merge(const SharedSet& set, uint32_t at) {
  set.ForEachNotIn(live_, [&](uint32_t slot) {
    open_end_[slot] = at;
    live_loops_ += slot >= num_slots_ ? 1 : 0;
    ++work_;
  });
  live_.Union(set);
}

// Makes `slot` live on all of `by`, which is ascending and begins at `begin`,
// where the walk is and the slot is live.
void LiveRanges::Cover(uint32_t slot, uint32_t begin,
                       absl::Span<const LivePiece> by) {
  Use(slot, begin);
  std::vector<LivePiece>& pieces = pieces_[slot];
  const uint32_t last = by.back().end;
  // The slot's own pieces that `by` reaches, ascending.
  cover_.clear();
  cover_.push_back({begin, std::max(open_end_[slot], begin), ValueId()});
  while (!pieces.empty() && pieces.back().begin <= last) {
    cover_.push_back(pieces.back());
    pieces.pop_back();
  }
  work_ += cover_.size() + by.size();
  // The union of both, ascending, in place of them.
  std::vector<LivePiece> merged;
  size_t i = 0;
  size_t j = 0;
  while (i < cover_.size() || j < by.size()) {
    const bool take_own =
        j == by.size() || (i < cover_.size() && cover_[i].begin <= by[j].begin);
    const LivePiece piece = take_own ? cover_[i++] : by[j++];
    if (!merged.empty() && piece.begin <= merged.back().end) {
      merged.back().end = std::max(merged.back().end, piece.end);
    } else {
      merged.push_back({piece.begin, piece.end, ValueId()});
    }
  }
  open_end_[slot] = merged.front().end;
  for (size_t m = merged.size(); m-- > 1;) pieces.push_back(merged[m]);
}

void LiveRanges::CoverAll(const SharedSet& set, uint32_t begin,
                          absl::Span<const LivePiece> by) {
  set.ForEach([&](uint32_t slot) { Cover(slot, begin, by); });
}

// `slot` is defined at `at`, or not live before: what it was live through
// will not be taken in by an outer loop.
void LiveRanges::CoverDeferred(uint32_t slot, uint32_t at) {
  if (deferred_.empty() || !pending_.Contains(slot)) return;
  pending_.Erase(slot);
  work_ += deferred_.size();
  for (DeferredLoop& loop : deferred_) {
    if (!loop.through.Contains(slot)) continue;
    loop.through.Erase(slot);
    Cover(slot, at, loop.natural);
  }
}

// What is live where a branch to `region` goes, as far as it is known: at a
// header its parameters; the rest of a header's set covers the whole loop.
SharedSet LiveRanges::TargetSet(const Function& f, RegionId region) {
  SharedSet set(&pool_);
  if (region == Function::root()) return set;
  if (f.region(region).kind != RegionKind::kLoop) {
    return states_[state_of_region_[region.index]].at_end;
  }
  for (ValueId param : f.region(region).params) {
    if (slots_[param.index] != kNoLocal) set.Insert(slots_[param.index]);
  }
  set.Insert(loop_slots_[region.index]);
  return set;
}

void LiveRanges::Branch(const Function& f, ValueId id, uint32_t at) {
  const uint32_t edges = f.num_edges(id);
  if (edges == 0) return Replace(SharedSet(&pool_), at + 1);
  const bool falls_through = !IsTerminator(f.inst(id).op);
  for (uint32_t e = 0; e < edges && (falls_through || edges > 1); ++e) {
    const RegionId loop = f.edge_target(id, e);
    if (f.region(loop).kind != RegionKind::kLoop) continue;
    if (falls_through) {
      overwritten_.push_back({id, e, at, RegionId()});
      continue;
    }
    for (uint32_t other = 0; other < edges; ++other) {
      const RegionId target = f.edge_target(id, other);
      if (target == Function::root() || target == loop) continue;
      const bool is_loop = f.region(target).kind == RegionKind::kLoop;
      overwritten_.push_back(
          {id, e, is_loop ? 0 : states_[state_of_region_[target.index]].close,
           is_loop ? target : RegionId()});
    }
  }
  for (uint32_t e = 0; e < edges; ++e) {
    const SharedSet set = TargetSet(f, f.edge_target(id, e));
    if (e == 0 && IsTerminator(f.inst(id).op)) {
      // What follows is reached from elsewhere.
      Replace(set, at + 1);
    } else {
      Merge(set, at);
    }
  }
}

// A loop's own parameters are defined on the edge itself, so their old values
// are lost when they are live where the branch may go to instead.
void LiveRanges::FindLostParams(const Function& f) {
  for (const Overwritten& o : overwritten_) {
    const RegionId loop = f.edge_target(o.inst, o.edge);
    const uint32_t at =
        o.header.valid() ? header_at_[o.header.index] : o.position;
    const auto args = f.edge_args(o.inst, o.edge);
    for (size_t i = 0; i < args.size(); ++i) {
      const ValueId param = f.region(loop).params[i];
      const uint32_t slot = slots_[param.index];
      if (slot == kNoLocal || args[i] == param) continue;
      const std::vector<LivePiece>& pieces = pieces_[slot];
      const auto piece = std::upper_bound(
          pieces.begin(), pieces.end(), at,
          [](uint32_t p, const LivePiece& piece) { return p < piece.begin; });
      if (piece != pieces.begin() && at < (piece - 1)->end) {
        lost_params_.push_back(param);
      }
    }
  }
}

void LiveRanges::CloseRegion(const Function& f, RegionId region, uint32_t at) {
  state_of_region_[region.index] = static_cast<uint32_t>(states_.size());
  OpenRegionState state{at, at, live_, SharedSet(&pool_), SharedSet(&pool_)};
  if (f.region(region).kind == RegionKind::kTryTable) {
    for (const Handler& handler : f.region(region).handlers) {
      state.handlers.Union(TargetSet(f, handler.target));
    }
  }
  states_.push_back(std::move(state));
}

void LiveRanges::OpenLoop(const Function& f, RegionId region, uint32_t at) {
  header_at_[region.index] = at;
  const uint32_t slot = loop_slots_[region.index];
  if (open_end_[slot] == 0) return;  // No branch back.
  // Loops inside whose header leads back to this one are done with: this one
  // takes in what is live through both, but for its parameters.
  std::vector<DeferredLoop> inner;
  for (size_t i = deferred_.size(); i-- > 0;) {
    if (!deferred_[i].through.Contains(slot)) continue;
    inner.push_back(std::move(deferred_[i]));
    deferred_.erase(deferred_.begin() + i);
  }
  // The loop's own slot becomes complete.
  work_ += inner.size() * (1 + f.region(region).params.size());
  for (const DeferredLoop& loop : inner) Cover(slot, at, loop.natural);
  Define(slot, at, ValueId());
  const std::vector<LivePiece> natural(pieces_[slot].rbegin(),
                                       pieces_[slot].rend());
  // Parameters are defined anew on every edge to the header.
  SharedSet through = live_;
  for (ValueId param : f.region(region).params) {
    const uint32_t own = slots_[param.index];
    if (own == kNoLocal) continue;
    through.Erase(own);
    for (const DeferredLoop& loop : inner) {
      if (loop.through.Contains(own)) Cover(own, at, loop.natural);
    }
  }
  if (live_loops_ == 0) {
    CoverAll(through, at, natural);
  } else {
    deferred_.push_back({std::move(through), natural});
  }
  pending_.clear();
  for (const DeferredLoop& loop : deferred_) pending_.Union(loop.through);
}

void LiveRanges::OpenRegion(const Function& f, RegionId region, uint32_t at) {
  const OpenRegionState& state = states_.back();
  switch (f.region(region).kind) {
    case RegionKind::kLoop:
      OpenLoop(f, region, at);
      break;
    case RegionKind::kIf:
      Merge(state.arms, at);
      break;
    case RegionKind::kTry:
      Merge(state.arms, at);
      if (state.first_arm > at) {
        const LivePiece body = {at, state.first_arm, ValueId()};
        CoverAll(state.arms, at, {&body, 1});
      }
      break;
    case RegionKind::kTryTable: {
      const LivePiece body = {at, state.close, ValueId()};
      Merge(state.handlers, at);
      CoverAll(state.handlers, at, {&body, 1});
      break;
    }
    case RegionKind::kBlock:
    case RegionKind::kFunction:
      break;
  }
  states_.pop_back();
}

absl::Status LiveRanges::Compute(const Function& f, const Emission& emission) {
  NumberSlots(f, emission);
  num_slots_ = static_cast<uint32_t>(values_.size());
  uint32_t all = num_slots_;
  loop_slots_.assign(f.num_regions(), kNoLocal);
  for (uint32_t r = 0; r < f.num_regions() && num_slots_ > 0; ++r) {
    if (f.region(RegionId(r)).kind == RegionKind::kLoop) loop_slots_[r] = all++;
  }
  pieces_.assign(all, {});
  open_end_.assign(all, 0);
  live_.clear();
  states_.clear();
  deferred_.clear();
  pending_.clear();
  live_loops_ = 0;
  pool_.Reset(all);
  state_of_region_.assign(f.num_regions(), 0);
  work_ = 0;
  lost_params_.clear();
  overwritten_.clear();
  header_at_.assign(f.num_regions(), 0);
  if (num_slots_ == 0) return absl::OkStatus();
  for (size_t i = emission.entries.size(); i-- > 0;) {
    if (work_ + pool_.work() > kMaxWork || pool_.num_nodes() > kMaxNodes) {
      return absl::ResourceExhaustedError(
          "limit live-range-work: too many values live across branches");
    }
    const Entry& entry = emission.entries[i];
    const uint32_t at = static_cast<uint32_t>(i + 1);
    switch (entry.kind) {
      case EntryKind::kGet:
        Use(slots_[entry.a], at);
        break;
      case EntryKind::kSet:
      case EntryKind::kTee:
        Define(slots_[entry.a], at, ValueId());
        break;
      case EntryKind::kCopies:
        for (uint32_t c = 0; c < entry.b; ++c) {
          const ValueCopy& copy = emission.copies[entry.a + c];
          Define(slots_[copy.to.index], at, copy.from);
        }
        for (uint32_t c = 0; c < entry.b; ++c) {
          const ValueCopy& copy = emission.copies[entry.a + c];
          if (!emission.rematerialized[copy.from.index]) {
            Use(slots_[copy.from.index], at);
          }
        }
        break;
      case EntryKind::kOpen:
        OpenRegion(f, RegionId(entry.a), at);
        break;
      case EntryKind::kClose:
        CloseRegion(f, RegionId(entry.a), at);
        break;
      case EntryKind::kArm: {
        OpenRegionState& state = states_.back();
        state.arms.Union(live_);
        state.first_arm = at;
        Replace(state.at_end, at);
        break;
      }
      case EntryKind::kInst: {
        const ValueId id(entry.a);
        const Op op = f.inst(id).op;
        if (IsBranch(op) || IsTerminator(op)) Branch(f, id, at);
        break;
      }
      case EntryKind::kDrop:
        break;
    }
  }
  // What is live at entry: parameters and default values.
  for (uint32_t slot = 0; slot < num_slots(); ++slot) {
    if (open_end_[slot] != 0) Define(slot, 0, ValueId());
    std::vector<LivePiece>& pieces = pieces_[slot];
    std::reverse(pieces.begin(), pieces.end());
  }
  FindLostParams(f);
  return absl::OkStatus();
}

}  // namespace weft::ir
