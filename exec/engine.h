// What modules and stores share: types, address space for memories, the clock
// of deadlines.
#ifndef WEFT_EXEC_ENGINE_H_
#define WEFT_EXEC_ENGINE_H_

#include <cstdint>
#include <memory>

#include "absl/status/statusor.h"
#include "exec/fusion.h"
#include "exec/runtime/types.h"
#include "exec/value.h"
#include "ir/wasm/features.h"

namespace weft::exec {

class EngineData;

struct EngineOptions {
  // What modules may use.
  wasm::FeatureSet features = wasm::FeatureSet::All();
  // Guard: memories of 32-bit addresses and 64 KiB pages are kept in bounds by
  // reserved pages and a handler for SIGSEGV and SIGBUS, which is installed in
  // the process once and for good. Explicit: none is installed, and every
  // access compares. Builds that cannot guard are always explicit.
  Bounds bounds = Bounds::kGuard;
  // Guarded memories that may exist at a time, of 8 GiB of address space each,
  // and how many are kept for reuse; memories beyond are explicit.
  int max_guarded_memories = 4096;
  int max_pooled_memories = 64;
  // Translate all functions in Module::Compile, on `threads` threads, in place
  // of each when it is first called.
  bool eager = false;
  int threads = 1;
  // Which operators become one instruction; false: each is translated for
  // itself.
  FusionSet fuse = true;
  // Count operators and stop when Store::fuel is used up.
  bool metering = false;
  // Count how often each operator is executed; see Store::operator_counts.
  // Sets `metering`.
  bool count_operators = false;
  // Every NaN that arithmetic makes is the positive canonical one.
  bool canonical_nans = false;
  // Lay out every frame as those of functions with more than 65,536 slots are,
  // to find defects; each takes 512 KiB of Store::max_stack.
  bool far_slots = false;
  // Different types of all modules together.
  uint32_t max_types = 1u << 20;
};

// Thread-safe; a handle to shared state, which lives as long as any handle,
// module or store.
class Engine {
 public:
  explicit Engine(const EngineOptions& options = {});

  const EngineOptions& options() const;
  // Whether memories can be guarded: the option, the build and the system
  // allow it.
  bool guards() const;

  // The engine's number of a final function type of its own recursion group.
  // Errors: InvalidArgument for more than 1,000 parameters or results, or for a
  // TypeId that the engine does not have; ResourceExhausted for too many types.
  absl::StatusOr<TypeId> RegisterType(const FuncType& type) const;

  friend bool operator==(const Engine&, const Engine&) = default;

  // For the library itself.
  const std::shared_ptr<EngineData>& data() const { return data_; }

 private:
  std::shared_ptr<EngineData> data_;
};

}  // namespace weft::exec

#endif  // WEFT_EXEC_ENGINE_H_
