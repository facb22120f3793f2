// What the slow halves of bulk operators share.
#ifndef WEFT_EXEC_RUNTIME_BULK_H_
#define WEFT_EXEC_RUNTIME_BULK_H_

#include <cstdint>

#include "exec/runtime/context.h"
#include "exec/trap.h"

namespace weft::exec {

// Whether [begin, begin + count) lies in [0, size); for a `count` of 0, whether
// `begin` <= `size`.
inline bool InRange(uint64_t begin, uint64_t count, uint64_t size) {
  return begin <= size && count <= size - begin;
}

// The trap to end with, kNone when nobody asked for it.
inline TrapKind InterruptOf(const Context& context) {
  return static_cast<TrapKind>(
      context.interrupt.load(std::memory_order_relaxed));
}

// Under metering, charges a unit of fuel per started 64 of `bytes`; false, with
// nothing charged, when there is less.
inline bool ChargeBulk(Context& context, uint64_t bytes) {
  if (!context.metering) return true;
  const uint64_t units = bytes / 64 + (bytes % 64 != 0);
  if (context.fuel < 0 || units > static_cast<uint64_t>(context.fuel)) {
    return false;
  }
  context.fuel -= static_cast<int64_t>(units);
  return true;
}

}  // namespace weft::exec

#endif  // WEFT_EXEC_RUNTIME_BULK_H_
