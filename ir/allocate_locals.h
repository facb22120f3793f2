// Gives every value that an emission reads from a local its local.
#ifndef WEFT_IR_ALLOCATE_LOCALS_H_
#define WEFT_IR_ALLOCATE_LOCALS_H_

#include <memory>
#include <vector>

#include "absl/status/status.h"
#include "ir/emission.h"
#include "ir/function.h"

namespace weft::ir {

struct LocalAssignment {
  // Index of the local of each value, or kNoLocal.
  std::vector<uint32_t> local_of_value;
  // Index of each pinned source local, or kNoLocal.
  std::vector<uint32_t> local_of_pinned;
  // Types of all locals, parameters first.
  std::vector<ValueType> types;
  // When not empty nothing else is filled in: loop parameters that are read
  // behind a conditional branch that gives them their next value. They have
  // to be copied first (the "lost copy" of SSA destruction).
  std::vector<ValueId> lost_params;
};

class LocalAllocator {
 public:
  LocalAllocator();
  ~LocalAllocator();

  // Values keep their source local unless they would disturb another value
  // there; the others get the local of a value that they are copied from or
  // to, then any free one of their type, then a new one. Locals that are
  // accessed more have smaller indices; from 128 locals on each type may have
  // a hot and a cold run.
  // Errors: ResourceExhausted naming the limit when liveness would take more
  // than its budget.
  absl::Status Run(const Function& f, const Emission& emission,
                   LocalAssignment* out);

 private:
  class Builder;
  std::unique_ptr<Builder> builder_;
};

}  // namespace weft::ir

#endif  // WEFT_IR_ALLOCATE_LOCALS_H_
