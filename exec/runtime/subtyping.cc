// Subtyping between heap types (spec 3.3.3) as sets: each abstract type has
// the set of abstract types that are at or above it.
#include <cstdint>

#include "base/check.h"
#include "exec/runtime/type_registry.h"

namespace weft::exec {
namespace {

using wasm::HeapType;
using wasm::ValueType;

constexpr uint32_t Set(HeapType::Abstract type) { return 1u << type; }

constexpr uint32_t kAboveEq = Set(HeapType::kEq) | Set(HeapType::kAny);
constexpr uint32_t kAboveStruct = Set(HeapType::kStruct) | kAboveEq;
constexpr uint32_t kAboveArray = Set(HeapType::kArray) | kAboveEq;
constexpr uint32_t kAboveI31 = Set(HeapType::kI31) | kAboveEq;

uint32_t Above(HeapType::Abstract type) {
  switch (type) {
    case HeapType::kFunc:
    case HeapType::kExtern:
    case HeapType::kAny:
    case HeapType::kExn:
      return Set(type);
    case HeapType::kNoFunc:
      return Set(type) | Set(HeapType::kFunc);
    case HeapType::kNoExtern:
      return Set(type) | Set(HeapType::kExtern);
    case HeapType::kNoExn:
      return Set(type) | Set(HeapType::kExn);
    case HeapType::kEq:
      return kAboveEq;
    case HeapType::kI31:
      return kAboveI31;
    case HeapType::kStruct:
      return kAboveStruct;
    case HeapType::kArray:
      return kAboveArray;
    case HeapType::kNone:
      return Set(type) | kAboveI31 | kAboveStruct | kAboveArray;
  }
  CheckFailed(__FILE__, __LINE__, "an abstract heap type");
}

uint32_t Above(RuntimeType::Kind kind) {
  switch (kind) {
    case RuntimeType::kFunc:
      return Set(HeapType::kFunc);
    case RuntimeType::kStruct:
      return kAboveStruct;
    case RuntimeType::kArray:
      return kAboveArray;
  }
  CheckFailed(__FILE__, __LINE__, "a kind of types");
}

}  // namespace

bool TypeRegistry::IsSubtype(HeapType sub, HeapType super) const {
  if (sub == super) return true;
  if (sub.is_defined()) {
    return super.is_defined()
               ? IsSubtype(sub.index(), super.index())
               : (Above(Get(sub.index()).kind) & Set(super.abstract())) != 0;
  }
  if (!super.is_defined()) {
    return (Above(sub.abstract()) & Set(super.abstract())) != 0;
  }
  // Only bottom types are below a defined type.
  return Get(super.index()).kind == RuntimeType::kFunc
             ? sub == HeapType::kNoFunc
             : sub == HeapType::kNone;
}

bool TypeRegistry::IsSubtype(ValueType sub, ValueType super) const {
  if (sub == super) return true;
  if (!sub.is_ref() || !super.is_ref()) return false;
  if (sub.nullable() && !super.nullable()) return false;
  return IsSubtype(sub.heap(), super.heap());
}

HeapType TypeRegistry::TopType(HeapType heap) const {
  const uint32_t above = heap.is_defined() ? Above(Get(heap.index()).kind)
                                           : Above(heap.abstract());
  for (HeapType::Abstract top :
       {HeapType::kFunc, HeapType::kExtern, HeapType::kExn}) {
    if ((above & Set(top)) != 0) return top;
  }
  return HeapType::kAny;
}

}  // namespace weft::exec
