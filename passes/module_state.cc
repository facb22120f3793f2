#include "passes/module_state.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "base/check.h"
#include "ir/wasm/bytes.h"

namespace weft::passes {
namespace {

using wasm::kNoIndex;

// The maps of `maps` in the order of IndexSpace.
std::vector<uint32_t>* MapOf(IndexSpace space, wasm::IndexMaps* maps) {
  std::vector<uint32_t>* const all[kIndexSpaces] = {
      &maps->types, &maps->funcs,   &maps->tables, &maps->memories,
      &maps->tags,  &maps->globals, &maps->elems,  &maps->datas};
  return all[static_cast<int>(space)];
}

bool IsIdentity(const std::vector<uint32_t>& map) {
  for (uint32_t i = 0; i < map.size(); ++i) {
    if (map[i] != i) return false;
  }
  return true;
}

}  // namespace

IndexSpace SpaceOf(wasm::ExternalKind kind) {
  switch (kind) {
    case wasm::ExternalKind::kFunc:
      break;
    case wasm::ExternalKind::kTable:
      return IndexSpace::kTables;
    case wasm::ExternalKind::kMemory:
      return IndexSpace::kMemories;
    case wasm::ExternalKind::kGlobal:
      return IndexSpace::kGlobals;
    case wasm::ExternalKind::kTag:
      return IndexSpace::kTags;
  }
  return IndexSpace::kFuncs;
}

ModuleState::ModuleState(wasm::Module module)
    : module_(std::move(module)),
      bodies_(module_.funcs.size()),
      body_flags_(module_.funcs.size()) {
  for (const wasm::CustomSection& section : module_.customs) {
    if (section.name != kHintSection) continue;
    hints_status_ = ReadHints(section);
    if (!hints_status_.ok()) hints_.clear();
    break;
  }
}

absl::Status ModuleState::ReadHints(const wasm::CustomSection& section) {
  absl::StatusOr<std::vector<wasm::FunctionHints>> functions =
      wasm::ParseBranchHints(section.bytes, section.offset);
  if (!functions.ok()) return functions.status();
  hints_.resize(module_.funcs.size());
  for (wasm::FunctionHints& function : *functions) {
    if (function.func >= module_.funcs.size() ||
        module_.funcs[function.func].is_import() ||
        !hints_[function.func].empty()) {
      return absl::InvalidArgumentError(
          absl::StrCat("it names function ", function.func,
                       ", which is not defined or was named before"));
    }
    for (size_t i = 1; i < function.hints.size(); ++i) {
      if (function.hints[i - 1].offset >= function.hints[i].offset) {
        return absl::InvalidArgumentError("its offsets do not ascend");
      }
    }
    hints_[function.func] = std::move(function.hints);
  }
  return absl::OkStatus();
}

void ModuleState::ReplaceBody(wasm::FuncIndex func, std::vector<uint8_t> body,
                              BodyLocals locals,
                              std::vector<wasm::BranchHint> hints) {
  WEFT_CHECK(!module_.funcs[func].is_import());
  bodies_[func] = std::move(body);
  module_.funcs[func].body = bodies_[func];
  body_flags_[func] |= kReplaced | kStale;
  if (!hints_.empty()) hints_[func] = std::move(hints);
  if (locals == BodyLocals::kRenumbered) body_flags_[func] |= kNewLocals;
}

absl::StatusOr<const ModuleSummary*> ModuleState::Summary(int threads) {
  bool stale = summary_ == nullptr;
  for (uint8_t& flags : body_flags_) {
    stale |= (flags & kStale) != 0;
    flags &= ~kStale;
  }
  if (stale) {
    summary_.reset();
    absl::StatusOr<ModuleSummary> summary = SummarizeModule(module_, threads);
    if (!summary.ok()) return summary.status();
    summary_ = std::make_unique<ModuleSummary>(*std::move(summary));
  }
  return summary_.get();
}

size_t ModuleState::size(IndexSpace space) const {
  switch (space) {
    case IndexSpace::kTypes:
      return module_.types.size();
    case IndexSpace::kFuncs:
      return module_.funcs.size();
    case IndexSpace::kTables:
      return module_.tables.size();
    case IndexSpace::kMemories:
      return module_.memories.size();
    case IndexSpace::kTags:
      return module_.tags.size();
    case IndexSpace::kGlobals:
      return module_.globals.size();
    case IndexSpace::kElems:
      return module_.elems.size();
    case IndexSpace::kDatas:
      return module_.datas.size();
    case IndexSpace::kCount:
      break;
  }
  return 0;
}

bool ModuleState::is_import(IndexSpace space, uint32_t index) const {
  switch (space) {
    case IndexSpace::kFuncs:
      return module_.funcs[index].is_import();
    case IndexSpace::kTables:
      return module_.tables[index].is_import();
    case IndexSpace::kMemories:
      return module_.memories[index].is_import();
    case IndexSpace::kTags:
      return module_.tags[index].is_import();
    case IndexSpace::kGlobals:
      return module_.globals[index].is_import();
    case IndexSpace::kTypes:
    case IndexSpace::kElems:
    case IndexSpace::kDatas:
    case IndexSpace::kCount:
      break;
  }
  return false;
}

std::vector<uint32_t>& ModuleState::ReplacementOf(IndexSpace space) {
  std::vector<uint32_t>& map = edits_[static_cast<int>(space)].replacement;
  const size_t count = size(space);
  map.reserve(count);
  while (map.size() < count) map.push_back(static_cast<uint32_t>(map.size()));
  return map;
}

uint32_t ModuleState::Resolve(IndexSpace space, uint32_t index) const {
  const std::vector<uint32_t>& map = edits(space).replacement;
  // Replacements are smaller, so that this ends.
  while (index < map.size() && map[index] != index) index = map[index];
  return index;
}

void ModuleState::Remove(IndexSpace space, uint32_t index) {
  WEFT_CHECK(is_kept(space, index));
  ReplacementOf(space)[index] = kNoIndex;
}

void ModuleState::Merge(IndexSpace space, uint32_t index, uint32_t into) {
  WEFT_CHECK(into < index);
  WEFT_CHECK(is_kept(space, index) && is_kept(space, into));
  ReplacementOf(space)[index] = into;
}

void ModuleState::SetOrder(IndexSpace space, std::vector<uint32_t> order) {
  edits_[static_cast<int>(space)].order = std::move(order);
}

std::vector<uint32_t> ModuleState::OutputOrder(IndexSpace space) const {
  std::vector<uint32_t> result;
  const auto count = static_cast<uint32_t>(size(space));
  result.reserve(count);
  std::vector<bool> listed(count);
  for (uint32_t index : edits(space).order) {
    if (listed[index] || !is_kept(space, index)) continue;
    listed[index] = true;
    result.push_back(index);
  }
  for (uint32_t index = 0; index < count; ++index) {
    if (!listed[index] && is_kept(space, index)) result.push_back(index);
  }
  std::stable_partition(result.begin(), result.end(), [&](uint32_t index) {
    return is_import(space, index);
  });
  return result;
}

wasm::IndexMaps ModuleState::MakeResolvedMaps() const {
  wasm::IndexMaps maps;
  for (int i = 0; i < kIndexSpaces; ++i) {
    const auto space = static_cast<IndexSpace>(i);
    std::vector<uint32_t>& map = *MapOf(space, &maps);
    map.resize(size(space));
    for (uint32_t j = 0; j < map.size(); ++j) {
      const uint32_t image = Resolve(space, j);
      map[j] = image == kNoIndex ? j : image;
    }
    if (IsIdentity(map)) map.clear();
  }
  return maps;
}

wasm::IndexMaps ModuleState::MakeOutputMaps() const {
  wasm::IndexMaps maps;
  for (int i = 0; i < kIndexSpaces; ++i) {
    const auto space = static_cast<IndexSpace>(i);
    std::vector<uint32_t>& map = *MapOf(space, &maps);
    map.assign(size(space), kNoIndex);
    const std::vector<uint32_t> order = OutputOrder(space);
    for (uint32_t j = 0; j < order.size(); ++j) map[order[j]] = j;
    for (uint32_t j = 0; j < map.size(); ++j) {
      const uint32_t kept = Resolve(space, j);
      if (kept != kNoIndex) map[j] = map[kept];
    }
    if (IsIdentity(map)) map.clear();
  }
  return maps;
}

wasm::ByteSpan ModuleState::Own(std::vector<uint8_t> bytes) {
  return owned_.emplace_back(std::move(bytes));
}

wasm::ConstExpr ModuleState::MakeOffset(uint64_t offset, bool is_64) {
  wasm::Operator op;
  op.op = is_64 ? wasm::Op::kI64Const : wasm::Op::kI32Const;
  op.value = offset;
  wasm::ByteWriter writer;
  wasm::WriteOperator(op, &writer);
  op.op = wasm::Op::kEnd;
  wasm::WriteOperator(op, &writer);
  return {Own(writer.Take()), 0};
}

}  // namespace weft::passes
