#include "exec/bytecode/decoder.h"

#include <algorithm>
#include <cstring>
#include <string_view>
#include <utility>

namespace weft::exec {
namespace {

// The field at `offset` bytes behind the first cell `pc`.
uint64_t ReadField(const Cell* pc, char field, size_t offset) {
  switch (field) {
    case 'd':
    case 's':
    case 'h':
      return FieldAt<uint16_t>(pc, offset);
    case 'u':
      return FieldAt<uint32_t>(pc, offset);
    case 't':
    case 'i':
      return static_cast<uint64_t>(int64_t{FieldAt<int32_t>(pc, offset)});
    case 'I':
      return FieldAt<uint64_t>(pc, offset);
    default:
      return 0;
  }
}

// What a layout says about places.
struct Shape {
  std::string_view layout;
  uint32_t cells = 0;  // Without the list.
  uint8_t offsets[Instruction::kMaxFields] = {};
};

constexpr Shape MakeShape(InstrId id) {
  Shape shape;
  shape.layout = LayoutOf(id);
  shape.cells = static_cast<uint32_t>(LayoutCells(shape.layout));
  for (size_t field = 0; field < shape.layout.size(); ++field) {
    shape.offsets[field] =
        static_cast<uint8_t>(FieldOffset(shape.layout, field));
  }
  return shape;
}

// Each a constant of its own: one for all of them would be too long a
// computation for the compiler.
template <InstrId id>
constexpr Shape kShapeOf = MakeShape(id);

template <typename Sequence>
struct Table;
template <size_t... i>
struct Table<std::index_sequence<i...>> {
  static constexpr Shape kShapes[] = {kShapeOf<static_cast<InstrId>(i)>...};
};
using AllShapes = Table<std::make_index_sequence<kInstrCount>>;

}  // namespace

uint32_t Instruction::list_slot(uint32_t i) const {
  uint16_t slot;
  std::memcpy(&slot, list + size_t{i} * sizeof(slot), sizeof(slot));
  return slot;
}

int64_t Instruction::list_target(uint32_t i) const {
  int32_t offset;
  std::memcpy(&offset, list + size_t{i} * sizeof(offset), sizeof(offset));
  return int64_t{cell} + offset;
}

InstructionDecoder::InstructionDecoder(FirstCell first_cell) {
  by_cell_.reserve(kInstrCount);
  for (int id = 0; id < kInstrCount; ++id) {
    by_cell_.emplace_back(first_cell(static_cast<InstrId>(id)),
                          static_cast<InstrId>(id));
  }
  if (!std::is_sorted(by_cell_.begin(), by_cell_.end())) {
    std::sort(by_cell_.begin(), by_cell_.end());
  }
}

std::optional<InstrId> InstructionDecoder::IdOf(Cell first_cell) const {
  const auto found =
      std::lower_bound(by_cell_.begin(), by_cell_.end(),
                       std::pair<Cell, InstrId>(first_cell, InstrId{0}));
  if (found == by_cell_.end() || found->first != first_cell) {
    return std::nullopt;
  }
  return found->second;
}

bool InstructionDecoder::Decode(absl::Span<const Cell> code, uint32_t cell,
                                Instruction* out) const {
  if (cell >= code.size()) return false;
  const Cell* const pc = &code[cell];
  const std::optional<InstrId> id = IdOf(*pc);
  if (!id.has_value()) return false;
  const Shape& shape = AllShapes::kShapes[*id];
  const size_t left = code.size() - cell;
  if (shape.cells > left) return false;
  out->id = *id;
  out->layout = shape.layout;
  out->cell = cell;
  out->cells = shape.cells;
  out->list_size = 0;
  out->list = nullptr;
  const size_t count = shape.layout.size();
  for (size_t i = 0; i < count; ++i) {
    out->fields[i] = ReadField(pc, shape.layout[i], shape.offsets[i]);
  }
  if (!IsVariable(shape.layout)) return true;
  // The count is the `u` before the list.
  const uint64_t elements = out->fields[count - 2];
  const size_t cells = VariableCells(shape.layout, elements);
  if (cells > left) return false;
  out->cells = static_cast<uint32_t>(cells);
  out->list_size = static_cast<uint32_t>(elements);
  out->list = reinterpret_cast<const char*>(pc + 1) + shape.offsets[count - 1];
  return true;
}

}  // namespace weft::exec
