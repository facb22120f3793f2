#include <algorithm>
#include <memory>
#include <string>
#include <vector>

#include "absl/container/flat_hash_set.h"
#include "check/reduce/mentions.h"
#include "check/reduce/reduce_module.h"

namespace weft::check::reducing {
namespace {

using wasm::ExternalKind;
using wasm::kNoIndex;
using wasm::Operator;

// Steps that each are a small edit of a draft.
struct DraftStep {
  void (*take)(uint32_t index, Draft* draft);
  uint32_t index;
};

Plan PlanSteps(const Subject& subject, std::vector<DraftStep> steps) {
  const auto shared =
      std::make_shared<std::vector<DraftStep>>(std::move(steps));
  return {shared->size(), [&subject, shared](size_t begin, size_t end) {
            Draft draft(subject);
            for (size_t i = begin; i < end; ++i) {
              (*shared)[i].take((*shared)[i].index, &draft);
            }
            return draft.Write();
          }};
}

// Whether what import number `index` imports can be defined with zeros.
bool CanDefine(const wasm::Module& module, const wasm::Import& import) {
  std::vector<Operator> ops;
  switch (import.kind) {
    case ExternalKind::kFunc: {
      const auto& results = module.func_type(import.index).results;
      return std::all_of(results.begin(), results.end(), [&](auto type) {
        return AppendZero(module, type, &ops);
      });
    }
    case ExternalKind::kGlobal:
      return AppendZero(module, module.globals[import.index].type.value, &ops);
    case ExternalKind::kTable:
      return module.tables[import.index].type.element.is_defaultable();
    case ExternalKind::kMemory:
    case ExternalKind::kTag:
      return true;
  }
  return false;
}

void Define(uint32_t number, Draft* draft) {
  const wasm::Import import = draft->module.imports[number];
  std::vector<Operator> ops;
  if (import.kind == ExternalKind::kFunc) {
    wasm::ByteWriter body;
    body.U32(0);
    for (auto type : draft->module.func_type(import.index).results) {
      AppendZero(draft->module, type, &ops);
    }
    ops.push_back(MakeOp(wasm::Op::kEnd));
    for (const Operator& op : ops) WriteOperator(op, &body);
    // Indices in the body would be those before imports move; there are none
    // but of types, which do not.
    draft->bodies[import.index] = body.Take();
  } else if (import.kind == ExternalKind::kGlobal) {
    wasm::Global& global = draft->module.globals[import.index];
    AppendZero(draft->module, global.type.value, &ops);
    global.init = draft->MakeExpr(ops);
  }
  draft->RemoveImport(number);
}

void ZeroMin(wasm::Limits* limits) { limits->min = 0; }
void HalveMin(wasm::Limits* limits) { limits->min /= 2; }
void NoMax(wasm::Limits* limits) {
  limits->has_max = false;
  limits->max = 0;
}
void MaxIsMin(wasm::Limits* limits) { limits->max = limits->min; }
void Unshare(wasm::Limits* limits) { limits->is_shared = false; }

template <void (*kEdit)(wasm::Limits*)>
void EditTable(uint32_t index, Draft* draft) {
  kEdit(&draft->module.tables[index].type.limits);
}
template <void (*kEdit)(wasm::Limits*)>
void EditMemory(uint32_t index, Draft* draft) {
  kEdit(&draft->module.memories[index].type.limits);
}

void NoTableInit(uint32_t index, Draft* draft) {
  draft->module.tables[index].has_init = false;
}
void NormalPages(uint32_t index, Draft* draft) {
  wasm::MemoryType& type = draft->module.memories[index].type;
  type.page_size_log2 = 16;
  type.has_page_size = false;
}

void ZeroGlobal(uint32_t index, Draft* draft) {
  wasm::Global& global = draft->module.globals[index];
  std::vector<Operator> ops;
  if (AppendZero(draft->module, global.type.value, &ops)) {
    global.init = draft->MakeExpr(ops);
  }
}
void Freeze(uint32_t index, Draft* draft) {
  draft->module.globals[index].type.is_mutable = false;
}

void NoSuper(uint32_t index, Draft* draft) {
  draft->module.types[index].super = kNoIndex;
}
void Finish(uint32_t index, Draft* draft) {
  draft->module.types[index].is_final = true;
}
void FreezeFields(uint32_t index, Draft* draft) {
  for (wasm::FieldType& field : draft->module.types[index].fields) {
    field.is_mutable = false;
  }
}
// The whole group of `index`, its first type.
void SplitGroup(uint32_t index, Draft* draft) {
  const uint32_t size = draft->module.types[index].group_size;
  for (uint32_t i = index; i < index + size; ++i) {
    draft->module.types[i].group_begin = i;
    draft->module.types[i].group_size = 1;
  }
}

// "a" ... "z", "a0", ...
std::string ShortName(uint32_t index) {
  std::string name(1, static_cast<char>('a' + index % 26));
  if (index >= 26) name += std::to_string(index / 26 - 1);
  return name;
}

absl::string_view KeepName(std::string name, Draft* draft) {
  const Bytes& bytes = draft->storage.emplace_back(name.begin(), name.end());
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

void ShortenExport(uint32_t index, Draft* draft) {
  draft->module.exports[index].name = KeepName(ShortName(index), draft);
}
void ShortenImport(uint32_t index, Draft* draft) {
  draft->module.imports[index].module = KeepName("", draft);
  draft->module.imports[index].field = KeepName(ShortName(index), draft);
}

}  // namespace

Plan PlanDefineImports(const Subject& subject) {
  const wasm::Module& module = subject.module();
  const auto imports = std::make_shared<std::vector<uint32_t>>();
  // Last one first: numbers of those before stay.
  for (auto i = static_cast<uint32_t>(module.imports.size()); i-- > 0;) {
    if (CanDefine(module, module.imports[i])) imports->push_back(i);
  }
  return {imports->size(), [&subject, imports](size_t begin, size_t end) {
            Draft draft(subject);
            for (size_t i = begin; i < end; ++i) Define((*imports)[i], &draft);
            draft.PutImportsFirst();
            return draft.Write();
          }};
}

Plan PlanLimits(const Subject& subject) {
  std::vector<DraftStep> steps;
  const wasm::Module& module = subject.module();
  for (uint32_t i = 0; i < module.tables.size(); ++i) {
    const wasm::Table& table = module.tables[i];
    if (table.has_init) steps.push_back({NoTableInit, i});
    if (table.type.limits.has_max) {
      steps.push_back({EditTable<NoMax>, i});
      steps.push_back({EditTable<MaxIsMin>, i});
    }
    if (table.type.limits.min == 0) continue;
    steps.push_back({EditTable<ZeroMin>, i});
    steps.push_back({EditTable<HalveMin>, i});
  }
  for (uint32_t i = 0; i < module.memories.size(); ++i) {
    const wasm::MemoryType& type = module.memories[i].type;
    if (type.limits.is_shared) steps.push_back({EditMemory<Unshare>, i});
    if (type.page_size_log2 != 16) steps.push_back({NormalPages, i});
    if (type.limits.has_max) {
      steps.push_back({EditMemory<NoMax>, i});
      steps.push_back({EditMemory<MaxIsMin>, i});
    }
    if (type.limits.min == 0) continue;
    steps.push_back({EditMemory<ZeroMin>, i});
    steps.push_back({EditMemory<HalveMin>, i});
  }
  return PlanSteps(subject, std::move(steps));
}

Plan PlanGlobals(const Subject& subject) {
  std::vector<DraftStep> steps;
  const wasm::Module& module = subject.module();
  for (uint32_t i = 0; i < module.globals.size(); ++i) {
    if (!module.globals[i].is_import()) steps.push_back({ZeroGlobal, i});
    if (module.globals[i].type.is_mutable) steps.push_back({Freeze, i});
  }
  return PlanSteps(subject, std::move(steps));
}

Plan PlanTypes(const Subject& subject) {
  std::vector<DraftStep> steps;
  const wasm::Module& module = subject.module();
  for (uint32_t i = 0; i < module.types.size(); ++i) {
    const wasm::SubType& type = module.types[i];
    if (type.super != kNoIndex) steps.push_back({NoSuper, i});
    if (!type.is_final) steps.push_back({Finish, i});
    if (!type.fields.empty()) steps.push_back({FreezeFields, i});
    if (type.group_begin == i && type.group_size > 1) {
      steps.push_back({SplitGroup, i});
    }
  }
  return PlanSteps(subject, std::move(steps));
}

Plan PlanEqualTypes(const Subject& subject) {
  const std::vector<uint32_t>& canonical = subject.module().canonical_types;
  bool any = false;
  for (uint32_t i = 0; i < canonical.size(); ++i) any |= canonical[i] != i;
  return {any ? size_t{1} : 0, [&subject, &canonical](size_t, size_t) {
            Draft draft(subject);
            std::vector<uint32_t>& map = draft.maps.types;
            uint32_t next = 0;
            for (uint32_t i = 0; i < canonical.size(); ++i) {
              map.push_back(canonical[i] == i ? next++ : map[canonical[i]]);
            }
            return draft.Write();
          }};
}

Plan PlanNames(const Subject& subject) {
  std::vector<DraftStep> steps;
  const wasm::Module& module = subject.module();
  absl::flat_hash_set<absl::string_view> names;
  for (const wasm::Export& entry : module.exports) names.insert(entry.name);
  for (uint32_t i = 0; i < module.exports.size(); ++i) {
    const std::string name = ShortName(i);
    if (module.exports[i].name.size() > name.size() && !names.contains(name)) {
      steps.push_back({ShortenExport, i});
    }
  }
  for (uint32_t i = 0; i < module.imports.size(); ++i) {
    const wasm::Import& import = module.imports[i];
    if (import.module.size() + import.field.size() > ShortName(i).size()) {
      steps.push_back({ShortenImport, i});
    }
  }
  return PlanSteps(subject, std::move(steps));
}

}  // namespace weft::check::reducing
