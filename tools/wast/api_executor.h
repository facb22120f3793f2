// Executes test scripts with weft's own executor.
#ifndef WEFT_TOOLS_WAST_API_EXECUTOR_H_
#define WEFT_TOOLS_WAST_API_EXECUTOR_H_

#include <cstdint>
#include <functional>
#include <memory>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "exec/engine.h"
#include "exec/store.h"
#include "tools/wast/script_runner.h"

namespace weft::tools {

struct ApiExecutorOptions {
  exec::EngineOptions engine;
  exec::StoreOptions store;
  // What each module is replaced by before it is executed; null: nothing.
  std::function<absl::StatusOr<std::vector<uint8_t>>(absl::Span<const uint8_t>)>
      transform;
  // Called when a script's executor ends, with the operators that it ran, where
  // the engine counts them.
  std::function<void(uint64_t operators)> report_operators;
};

// An executor with a store of its own, in which the module `spectest` of the
// reference interpreter is registered.
std::unique_ptr<ScriptExecutor> NewApiExecutor(
    const ApiExecutorOptions& options = {});

}  // namespace weft::tools

#endif  // WEFT_TOOLS_WAST_API_EXECUTOR_H_
