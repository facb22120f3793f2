// What a host can tell about values and about the state that it sees.
#ifndef WEFT_CHECK_OBSERVER_H_
#define WEFT_CHECK_OBSERVER_H_

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "absl/types/span.h"
#include "check/object_graph.h"
#include "check/trace.h"
#include "exec/api.h"

namespace weft::check {

// Values become words: numbers their bits; null, i31 and host references what
// they are; functions of the host their number, other functions their type;
// structs and arrays their type and all that is in them and that they lead to,
// and which are the same object (see object_graph.h); exceptions their tag, if
// the host can see it, and payload.
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

  // Of values that are seen together.
  void Hash(absl::Span<const exec::Val> values, Hasher* hasher) const;
  std::string Text(absl::Span<const exec::Val> values) const;

  // Of memories (sizes, and the first `look_bytes` bytes of each), globals and
  // tables.
  uint64_t HashState(uint64_t look_bytes) const;
  std::string StateText() const;

 private:
  // The position of its tag in tags(), or -1.
  int TagOf(const exec::HeapView::Object& exception,
            const exec::HeapView& view) const;
  void HashRef(exec::Ref ref, ObjectGraph* graph, Hasher* hasher) const;
  void HashValue(const exec::Val& value, ObjectGraph* graph,
                 Hasher* hasher) const;
  void HashObject(const exec::HeapView::Object& object, ObjectGraph* graph,
                  Hasher* hasher) const;
  // All that were met.
  void HashObjects(ObjectGraph* graph, Hasher* hasher) const;
  std::string RefText(exec::Ref ref, ObjectGraph* graph) const;
  std::string ValueText(const exec::Val& value, ObjectGraph* graph) const;
  std::string ObjectText(const exec::HeapView::Object& object,
                         ObjectGraph* graph) const;
  std::string ObjectTexts(ObjectGraph* graph) const;

  exec::Store& store_;
  std::vector<exec::Func> host_funcs_;
  Named<exec::Tag> tags_;
  Named<exec::Memory> memories_;
  Named<exec::Global> globals_;
  Named<exec::Table> tables_;
};

}  // namespace weft::check

#endif  // WEFT_CHECK_OBSERVER_H_
