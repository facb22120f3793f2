// References as words that are the same for every store: objects by the order
// in which they are met.
#ifndef WEFT_CHECK_OBJECT_GRAPH_H_
#define WEFT_CHECK_OBJECT_GRAPH_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/types/span.h"
#include "exec/api.h"

namespace weft::check {

// What a reference is.
enum class RefClass : uint8_t {
  kNull,
  kI31,        // Its number.
  kHostValue,  // Its number.
  kHostFunc,   // Its position among the functions of the host.
  kGuestFunc,  // Its TypeId.
  kObject,     // Its number in this graph.
};

// One observation: references are met, and so are those in the objects that
// they lead to, each object once. What is met in the same order in two stores
// has the same numbers exactly when the graphs are isomorphic.
//
// At most kMaxObjects are followed, so that a look takes bounded time.
// REQUIRES: nothing runs or is allocated in the store meanwhile.
class ObjectGraph {
 public:
  static constexpr size_t kMaxObjects = 1000;
  // Values of all objects of references, arrays of numbers aside.
  static constexpr size_t kMaxValues = 20000;

  // `host_funcs` must outlive it.
  ObjectGraph(const exec::Store& store, absl::Span<const exec::Func> host_funcs)
      : store_(store), view_(store), host_funcs_(host_funcs) {}

  // What `ref` is, as words.
  std::pair<RefClass, uint64_t> Meet(exec::Ref ref);

  // The next object that was met and not returned yet, by number; nothing
  // when there is none, or after too many.
  std::optional<exec::HeapView::Object> Next();

  const exec::HeapView& view() const { return view_; }

 private:
  const exec::Store& store_;
  const exec::HeapView view_;
  const absl::Span<const exec::Func> host_funcs_;
  absl::flat_hash_map<exec::Ref, uint32_t> numbers_;
  std::vector<exec::Ref> met_;  // By number.
  size_t next_ = 0;
  size_t values_ = 0;
};

}  // namespace weft::check

#endif  // WEFT_CHECK_OBJECT_GRAPH_H_
