// What the handlers of the interpreter see of a store: plain data with stable
// addresses. Everything here belongs to one store and is used by one thread at
// a time, but for what says otherwise.
#ifndef WEFT_EXEC_RUNTIME_CONTEXT_H_
#define WEFT_EXEC_RUNTIME_CONTEXT_H_

#include <atomic>
#include <cstddef>
#include <cstdint>

#include "exec/numerics/nan_bits.h"
#include "exec/runtime/types.h"
#include "exec/trap.h"

namespace weft::exec {

class FuncTable;
class Heap;
class Interrupter;
class Store;
class TypeRegistry;
class ModuleCode;
struct BlockCounts;
struct FunctionCode;
struct HostFunction;
struct InstanceData;

// In front of the first instruction of a function's bytecode.
struct CodeHeader {
  uint32_t func = 0;         // Index among the defined functions.
  uint32_t frame_slots = 0;  // Slots from the frame's begin, results included.
  // Locals that are no parameters, and slots of temporary references: zero at
  // entry.
  uint32_t zero_begin = 0;
  uint32_t zero_slots = 0;
};
static_assert(sizeof(CodeHeader) == 2 * sizeof(Cell));

// A defined function of a module under one Bounds: where its bytecode begins,
// behind its CodeHeader. Shared by all instances and threads. Until the
// function has been translated that is a stub which translates it.
struct FuncEntry {
  std::atomic<const Cell*> code{nullptr};
};

// A function that can be referred to: one that is exported, imported or in a
// table. Function references are indices of these in Context::funcs; see Ref.
struct FuncInst {
  InstanceData* instance = nullptr;  // Null for a host function.
  const FuncEntry* entry = nullptr;  // Null for a host function.
  const HostFunction* host = nullptr;
  TypeId type = 0;
  Ref handle = kNullRef;  // The reference to it.
  uint32_t func = 0;      // Index among the instance's defined functions.
  // Slots that parameters and results take.
  uint32_t param_slots = 0;
  uint32_t result_slots = 0;
};

struct MemoryData {
  // Guarded and shared memories never move; others may whenever they grow.
  uint8_t* base = nullptr;
  // Size now. Shared memories: other threads may enlarge it.
  std::atomic<uint64_t> bytes{0};
  uint64_t max_pages = 0;  // Declared or implied by the address type.
  uint8_t page_size_log2 = 16;
  bool is_64 = false;
  bool is_shared = false;
  Bounds bounds = Bounds::kExplicit;
};

struct TableData {
  Ref* elements = nullptr;  // Moves when the table grows.
  uint64_t size = 0;
  uint64_t max = 0;  // Declared or implied by the address type.
  bool is_64 = false;
};

// A data segment at run time: empty once dropped.
struct DataView {
  const uint8_t* bytes = nullptr;
  uint64_t size = 0;
};

// An element segment at run time: its references, evaluated; empty once
// dropped.
struct ElemView {
  const Ref* refs = nullptr;
  uint64_t size = 0;
};

// An instance as handlers see it. All arrays have stable addresses until the
// store ends and are indexed as the module's index spaces are, unless noted.
struct alignas(64) InstanceData {
  // Of the functions that the module defines, not of imported ones.
  FuncEntry* entries = nullptr;
  // Values of the globals that the module defines; a global's cell is
  // GlobalLayout::cell (a v128 takes two).
  Slot* global_cells = nullptr;
  // Of memory 0, or null without one.
  MemoryData* memory0 = nullptr;
  FuncInst* const* imported_funcs = nullptr;
  Slot* const* imported_globals = nullptr;  // Their cells, in their owners.
  MemoryData* const* memories = nullptr;
  TableData* const* tables = nullptr;
  const TypeId* types = nullptr;
  const uint32_t* tags = nullptr;  // Identities of tags: equal means same tag.
  DataView* datas = nullptr;
  ElemView* elems = nullptr;
  // By function index; 0 until a reference was made.
  Ref* func_refs = nullptr;
  const ModuleCode* code = nullptr;  // What was translated and from what.
  BlockCounts* blocks = nullptr;     // With CodeOptions::count_blocks.
  Store* store = nullptr;
  uint32_t num_imported_funcs = 0;
  uint32_t id = 0;  // Among the store's instances.
};

// Where a function returns to. Two of them have a meaning of their own, by
// their pc: the one that ends an activation, and the one that puts back the
// caller's instance, which lies in `frame`; its caller's is below it.
struct Link {
  const Cell* pc = nullptr;
  Slot* frame = nullptr;
};

// One entry from the host: the links between its begin and the next one's (or
// Context::link) are its frames.
struct Activation {
  Activation* outer = nullptr;
  Link* begin = nullptr;
  // Where the guest stands when it has called the host or a slow path.
  const Cell* pc = nullptr;
  Slot* frame = nullptr;
  InstanceData* instance = nullptr;
  // First slot that is free behind the frame.
  Slot* top = nullptr;
  // How the interpreter ended it: an Outcome (host_function.h).
  uint8_t outcome = 0;
};

// A call of a host function that the interpreter is about to make.
struct HostCall {
  const FuncInst* func = nullptr;
  Slot* slots = nullptr;       // Of arguments, later of results.
  const Cell* next = nullptr;  // Null: the guest returns with the results.
};

// What a walk over frames found out: the function that a place lies in, which
// stays there as long as the store.
struct CodeMemory {
  const Cell* pc = nullptr;
  const FunctionCode* code = nullptr;
};
inline constexpr size_t kCodeMemorySize = 256;

// The store as handlers see it.
struct Context {
  Link* link = nullptr;  // First free one.
  Link* link_end = nullptr;
  // Frames may not reach beyond. Lowered to null to interrupt calls; see
  // `interrupt`.
  std::atomic<Slot*> stack_end{nullptr};
  // Not 0: leave at the next loop's head or call, with the trap of this
  // TrapKind (Interrupted or DeadlineExceeded). Set by other threads, which
  // lower stack_end after it; the store puts both back when the outermost
  // activation has ended.
  std::atomic<uint32_t> interrupt{0};
  TrapKind trap = TrapKind::kNone;  // Why an activation ended.
  bool metering = false;            // Bulk operators charge fuel.
  uint64_t pages_grown = 0;         // By memory.grow.
  NanBits nans;      // That arithmetic makes, in handlers which fix them.
  int64_t fuel = 0;  // Under metering; see docs/executor.md.
  FuncInst* const* funcs = nullptr;
  FuncTable* func_table = nullptr;  // Who owns them.
  Heap* heap = nullptr;
  TypeRegistry* types = nullptr;
  Store* store = nullptr;
  Interrupter* interrupter = nullptr;  // Where the store's thread waits.
  Activation* activation = nullptr;
  Ref exception = kNullRef;  // The one that is being thrown.
  HostCall host_call;
  // The real end of the slots, while stack_end may be lowered.
  Slot* stack_limit = nullptr;
  Slot* stack_begin = nullptr;
  Link* link_begin = nullptr;
  CodeMemory* code_memory = nullptr;  // kCodeMemorySize of them.
};

}  // namespace weft::exec

#endif  // WEFT_EXEC_RUNTIME_CONTEXT_H_
