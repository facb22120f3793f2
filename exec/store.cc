#include "exec/store.h"

#include <algorithm>

#include "exec/runtime/heap_ops.h"
#include "exec/runtime/interrupter.h"
#include "exec/store_data.h"
#include "exec/translate/metering.h"

namespace weft::exec {

void InterruptHandle::Interrupt() const {
  interrupter_->Interrupt(TrapKind::kInterrupted);
}

Store::Store(std::unique_ptr<StoreData> internals)
    : internals_(std::move(internals)) {
  internals_->set_store(this);
}

Store::~Store() {
  // Host functions may use the data until they are gone.
  internals_.reset();
  DeleteData();
}

absl::StatusOr<std::unique_ptr<Store>> Store::New(const Engine& engine,
                                                  const StoreOptions& options) {
  auto internals = std::make_unique<StoreData>(engine, options);
  if (!internals->Init()) {
    return absl::ResourceExhaustedError("no address space for a stack");
  }
  return std::unique_ptr<Store>(new Store(std::move(internals)));
}

const Engine& Store::engine() const { return internals_->engine; }
uint64_t Store::id() const { return internals_->id; }

uint64_t Store::fuel() const {
  return static_cast<uint64_t>(std::max<int64_t>(internals_->context.fuel, 0));
}
void Store::set_fuel(uint64_t fuel) {
  internals_->context.fuel =
      static_cast<int64_t>(std::min<uint64_t>(fuel, ~uint64_t{0} >> 1));
}

void Store::set_deadline(
    std::optional<std::chrono::steady_clock::time_point> deadline) {
  internals_->deadline = deadline;
}

InterruptHandle Store::interrupt_handle() const {
  return InterruptHandle(internals_->interrupter);
}

absl::StatusOr<Val> Store::NewHostRef(uint64_t value, bool any) {
  Ref ref = kNullRef;
  const TrapKind trap = internals_->heap->HostRef(value, &ref);
  if (trap != TrapKind::kNone) {
    return absl::ResourceExhaustedError(TrapMessage(trap));
  }
  const auto top = any ? wasm::HeapType::kAny : wasm::HeapType::kExtern;
  const Slot slot = ref;
  return Val::FromSlots(wasm::ValueType::Ref(top, false), top, &slot,
                        *internals_->heap);
}

absl::StatusOr<uint64_t> Store::HostValue(const Val& val) const {
  if (!val.is_ref() || val.heap() != internals_->heap.get() ||
      val.top() == wasm::HeapType::kFunc || !IsHostRef(val.ref())) {
    return absl::InvalidArgumentError(
        "not a reference to a value of the host in this store");
  }
  return internals_->heap->HostValue(val.ref());
}

bool Store::HasType(const Val& val, wasm::ValueType type) const {
  if (!val.is_ref() || !type.is_ref()) return false;
  const Context& context = internals_->context;
  if (context.types->TopType(type.heap()) != wasm::HeapType(val.top())) {
    return false;
  }
  return RefTest(context, val.ref(), type);
}

void Store::CollectGarbage() { internals_->heap->Collect(); }

Store::Usage Store::usage() const {
  Usage usage;
  usage.memory_bytes = internals_->budget.memory_bytes;
  usage.table_entries = internals_->budget.table_entries;
  usage.instances = internals_->instances.size();
  usage.memory_grows = internals_->budget.memory_grows;
  usage.table_grows = internals_->budget.table_grows;
  usage.pages_grown = internals_->context.pages_grown;
  usage.heap = internals_->heap->stats();
  return usage;
}

OperatorCounts Store::operator_counts() const {
  OperatorCounts counts;
  for (const auto& [module, of_module] : internals_->counts) {
    AddOperatorCounts(module->module, of_module->blocks, &counts);
  }
  return counts;
}

void Store::set_data(void* data, const void* type, Deleter deleter) {
  DeleteData();
  user_data_ = data;
  user_type_ = type;
  user_deleter_ = deleter;
}

void Store::DeleteData() {
  if (user_deleter_ != nullptr) user_deleter_(user_data_);
}

}  // namespace weft::exec
