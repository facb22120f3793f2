#include "exec/runtime/memory_ops.h"

#include <algorithm>
#include <chrono>
#include <cstring>

#include "exec/runtime/bulk.h"
#include "exec/runtime/guard_support.h"
#include "exec/runtime/interrupter.h"
#include "exec/runtime/memory.h"

namespace weft::exec {
namespace {

// Bytes between two looks at Context::interrupt: below a millisecond.
constexpr uint64_t kChunk = 1 << 20;

uint64_t SizeOf(const MemoryData& memory) {
  return memory.bytes.load(std::memory_order_acquire);
}

// memset and memmove on guest memory. Guests may race on shared memories, whose
// bytes are atomic; ThreadSanitizer wants that to be said.
void SetBytes(bool shared, uint8_t* to, uint8_t value, uint64_t count) {
  if (!WEFT_THREAD_SANITIZED || !shared) {
    std::memset(to, value, count);
    return;
  }
  for (uint64_t i = 0; i < count; ++i) {
    __atomic_store_n(to + i, value, __ATOMIC_RELAXED);
  }
}

void MoveBytes(bool shared, uint8_t* to, const uint8_t* from, uint64_t count) {
  if (!WEFT_THREAD_SANITIZED || !shared) {
    std::memmove(to, from, count);
    return;
  }
  const bool backward = to > from;
  for (uint64_t i = 0; i < count; ++i) {
    const uint64_t at = backward ? count - 1 - i : i;
    const uint8_t byte = __atomic_load_n(from + at, __ATOMIC_RELAXED);
    __atomic_store_n(to + at, byte, __ATOMIC_RELAXED);
  }
}

// When `timeout` nanoseconds have passed; no time at all for a negative one,
// and for one that no clock will see.
SteadyTime DeadlineAfter(int64_t timeout) {
  const SteadyTime now = std::chrono::steady_clock::now();
  const std::chrono::nanoseconds wanted(timeout);
  if (timeout < 0 || wanted > SteadyTime::max() - now) return SteadyTime::max();
  return now + wanted;
}

// Bounds and alignment of an atomic access of `width` bytes; `*effective` is
// its address.
TrapKind CheckAtomic(const MemoryData& memory, uint64_t address,
                     uint64_t offset, uint32_t width, uint64_t* effective) {
  *effective = address + offset;
  if (*effective < offset || !InRange(*effective, width, SizeOf(memory))) {
    return TrapKind::kOutOfBoundsMemoryAccess;
  }
  if (*effective % width != 0) return TrapKind::kUnalignedAtomic;
  return TrapKind::kNone;
}

template <typename T>
TrapKind AtomicWait(Context& context, MemoryData& data, uint64_t address,
                    uint64_t offset, T expected, int64_t timeout,
                    uint32_t* result) {
  uint64_t effective;
  const TrapKind trap =
      CheckAtomic(data, address, offset, sizeof(T), &effective);
  if (trap != TrapKind::kNone) return trap;
  if (!data.is_shared) return TrapKind::kExpectedSharedMemory;
  auto& memory = static_cast<LinearMemory&>(data);
  T* cell = reinterpret_cast<T*>(data.base + effective);
  const WaitQueue::Result ended = memory.waits().Wait(
      effective,
      [&] { return __atomic_load_n(cell, __ATOMIC_SEQ_CST) == expected; },
      DeadlineAfter(timeout), *context.interrupter);
  if (ended == WaitQueue::Result::kTimedOut) {
    const TrapKind interrupt = InterruptOf(context);
    if (interrupt != TrapKind::kNone) return interrupt;
  }
  *result = static_cast<uint32_t>(ended);
  return TrapKind::kNone;
}

}  // namespace

uint64_t GrowMemory(Context& context, MemoryData& data, uint64_t delta) {
  auto& memory = static_cast<LinearMemory&>(data);
  GrowthBudget* budget = memory.budget();
  if (budget != nullptr && !budget->AllowMemoryGrow()) return kGrowFailed;
  const uint64_t old = memory.Grow(delta);
  if (old != kGrowFailed) context.pages_grown += delta;
  return old;
}

TrapKind MemoryFill(Context& context, MemoryData& memory, uint64_t address,
                    uint8_t value, uint64_t count) {
  if (!InRange(address, count, SizeOf(memory))) {
    return TrapKind::kOutOfBoundsMemoryAccess;
  }
  if (!ChargeBulk(context, count)) return TrapKind::kAllFuelConsumed;
  while (count != 0) {
    const TrapKind interrupt = InterruptOf(context);
    if (interrupt != TrapKind::kNone) return interrupt;
    const uint64_t chunk = std::min(count, kChunk);
    SetBytes(memory.is_shared, memory.base + address, value, chunk);
    address += chunk;
    count -= chunk;
  }
  return TrapKind::kNone;
}

TrapKind MemoryCopy(Context& context, MemoryData& to, uint64_t to_address,
                    MemoryData& from, uint64_t from_address, uint64_t count) {
  if (!InRange(to_address, count, SizeOf(to)) ||
      !InRange(from_address, count, SizeOf(from))) {
    return TrapKind::kOutOfBoundsMemoryAccess;
  }
  if (!ChargeBulk(context, count)) return TrapKind::kAllFuelConsumed;
  // Chunks in the order in which no source is overwritten before it is read.
  const bool backward = &to == &from && to_address > from_address;
  uint64_t done = 0;
  while (done != count) {
    const TrapKind interrupt = InterruptOf(context);
    if (interrupt != TrapKind::kNone) return interrupt;
    const uint64_t chunk = std::min(count - done, kChunk);
    const uint64_t at = backward ? count - done - chunk : done;
    MoveBytes(to.is_shared || from.is_shared, to.base + to_address + at,
              from.base + from_address + at, chunk);
    done += chunk;
  }
  return TrapKind::kNone;
}

TrapKind MemoryInit(Context& context, MemoryData& memory, uint64_t address,
                    const DataView& data, uint32_t offset, uint32_t count) {
  if (!InRange(address, count, SizeOf(memory)) ||
      !InRange(offset, count, data.size)) {
    return TrapKind::kOutOfBoundsMemoryAccess;
  }
  if (!ChargeBulk(context, count)) return TrapKind::kAllFuelConsumed;
  for (uint64_t done = 0; done < count; done += kChunk) {
    const TrapKind interrupt = InterruptOf(context);
    if (interrupt != TrapKind::kNone) return interrupt;
    MoveBytes(memory.is_shared, memory.base + address + done,
              data.bytes + offset + done, std::min(count - done, kChunk));
  }
  return TrapKind::kNone;
}

TrapKind AtomicWait32(Context& context, MemoryData& memory, uint64_t address,
                      uint64_t offset, uint32_t expected, int64_t timeout,
                      uint32_t* result) {
  return AtomicWait<uint32_t>(context, memory, address, offset, expected,
                              timeout, result);
}

TrapKind AtomicWait64(Context& context, MemoryData& memory, uint64_t address,
                      uint64_t offset, uint64_t expected, int64_t timeout,
                      uint32_t* result) {
  return AtomicWait<uint64_t>(context, memory, address, offset, expected,
                              timeout, result);
}

TrapKind AtomicNotify(Context&, MemoryData& data, uint64_t address,
                      uint64_t offset, uint32_t count, uint32_t* result) {
  uint64_t effective;
  const TrapKind trap = CheckAtomic(data, address, offset, 4, &effective);
  if (trap != TrapKind::kNone) return trap;
  *result = data.is_shared ? static_cast<LinearMemory&>(data).waits().Notify(
                                 effective, count)
                           : 0;
  return TrapKind::kNone;
}

}  // namespace weft::exec
