#include "exec/bytecode/encoder.h"

#include <cstring>
#include <string_view>

#include "base/check.h"

namespace weft::exec {

void InstructionEncoder::Start(InstrId id,
                               std::initializer_list<uint64_t> values,
                               size_t cells) {
  const std::string_view layout = LayoutOf(id);
  const size_t begin = cells_.size();
  cells_.resize(begin + cells);
  cells_[begin] = first_cell_(id);
  const uint64_t* value = values.begin();
  for (size_t i = 0; i < layout.size(); ++i) {
    const char field = layout[i];
    if (field == 'p' || field == 'P' || field == 'T' || field == 'L') continue;
    WEFT_DCHECK(value != values.end());
    std::memcpy(
        reinterpret_cast<char*>(&cells_[begin + 1]) + FieldOffset(layout, i),
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
  const size_t begin = cells_.size();
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
