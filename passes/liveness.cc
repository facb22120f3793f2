#include "passes/liveness.h"

#include <utility>

#include "base/check.h"
#include "passes/segment_bounds.h"

namespace weft::passes {
namespace {

using wasm::ElemSegment;
using wasm::FuncIndex;
using wasm::kNoIndex;
using wasm::TypeIndex;

IndexSpace SpaceOfUse(UseKind kind) {
  switch (kind) {
    case UseKind::kCall:
    case UseKind::kRefFunc:
      break;
    case UseKind::kType:
    case UseKind::kIndirectType:
    case UseKind::kSignedType:
      return IndexSpace::kTypes;
    case UseKind::kGlobalGet:
    case UseKind::kGlobalSet:
      return IndexSpace::kGlobals;
    case UseKind::kTable:
    case UseKind::kTableCall:
      return IndexSpace::kTables;
    case UseKind::kMemory:
      return IndexSpace::kMemories;
    case UseKind::kTag:
      return IndexSpace::kTags;
    case UseKind::kElem:
    case UseKind::kElemDrop:
      return IndexSpace::kElems;
    case UseKind::kData:
    case UseKind::kDataDrop:
      return IndexSpace::kDatas;
    case UseKind::kCount:
      break;
  }
  return IndexSpace::kFuncs;
}

}  // namespace

Liveness::Liveness(const ModuleState& state, const ModuleSummary& summary)
    : state_(state),
      module_(state.module()),
      summary_(summary),
      can_run_(module_.funcs.size()),
      escapes_(module_.tables.size()),
      elem_is_read_(module_.elems.size()),
      data_is_read_(module_.datas.size()),
      is_declared_(module_.funcs.size()),
      is_taken_(module_.funcs.size()),
      elems_of_(module_.tables.size()),
      datas_of_(module_.memories.size()),
      is_called_(module_.types.size()),
      waiting_(module_.types.size()) {
  for (int i = 0; i < kIndexSpaces; ++i) {
    live_[i].resize(state.size(static_cast<IndexSpace>(i)));
  }
  for (uint32_t i = 0; i < module_.elems.size(); ++i) {
    const ElemSegment& segment = module_.elems[i];
    if (segment.mode != ElemSegment::kActive ||
        !state.is_kept(IndexSpace::kElems, i)) {
      continue;
    }
    elems_of_[state.Resolve(IndexSpace::kTables, segment.table)].push_back(i);
  }
  for (uint32_t i = 0; i < module_.datas.size(); ++i) {
    const wasm::DataSegment& segment = module_.datas[i];
    if (segment.mode != wasm::DataSegment::kActive ||
        !state.is_kept(IndexSpace::kDatas, i)) {
      continue;
    }
    datas_of_[state.Resolve(IndexSpace::kMemories, segment.memory)].push_back(
        i);
  }
}

absl::Status Liveness::Run() {
  MarkRoots();
  while (!worklist_.empty()) {
    const Item item = worklist_.back();
    worklist_.pop_back();
    absl::Status status = Visit(item);
    if (!status.ok()) return status;
    if (worklist_.empty()) RunCalledFuncs();
  }
  return absl::OkStatus();
}

void Liveness::MarkRoots() {
  for (const wasm::Export& entry : module_.exports) {
    Mark(SpaceOf(entry.kind), entry.index);
    if (entry.kind == wasm::ExternalKind::kFunc) {
      Declare(entry.index);
      LetRun(entry.index);
    } else if (entry.kind == wasm::ExternalKind::kTable) {
      LetEscape(entry.index);
    }
  }
  if (module_.start != kNoIndex) LetRun(module_.start);
  for (const std::vector<uint32_t>& elems : elems_of_) {
    for (uint32_t i : elems) {
      if (IsRootElem(module_.elems[i])) Mark(IndexSpace::kElems, i);
    }
  }
  for (const std::vector<uint32_t>& datas : datas_of_) {
    for (uint32_t i : datas) {
      if (IsRootData(module_.datas[i])) Mark(IndexSpace::kDatas, i);
    }
  }
}

bool Liveness::IsRootElem(const ElemSegment& segment) const {
  if (!IsInBounds(module_, segment)) return true;
  return segment.size() > 0 && module_.tables[segment.table].is_import();
}

bool Liveness::IsRootData(const wasm::DataSegment& segment) const {
  if (!IsInBounds(module_, segment)) return true;
  return !segment.bytes.empty() && module_.memories[segment.memory].is_import();
}

void Liveness::Mark(IndexSpace space, uint32_t index) {
  index = state_.Resolve(space, index);
  WEFT_CHECK(index != kNoIndex);
  std::vector<bool>& live = live_[static_cast<int>(space)];
  if (live[index]) return;
  live[index] = true;
  worklist_.push_back({Work::kEntity, space, index});
}

void Liveness::MarkUse(UseKind kind, uint32_t index) {
  Mark(SpaceOfUse(kind), index);
  switch (kind) {
    case UseKind::kCall:
    case UseKind::kRefFunc:
      LetRun(index);
      return;
    case UseKind::kIndirectType:
      is_called_[module_.canonical_types[index]] = true;
      return;
    case UseKind::kTable:
      LetEscape(index);
      return;
    case UseKind::kElem:
      ReadElem(index);
      return;
    case UseKind::kData:
      data_is_read_[index] = true;
      needs_data_count_ = true;
      return;
    case UseKind::kDataDrop:
      needs_data_count_ = true;
      return;
    case UseKind::kType:
    case UseKind::kSignedType:
    case UseKind::kGlobalGet:
    case UseKind::kGlobalSet:
    case UseKind::kTableCall:
    case UseKind::kMemory:
    case UseKind::kTag:
    case UseKind::kElemDrop:
    case UseKind::kCount:
      return;
  }
}

void Liveness::LetRun(FuncIndex func) {
  func = state_.Resolve(IndexSpace::kFuncs, func);
  Mark(IndexSpace::kFuncs, func);
  if (can_run_[func]) return;
  can_run_[func] = true;
  worklist_.push_back({Work::kBody, IndexSpace::kFuncs, func});
}

void Liveness::LetRunIfCalled(FuncIndex func) {
  func = state_.Resolve(IndexSpace::kFuncs, func);
  Mark(IndexSpace::kFuncs, func);
  const TypeIndex type = module_.canonical_types[module_.funcs[func].type];
  if (waiting_[type].empty()) waiting_types_.push_back(type);
  waiting_[type].push_back(func);
}

// Whether there is a call through a table with `type` or one of its super
// types, which are those that succeed.
bool Liveness::IsCalled(TypeIndex type) const {
  for (; type != kNoIndex; type = module_.types[type].super) {
    if (is_called_[module_.canonical_types[type]]) return true;
  }
  return false;
}

void Liveness::RunCalledFuncs() {
  std::vector<TypeIndex> types;
  std::swap(types, waiting_types_);
  for (TypeIndex type : types) {
    if (!IsCalled(type)) {
      waiting_types_.push_back(type);
      continue;
    }
    for (FuncIndex func : waiting_[type]) LetRun(func);
    waiting_[type].clear();
  }
}

void Liveness::LetEscape(wasm::TableIndex table) {
  table = state_.Resolve(IndexSpace::kTables, table);
  if (escapes_[table]) return;
  escapes_[table] = true;
  for (uint32_t elem : elems_of_[table]) {
    if (!elem_is_read_[elem]) continue;
    worklist_.push_back({Work::kEntries, IndexSpace::kElems, elem});
  }
}

void Liveness::MarkType(wasm::ValueType type) {
  if (type.is_ref() && type.heap().is_defined()) {
    Mark(IndexSpace::kTypes, type.heap().index());
  }
}

// Declarative segments have no entries at run time (spec 4.7.2).
void Liveness::ReadElem(uint32_t index) {
  if (elem_is_read_[index] ||
      module_.elems[index].mode == ElemSegment::kDeclarative) {
    return;
  }
  elem_is_read_[index] = true;
  worklist_.push_back({Work::kEntries, IndexSpace::kElems, index});
}

absl::Status Liveness::MarkExpr(const wasm::ConstExpr& expr, bool entries_run) {
  expr_uses_.clear();
  absl::Status status = AppendExprUses(module_, expr, &expr_uses_);
  for (const ExprUse& use : expr_uses_) {
    if (use.kind == UseKind::kRefFunc) Declare(use.index);
    if (use.kind == UseKind::kRefFunc && !entries_run) {
      LetRunIfCalled(use.index);
    } else {
      MarkUse(use.kind, use.index);
    }
  }
  return status;
}

absl::Status Liveness::Visit(Item item) {
  switch (item.work) {
    case Work::kEntity:
      return VisitEntity(item.space, item.index);
    case Work::kBody:
      VisitBody(item.index);
      return absl::OkStatus();
    case Work::kEntries:
      return VisitEntries(item.index);
  }
  return absl::OkStatus();
}

absl::Status Liveness::VisitEntity(IndexSpace space, uint32_t index) {
  switch (space) {
    case IndexSpace::kTypes:
      VisitType(index);
      return absl::OkStatus();
    case IndexSpace::kFuncs:
      Mark(IndexSpace::kTypes, module_.funcs[index].type);
      return absl::OkStatus();
    case IndexSpace::kTables:
      return VisitTable(index);
    case IndexSpace::kMemories:
      VisitMemory(index);
      return absl::OkStatus();
    case IndexSpace::kTags:
      Mark(IndexSpace::kTypes, module_.tags[index].type);
      return absl::OkStatus();
    case IndexSpace::kGlobals: {
      const wasm::Global& global = module_.globals[index];
      MarkType(global.type.value);
      if (global.is_import()) return absl::OkStatus();
      return MarkExpr(global.init, true);
    }
    case IndexSpace::kElems:
      return VisitElem(index);
    case IndexSpace::kDatas:
      return VisitData(index);
    case IndexSpace::kCount:
      break;
  }
  return absl::OkStatus();
}

void Liveness::VisitBody(FuncIndex index) {
  if (module_.funcs[index].is_import()) return;
  for (int k = 0; k < kUseKinds; ++k) {
    const auto kind = static_cast<UseKind>(k);
    for (const Use& use : summary_.Uses(index, kind)) {
      MarkUse(kind, use.index);
      if (kind == UseKind::kRefFunc) {
        is_taken_[state_.Resolve(IndexSpace::kFuncs, use.index)] = true;
      }
    }
  }
}

absl::Status Liveness::VisitTable(wasm::TableIndex index) {
  const wasm::Table& table = module_.tables[index];
  MarkType(table.type.element);
  if (table.is_import()) LetEscape(index);
  for (uint32_t elem : elems_of_[index]) {
    if (module_.elems[elem].size() > 0) Mark(IndexSpace::kElems, elem);
  }
  if (!table.has_init) return absl::OkStatus();
  return MarkExpr(table.init, true);
}

void Liveness::VisitMemory(wasm::MemoryIndex index) {
  for (uint32_t data : datas_of_[index]) {
    if (!module_.datas[data].bytes.empty()) Mark(IndexSpace::kDatas, data);
  }
}

void Liveness::VisitType(TypeIndex index) {
  const wasm::SubType& type = module_.types[index];
  for (uint32_t i = 0; i < type.group_size; ++i) {
    Mark(IndexSpace::kTypes, type.group_begin + i);
  }
  if (type.super != kNoIndex) Mark(IndexSpace::kTypes, type.super);
  for (wasm::ValueType param : type.params) MarkType(param);
  for (wasm::ValueType result : type.results) MarkType(result);
  for (const wasm::FieldType& field : type.fields) {
    MarkType(field.storage.value);
  }
}

absl::Status Liveness::VisitElem(uint32_t index) {
  const ElemSegment& segment = module_.elems[index];
  MarkType(segment.type);
  if (segment.mode != ElemSegment::kActive) return absl::OkStatus();
  Mark(IndexSpace::kTables, segment.table);
  ReadElem(index);
  return MarkExpr(segment.offset, true);
}

absl::Status Liveness::VisitEntries(uint32_t index) {
  const ElemSegment& segment = module_.elems[index];
  const bool entries_run =
      segment.mode != ElemSegment::kActive ||
      escapes_[state_.Resolve(IndexSpace::kTables, segment.table)];
  for (FuncIndex func : segment.funcs) {
    Declare(func);
    if (entries_run) {
      LetRun(func);
    } else {
      LetRunIfCalled(func);
    }
  }
  for (const wasm::ConstExpr& expr : segment.exprs) {
    absl::Status status = MarkExpr(expr, entries_run);
    if (!status.ok()) return status;
  }
  return absl::OkStatus();
}

absl::Status Liveness::VisitData(uint32_t index) {
  const wasm::DataSegment& segment = module_.datas[index];
  if (segment.mode != wasm::DataSegment::kActive) return absl::OkStatus();
  data_is_read_[index] = true;
  Mark(IndexSpace::kMemories, segment.memory);
  return MarkExpr(segment.offset, true);
}

std::vector<FuncIndex> Liveness::UndeclaredFuncs() const {
  std::vector<FuncIndex> funcs;
  for (FuncIndex i = 0; i < is_taken_.size(); ++i) {
    if (is_taken_[i] && !is_declared_[i]) funcs.push_back(i);
  }
  return funcs;
}

}  // namespace weft::passes
