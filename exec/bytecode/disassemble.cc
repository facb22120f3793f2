#include "exec/bytecode/disassemble.h"

#include <cstdint>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"

namespace weft::exec {
namespace {

std::string SlotText(uint32_t slot) { return absl::StrCat("@", slot); }
std::string TargetText(int64_t cell) { return absl::StrCat("->", cell); }

void AddField(const Instruction& in, size_t i, std::vector<std::string>* out) {
  switch (in.layout[i]) {
    case 'd':
    case 's':
      out->push_back(SlotText(in.slot(i)));
      return;
    case 't':
      out->push_back(TargetText(in.target(i)));
      return;
    case 'i':
      out->push_back(absl::StrCat("#", static_cast<int64_t>(in.fields[i])));
      return;
    case 'h':
    case 'u':
      out->push_back(absl::StrCat("#", in.fields[i]));
      return;
    case 'I':
      out->push_back(absl::StrFormat("#0x%x", in.fields[i]));
      return;
    case 'T':
      for (uint32_t k = 0; k < in.list_size; ++k) {
        out->push_back(TargetText(in.list_target(k)));
      }
      return;
    case 'L':
      for (uint32_t k = 0; k < in.list_size; ++k) {
        out->push_back(SlotText(in.list_slot(k)));
      }
      return;
    default:
      return;  // Unused.
  }
}

}  // namespace

Listing List(const FunctionCode& code, const InstructionDecoder& decoder) {
  Listing listing;
  listing.func = code.func;
  listing.frame_slots = code.header().frame_slots;
  listing.cells = code.num_cells;
  auto position = code.positions.begin();
  Instruction in;
  for (uint32_t cell = 0;
       decoder.Decode({code.begin(), code.num_cells}, cell, &in);
       cell = in.next()) {
    ListedInstruction& listed = listing.instructions.emplace_back();
    listed.cell = cell;
    listed.name = NameOf(in.id);
    for (size_t i = 0; i < in.layout.size(); ++i) {
      AddField(in, i, &listed.operands);
    }
    while (position != code.positions.end() && position->cell < cell) {
      ++position;
    }
    if (position != code.positions.end() && position->cell == cell) {
      listed.offset = position->offset;
    }
  }
  return listing;
}

}  // namespace weft::exec
