#include "exec/bytecode/disassemble.h"

#include <string_view>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"

namespace weft::exec {
namespace {

void AppendTarget(uint32_t cell, int32_t offset, std::string* out) {
  absl::StrAppend(out, " ->", static_cast<int64_t>(cell) + offset);
}

// The elements of the list behind the last field.
void AppendList(const Cell* pc, uint32_t cell, std::string_view layout,
                std::string* out) {
  const size_t last = layout.size() - 1;
  const auto count = FieldAt<uint32_t>(pc, FieldOffset(layout, last - 1));
  const size_t first = FieldOffset(layout, last);
  for (uint32_t i = 0; i < count; ++i) {
    if (layout[last] == 'T') {
      AppendTarget(cell, FieldAt<int32_t>(pc, first + size_t{4} * i), out);
    } else {
      absl::StrAppend(out, " @", FieldAt<uint16_t>(pc, first + size_t{2} * i));
    }
  }
}

void AppendField(const Cell* pc, uint32_t cell, char field, size_t offset,
                 std::string* out) {
  switch (field) {
    case 'd':
    case 's':
      absl::StrAppend(out, " @", FieldAt<uint16_t>(pc, offset));
      return;
    case 'h':
      absl::StrAppend(out, " #", FieldAt<uint16_t>(pc, offset));
      return;
    case 't':
      return AppendTarget(cell, FieldAt<int32_t>(pc, offset), out);
    case 'i':
      absl::StrAppend(out, " #", FieldAt<int32_t>(pc, offset));
      return;
    case 'u':
      absl::StrAppend(out, " #", FieldAt<uint32_t>(pc, offset));
      return;
    case 'I':
      absl::StrAppendFormat(out, " #0x%x", FieldAt<uint64_t>(pc, offset));
      return;
    default:
      return;
  }
}

}  // namespace

std::string Disassemble(const FunctionCode& code,
                        absl::FunctionRef<InstrId(const Cell*)> id_at) {
  std::string out =
      absl::StrFormat("function %d: %d slots, %d cells\n", code.func,
                      code.header().frame_slots, code.num_cells);
  for (uint32_t cell = 0; cell < code.num_cells;) {
    const Cell* const pc = code.begin() + cell;
    const InstrId id = id_at(pc);
    const std::string_view layout = LayoutOf(id);
    absl::StrAppendFormat(&out, "%7d  %s", cell, NameOf(id));
    for (size_t i = 0; i < layout.size(); ++i) {
      AppendField(pc, cell, layout[i], FieldOffset(layout, i), &out);
    }
    if (IsVariable(layout)) AppendList(pc, cell, layout, &out);
    out += '\n';
    cell += static_cast<uint32_t>(CellsOf(id, pc));
  }
  return out;
}

}  // namespace weft::exec
