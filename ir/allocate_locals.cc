// A colour is a local to be. Every source local starts as one, with all values
// that name it; a sweep over their live pieces finds the pairs that disturb
// each other, which in an unchanged function are none, and moves the less used
// one out. Values without a colour then take that of a copy partner, the first
// free one, or a new one; last, copies that are left try to move either end.
// Overlap is no conflict where both values are known to be equal: along copies
// (Boissinot et al., "Revisiting out-of-SSA translation", 2009) and on an edge.
#include "ir/allocate_locals.h"

#include <algorithm>

#include "ir/live_ranges.h"

namespace weft::ir {

namespace {

// Colours that a value without partners tries before it takes a new one.
constexpr int kMaxTries = 48;
// Locals with a one-byte index.
constexpr uint32_t kShortIndices = 128;

struct Placed {
  uint32_t begin;
  uint32_t end;
  uint32_t slot;
  ValueId alias;
};

struct Color {
  ValueType type;
  uint32_t accesses = 0;
  bool is_param = false;
  bool is_pinned = false;
  std::vector<Placed> pieces;     // By begin; of values that left, too.
  std::vector<uint32_t> max_end;  // Greatest end among pieces[0..i].
};

}  // namespace

class LocalAllocator::Builder {
 public:
  absl::Status Run(const Function& f, const Emission& emission,
                   LocalAssignment* out);

 private:
  void MakeColors();
  void CollectAffinities();
  void PlaceHinted();
  void PlaceRest();
  void Coalesce();
  void Assign(LocalAssignment* out);

  bool Equal(const Placed& a, const Placed& b) const;
  void Place(uint32_t slot, uint32_t color);
  bool Fits(uint32_t slot, uint32_t color) const;
  bool MayTake(uint32_t slot, uint32_t color) const;
  int Score(uint32_t slot, uint32_t color) const;
  bool IsEntryValue(uint32_t slot) const {
    const Op op = f_->inst(ranges_.value(slot)).op;
    return op == kParam || op == kDefault;
  }
  void AddAffinity(ValueId a, ValueId b);

  const Function* f_ = nullptr;
  const Emission* emission_ = nullptr;
  LiveRanges ranges_;
  std::vector<Color> colors_;
  std::vector<uint32_t> color_of_;  // By slot.
  std::vector<ValueId> copy_root_;  // By slot.
  // Copy partners per slot, in compressed rows.
  std::vector<std::pair<uint32_t, uint32_t>> affinities_;
  std::vector<uint32_t> affinity_begin_;
};

void LocalAllocator::Builder::MakeColors() {
  const size_t locals = f_->local_types.size();
  colors_.clear();
  colors_.resize(locals);
  for (size_t i = 0; i < locals; ++i) {
    colors_[i].type = f_->local_types[i];
    colors_[i].is_param = i < f_->params.size();
    colors_[i].is_pinned = i < f_->pinned.size() && f_->pinned[i];
  }
  color_of_.assign(ranges_.num_slots(), kNoLocal);
  copy_root_.assign(ranges_.num_slots(), ValueId());
  for (uint32_t slot = 0; slot < ranges_.num_slots(); ++slot) {
    ValueId root = ranges_.value(slot);
    while (f_->inst(root).op == kCopy) root = f_->operand(root, 0);
    copy_root_[slot] = root;
  }
}

void LocalAllocator::Builder::AddAffinity(ValueId a, ValueId b) {
  const uint32_t x = ranges_.slot(a);
  const uint32_t y = ranges_.slot(b);
  if (x == kNoLocal || y == kNoLocal || x == y) return;
  affinities_.push_back({x, y});
  affinities_.push_back({y, x});
}

void LocalAllocator::Builder::CollectAffinities() {
  affinities_.clear();
  const std::vector<Entry>& entries = emission_->entries;
  for (size_t i = 0; i < entries.size(); ++i) {
    const Entry& entry = entries[i];
    if (entry.kind == EntryKind::kCopies) {
      for (uint32_t c = 0; c < entry.b; ++c) {
        const ValueCopy& copy = emission_->copies[entry.a + c];
        AddAffinity(copy.from, copy.to);
      }
    } else if (entry.kind == EntryKind::kSet && i > 0 &&
               entries[i - 1].kind == EntryKind::kGet) {
      AddAffinity(ValueId(entries[i - 1].a), ValueId(entry.a));
    }
  }
  std::sort(affinities_.begin(), affinities_.end());
  affinity_begin_.assign(ranges_.num_slots() + 1, 0);
  for (const auto& pair : affinities_) ++affinity_begin_[pair.first + 1];
  for (size_t i = 1; i < affinity_begin_.size(); ++i) {
    affinity_begin_[i] += affinity_begin_[i - 1];
  }
}

// Whether two overlapping pieces hold the same value there.
bool LocalAllocator::Builder::Equal(const Placed& a, const Placed& b) const {
  // On the edges that define a parameter it is what the edge brings.
  auto held = [&](const Placed& piece) {
    if (!piece.alias.valid()) return copy_root_[piece.slot];
    ValueId root = piece.alias;
    while (f_->inst(root).op == kCopy) root = f_->operand(root, 0);
    return root;
  };
  return held(a) == held(b);
}

void LocalAllocator::Builder::Place(uint32_t slot, uint32_t color_index) {
  color_of_[slot] = color_index;
  Color& color = colors_[color_index];
  size_t first = color.pieces.size();
  for (const LivePiece& piece : ranges_.pieces(slot)) {
    const auto at = std::upper_bound(
        color.pieces.begin(), color.pieces.end(), piece.begin,
        [](uint32_t begin, const Placed& p) { return begin < p.begin; });
    first = std::min<size_t>(first, at - color.pieces.begin());
    color.pieces.insert(at, {piece.begin, piece.end, slot, piece.alias});
  }
  color.max_end.resize(color.pieces.size());
  for (size_t i = first; i < color.pieces.size(); ++i) {
    color.max_end[i] =
        std::max(color.pieces[i].end, i == 0 ? 0 : color.max_end[i - 1]);
  }
}

bool LocalAllocator::Builder::Fits(uint32_t slot, uint32_t color_index) const {
  const Color& color = colors_[color_index];
  for (const LivePiece& piece : ranges_.pieces(slot)) {
    const Placed mine{piece.begin, piece.end, slot, piece.alias};
    auto at = std::lower_bound(
        color.pieces.begin(), color.pieces.end(), piece.end,
        [](const Placed& p, uint32_t end) { return p.begin < end; });
    while (at != color.pieces.begin()) {
      --at;
      if (color.max_end[at - color.pieces.begin()] <= piece.begin) break;
      if (at->end <= piece.begin || color_of_[at->slot] != color_index) {
        continue;
      }
      if (at->slot != slot && !Equal(mine, *at)) return false;
    }
  }
  return true;
}

bool LocalAllocator::Builder::MayTake(uint32_t slot, uint32_t color) const {
  const ValueId value = ranges_.value(slot);
  const Color& c = colors_[color];
  if (c.is_pinned || !(c.type == f_->inst(value).type)) return false;
  // A parameter's local does not begin as zero.
  if (c.is_param && f_->inst(value).op == kDefault) return false;
  return Fits(slot, color);
}

// Gives values their source local, but for those that would disturb others.
void LocalAllocator::Builder::PlaceHinted() {
  std::vector<std::vector<uint32_t>> members(f_->local_types.size());
  for (uint32_t slot = 0; slot < ranges_.num_slots(); ++slot) {
    const uint32_t local = f_->inst(ranges_.value(slot)).local;
    if (local == kNoLocal || local >= members.size()) continue;
    // Numbers have exactly one type; references may be more precise.
    const ValueType type = f_->inst(ranges_.value(slot)).type;
    if (!type.is_ref() && !(type == f_->local_types[local])) continue;
    members[local].push_back(slot);
  }
  std::vector<Placed> pieces;
  std::vector<Placed> active;
  std::vector<bool> evicted(ranges_.num_slots(), false);
  for (uint32_t local = 0; local < members.size(); ++local) {
    pieces.clear();
    for (uint32_t slot : members[local]) {
      for (const LivePiece& p : ranges_.pieces(slot)) {
        pieces.push_back({p.begin, p.end, slot, p.alias});
      }
    }
    std::stable_sort(
        pieces.begin(), pieces.end(),
        [](const Placed& a, const Placed& b) { return a.begin < b.begin; });
    active.clear();
    for (const Placed& piece : pieces) {
      if (evicted[piece.slot]) continue;
      active.erase(std::remove_if(active.begin(), active.end(),
                                  [&](const Placed& p) {
                                    return p.end <= piece.begin ||
                                           evicted[p.slot];
                                  }),
                   active.end());
      for (const Placed& other : active) {
        if (other.slot == piece.slot || Equal(piece, other)) continue;
        const bool keep_new =
            !IsEntryValue(other.slot) &&
            (IsEntryValue(piece.slot) ||
             ranges_.accesses(piece.slot) > ranges_.accesses(other.slot));
        evicted[keep_new ? other.slot : piece.slot] = true;
        if (!keep_new) break;
      }
      if (!evicted[piece.slot]) active.push_back(piece);
    }
    // What stays is placed in one go: the pieces are sorted already.
    Color& color = colors_[local];
    for (const Placed& piece : pieces) {
      if (evicted[piece.slot]) continue;
      color_of_[piece.slot] = local;
      color.pieces.push_back(piece);
      color.max_end.push_back(std::max(
          piece.end, color.max_end.empty() ? 0 : color.max_end.back()));
    }
    for (uint32_t slot : members[local]) {
      if (!evicted[slot]) color_of_[slot] = local;
    }
  }
}

int LocalAllocator::Builder::Score(uint32_t slot, uint32_t color) const {
  int score = 0;
  for (uint32_t i = affinity_begin_[slot]; i < affinity_begin_[slot + 1]; ++i) {
    if (color_of_[affinities_[i].second] == color) ++score;
  }
  return score;
}

void LocalAllocator::Builder::PlaceRest() {
  std::vector<uint32_t> rest;
  for (uint32_t slot = 0; slot < ranges_.num_slots(); ++slot) {
    if (color_of_[slot] == kNoLocal) rest.push_back(slot);
  }
  std::stable_sort(rest.begin(), rest.end(), [&](uint32_t a, uint32_t b) {
    return ranges_.accesses(a) > ranges_.accesses(b);
  });
  // Colours per type, most recently made last.
  std::vector<std::pair<ValueType, std::vector<uint32_t>>> by_type;
  auto list_of = [&](ValueType type) -> std::vector<uint32_t>& {
    for (auto& entry : by_type) {
      if (entry.first == type) return entry.second;
    }
    by_type.push_back({type, {}});
    return by_type.back().second;
  };
  for (uint32_t c = 0; c < colors_.size(); ++c) {
    if (!colors_[c].is_pinned && !colors_[c].pieces.empty()) {
      list_of(colors_[c].type).push_back(c);
    }
  }
  // Parameters that nothing reads are free locals, too.
  for (uint32_t c = 0; c < f_->params.size(); ++c) {
    if (!colors_[c].is_pinned && colors_[c].pieces.empty()) {
      list_of(colors_[c].type).push_back(c);
    }
  }
  for (uint32_t slot : rest) {
    uint32_t best = kNoLocal;
    int best_score = 0;
    for (uint32_t i = affinity_begin_[slot]; i < affinity_begin_[slot + 1];
         ++i) {
      const uint32_t color = color_of_[affinities_[i].second];
      if (color == kNoLocal || color == best) continue;
      const int score = Score(slot, color);
      if (score > best_score && MayTake(slot, color)) {
        best = color;
        best_score = score;
      }
    }
    std::vector<uint32_t>& list = list_of(f_->inst(ranges_.value(slot)).type);
    int tries = 0;
    for (size_t i = list.size(); best == kNoLocal && i-- > 0;) {
      if (++tries > kMaxTries) break;
      if (MayTake(slot, list[i])) best = list[i];
    }
    if (best == kNoLocal) {
      best = static_cast<uint32_t>(colors_.size());
      colors_.emplace_back();
      colors_.back().type = f_->inst(ranges_.value(slot)).type;
      list.push_back(best);
    }
    Place(slot, best);
  }
}

// Moves values whose copies would cost something to a partner's local.
void LocalAllocator::Builder::Coalesce() {
  for (uint32_t slot = 0; slot < ranges_.num_slots(); ++slot) {
    if (affinity_begin_[slot] == affinity_begin_[slot + 1]) continue;
    if (IsEntryValue(slot)) continue;
    int best_score = Score(slot, color_of_[slot]);
    uint32_t best = color_of_[slot];
    for (uint32_t i = affinity_begin_[slot]; i < affinity_begin_[slot + 1];
         ++i) {
      const uint32_t color = color_of_[affinities_[i].second];
      if (color == best || Score(slot, color) <= best_score) continue;
      if (!MayTake(slot, color)) continue;
      best = color;
      best_score = Score(slot, color);
    }
    if (best != color_of_[slot]) Place(slot, best);
  }
}

// Numbers the colours: parameters, then the others, hot ones first where the
// index would take two bytes otherwise.
void LocalAllocator::Builder::Assign(LocalAssignment* out) {
  for (uint32_t slot = 0; slot < ranges_.num_slots(); ++slot) {
    colors_[color_of_[slot]].accesses += ranges_.accesses(slot);
  }
  for (const Entry& entry : emission_->entries) {
    if (entry.kind != EntryKind::kInst) continue;
    const Inst& inst = f_->inst(ValueId(entry.a));
    if (inst.op == Op::kLocalGet || inst.op == Op::kLocalSet ||
        inst.op == Op::kLocalTee) {
      ++colors_[inst.imm].accesses;
    }
  }
  const uint32_t params = static_cast<uint32_t>(f_->params.size());
  std::vector<uint32_t> order;
  for (uint32_t c = params; c < colors_.size(); ++c) {
    if (colors_[c].accesses > 0) order.push_back(c);
  }
  // Types in the order of their first local, which keeps output stable.
  std::vector<ValueType> types;
  auto rank = [&](ValueType type) {
    for (size_t i = 0; i < types.size(); ++i) {
      if (types[i] == type) return i;
    }
    types.push_back(type);
    return types.size() - 1;
  };
  for (uint32_t c : order) rank(colors_[c].type);
  auto by_type = [&](uint32_t a, uint32_t b) {
    return rank(colors_[a].type) < rank(colors_[b].type);
  };
  auto by_accesses = [&](uint32_t a, uint32_t b) {
    return colors_[a].accesses > colors_[b].accesses;
  };
  if (params + order.size() > kShortIndices) {
    std::stable_sort(order.begin(), order.end(), by_accesses);
    const size_t hot = params < kShortIndices ? kShortIndices - params : 0;
    std::stable_sort(order.begin(), order.begin() + hot, by_type);
    std::stable_sort(order.begin() + hot, order.end(), by_type);
  } else {
    std::stable_sort(order.begin(), order.end(), by_type);
  }
  std::vector<uint32_t> index(colors_.size(), kNoLocal);
  out->types.assign(f_->params.begin(), f_->params.end());
  for (uint32_t c = 0; c < params; ++c) index[c] = c;
  for (uint32_t c : order) {
    index[c] = static_cast<uint32_t>(out->types.size());
    out->types.push_back(colors_[c].type);
  }
  out->local_of_value.assign(f_->num_insts(), kNoLocal);
  for (uint32_t slot = 0; slot < ranges_.num_slots(); ++slot) {
    out->local_of_value[ranges_.value(slot).index] = index[color_of_[slot]];
  }
  out->local_of_pinned.assign(index.begin(),
                              index.begin() + f_->local_types.size());
}

absl::Status LocalAllocator::Builder::Run(const Function& f,
                                          const Emission& emission,
                                          LocalAssignment* out) {
  f_ = &f;
  emission_ = &emission;
  if (absl::Status status = ranges_.Compute(f, emission); !status.ok()) {
    return status;
  }
  out->lost_params = ranges_.lost_params();
  if (!out->lost_params.empty()) return absl::OkStatus();
  MakeColors();
  CollectAffinities();
  PlaceHinted();
  PlaceRest();
  Coalesce();
  Assign(out);
  return absl::OkStatus();
}

LocalAllocator::LocalAllocator() : builder_(std::make_unique<Builder>()) {}
LocalAllocator::~LocalAllocator() = default;

absl::Status LocalAllocator::Run(const Function& f, const Emission& emission,
                                 LocalAssignment* out) {
  return builder_->Run(f, emission, out);
}

}  // namespace weft::ir
