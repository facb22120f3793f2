#include "ir/live_ranges.h"

#include <algorithm>

namespace weft::ir {

namespace {

// Word operations on live sets; about a second of work.
constexpr size_t kMaxWork = size_t{1} << 30;
constexpr size_t kMaxStateWords = size_t{1} << 24;

bool Test(const std::vector<uint64_t>& set, uint32_t i) {
  return (set[i / 64] >> (i % 64) & 1) != 0;
}

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
  if (Test(live_, slot)) return;
  live_[slot / 64] |= uint64_t{1} << (slot % 64);
  open_end_[slot] = at;
}

void LiveRanges::Define(uint32_t slot, uint32_t at, ValueId alias) {
  uint32_t end = at + 1;
  if (Test(live_, slot)) {
    end = std::max(end, open_end_[slot]);
    live_[slot / 64] &= ~(uint64_t{1} << (slot % 64));
  }
  if (alias.valid()) {
    if (end > at + 1) pieces_[slot].push_back({at + 1, end, ValueId()});
    pieces_[slot].push_back({at, at + 1, alias});
  } else {
    pieces_[slot].push_back({at, end, ValueId()});
  }
}

void LiveRanges::Replace(const Words& set, uint32_t at) {
  for (size_t w = 0; w < live_.size(); ++w) {
    for (uint64_t gone = live_[w] & ~set[w]; gone != 0; gone &= gone - 1) {
      const uint32_t slot =
          static_cast<uint32_t>(w * 64 + __builtin_ctzll(gone));
      if (open_end_[slot] > at) {
        pieces_[slot].push_back({at, open_end_[slot], ValueId()});
      }
    }
    for (uint64_t add = set[w] & ~live_[w]; add != 0; add &= add - 1) {
      open_end_[w * 64 + __builtin_ctzll(add)] = at;
    }
    live_[w] = set[w];
  }
  work_ += live_.size();
}

void LiveRanges::Merge(const Words& set, uint32_t at) {
  for (size_t w = 0; w < live_.size(); ++w) {
    for (uint64_t add = set[w] & ~live_[w]; add != 0; add &= add - 1) {
      open_end_[w * 64 + __builtin_ctzll(add)] = at;
    }
    live_[w] |= set[w];
  }
  work_ += live_.size();
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

void LiveRanges::CoverAll(const Words& set, uint32_t begin,
                          absl::Span<const LivePiece> by) {
  for (size_t w = 0; w < set.size(); ++w) {
    for (uint64_t bits = set[w]; bits != 0; bits &= bits - 1) {
      Cover(static_cast<uint32_t>(w * 64 + __builtin_ctzll(bits)), begin, by);
    }
  }
  work_ += set.size();
}

// What is live where a branch to `region` goes, as far as it is known: at a
// header its parameters; the rest of a header's set covers the whole loop.
const LiveRanges::Words& LiveRanges::TargetSet(const Function& f,
                                               RegionId region) {
  if (region == Function::root()) {
    std::fill(scratch_.begin(), scratch_.end(), 0);
    return scratch_;
  }
  if (f.region(region).kind != RegionKind::kLoop) {
    return states_[state_of_region_[region.index]].at_end;
  }
  std::fill(scratch_.begin(), scratch_.end(), 0);
  for (ValueId param : f.region(region).params) {
    const uint32_t slot = slots_[param.index];
    if (slot != kNoLocal) scratch_[slot / 64] |= uint64_t{1} << (slot % 64);
  }
  const uint32_t loop = loop_slots_[region.index];
  scratch_[loop / 64] |= uint64_t{1} << (loop % 64);
  return scratch_;
}

void LiveRanges::Branch(const Function& f, ValueId id, uint32_t at) {
  const uint32_t edges = f.num_edges(id);
  if (edges == 0) {
    std::fill(scratch_.begin(), scratch_.end(), 0);
    return Replace(scratch_, at + 1);
  }
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
    const Words& set = TargetSet(f, f.edge_target(id, e));
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
  OpenRegionState state;
  state.close = at;
  state.first_arm = at;
  state.at_end = live_;
  state.arms.assign(live_.size(), 0);
  if (f.region(region).kind == RegionKind::kTryTable) {
    state.handlers.assign(live_.size(), 0);
    for (const Handler& handler : f.region(region).handlers) {
      const Words& set = TargetSet(f, handler.target);
      for (size_t w = 0; w < set.size(); ++w) state.handlers[w] |= set[w];
    }
  }
  states_.push_back(std::move(state));
}

void LiveRanges::OpenRegion(const Function& f, RegionId region, uint32_t at) {
  OpenRegionState& state = states_.back();
  switch (f.region(region).kind) {
    case RegionKind::kLoop: {
      header_at_[region.index] = at;
      // The loop's own slot is complete: the loops inside are done.
      const uint32_t loop = loop_slots_[region.index];
      if (!Test(live_, loop)) break;  // No branch back.
      Define(loop, at, ValueId());
      const std::vector<LivePiece> natural(pieces_[loop].rbegin(),
                                           pieces_[loop].rend());
      // Parameters are defined anew on every edge to the header.
      Words through = live_;
      for (ValueId param : f.region(region).params) {
        const uint32_t slot = slots_[param.index];
        if (slot != kNoLocal) {
          through[slot / 64] &= ~(uint64_t{1} << (slot % 64));
        }
      }
      CoverAll(through, at, natural);
      break;
    }
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
  const size_t words = (all + 63) / 64;
  pieces_.assign(all, {});
  open_end_.assign(all, 0);
  live_.assign(words, 0);
  scratch_.assign(words, 0);
  states_.clear();
  state_of_region_.assign(f.num_regions(), 0);
  work_ = 0;
  lost_params_.clear();
  overwritten_.clear();
  header_at_.assign(f.num_regions(), 0);
  if (words == 0) return absl::OkStatus();
  for (size_t i = emission.entries.size(); i-- > 0;) {
    if (work_ > kMaxWork || states_.size() * words > kMaxStateWords) {
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
        for (size_t w = 0; w < words; ++w) state.arms[w] |= live_[w];
        state.first_arm = at;
        // at_end may not alias live_ while it is replaced.
        scratch_ = state.at_end;
        Replace(scratch_, at);
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
    if (Test(live_, slot)) Define(slot, 0, ValueId());
    std::vector<LivePiece>& pieces = pieces_[slot];
    std::reverse(pieces.begin(), pieces.end());
  }
  FindLostParams(f);
  return absl::OkStatus();
}

}  // namespace weft::ir
