// How structs, arrays and exceptions lie in the heap, and access to their
// fields and elements by (heap base, reference, offset).
//
//   struct     type, fields from offset 4 on
//   array      type, length, elements from offset 8 on
//   exception  type (a function type: the tag's), identity of the tag, payload
//              in slots from offset 8 on
//
// The type is a TypeId in 32 bits. Values are little-endian and aligned to
// their size, v128 to 8 bytes. Objects begin at multiples of 8.
#ifndef WEFT_EXEC_RUNTIME_OBJECT_LAYOUT_H_
#define WEFT_EXEC_RUNTIME_OBJECT_LAYOUT_H_

#include <cstdint>
#include <cstring>

#include "exec/runtime/types.h"
#include "ir/wasm/types.h"

namespace weft::exec {

// How a field or element is held.
enum class StorageKind : uint8_t {
  kI8,
  kI16,
  kI32,
  kI64,
  kF32,
  kF64,
  kV128,
  kRef
};

// log2 of the bytes that a value takes.
inline constexpr uint32_t StorageSizeLog2(StorageKind kind) {
  constexpr uint8_t kLog2[] = {0, 1, 2, 3, 2, 3, 4, 2};
  return kLog2[static_cast<int>(kind)];
}
inline constexpr uint32_t StorageSize(StorageKind kind) {
  return 1u << StorageSizeLog2(kind);
}
// Slots that a value takes on the stack.
inline constexpr uint32_t SlotsOf(StorageKind kind) {
  return kind == StorageKind::kV128 ? 2 : 1;
}
inline constexpr uint32_t SlotsOf(wasm::ValueType type) {
  return type.kind() == wasm::ValueType::kV128 ? 2 : 1;
}

inline constexpr uint32_t kStructFieldsOffset = 4;
inline constexpr uint32_t kArrayLengthOffset = 4;
inline constexpr uint32_t kArrayElementsOffset = 8;
inline constexpr uint32_t kExceptionTagOffset = 4;
inline constexpr uint32_t kExceptionPayloadOffset = 8;

// A field of a struct, or the elements of an array (`offset` is that of the
// first).
struct FieldLayout {
  uint32_t offset = 0;  // In bytes from the object's begin.
  StorageKind kind = StorageKind::kI32;
  bool is_mutable = false;
  wasm::ValueType type;  // As the stack has it; heap types hold TypeIds.
};

template <typename T>
inline T LoadObject(const uint8_t* base, Ref ref, uint64_t offset) {
  T value;
  std::memcpy(&value, base + ref + offset, sizeof(T));
  return value;
}
template <typename T>
inline void StoreObject(uint8_t* base, Ref ref, uint64_t offset, T value) {
  std::memcpy(base + ref + offset, &value, sizeof(T));
}

// REQUIRES: `ref` is a heap object, an array for its length, an exception for
// its tag.
inline TypeId ObjectType(const uint8_t* base, Ref ref) {
  return LoadObject<TypeId>(base, ref, 0);
}
inline uint32_t ArrayLength(const uint8_t* base, Ref ref) {
  return LoadObject<uint32_t>(base, ref, kArrayLengthOffset);
}
inline uint32_t ExceptionTag(const uint8_t* base, Ref ref) {
  return LoadObject<uint32_t>(base, ref, kExceptionTagOffset);
}
inline const Slot* ExceptionPayload(const uint8_t* base, Ref ref) {
  return reinterpret_cast<const Slot*>(base + ref + kExceptionPayloadOffset);
}

// Offset of element `index`.
inline constexpr uint64_t ElementOffset(StorageKind kind, uint32_t index) {
  return kArrayElementsOffset + (uint64_t{index} << StorageSizeLog2(kind));
}

// Reads a value into `out`, one slot or two; packed integers are
// zero-extended, or sign-extended to 32 bits when `sign` says so.
inline void LoadValue(const uint8_t* base, Ref ref, uint64_t offset,
                      StorageKind kind, bool sign, Slot* out) {
  switch (kind) {
    case StorageKind::kI8:
      *out = sign ? static_cast<uint32_t>(LoadObject<int8_t>(base, ref, offset))
                  : LoadObject<uint8_t>(base, ref, offset);
      return;
    case StorageKind::kI16:
      *out = sign
                 ? static_cast<uint32_t>(LoadObject<int16_t>(base, ref, offset))
                 : LoadObject<uint16_t>(base, ref, offset);
      return;
    case StorageKind::kI32:
    case StorageKind::kF32:
    case StorageKind::kRef:
      *out = LoadObject<uint32_t>(base, ref, offset);
      return;
    case StorageKind::kI64:
    case StorageKind::kF64:
      *out = LoadObject<uint64_t>(base, ref, offset);
      return;
    case StorageKind::kV128:
      std::memcpy(out, base + ref + offset, 16);
      return;
  }
}

// Writes the value at `in`, one slot or two; integers are wrapped.
inline void StoreValue(uint8_t* base, Ref ref, uint64_t offset,
                       StorageKind kind, const Slot* in) {
  switch (kind) {
    case StorageKind::kI8:
      StoreObject(base, ref, offset, static_cast<uint8_t>(*in));
      return;
    case StorageKind::kI16:
      StoreObject(base, ref, offset, static_cast<uint16_t>(*in));
      return;
    case StorageKind::kI32:
    case StorageKind::kF32:
    case StorageKind::kRef:
      StoreObject(base, ref, offset, static_cast<uint32_t>(*in));
      return;
    case StorageKind::kI64:
    case StorageKind::kF64:
      StoreObject(base, ref, offset, *in);
      return;
    case StorageKind::kV128:
      std::memcpy(base + ref + offset, in, 16);
      return;
  }
}

}  // namespace weft::exec

#endif  // WEFT_EXEC_RUNTIME_OBJECT_LAYOUT_H_
