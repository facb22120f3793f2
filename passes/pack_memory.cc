// Segments of a memory are sorted by address and fall into windows: runs of
// segments that may be cut anew together. The non-zero bytes of a window form
// blocks, apart by gaps long enough that a cut there can pay. Which gaps to cut
// is a shortest path over the blocks: cost[i] = min over j of cost[j] + header
// of a segment from block j to block i - 1 + its bytes. Only the size of the
// length's LEB128 couples i and j, and it has five values, so that five sliding
// windows of minima make the search linear.
#include "passes/pack_memory.h"

#include <algorithm>
#include <deque>
#include <utility>
#include <vector>

#include "ir/wasm/bytes.h"
#include "passes/segment_bounds.h"
#include "passes/summary.h"

namespace weft::passes {
namespace {

using wasm::DataSegment;
using wasm::kNoIndex;

// A further segment costs flags, offset operator, one byte of offset and `end`,
// and no less for its length than the longer segment saves.
constexpr uint64_t kMinGap = 5;
constexpr int kMaxLengthBytes = 5;

// Bytes [begin, end) of a memory.
struct Range {
  uint64_t begin = 0;
  uint64_t end = 0;

  uint64_t size() const { return end - begin; }
};

// An active segment and where it goes.
struct Placed {
  uint32_t index = 0;
  Range range;
  wasm::ByteSpan bytes;
  uint32_t epoch = 0;  // Number of segments before it that may trap.
  bool is_fixed = false;
};

// Segments by address that may be cut anew together, and their new cut.
struct Window {
  std::vector<Placed> segments;
  bool is_zero = false;  // Memory that no segment writes is known to be zero.
  std::vector<Range> cuts;
  uint64_t cost_before = 0;
  uint64_t cost_after = 0;

  bool pays() const { return cost_after < cost_before; }
};

class Packer {
 public:
  Packer(const PackMemoryOptions& options, const ModuleSummary& summary,
         ModuleState* state)
      : options_(options), summary_(summary), state_(state) {}

  uint64_t Run();

 private:
  void FindNamed();
  void FindWindows(wasm::MemoryIndex memory);
  void FindWindowsOf(std::vector<Placed> placed, bool is_zero);
  bool IsZero(wasm::MemoryIndex memory) const;
  uint64_t IndexBytes(const DataSegment& segment) const;
  uint64_t OffsetBytes(const DataSegment& segment, uint64_t begin) const;
  std::vector<Range> Blocks(const Window& window, uint64_t min_gap) const;
  void Cut(uint64_t min_gap, Window* window) const;
  bool Plan();
  uint64_t Apply(const Window& window);
  DataSegment Make(const Range& range, const Window& window);
  void SetOrder();

  const wasm::Module& module() const { return state_->module(); }

  const PackMemoryOptions& options_;
  const ModuleSummary& summary_;
  ModuleState* state_;
  std::vector<bool> is_named_;   // By segment: an operator has its index.
  std::vector<uint32_t> order_;  // Kept segments.
  std::vector<Window> windows_;
  // By segment: the new one that comes behind it, or kNoIndex.
  std::vector<uint32_t> next_;
};

void Packer::FindNamed() {
  is_named_.resize(module().datas.size());
  for (wasm::FuncIndex func = 0; func < module().funcs.size(); ++func) {
    if (!state_->is_kept(IndexSpace::kFuncs, func)) continue;
    for (UseKind kind : {UseKind::kData, UseKind::kDataDrop}) {
      for (const Use& use : summary_.Uses(func, kind)) {
        is_named_[use.index] = true;
      }
    }
  }
}

bool Packer::IsZero(wasm::MemoryIndex memory) const {
  return !module().memories[memory].is_import() || options_.zero_filled_imports;
}

// Flags and memory index.
uint64_t Packer::IndexBytes(const DataSegment& segment) const {
  if (segment.memory == 0) return 1;
  return 1 + static_cast<uint64_t>(wasm::LebSize(segment.memory));
}

// A constant expression `begin`, for the same memory as `segment`.
uint64_t Packer::OffsetBytes(const DataSegment& segment, uint64_t begin) const {
  const bool is_64 = module().memories[segment.memory].type.limits.is_64;
  const int64_t value =
      is_64 ? static_cast<int64_t>(begin)
            : static_cast<int32_t>(static_cast<uint32_t>(begin));
  return 2 + static_cast<uint64_t>(wasm::SignedLebSize(value));
}

// Gathers the segments of `memory` when all of them are in bounds.
void Packer::FindWindows(wasm::MemoryIndex memory) {
  const wasm::Memory& entity = module().memories[memory];
  if (entity.is_import() && entity.type.limits.is_shared) return;
  std::vector<Placed> placed;
  uint32_t epoch = 0;
  for (uint32_t index : order_) {
    const DataSegment& segment = module().datas[index];
    if (segment.mode != DataSegment::kActive) continue;
    const bool is_here =
        state_->Resolve(IndexSpace::kMemories, segment.memory) == memory;
    if (!IsInBounds(module(), segment)) {
      if (is_here) return;
      ++epoch;
      continue;
    }
    if (!is_here || segment.bytes.empty()) continue;
    const uint64_t begin = *ConstantValue(module(), segment.offset);
    placed.push_back({index,
                      {begin, begin + segment.bytes.size()},
                      segment.bytes,
                      epoch,
                      is_named_[index]});
  }
  FindWindowsOf(std::move(placed), IsZero(memory));
}

void Packer::FindWindowsOf(std::vector<Placed> placed, bool is_zero) {
  std::stable_sort(placed.begin(), placed.end(),
                   [](const Placed& a, const Placed& b) {
                     return a.range.begin < b.range.begin;
                   });
  // What overlaps stays: `last` is the segment that reaches farthest so far.
  size_t last = 0;
  for (size_t i = 1; i < placed.size(); ++i) {
    if (placed[i].range.begin < placed[last].range.end) {
      placed[i].is_fixed = true;
      placed[last].is_fixed = true;
    }
    if (placed[i].range.end > placed[last].range.end) last = i;
  }
  bool is_open = false;
  for (const Placed& segment : placed) {
    if (segment.is_fixed) {
      is_open = false;
      continue;
    }
    if (is_open) {
      const Placed& before = windows_.back().segments.back();
      is_open = before.epoch == segment.epoch &&
                (is_zero || before.range.end == segment.range.begin);
    }
    if (!is_open) windows_.emplace_back().is_zero = is_zero;
    is_open = true;
    Window& window = windows_.back();
    window.segments.push_back(segment);
    const DataSegment& data = module().datas[segment.index];
    window.cost_before +=
        IndexBytes(data) + data.offset.code.size() +
        static_cast<uint64_t>(wasm::LebSize(segment.bytes.size())) +
        segment.bytes.size();
  }
}

// The bytes that have to be written: all with gaps of `min_gap` zeros or more
// taken out.
std::vector<Range> Packer::Blocks(const Window& window,
                                  uint64_t min_gap) const {
  if (!window.is_zero) {
    return {{window.segments.front().range.begin,
             window.segments.back().range.end}};
  }
  std::vector<Range> blocks;
  for (const Placed& segment : window.segments) {
    for (size_t i = 0; i < segment.bytes.size(); ++i) {
      if (segment.bytes[i] == 0) continue;
      const uint64_t address = segment.range.begin + i;
      if (blocks.empty() || address - blocks.back().end >= min_gap) {
        blocks.push_back({address, address});
      }
      blocks.back().end = address + 1;
    }
  }
  return blocks;
}

// Finds the cheapest cut of the window.
void Packer::Cut(uint64_t min_gap, Window* window) const {
  const DataSegment& sample = module().datas[window->segments[0].index];
  const std::vector<Range> blocks = Blocks(*window, min_gap);
  const size_t count = blocks.size();
  // cost[i]: of the first i blocks; from[i]: first block of the last segment.
  // key[j] is what a segment that begins with block j costs less its end.
  std::vector<int64_t> cost(count + 1);
  std::vector<int64_t> key(count);
  std::vector<size_t> from(count + 1);
  std::deque<size_t> minima[kMaxLengthBytes];
  for (size_t i = 1; i <= count; ++i) {
    const size_t j = i - 1;
    key[j] = cost[j] - static_cast<int64_t>(blocks[j].begin) +
             static_cast<int64_t>(IndexBytes(sample) +
                                  OffsetBytes(sample, blocks[j].begin));
    cost[i] = INT64_MAX;
    const uint64_t end = blocks[i - 1].end;
    for (int t = 0; t < kMaxLengthBytes; ++t) {
      std::deque<size_t>& queue = minima[t];
      while (!queue.empty() && key[queue.back()] > key[j]) queue.pop_back();
      queue.push_back(j);
      const uint64_t limit = uint64_t{1} << (7 * (t + 1));
      while (!queue.empty() && end - blocks[queue.front()].begin >= limit) {
        queue.pop_front();
      }
      if (queue.empty()) continue;
      const int64_t total =
          key[queue.front()] + static_cast<int64_t>(end) + t + 1;
      if (total < cost[i]) {
        cost[i] = total;
        from[i] = queue.front();
      }
    }
  }
  window->cost_after = static_cast<uint64_t>(cost[count]);
  window->cuts.clear();
  for (size_t i = count; i > 0; i = from[i]) {
    window->cuts.push_back({blocks[from[i]].begin, blocks[i - 1].end});
  }
  std::reverse(window->cuts.begin(), window->cuts.end());
}

// Cuts all windows. False when nothing is won.
bool Packer::Plan() {
  const size_t before = order_.size();
  size_t after = 0;
  uint64_t saved = 0;
  for (uint64_t min_gap = kMinGap; min_gap < uint64_t{1} << 32; min_gap *= 2) {
    after = before;
    saved = 0;
    for (Window& window : windows_) {
      Cut(min_gap, &window);
      if (!window.pays()) continue;
      saved += window.cost_before - window.cost_after;
      after += window.cuts.size();
      after -= window.segments.size();
    }
    if (after <= std::max<size_t>(before, options_.max_segments)) break;
  }
  // The number of segments stands in two sections.
  const int counts = 2 * (wasm::LebSize(after) - wasm::LebSize(before));
  return counts <= 0 ? saved > 0 : saved > static_cast<uint64_t>(counts);
}

// A segment that writes `range`, which begins inside of one of the window's.
DataSegment Packer::Make(const Range& range, const Window& window) {
  const auto first = std::prev(std::upper_bound(
      window.segments.begin(), window.segments.end(), range.begin,
      [](uint64_t address, const Placed& segment) {
        return address < segment.range.begin;
      }));
  DataSegment result;
  result.memory = module().datas[first->index].memory;
  const bool is_64 = module().memories[result.memory].type.limits.is_64;
  result.offset = state_->MakeOffset(range.begin, is_64);
  if (range.end <= first->range.end) {
    result.bytes =
        first->bytes.subspan(range.begin - first->range.begin, range.size());
    return result;
  }
  std::vector<uint8_t> bytes(range.size());
  for (auto it = first;
       it != window.segments.end() && it->range.begin < range.end; ++it) {
    const uint64_t begin = std::max(range.begin, it->range.begin);
    const uint64_t end = std::min(range.end, it->range.end);
    std::copy_n(it->bytes.begin() + (begin - it->range.begin), end - begin,
                bytes.begin() + (begin - range.begin));
  }
  result.bytes = state_->Own(std::move(bytes));
  return result;
}

// The first cut that begins inside of a segment takes the segment's index, and
// with it its name and its place; further ones are new and come behind it.
uint64_t Packer::Apply(const Window& window) {
  std::vector<DataSegment>& datas = state_->mutable_module().datas;
  std::vector<bool> is_kept(window.segments.size());
  size_t segment = 0;
  uint32_t last = kNoIndex;
  for (const Range& cut : window.cuts) {
    while (cut.begin >= window.segments[segment].range.end) ++segment;
    DataSegment made = Make(cut, window);
    if (!is_kept[segment]) {
      is_kept[segment] = true;
      last = window.segments[segment].index;
      datas[last] = made;
      continue;
    }
    const auto added = static_cast<uint32_t>(datas.size());
    datas.push_back(made);
    next_.push_back(kNoIndex);
    next_[last] = added;
    last = added;
  }
  for (size_t i = 0; i < is_kept.size(); ++i) {
    if (!is_kept[i]) {
      state_->Remove(IndexSpace::kDatas, window.segments[i].index);
    }
  }
  return std::max(window.cuts.size(), window.segments.size());
}

void Packer::SetOrder() {
  std::vector<uint32_t> order;
  for (uint32_t index : order_) {
    for (; index != kNoIndex; index = next_[index]) order.push_back(index);
  }
  state_->SetOrder(IndexSpace::kDatas, std::move(order));
}

uint64_t Packer::Run() {
  FindNamed();
  order_ = state_->OutputOrder(IndexSpace::kDatas);
  for (wasm::MemoryIndex i = 0; i < module().memories.size(); ++i) {
    if (state_->is_kept(IndexSpace::kMemories, i)) FindWindows(i);
  }
  if (!Plan()) return 0;
  next_.resize(module().datas.size(), kNoIndex);
  uint64_t changes = 0;
  for (const Window& window : windows_) {
    if (window.pays()) changes += Apply(window);
  }
  SetOrder();
  return changes;
}

}  // namespace

absl::StatusOr<uint64_t> PackMemory(const PackMemoryOptions& options,
                                    ModuleState* state) {
  absl::StatusOr<const ModuleSummary*> summary =
      state->Summary(options.threads);
  if (!summary.ok()) return summary.status();
  return Packer(options, **summary, state).Run();
}

}  // namespace weft::passes
