#include "exec/runtime/table.h"

#include <algorithm>
#include <cstdlib>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"

namespace weft::exec {
namespace {

// Beyond, sizes in bytes are not even computed.
constexpr uint64_t kMaxEntries = uint64_t{1} << 40;

// Entries between two looks at the interrupt.
constexpr uint64_t kChunk = 1 << 18;

// Calls work(begin, count) on parts of [0, count), unless interrupted.
template <typename Work>
bool InParts(uint64_t count, const std::atomic<uint32_t>* interrupt,
             const Work& work) {
  for (uint64_t done = 0; done < count; done += kChunk) {
    if (interrupt != nullptr && done != 0 &&
        interrupt->load(std::memory_order_relaxed) != 0) {
      return false;
    }
    work(done, std::min(count - done, kChunk));
  }
  return true;
}

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

// Makes room for more than there is, all of it null.
bool TableInstance::Reserve(uint64_t entries,
                            const std::atomic<uint32_t>* interrupt) {
  // Large ones are zeroed pages of the system, which cost nothing until used.
  auto* const grown = static_cast<Ref*>(std::calloc(entries, sizeof(Ref)));
  if (grown == nullptr) return false;
  if (!InParts(size, interrupt, [&](uint64_t begin, uint64_t count) {
        std::copy_n(elements + begin, count, grown + begin);
      })) {
    std::free(grown);
    return false;
  }
  std::free(elements);
  elements = grown;
  capacity_ = entries;
  written_ = size;
  return true;
}

uint64_t TableInstance::Grow(uint64_t delta, Ref value,
                             const std::atomic<uint32_t>* interrupt) {
  if (delta > max - size || delta > kMaxEntries - size) return kGrowFailed;
  const uint64_t old_size = size;
  const uint64_t new_size = old_size + delta;
  if (budget_ != nullptr && !budget_->TakeEntries(delta)) return kGrowFailed;
  // Half as much again: growing one by one stays linear.
  bool done =
      new_size <= capacity_ ||
      Reserve(std::max(new_size, std::min(max, old_size + old_size / 2)),
              interrupt);
  if (done && (value != kNullRef || written_ > old_size)) {
    written_ = std::max(written_, new_size);
    done = InParts(delta, interrupt, [&](uint64_t begin, uint64_t count) {
      std::fill_n(elements + old_size + begin, count, value);
    });
  }
  if (!done) {
    if (budget_ != nullptr) budget_->table_entries -= delta;
    return kGrowFailed;
  }
  size = new_size;
  return old_size;
}

}  // namespace weft::exec
