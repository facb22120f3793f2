#include "exec/runtime/heap.h"

#include <algorithm>
#include <chrono>
#include <cstring>
#include <utility>

#include "base/check.h"
#include "exec/runtime/heap_space.h"
#include "exec/runtime/host_refs.h"
#include "exec/runtime/type_registry.h"

namespace weft::exec {
namespace {

// A collection is due when blocks in use are twice those after the last one,
// or this many more.
constexpr uint32_t kMinBudgetBlocks = (8 << 20) / kHeapBlockBytes;
// The same for host references.
constexpr uint32_t kMinBudgetHostRefs = 1 << 16;
// What a host reference counts for towards the limit.
constexpr uint32_t kHostRefBytes = 32;
// The heap is exhausted, too, when that many collections in a row each made
// room for less than 1/64 of the limit: the guest would do nothing but collect.
constexpr int kMaxStarved = 8;
constexpr uint32_t kStarvedShare = 64;
// Bytes between two looks at the interrupt.
constexpr size_t kZeroChunk = 4 << 20;
constexpr uint32_t kObjectsPerPoll = 4096;
constexpr uint32_t kElementsPerPoll = 1 << 16;

// No heap can hold more behind its first block.
constexpr uint64_t kMaxObjectBytes = (uint64_t{1} << 32) - 2 * kHeapBlockBytes;

bool Interrupted(const std::atomic<uint32_t>* interrupt) {
  return interrupt != nullptr &&
         interrupt->load(std::memory_order_relaxed) != 0;
}

uint64_t Now() {
  return std::chrono::duration_cast<std::chrono::nanoseconds>(
             std::chrono::steady_clock::now().time_since_epoch())
      .count();
}

}  // namespace

// Follows references from roots. Objects are marked when they are found and
// put on a stack; a short queue behind the stack gives the headers of the next
// ones time to arrive from memory.
class Heap::Marker final : public RootVisitor {
 public:
  Marker(HeapSpace* space, HostRefs& host_refs, const TypeRegistry& types,
         const std::atomic<uint32_t>* interrupt)
      : space_(space),
        host_refs_(host_refs),
        types_(types),
        interrupt_(interrupt) {
    if (space != nullptr) {
      base_ = space->base();
      stack_ = space->mark_stack();
      top_ = stack_;
    }
  }

  void Visit(Ref ref) override { top_ = Mark(ref, top_); }
  void Visit(absl::Span<const Ref> refs) override {
    while (!refs.empty() && !Interrupted(interrupt_)) {
      for (Ref ref : refs.subspan(0, kElementsPerPoll)) top_ = Mark(ref, top_);
      refs.remove_prefix(std::min<size_t>(refs.size(), kElementsPerPoll));
    }
  }

  // Follows everything found so far. False when interrupted, also before:
  // roots are then incomplete.
  bool Drain() {
    if (Interrupted(interrupt_)) return false;
    Ref queue[kQueue];
    uint32_t head = 0;
    uint32_t queued = 0;
    Ref* top = top_;
    Ref* highest = top;
    for (uint32_t scanned = 1;; ++scanned) {
      while (top != stack_ && queued < kQueue) {
        const Ref ref = *--top;
        __builtin_prefetch(base_ + ref);
        queue[(head + queued++) % kQueue] = ref;
      }
      if (queued == 0) break;
      top = Scan(queue[head++ % kQueue], top);
      --queued;
      highest = std::max(highest, top);
      if (scanned % kObjectsPerPoll == 0 && Interrupted(interrupt_)) {
        interrupted_ = true;
      }
      if (interrupted_) break;
    }
    max_size_ = highest - stack_;
    return !interrupted_;
  }

  // Entries of the stack that were used.
  size_t max_size() const { return max_size_; }

 private:
  static constexpr uint32_t kQueue = 8;

  // Marks what `ref` refers to and returns the top of the stack.
  Ref* Mark(Ref ref, Ref* top) {
    if (IsHeapRef(ref)) {
      WEFT_DCHECK(space_ != nullptr && space_->IsCell(ref));
      *top = ref;
      return top + space_->Mark(ref);
    }
    if (IsHostRef(ref)) host_refs_.Mark(ref);
    return top;
  }

  Ref* Scan(Ref ref, Ref* top) {
    const RuntimeType& type = types_.Get(ObjectType(base_, ref));
    for (uint32_t i = 0; i < type.num_traced; ++i) {
      top = Mark(LoadObject<Ref>(base_, ref, type.traced[i]), top);
    }
    return type.traces_elements ? ScanElements(ref, top) : top;
  }

  Ref* ScanElements(Ref ref, Ref* top) {
    const uint32_t length = ArrayLength(base_, ref);
    for (uint32_t i = 0; i < length; ++i) {
      if (i % kElementsPerPoll == kElementsPerPoll - 1 &&
          Interrupted(interrupt_)) {
        interrupted_ = true;
        break;
      }
      top =
          Mark(LoadObject<Ref>(base_, ref, ElementOffset(StorageKind::kRef, i)),
               top);
    }
    return top;
  }

  HeapSpace* const space_;
  HostRefs& host_refs_;
  const TypeRegistry& types_;
  const std::atomic<uint32_t>* const interrupt_;
  const uint8_t* base_ = nullptr;
  Ref* stack_ = nullptr;
  Ref* top_ = nullptr;
  size_t max_size_ = 0;
  bool interrupted_ = false;
};

struct Heap::State {
  std::unique_ptr<HeapSpace> space;  // Null before the first allocation.
  HostRefs host_refs;
  // Blocks, host references in use at which a collection is due.
  uint32_t trigger_blocks = 0;
  uint32_t trigger_host_refs = kMinBudgetHostRefs;
  // allocated_bytes at the last collection, and how many in a row found little
  // since the one before.
  uint64_t allocated_before = 0;
  int starved = 0;
  bool large_is_dirty = false;  // The large object taken last.
  HeapStats stats;  // allocated_bytes: with the unused rest of runs.
};

Heap::Heap(const TypeRegistry& types, const HeapOptions& options)
    : types_(types), options_(options), state_(std::make_unique<State>()) {}

Heap::~Heap() {
  while (rooted_ != nullptr) rooted_->Unlink();
  state_->host_refs.ClearMarks();
  state_->host_refs.Sweep(options_.release, options_.release_data);
  if (state_->space != nullptr && options_.spaces != nullptr) {
    options_.spaces->Return(std::move(state_->space));
  }
}

TrapKind Heap::Allocate(TypeId type, uint32_t length, uint64_t bytes,
                        Ref* out) {
  if (bytes > kMaxObjectBytes) return TrapKind::kAllocationSizeTooLarge;
  if (options_.stress && !Collect()) return Interrupt();
  const uint8_t size_class = SizeClass(bytes);
  Ref ref = TryAllocate(size_class);
  if (ref == kNullRef) {
    const TrapKind trap = AllocateSlow(size_class, bytes, &ref);
    if (trap != TrapKind::kNone) return trap;
  }
  StoreObject(base_, ref, 0, type);
  StoreObject(base_, ref, kArrayLengthOffset, length);
  *out = ref;
  return TrapKind::kNone;
}

TrapKind Heap::AllocateSlow(uint8_t size_class, uint64_t bytes, Ref* out) {
  State& state = *state_;
  if (state.space == nullptr) {
    state.space = options_.spaces == nullptr
                      ? std::make_unique<HeapSpace>(options_.limit)
                      : options_.spaces->Take(options_.limit);
    base_ = state.space->base();
    state.trigger_blocks =
        std::min(kMinBudgetBlocks, state.space->limit_blocks());
  }
  const uint32_t limit = state.space->limit_blocks();
  if (bytes > uint64_t{limit} * kHeapBlockBytes) {
    return TrapKind::kHeapExhausted;
  }
  if (!Take(size_class, bytes, state.trigger_blocks, out)) {
    if (IsStarved()) return TrapKind::kHeapExhausted;
    if (!Collect()) return Interrupt();
    if (!Take(size_class, bytes, limit, out) && !TakeLarger(size_class, out)) {
      return TrapKind::kHeapExhausted;
    }
  }
  return size_class == kLargeObject ? Zero(*out, bytes) : TrapKind::kNone;
}

// Takes free cells of the class, or blocks as long as no more than `max_blocks`
// are in use.
bool Heap::Take(uint8_t size_class, uint64_t bytes, uint32_t max_blocks,
                Ref* out) {
  State& state = *state_;
  HeapSpace& space = *state.space;
  if (size_class == kLargeObject) {
    const auto blocks =
        static_cast<uint32_t>((bytes + kHeapBlockBytes - 1) / kHeapBlockBytes);
    if (space.used_blocks() + blocks > max_blocks) return false;
    *out = space.AllocateLarge(blocks, &state.large_is_dirty);
    if (*out == kNullRef) return false;
    state.stats.allocated_bytes += uint64_t{blocks} * kHeapBlockBytes;
    return true;
  }
  const uint32_t max_cells = options_.stress ? 1 : kHeapBlockBytes;
  CellRun run = space.NextRun(size_class, max_cells);
  if (run.begin == run.end) {
    if (space.used_blocks() >= max_blocks || !space.AddBlock(size_class)) {
      return false;
    }
    run = space.NextRun(size_class, max_cells);
  }
  state.stats.allocated_bytes += run.end - run.begin;
  cursors_[size_class] = {run.begin, run.end};
  *out = TryAllocate(size_class);
  return true;
}

// A cell of a class with larger ones, when there is no free block any more.
bool Heap::TakeLarger(uint8_t size_class, Ref* out) {
  for (uint8_t i = size_class + 1; i < kNumSizeClasses; ++i) {
    const CellRun run = state_->space->NextRun(i, 1);
    if (run.begin == run.end) continue;
    state_->stats.allocated_bytes += run.end - run.begin;
    *out = run.begin;
    return true;
  }
  return false;
}

TrapKind Heap::Zero(Ref ref, uint64_t bytes) {
  if (!state_->large_is_dirty) return TrapKind::kNone;
  for (uint64_t done = 0; done < bytes; done += kZeroChunk) {
    if (Interrupted(options_.interrupt)) return Interrupt();
    std::memset(base_ + ref + done, 0,
                std::min<uint64_t>(kZeroChunk, bytes - done));
  }
  return TrapKind::kNone;
}

// Whether collections hardly make room any more.
bool Heap::IsStarved() {
  State& state = *state_;
  const uint64_t limit =
      uint64_t{state.space->limit_blocks()} * kHeapBlockBytes;
  const uint64_t since = state.stats.allocated_bytes - state.allocated_before;
  const bool is_full = state.trigger_blocks == state.space->limit_blocks();
  if (!is_full || since >= limit / kStarvedShare) {
    state.starved = 0;
    return false;
  }
  if (++state.starved <= kMaxStarved) return false;
  state.starved = 0;
  return true;
}

bool Heap::Collect() {
  State& state = *state_;
  HeapSpace* const space = state.space.get();
  const uint64_t begin = Now();
  DropCursors();
  if (space != nullptr) space->BeginMarking();
  state.host_refs.ClearMarks();
  Marker marker(space, state.host_refs, types_, options_.interrupt);
  for (RootedRef* root = rooted_; root != nullptr; root = root->next_) {
    marker.Visit(root->ref_);
  }
  if (roots_ != nullptr) roots_->VisitRoots(marker);
  const bool done = marker.Drain();
  if (space != nullptr) space->TrimMarkStack(marker.max_size());
  if (!done) return false;

  LiveCount live;
  if (space != nullptr) {
    live = space->FinishMarking();
    space->Trim(kMinBudgetBlocks);
    const uint32_t used = space->used_blocks();
    state.trigger_blocks = std::min(
        space->limit_blocks(), std::max(used * 2, used + kMinBudgetBlocks));
  }
  state.host_refs.Sweep(options_.release, options_.release_data);
  state.trigger_host_refs = std::max(
      state.host_refs.size() * 2, state.host_refs.size() + kMinBudgetHostRefs);
  state.allocated_before = state.stats.allocated_bytes;
  state.stats.live_bytes = live.bytes;
  state.stats.live_objects = live.objects;
  ++state.stats.collections;
  state.stats.collection_ns += Now() - begin;
  return true;
}

void Heap::DropCursors() {
  for (Cursor& cursor : cursors_) {
    state_->stats.allocated_bytes -= cursor.end - cursor.next;
    cursor = {};
  }
}

TrapKind Heap::Interrupt() const {
  const uint32_t kind = options_.interrupt->load(std::memory_order_relaxed);
  return kind == 0 ? TrapKind::kInterrupted : static_cast<TrapKind>(kind);
}

TrapKind Heap::HostRef(uint64_t value, Ref* out) {
  HostRefs& refs = state_->host_refs;
  if (refs.Find(value, out)) return TrapKind::kNone;
  const auto limit = static_cast<uint32_t>(std::min<uint64_t>(
      options_.limit / kHostRefBytes, HostRefs::kMaxEntries));
  const uint32_t due = std::min(state_->trigger_host_refs, limit);
  if ((options_.stress || refs.size() >= due) && !Collect()) {
    return Interrupt();
  }
  if (refs.size() >= limit) return TrapKind::kHeapExhausted;
  *out = refs.Add(value);
  return TrapKind::kNone;
}

uint64_t Heap::HostValue(Ref ref) const { return state_->host_refs.Value(ref); }

HeapStats Heap::stats() const {
  HeapStats stats = state_->stats;
  for (const Cursor& cursor : cursors_) {
    stats.allocated_bytes -= cursor.end - cursor.next;
  }
  if (state_->space != nullptr) {
    stats.limit = uint64_t{state_->space->limit_blocks()} * kHeapBlockBytes;
    stats.used_bytes = uint64_t{state_->space->used_blocks()} * kHeapBlockBytes;
    stats.touched_bytes =
        uint64_t{state_->space->touched_blocks()} * kHeapBlockBytes;
  }
  stats.host_refs = state_->host_refs.size();
  return stats;
}

RootedRef::RootedRef(Heap& heap, Ref ref) { Link(&heap, ref); }

RootedRef::RootedRef(const RootedRef& other) { Link(other.heap_, other.ref_); }

RootedRef::RootedRef(RootedRef&& other) noexcept {
  Link(other.heap_, other.ref_);
  other.Unlink();
}

RootedRef& RootedRef::operator=(const RootedRef& other) {
  if (this == &other) return *this;
  Unlink();
  Link(other.heap_, other.ref_);
  return *this;
}

RootedRef& RootedRef::operator=(RootedRef&& other) noexcept {
  if (this == &other) return *this;
  *this = other;
  other.Unlink();
  return *this;
}

void RootedRef::Link(Heap* heap, Ref ref) {
  heap_ = heap;
  ref_ = ref;
  if (heap == nullptr) return;
  next_ = heap->rooted_;
  if (next_ != nullptr) next_->previous_ = this;
  heap->rooted_ = this;
}

void RootedRef::Unlink() {
  if (heap_ == nullptr) return;
  if (next_ != nullptr) next_->previous_ = previous_;
  (previous_ != nullptr ? previous_->next_ : heap_->rooted_) = next_;
  heap_ = nullptr;
  next_ = nullptr;
  previous_ = nullptr;
  ref_ = kNullRef;
}

}  // namespace weft::exec
