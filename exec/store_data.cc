#include "exec/store_data.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "exec/engine_data.h"
#include "exec/fault_handler.h"
#include "exec/interpreter/execute.h"
#include "exec/runtime/heap_ops.h"
#include "exec/runtime/type_registry.h"
#include "ir/wasm/type_text.h"

namespace weft::exec {

using wasm::HeapType;
using wasm::ValueType;

StoreData::StoreData(const Engine& e, const StoreOptions& o)
    : engine(e),
      options(o),
      id(EngineData::NextStoreId()),
      funcs(&context, o.max_functions),
      budget{.max_memory_bytes = o.max_memory,
             .max_table_entries = o.max_table_entries,
             .failing_grow = o.failing_grow},
      slots(&e.data()->stacks()),
      links(&e.data()->stacks()),
      interrupter(std::make_shared<Interrupter>(&context)) {
  context.metering = engine.options().metering;
  context.nans = options.nans;
  context.func_table = &funcs;
  context.code_memory = code_memory.data();
  context.types = &engine.data()->types();
  context.interrupter = interrupter.get();
  heap = std::make_unique<Heap>(
      engine.data()->types(),
      HeapOptions{.limit = options.max_heap,
                  .stress = options.gc_stress,
                  .interrupt = &context.interrupt,
                  .spaces = &engine.data()->heap_spaces(),
                  .release = options.release_host_ref,
                  .release_data = options.release_data});
  heap->set_roots(this);
  context.heap = heap.get();
}

StoreData::~StoreData() {
  interrupter->Detach();
  heap->set_roots(nullptr);
}

bool StoreData::Init() {
  constexpr uint64_t kLeastSlots = 48 << 10;
  constexpr uint64_t kLeastLinks = 16 << 10;
  const uint64_t wanted = std::max<uint64_t>(options.max_stack, 64 << 10);
  if (!slots.Reserve(wanted / 4 * 3, kLeastSlots) ||
      !links.Reserve(wanted / 4, kLeastLinks)) {
    return false;
  }
  context.stack_begin = static_cast<Slot*>(slots.begin());
  context.stack_limit = context.stack_begin + slots.bytes() / sizeof(Slot);
  context.stack_end.store(context.stack_limit);
  context.link_begin = static_cast<Link*>(links.begin());
  context.link = context.link_begin;
  context.link_end = context.link_begin + links.bytes() / sizeof(Link);
  return true;
}

void StoreData::VisitRoots(RootVisitor& visitor) {
  VisitFrameRefs(context,
                 [&](Slot& slot) { visitor.Visit(static_cast<Ref>(slot)); });
  visitor.Visit(context.exception);
  for (size_t i = 0; i < const_stack.slots.size(); ++i) {
    if (const_stack.is_ref[i]) {
      visitor.Visit(static_cast<Ref>(const_stack.slots[i]));
    }
  }
  for (const TableInstance* table : traced_tables) {
    visitor.Visit(absl::MakeConstSpan(table->elements, table->size));
  }
  for (const HostGlobal& global : host_globals) {
    if (global.traced) visitor.Visit(static_cast<Ref>(global.cell[0]));
  }
  for (const InstanceStorage& instance : instances) {
    for (const uint32_t cell : instance.module->traced_globals) {
      visitor.Visit(static_cast<Ref>(instance.data.global_cells[cell]));
    }
    for (size_t i = 0; i < instance.elems.size(); ++i) {
      const ElemView& view = instance.data.elems[i];
      visitor.Visit(instance.initialized
                        ? absl::MakeConstSpan(view.refs, view.size)
                        : absl::MakeConstSpan(instance.elems[i]));
    }
  }
}

absl::Status StoreData::CheckStore(uint64_t store_id) const {
  if (store_id == id) return absl::OkStatus();
  return absl::FailedPreconditionError(
      store_id == 0 ? "handle without a store" : "handle of another store");
}

HeapType::Abstract StoreData::TopOf(ValueType type) const {
  return type.is_ref() ? context.types->TopType(type.heap()).abstract()
                       : HeapType::kAny;
}

absl::Status StoreData::CheckVal(const Val& val, ValueType type) const {
  const auto mismatch = [&] {
    return absl::InvalidArgumentError(absl::StrCat(
        "type mismatch: expected ", wasm::ValueTypeText(type), ", got ",
        val.is_ref() ? (val.is_null() ? "null" : "a reference of another type")
                     : wasm::ValueTypeText(ValueType(val.kind()))));
  };
  if (val.kind() != type.kind()) return mismatch();
  if (!val.is_ref()) return absl::OkStatus();
  if (val.is_null()) return type.nullable() ? absl::OkStatus() : mismatch();
  if (val.heap() != nullptr && val.heap() != heap.get()) {
    return absl::FailedPreconditionError("reference of another store");
  }
  if (val.top() != TopOf(type) || !RefTest(context, val.ref(), type)) {
    return mismatch();
  }
  return absl::OkStatus();
}

absl::Status StoreData::CheckVals(absl::Span<const Val> vals,
                                  absl::Span<const ValueType> types) const {
  if (vals.size() != types.size()) {
    return absl::InvalidArgumentError(
        absl::StrCat("expected ", types.size(), " values, got ", vals.size()));
  }
  for (size_t i = 0; i < vals.size(); ++i) {
    absl::Status status = CheckVal(vals[i], types[i]);
    if (!status.ok()) return status;
  }
  return absl::OkStatus();
}

absl::StatusOr<TableInstance*> StoreData::AddTable(const wasm::TableType& type,
                                                   Ref init) {
  auto table = TableInstance::New(type, init, &budget);
  if (!table.ok()) return table.status();
  tables.push_back(*std::move(table));
  TableInstance* added = tables.back().get();
  if (IsTraced(type.element, *context.types)) traced_tables.push_back(added);
  return added;
}

absl::StatusOr<LinearMemory*> StoreData::AddMemory(
    const wasm::MemoryType& type) {
  if (type.limits.is_shared) {
    auto shared = SharedMemory::New(engine, type);
    if (!shared.ok()) return shared.status();
    return AddSharedMemory(shared->memory());
  }
  auto memory = LinearMemory::New(type, engine.data()->pool(), &budget);
  if (!memory.ok()) return memory.status();
  memories.push_back(*std::move(memory));
  return memories.back().get();
}

LinearMemory* StoreData::AddSharedMemory(std::shared_ptr<LinearMemory> memory) {
  LinearMemory* const added = memory.get();
  for (const auto& known : shared_memories) {
    if (known.get() == added) return added;
  }
  shared_memories.push_back(std::move(memory));
  return added;
}

}  // namespace weft::exec
