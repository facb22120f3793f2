// The state behind Store.
#ifndef WEFT_EXEC_STORE_DATA_H_
#define WEFT_EXEC_STORE_DATA_H_

#include <array>
#include <chrono>
#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/status/status.h"
#include "absl/types/span.h"
#include "exec/call.h"
#include "exec/compiled_module.h"
#include "exec/engine.h"
#include "exec/externs.h"
#include "exec/runtime/block_counts.h"
#include "exec/runtime/context.h"
#include "exec/runtime/func_table.h"
#include "exec/runtime/growth.h"
#include "exec/runtime/heap.h"
#include "exec/runtime/host_function.h"
#include "exec/runtime/interrupter.h"
#include "exec/runtime/memory.h"
#include "exec/runtime/stack_region.h"
#include "exec/runtime/table.h"
#include "exec/store.h"

namespace weft::exec {

struct RuntimeType;

// An instance and what it owns: the arrays of `data` in one block.
struct InstanceStorage {
  InstanceData data;
  std::shared_ptr<const CompiledModule> module;
  std::unique_ptr<void, void (*)(void*)> block{nullptr, nullptr};
  // References of element segments, by segment; those of passive ones stay.
  std::vector<std::vector<Ref>> elems;
  // False while segments are evaluated; from then on InstanceData::elems tells
  // which are still there.
  bool initialized = false;
};

// Operands of a constant expression that is being evaluated: roots.
struct ConstStack {
  std::vector<Slot> slots;
  std::vector<bool> is_ref;  // By slot; of references the collector follows.

  void Push(Slot slot, bool traced) {
    slots.push_back(slot);
    is_ref.push_back(traced);
  }
  void Cut(size_t size) {
    slots.resize(size);
    is_ref.resize(size);
  }
};

// A host function and what its trampoline needs.
struct HostFunc {
  HostFunction function;
  HostCallback callback;
  Store* store = nullptr;
  const RuntimeType* type = nullptr;
  // Hierarchies of parameters and results that are references.
  std::vector<wasm::HeapType::Abstract> param_tops;
  std::vector<wasm::HeapType::Abstract> result_tops;
};

// What instances of a module have executed.
struct ModuleCounts {
  std::shared_ptr<const CompiledModule> module;
  BlockCounts blocks;
};

struct HostGlobal {
  Slot cell[2] = {0, 0};
  bool traced = false;
};

class StoreData final : public RootSource {
 public:
  StoreData(const Engine& engine, const StoreOptions& options);
  ~StoreData();

  // Reserves the stack. False when the system refuses.
  bool Init();
  // `store` has its address now.
  void set_store(Store* s) {
    store = s;
    context.store = s;
  }

  void VisitRoots(RootVisitor& visitor) override;

  // --- Checks of what the host hands in ------------------------------------

  // FailedPrecondition when `store_id` is another store's.
  absl::Status CheckStore(uint64_t store_id) const;
  // Whether `val` can be passed as a `type`, which holds TypeIds. Errors:
  // FailedPrecondition (another store), InvalidArgument.
  absl::Status CheckVal(const Val& val, wasm::ValueType type) const;
  absl::Status CheckVals(absl::Span<const Val> vals,
                         absl::Span<const wasm::ValueType> types) const;

  // The hierarchy of a reference type; kAny for others.
  wasm::HeapType::Abstract TopOf(wasm::ValueType type) const;
  Val ToVal(wasm::ValueType type, const Slot* slots) const {
    return Val::FromSlots(type, TopOf(type), slots, *heap);
  }

  // --- Making things -------------------------------------------------------

  absl::StatusOr<FuncInst*> AddHostFunc(TypeId type, HostCallback callback);
  absl::StatusOr<TableInstance*> AddTable(const wasm::TableType& type,
                                          Ref init);
  absl::StatusOr<LinearMemory*> AddMemory(const wasm::MemoryType& type);
  LinearMemory* AddSharedMemory(std::shared_ptr<LinearMemory> memory);
  uint32_t AddTag(TypeId type) {
    tags.push_back(type);
    return static_cast<uint32_t>(tags.size() - 1);
  }

  // --- Running -------------------------------------------------------------

  // Calls `func`; `args` and `results` fit its type.
  CallResult Call(const FuncInst& func, absl::Span<const Val> args,
                  absl::Span<Val> results);
  // A result for a trap of `kind` where the guest stands now.
  CallResult TrapHere(TrapKind kind);

  const Engine engine;
  const StoreOptions options;
  const uint64_t id;
  Store* store = nullptr;
  Context context;
  std::array<CodeMemory, kCodeMemorySize> code_memory{};
  FuncTable funcs;
  GrowthBudget budget;
  StackRegion slots;
  StackRegion links;
  std::shared_ptr<Interrupter> interrupter;
  std::optional<std::chrono::steady_clock::time_point> deadline;
  std::unique_ptr<Heap> heap;
  // What a host function wants to end with; read by who gets the outcome.
  std::string host_trap_message;
  int exit_code = 0;
  int activations = 0;
  ConstStack const_stack;
  std::deque<InstanceStorage> instances;
  std::vector<std::unique_ptr<LinearMemory>> memories;
  std::vector<std::shared_ptr<LinearMemory>> shared_memories;
  std::vector<std::unique_ptr<TableInstance>> tables;
  std::vector<TableInstance*> traced_tables;
  std::vector<TypeId> tags;  // By identity.
  // With EngineOptions::count_operators, of each module that was instantiated,
  // in any order: they are added up.
  absl::flat_hash_map<const CompiledModule*, std::unique_ptr<ModuleCounts>>
      counts;
  std::deque<HostFunc> host_funcs;
  std::deque<HostGlobal> host_globals;

 private:
  CallResult Run(const FuncInst& func, Slot* frame, absl::Span<const Val> args,
                 absl::Span<Val> results);
  void CollectBacktrace(TrapInfo* trap) const;
};

}  // namespace weft::exec

#endif  // WEFT_EXEC_STORE_DATA_H_
