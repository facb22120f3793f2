// Where a store's slots and links lie.
#ifndef WEFT_EXEC_RUNTIME_STACK_REGION_H_
#define WEFT_EXEC_RUNTIME_STACK_REGION_H_

#include <cstddef>
#include <cstdint>
#include <mutex>
#include <vector>

namespace weft::exec {

// Ranges of address space, kept for reuse, for asking the system for one costs
// more than a short call. Thread-safe; one per engine.
class StackPool {
 public:
  StackPool() = default;
  ~StackPool();
  StackPool(const StackPool&) = delete;
  StackPool& operator=(const StackPool&) = delete;

  // A range of `bytes`, with anything in it; null when the system refuses.
  void* Take(uint64_t bytes);
  // Gives one back that Take made. Memory is kept at its begin only.
  void Return(void* begin, uint64_t bytes);

 private:
  struct Range {
    void* begin;
    uint64_t bytes;
  };

  std::mutex mutex_;
  std::vector<Range> free_;
};

// A range of address space of which the host gives pages when they are first
// touched. Never moves.
class StackRegion {
 public:
  // `pool` outlives the region.
  explicit StackRegion(StackPool* pool) : pool_(pool) {}
  ~StackRegion();
  StackRegion(const StackRegion&) = delete;
  StackRegion& operator=(const StackRegion&) = delete;

  // Reserves `bytes`, or, where the system refuses, half of that and so on
  // down to `least`. False when it refuses that, too. Once only.
  bool Reserve(uint64_t bytes, uint64_t least);

  void* begin() const { return begin_; }
  uint64_t bytes() const { return bytes_; }

 private:
  StackPool* pool_;
  void* begin_ = nullptr;
  uint64_t bytes_ = 0;
};

// Whether the calling thread's native stack has `bytes` left below the caller's
// frame. True on stacks that are not the thread's own, whose ends nobody knows.
bool NativeStackHas(size_t bytes);

}  // namespace weft::exec

#endif  // WEFT_EXEC_RUNTIME_STACK_REGION_H_
