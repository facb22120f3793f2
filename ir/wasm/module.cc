#include "ir/wasm/module.h"

namespace weft::wasm {
namespace {

TypeIndex Canonical(const Module& module, TypeIndex index) {
  return module.canonical_types.empty() ? index : module.canonical_types[index];
}

bool IsDefinedSubtype(const Module& module, TypeIndex sub, TypeIndex super) {
  if (sub == super) return true;
  const uint32_t depth = module.types[super].depth;
  if (module.types[sub].depth < depth) return false;
  while (module.types[sub].depth > depth) sub = module.types[sub].super;
  return Canonical(module, sub) == Canonical(module, super);
}

bool IsDefinedBelowAbstract(SubType::Kind kind, HeapType::Abstract super) {
  switch (kind) {
    case SubType::kFunc:
      return super == HeapType::kFunc;
    case SubType::kStruct:
      return super == HeapType::kStruct || super == HeapType::kEq ||
             super == HeapType::kAny;
    case SubType::kArray:
      return super == HeapType::kArray || super == HeapType::kEq ||
             super == HeapType::kAny;
  }
  return false;
}

bool IsAbstractSubtype(HeapType::Abstract sub, HeapType::Abstract super) {
  if (sub == super) return true;
  switch (sub) {
    case HeapType::kNone:
      return super == HeapType::kI31 || super == HeapType::kStruct ||
             super == HeapType::kArray || super == HeapType::kEq ||
             super == HeapType::kAny;
    case HeapType::kI31:
    case HeapType::kStruct:
    case HeapType::kArray:
      return super == HeapType::kEq || super == HeapType::kAny;
    case HeapType::kEq:
      return super == HeapType::kAny;
    case HeapType::kNoFunc:
      return super == HeapType::kFunc;
    case HeapType::kNoExtern:
      return super == HeapType::kExtern;
    case HeapType::kNoExn:
      return super == HeapType::kExn;
    case HeapType::kFunc:
    case HeapType::kExtern:
    case HeapType::kAny:
    case HeapType::kExn:
      return false;
  }
  return false;
}

}  // namespace

bool IsSubtype(const Module& module, HeapType sub, HeapType super) {
  if (sub == super) return true;
  if (sub.is_defined()) {
    if (super.is_defined()) {
      return IsDefinedSubtype(module, sub.index(), super.index());
    }
    return IsDefinedBelowAbstract(module.types[sub.index()].kind,
                                  super.abstract());
  }
  if (!super.is_defined()) {
    return IsAbstractSubtype(sub.abstract(), super.abstract());
  }
  // Only the bottom types are below a defined type.
  return module.types[super.index()].kind == SubType::kFunc
             ? sub.abstract() == HeapType::kNoFunc
             : sub.abstract() == HeapType::kNone;
}

bool IsSubtype(const Module& module, ValueType sub, ValueType super) {
  if (sub == super || sub.kind() == ValueType::kBottom) return true;
  if (!sub.is_ref() || !super.is_ref()) return false;
  if (sub.nullable() && !super.nullable()) return false;
  return IsSubtype(module, sub.heap(), super.heap());
}

HeapType TopType(const Module& module, HeapType heap) {
  if (heap.is_defined()) {
    return module.types[heap.index()].kind == SubType::kFunc ? HeapType::kFunc
                                                             : HeapType::kAny;
  }
  switch (heap.abstract()) {
    case HeapType::kFunc:
    case HeapType::kNoFunc:
      return HeapType::kFunc;
    case HeapType::kExtern:
    case HeapType::kNoExtern:
      return HeapType::kExtern;
    case HeapType::kExn:
    case HeapType::kNoExn:
      return HeapType::kExn;
    case HeapType::kAny:
    case HeapType::kEq:
    case HeapType::kI31:
    case HeapType::kStruct:
    case HeapType::kArray:
    case HeapType::kNone:
      return HeapType::kAny;
  }
  return HeapType::kAny;
}

absl::string_view SectionName(SectionId id) {
  static constexpr absl::string_view kNames[] = {
      "custom section",     "type section",   "import section",
      "function section",   "table section",  "memory section",
      "global section",     "export section", "start section",
      "element section",    "code section",   "data section",
      "data count section", "tag section",
  };
  return kNames[static_cast<int>(id)];
}

absl::string_view ExternalKindName(ExternalKind kind) {
  switch (kind) {
    case ExternalKind::kFunc:
      return "function";
    case ExternalKind::kTable:
      return "table";
    case ExternalKind::kMemory:
      return "memory";
    case ExternalKind::kGlobal:
      return "global";
    case ExternalKind::kTag:
      return "tag";
  }
  return "";
}

}  // namespace weft::wasm
