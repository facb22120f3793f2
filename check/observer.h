// What a host can tell about values and about the state that it sees.
#ifndef WEFT_CHECK_OBSERVER_H_
#define WEFT_CHECK_OBSERVER_H_

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "absl/types/span.h"
#include "check/trace.h"
#include "exec/externs.h"
#include "exec/store.h"

namespace weft::check {

// Values and exceptions become words: numbers their bits; null, i31 and host
// references what they are; functions of the host their number, other functions
// their type; other objects what ref.test tells of them; exceptions their
// tag, if the host can see it, and payload.
class Observer {
 public:
  explicit Observer(exec::Store& store) : store_(store) {}

  // Functions that the host made, in an order that is the same for all modules,
  // and what it can see, likewise.
  void AddHostFunc(const exec::Func& func) { host_funcs_.push_back(func); }
  void AddTag(std::string name, const exec::Tag& tag) {
    tags_.emplace_back(std::move(name), tag);
  }
  void AddMemory(std::string name, const exec::Memory& memory) {
    memories_.emplace_back(std::move(name), memory);
  }
  void AddGlobal(std::string name, const exec::Global& global) {
    globals_.emplace_back(std::move(name), global);
  }
  void AddTable(std::string name, const exec::Table& table) {
    tables_.emplace_back(std::move(name), table);
  }
  // The same for an import or export of any kind; functions are left out.
  void Add(std::string name, const exec::Extern& value);

  template <typename T>
  using Named = std::vector<std::pair<std::string, T>>;
  const Named<exec::Tag>& tags() const { return tags_; }
  const Named<exec::Memory>& memories() const { return memories_; }
  const Named<exec::Global>& globals() const { return globals_; }
  const Named<exec::Table>& tables() const { return tables_; }

  void Hash(const exec::Val& value, Hasher* hasher) const;
  void Hash(absl::Span<const exec::Val> values, Hasher* hasher) const;
  std::string Text(const exec::Val& value) const;
  std::string Text(absl::Span<const exec::Val> values) const;

  // Of memories (sizes, and the first `look_bytes` bytes of each), globals and
  // tables.
  uint64_t HashState(uint64_t look_bytes) const;
  std::string StateText() const;

 private:
  // Kind and content of a reference other than null.
  std::pair<uint64_t, uint64_t> RefWords(const exec::Val& value) const;
  void HashException(const exec::Val& exception, int depth,
                     Hasher* hasher) const;
  void HashValue(const exec::Val& value, int depth, Hasher* hasher) const;

  exec::Store& store_;
  std::vector<exec::Func> host_funcs_;
  Named<exec::Tag> tags_;
  Named<exec::Memory> memories_;
  Named<exec::Global> globals_;
  Named<exec::Table> tables_;
};

}  // namespace weft::check

#endif  // WEFT_CHECK_OBSERVER_H_
