// Turns faults of guarded accesses (exec/interpreter/guarded_access.h) into
// jumps to their landings. The one piece of process-global state of weft: a
// handler for SIGSEGV and SIGBUS, installed once and for good.
#ifndef WEFT_EXEC_FAULT_HANDLER_H_
#define WEFT_EXEC_FAULT_HANDLER_H_

#include <cstddef>
#include <cstdint>

namespace weft::exec {

// Installs the handler unless that was done; true when it stands. False in
// builds that cannot guard (guard_support.h), or when the system refuses.
// Thread-safe.
//
// The handler acts only when the program counter is that of a guarded access
// and the fault's address lies in a registered reservation. Every other signal
// goes on to the action that stood before: a handler is called as the system
// would, the default action ends the process with the same signal, and what
// was ignored stays so as far as the system allows.
bool InstallFaultHandler();

// Registers the address range [begin, begin + size) as a memory's. False when
// there are too many (kMaxReservations). Thread-safe.
bool RegisterReservation(const void* begin, size_t size);

// REQUIRES: RegisterReservation(begin, ...) returned true.
void UnregisterReservation(const void* begin);

inline constexpr int kMaxReservations = 16384;

// Gives the calling thread a signal stack of its own, until it ends, unless it
// has one. Guests never exhaust the native stack, but a host function may, and
// then the previous action needs a stack to run on.
void EnsureSignalStack();

}  // namespace weft::exec

#endif  // WEFT_EXEC_FAULT_HANDLER_H_
