// Defined types of all modules of an engine, canonical: equal types (spec
// 3.3.1, types of equal recursion groups) have equal ids, so that modules and
// stores can share values and code can compare types by number.
#ifndef WEFT_EXEC_RUNTIME_TYPE_REGISTRY_H_
#define WEFT_EXEC_RUNTIME_TYPE_REGISTRY_H_

#include <atomic>
#include <cstdint>
#include <memory>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "exec/runtime/object_layout.h"
#include "exec/runtime/types.h"
#include "ir/wasm/types.h"

namespace weft::wasm {
struct Module;
}  // namespace weft::wasm

namespace weft::exec {

// What the executor knows about a defined type. Defined heap types in its
// value types hold TypeIds. Its address is stable, and so are all arrays.
struct RuntimeType {
  enum Kind : uint8_t { kFunc, kStruct, kArray };

  Kind kind = kFunc;
  bool is_final = true;
  uint8_t depth = 0;  // Number of super types; at most 63.
  // Of structs: which free list serves them; see heap.h.
  uint8_t size_class = 0;
  TypeId id = 0;
  // Size of a struct, or of an exception with a function type's parameters as
  // its payload, in bytes, rounded up to 8. Arrays: 0.
  uint32_t object_bytes = 0;
  // What the collector follows in an object of this type: references at these
  // offsets, ascending; in arrays, all elements or none. Those to functions
  // are not among them.
  uint32_t num_traced = 0;
  const uint32_t* traced = nullptr;
  bool traces_elements = false;
  bool is_array = false;  // kind == kArray.
  // Elements of an array.
  FieldLayout element;
  // Super types from the root of the hierarchy down to the type itself, which
  // is display[depth].
  const TypeId* display = nullptr;
  // The recursion group.
  TypeId group_begin = 0;
  uint32_t group_size = 1;

  // Struct types.
  absl::Span<const FieldLayout> fields;
  // Function types: parameters and results, the slot of each counted from the
  // first one's, and the slots that they take.
  absl::Span<const wasm::ValueType> params;
  absl::Span<const wasm::ValueType> results;
  absl::Span<const uint16_t> param_slot;
  absl::Span<const uint16_t> result_slot;
  uint16_t param_slots = 0;
  uint16_t result_slots = 0;

  // 0 when there is none.
  TypeId super() const { return depth == 0 ? 0 : display[depth - 1]; }
};

// Thread-safe: types can be registered while others are read. Types live as
// long as the registry.
class TypeRegistry {
 public:
  static constexpr uint32_t kMaxTypes = 1u << 23;

  // At most `max_types` types, each of equal ones counted once.
  // REQUIRES: max_types < 2^23.
  explicit TypeRegistry(uint32_t max_types = kMaxTypes - 1);
  ~TypeRegistry();
  TypeRegistry(const TypeRegistry&) = delete;
  TypeRegistry& operator=(const TypeRegistry&) = delete;

  // Returns the id of each type of `module`, by type index. Expected time
  // linear in the size of its types. Ids are small, ascend in the order of
  // registration and are never 0. Errors: ResourceExhausted when there would
  // be more than the registry's maximum.
  // REQUIRES: the module's types are valid.
  absl::StatusOr<std::vector<TypeId>> Register(const wasm::Module& module);
  absl::StatusOr<std::vector<TypeId>> Register(
      absl::Span<const wasm::SubType> types);

  // The id of a final function type that is a recursion group of its own, as
  // (type (func ...)) declares it; defined heap types in `params` and
  // `results` hold TypeIds. Errors: as above; InvalidArgument for more than
  // 1,000 of either.
  absl::StatusOr<TypeId> RegisterFunc(
      absl::Span<const wasm::ValueType> params,
      absl::Span<const wasm::ValueType> results);

  // REQUIRES: `id` was returned by this registry.
  const RuntimeType& Get(TypeId id) const {
    return chunks_[id >> kChunkBits].load(
        std::memory_order_relaxed)[id & (kChunkSize - 1)];
  }

  // Whether the defined type `sub` is `super` or declared below it (spec
  // 3.3.9). O(1).
  bool IsSubtype(TypeId sub, TypeId super) const {
    if (sub == super) return true;
    const RuntimeType& type = Get(sub);
    const uint8_t depth = Get(super).depth;
    return depth < type.depth && type.display[depth] == super;
  }

  // The same for heap and value types (spec 3.3.3 to 3.3.5) whose defined heap
  // types hold TypeIds: for linking and for values that the host passes. O(1).
  bool IsSubtype(wasm::HeapType sub, wasm::HeapType super) const;
  bool IsSubtype(wasm::ValueType sub, wasm::ValueType super) const;
  // Their enumerators are no TypeIds.
  bool IsSubtype(wasm::HeapType::Abstract sub,
                 wasm::HeapType::Abstract super) const {
    return IsSubtype(wasm::HeapType(sub), wasm::HeapType(super));
  }
  bool IsSubtype(wasm::ValueType::Kind sub, wasm::ValueType::Kind super) const {
    return sub == super;
  }

  // The abstract type at the top of the hierarchy of `heap`: any, func, extern
  // or exn.
  wasm::HeapType TopType(wasm::HeapType heap) const;

  // Ids below this one are in use, 0 excepted.
  uint32_t size() const { return size_.load(std::memory_order_acquire); }

 private:
  static constexpr uint32_t kChunkBits = 10;
  static constexpr uint32_t kChunkSize = 1u << kChunkBits;

  class Impl;

  std::atomic<RuntimeType*> chunks_[kMaxTypes / kChunkSize] = {};
  std::atomic<uint32_t> size_{1};
  const uint32_t max_types_;
  std::unique_ptr<Impl> impl_;
};

// A module's value type with TypeIds in place of its type indices. `ids` is
// what Register returned for the module.
inline wasm::ValueType WithTypeIds(wasm::ValueType type,
                                   absl::Span<const TypeId> ids) {
  if (!type.is_ref() || !type.heap().is_defined()) return type;
  return wasm::ValueType::Ref(wasm::HeapType::Defined(ids[type.heap().index()]),
                              type.nullable());
}

}  // namespace weft::exec

#endif  // WEFT_EXEC_RUNTIME_TYPE_REGISTRY_H_
