#include "exec/runtime/table.h"

#include <algorithm>
#include <cstdlib>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"

namespace weft::exec {
namespace {

// Beyond, sizes in bytes are not even computed.
constexpr uint64_t kMaxEntries = uint64_t{1} << 40;

}  // namespace

TableInstance::TableInstance(const wasm::TableType& type, GrowthBudget* budget)
    : type_(type), budget_(budget) {
  is_64 = type.limits.is_64;
  max = is_64 ? ~uint64_t{0} : 0xffffffffu;
  if (type.limits.has_max) max = std::min(max, type.limits.max);
}

TableInstance::~TableInstance() {
  if (budget_ != nullptr) budget_->table_entries -= size;
  std::free(elements);
}

absl::StatusOr<std::unique_ptr<TableInstance>> TableInstance::New(
    const wasm::TableType& type, Ref value, GrowthBudget* budget) {
  std::unique_ptr<TableInstance> table(new TableInstance(type, budget));
  if (table->Grow(type.limits.min, value) == kGrowFailed) {
    return absl::ResourceExhaustedError(
        absl::StrCat("table of ", type.limits.min, " entries exceeds a limit"));
  }
  return table;
}

uint64_t TableInstance::Grow(uint64_t delta, Ref value) {
  if (delta > max - size || delta > kMaxEntries - size) return kGrowFailed;
  const uint64_t old_size = size;
  const uint64_t new_size = old_size + delta;
  if (budget_ != nullptr && !budget_->TakeEntries(delta)) return kGrowFailed;
  if (new_size > capacity_) {
    // Half as much again: growing one by one stays linear.
    const uint64_t wanted =
        std::max(new_size, std::min(max, old_size + old_size / 2));
    // The first time zeroed pages of the system may do.
    Ref* grown =
        elements == nullptr && value == kNullRef
            ? static_cast<Ref*>(std::calloc(wanted, sizeof(Ref)))
            : static_cast<Ref*>(std::realloc(elements, wanted * sizeof(Ref)));
    if (grown == nullptr) {
      if (budget_ != nullptr) budget_->table_entries -= delta;
      return kGrowFailed;
    }
    const bool zeroed = elements == nullptr && value == kNullRef;
    elements = grown;
    capacity_ = wanted;
    size = new_size;
    if (zeroed) return old_size;
  }
  std::fill(elements + old_size, elements + new_size, value);
  size = new_size;
  return old_size;
}

}  // namespace weft::exec
