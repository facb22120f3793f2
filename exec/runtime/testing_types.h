// Type sections by hand, for tests.
#ifndef WEFT_EXEC_RUNTIME_TESTING_TYPES_H_
#define WEFT_EXEC_RUNTIME_TESTING_TYPES_H_

#include <cstdint>
#include <utility>
#include <vector>

#include "absl/types/span.h"
#include "ir/wasm/types.h"

namespace weft::exec::testing {

inline wasm::ValueType RefTo(wasm::TypeIndex index, bool nullable = true) {
  return wasm::ValueType::Ref(wasm::HeapType::Defined(index), nullable);
}
inline wasm::ValueType RefTo(wasm::HeapType::Abstract heap,
                             bool nullable = true) {
  return wasm::ValueType::Ref(heap, nullable);
}

inline wasm::FieldType Mutable(wasm::ValueType type) {
  return {{type, wasm::StorageType::kNotPacked}, true};
}
inline wasm::FieldType Immutable(wasm::ValueType type) {
  return {{type, wasm::StorageType::kNotPacked}, false};
}
inline wasm::FieldType Packed(wasm::StorageType::Packed packed) {
  return {{wasm::ValueType::kI32, packed}, true};
}

inline wasm::SubType FuncType(std::vector<wasm::ValueType> params,
                              std::vector<wasm::ValueType> results) {
  wasm::SubType type;
  type.params = std::move(params);
  type.results = std::move(results);
  return type;
}
inline wasm::SubType StructType(std::vector<wasm::FieldType> fields) {
  wasm::SubType type;
  type.kind = wasm::SubType::kStruct;
  type.fields = std::move(fields);
  return type;
}
inline wasm::SubType ArrayType(wasm::FieldType element) {
  wasm::SubType type;
  type.kind = wasm::SubType::kArray;
  type.fields = {element};
  return type;
}

// The same type, open for subtypes, below `super` if there is one.
inline wasm::SubType Open(wasm::SubType type,
                          wasm::TypeIndex super = wasm::kNoIndex) {
  type.is_final = false;
  type.super = super;
  return type;
}

// Types by index, as a module has them.
class TypeList {
 public:
  // Adds one recursion group and returns the index of its first type.
  wasm::TypeIndex Add(std::vector<wasm::SubType> group) {
    const wasm::TypeIndex begin = types_.size();
    for (wasm::SubType& type : group) {
      type.group_begin = begin;
      type.group_size = group.size();
      types_.push_back(std::move(type));
      wasm::SubType& added = types_.back();
      added.depth =
          added.super == wasm::kNoIndex ? 0 : types_[added.super].depth + 1;
    }
    return begin;
  }
  wasm::TypeIndex Add(wasm::SubType type) {
    return Add(std::vector<wasm::SubType>{std::move(type)});
  }

  absl::Span<const wasm::SubType> types() const { return types_; }

 private:
  std::vector<wasm::SubType> types_;
};

}  // namespace weft::exec::testing

#endif  // WEFT_EXEC_RUNTIME_TESTING_TYPES_H_
