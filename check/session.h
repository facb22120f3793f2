// One life of one instance: a mock host instantiates a module, calls its
// exports, and writes down all that it can see.
//
// The host is the same for every module: what it imports, what arguments it
// passes, what its functions answer and do depend on names, types, a seed and
// the order of calls alone. Its functions also write to memories, globals and
// tables that they can see, grow them, call exports, throw and trap.
//
// Relation: docs/checking.md.
#ifndef WEFT_CHECK_SESSION_H_
#define WEFT_CHECK_SESSION_H_

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "check/interface.h"
#include "check/trace.h"
#include "exec/module.h"
#include "exec/store.h"

namespace weft::check {

// Why what a module did says nothing about another.
enum class Poison : uint8_t {
  kNone,
  kNan,     // It depends on bits of NaNs that the engine may choose.
  kFuel,    // It did not end.
  kStack,   // The stack of calls was exhausted, here or in the host.
  kHeap,    // So was the heap.
  kMemory,  // Memories or tables exceed the limits of the check.
  kWait,    // It waited for another thread.
  kHost,    // It called the host too often.
};

// "fuel", ...
absl::string_view PoisonText(Poison poison);

// How the host's functions behave.
enum class Manner : uint8_t {
  kPolite,  // They return zeros and do nothing.
  kVaried,  // They return anything, and now and then write.
  kWild,    // They also grow, call, throw and trap.
};

// A call of an exported function.
struct PlannedCall {
  uint32_t export_index;
  // 0: all zeros; otherwise one of the sets of arguments that belong to the
  // export's name, with a preference for small and extreme numbers.
  uint32_t vector;
  // Arguments to use instead; null: none.
  const std::vector<exec::Val>* given = nullptr;
};

struct SessionOptions {
  uint64_t seed = 0;
  Manner manner = Manner::kVaried;
  // Fuel of instantiation (0) and of the calls in their order (1 and up).
  std::function<uint64_t(size_t step)> fuel;
  exec::StoreOptions store;
  uint64_t max_host_calls = 2000;
  // Bytes of each memory that the host looks at while a session runs; at its
  // end it looks at all.
  uint64_t look_bytes = 1 << 20;
  // Looks after every call, in place of some, and at all bytes.
  bool look_often = false;
  bool texts = false;
  // Keep the contents of visible memories as they are at that event.
  size_t capture_event = ~size_t{0};
  // A wait ends after this many seconds.
  double max_wait = 0.5;
};

// A memory that the host can see.
struct MemoryImage {
  std::string name;
  std::vector<uint8_t> bytes;
};

struct SessionResult {
  Trace trace;
  // Whether, and why, the session ended early; what it did until then stands.
  Poison poison = Poison::kNone;
  // Steps done or begun: instantiation, then calls.
  size_t steps = 0;
  // Fuel that each took.
  std::vector<uint64_t> fuel_used;
  // Of calls: whether it ended by a trap within few operators.
  std::vector<bool> trapped_at_once;
  // memory.grow or table.grow that guests executed, whichever are more.
  uint64_t grows = 0;
  bool stack_exhausted = false;
  std::vector<MemoryImage> captured;
};

// Runs `module`, whose imports are among those of `interface` and whose exports
// are its exports. Calls that need arguments which the host cannot make are
// left out.
// Errors: those of the store and of linking which are not the module's doing.
absl::StatusOr<SessionResult> RunSession(const exec::Module& module,
                                         const Interface& interface,
                                         absl::Span<const PlannedCall> calls,
                                         const SessionOptions& options);

}  // namespace weft::check

#endif  // WEFT_CHECK_SESSION_H_
