// What an instruction does: Body<id>(registers), without dispatch. Specialized
// in the body_*.h files; handlers.h makes handlers of it.
#ifndef WEFT_EXEC_INTERPRETER_BODY_H_
#define WEFT_EXEC_INTERPRETER_BODY_H_

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "exec/bytecode/instr.h"
#include "exec/interpreter/registers.h"

namespace weft::exec {

// The fields of instruction `id`, and its cells when they are fixed.
template <InstrId id>
inline constexpr std::string_view kLayout = LayoutOf(id);
template <InstrId id>
inline constexpr size_t kCells = LayoutCells(kLayout<id>);

// Field number `index` of instruction `id` at r.pc.
template <InstrId id, size_t index, typename T>
WEFT_INLINE T Field(const Registers& r) {
  constexpr size_t offset = FieldOffset(kLayout<id>, index);
  static_assert(FieldSize(kLayout<id>[index]) == sizeof(T));
  return FieldAt<T>(r.pc, offset);
}

// The slot that field number `index` names.
template <InstrId id, size_t index>
WEFT_INLINE Slot* SlotField(const Registers& r) {
  static_assert(kLayout<id>[index] == 'd' || kLayout<id>[index] == 's');
  return r.frame + Field<id, index, uint16_t>(r);
}

// Where the list in field number `index` begins, in bytes behind the first
// cell.
template <InstrId id, size_t index>
inline constexpr size_t kListOffset = FieldOffset(kLayout<id>, index);

// Cells of an instruction with a list of `count` slots.
template <InstrId id>
WEFT_INLINE size_t VariableCellsOf(size_t count) {
  constexpr size_t kStart = kListOffset<id, kLayout<id>.size() - 1>;
  return 1 + (kStart + 2 * count + sizeof(Cell) - 1) / sizeof(Cell);
}

// On to the next instruction.
template <InstrId id>
WEFT_INLINE Step Next(Registers& r) {
  static_assert(!IsVariable(kLayout<id>));
  r.pc += kCells<id>;
  return Step::kNext;
}
template <InstrId id>
WEFT_INLINE Step NextIf(Registers& r, TrapKind kind) {
  if (kind != TrapKind::kNone) [[unlikely]] {
    return Trap(r, kind);
  }
  return Next<id>(r);
}

// To the target in field number `index`.
template <InstrId id, size_t index, bool back>
WEFT_INLINE Step Jump(Registers& r) {
  if constexpr (back) {
    const uint32_t why = r.context->interrupt.load(std::memory_order_relaxed);
    if (why != 0) [[unlikely]] {
      return Trap(r, static_cast<TrapKind>(why));
    }
  }
  r.pc += Field<id, index, int32_t>(r);
  return Step::kTaken;
}

// REQUIRES of each specialization: no destructors, no locals whose address
// escapes, calls out of line on slow paths only.
template <InstrId id>
struct Body;

}  // namespace weft::exec

#endif  // WEFT_EXEC_INTERPRETER_BODY_H_
