// Table instances (spec 4.2.7).
#ifndef WEFT_EXEC_RUNTIME_TABLE_H_
#define WEFT_EXEC_RUNTIME_TABLE_H_

#include <atomic>
#include <cstdint>
#include <memory>

#include "absl/status/statusor.h"
#include "exec/runtime/context.h"
#include "exec/runtime/growth.h"
#include "ir/wasm/module.h"

namespace weft::exec {

// Every TableData is one. Belongs to one store.
class TableInstance : public TableData {
 public:
  // A table of `type`, whose element type is in terms of the engine's TypeIds,
  // with its minimal size, every entry `value`. `budget` (null for none)
  // outlives it; what it gives returns to it in the end.
  // Errors: ResourceExhausted when the budget or the system refuses.
  static absl::StatusOr<std::unique_ptr<TableInstance>> New(
      const wasm::TableType& type, Ref value, GrowthBudget* budget);
  ~TableInstance();
  TableInstance(const TableInstance&) = delete;
  TableInstance& operator=(const TableInstance&) = delete;

  // The type as declared; Limits::min as it was.
  const wasm::TableType& type() const { return type_; }
  GrowthBudget* budget() const { return budget_; }

  // Adds `delta` entries of `value`; the old size, or kGrowFailed, which it is,
  // too, when `interrupt` (null for none) is not 0 in the middle of a large
  // one: the guest will not get far then.
  uint64_t Grow(uint64_t delta, Ref value,
                const std::atomic<uint32_t>* interrupt = nullptr);

 private:
  TableInstance(const wasm::TableType& type, GrowthBudget* budget);

  bool Reserve(uint64_t entries, const std::atomic<uint32_t>* interrupt);

  const wasm::TableType type_;
  GrowthBudget* const budget_;
  uint64_t capacity_ = 0;
  uint64_t written_ = 0;  // Entries from here on are null.
};

}  // namespace weft::exec

#endif  // WEFT_EXEC_RUNTIME_TABLE_H_
