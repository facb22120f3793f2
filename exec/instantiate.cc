// Instantiation (spec 4.5.4): imports are matched before anything is made, then
// tables, memories and globals exist, then segments are written in order, and
// the start function runs. An instance's arrays lie in one zeroed block behind
// each other, so that 20,000 instances are 20,000 blocks.
#include <algorithm>
#include <cstdlib>
#include <utility>

#include "absl/strings/str_cat.h"
#include "exec/const_expr.h"
#include "exec/engine_data.h"
#include "exec/import_match.h"
#include "exec/instance.h"
#include "exec/runtime/func_refs.h"
#include "exec/runtime/memory_ops.h"
#include "exec/runtime/table_ops.h"
#include "exec/store_data.h"
#include "exec/translate/metering.h"

namespace weft::exec {
namespace {

// Hands out zeroed arrays of one block: first counts, then allocates.
class Block {
 public:
  template <typename T>
  void Add(size_t count, T** array) {
    size_ = (size_ + alignof(T) - 1) / alignof(T) * alignof(T);
    parts_.push_back({reinterpret_cast<void**>(array), size_});
    size_ += count * sizeof(T);
  }

  // Sets all arrays; null when there is no memory.
  void* Allocate() {
    auto* block =
        static_cast<char*>(std::calloc(1, std::max<size_t>(size_, 1)));
    if (block == nullptr) return nullptr;
    for (const Part& part : parts_) *part.array = block + part.offset;
    return block;
  }

 private:
  struct Part {
    void** array;
    size_t offset;
  };

  size_t size_ = 0;
  std::vector<Part> parts_;
};

class Instantiator {
 public:
  Instantiator(StoreData& store, std::shared_ptr<const CompiledModule> compiled)
      : store_(store),
        compiled_(std::move(compiled)),
        module_(compiled_->module),
        code_(*compiled_->code) {}

  absl::Status CheckImports(absl::Span<const Extern> imports) const;
  absl::Status Make(absl::Span<const Extern> imports);
  TrapKind Initialize();

  InstanceStorage& storage() { return *storage_; }

 private:
  absl::Status Allocate();
  BlockCounts* Blocks();
  void PutImports(absl::Span<const Extern> imports);
  absl::Status MakeMemories();
  absl::Status MakeTables();
  void MakeTags();
  TrapKind InitializeGlobals();
  TrapKind InitializeTables();
  TrapKind EvaluateElem(const wasm::ElemSegment& segment,
                        std::vector<Ref>* refs);
  TrapKind InitializeElem(uint32_t index);
  TrapKind InitializeData(uint32_t index);

  StoreData& store_;
  const std::shared_ptr<const CompiledModule> compiled_;
  const wasm::Module& module_;
  const ModuleCode& code_;
  InstanceStorage* storage_ = nullptr;
  InstanceData* data_ = nullptr;
  // Writable views of arrays that InstanceData only reads.
  FuncInst** imported_funcs_ = nullptr;
  Slot** imported_globals_ = nullptr;
  MemoryData** memories_ = nullptr;
  TableData** tables_ = nullptr;
  uint32_t* tags_ = nullptr;
};

absl::Status Instantiator::CheckImports(
    absl::Span<const Extern> imports) const {
  if (imports.size() != module_.imports.size()) {
    return absl::InvalidArgumentError(absl::StrCat(
        "expected ", module_.imports.size(), " imports, got ", imports.size()));
  }
  for (size_t i = 0; i < imports.size(); ++i) {
    const wasm::Import& import = module_.imports[i];
    const auto actual = TypeOf(*store_.store, imports[i]);
    if (!actual.ok()) return actual.status();
    const ExternType expected =
        compiled_->ExternTypeOf(import.kind, import.index);
    if (!Matches(*store_.context.types, *actual, expected)) {
      return absl::InvalidArgumentError(absl::StrCat(
          "incompatible import type: \"", import.module, "\" \"", import.field,
          "\" is a ", wasm::ExternalKindName(actual->kind),
          actual->kind == expected.kind
              ? " of another type"
              : absl::StrCat(", not a ",
                             wasm::ExternalKindName(expected.kind))));
    }
  }
  return absl::OkStatus();
}

absl::Status Instantiator::Allocate() {
  if (store_.instances.size() >= store_.options.max_instances) {
    return absl::ResourceExhaustedError("limit max-instances reached");
  }
  const bool counts = code_.options().count_blocks;
  BlockCounts* const blocks = counts ? Blocks() : nullptr;
  if (counts && blocks == nullptr) {
    return absl::ResourceExhaustedError("no memory to count operators");
  }
  storage_ = &store_.instances.emplace_back();
  storage_->module = compiled_;
  data_ = &storage_->data;
  Block block;
  block.Add(code_.num_global_cells(), &data_->global_cells);
  block.Add(module_.num_imported_funcs, &imported_funcs_);
  block.Add(module_.num_imported_globals, &imported_globals_);
  block.Add(module_.memories.size(), &memories_);
  block.Add(module_.tables.size(), &tables_);
  block.Add(module_.tags.size(), &tags_);
  block.Add(module_.datas.size(), &data_->datas);
  block.Add(module_.elems.size(), &data_->elems);
  block.Add(module_.funcs.size(), &data_->func_refs);
  void* allocated = block.Allocate();
  if (allocated == nullptr) {
    store_.instances.pop_back();
    return absl::ResourceExhaustedError("no memory for an instance");
  }
  storage_->block = {allocated, [](void* p) { std::free(p); }};
  data_->imported_funcs = imported_funcs_;
  data_->imported_globals = imported_globals_;
  data_->memories = memories_;
  data_->tables = tables_;
  data_->tags = tags_;
  data_->types = code_.types().data();
  data_->code = &code_;
  data_->store = store_.store;
  data_->num_imported_funcs = module_.num_imported_funcs;
  data_->id = static_cast<uint32_t>(store_.instances.size() - 1);
  data_->blocks = blocks;
  return absl::OkStatus();
}

// The counters of the module's blocks, or null if there is no memory.
BlockCounts* Instantiator::Blocks() {
  const auto found = store_.counts.find(compiled_.get());
  if (found != store_.counts.end()) return &found->second->blocks;
  std::unique_ptr<ModuleCounts> made(
      new ModuleCounts{compiled_, BlockCounts(CodeBytes(module_))});
  if (made->blocks.entered == nullptr) return nullptr;
  BlockCounts* const blocks = &made->blocks;
  store_.counts.emplace(compiled_.get(), std::move(made));
  return blocks;
}

void Instantiator::PutImports(absl::Span<const Extern> imports) {
  FuncInst** func = imported_funcs_;
  TableData** table = tables_;
  MemoryData** memory = memories_;
  Slot** global = imported_globals_;
  uint32_t* tag = tags_;
  for (const Extern& value : imports) {
    if (const auto* f = std::get_if<Func>(&value)) *func++ = f->inst();
    if (const auto* t = std::get_if<Table>(&value)) *table++ = t->table();
    if (const auto* m = std::get_if<Memory>(&value)) *memory++ = m->memory();
    if (const auto* g = std::get_if<Global>(&value)) *global++ = g->cell();
    if (const auto* t = std::get_if<Tag>(&value)) *tag++ = t->identity();
  }
}

absl::Status Instantiator::MakeMemories() {
  for (uint32_t i = module_.num_imported_memories; i < module_.memories.size();
       ++i) {
    auto memory = store_.AddMemory(module_.memories[i].type);
    if (!memory.ok()) return memory.status();
    memories_[i] = *memory;
  }
  if (!module_.memories.empty()) data_->memory0 = memories_[0];
  data_->entries = code_.entries(
      data_->memory0 == nullptr ? Bounds::kExplicit : data_->memory0->bounds);
  return absl::OkStatus();
}

absl::Status Instantiator::MakeTables() {
  for (uint32_t i = module_.num_imported_tables; i < module_.tables.size();
       ++i) {
    auto table = store_.AddTable(compiled_->TableTypeOf(i), kNullRef);
    if (!table.ok()) return table.status();
    tables_[i] = *table;
  }
  return absl::OkStatus();
}

void Instantiator::MakeTags() {
  for (uint32_t i = module_.num_imported_tags; i < module_.tags.size(); ++i) {
    tags_[i] = store_.AddTag(compiled_->types[module_.tags[i].type]);
  }
}

absl::Status Instantiator::Make(absl::Span<const Extern> imports) {
  absl::Status status = Allocate();
  if (!status.ok()) return status;
  PutImports(imports);
  const size_t memories = store_.memories.size();
  const size_t tables = store_.tables.size();
  const size_t traced_tables = store_.traced_tables.size();
  status = MakeMemories();
  if (status.ok()) status = MakeTables();
  if (!status.ok()) {
    // Nothing refers to what was made yet.
    store_.memories.resize(memories);
    store_.traced_tables.resize(traced_tables);
    store_.tables.resize(tables);
    store_.instances.pop_back();
    return status;
  }
  MakeTags();
  storage_->elems.resize(module_.elems.size());
  for (uint32_t i = 0; i < module_.datas.size(); ++i) {
    const wasm::ByteSpan bytes = module_.datas[i].bytes;
    data_->datas[i] = {bytes.data(), bytes.size()};
  }
  return absl::OkStatus();
}

TrapKind Instantiator::InitializeGlobals() {
  for (uint32_t i = module_.num_imported_globals; i < module_.globals.size();
       ++i) {
    Slot* cell = data_->global_cells + code_.globals()[i].cell;
    const TrapKind trap =
        EvaluateConst(store_, *data_, module_.globals[i].init, cell);
    if (trap != TrapKind::kNone) return trap;
  }
  return TrapKind::kNone;
}

TrapKind Instantiator::InitializeTables() {
  for (uint32_t i = module_.num_imported_tables; i < module_.tables.size();
       ++i) {
    if (!module_.tables[i].has_init) continue;
    Slot value[2];
    TrapKind trap =
        EvaluateConst(store_, *data_, module_.tables[i].init, value);
    if (trap == TrapKind::kNone) {
      trap = TableFill(store_.context, *tables_[i], 0,
                       static_cast<Ref>(value[0]), tables_[i]->size);
    }
    if (trap != TrapKind::kNone) return trap;
  }
  return TrapKind::kNone;
}

TrapKind Instantiator::EvaluateElem(const wasm::ElemSegment& segment,
                                    std::vector<Ref>* refs) {
  refs->reserve(segment.size());
  for (const wasm::FuncIndex func : segment.funcs) {
    const Ref ref = FuncRef(store_.context, *data_, func);
    if (ref == kNullRef) return TrapKind::kOutOfMemory;
    refs->push_back(ref);
  }
  for (const wasm::ConstExpr& expr : segment.exprs) {
    Slot value[2];
    const TrapKind trap = EvaluateConst(store_, *data_, expr, value);
    if (trap != TrapKind::kNone) return trap;
    refs->push_back(static_cast<Ref>(value[0]));
  }
  return TrapKind::kNone;
}

// An address in the type of the memory or table.
uint64_t AddressOf(Slot value, bool is_64) {
  return is_64 ? value : static_cast<uint32_t>(value);
}

TrapKind Instantiator::InitializeElem(uint32_t index) {
  const wasm::ElemSegment& segment = module_.elems[index];
  std::vector<Ref>& refs = storage_->elems[index];
  ElemView& view = data_->elems[index];
  if (segment.mode == wasm::ElemSegment::kActive) {
    Slot offset[2];
    TrapKind trap = EvaluateConst(store_, *data_, segment.offset, offset);
    TableData& table = *tables_[segment.table];
    if (trap == TrapKind::kNone) {
      trap = TableInit(store_.context, table, AddressOf(offset[0], table.is_64),
                       {refs.data(), refs.size()}, 0,
                       static_cast<uint32_t>(refs.size()));
    }
    if (trap != TrapKind::kNone) return trap;
  }
  if (segment.mode == wasm::ElemSegment::kPassive) {
    view = {refs.data(), refs.size()};
  } else {
    refs = std::vector<Ref>();
  }
  return TrapKind::kNone;
}

TrapKind Instantiator::InitializeData(uint32_t index) {
  const wasm::DataSegment& segment = module_.datas[index];
  if (segment.mode != wasm::DataSegment::kActive) return TrapKind::kNone;
  Slot offset[2];
  TrapKind trap = EvaluateConst(store_, *data_, segment.offset, offset);
  if (trap != TrapKind::kNone) return trap;
  MemoryData& memory = *memories_[segment.memory];
  trap = MemoryInit(store_.context, memory, AddressOf(offset[0], memory.is_64),
                    data_->datas[index], 0,
                    static_cast<uint32_t>(segment.bytes.size()));
  if (trap != TrapKind::kNone) return trap;
  DataDrop(data_->datas[index]);
  return TrapKind::kNone;
}

TrapKind Instantiator::Initialize() {
  TrapKind trap = InitializeGlobals();
  if (trap == TrapKind::kNone) trap = InitializeTables();
  for (uint32_t i = 0; i < module_.elems.size() && trap == TrapKind::kNone;
       ++i) {
    if (module_.elems[i].mode != wasm::ElemSegment::kDeclarative) {
      trap = EvaluateElem(module_.elems[i], &storage_->elems[i]);
    }
  }
  for (uint32_t i = 0; i < module_.elems.size() && trap == TrapKind::kNone;
       ++i) {
    trap = InitializeElem(i);
  }
  for (uint32_t i = 0; i < module_.datas.size() && trap == TrapKind::kNone;
       ++i) {
    trap = InitializeData(i);
  }
  storage_->initialized = true;
  return trap;
}

}  // namespace

absl::StatusOr<Instantiated> Instance::New(Store& store, const Module& module,
                                           absl::Span<const Extern> imports) {
  StoreData& data = store.internals();
  if (module.engine() != data.engine) {
    return absl::FailedPreconditionError("module of another engine");
  }
  Instantiator work(data, module.data());
  absl::Status status = work.CheckImports(imports);
  if (status.ok()) status = work.Make(imports);
  if (!status.ok()) return status;
  InstanceData& instance = work.storage().data;
  Instantiated result{Instance(data.id, &instance), CallResult()};
  // Segments are no operators that the guest executes.
  const bool metering = std::exchange(data.context.metering, false);
  const TrapKind trap = work.Initialize();
  data.context.metering = metering;
  if (trap != TrapKind::kNone) {
    result.start = data.TrapHere(trap);
    return result;
  }
  const uint32_t start = module.wasm().start;
  if (start == wasm::kNoIndex) return result;
  const Ref ref = FuncRef(data.context, instance, start);
  result.start = ref == kNullRef ? data.TrapHere(TrapKind::kOutOfMemory)
                                 : data.Call(*data.funcs.Get(ref), {}, {});
  return result;
}

}  // namespace weft::exec
