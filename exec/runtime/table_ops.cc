#include "exec/runtime/table_ops.h"

#include <algorithm>
#include <cstring>

#include "exec/runtime/bulk.h"
#include "exec/runtime/table.h"

namespace weft::exec {
namespace {

// Entries between two looks at Context::interrupt.
constexpr uint64_t kChunk = 1 << 18;

// Under metering, entries cost what their bytes do. `count` is in bounds, so
// that nothing overflows.
bool ChargeEntries(Context& context, uint64_t count) {
  return ChargeBulk(context, count * sizeof(Ref));
}

}  // namespace

uint64_t TableGrow(Context& context, TableData& data, Ref value,
                   uint64_t delta) {
  auto& table = static_cast<TableInstance&>(data);
  GrowthBudget* budget = table.budget();
  if (budget != nullptr && !budget->AllowTableGrow()) return kGrowFailed;
  return table.Grow(delta, value, &context.interrupt);
}

TrapKind TableFill(Context& context, TableData& table, uint64_t index,
                   Ref value, uint64_t count) {
  if (!InRange(index, count, table.size)) {
    return TrapKind::kOutOfBoundsTableAccess;
  }
  if (!ChargeEntries(context, count)) return TrapKind::kAllFuelConsumed;
  while (count != 0) {
    const TrapKind interrupt = InterruptOf(context);
    if (interrupt != TrapKind::kNone) return interrupt;
    const uint64_t chunk = std::min(count, kChunk);
    std::fill_n(table.elements + index, chunk, value);
    index += chunk;
    count -= chunk;
  }
  return TrapKind::kNone;
}

TrapKind TableCopy(Context& context, TableData& to, uint64_t to_index,
                   const TableData& from, uint64_t from_index, uint64_t count) {
  if (!InRange(to_index, count, to.size) ||
      !InRange(from_index, count, from.size)) {
    return TrapKind::kOutOfBoundsTableAccess;
  }
  if (!ChargeEntries(context, count)) return TrapKind::kAllFuelConsumed;
  // Chunks in the order in which no source is overwritten before it is read.
  const bool backward = &to == &from && to_index > from_index;
  uint64_t done = 0;
  while (done != count) {
    const TrapKind interrupt = InterruptOf(context);
    if (interrupt != TrapKind::kNone) return interrupt;
    const uint64_t chunk = std::min(count - done, kChunk);
    const uint64_t at = backward ? count - done - chunk : done;
    std::memmove(to.elements + to_index + at, from.elements + from_index + at,
                 chunk * sizeof(Ref));
    done += chunk;
  }
  return TrapKind::kNone;
}

TrapKind TableInit(Context& context, TableData& table, uint64_t index,
                   const ElemView& elem, uint32_t offset, uint32_t count) {
  if (!InRange(index, count, table.size) ||
      !InRange(offset, count, elem.size)) {
    return TrapKind::kOutOfBoundsTableAccess;
  }
  if (!ChargeEntries(context, count)) return TrapKind::kAllFuelConsumed;
  for (uint64_t done = 0; done < count; done += kChunk) {
    const TrapKind interrupt = InterruptOf(context);
    if (interrupt != TrapKind::kNone) return interrupt;
    std::copy_n(elem.refs + offset + done, std::min(count - done, kChunk),
                table.elements + index + done);
  }
  return TrapKind::kNone;
}

}  // namespace weft::exec
