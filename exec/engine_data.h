// The state behind Engine.
#ifndef WEFT_EXEC_ENGINE_DATA_H_
#define WEFT_EXEC_ENGINE_DATA_H_

#include <atomic>
#include <cstdint>

#include "absl/status/status.h"
#include "exec/engine.h"
#include "exec/runtime/heap_space.h"
#include "exec/runtime/interrupter.h"
#include "exec/runtime/memory_pool.h"
#include "exec/runtime/stack_region.h"
#include "exec/runtime/type_registry.h"

namespace weft::exec {

class EngineData {
 public:
  explicit EngineData(const EngineOptions& options);

  const EngineOptions& options() const { return options_; }
  TypeRegistry& types() { return types_; }
  // Null when memories are explicit.
  MemoryPool* pool() { return guards_ ? &pool_ : nullptr; }
  StackPool& stacks() { return stacks_; }
  HeapSpacePool& heap_spaces() { return heap_spaces_; }
  DeadlineTimer& timer() { return timer_; }
  // InvalidArgument when `type` is no value type, or names a defined type that
  // the engine does not have.
  absl::Status CheckType(wasm::ValueType type) const;
  // A number that no other store of the process has.
  static uint64_t NextStoreId();

 private:
  const EngineOptions options_;
  const bool guards_;
  TypeRegistry types_;
  MemoryPool pool_;
  StackPool stacks_;
  HeapSpacePool heap_spaces_;
  DeadlineTimer timer_;
};

}  // namespace weft::exec

#endif  // WEFT_EXEC_ENGINE_DATA_H_
