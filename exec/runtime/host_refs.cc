#include "exec/runtime/host_refs.h"

namespace weft::exec {
namespace {

Ref RefAt(uint32_t index) { return index << 2 | 2; }

}  // namespace

bool HostRefs::Find(uint64_t value, Ref* ref) const {
  const auto it = indices_.find(value);
  if (it == indices_.end()) return false;
  *ref = RefAt(it->second);
  return true;
}

Ref HostRefs::Add(uint64_t value) {
  uint32_t index = entries_.size();
  if (free_.empty()) {
    entries_.emplace_back();
  } else {
    index = free_.back();
    free_.pop_back();
  }
  entries_[index] = {value, true, false};
  indices_[value] = index;
  return RefAt(index);
}

void HostRefs::ClearMarks() {
  for (Entry& entry : entries_) entry.marked = false;
}

void HostRefs::Sweep(void (*release)(void* data, uint64_t value), void* data) {
  for (uint32_t i = 0; i < entries_.size(); ++i) {
    Entry& entry = entries_[i];
    if (!entry.live || entry.marked) continue;
    entry.live = false;
    indices_.erase(entry.value);
    free_.push_back(i);
    if (release != nullptr) release(data, entry.value);
  }
}

}  // namespace weft::exec
