// First buckets by the hashes of the summary, then classes of functions whose
// encodings without callees are equal byte for byte, then partition refinement
// (Hopcroft: "An n log n algorithm for minimizing states in a finite
// automaton", 1971): a class splits where the classes of the callees differ,
// the largest part keeps the class's id, and callers of the others are looked
// at again. O(n log n) in the mentions of functions in bucketed bodies.
#include "passes/merge_duplicate_functions.h"

#include <algorithm>
#include <tuple>
#include <utility>
#include <vector>

#include "ir/wasm/locals.h"
#include "ir/wasm/operator.h"
#include "passes/summary.h"
#include "third_party/parallel_for.h"

namespace weft::passes {
namespace {

using wasm::FuncIndex;
using wasm::Operator;

// Functions of equal type, with equal hashes.
using Bucket = std::vector<FuncIndex>;

// A body without its callees, and the callees in order of mention.
struct Normalized {
  std::vector<uint8_t> bytes;
  std::vector<FuncIndex> callees;
};

bool MentionsFunc(wasm::Op op) {
  const auto& immediates = wasm::InfoOf(op).immediates;
  return immediates.size() == 1 && immediates[0] == wasm::ImmediateKind::kFunc;
}

absl::StatusOr<Normalized> Normalize(const wasm::Module& module,
                                     const wasm::IndexMaps& maps,
                                     FuncIndex func) {
  const wasm::Function& function = module.funcs[func];
  wasm::ByteReader reader(function.body, function.body_offset);
  std::vector<wasm::LocalGroup> locals;
  absl::Status status = wasm::ReadLocals(&reader, module.features, &locals);
  if (!status.ok()) return status;
  wasm::ByteWriter out;
  for (wasm::LocalGroup& group : locals) group.type = maps.Map(group.type);
  wasm::WriteLocals(locals, &out);
  wasm::OperatorReader operators(reader.rest(), reader.offset(),
                                 module.features);
  Normalized result;
  wasm::RemapScratch scratch;
  Operator op;
  while (!operators.done()) {
    if (!operators.TryRead(&op)) return operators.status();
    wasm::RemapOperator(maps, &op, &scratch);
    if (MentionsFunc(op.op)) {
      result.callees.push_back(op.index[0]);
      op.index[0] = 0;
    }
    wasm::WriteOperator(op, &out);
  }
  result.bytes = out.Take();
  return result;
}

// Representatives of everything, types by their canonical ones.
wasm::IndexMaps MakeMaps(const ModuleState& state) {
  wasm::IndexMaps maps = state.MakeResolvedMaps();
  maps.types = state.module().canonical_types;
  return maps;
}

std::vector<Bucket> MakeBuckets(const ModuleState& state,
                                const ModuleSummary& summary) {
  struct Key {
    uint64_t hash;
    wasm::TypeIndex type;
    uint32_t operators;
    FuncIndex func;
    auto What() const { return std::tie(hash, type, operators); }
  };
  const wasm::Module& module = state.module();
  std::vector<Key> keys;
  for (FuncIndex i = module.num_imported_funcs; i < module.funcs.size(); ++i) {
    if (!state.is_kept(IndexSpace::kFuncs, i)) continue;
    keys.push_back({summary.hash(i),
                    module.canonical_types[module.funcs[i].type],
                    summary.operators(i), i});
  }
  std::sort(keys.begin(), keys.end(), [](const Key& a, const Key& b) {
    return std::tie(a.hash, a.type, a.operators, a.func) <
           std::tie(b.hash, b.type, b.operators, b.func);
  });
  std::vector<Bucket> buckets;
  for (size_t i = 0; i < keys.size();) {
    size_t end = i + 1;
    while (end < keys.size() && keys[end].What() == keys[i].What()) ++end;
    if (end - i > 1) {
      Bucket& bucket = buckets.emplace_back();
      for (; i < end; ++i) bucket.push_back(keys[i].func);
    }
    i = end;
  }
  return buckets;
}

// Imports of one name and type.
std::vector<Bucket> MakeImportBuckets(const ModuleState& state) {
  using Key = std::tuple<absl::string_view, absl::string_view, wasm::TypeIndex,
                         FuncIndex>;
  const wasm::Module& module = state.module();
  std::vector<Key> keys;
  for (FuncIndex i = 0; i < module.num_imported_funcs; ++i) {
    if (!state.is_kept(IndexSpace::kFuncs, i)) continue;
    const wasm::Function& func = module.funcs[i];
    const wasm::Import& import = module.imports[func.import_index];
    keys.emplace_back(import.module, import.field,
                      module.canonical_types[func.type], i);
  }
  std::sort(keys.begin(), keys.end());
  std::vector<Bucket> buckets;
  for (size_t i = 0; i < keys.size(); ++i) {
    const auto& [module_name, field, type, func] = keys[i];
    const bool same = i > 0 && std::get<0>(keys[i - 1]) == module_name &&
                      std::get<1>(keys[i - 1]) == field &&
                      std::get<2>(keys[i - 1]) == type;
    if (!same) buckets.emplace_back();
    buckets.back().push_back(func);
  }
  return buckets;
}

// Splits functions into classes of duplicates.
class Partition {
 public:
  explicit Partition(size_t num_funcs)
      : class_of_(num_funcs),
        position_(num_funcs),
        callees_(num_funcs),
        callers_(num_funcs),
        is_dirty_(num_funcs),
        members_(num_funcs) {
    for (FuncIndex i = 0; i < num_funcs; ++i) {
      class_of_[i] = i;
      members_[i] = {i};
    }
  }

  // Makes one class of `funcs`, each alone in its class so far.
  void Join(const Bucket& funcs) {
    const uint32_t id = class_of_[funcs[0]];
    for (FuncIndex func : funcs) {
      if (class_of_[func] == id) continue;
      members_[class_of_[func]].clear();
      Place(func, id);
    }
  }

  // Tells what `func` mentions in order. REQUIRES: no Refine so far.
  void SetCallees(FuncIndex func, std::vector<FuncIndex> callees) {
    callees_[func] = std::move(callees);
    MarkDirty(func);
    std::vector<FuncIndex> distinct = callees_[func];
    std::sort(distinct.begin(), distinct.end());
    distinct.erase(std::unique(distinct.begin(), distinct.end()),
                   distinct.end());
    for (FuncIndex callee : distinct) callers_[callee].push_back(func);
  }

  // Splits classes until members of each mention the same classes.
  void Refine();

  // Each class with more than one member.
  std::vector<Bucket> Classes() const {
    std::vector<Bucket> result;
    for (const Bucket& members : members_) {
      if (members.size() > 1) result.push_back(members);
    }
    return result;
  }

 private:
  void Place(FuncIndex func, uint32_t id) {
    class_of_[func] = id;
    position_[func] = static_cast<uint32_t>(members_[id].size());
    members_[id].push_back(func);
  }
  void TakeOut(FuncIndex func) {
    Bucket& members = members_[class_of_[func]];
    const FuncIndex last = members.back();
    members[position_[func]] = last;
    position_[last] = position_[func];
    members.pop_back();
  }
  void MarkDirty(FuncIndex func) {
    if (is_dirty_[func]) return;
    is_dirty_[func] = true;
    dirty_.push_back(func);
  }
  // Gives `part`, which is in no class, a class of its own.
  void PlaceInNewClass(const Bucket& part) {
    const auto id = static_cast<uint32_t>(members_.size());
    members_.emplace_back();
    for (FuncIndex func : part) {
      Place(func, id);
      for (FuncIndex caller : callers_[func]) MarkDirty(caller);
    }
  }
  bool SameCallees(FuncIndex a, FuncIndex b) const {
    return Compare(a, b) == 0;
  }
  // Orders by the classes of what is mentioned.
  int Compare(FuncIndex a, FuncIndex b) const {
    const std::vector<FuncIndex>& left = callees_[a];
    const std::vector<FuncIndex>& right = callees_[b];
    if (left.size() != right.size()) return left.size() < right.size() ? -1 : 1;
    for (size_t i = 0; i < left.size(); ++i) {
      const uint32_t x = class_of_[left[i]];
      const uint32_t y = class_of_[right[i]];
      if (x != y) return x < y ? -1 : 1;
    }
    return 0;
  }
  void Split(uint32_t id, Bucket dirty);

  std::vector<uint32_t> class_of_;
  std::vector<uint32_t> position_;  // Within the members of its class.
  std::vector<std::vector<FuncIndex>> callees_;
  std::vector<std::vector<FuncIndex>> callers_;
  std::vector<bool> is_dirty_;
  std::vector<FuncIndex> dirty_;
  std::vector<Bucket> members_;  // By class.
};

void Partition::Refine() {
  while (!dirty_.empty()) {
    Bucket dirty = std::move(dirty_);
    dirty_.clear();
    for (FuncIndex func : dirty) is_dirty_[func] = false;
    // Class by class; classes of this round do not depend on those of others.
    std::vector<std::pair<uint32_t, FuncIndex>> by_class;
    for (FuncIndex func : dirty) by_class.emplace_back(class_of_[func], func);
    std::sort(by_class.begin(), by_class.end());
    for (size_t i = 0; i < by_class.size();) {
      const uint32_t id = by_class[i].first;
      Bucket members;
      for (; i < by_class.size() && by_class[i].first == id; ++i) {
        members.push_back(by_class[i].second);
      }
      Split(id, std::move(members));
    }
  }
}

// Splits class `id` of whose members only `dirty` may have changed. A clean
// member mentions no class that is younger than the last split of its class, a
// dirty one does, so that clean ones differ from all dirty ones.
void Partition::Split(uint32_t id, Bucket dirty) {
  if (members_[id].size() == 1) return;
  std::sort(dirty.begin(), dirty.end(), [&](FuncIndex a, FuncIndex b) {
    const int order = Compare(a, b);
    return order != 0 ? order < 0 : a < b;
  });
  std::vector<Bucket> parts;
  for (FuncIndex func : dirty) {
    if (parts.empty() || !SameCallees(parts.back()[0], func)) {
      parts.emplace_back();
    }
    parts.back().push_back(func);
  }
  const size_t num_clean = members_[id].size() - dirty.size();
  if (num_clean == 0 && parts.size() == 1) return;
  for (FuncIndex func : dirty) TakeOut(func);
  const auto largest = std::max_element(
      parts.begin(), parts.end(),
      [](const Bucket& a, const Bucket& b) { return a.size() < b.size(); });
  Bucket clean;
  if (largest->size() > num_clean) {
    clean = std::move(members_[id]);
    members_[id].clear();
    for (FuncIndex func : *largest) Place(func, id);
    largest->clear();
  }
  if (!clean.empty()) PlaceInNewClass(clean);
  for (const Bucket& part : parts) {
    if (!part.empty()) PlaceInNewClass(part);
  }
}

// The classes of one bucket by bytes, and the callees of its members.
struct BucketResult {
  std::vector<Bucket> classes;
  std::vector<std::pair<FuncIndex, std::vector<FuncIndex>>> callees;
  absl::Status status;
};

BucketResult CompareBodies(const wasm::Module& module,
                           const wasm::IndexMaps& maps, const Bucket& bucket) {
  BucketResult result;
  std::vector<std::vector<uint8_t>> bytes;  // Of each class.
  for (FuncIndex func : bucket) {
    absl::StatusOr<Normalized> body = Normalize(module, maps, func);
    if (!body.ok()) {
      result.status = body.status();
      return result;
    }
    const auto same = std::find(bytes.begin(), bytes.end(), body->bytes);
    if (same == bytes.end()) {
      bytes.push_back(std::move(body->bytes));
      result.classes.push_back({func});
    } else {
      result.classes[same - bytes.begin()].push_back(func);
    }
    result.callees.emplace_back(func, std::move(body->callees));
  }
  return result;
}

}  // namespace

absl::StatusOr<uint64_t> MergeDuplicateFunctions(
    const ModulePassOptions& options, ModuleState* state) {
  absl::StatusOr<const ModuleSummary*> summary =
      state->Summary(options.threads);
  if (!summary.ok()) return summary.status();
  const wasm::Module& module = state->module();
  const wasm::IndexMaps maps = MakeMaps(*state);
  const std::vector<Bucket> buckets = MakeBuckets(*state, **summary);
  std::vector<BucketResult> results(buckets.size());
  ParallelFor(buckets.size(), options.threads, [&](size_t i) {
    results[i] = CompareBodies(module, maps, buckets[i]);
  });
  Partition partition(module.funcs.size());
  for (const Bucket& bucket : MakeImportBuckets(*state)) {
    partition.Join(bucket);
  }
  for (BucketResult& result : results) {
    if (!result.status.ok()) return result.status;
    for (const Bucket& members : result.classes) partition.Join(members);
    for (auto& [func, callees] : result.callees) {
      partition.SetCallees(func, std::move(callees));
    }
  }
  partition.Refine();
  uint64_t changes = 0;
  for (const Bucket& members : partition.Classes()) {
    const FuncIndex kept = *std::min_element(members.begin(), members.end());
    for (FuncIndex func : members) {
      if (func == kept) continue;
      state->Merge(IndexSpace::kFuncs, func, kept);
      ++changes;
    }
  }
  return changes;
}

}  // namespace weft::passes
