// A list of small steps, any neighbours of which can be taken together.
#ifndef WEFT_CHECK_REDUCE_PLAN_H_
#define WEFT_CHECK_REDUCE_PLAN_H_

#include <cstddef>
#include <functional>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "check/reduce/subject.h"

namespace weft::check::reducing {

struct Plan {
  size_t size = 0;
  // The subject with the steps [begin, end) taken. The result need not be
  // valid, nor simpler. Thread-safe. Errors: FailedPrecondition when the steps
  // cannot be taken like that; the writer's.
  std::function<absl::StatusOr<Bytes>(size_t begin, size_t end)> apply;
};

// One way to make modules simpler. `plan` lists what it can do with `subject`,
// which outlives the plan.
struct Reduction {
  absl::string_view name;
  Plan (*plan)(const Subject& subject);
};

// Every reduction, those that take away most first.
absl::Span<const Reduction> AllReductions();

}  // namespace weft::check::reducing

#endif  // WEFT_CHECK_REDUCE_PLAN_H_
