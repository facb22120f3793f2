// What `weft reduce` looks for in a module.
#ifndef WEFT_TOOLS_REDUCE_PREDICATE_H_
#define WEFT_TOOLS_REDUCE_PREDICATE_H_

#include <cstdint>
#include <memory>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "tools/environment.h"
#include "tools/reduce_options.h"

namespace weft::tools {

class ReducePredicate {
 public:
  virtual ~ReducePredicate() = default;

  // Whether it is to be seen with that module. Thread-safe; false after an
  // error of the system.
  virtual bool Holds(absl::Span<const uint8_t> module) = 0;
  // The first error that kept Holds from answering.
  virtual absl::Status status() const { return absl::OkStatus(); }
};

// The predicate that `options` ask for, once it is known what it says of
// `input`. `env` must outlive it.
// Errors: FailedPrecondition when there is nothing to be seen with `input`;
// those of the system and, for --diff, of optimizing and running it.
absl::StatusOr<std::unique_ptr<ReducePredicate>> MakeReducePredicate(
    const Environment& env, const ReduceOptions& options,
    absl::Span<const uint8_t> input);

}  // namespace weft::tools

#endif  // WEFT_TOOLS_REDUCE_PREDICATE_H_
