// Values of the host that guests hold references to.
#ifndef WEFT_EXEC_RUNTIME_HOST_REFS_H_
#define WEFT_EXEC_RUNTIME_HOST_REFS_H_

#include <cstdint>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "exec/runtime/types.h"

namespace weft::exec {

// A table index <-> value. Freed indices are used again, the last one first.
class HostRefs {
 public:
  static constexpr uint32_t kMaxEntries = 1u << 30;

  // Whether `value` has an index; then `*ref` is the reference.
  bool Find(uint64_t value, Ref* ref) const;
  // REQUIRES: Find is false, size() < kMaxEntries.
  Ref Add(uint64_t value);
  uint64_t Value(Ref ref) const { return entries_[ref >> 2].value; }
  uint32_t size() const { return indices_.size(); }

  void Mark(Ref ref) { entries_[ref >> 2].marked = true; }
  void ClearMarks();
  // Removes what is not marked, by ascending index, and tells `release`, which
  // may be null.
  void Sweep(void (*release)(void* data, uint64_t value), void* data);

 private:
  struct Entry {
    uint64_t value = 0;
    bool live = false;
    bool marked = false;
  };

  std::vector<Entry> entries_;
  std::vector<uint32_t> free_;
  absl::flat_hash_map<uint64_t, uint32_t> indices_;
};

}  // namespace weft::exec

#endif  // WEFT_EXEC_RUNTIME_HOST_REFS_H_
