// What memories and tables of one store may take together.
#ifndef WEFT_EXEC_RUNTIME_GROWTH_H_
#define WEFT_EXEC_RUNTIME_GROWTH_H_

#include <cstdint>

namespace weft::exec {

// The result of growing that failed: -1 in either address type; handlers of
// 32-bit memories and tables take the low half.
inline constexpr uint64_t kGrowFailed = ~uint64_t{0};

// One per store; memories and tables borrow it. Shared memories are the
// engine's and have none.
struct GrowthBudget {
  uint64_t max_memory_bytes = ~uint64_t{0};
  uint64_t max_table_entries = ~uint64_t{0};
  uint64_t memory_bytes = 0;
  uint64_t table_entries = 0;
  // memory.grow and table.grow so far, failed ones included. The one of each
  // kind with the number `failing_grow` (from 1; 0 for none) fails, whatever it
  // asks: the checker injects failures. Kinds are counted apart, for which of
  // two comes first is nobody's business.
  uint64_t memory_grows = 0;
  uint64_t table_grows = 0;
  uint64_t failing_grow = 0;

  // Whether `more` bytes or entries fit; they are then taken.
  bool TakeMemory(uint64_t more) {
    if (more > max_memory_bytes - memory_bytes) return false;
    memory_bytes += more;
    return true;
  }
  bool TakeEntries(uint64_t more) {
    if (more > max_table_entries - table_entries) return false;
    table_entries += more;
    return true;
  }
  // Each counts a grow; false when it shall fail.
  bool AllowMemoryGrow() { return ++memory_grows != failing_grow; }
  bool AllowTableGrow() { return ++table_grows != failing_grow; }
};

}  // namespace weft::exec

#endif  // WEFT_EXEC_RUNTIME_GROWTH_H_
