// The fields of instructions, behind the cell that says what it is. A layout
// is a string with a letter per field, in the order of their bytes:
//
//   d  uint16_t  slot of the result      s  uint16_t  slot of an operand
//   p  uint16_t  unused                  h  uint16_t  small number
//   t  int32_t   branch target, in cells from the instruction's begin
//   i  int32_t   immediate               u  uint32_t  index, count or offset
//   P  uint32_t  unused                  I  uint64_t  immediate
//   T  int32_t[] as many targets as the `u` before it says
//   L  uint16_t[] as many slots as the `u` before it says
//
// Each field is aligned to its size; the whole is rounded up to cells.
#ifndef WEFT_EXEC_BYTECODE_LAYOUT_H_
#define WEFT_EXEC_BYTECODE_LAYOUT_H_

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>

#include "exec/runtime/types.h"

namespace weft::exec {

constexpr size_t FieldSize(char field) {
  switch (field) {
    case 'd':
    case 's':
    case 'p':
    case 'h':
      return 2;
    case 'I':
      return 8;
    case 'T':
    case 'L':
      return 0;
    default:
      return 4;
  }
}

// Bytes from the first field to field number `index`.
constexpr size_t FieldOffset(std::string_view layout, size_t index) {
  size_t offset = 0;
  for (size_t i = 0;; ++i) {
    const size_t size = FieldSize(layout[i]);
    if (size != 0) offset = (offset + size - 1) & ~(size - 1);
    if (i == index) return offset;
    offset += size;
  }
}

// Cells of an instruction with that layout, the first one included, without
// the elements of T and L.
constexpr size_t LayoutCells(std::string_view layout) {
  if (layout.empty()) return 1;
  const size_t last = layout.size() - 1;
  const size_t bytes = FieldOffset(layout, last) + FieldSize(layout[last]);
  return 1 + (bytes + sizeof(Cell) - 1) / sizeof(Cell);
}

// Whether the length depends on a count.
constexpr bool IsVariable(std::string_view layout) {
  return !layout.empty() && (layout.back() == 'T' || layout.back() == 'L');
}

// Cells of an instruction whose list has `count` elements.
constexpr size_t VariableCells(std::string_view layout, size_t count) {
  const size_t last = layout.size() - 1;
  const size_t element = layout.back() == 'T' ? 4 : 2;
  const size_t bytes = FieldOffset(layout, last) + count * element;
  return 1 + (bytes + sizeof(Cell) - 1) / sizeof(Cell);
}

// The field of type T `offset` bytes behind the first cell.
template <typename T>
inline __attribute__((always_inline)) T FieldAt(const Cell* pc, size_t offset) {
  T value;
  std::memcpy(&value, reinterpret_cast<const char*>(pc + 1) + offset,
              sizeof(T));
  return value;
}

template <typename T>
inline void SetFieldAt(Cell* pc, size_t offset, T value) {
  std::memcpy(reinterpret_cast<char*>(pc + 1) + offset, &value, sizeof(T));
}

}  // namespace weft::exec

#endif  // WEFT_EXEC_BYTECODE_LAYOUT_H_
