// Makes a module as simple as can be while something still happens with it:
// hierarchical delta debugging (Zeller and Hildebrandt 2002; Misherghi and Su
// 2006) with the reductions of plan.h.
#ifndef WEFT_CHECK_REDUCE_REDUCE_H_
#define WEFT_CHECK_REDUCE_REDUCE_H_

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"

namespace weft::check {

// Whether what is looked for still happens with this (valid) module. Called
// from several threads at a time; the answer must depend on the module alone.
using Interesting = std::function<bool(absl::Span<const uint8_t> module)>;

// What one reduction did.
struct ReductionReport {
  absl::string_view name;
  uint64_t tried = 0;  // Modules that were asked about.
  uint64_t kept = 0;   // Of them, those that replaced the module at hand.
};

struct ReduceReport {
  uint64_t bytes_before = 0;
  uint64_t bytes_after = 0;
  uint64_t operators_before = 0;  // Without those that end bodies.
  uint64_t operators_after = 0;
  uint64_t candidates = 0;  // Made by reductions.
  uint64_t repeated = 0;    // Known from before.
  uint64_t larger = 0;      // No simpler than the module at hand.
  uint64_t invalid = 0;
  uint64_t asked = 0;  // The others: calls of the predicate.
  uint64_t kept = 0;
  double seconds = 0;
  bool out_of_time = false;  // It could be simpler still.
  std::vector<ReductionReport> reductions;
};

struct ReduceOptions {
  // Candidates that are tried at a time, at least 1. The result does not depend
  // on it, unless time runs out.
  int threads = 1;
  // Time for all of it. A predicate that is being asked is not interrupted.
  double seconds = 60;
  // Called with what has been done whenever a simpler module has been found,
  // and at least once a second while candidates are asked about; by one thread
  // at a time.
  std::function<void(const ReduceReport& so_far)> progress;
};

// Returns the simplest module found for which `interesting` holds; the input
// itself, byte for byte, when nothing simpler does. `report` may be null.
//
// What is simpler is decided by cost.h: fewer entities, fewer and simpler
// operators, smaller constants, shorter names. The result is in the shortest
// encoding unless that is not interesting.
// Errors: those of reading and validating `module`; FailedPrecondition when
// `interesting` does not hold for it.
absl::StatusOr<std::vector<uint8_t>> Reduce(absl::Span<const uint8_t> module,
                                            const Interesting& interesting,
                                            const ReduceOptions& options,
                                            ReduceReport* report);

}  // namespace weft::check

#endif  // WEFT_CHECK_REDUCE_REDUCE_H_
