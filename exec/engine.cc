#include "exec/engine.h"

#include <algorithm>

#include "exec/engine_data.h"
#include "exec/fault_handler.h"

namespace weft::exec {

namespace {

EngineOptions Complete(EngineOptions options) {
  options.metering |= options.count_operators;
  return options;
}

}  // namespace

EngineData::EngineData(const EngineOptions& options)
    : options_(Complete(options)),
      guards_(options.bounds == Bounds::kGuard && InstallFaultHandler()),
      types_(std::min(options.max_types, TypeRegistry::kMaxTypes - 1)),
      pool_(options.max_guarded_memories, options.max_pooled_memories) {}

absl::Status EngineData::CheckType(wasm::ValueType type) const {
  const bool known =
      !type.is_ref() || !type.heap().is_defined() ||
      (type.heap().index() != 0 && type.heap().index() < types_.size());
  if (!known || (!type.is_ref() && !type.is_num_or_vec())) {
    return absl::InvalidArgumentError("not a value type of the engine");
  }
  return absl::OkStatus();
}

uint64_t EngineData::NextStoreId() {
  static std::atomic<uint64_t> next{1};
  return next.fetch_add(1, std::memory_order_relaxed);
}

Engine::Engine(const EngineOptions& options)
    : data_(std::make_shared<EngineData>(options)) {}

const EngineOptions& Engine::options() const { return data_->options(); }
bool Engine::guards() const { return data_->pool() != nullptr; }

absl::StatusOr<TypeId> Engine::RegisterType(const FuncType& type) const {
  for (const auto* list : {&type.params, &type.results}) {
    for (const wasm::ValueType value : *list) {
      absl::Status status = data_->CheckType(value);
      if (!status.ok()) return status;
    }
  }
  return data_->types().RegisterFunc(type.params, type.results);
}

}  // namespace weft::exec
