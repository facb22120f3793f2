#include "exec/bytecode/encoder.h"

#include <algorithm>
#include <cstring>
#include <string_view>
#include <utility>

#include "base/check.h"

namespace weft::exec {

void InstructionEncoder::Grow(uint32_t count) {
  constexpr uint32_t kLeast = 1024;
  const uint32_t size = size_ + count;
  WEFT_CHECK(size >= count);
  // Twice as much, unless that is more than can be counted.
  const uint32_t twice = capacity_ + std::min(capacity_, ~capacity_);
  capacity_ = std::max({kLeast, size, twice});
  std::unique_ptr<Cell[]> cells(new Cell[capacity_]);
  std::copy_n(cells_.get(), size_, cells.get());
  cells_ = std::move(cells);
}

void InstructionEncoder::Start(InstrId id,
                               std::initializer_list<uint64_t> values,
                               size_t cells) {
  const std::string_view layout = LayoutOf(id);
  Cell* const begin = Add(static_cast<uint32_t>(cells));
  std::fill_n(begin, cells, Cell{0});
  *begin = FirstCellOf(id);
  const uint64_t* value = values.begin();
  for (size_t i = 0; i < layout.size(); ++i) {
    const char field = layout[i];
    if (field == 'p' || field == 'P' || field == 'T' || field == 'L') continue;
    WEFT_DCHECK(value != values.end());
    std::memcpy(reinterpret_cast<char*>(begin + 1) + FieldOffset(layout, i),
                value++, FieldSize(field));
  }
  WEFT_DCHECK(value == values.end());
}

void InstructionEncoder::EmitFields(InstrId id,
                                    std::initializer_list<uint64_t> values) {
  Start(id, values, LayoutCells(LayoutOf(id)));
}

void InstructionEncoder::EmitList(InstrId id,
                                  std::initializer_list<uint64_t> values,
                                  absl::Span<const uint16_t> list) {
  const std::string_view layout = LayoutOf(id);
  const uint32_t begin = size_;
  Start(id, values, VariableCells(layout, list.size()));
  if (list.empty()) return;
  std::memcpy(reinterpret_cast<char*>(&cells_[begin + 1]) +
                  FieldOffset(layout, layout.size() - 1),
              list.data(), list.size() * sizeof(uint16_t));
}

void InstructionEncoder::EmitTable(InstrId id, uint32_t slot, uint32_t count) {
  const std::string_view layout = LayoutOf(id);
  if (layout[0] == 's') {
    Start(id, {slot, count}, VariableCells(layout, count));
  } else {
    Start(id, {count}, VariableCells(layout, count));
  }
}

}  // namespace weft::exec
