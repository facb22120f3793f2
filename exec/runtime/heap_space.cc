// Segregated fit with mark bits beside the objects. A class hands out runs of
// free cells, which are allocated from by advancing a pointer; in a heap full
// of garbage a run is a whole block. Sweeping a block is looking for the next
// mark bit, so that garbage is never touched before it is used again.
#include "exec/runtime/heap_space.h"

#include <sys/mman.h>

#include <algorithm>
#include <bit>
#include <cstring>
#include <utility>

#include "base/check.h"

namespace weft::exec {
namespace {

constexpr uint32_t kMinBlocks = (1 << 20) / kHeapBlockBytes;
constexpr uint32_t kMaxBlocks = (uint64_t{1} << 32) / kHeapBlockBytes - 1;
constexpr uint32_t kMinCellBytes = 16;
// What is kept of the mark stack between collections.
constexpr size_t kKeptStackBytes = size_t{1} << 20;

// How many spaces a pool keeps, and blocks of each that have memory.
constexpr size_t kMaxFreeSpaces = 16;
constexpr uint32_t kKeptBlocks = 16;

size_t RoundUp(size_t bytes, size_t unit) {
  return (bytes + unit - 1) / unit * unit;
}

uint32_t BlocksFor(uint64_t limit) {
  return static_cast<uint32_t>(
      std::clamp<uint64_t>(limit / kHeapBlockBytes, kMinBlocks, kMaxBlocks));
}

}  // namespace

HeapSpace::HeapSpace(uint64_t limit) {
  uint32_t blocks = BlocksFor(limit);
  while (!Reserve(blocks)) {
    if (blocks <= kMinBlocks) return;
    blocks /= 2;
  }
  limit_blocks_ = blocks;
}

HeapSpace::~HeapSpace() {
  if (base_ != nullptr) munmap(base_, reserved_bytes_);
}

bool HeapSpace::Reserve(uint32_t blocks) {
  const size_t count = size_t{blocks} + 1;
  const size_t objects = count * kHeapBlockBytes;
  const size_t marks = objects / 64;
  const size_t table = RoundUp(count * sizeof(Block), 4096);
  const size_t used = RoundUp(count / 8 + 8, 4096);
  const size_t stack = RoundUp(objects / kMinCellBytes * sizeof(Ref), 4096);
  reserved_bytes_ = objects + marks + table + used + stack;
  void* const memory = mmap(nullptr, reserved_bytes_, PROT_READ | PROT_WRITE,
                            MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (memory == MAP_FAILED) return false;
  base_ = static_cast<uint8_t*>(memory);
  marks_ = reinterpret_cast<uint64_t*>(base_ + objects);
  blocks_ = reinterpret_cast<Block*>(base_ + objects + marks);
  used_ = reinterpret_cast<uint64_t*>(base_ + objects + marks + table);
  mark_stack_ = reinterpret_cast<Ref*>(base_ + objects + marks + table + used);
  // Null dereferenced by a defect of ours faults.
  mprotect(base_, kHeapBlockBytes, PROT_NONE);
  used_[0] = 1;
  return true;
}

void HeapSpace::SetUsed(uint32_t block, uint32_t count) {
  for (uint32_t i = block; i < block + count; ++i) {
    used_[i / 64] |= uint64_t{1} << (i % 64);
  }
  used_blocks_ += count;
  high_water_ = std::max(high_water_, block + count);
}

void HeapSpace::SetFree(uint32_t block, uint32_t count) {
  for (uint32_t i = block; i < block + count; ++i) {
    used_[i / 64] &= ~(uint64_t{1} << (i % 64));
  }
  used_blocks_ -= count;
  first_free_word_ = std::min(first_free_word_, block / 64);
}

// The lowest `count` free blocks in a row, or 0.
uint32_t HeapSpace::FindFree(uint32_t count) {
  const uint32_t end = limit_blocks_ + 1;
  while (first_free_word_ < end / 64 &&
         used_[first_free_word_] == ~uint64_t{0}) {
    ++first_free_word_;
  }
  uint32_t run = 0;
  for (uint32_t block = first_free_word_ * 64; block < end;) {
    const uint64_t word = used_[block / 64] >> (block % 64);
    if ((word & 1) != 0) {
      run = 0;
      block += std::min(64 - block % 64,
                        static_cast<uint32_t>(std::countr_one(word)));
      continue;
    }
    const uint32_t free = std::min(
        {64 - block % 64, end - block,
         word == 0 ? 64u : static_cast<uint32_t>(std::countr_zero(word))});
    run += free;
    block += free;
    if (run >= count) return block - run;
  }
  return 0;
}

bool HeapSpace::AddBlock(uint8_t size_class) {
  const uint32_t block = FindFree(1);
  if (block == 0) return false;
  Sweep& sweep = sweeps_[size_class];
  sweep.dirty = block < high_water_;
  sweep.block = block;
  sweep.next = 0;
  SetUsed(block, 1);
  blocks_[block] = {size_class, false, 0};
  return true;
}

Ref HeapSpace::AllocateLarge(uint32_t count, bool* dirty) {
  const uint32_t block = FindFree(count);
  if (block == 0) return kNullRef;
  *dirty = block < high_water_;
  SetUsed(block, count);
  blocks_[block] = {kLargeObject, false, count};
  for (uint32_t i = 1; i < count; ++i) {
    blocks_[block + i] = {kLargeObject, true, 0};
  }
  return block * kHeapBlockBytes;
}

CellRun HeapSpace::NextRun(uint8_t size_class, uint32_t max_cells) {
  Sweep& sweep = sweeps_[size_class];
  const uint32_t cell = kSizeClassBytes[size_class];
  const uint32_t cells_end = kHeapBlockBytes / cell * cell;
  while (true) {
    if (sweep.block == 0 || sweep.next == cells_end) {
      if (sweep.list == 0) return {};
      sweep.block = sweep.list;
      sweep.list = blocks_[sweep.block].link;
      sweep.next = 0;
      sweep.dirty = true;
    }
    while (sweep.next < cells_end && IsMarked(sweep.block, sweep.next)) {
      sweep.next += cell;
    }
    if (sweep.next < cells_end) break;
  }
  const uint32_t begin = sweep.next;
  uint32_t end = std::min(NextMark(sweep.block, begin), cells_end);
  if ((end - begin) / cell > max_cells) end = begin + cell * max_cells;
  sweep.next = end;
  const uint32_t offset = sweep.block * kHeapBlockBytes;
  if (sweep.dirty) std::memset(base_ + offset + begin, 0, end - begin);
  return {offset + begin, offset + end};
}

// Offset in the block of the first mark behind `offset`, or its end.
uint32_t HeapSpace::NextMark(uint32_t block, uint32_t offset) const {
  const uint64_t* const words = marks_ + block * kMarkWordsPerBlock;
  uint32_t word = offset / kBytesPerMarkWord;
  uint64_t bits = words[word] & ~uint64_t{0} << (offset / 8 % 64);
  while (bits == 0) {
    if (++word == kMarkWordsPerBlock) return kHeapBlockBytes;
    bits = words[word];
  }
  return word * kBytesPerMarkWord + std::countr_zero(bits) * 8;
}

uint32_t HeapSpace::CountMarks(uint32_t block) const {
  const uint64_t* const words = marks_ + block * kMarkWordsPerBlock;
  uint32_t count = 0;
  for (uint32_t i = 0; i < kMarkWordsPerBlock; ++i) {
    count += std::popcount(words[i]);
  }
  return count;
}

void HeapSpace::BeginMarking() {
  std::memset(marks_, 0, size_t{high_water_} * kHeapBlockBytes / 64);
  sweeps_ = {};
}

LiveCount HeapSpace::FinishMarking() {
  LiveCount live;
  // Downwards, so that each class's list ascends.
  for (uint32_t i = high_water_; i-- > 1;) {
    Block& block = blocks_[i];
    if (!IsUsed(i) || block.is_rest) continue;
    if (block.size_class == kLargeObject) {
      if (!IsMarked(i, 0)) {
        SetFree(i, block.link);
        continue;
      }
      live.bytes += uint64_t{block.link} * kHeapBlockBytes;
      ++live.objects;
      continue;
    }
    const uint32_t marks = CountMarks(i);
    if (marks == 0) {
      SetFree(i, 1);
      continue;
    }
    const uint32_t cell = kSizeClassBytes[block.size_class];
    live.bytes += uint64_t{marks} * cell;
    live.objects += marks;
    if (marks == kHeapBlockBytes / cell) continue;
    Sweep& sweep = sweeps_[block.size_class];
    block.link = sweep.list;
    sweep.list = i;
  }
  return live;
}

void HeapSpace::Trim(uint32_t keep) {
  uint32_t end = high_water_;
  while (end > 1 && !IsUsed(end - 1)) --end;
  const uint64_t kept = uint64_t{end} + used_blocks_ + keep;
  if (kept >= high_water_) return;
  const size_t begin = kept * kHeapBlockBytes;
  // Only what was really given back is zero.
  if (madvise(base_ + begin, size_t{high_water_} * kHeapBlockBytes - begin,
              MADV_DONTNEED) == 0) {
    high_water_ = static_cast<uint32_t>(kept);
  }
}

void HeapSpace::Reset() {
  std::memset(marks_, 0, size_t{high_water_} * kHeapBlockBytes / 64);
  std::memset(used_, 0, high_water_ / 8 + 1);
  used_[0] = 1;
  sweeps_ = {};
  used_blocks_ = 0;
  first_free_word_ = 0;
  Trim(kKeptBlocks);
}

void HeapSpace::TrimMarkStack(size_t entries) {
  const size_t bytes = RoundUp(entries * sizeof(Ref), 4096);
  if (bytes <= kKeptStackBytes) return;
  madvise(reinterpret_cast<uint8_t*>(mark_stack_) + kKeptStackBytes,
          bytes - kKeptStackBytes, MADV_DONTNEED);
}

bool HeapSpace::IsCell(Ref ref) const {
  const uint32_t block = ref / kHeapBlockBytes;
  if (block == 0 || block >= high_water_ || !IsUsed(block)) return false;
  const uint32_t offset = ref % kHeapBlockBytes;
  if (blocks_[block].size_class == kLargeObject) {
    return !blocks_[block].is_rest && offset == 0;
  }
  const uint32_t cell = kSizeClassBytes[blocks_[block].size_class];
  return offset % cell == 0 && offset + cell <= kHeapBlockBytes;
}

std::unique_ptr<HeapSpace> HeapSpacePool::Take(uint64_t limit) {
  {
    std::lock_guard<std::mutex> lock(mutex_);
    for (size_t i = free_.size(); i-- > 0;) {
      if (free_[i]->limit_blocks() != BlocksFor(limit)) continue;
      std::unique_ptr<HeapSpace> space = std::move(free_[i]);
      free_.erase(free_.begin() + i);
      return space;
    }
  }
  return std::make_unique<HeapSpace>(limit);
}

void HeapSpacePool::Return(std::unique_ptr<HeapSpace> space) {
  if (space->limit_blocks() == 0) return;
  space->Reset();
  std::lock_guard<std::mutex> lock(mutex_);
  free_.push_back(std::move(space));
  if (free_.size() > kMaxFreeSpaces) free_.erase(free_.begin());
}

}  // namespace weft::exec
