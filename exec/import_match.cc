#include "exec/import_match.h"

namespace weft::exec {
namespace {

bool LimitsMatch(const wasm::Limits& actual, const wasm::Limits& expected) {
  return actual.is_64 == expected.is_64 &&
         actual.is_shared == expected.is_shared && actual.min >= expected.min &&
         (!expected.has_max || (actual.has_max && actual.max <= expected.max));
}

bool SameType(const TypeRegistry& types, wasm::ValueType a, wasm::ValueType b) {
  return types.IsSubtype(a, b) && types.IsSubtype(b, a);
}

}  // namespace

bool Matches(const TypeRegistry& types, const ExternType& actual,
             const ExternType& expected) {
  if (actual.kind != expected.kind) return false;
  switch (expected.kind) {
    case wasm::ExternalKind::kFunc:
      return types.IsSubtype(actual.func, expected.func);
    case wasm::ExternalKind::kTable:
      return LimitsMatch(actual.table.limits, expected.table.limits) &&
             SameType(types, actual.table.element, expected.table.element);
    case wasm::ExternalKind::kMemory:
      return LimitsMatch(actual.memory.limits, expected.memory.limits) &&
             actual.memory.page_size_log2 == expected.memory.page_size_log2;
    case wasm::ExternalKind::kGlobal:
      if (actual.global.is_mutable != expected.global.is_mutable) return false;
      return expected.global.is_mutable
                 ? SameType(types, actual.global.value, expected.global.value)
                 : types.IsSubtype(actual.global.value, expected.global.value);
    case wasm::ExternalKind::kTag:
      return actual.func == expected.func;
  }
  return false;
}

}  // namespace weft::exec
