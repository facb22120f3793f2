#include "ir/wasm/type_text.h"

#include "absl/strings/str_cat.h"

namespace weft::wasm {
namespace {

struct AbstractName {
  absl::string_view heap;
  absl::string_view nullable_ref;
};

// By HeapType::Abstract.
constexpr AbstractName kAbstractNames[] = {
    {"func", "funcref"},     {"nofunc", "nullfuncref"},
    {"extern", "externref"}, {"noextern", "nullexternref"},
    {"any", "anyref"},       {"eq", "eqref"},
    {"i31", "i31ref"},       {"struct", "structref"},
    {"array", "arrayref"},   {"none", "nullref"},
    {"exn", "exnref"},       {"noexn", "nullexnref"},
};

// Types that only validation has lie beyond the table.
bool HasName(HeapType type) {
  return !type.is_defined() &&
         type.bits() < sizeof(kAbstractNames) / sizeof(kAbstractNames[0]);
}

}  // namespace

std::string HeapTypeText(HeapType type) {
  if (type.is_defined()) return absl::StrCat(type.index());
  if (!HasName(type)) return "any type";
  return std::string(kAbstractNames[type.bits()].heap);
}

std::string ValueTypeText(ValueType type) {
  switch (type.kind()) {
    case ValueType::kNone:
      return "nothing";
    case ValueType::kI32:
      return "i32";
    case ValueType::kI64:
      return "i64";
    case ValueType::kF32:
      return "f32";
    case ValueType::kF64:
      return "f64";
    case ValueType::kV128:
      return "v128";
    case ValueType::kRef:
      break;
    case ValueType::kBottom:
      return "any type";
  }
  if (type.nullable() && HasName(type.heap())) {
    return std::string(kAbstractNames[type.heap().bits()].nullable_ref);
  }
  return absl::StrCat(type.nullable() ? "(ref null " : "(ref ",
                      HeapTypeText(type.heap()), ")");
}

}  // namespace weft::wasm
