#include "exec/externs.h"

#include <algorithm>
#include <cstring>

#include "absl/strings/str_cat.h"
#include "exec/engine_data.h"
#include "exec/instance.h"
#include "exec/runtime/func_refs.h"
#include "exec/runtime/guard_support.h"
#include "exec/runtime/memory.h"
#include "exec/runtime/table.h"
#include "exec/runtime/type_registry.h"
#include "exec/store_data.h"

namespace weft::exec {

using wasm::HeapType;
using wasm::ValueType;

// Returns the error that a call of the function at hand ends with.
#define WEFT_RETURN_IF_ERROR(expression)       \
  do {                                         \
    absl::Status weft_status = (expression);   \
    if (!weft_status.ok()) return weft_status; \
  } while (false)

namespace {

absl::StatusOr<FuncType> TypeOfFunc(const Store& store, TypeId id) {
  const RuntimeType& type = store.internals().context.types->Get(id);
  return FuncType{{type.params.begin(), type.params.end()},
                  {type.results.begin(), type.results.end()}};
}

// Whether `id` is a function type of the engine.
absl::Status CheckFuncType(const Store& store, TypeId id) {
  const TypeRegistry& types = *store.internals().context.types;
  if (id == 0 || id >= types.size() ||
      types.Get(id).kind != RuntimeType::kFunc) {
    return absl::InvalidArgumentError("not a function type of the engine");
  }
  return absl::OkStatus();
}

}  // namespace

// --- HostResult, Caller ------------------------------------------------------

HostResult HostResult::Trap(std::string message) {
  HostResult result(CallResult::kTrapped);
  result.result_.trap.kind = TrapKind::kHostTrap;
  result.result_.trap.message = std::move(message);
  return result;
}

HostResult HostResult::Trap(TrapKind kind) {
  HostResult result(CallResult::kTrapped);
  result.result_.trap.kind =
      kind == TrapKind::kNone ? TrapKind::kHostTrap : kind;
  return result;
}

HostResult HostResult::Throw(Val exception) {
  HostResult result(CallResult::kThrew);
  result.result_.exception = std::move(exception);
  return result;
}

HostResult HostResult::Exit(int code) {
  HostResult result(CallResult::kExited);
  result.result_.exit_code = code;
  return result;
}

HostResult HostResult::From(CallResult call) {
  HostResult result(call.kind);
  result.result_ = std::move(call);
  return result;
}

absl::StatusOr<Instance> Caller::instance() const {
  if (instance_ == nullptr) return absl::NotFoundError("the host called");
  return Instance(store_.id(), instance_);
}

absl::StatusOr<Extern> Caller::GetExport(absl::string_view name) const {
  auto caller = instance();
  if (!caller.ok()) return caller.status();
  return caller->GetExport(store_, name);
}

absl::StatusOr<Memory> Caller::memory() const {
  if (instance_ == nullptr) return absl::NotFoundError("the host called");
  if (instance_->memory0 == nullptr) {
    return absl::NotFoundError("the calling instance has no memory");
  }
  return Memory(store_.id(), static_cast<LinearMemory*>(instance_->memory0));
}

// --- Func --------------------------------------------------------------------

absl::StatusOr<Func> Func::New(Store& store, const FuncType& type,
                               HostCallback callback) {
  auto id = store.engine().RegisterType(type);
  if (!id.ok()) return id.status();
  return NewOfType(store, *id, std::move(callback));
}

absl::StatusOr<Func> Func::NewOfType(Store& store, TypeId type,
                                     HostCallback callback) {
  WEFT_RETURN_IF_ERROR(CheckFuncType(store, type));
  if (callback == nullptr) return absl::InvalidArgumentError("no callback");
  auto added = store.internals().AddHostFunc(type, std::move(callback));
  if (!added.ok()) return added.status();
  return Func(store.id(), *added);
}

absl::StatusOr<CallResult> Func::Call(Store& store, absl::Span<const Val> args,
                                      absl::Span<Val> results) const {
  StoreData& data = store.internals();
  WEFT_RETURN_IF_ERROR(data.CheckStore(store_id_));
  const RuntimeType& type = data.context.types->Get(inst_->type);
  WEFT_RETURN_IF_ERROR(data.CheckVals(args, type.params));
  if (results.size() != type.results.size()) {
    return absl::InvalidArgumentError(
        absl::StrCat("the function has ", type.results.size(),
                     " results, room is for ", results.size()));
  }
  return data.Call(*inst_, args, results);
}

absl::StatusOr<FuncType> Func::type(const Store& store) const {
  WEFT_RETURN_IF_ERROR(store.internals().CheckStore(store_id_));
  return TypeOfFunc(store, inst_->type);
}

absl::StatusOr<TypeId> Func::type_id(const Store& store) const {
  WEFT_RETURN_IF_ERROR(store.internals().CheckStore(store_id_));
  return inst_->type;
}

absl::StatusOr<Val> Func::ToVal(Store& store) const {
  StoreData& data = store.internals();
  WEFT_RETURN_IF_ERROR(data.CheckStore(store_id_));
  const Slot slot = inst_->handle;
  return Val::FromSlots(ValueType::Ref(HeapType::kFunc, false), HeapType::kFunc,
                        &slot, *data.heap);
}

absl::StatusOr<Func> Func::FromVal(Store& store, const Val& val) {
  StoreData& data = store.internals();
  WEFT_RETURN_IF_ERROR(
      data.CheckVal(val, ValueType::Ref(HeapType::kFunc, false)));
  return Func(data.id, data.funcs.Get(val.ref()));
}

// --- SharedMemory, Memory ----------------------------------------------------

absl::StatusOr<SharedMemory> SharedMemory::New(const Engine& engine,
                                               const wasm::MemoryType& type) {
  if (!type.limits.is_shared || !type.limits.has_max ||
      type.limits.min > type.limits.max) {
    return absl::InvalidArgumentError("not the type of a shared memory");
  }
  auto memory = LinearMemory::New(type, engine.data()->pool(), nullptr);
  if (!memory.ok()) return memory.status();
  // The pool has to outlive it.
  return SharedMemory(std::shared_ptr<LinearMemory>(
      memory->release(), [engine](LinearMemory* m) { delete m; }));
}

uint8_t* SharedMemory::data() const { return memory_->base; }
uint64_t SharedMemory::size_bytes() const {
  return memory_->bytes.load(std::memory_order_acquire);
}

absl::StatusOr<Memory> Memory::New(Store& store, const wasm::MemoryType& type) {
  const uint64_t most = uint64_t{1} << (type.limits.is_64 ? 63 : 32);
  if ((type.page_size_log2 != 16 && type.page_size_log2 != 0) ||
      (type.limits.has_max && type.limits.max < type.limits.min) ||
      type.limits.min > most >> type.page_size_log2) {
    return absl::InvalidArgumentError("not a valid memory type");
  }
  auto memory = store.internals().AddMemory(type);
  if (!memory.ok()) return memory.status();
  return Memory(store.id(), *memory);
}

absl::StatusOr<Memory> Memory::FromShared(Store& store,
                                          const SharedMemory& shared) {
  return Memory(store.id(), store.internals().AddSharedMemory(shared.memory()));
}

absl::StatusOr<wasm::MemoryType> Memory::type(const Store& store) const {
  WEFT_RETURN_IF_ERROR(store.internals().CheckStore(store_id_));
  wasm::MemoryType type = memory_->type();
  type.limits.min = memory_->pages();
  return type;
}

absl::StatusOr<uint64_t> Memory::size(const Store& store) const {
  WEFT_RETURN_IF_ERROR(store.internals().CheckStore(store_id_));
  return memory_->pages();
}

absl::StatusOr<absl::Span<uint8_t>> Memory::data(Store& store) const {
  WEFT_RETURN_IF_ERROR(store.internals().CheckStore(store_id_));
  return absl::MakeSpan(memory_->base,
                        memory_->bytes.load(std::memory_order_acquire));
}

absl::StatusOr<uint64_t> Memory::Grow(Store& store, uint64_t delta) const {
  WEFT_RETURN_IF_ERROR(store.internals().CheckStore(store_id_));
  const uint64_t old_size = memory_->Grow(delta);
  if (old_size == kGrowFailed) {
    return absl::ResourceExhaustedError("the memory cannot grow that far");
  }
  return old_size;
}

namespace {

absl::Status CheckRange(const LinearMemory& memory, uint64_t address,
                        uint64_t count) {
  const uint64_t size = memory.bytes.load(std::memory_order_acquire);
  if (address <= size && count <= size - address) return absl::OkStatus();
  return absl::OutOfRangeError(
      absl::StrCat(count, " bytes at ", address, " in a memory of ", size));
}

}  // namespace

absl::Status Memory::Read(const Store& store, uint64_t address,
                          absl::Span<uint8_t> out) const {
  WEFT_RETURN_IF_ERROR(store.internals().CheckStore(store_id_));
  WEFT_RETURN_IF_ERROR(CheckRange(*memory_, address, out.size()));
  if (!out.empty()) {
    std::memcpy(out.data(), memory_->base + address, out.size());
  }
  return absl::OkStatus();
}

absl::Status Memory::Write(Store& store, uint64_t address,
                           absl::Span<const uint8_t> bytes) const {
  WEFT_RETURN_IF_ERROR(store.internals().CheckStore(store_id_));
  WEFT_RETURN_IF_ERROR(CheckRange(*memory_, address, bytes.size()));
  if (!bytes.empty()) {
    std::memcpy(memory_->base + address, bytes.data(), bytes.size());
  }
  return absl::OkStatus();
}

absl::StatusOr<SharedMemory> Memory::shared(const Store& store) const {
  WEFT_RETURN_IF_ERROR(store.internals().CheckStore(store_id_));
  for (const auto& memory : store.internals().shared_memories) {
    if (memory.get() == memory_) return SharedMemory(memory);
  }
  return absl::FailedPreconditionError("the memory is not shared");
}

absl::StatusOr<Bounds> Memory::bounds(const Store& store) const {
  WEFT_RETURN_IF_ERROR(store.internals().CheckStore(store_id_));
  return memory_->bounds;
}

// --- Table -------------------------------------------------------------------

absl::StatusOr<Table> Table::New(Store& store, const wasm::TableType& type,
                                 const Val& init) {
  StoreData& data = store.internals();
  if (!type.element.is_ref() || type.limits.is_shared ||
      (type.limits.has_max && type.limits.max < type.limits.min)) {
    return absl::InvalidArgumentError("not a valid table type");
  }
  WEFT_RETURN_IF_ERROR(store.engine().data()->CheckType(type.element));
  WEFT_RETURN_IF_ERROR(data.CheckVal(init, type.element));
  auto table = data.AddTable(type, init.ref());
  if (!table.ok()) return table.status();
  return Table(store.id(), *table);
}

absl::StatusOr<wasm::TableType> Table::type(const Store& store) const {
  WEFT_RETURN_IF_ERROR(store.internals().CheckStore(store_id_));
  wasm::TableType type = table_->type();
  type.limits.min = table_->size;
  return type;
}

absl::StatusOr<uint64_t> Table::size(const Store& store) const {
  WEFT_RETURN_IF_ERROR(store.internals().CheckStore(store_id_));
  return table_->size;
}

namespace {

absl::Status CheckIndex(const TableInstance& table, uint64_t index) {
  if (index < table.size) return absl::OkStatus();
  return absl::OutOfRangeError(
      absl::StrCat("index ", index, " in a table of ", table.size));
}

}  // namespace

absl::StatusOr<Val> Table::Get(Store& store, uint64_t index) const {
  StoreData& data = store.internals();
  WEFT_RETURN_IF_ERROR(data.CheckStore(store_id_));
  WEFT_RETURN_IF_ERROR(CheckIndex(*table_, index));
  const Slot slot = table_->elements[index];
  return data.ToVal(table_->type().element, &slot);
}

absl::Status Table::Set(Store& store, uint64_t index, const Val& val) const {
  StoreData& data = store.internals();
  WEFT_RETURN_IF_ERROR(data.CheckStore(store_id_));
  WEFT_RETURN_IF_ERROR(CheckIndex(*table_, index));
  WEFT_RETURN_IF_ERROR(data.CheckVal(val, table_->type().element));
  table_->elements[index] = val.ref();
  return absl::OkStatus();
}

absl::StatusOr<uint64_t> Table::Grow(Store& store, uint64_t delta,
                                     const Val& val) const {
  StoreData& data = store.internals();
  WEFT_RETURN_IF_ERROR(data.CheckStore(store_id_));
  WEFT_RETURN_IF_ERROR(data.CheckVal(val, table_->type().element));
  const uint64_t old_size = table_->Grow(delta, val.ref());
  if (old_size == kGrowFailed) {
    return absl::ResourceExhaustedError("the table cannot grow that far");
  }
  return old_size;
}

// --- Global ------------------------------------------------------------------

absl::StatusOr<Global> Global::New(Store& store, const wasm::GlobalType& type,
                                   const Val& val) {
  StoreData& data = store.internals();
  WEFT_RETURN_IF_ERROR(store.engine().data()->CheckType(type.value));
  WEFT_RETURN_IF_ERROR(data.CheckVal(val, type.value));
  HostGlobal& global = data.host_globals.emplace_back();
  global.traced = IsTraced(type.value, *data.context.types);
  val.ToSlots(global.cell);
  return Global(store.id(), global.cell, type);
}

absl::StatusOr<wasm::GlobalType> Global::type(const Store& store) const {
  WEFT_RETURN_IF_ERROR(store.internals().CheckStore(store_id_));
  return type_;
}

absl::StatusOr<Val> Global::Get(Store& store) const {
  StoreData& data = store.internals();
  WEFT_RETURN_IF_ERROR(data.CheckStore(store_id_));
  return data.ToVal(type_.value, cell_);
}

absl::Status Global::Set(Store& store, const Val& val) const {
  StoreData& data = store.internals();
  WEFT_RETURN_IF_ERROR(data.CheckStore(store_id_));
  if (!type_.is_mutable) {
    return absl::FailedPreconditionError("the global is immutable");
  }
  WEFT_RETURN_IF_ERROR(data.CheckVal(val, type_.value));
  val.ToSlots(cell_);
  return absl::OkStatus();
}

// --- Tag ---------------------------------------------------------------------

absl::StatusOr<Tag> Tag::New(Store& store, absl::Span<const ValueType> params) {
  auto id =
      store.engine().RegisterType(FuncType{{params.begin(), params.end()}, {}});
  if (!id.ok()) return id.status();
  return NewOfType(store, *id);
}

absl::StatusOr<Tag> Tag::NewOfType(Store& store, TypeId type) {
  WEFT_RETURN_IF_ERROR(CheckFuncType(store, type));
  return Tag(store.id(), store.internals().AddTag(type), type);
}

absl::StatusOr<FuncType> Tag::type(const Store& store) const {
  WEFT_RETURN_IF_ERROR(store.internals().CheckStore(store_id_));
  return TypeOfFunc(store, type_);
}

absl::StatusOr<ExternType> TypeOf(const Store& store, const Extern& value) {
  ExternType result;
  result.kind = static_cast<wasm::ExternalKind>(value.index());
  const auto put = [](auto type, auto* out) {
    if (type.ok()) *out = *type;
    return type.status();
  };
  absl::Status status;
  switch (result.kind) {
    case wasm::ExternalKind::kFunc:
      status = put(std::get<Func>(value).type_id(store), &result.func);
      break;
    case wasm::ExternalKind::kTable:
      status = put(std::get<Table>(value).type(store), &result.table);
      break;
    case wasm::ExternalKind::kMemory:
      status = put(std::get<Memory>(value).type(store), &result.memory);
      break;
    case wasm::ExternalKind::kGlobal:
      status = put(std::get<Global>(value).type(store), &result.global);
      break;
    case wasm::ExternalKind::kTag:
      status = store.internals().CheckStore(std::get<Tag>(value).store_id());
      result.func = std::get<Tag>(value).type_id();
      break;
  }
  if (!status.ok()) return status;
  return result;
}

}  // namespace weft::exec
