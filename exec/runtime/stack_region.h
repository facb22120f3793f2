// Where a store's slots and links lie.
#ifndef WEFT_EXEC_RUNTIME_STACK_REGION_H_
#define WEFT_EXEC_RUNTIME_STACK_REGION_H_

#include <cstddef>
#include <cstdint>

namespace weft::exec {

// A range of address space of which the host gives pages when they are first
// touched. Never moves.
class StackRegion {
 public:
  StackRegion() = default;
  ~StackRegion();
  StackRegion(const StackRegion&) = delete;
  StackRegion& operator=(const StackRegion&) = delete;

  // Reserves `bytes`, or, where the system refuses, half of that and so on
  // down to `least`. False when it refuses that, too. Once only.
  bool Reserve(uint64_t bytes, uint64_t least);

  void* begin() const { return begin_; }
  uint64_t bytes() const { return bytes_; }

 private:
  void* begin_ = nullptr;
  uint64_t bytes_ = 0;
};

// Whether the calling thread's native stack has `bytes` left below the caller's
// frame. True on stacks that are not the thread's own, whose ends nobody knows.
bool NativeStackHas(size_t bytes);

}  // namespace weft::exec

#endif  // WEFT_EXEC_RUNTIME_STACK_REGION_H_
