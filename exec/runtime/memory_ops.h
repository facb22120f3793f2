// Slow halves of the operators on memories (spec 4.6.3, threads proposal): what
// handlers call out of line. No function here allocates native stack in
// proportion to anything or enters the interpreter.
//
// Addresses, sizes and page counts of 32-bit memories come zero-extended. All
// bounds are checked before anything is written. Those that return TrapKind
// return kNone when they did their work; else nothing was written, but by
// operators that an interrupt ended half way. With Context::metering the bulk
// operators charge one unit of fuel per started 64 bytes behind the check of
// bounds and before the first effect. They poll Context::interrupt and return
// the kind that it holds.
#ifndef WEFT_EXEC_RUNTIME_MEMORY_OPS_H_
#define WEFT_EXEC_RUNTIME_MEMORY_OPS_H_

#include <cstdint>

#include "exec/runtime/context.h"
#include "exec/runtime/growth.h"
#include "exec/runtime/types.h"
#include "exec/trap.h"

namespace weft::exec {

// memory.grow: the old size in pages, or kGrowFailed when `delta` pages more
// exceed the memory's maximum, a limit of the store, or what the host has.
// Memory::base may change, and does not for guarded and shared memories.
uint64_t GrowMemory(Context& context, MemoryData& memory, uint64_t delta);

// memory.fill. Traps: OutOfBoundsMemoryAccess, also for a `count` of 0 behind
// the end.
TrapKind MemoryFill(Context& context, MemoryData& memory, uint64_t address,
                    uint8_t value, uint64_t count);

// memory.copy; `to` and `from` may be the same memory and the ranges overlap.
TrapKind MemoryCopy(Context& context, MemoryData& to, uint64_t to_address,
                    MemoryData& from, uint64_t from_address, uint64_t count);

// memory.init: `count` bytes of `data` from `offset` on.
TrapKind MemoryInit(Context& context, MemoryData& memory, uint64_t address,
                    const DataView& data, uint32_t offset, uint32_t count);

// data.drop.
inline void DataDrop(DataView& data) { data = DataView(); }

// memory.atomic.wait32 and wait64 at `address` + `offset`. `*result` is 0 when
// notified, 1 when the value there was not `expected`, 2 when `timeout`
// nanoseconds passed; a negative timeout is none. Traps:
// OutOfBoundsMemoryAccess, UnalignedAtomic, ExpectedSharedMemory, in this
// order, and what Context::interrupt holds when that ends the wait.
TrapKind AtomicWait32(Context& context, MemoryData& memory, uint64_t address,
                      uint64_t offset, uint32_t expected, int64_t timeout,
                      uint32_t* result);
TrapKind AtomicWait64(Context& context, MemoryData& memory, uint64_t address,
                      uint64_t offset, uint64_t expected, int64_t timeout,
                      uint32_t* result);

// memory.atomic.notify: wakes up to `count` waits at `address` + `offset`, the
// oldest first; `*result` is how many. On a memory that is not shared that is
// 0. Traps: OutOfBoundsMemoryAccess, UnalignedAtomic.
TrapKind AtomicNotify(Context& context, MemoryData& memory, uint64_t address,
                      uint64_t offset, uint32_t count, uint32_t* result);

}  // namespace weft::exec

#endif  // WEFT_EXEC_RUNTIME_MEMORY_OPS_H_
