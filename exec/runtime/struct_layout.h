// Offsets of the fields of a struct.
#ifndef WEFT_EXEC_RUNTIME_STRUCT_LAYOUT_H_
#define WEFT_EXEC_RUNTIME_STRUCT_LAYOUT_H_

#include <array>
#include <cstdint>

#include "exec/runtime/object_layout.h"

namespace weft::exec {

// Gives each field its place as it comes: the smallest hole that alignment
// left before, else the end. A field's offset thus follows from the fields
// before it, so that a subtype, whose fields begin with those of its super
// type, has them at the same offsets.
class StructLayout {
 public:
  // The offset of the next field.
  uint32_t Add(StorageKind kind);

  // Bytes of the object, a multiple of 8.
  uint32_t bytes() const { return (end_ + 7) & ~7u; }

 private:
  // Holes of 1, 2 and 4 bytes, at most one of each; 0 for none.
  std::array<uint32_t, 3> holes_ = {};
  uint32_t end_ = kStructFieldsOffset;
};

}  // namespace weft::exec

#endif  // WEFT_EXEC_RUNTIME_STRUCT_LAYOUT_H_
