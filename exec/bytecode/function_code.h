// A translated function: its bytecode, and what is known about places in it.
#ifndef WEFT_EXEC_BYTECODE_FUNCTION_CODE_H_
#define WEFT_EXEC_BYTECODE_FUNCTION_CODE_H_

#include <cstdint>
#include <memory>
#include <vector>

#include "exec/runtime/context.h"
#include "exec/runtime/types.h"

namespace weft::exec {

// Where control goes with an exception, and where its parts are put.
struct CatchRecord {
  static constexpr uint32_t kNoSlot = ~uint32_t{0};

  bool any = false;     // Whatever the tag.
  uint32_t tag = 0;     // Index in the module, unless `any`.
  uint32_t target = 0;  // In cells from the function's begin.
  // The payload's values, in the order of the tag's parameters: each number
  // lies behind the one before it from `numbers` on, each reference from `refs`
  // on. Unless `any`.
  uint32_t numbers = kNoSlot;
  uint32_t refs = kNoSlot;
  uint32_t exception_slot = kNoSlot;  // For the exception itself.
};

// Code whose exceptions are looked up in `catches` first, then in `parent`.
struct TryRegion {
  static constexpr uint32_t kNoParent = ~uint32_t{0};

  uint32_t begin = 0;  // In cells from the function's begin.
  uint32_t end = 0;
  uint32_t outer = kNoParent;   // The innermost region around it.
  uint32_t parent = kNoParent;  // The region asked next.
  uint32_t first_catch = 0;
  uint32_t num_catches = 0;
};

// The operator that code from a cell on came from.
struct CodePosition {
  uint32_t cell = 0;    // From the function's begin.
  uint32_t offset = 0;  // In the module's bytes.
};

struct SlotRange {
  uint32_t begin = 0;
  uint32_t end = 0;
};

// Frees cells that are not an arena's.
struct CellsDeleter {
  bool owned = true;

  void operator()(Cell* cells) const {
    if (owned) delete[] cells;
  }
};

struct FunctionCode {
  uint32_t func = 0;  // Among the module's defined functions.
  // Header and instructions, in one piece.
  std::unique_ptr<Cell[], CellsDeleter> cells;
  uint32_t num_cells = 0;  // Of instructions.
  // Slots of references, ascending: those of parameters and locals, neighbours
  // together, for a byte of a body may declare a million; then temporary ones.
  std::vector<SlotRange> ref_slots;
  uint32_t ref_temps_begin = 0;
  uint32_t ref_temps_end = 0;
  std::vector<CodePosition> positions;  // Ascending.
  std::vector<TryRegion> regions;  // An inner one behind the one around it.
  std::vector<CatchRecord> catches;

  static constexpr uint32_t kHeaderCells = sizeof(CodeHeader) / sizeof(Cell);

  const Cell* begin() const { return cells.get() + kHeaderCells; }
  bool Contains(const Cell* pc) const {
    return pc >= begin() && pc < begin() + num_cells;
  }
  const CodeHeader& header() const {
    return *reinterpret_cast<const CodeHeader*>(cells.get());
  }
  // The offset in the module of the operator at `cell`.
  uint32_t OffsetOf(uint32_t cell) const;
  // The innermost region around `cell`, or kNoParent.
  uint32_t RegionOf(uint32_t cell) const;
};

}  // namespace weft::exec

#endif  // WEFT_EXEC_BYTECODE_FUNCTION_CODE_H_
