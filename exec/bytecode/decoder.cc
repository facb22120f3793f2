#include "exec/bytecode/decoder.h"

#include <algorithm>
#include <cstring>

#include "base/check.h"

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
  shapes_.resize(kInstrCount);
  by_cell_.reserve(kInstrCount);
  for (int i = 0; i < kInstrCount; ++i) {
    const auto id = static_cast<InstrId>(i);
    Shape& shape = shapes_[id];
    shape.layout = LayoutOf(id);
    shape.cells = static_cast<uint32_t>(LayoutCells(shape.layout));
    WEFT_CHECK(shape.layout.size() <= Instruction::kMaxFields);
    for (size_t field = 0; field < shape.layout.size(); ++field) {
      shape.offsets[field] =
          static_cast<uint8_t>(FieldOffset(shape.layout, field));
    }
    by_cell_.emplace_back(first_cell(id), id);
  }
  std::sort(by_cell_.begin(), by_cell_.end());
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
  const Shape& shape = shapes_[*id];
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
