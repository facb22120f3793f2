// Why execution ended without a result: the kinds of traps and of stops that
// the executor knows, with the messages of the official test suite where it
// has one.
#ifndef WEFT_EXEC_TRAP_H_
#define WEFT_EXEC_TRAP_H_

#include <cstdint>

#include "absl/strings/string_view.h"

namespace weft::exec {

// X(name, message): one row per kind. The first group is what the
// specification calls traps (4.4 and 4.6); messages are those that
// assert_trap and assert_exhaustion compare as a prefix. The second group is
// what a host's limits do.
#define WEFT_TRAP_KINDS(X)                                       \
  X(Unreachable, "unreachable")                                  \
  X(IntegerDivideByZero, "integer divide by zero")               \
  X(IntegerOverflow, "integer overflow")                         \
  X(InvalidConversionToInteger, "invalid conversion to integer") \
  X(OutOfBoundsMemoryAccess, "out of bounds memory access")      \
  X(OutOfBoundsTableAccess, "out of bounds table access")        \
  X(OutOfBoundsArrayAccess, "out of bounds array access")        \
  X(UndefinedElement, "undefined element")                       \
  X(UninitializedElement, "uninitialized element")               \
  X(IndirectCallTypeMismatch, "indirect call type mismatch")     \
  X(NullReference, "null reference")                             \
  X(NullFunctionReference, "null function reference")            \
  X(NullStructureReference, "null structure reference")          \
  X(NullArrayReference, "null array reference")                  \
  X(NullI31Reference, "null i31 reference")                      \
  X(NullExceptionReference, "null exception reference")          \
  X(CastFailure, "cast failure")                                 \
  X(UnalignedAtomic, "unaligned atomic")                         \
  X(ExpectedSharedMemory, "expected shared memory")              \
  X(CallStackExhausted, "call stack exhausted")                  \
  X(HeapExhausted, "heap exhausted")                             \
  X(AllocationSizeTooLarge, "allocation size too large")         \
  X(OutOfMemory, "out of memory")                                \
  X(AllFuelConsumed, "all fuel consumed")                        \
  X(Interrupted, "interrupted")                                  \
  X(DeadlineExceeded, "deadline exceeded")                       \
  X(HostTrap, "host function failed")

enum class TrapKind : uint8_t {
  kNone = 0,  // No trap.
#define WEFT_TRAP_KIND(name, message) k##name,
  WEFT_TRAP_KINDS(WEFT_TRAP_KIND)
#undef WEFT_TRAP_KIND
      kCount,
};

// The message of `kind`, without position; "" for kNone.
// REQUIRES: kind < TrapKind::kCount.
constexpr absl::string_view TrapMessage(TrapKind kind) {
  constexpr absl::string_view kMessages[] = {"",
#define WEFT_TRAP_KIND(name, message) message,
                                             WEFT_TRAP_KINDS(WEFT_TRAP_KIND)
#undef WEFT_TRAP_KIND
  };
  return kMessages[static_cast<int>(kind)];
}

}  // namespace weft::exec

#endif  // WEFT_EXEC_TRAP_H_
