// What instances import and export: functions, tables, memories, globals and
// tags. Each is a small handle into a store; it holds the store's number, so
// that every use can be checked, and keeps nothing alive.
//
// Errors of every function here that takes a Store, besides those it names:
// FailedPrecondition for a handle of another store (or none) and for a Val that
// belongs to another store; InvalidArgument for values of the wrong type or
// number; OutOfRange for indices and addresses.
#ifndef WEFT_EXEC_EXTERNS_H_
#define WEFT_EXEC_EXTERNS_H_

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <variant>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "exec/call.h"
#include "exec/engine.h"
#include "exec/module.h"
#include "exec/runtime/context.h"
#include "exec/store.h"
#include "exec/value.h"
#include "ir/wasm/module.h"

namespace weft::exec {

class Func;
class LinearMemory;
class Memory;
class Table;
class TableInstance;
class Global;
class Tag;
class Instance;
using Extern = std::variant<Func, Table, Memory, Global, Tag>;

// What a host function answers.
class HostResult {
 public:
  // The results have been written.
  static HostResult Ok() { return HostResult(CallResult::kReturned); }
  // The guest traps with HostTrap and this message, or with `kind`.
  static HostResult Trap(std::string message);
  static HostResult Trap(TrapKind kind);
  // The guest sees `exception`, a reference to one, be thrown.
  static HostResult Throw(Val exception);
  // All guests end; see CallResult::exit_code.
  static HostResult Exit(int code);
  // Whatever a call from the host function ended with goes on outside of it.
  static HostResult From(CallResult result);

  const CallResult& result() const { return result_; }

 private:
  explicit HostResult(CallResult::Kind kind) { result_.kind = kind; }

  CallResult result_;
};

// Who calls a host function; lives as long as the call.
class Caller {
 public:
  Caller(Store& store, InstanceData* instance)
      : store_(store), instance_(instance) {}

  Store& store() const { return store_; }
  // The calling instance; NotFound when the host called.
  absl::StatusOr<Instance> instance() const;
  // What it exports by that name. Errors: NotFound.
  absl::StatusOr<Extern> GetExport(absl::string_view name) const;
  // Memory 0 of the calling instance, imported or not. Errors: NotFound.
  absl::StatusOr<Memory> memory() const;

 private:
  Store& store_;
  InstanceData* instance_;
};

// A function of the host. `results` holds zeros and nulls of the right types.
// It may call guests, grow memories, and drop handles; not the store.
using HostCallback = std::function<HostResult(
    Caller& caller, absl::Span<const Val> args, absl::Span<Val> results)>;

class Func {
 public:
  Func() = default;
  // A host function. Errors: as Engine::RegisterType; ResourceExhausted for too
  // many functions.
  static absl::StatusOr<Func> New(Store& store, const FuncType& type,
                                  HostCallback callback);
  // The same for a type the engine has.
  static absl::StatusOr<Func> NewOfType(Store& store, TypeId type,
                                        HostCallback callback);

  // Calls it. `results` must have as many entries as the type; they are written
  // when the result is kReturned. Guests do not use the native stack; calls
  // from host functions nest, up to 128 deep.
  absl::StatusOr<CallResult> Call(Store& store, absl::Span<const Val> args,
                                  absl::Span<Val> results) const;

  absl::StatusOr<FuncType> type(const Store& store) const;
  absl::StatusOr<TypeId> type_id(const Store& store) const;

  // The reference to it, and back. Errors: InvalidArgument when `val` is no
  // reference to a function, or null.
  absl::StatusOr<Val> ToVal(Store& store) const;
  static absl::StatusOr<Func> FromVal(Store& store, const Val& val);

  friend bool operator==(const Func&, const Func&) = default;

  // For the library itself.
  Func(uint64_t store_id, FuncInst* inst) : store_id_(store_id), inst_(inst) {}
  uint64_t store_id() const { return store_id_; }
  FuncInst* inst() const { return inst_; }

 private:
  uint64_t store_id_ = 0;
  FuncInst* inst_ = nullptr;
};

// A shared memory: belongs to the engine, can be put into many stores, which
// may run on many threads.
class SharedMemory {
 public:
  // REQUIRES nothing of `type` but validity. Errors: InvalidArgument when
  // `type` is not shared or not valid; ResourceExhausted.
  static absl::StatusOr<SharedMemory> New(const Engine& engine,
                                          const wasm::MemoryType& type);

  // Its first byte, which never moves. Others may write; use atomic accesses.
  uint8_t* data() const;
  uint64_t size_bytes() const;

  explicit SharedMemory(std::shared_ptr<LinearMemory> memory)
      : memory_(std::move(memory)) {}
  const std::shared_ptr<LinearMemory>& memory() const { return memory_; }

 private:
  std::shared_ptr<LinearMemory> memory_;
};

class Memory {
 public:
  Memory() = default;
  // A memory of `type`, zeroed; a shared one when `type` says so.
  // Errors: ResourceExhausted.
  static absl::StatusOr<Memory> New(Store& store, const wasm::MemoryType& type);
  static absl::StatusOr<Memory> FromShared(Store& store,
                                           const SharedMemory& shared);

  absl::StatusOr<wasm::MemoryType> type(const Store& store) const;
  // Size in pages of the memory's own page size.
  absl::StatusOr<uint64_t> size(const Store& store) const;
  // The bytes; valid until the memory grows or the store ends.
  absl::StatusOr<absl::Span<uint8_t>> data(Store& store) const;
  // Adds `delta` pages; the old size. Errors: ResourceExhausted.
  absl::StatusOr<uint64_t> Grow(Store& store, uint64_t delta) const;
  // Copies between host and guest.
  absl::Status Read(const Store& store, uint64_t address,
                    absl::Span<uint8_t> out) const;
  absl::Status Write(Store& store, uint64_t address,
                     absl::Span<const uint8_t> bytes) const;
  // To put into other stores. Errors: FailedPrecondition when it is not shared.
  absl::StatusOr<SharedMemory> shared(const Store& store) const;
  // How its accesses are kept in bounds.
  absl::StatusOr<Bounds> bounds(const Store& store) const;

  friend bool operator==(const Memory&, const Memory&) = default;

  // For the library itself.
  Memory(uint64_t store_id, LinearMemory* memory)
      : store_id_(store_id), memory_(memory) {}
  uint64_t store_id() const { return store_id_; }
  LinearMemory* memory() const { return memory_; }

 private:
  uint64_t store_id_ = 0;
  LinearMemory* memory_ = nullptr;
};

class Table {
 public:
  Table() = default;
  // A table of `type`, whose element type holds TypeIds, every entry `init`.
  // Errors: ResourceExhausted.
  static absl::StatusOr<Table> New(Store& store, const wasm::TableType& type,
                                   const Val& init);

  absl::StatusOr<wasm::TableType> type(const Store& store) const;
  absl::StatusOr<uint64_t> size(const Store& store) const;
  absl::StatusOr<Val> Get(Store& store, uint64_t index) const;
  absl::Status Set(Store& store, uint64_t index, const Val& val) const;
  // Adds `delta` entries; the old size. Errors: ResourceExhausted.
  absl::StatusOr<uint64_t> Grow(Store& store, uint64_t delta,
                                const Val& val) const;

  friend bool operator==(const Table&, const Table&) = default;

  // For the library itself.
  Table(uint64_t store_id, TableInstance* table)
      : store_id_(store_id), table_(table) {}
  uint64_t store_id() const { return store_id_; }
  TableInstance* table() const { return table_; }

 private:
  uint64_t store_id_ = 0;
  TableInstance* table_ = nullptr;
};

class Global {
 public:
  Global() = default;
  static absl::StatusOr<Global> New(Store& store, const wasm::GlobalType& type,
                                    const Val& val);

  absl::StatusOr<wasm::GlobalType> type(const Store& store) const;
  absl::StatusOr<Val> Get(Store& store) const;
  // Errors: FailedPrecondition when it is immutable.
  absl::Status Set(Store& store, const Val& val) const;

  friend bool operator==(const Global& a, const Global& b) {
    return a.store_id_ == b.store_id_ && a.cell_ == b.cell_;
  }

  // For the library itself.
  Global(uint64_t store_id, Slot* cell, const wasm::GlobalType& type)
      : store_id_(store_id), cell_(cell), type_(type) {}
  uint64_t store_id() const { return store_id_; }
  Slot* cell() const { return cell_; }
  const wasm::GlobalType& global_type() const { return type_; }

 private:
  uint64_t store_id_ = 0;
  Slot* cell_ = nullptr;
  wasm::GlobalType type_;
};

class Tag {
 public:
  Tag() = default;
  // A new tag whose exceptions carry `params`. Errors: as
  // Engine::RegisterType.
  static absl::StatusOr<Tag> New(Store& store,
                                 absl::Span<const wasm::ValueType> params);
  static absl::StatusOr<Tag> NewOfType(Store& store, TypeId type);

  absl::StatusOr<FuncType> type(const Store& store) const;
  // A new exception. Errors: ResourceExhausted when the heap is full.
  absl::StatusOr<Val> NewException(Store& store,
                                   absl::Span<const Val> payload) const;
  // Whether `exception` has this tag, and what it carries.
  absl::StatusOr<bool> Matches(Store& store, const Val& exception) const;
  absl::StatusOr<std::vector<Val>> Payload(Store& store,
                                           const Val& exception) const;

  friend bool operator==(const Tag&, const Tag&) = default;

  // For the library itself.
  Tag(uint64_t store_id, uint32_t identity, TypeId type)
      : store_id_(store_id), identity_(identity), type_(type) {}
  uint64_t store_id() const { return store_id_; }
  uint32_t identity() const { return identity_; }
  TypeId type_id() const { return type_; }

 private:
  uint64_t store_id_ = 0;
  uint32_t identity_ = 0;
  TypeId type_ = 0;
};

// The store that `value` lives in, and its type now (sizes of tables and
// memories in Limits::min). Errors: FailedPrecondition.
absl::StatusOr<ExternType> TypeOf(const Store& store, const Extern& value);

}  // namespace weft::exec

#endif  // WEFT_EXEC_EXTERNS_H_
