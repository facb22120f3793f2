// Items (functions, globals, recursion groups) are ranked by mentions, pulled
// behind what they depend on, and dealt out to the ranges of indices of equal
// encoding size; inside of a range the old order is restored.
#include "passes/reorder.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "passes/link.h"
#include "passes/summary.h"

namespace weft::passes {
namespace {

using wasm::FuncIndex;
using wasm::kNoIndex;
using wasm::TypeIndex;

// Mentions by index, of everything that is kept.
struct Counts {
  std::vector<uint64_t> funcs;
  std::vector<uint64_t> globals;
  std::vector<uint64_t> types;
  std::vector<uint64_t> signed_types;
};

class Counter {
 public:
  Counter(const ModuleState& state, const ModuleSummary& summary)
      : state_(state), module_(state.module()), summary_(summary) {
    counts_.funcs.resize(module_.funcs.size());
    counts_.globals.resize(module_.globals.size());
    counts_.types.resize(module_.types.size());
    counts_.signed_types.resize(module_.types.size());
  }

  absl::StatusOr<Counts> Run();

 private:
  void Add(UseKind kind, uint32_t index, uint64_t count);
  void AddType(wasm::ValueType type) {
    if (type.is_ref() && type.heap().is_defined()) {
      Add(UseKind::kSignedType, type.heap().index(), 1);
    }
  }
  void AddExpr(const wasm::ConstExpr& expr);
  void CountFuncs();
  void CountTypes();
  void CountElems();
  void CountOthers();

  const ModuleState& state_;
  const wasm::Module& module_;
  const ModuleSummary& summary_;
  Counts counts_;
  absl::Status status_;
};

void Counter::Add(UseKind kind, uint32_t index, uint64_t count) {
  switch (kind) {
    case UseKind::kCall:
    case UseKind::kRefFunc:
      counts_.funcs[state_.Resolve(IndexSpace::kFuncs, index)] += count;
      return;
    case UseKind::kType:
    case UseKind::kIndirectType:
      counts_.types[state_.Resolve(IndexSpace::kTypes, index)] += count;
      return;
    case UseKind::kSignedType:
      counts_.signed_types[state_.Resolve(IndexSpace::kTypes, index)] += count;
      return;
    case UseKind::kGlobalGet:
    case UseKind::kGlobalSet:
      counts_.globals[state_.Resolve(IndexSpace::kGlobals, index)] += count;
      return;
    case UseKind::kTable:
    case UseKind::kTableCall:
    case UseKind::kMemory:
    case UseKind::kTag:
    case UseKind::kElem:
    case UseKind::kElemDrop:
    case UseKind::kData:
    case UseKind::kDataDrop:
    case UseKind::kCount:
      return;
  }
}

void Counter::AddExpr(const wasm::ConstExpr& expr) {
  std::vector<ExprUse> uses;
  absl::Status status = AppendExprUses(module_, expr, &uses);
  if (status_.ok()) status_ = std::move(status);
  for (const ExprUse& use : uses) Add(use.kind, use.index, 1);
}

void Counter::CountFuncs() {
  for (FuncIndex func = 0; func < module_.funcs.size(); ++func) {
    if (!state_.is_kept(IndexSpace::kFuncs, func)) continue;
    Add(UseKind::kType, module_.funcs[func].type, 1);
    if (module_.funcs[func].is_import()) continue;
    for (int k = 0; k < kUseKinds; ++k) {
      const auto kind = static_cast<UseKind>(k);
      for (const Use& use : summary_.Uses(func, kind)) {
        Add(kind, use.index, use.count);
      }
    }
  }
}

void Counter::CountTypes() {
  for (TypeIndex i = 0; i < module_.types.size(); ++i) {
    if (!state_.is_kept(IndexSpace::kTypes, i)) continue;
    const wasm::SubType& type = module_.types[i];
    if (type.super != kNoIndex) Add(UseKind::kType, type.super, 1);
    for (wasm::ValueType param : type.params) AddType(param);
    for (wasm::ValueType result : type.results) AddType(result);
    for (const wasm::FieldType& field : type.fields) {
      AddType(field.storage.value);
    }
  }
}

void Counter::CountElems() {
  for (uint32_t i = 0; i < module_.elems.size(); ++i) {
    if (!state_.is_kept(IndexSpace::kElems, i)) continue;
    const wasm::ElemSegment& segment = module_.elems[i];
    if (segment.mode == wasm::ElemSegment::kActive) AddExpr(segment.offset);
    if (segment.is_exprs) AddType(segment.type);
    for (FuncIndex func : segment.funcs) Add(UseKind::kCall, func, 1);
    for (const wasm::ConstExpr& expr : segment.exprs) AddExpr(expr);
  }
}

void Counter::CountOthers() {
  for (uint32_t i = 0; i < module_.tables.size(); ++i) {
    if (!state_.is_kept(IndexSpace::kTables, i)) continue;
    AddType(module_.tables[i].type.element);
    if (module_.tables[i].has_init) AddExpr(module_.tables[i].init);
  }
  for (uint32_t i = 0; i < module_.tags.size(); ++i) {
    if (!state_.is_kept(IndexSpace::kTags, i)) continue;
    Add(UseKind::kType, module_.tags[i].type, 1);
  }
  for (uint32_t i = 0; i < module_.globals.size(); ++i) {
    if (!state_.is_kept(IndexSpace::kGlobals, i)) continue;
    AddType(module_.globals[i].type.value);
    if (!module_.globals[i].is_import()) AddExpr(module_.globals[i].init);
  }
  for (uint32_t i = 0; i < module_.datas.size(); ++i) {
    const wasm::DataSegment& segment = module_.datas[i];
    if (segment.mode == wasm::DataSegment::kActive &&
        state_.is_kept(IndexSpace::kDatas, i)) {
      AddExpr(segment.offset);
    }
  }
  for (const wasm::Export& entry : module_.exports) {
    if (entry.kind == wasm::ExternalKind::kFunc) {
      Add(UseKind::kCall, entry.index, 1);
    } else if (entry.kind == wasm::ExternalKind::kGlobal) {
      Add(UseKind::kGlobalGet, entry.index, 1);
    }
  }
  if (module_.start != kNoIndex) Add(UseKind::kCall, module_.start, 1);
}

absl::StatusOr<Counts> Counter::Run() {
  CountFuncs();
  CountTypes();
  CountElems();
  CountOthers();
  if (!status_.ok()) return status_;
  return std::move(counts_);
}

// Something with `size` consecutive indices.
struct Item {
  uint32_t first = 0;  // Source index.
  uint32_t size = 1;
  uint64_t mentions = 0;
  std::vector<uint32_t> needs;  // Positions of items that come before it.
};

// Items by mentions for an index, what they need before them. The needs of an
// item have smaller positions, so that following them ends.
std::vector<uint32_t> Rank(const std::vector<Item>& items) {
  std::vector<uint32_t> by_mentions(items.size());
  for (uint32_t i = 0; i < items.size(); ++i) by_mentions[i] = i;
  std::stable_sort(by_mentions.begin(), by_mentions.end(),
                   [&](uint32_t a, uint32_t b) {
                     return items[a].mentions * items[b].size >
                            items[b].mentions * items[a].size;
                   });
  std::vector<uint32_t> ranked;
  std::vector<bool> is_done(items.size());
  std::vector<uint32_t> stack;
  for (uint32_t start : by_mentions) {
    stack.push_back(start);
    while (!stack.empty()) {
      const uint32_t item = stack.back();
      if (is_done[item]) {
        stack.pop_back();
        continue;
      }
      bool is_ready = true;
      for (uint32_t need : items[item].needs) {
        if (is_done[need]) continue;
        stack.push_back(need);
        is_ready = false;
      }
      if (!is_ready) continue;
      stack.pop_back();
      is_done[item] = true;
      ranked.push_back(item);
    }
  }
  return ranked;
}

// Source indices of `items`, which are in source order, in their new order.
// `first_index` is the first index that they get, `limits` the ends of the
// ranges of indices with equal size, ascending.
std::vector<uint32_t> Deal(const std::vector<Item>& items, uint32_t first_index,
                           absl::Span<const uint32_t> limits) {
  std::vector<uint32_t> ranked = Rank(items);
  uint32_t next = first_index;
  for (size_t begin = 0; begin < ranked.size();) {
    const auto limit = std::upper_bound(limits.begin(), limits.end(), next);
    size_t end = begin;
    while (end < ranked.size() && (limit == limits.end() || next < *limit)) {
      next += items[ranked[end++]].size;
    }
    std::sort(ranked.begin() + static_cast<ptrdiff_t>(begin),
              ranked.begin() + static_cast<ptrdiff_t>(end));
    begin = end;
  }
  std::vector<uint32_t> order;
  for (uint32_t item : ranked) {
    for (uint32_t i = 0; i < items[item].size; ++i) {
      order.push_back(items[item].first + i);
    }
  }
  return order;
}

// The first index of each size of encoding after the smallest; types have both
// unsigned and signed mentions.
constexpr uint32_t kLimits[] = {1u << 7, 1u << 14, 1u << 21};
constexpr uint32_t kTypeLimits[] = {1u << 6,  1u << 7,  1u << 13,
                                    1u << 14, 1u << 20, 1u << 21};

// Defined entities in their present order.
std::vector<Item> DefinedItems(const ModuleState& state, IndexSpace space,
                               const std::vector<uint64_t>& counts) {
  std::vector<Item> items;
  for (uint32_t index : state.OutputOrder(space)) {
    if (state.is_import(space, index)) continue;
    Item& item = items.emplace_back();
    item.first = index;
    item.mentions = counts[index];
  }
  return items;
}

// For each source index its position in `items`, or kNoIndex.
std::vector<uint32_t> PositionsOf(const std::vector<Item>& items, size_t size) {
  std::vector<uint32_t> positions(size, kNoIndex);
  for (uint32_t i = 0; i < items.size(); ++i) {
    for (uint32_t j = 0; j < items[i].size; ++j) {
      positions[items[i].first + j] = i;
    }
  }
  return positions;
}

// A global needs those that its initializer reads.
absl::StatusOr<std::vector<Item>> GlobalItems(const ModuleState& state,
                                              const Counts& counts) {
  const wasm::Module& module = state.module();
  std::vector<Item> items =
      DefinedItems(state, IndexSpace::kGlobals, counts.globals);
  const std::vector<uint32_t> positions =
      PositionsOf(items, module.globals.size());
  for (Item& item : items) {
    std::vector<ExprUse> uses;
    absl::Status status =
        AppendExprUses(module, module.globals[item.first].init, &uses);
    if (!status.ok()) return status;
    for (const ExprUse& use : uses) {
      if (use.kind != UseKind::kGlobalGet) continue;
      const uint32_t need =
          positions[state.Resolve(IndexSpace::kGlobals, use.index)];
      if (need != kNoIndex) item.needs.push_back(need);
    }
  }
  return items;
}

// Recursion groups; a group needs those that its members refer to.
std::vector<Item> TypeItems(const ModuleState& state, const Counts& counts) {
  const wasm::Module& module = state.module();
  std::vector<Item> items;
  for (TypeIndex index : state.OutputOrder(IndexSpace::kTypes)) {
    if (module.types[index].group_begin == index) {
      items.emplace_back().first = index;
      items.back().size = module.types[index].group_size;
    }
    items.back().mentions += counts.types[index] + counts.signed_types[index];
  }
  const std::vector<uint32_t> positions =
      PositionsOf(items, module.types.size());
  for (uint32_t i = 0; i < items.size(); ++i) {
    Item& item = items[i];
    const auto need = [&](TypeIndex index) {
      const uint32_t position =
          positions[state.Resolve(IndexSpace::kTypes, index)];
      if (position != i) item.needs.push_back(position);
    };
    const auto need_type = [&](wasm::ValueType type) {
      if (type.is_ref() && type.heap().is_defined()) need(type.heap().index());
    };
    for (uint32_t j = 0; j < item.size; ++j) {
      const wasm::SubType& type = module.types[item.first + j];
      if (type.super != kNoIndex) need(type.super);
      for (wasm::ValueType param : type.params) need_type(param);
      for (wasm::ValueType result : type.results) need_type(result);
      for (const wasm::FieldType& field : type.fields) {
        need_type(field.storage.value);
      }
    }
  }
  return items;
}

// Tries orders and keeps those that make the module smaller.
class Trial {
 public:
  Trial(const ModulePassOptions& options, ModuleState* state) : state_(state) {
    options_.threads = options.threads;
    options_.custom_sections = false;
  }

  // Deals out `items` of `space`; `limits` as in Deal.
  absl::Status Try(IndexSpace space, const std::vector<Item>& items,
                   absl::Span<const uint32_t> limits);
  uint64_t changes() const { return changes_; }

 private:
  absl::StatusOr<size_t> Measure() const {
    absl::StatusOr<Linked> linked = Link(*state_, options_);
    if (!linked.ok()) return linked.status();
    return linked->bytes.size();
  }

  ModuleState* state_;
  LinkOptions options_;
  size_t best_ = 0;  // Bytes with the orders so far; 0: not known.
  uint64_t changes_ = 0;
};

absl::Status Trial::Try(IndexSpace space, const std::vector<Item>& items,
                        absl::Span<const uint32_t> limits) {
  const std::vector<uint32_t> before = state_->OutputOrder(space);
  if (before.size() <= limits[0]) return absl::OkStatus();
  uint32_t imports = 0;
  while (imports < before.size() && state_->is_import(space, before[imports])) {
    ++imports;
  }
  std::vector<uint32_t> after(before.begin(), before.begin() + imports);
  const std::vector<uint32_t> dealt = Deal(items, imports, limits);
  after.insert(after.end(), dealt.begin(), dealt.end());
  if (after == before) return absl::OkStatus();
  if (best_ == 0) {
    absl::StatusOr<size_t> size = Measure();
    if (!size.ok()) return size.status();
    best_ = *size;
  }
  state_->SetOrder(space, after);
  absl::StatusOr<size_t> size = Measure();
  if (!size.ok()) return size.status();
  if (*size >= best_) {
    state_->SetOrder(space, before);
    return absl::OkStatus();
  }
  best_ = *size;
  for (size_t i = 0; i < before.size(); ++i) changes_ += before[i] != after[i];
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<uint64_t> Reorder(const ModulePassOptions& options,
                                 ModuleState* state) {
  absl::StatusOr<const ModuleSummary*> summary =
      state->Summary(options.threads);
  if (!summary.ok()) return summary.status();
  absl::StatusOr<Counts> counts = Counter(*state, **summary).Run();
  if (!counts.ok()) return counts.status();
  absl::StatusOr<std::vector<Item>> globals = GlobalItems(*state, *counts);
  if (!globals.ok()) return globals.status();
  Trial trial(options, state);
  absl::Status status = trial.Try(
      IndexSpace::kFuncs,
      DefinedItems(*state, IndexSpace::kFuncs, counts->funcs), kLimits);
  if (status.ok()) {
    status = trial.Try(IndexSpace::kGlobals, *globals, kLimits);
  }
  if (status.ok()) {
    status =
        trial.Try(IndexSpace::kTypes, TypeItems(*state, *counts), kTypeLimits);
  }
  if (!status.ok()) return status;
  return trial.changes();
}

}  // namespace weft::passes
