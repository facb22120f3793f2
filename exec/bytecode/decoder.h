// Reads back what InstructionEncoder wrote: for listings, the verifier and
// walks over code.
#ifndef WEFT_EXEC_BYTECODE_DECODER_H_
#define WEFT_EXEC_BYTECODE_DECODER_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/types/span.h"
#include "exec/bytecode/instr.h"
#include "exec/bytecode/layout.h"
#include "exec/runtime/types.h"

namespace weft::exec {

// One instruction: what it is, and its operands by their number in the layout.
struct Instruction {
  static constexpr size_t kMaxFields = 12;

  InstrId id = 0;
  std::string_view layout;  // See exec/bytecode/layout.h.
  uint32_t cell = 0;        // Where it begins.
  uint32_t cells = 0;       // How long it is, its first cell included.
  // Field i as it is written, extended by its sign if it has one; 0 for fields
  // that are unused and for the list.
  uint64_t fields[kMaxFields] = {};
  // The list of layouts that end with T or L: elements, in the code at hand.
  uint32_t list_size = 0;
  const char* list = nullptr;

  uint32_t next() const { return cell + cells; }
  // REQUIRES: the field is a slot.
  uint32_t slot(size_t field) const {
    return static_cast<uint32_t>(fields[field]);
  }
  // The cell that field `field`, a `t`, goes to; may lie anywhere.
  int64_t target(size_t field) const {
    return int64_t{cell} + static_cast<int64_t>(fields[field]);
  }
  // Element `i` of a list of slots, and of one of targets, as its cell.
  uint32_t list_slot(uint32_t i) const;
  int64_t list_target(uint32_t i) const;
};

// Owns a table of all instructions. Immutable: threads may share one.
class InstructionDecoder {
 public:
  // `first_cell` is what the encoder was given.
  using FirstCell = Cell (*)(InstrId);
  explicit InstructionDecoder(FirstCell first_cell);

  // The instruction that begins with this cell; nothing when none does.
  std::optional<InstrId> IdOf(Cell first_cell) const;

  // Reads the instruction at `cell` into `*out`, which points into `code`.
  // False, with `*out` undefined, when there is none: its first cell is no
  // instruction's, or it would end behind the code. Any content is safe.
  // REQUIRES: cell <= code.size().
  bool Decode(absl::Span<const Cell> code, uint32_t cell,
              Instruction* out) const;

 private:
  std::vector<std::pair<Cell, InstrId>> by_cell_;  // Ascending.
};

}  // namespace weft::exec

#endif  // WEFT_EXEC_BYTECODE_DECODER_H_
