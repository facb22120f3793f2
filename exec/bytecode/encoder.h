// Writes instructions one behind the other.
#ifndef WEFT_EXEC_BYTECODE_ENCODER_H_
#define WEFT_EXEC_BYTECODE_ENCODER_H_

#include <cstdint>
#include <initializer_list>
#include <vector>

#include "absl/types/span.h"
#include "exec/bytecode/instr.h"
#include "exec/bytecode/layout.h"
#include "exec/runtime/types.h"

namespace weft::exec {

// Four fields of 16 bits, and two of 16 with one of 32, as a cell.
inline Cell Pack(uint32_t a, uint32_t b, uint32_t c = 0, uint32_t d = 0) {
  return Cell{a} | Cell{b} << 16 | Cell{c} << 32 | Cell{d} << 48;
}
inline Cell PackWide(uint32_t a, uint32_t b, uint32_t c) {
  return Cell{a} | Cell{b} << 16 | Cell{c} << 32;
}

class InstructionEncoder {
 public:
  // `first_cells` gives the first cell of each instruction, by id.
  using FirstCell = Cell (*)(InstrId);
  explicit InstructionEncoder(FirstCell first_cell) : first_cell_(first_cell) {}

  void Clear() { cells_.clear(); }
  const std::vector<Cell>& cells() const { return cells_; }
  uint32_t size() const { return static_cast<uint32_t>(cells_.size()); }
  // Takes back everything from cell `size` on.
  void Truncate(uint32_t size) { cells_.resize(size); }

  // Appends an instruction whose operands are whole cells.
  void Emit(InstrId id) { cells_.push_back(first_cell_(id)); }
  void Emit(InstrId id, Cell a) {
    Emit(id);
    cells_.push_back(a);
  }
  void Emit(InstrId id, Cell a, Cell b) {
    Emit(id, a);
    cells_.push_back(b);
  }

  // One cell more of operands.
  void Append(Cell cell) { cells_.push_back(cell); }

  // Appends an instruction by its layout: a value for each field that is used,
  // in order, but for lists.
  void EmitFields(InstrId id, std::initializer_list<uint64_t> values);
  // The same with a list of slots at the end.
  void EmitList(InstrId id, std::initializer_list<uint64_t> values,
                absl::Span<const uint16_t> list);
  // Appends a br_table with `count` targets, to be set by SetTarget.
  void EmitTable(InstrId id, uint32_t slot, uint32_t count);

  // The instruction at `cell` becomes `id`, with the same layout.
  void SetId(uint32_t cell, InstrId id) { cells_[cell] = first_cell_(id); }
  // The result of the instruction at `cell`, its first field, goes to `slot`.
  void SetResult(uint32_t cell, uint32_t slot) {
    cells_[cell + 1] = (cells_[cell + 1] & ~Cell{0xffff}) | slot;
  }
  // The target `byte` bytes behind the first cell of the instruction at `cell`
  // is `target`.
  void SetTarget(uint32_t cell, uint32_t byte, uint32_t target) {
    SetFieldAt<int32_t>(&cells_[cell], byte,
                        static_cast<int32_t>(target - cell));
  }
  Cell OperandCell(uint32_t cell) const { return cells_[cell + 1]; }
  void SetOperandCell(uint32_t cell, Cell value) { cells_[cell + 1] = value; }

  // Where the target of a branch is, and of entry `i` of a table.
  static constexpr uint32_t kJumpTarget = 0;
  static constexpr uint32_t kBranchTarget = 4;
  static uint32_t TableTarget(uint32_t i) { return 8 + 4 * i; }

 private:
  void Start(InstrId id, std::initializer_list<uint64_t> values, size_t cells);

  FirstCell first_cell_;
  std::vector<Cell> cells_;
};

}  // namespace weft::exec

#endif  // WEFT_EXEC_BYTECODE_ENCODER_H_
