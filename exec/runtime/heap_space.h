// The memory of a heap: blocks, the cells in them, mark bits, and the sweep.
// Knows nothing of what objects hold; see heap.h.
#ifndef WEFT_EXEC_RUNTIME_HEAP_SPACE_H_
#define WEFT_EXEC_RUNTIME_HEAP_SPACE_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <vector>

#include "exec/runtime/size_classes.h"
#include "exec/runtime/types.h"

namespace weft::exec {

// Free cells, one behind the other; empty when begin == end.
struct CellRun {
  uint32_t begin = 0;
  uint32_t end = 0;
};

// What a collection found.
struct LiveCount {
  uint64_t bytes = 0;  // Rounded up to cells or blocks.
  uint64_t objects = 0;
};

class HeapSpace {
 public:
  // Reserves room for `limit` bytes of objects, or for a half, a quarter, …
  // when the host has no such range of addresses. limit() tells.
  explicit HeapSpace(uint64_t limit);
  ~HeapSpace();
  HeapSpace(const HeapSpace&) = delete;
  HeapSpace& operator=(const HeapSpace&) = delete;

  uint8_t* base() const { return base_; }
  // Blocks that objects may take: 0 when nothing could be reserved.
  uint32_t limit_blocks() const { return limit_blocks_; }
  uint32_t used_blocks() const { return used_blocks_; }
  // Blocks that the host may have given memory to.
  uint32_t touched_blocks() const { return high_water_ - 1; }

  // The next free cells in the blocks of `size_class`, zeroed, at most
  // `max_cells`; an empty run when these blocks are full.
  CellRun NextRun(uint8_t size_class, uint32_t max_cells);
  // Gives the class a free block. False when there is none.
  bool AddBlock(uint8_t size_class);
  // `count` blocks in a row for a large object, or kNullRef. `*dirty` tells
  // whether they must be zeroed.
  Ref AllocateLarge(uint32_t count, bool* dirty);

  // Marks nothing and forgets all free cells that are no free blocks, until
  // FinishMarking has found them again.
  void BeginMarking();
  // True when the object was not marked before.
  bool Mark(Ref ref) {
    uint64_t& word = marks_[ref / kBytesPerMarkWord];
    const uint64_t bit = uint64_t{1} << (ref / 8 % 64);
    const bool added = (word & bit) == 0;
    word |= bit;
    return added;
  }
  // Frees blocks without a marked object; cells that are not marked in other
  // blocks are found by NextRun.
  LiveCount FinishMarking();
  // Gives memory back of free blocks at the end, all but as much as is in use
  // and `keep` blocks.
  void Trim(uint32_t keep);

  // Frees everything, whatever is marked: as new, but for what was touched.
  void Reset();

  // Room for one reference per object, for whoever marks.
  Ref* mark_stack() const { return mark_stack_; }
  // Gives memory of the mark stack back of which `entries` were used.
  void TrimMarkStack(size_t entries);

  // Whether an object can begin at `ref`: for checks.
  bool IsCell(Ref ref) const;

 private:
  static constexpr uint32_t kBytesPerMarkWord = 8 * 64;
  static constexpr uint32_t kMarkWordsPerBlock =
      kHeapBlockBytes / kBytesPerMarkWord;

  struct Block {
    uint8_t size_class;  // kLargeObject for a large object's first block.
    bool is_rest;        // Behind that.
    // Blocks of a large object; else the next block in its class's list.
    uint32_t link;
  };

  // Where a size class has got to in sweeping its blocks.
  struct Sweep {
    uint32_t block = 0;  // 0: none.
    uint32_t next = 0;   // Offset of the next cell in the block.
    bool dirty = false;
    uint32_t list = 0;  // First block to sweep after this one; 0: none.
  };

  bool Reserve(uint32_t blocks);
  bool IsUsed(uint32_t block) const {
    return (used_[block / 64] >> (block % 64) & 1) != 0;
  }
  void SetUsed(uint32_t block, uint32_t count);
  void SetFree(uint32_t block, uint32_t count);
  uint32_t FindFree(uint32_t count);
  bool IsMarked(uint32_t block, uint32_t offset) const {
    return (marks_[block * kMarkWordsPerBlock + offset / kBytesPerMarkWord] >>
                (offset / 8 % 64) &
            1) != 0;
  }
  uint32_t NextMark(uint32_t block, uint32_t offset) const;
  uint32_t CountMarks(uint32_t block) const;

  // One reservation holds all of these, in this order.
  uint8_t* base_ = nullptr;
  uint64_t* marks_ = nullptr;  // A bit per 8 bytes.
  Block* blocks_ = nullptr;
  uint64_t* used_ = nullptr;  // A bit per block.
  Ref* mark_stack_ = nullptr;
  size_t reserved_bytes_ = 0;

  std::array<Sweep, kNumSizeClasses> sweeps_;
  // Block 0 is never used, so that no object has offset 0.
  uint32_t limit_blocks_ = 0;
  uint32_t used_blocks_ = 0;
  uint32_t high_water_ = 1;       // Blocks from here on are still zero.
  uint32_t first_free_word_ = 0;  // No word of used_ before it has room.
};

// Spaces of heaps that are gone, kept for new ones. Thread-safe; one per
// engine.
class HeapSpacePool {
 public:
  // As HeapSpace's constructor.
  std::unique_ptr<HeapSpace> Take(uint64_t limit);
  void Return(std::unique_ptr<HeapSpace> space);

 private:
  std::mutex mutex_;
  std::vector<std::unique_ptr<HeapSpace>> free_;
};

}  // namespace weft::exec

#endif  // WEFT_EXEC_RUNTIME_HEAP_SPACE_H_
