// What a module did, as its host saw it.
#ifndef WEFT_CHECK_TRACE_H_
#define WEFT_CHECK_TRACE_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/string_view.h"
#include "check/random.h"

namespace weft::check {

// A hash of words in order; equal on every machine.
class Hasher {
 public:
  void Add(uint64_t word) { hash_ = Mix(hash_, word); }
  void AddText(absl::string_view text) {
    for (const char c : text) Add(static_cast<uint8_t>(c));
  }
  uint64_t hash() const { return hash_; }

 private:
  uint64_t hash_ = 0;
};

// The hash of a name, for seeds that depend on it.
inline uint64_t NameHash(absl::string_view name) {
  Hasher hasher;
  hasher.AddText(name);
  return hasher.hash();
}

enum class EventKind : uint8_t {
  kCall,      // The host is about to call an export, or to instantiate.
  kEnded,     // How that ended: results, trap, exception.
  kHostCall,  // The guest called an import: which, with which arguments.
  kState,     // Memories, globals and tables that the host can see.
};

struct Event {
  EventKind kind;
  uint64_t hash;          // Of everything that has to be equal.
  std::string text;       // For people; empty unless the trace wants texts.
  int64_t exported = -1;  // kCall of an export by the plan: its position.
};

class Trace {
 public:
  Trace() = default;
  explicit Trace(bool wants_text) : wants_text_(wants_text) {}

  bool wants_text() const { return wants_text_; }
  void Add(EventKind kind, uint64_t hash, std::string text = {}) {
    events_.push_back({kind, hash, std::move(text)});
  }
  // Says that the last event calls export number `index`.
  void MarkExport(uint32_t index) { events_.back().exported = index; }
  const std::vector<Event>& events() const { return events_; }

 private:
  bool wants_text_ = false;
  std::vector<Event> events_;
};

// Number of the first event in which they differ, if they do. With `prefix`
// the shorter one may end earlier.
inline std::optional<size_t> FirstDifference(const Trace& a, const Trace& b,
                                             bool prefix) {
  const std::vector<Event>& x = a.events();
  const std::vector<Event>& y = b.events();
  const size_t common = x.size() < y.size() ? x.size() : y.size();
  for (size_t i = 0; i < common; ++i) {
    if (x[i].kind != y[i].kind || x[i].hash != y[i].hash) return i;
  }
  if (prefix || x.size() == y.size()) return std::nullopt;
  return common;
}

}  // namespace weft::check

#endif  // WEFT_CHECK_TRACE_H_
