// Slow halves of the operators on tables (spec 4.6.4). As with memory_ops.h:
// indices and sizes of 32-bit tables come zero-extended, bounds are checked
// before anything is written, fuel is one unit per started 64 bytes (16
// references), and interrupts are polled. table.get and table.set are inline
// in their handlers.
#ifndef WEFT_EXEC_RUNTIME_TABLE_OPS_H_
#define WEFT_EXEC_RUNTIME_TABLE_OPS_H_

#include <cstdint>

#include "exec/runtime/context.h"
#include "exec/runtime/growth.h"
#include "exec/runtime/types.h"
#include "exec/trap.h"

namespace weft::exec {

// table.grow: the old size, or kGrowFailed when `delta` entries
// more exceed the table's maximum, a limit of the store, or what the host has.
// New entries hold `value`. TableData::elements may change.
uint64_t TableGrow(Context& context, TableData& table, Ref value,
                   uint64_t delta);

// table.fill. Traps: OutOfBoundsTableAccess, also for a `count` of 0 behind the
// end.
TrapKind TableFill(Context& context, TableData& table, uint64_t index,
                   Ref value, uint64_t count);

// table.copy; `to` and `from` may be the same table and the ranges overlap.
TrapKind TableCopy(Context& context, TableData& to, uint64_t to_index,
                   const TableData& from, uint64_t from_index, uint64_t count);

// table.init: `count` references of `elem` from `offset` on.
TrapKind TableInit(Context& context, TableData& table, uint64_t index,
                   const ElemView& elem, uint32_t offset, uint32_t count);

// elem.drop.
inline void ElemDrop(ElemView& elem) { elem = ElemView(); }

}  // namespace weft::exec

#endif  // WEFT_EXEC_RUNTIME_TABLE_OPS_H_
