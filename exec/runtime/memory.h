// Memory instances (spec 4.2.8): where their bytes lie and how they grow.
#ifndef WEFT_EXEC_RUNTIME_MEMORY_H_
#define WEFT_EXEC_RUNTIME_MEMORY_H_

#include <cstdint>
#include <memory>
#include <mutex>

#include "absl/status/statusor.h"
#include "exec/runtime/context.h"
#include "exec/runtime/growth.h"
#include "exec/runtime/memory_pool.h"
#include "exec/runtime/wait_queue.h"
#include "ir/wasm/module.h"

namespace weft::exec {

// Every MemoryData is one. A memory that is not shared belongs to one store;
// shared ones are used by many stores and threads at a time and never move.
//
//   guarded   lies in a reservation of the pool; 32-bit addresses and pages of
//             64 KiB only
//   explicit  lies in a mapping that grows, or, in sanitizer builds, on the
//             C++ heap, so that they see accesses beyond the end
//   shared    guarded, or explicit with address space for the declared maximum
class LinearMemory : public MemoryData {
 public:
  // A memory of `type` with its minimal size, all zeros. Guarded when `pool`
  // is not null and has a reservation and the type admits it, else explicit.
  // `pool` and `budget` (null for none) outlive the memory; what the budget
  // gives returns to it in the end.
  // Errors: ResourceExhausted when the budget or the system refuses.
  static absl::StatusOr<std::unique_ptr<LinearMemory>> New(
      const wasm::MemoryType& type, MemoryPool* pool, GrowthBudget* budget);
  ~LinearMemory();
  LinearMemory(const LinearMemory&) = delete;
  LinearMemory& operator=(const LinearMemory&) = delete;

  // The type as declared; Limits::min as it was.
  const wasm::MemoryType& type() const { return type_; }
  GrowthBudget* budget() const { return budget_; }

  uint64_t pages() const {
    return bytes.load(std::memory_order_acquire) >> page_size_log2;
  }

  // Adds `delta` pages; the old size in pages, or kGrowFailed. Thread-safe for
  // shared memories.
  uint64_t Grow(uint64_t delta);

  // Waits of memory.atomic.wait; only of shared memories.
  WaitQueue& waits() { return waits_; }

 private:
  LinearMemory(const wasm::MemoryType& type, GrowthBudget* budget);

  bool Init(uint64_t size, MemoryPool* pool);
  bool GrowTo(uint64_t size);
  bool GrowExplicit(uint64_t size);

  const wasm::MemoryType type_;
  GrowthBudget* const budget_;
  MemoryPool* pool_ = nullptr;  // Not null: guarded.
  Reservation reservation_;
  // Bytes behind `base` that can be used, at least `bytes`; whether by mmap.
  uint64_t capacity_ = 0;
  bool mapped_ = false;
  uint64_t reserved_ = 0;  // Address space of a shared memory.
  std::mutex mutex_;       // Of growing, for shared memories.
  WaitQueue waits_;
};

}  // namespace weft::exec

#endif  // WEFT_EXEC_RUNTIME_MEMORY_H_
