// Liveness marks, this sweeps.
#include "passes/remove_unused.h"

#include <algorithm>
#include <iterator>
#include <utility>
#include <vector>

#include "passes/liveness.h"
#include "passes/summary.h"

namespace weft::passes {
namespace {

using wasm::ElemSegment;
using wasm::FuncIndex;
using wasm::kNoIndex;
using wasm::TypeIndex;

// Makes the first kept one of equal types stand for the others. Equal types
// are members of equal groups, so that groups merge whole.
uint64_t MergeEqualTypes(ModuleState* state) {
  const std::vector<TypeIndex>& canonical = state->module().canonical_types;
  std::vector<TypeIndex> first(canonical.size(), kNoIndex);
  uint64_t changes = 0;
  for (TypeIndex i = 0; i < canonical.size(); ++i) {
    if (!state->is_kept(IndexSpace::kTypes, i)) continue;
    TypeIndex& kept = first[canonical[i]];
    if (kept == kNoIndex) {
      kept = i;
    } else {
      state->Merge(IndexSpace::kTypes, i, kept);
      ++changes;
    }
  }
  return changes;
}

// Removes what is not marked.
uint64_t Sweep(const Liveness& liveness, ModuleState* state) {
  uint64_t changes = 0;
  for (int i = 0; i < kIndexSpaces; ++i) {
    const auto space = static_cast<IndexSpace>(i);
    const auto count = static_cast<uint32_t>(state->size(space));
    for (uint32_t index = 0; index < count; ++index) {
      if (!state->is_kept(space, index) || liveness.live(space, index))
        continue;
      // Declarative segments are for RewriteDeclarations.
      if (space == IndexSpace::kElems &&
          state->module().elems[index].mode == ElemSegment::kDeclarative) {
        continue;
      }
      state->Remove(space, index);
      ++changes;
    }
  }
  return changes;
}

// Gives functions that stay as entries of a table, but that no call can reach,
// the shortest body that any type has.
uint64_t ReplaceBodiesThatCannotRun(const Liveness& liveness,
                                    ModuleState* state) {
  constexpr uint8_t kUnreachableBody[] = {0x00, 0x00, 0x0b};
  uint64_t changes = 0;
  const wasm::Module& module = state->module();
  for (FuncIndex func = 0; func < module.funcs.size(); ++func) {
    // A body of three bytes has no room for an operator with an index.
    if (!liveness.live(IndexSpace::kFuncs, func) || liveness.can_run(func) ||
        module.funcs[func].body.size() <= sizeof(kUnreachableBody)) {
      continue;
    }
    state->ReplaceBody(
        func, {std::begin(kUnreachableBody), std::end(kUnreachableBody)},
        BodyLocals::kRenumbered);
    ++changes;
  }
  return changes;
}

// Empties segments that stay for their index only.
uint64_t EmptySegments(const Liveness& liveness, ModuleState* state) {
  uint64_t changes = 0;
  wasm::Module& module = state->mutable_module();
  for (uint32_t i = 0; i < module.elems.size(); ++i) {
    ElemSegment& segment = module.elems[i];
    if (!liveness.live(IndexSpace::kElems, i) || liveness.elem_is_read(i) ||
        segment.size() == 0) {
      continue;
    }
    segment.funcs.clear();
    segment.exprs.clear();
    ++changes;
  }
  for (uint32_t i = 0; i < module.datas.size(); ++i) {
    wasm::DataSegment& segment = module.datas[i];
    if (!liveness.live(IndexSpace::kDatas, i) || liveness.data_is_read(i) ||
        segment.bytes.empty()) {
      continue;
    }
    segment.bytes = {};
    ++changes;
  }
  return changes;
}

// What a declarative segment declares, ascending and without duplicates.
std::vector<FuncIndex> DeclaredBy(const ModuleState& state,
                                  const ElemSegment& segment) {
  std::vector<FuncIndex> funcs;
  for (FuncIndex func : segment.funcs) {
    funcs.push_back(state.Resolve(IndexSpace::kFuncs, func));
  }
  std::sort(funcs.begin(), funcs.end());
  funcs.erase(std::unique(funcs.begin(), funcs.end()), funcs.end());
  return funcs;
}

// Leaves one declarative segment with `undeclared`, or none when it is empty;
// segments that bodies name are not touched.
uint64_t RewriteDeclarations(const Liveness& liveness,
                             std::vector<FuncIndex> undeclared,
                             ModuleState* state) {
  uint64_t changes = 0;
  bool done = undeclared.empty();
  const auto count = static_cast<uint32_t>(state->module().elems.size());
  for (uint32_t i = 0; i < count; ++i) {
    ElemSegment& segment = state->mutable_module().elems[i];
    if (segment.mode != ElemSegment::kDeclarative ||
        !state->is_kept(IndexSpace::kElems, i) ||
        liveness.live(IndexSpace::kElems, i)) {
      continue;
    }
    if (done) {
      state->Remove(IndexSpace::kElems, i);
      ++changes;
      continue;
    }
    done = true;
    if (segment.size() == undeclared.size() &&
        DeclaredBy(*state, segment) == undeclared) {
      continue;
    }
    segment.is_exprs = false;
    segment.exprs.clear();
    segment.type = wasm::ValueType::Ref(wasm::HeapType::kFunc, false);
    segment.funcs = undeclared;
    ++changes;
  }
  if (done) return changes;
  ElemSegment& segment = state->mutable_module().elems.emplace_back();
  segment.mode = ElemSegment::kDeclarative;
  segment.type = wasm::ValueType::Ref(wasm::HeapType::kFunc, false);
  segment.funcs = std::move(undeclared);
  return changes + 1;
}

}  // namespace

absl::StatusOr<uint64_t> RemoveUnused(const ModulePassOptions& options,
                                      ModuleState* state) {
  absl::StatusOr<const ModuleSummary*> summary =
      state->Summary(options.threads);
  if (!summary.ok()) return summary.status();
  uint64_t changes = MergeEqualTypes(state);
  Liveness liveness(*state, **summary);
  absl::Status status = liveness.Run();
  if (!status.ok()) return status;
  changes += ReplaceBodiesThatCannotRun(liveness, state);
  changes += EmptySegments(liveness, state);
  changes += Sweep(liveness, state);
  changes += RewriteDeclarations(liveness, liveness.UndeclaredFuncs(), state);
  wasm::Module& module = state->mutable_module();
  if (module.has_data_count && !liveness.needs_data_count()) {
    module.has_data_count = false;
    ++changes;
  }
  return changes;
}

}  // namespace weft::passes
