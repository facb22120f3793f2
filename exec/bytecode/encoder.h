// Writes instructions one behind the other.
#ifndef WEFT_EXEC_BYTECODE_ENCODER_H_
#define WEFT_EXEC_BYTECODE_ENCODER_H_

#include <cstdint>
#include <initializer_list>
#include <memory>
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
  // `first_cell` gives the first cell of each instruction, by id.
  using FirstCell = Cell (*)(InstrId);
  explicit InstructionEncoder(FirstCell first_cell)
      : first_cell_(first_cell), first_cells_(kInstrCount) {}

  void Clear() { size_ = 0; }
  absl::Span<const Cell> cells() const { return {cells_.get(), size_}; }
  uint32_t size() const { return size_; }
  // Takes back everything from cell `size` on.
  void Truncate(uint32_t size) { size_ = size; }

  // Appends an instruction whose operands are whole cells.
  void Emit(InstrId id) { *Add(1) = FirstCellOf(id); }
  void Emit(InstrId id, Cell a) {
    Cell* const cells = Add(2);
    cells[0] = FirstCellOf(id);
    cells[1] = a;
  }
  void Emit(InstrId id, Cell a, Cell b) {
    Cell* const cells = Add(3);
    cells[0] = FirstCellOf(id);
    cells[1] = a;
    cells[2] = b;
  }

  // One cell more of operands.
  void Append(Cell cell) { *Add(1) = cell; }

  // Appends an instruction by its layout: a value for each field that is used,
  // in order, but for lists.
  void EmitFields(InstrId id, std::initializer_list<uint64_t> values);
  // The same with a list of slots at the end.
  void EmitList(InstrId id, std::initializer_list<uint64_t> values,
                absl::Span<const uint16_t> list);
  // Appends a br_table with `count` targets, to be set by SetTarget.
  void EmitTable(InstrId id, uint32_t slot, uint32_t count);

  // The instruction at `cell` becomes `id`, with the same layout.
  void SetId(uint32_t cell, InstrId id) { cells_[cell] = FirstCellOf(id); }
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

  // Room for `count` more cells, whose values are still to be set.
  Cell* Add(uint32_t count) {
    if (count > capacity_ - size_) Grow(count);
    Cell* const cells = cells_.get() + size_;
    size_ += count;
    return cells;
  }
  void Grow(uint32_t count);

  Cell FirstCellOf(InstrId id) {
    Cell& cell = first_cells_[id];
    if (cell == 0) cell = first_cell_(id);
    return cell;
  }

  const FirstCell first_cell_;
  std::vector<Cell> first_cells_;  // By id; 0 until it is asked for.
  std::unique_ptr<Cell[]> cells_;
  uint32_t size_ = 0;
  uint32_t capacity_ = 0;
};

}  // namespace weft::exec

#endif  // WEFT_EXEC_BYTECODE_ENCODER_H_
