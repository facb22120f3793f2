// Planted faults: wrong rewrites of the kinds that optimizers make by mistake,
// to see whether the checker finds them. The list is faults.def.
#ifndef WEFT_CHECK_FAULTS_FAULT_H_
#define WEFT_CHECK_FAULTS_FAULT_H_

#include <functional>
#include <vector>

#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "check/faults/edit.h"

namespace weft::check::faults {

// What a fault does where it applies.
struct Rewrite {
  // Operators at which it is tried; not empty.
  std::vector<Op> ops;
  // Tries it at an instruction of one of these. Returns whether it changed
  // anything. The form stays one that the verifier accepts.
  std::function<bool(Edit& edit, ValueId id)> at;
};

struct Fault {
  absl::string_view name;      // snake_case.
  absl::string_view category;  // "fold", "rule", ...
  absl::string_view what;      // A sentence.
  Rewrite rewrite;
};

// All of them, in the order of the list. Made once.
absl::Span<const Fault> AllFaults();

// Rewrites wherever it applies. Returns whether it did anywhere.
bool Plant(const Fault& fault, const passes::FunctionContext& context,
           Function* function);

}  // namespace weft::check::faults

#endif  // WEFT_CHECK_FAULTS_FAULT_H_
