// Types of WebAssembly 3.0 as small values: value types, heap types, recursive
// sub types and the signatures of blocks.
//
// Source: WebAssembly 3.0, section 2.3 (types) and 5.3 (binary format).
#ifndef WEFT_IR_WASM_TYPES_H_
#define WEFT_IR_WASM_TYPES_H_

#include <cstdint>
#include <functional>
#include <vector>

#include "absl/types/span.h"

namespace weft::wasm {

// Indices into the index spaces of a module (spec 2.5.1). Plain integers:
// they are what the binary holds, and `IndexMaps` rewrites them wholesale.
using TypeIndex = uint32_t;
using FuncIndex = uint32_t;
using TableIndex = uint32_t;
using MemoryIndex = uint32_t;
using TagIndex = uint32_t;
using GlobalIndex = uint32_t;
using ElemIndex = uint32_t;
using DataIndex = uint32_t;
using LocalIndex = uint32_t;

inline constexpr uint32_t kNoIndex = 0xffffffffu;

// A heap type (spec 2.3.3): an abstract one, or a defined type by its index.
// 24 bits, so that it fits into a ValueType.
class HeapType {
 public:
  enum Abstract : uint32_t {
    kFunc,
    kNoFunc,
    kExtern,
    kNoExtern,
    kAny,
    kEq,
    kI31,
    kStruct,
    kArray,
    kNone,
    kExn,
    kNoExn,
  };

  constexpr HeapType() : bits_(kAny) {}
  constexpr HeapType(Abstract abstract) : bits_(abstract) {}  // NOLINT

  // REQUIRES: index < 2^23.
  static constexpr HeapType Defined(TypeIndex index) {
    HeapType type;
    type.bits_ = kDefinedBit | index;
    return type;
  }
  // The inverse of bits().
  static constexpr HeapType FromBits(uint32_t bits) {
    HeapType type;
    type.bits_ = bits;
    return type;
  }

  constexpr bool is_defined() const { return (bits_ & kDefinedBit) != 0; }
  // REQUIRES: is_defined().
  constexpr TypeIndex index() const { return bits_ & ~kDefinedBit; }
  // REQUIRES: !is_defined().
  constexpr Abstract abstract() const { return static_cast<Abstract>(bits_); }
  constexpr uint32_t bits() const { return bits_; }

  friend constexpr bool operator==(HeapType a, HeapType b) {
    return a.bits_ == b.bits_;
  }

 private:
  static constexpr uint32_t kDefinedBit = 1u << 23;
  uint32_t bits_;
};

// A value type (spec 2.3.5) in 32 bits; also the bottom type of unreachable
// code and "no type" for operators without a result.
class ValueType {
 public:
  enum Kind : uint8_t { kNone, kI32, kI64, kF32, kF64, kV128, kRef, kBottom };

  constexpr ValueType() : bits_(kNone) {}
  constexpr ValueType(Kind kind) : bits_(kind) {}  // NOLINT

  static constexpr ValueType Ref(HeapType heap, bool nullable) {
    ValueType type;
    type.bits_ = kRef | (nullable ? kNullableBit : 0u) | heap.bits() << 8;
    return type;
  }
  static constexpr ValueType FromBits(uint32_t bits) {
    ValueType type;
    type.bits_ = bits;
    return type;
  }

  constexpr Kind kind() const { return static_cast<Kind>(bits_ & 7); }
  constexpr bool is_ref() const { return kind() == kRef; }
  constexpr bool is_num_or_vec() const {
    return kind() >= kI32 && kind() <= kV128;
  }
  // True for a reference type that admits null.
  constexpr bool nullable() const { return (bits_ & kNullableBit) != 0; }
  // REQUIRES: is_ref().
  constexpr HeapType heap() const { return HeapType::FromBits(bits_ >> 8); }
  // Whether a local of this type has a default value (spec 4.2.5).
  constexpr bool is_defaultable() const { return !is_ref() || nullable(); }
  constexpr ValueType AsNullable() const {
    return is_ref() ? FromBits(bits_ | kNullableBit) : *this;
  }
  constexpr ValueType AsNonNull() const {
    return is_ref() ? FromBits(bits_ & ~kNullableBit) : *this;
  }
  constexpr uint32_t bits() const { return bits_; }

  friend constexpr bool operator==(ValueType a, ValueType b) {
    return a.bits_ == b.bits_;
  }
  template <typename H>
  friend H AbslHashValue(H h, ValueType type) {
    return H::combine(std::move(h), type.bits_);
  }

 private:
  static constexpr uint32_t kNullableBit = 1u << 3;
  uint32_t bits_;
};

// What a struct field or array element holds: a value type or a packed integer.
struct StorageType {
  enum Packed : uint8_t { kNotPacked, kI8, kI16 };

  ValueType value;  // kI32 when packed.
  Packed packed = kNotPacked;

  friend bool operator==(StorageType, StorageType) = default;
};

struct FieldType {
  StorageType storage;
  bool is_mutable = false;

  friend bool operator==(FieldType, FieldType) = default;
};

// A defined type (spec 2.3.8, subtype) within its recursion group.
struct SubType {
  enum Kind : uint8_t { kFunc, kStruct, kArray };

  Kind kind = kFunc;
  bool is_final = true;
  // The declared super type or kNoIndex (the format admits at most one).
  TypeIndex super = kNoIndex;
  // Function types.
  std::vector<ValueType> params;
  std::vector<ValueType> results;
  // Struct fields, or exactly one entry for an array.
  std::vector<FieldType> fields;
  // The recursion group: its first type and its number of types.
  TypeIndex group_begin = 0;
  uint32_t group_size = 1;
  // Number of declared super types above this one.
  uint32_t depth = 0;
};

// A block type immediate (spec 5.4.1).
struct BlockType {
  enum Kind : uint8_t { kEmpty, kValue, kTypeIndex };

  Kind kind = kEmpty;
  ValueType value;      // kValue.
  TypeIndex index = 0;  // kTypeIndex.
};

}  // namespace weft::wasm

#endif  // WEFT_IR_WASM_TYPES_H_
