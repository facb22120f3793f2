// The heap of a store: structs, arrays and exceptions at 32-bit offsets in one
// reserved region, which never move, and the collector that frees them.
//
// The collector is precise: it begins at the references that RootSource and
// RootedRef name, marks with a stack of its own beside the heap, and never
// recurses. Blocks without marked objects are free at once; others are swept
// when their size class allocates again.
#ifndef WEFT_EXEC_RUNTIME_HEAP_H_
#define WEFT_EXEC_RUNTIME_HEAP_H_

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>

#include "absl/types/span.h"
#include "exec/runtime/object_layout.h"
#include "exec/runtime/size_classes.h"
#include "exec/runtime/types.h"
#include "exec/trap.h"

namespace weft::exec {

class Heap;
class HeapSpacePool;
class RootedRef;
class TypeRegistry;

// Told about roots; see RootSource.
class RootVisitor {
 public:
  // Nulls, i31 and functions are passed over.
  virtual void Visit(Ref ref) = 0;
  virtual void Visit(absl::Span<const Ref> refs) = 0;

 protected:
  ~RootVisitor() = default;
};

// Who holds references that the heap does not see: for a store its globals,
// tables, element segments, frames and Context::exception.
class RootSource {
 public:
  // Calls `visitor` for each of them; may be called in any allocation.
  virtual void VisitRoots(RootVisitor& visitor) = 0;

 protected:
  ~RootSource() = default;
};

struct HeapOptions {
  // Bytes of objects at most, rounded down to whole blocks of 32 KiB, at least
  // 1 MiB and less than 4 GiB. Beside it the collector needs 28 % of that in
  // the worst case, touched only as far as objects ask for it.
  uint64_t limit = uint64_t{1} << 30;
  // Collect at each allocation, to find references that are no roots.
  bool stress = false;
  // Not 0: a collection is given up; see Context::interrupt.
  const std::atomic<uint32_t>* interrupt = nullptr;
  // Where its memory comes from and goes back to; null: the system. Outlives
  // the heap.
  HeapSpacePool* spaces = nullptr;
  // Called once for each value of a host reference that nobody can reach any
  // more, and for all that are left when the heap ends. Must not use the heap.
  void (*release)(void* data, uint64_t value) = nullptr;
  void* release_data = nullptr;
};

struct HeapStats {
  uint64_t limit = 0;            // As it is in force.
  uint64_t allocated_bytes = 0;  // In all, rounded up to size classes.
  uint64_t live_bytes = 0;       // Found by the last collection.
  uint64_t live_objects = 0;
  uint64_t used_bytes = 0;     // Blocks in use now, times their size.
  uint64_t touched_bytes = 0;  // What the host may have given memory to.
  uint64_t collections = 0;
  uint64_t collection_ns = 0;  // Marking, without sweeping.
  uint64_t host_refs = 0;      // In the table now.
};

// Used by one thread at a time.
class Heap {
 public:
  // `types` outlives the heap. Reserves nothing before the first allocation.
  Heap(const TypeRegistry& types, const HeapOptions& options);
  ~Heap();
  Heap(const Heap&) = delete;
  Heap& operator=(const Heap&) = delete;

  // Only one source at a time; null for none.
  void set_roots(RootSource* roots) { roots_ = roots; }

  // What references are offsets from. Null before the first allocation, the
  // same ever after.
  uint8_t* base() const { return base_; }

  // The fast half of allocation: an object of `size_class` without its type,
  // zeroed; kNullRef when that needs Allocate, as it always does for
  // kLargeObject.
  Ref TryAllocate(uint8_t size_class) {
    Cursor& cursor = cursors_[size_class];
    const uint32_t bytes = kSizeClassBytes[size_class];
    if (cursor.end - cursor.next < bytes) [[unlikely]]
      return kNullRef;
    const Ref ref = cursor.next;
    cursor.next += bytes;
    return ref;
  }

  // Allocates an object of `bytes` bytes, header included, sets its type and,
  // for an array, `length`, and zeroes the rest. Collects when that is due, so
  // that every reference needed afterwards is a root. Traps:
  // AllocationSizeTooLarge when no heap could hold it; HeapExhausted when this
  // one cannot, after a collection; what HeapOptions::interrupt holds when the
  // collection was given up.
  TrapKind Allocate(TypeId type, uint32_t length, uint64_t bytes, Ref* out);

  // Marks and frees. False when it was interrupted; then nothing was freed.
  bool Collect();

  // The reference to a value of the host: one entry per value, until nobody
  // can reach it; a value that the table has already is not entered again.
  // Collects when that is due. Traps: HeapExhausted, as in Allocate.
  TrapKind HostRef(uint64_t value, Ref* out);
  // REQUIRES: IsHostRef(ref), reachable.
  uint64_t HostValue(Ref ref) const;

  HeapStats stats() const;
  const TypeRegistry& types() const { return types_; }

 private:
  friend class RootedRef;
  class Marker;
  struct State;

  // What is left of a run of free cells of one size class.
  struct Cursor {
    uint32_t next = 0;
    uint32_t end = 0;
  };

  TrapKind AllocateSlow(uint8_t size_class, uint64_t bytes, Ref* out);
  bool Take(uint8_t size_class, uint64_t bytes, uint32_t max_blocks, Ref* out);
  bool TakeLarger(uint8_t size_class, Ref* out);
  TrapKind Zero(Ref ref, uint64_t bytes);
  bool IsStarved();
  void DropCursors();
  TrapKind Interrupt() const;

  uint8_t* base_ = nullptr;
  Cursor cursors_[kNumSizeClasses + 1];
  const TypeRegistry& types_;
  const HeapOptions options_;
  RootSource* roots_ = nullptr;
  RootedRef* rooted_ = nullptr;  // Begin of the list of all.
  std::unique_ptr<State> state_;
};

// A reference that the host holds: a root as long as it exists. It may outlive
// the heap, and then holds null.
class RootedRef {
 public:
  RootedRef() = default;
  RootedRef(Heap& heap, Ref ref);
  RootedRef(const RootedRef& other);
  RootedRef(RootedRef&& other) noexcept;
  RootedRef& operator=(const RootedRef& other);
  RootedRef& operator=(RootedRef&& other) noexcept;
  ~RootedRef() { Unlink(); }

  Ref get() const { return ref_; }
  Heap* heap() const { return heap_; }

 private:
  friend class Heap;

  void Link(Heap* heap, Ref ref);
  // Ends as a default one.
  void Unlink();

  Heap* heap_ = nullptr;
  RootedRef* next_ = nullptr;
  RootedRef* previous_ = nullptr;
  Ref ref_ = kNullRef;
};

}  // namespace weft::exec

#endif  // WEFT_EXEC_RUNTIME_HEAP_H_
