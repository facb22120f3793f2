#include "check/interface.h"

#include <algorithm>
#include <cstddef>
#include <utility>

#include "absl/algorithm/container.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "check/operators.h"
#include "ir/wasm/operator.h"

namespace weft::check {
namespace {

bool SameLimits(const wasm::Limits& a, const wasm::Limits& b) {
  return a.min == b.min && a.has_max == b.has_max &&
         (!a.has_max || a.max == b.max) && a.is_shared == b.is_shared &&
         a.is_64 == b.is_64;
}

bool ImportsTable(const wasm::Module& module) {
  for (const wasm::Table& table : module.tables) {
    if (table.is_import()) return true;
  }
  return false;
}

bool CallsImportedTable(const wasm::Operator& op, const wasm::Module& module) {
  return (op.op == wasm::Op::kCallIndirect ||
          op.op == wasm::Op::kReturnCallIndirect) &&
         module.tables[op.index[1]].is_import();
}

std::vector<exec::TypeId> CalledTypes(const exec::Module& compiled) {
  std::vector<exec::TypeId> types;
  const wasm::Module& module = compiled.wasm();
  if (!ImportsTable(module)) return types;
  ForEachOperator(module, [&](const wasm::Operator& op) {
    if (!CallsImportedTable(op, module)) return true;
    const exec::TypeId type = compiled.TypeIdOf(op.index[0]);
    if (!absl::c_linear_search(types, type)) types.push_back(type);
    return types.size() < kMaxCalledTypes;
  });
  return types;
}

}  // namespace

bool SameType(const exec::ExternType& a, const exec::ExternType& b) {
  if (a.kind != b.kind) return false;
  switch (a.kind) {
    case wasm::ExternalKind::kFunc:
    case wasm::ExternalKind::kTag:
      return a.func == b.func;
    case wasm::ExternalKind::kTable:
      return a.table.element == b.table.element &&
             SameLimits(a.table.limits, b.table.limits);
    case wasm::ExternalKind::kMemory:
      return a.memory.page_size_log2 == b.memory.page_size_log2 &&
             SameLimits(a.memory.limits, b.memory.limits);
    case wasm::ExternalKind::kGlobal:
      return a.global.value == b.global.value &&
             a.global.is_mutable == b.global.is_mutable;
  }
  return false;
}

int FindImport(const Interface& interface, const exec::ImportInfo& import) {
  const auto found = interface.by_name.find(
      std::pair(std::string(import.module), std::string(import.field)));
  if (found == interface.by_name.end()) return -1;
  for (const int i : found->second) {
    if (SameType(interface.imports[static_cast<size_t>(i)].type, import.type)) {
      return i;
    }
  }
  return -1;
}

Interface InterfaceOf(const exec::Module& module) {
  Interface interface;
  for (const exec::ImportInfo& import : module.imports()) {
    if (FindImport(interface, import) >= 0) continue;
    const std::string name(import.module);
    const std::string field(import.field);
    interface.by_name[{name, field}].push_back(
        static_cast<int>(interface.imports.size()));
    interface.imports.push_back({name, field, import.type});
  }
  for (const exec::ExportInfo& e : module.exports()) {
    interface.exports.push_back({std::string(e.name), e.type});
  }
  interface.called_types = CalledTypes(module);
  return interface;
}

std::string CompareInterfaces(const Interface& before, const Interface& after) {
  for (const Interface::Import& import : after.imports) {
    if (FindImport(before, {import.module, import.field, import.type}) < 0) {
      return absl::StrCat("import ", import.module, ".", import.field, " (",
                          wasm::ExternalKindName(import.type.kind), ") is new");
    }
  }
  const size_t common = std::min(before.exports.size(), after.exports.size());
  for (size_t i = 0; i < common; ++i) {
    const Interface::Export& a = before.exports[i];
    const Interface::Export& b = after.exports[i];
    if (a.name != b.name) {
      return absl::StrCat("export ", i, " is named '", b.name,
                          "' in place of '", a.name, "'");
    }
    if (!SameType(a.type, b.type)) {
      return absl::StrCat("export '", a.name, "', a ",
                          wasm::ExternalKindName(a.type.kind),
                          ", has another type");
    }
  }
  if (before.exports.size() != after.exports.size()) {
    return absl::StrCat(after.exports.size(), " exports in place of ",
                        before.exports.size());
  }
  return "";
}

}  // namespace weft::check
