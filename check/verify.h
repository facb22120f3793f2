// Checks one run of the optimizer: before and after are compared, and when
// they differ, the guilty pass and function are found.
#ifndef WEFT_CHECK_VERIFY_H_
#define WEFT_CHECK_VERIFY_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "check/diff.h"
#include "passes/optimize.h"

namespace weft::check {

enum class VerifyMode : uint8_t {
  kModule,  // Compare what comes out at the end.
  kPass,    // Also after each pass, run one by one.
};

struct VerifyOptions {
  VerifyMode mode = VerifyMode::kModule;
  // Time for all comparisons together; what does not fit is left out.
  double seconds = 60;
  uint64_t seed = 1;
  double reduce_seconds = 30;  // For the reproducer.
};

struct VerifyResult {
  Verdict verdict = Verdict::kEqual;
  Difference difference;
  Poison poison = Poison::kNone;
  // kDifferent: the pass behind which the difference shows, and the function of
  // the input; -1 when it could not be told.
  std::string pass;
  int64_t function = -1;
  // A module that `passes` make something else of, reduced where it shows by
  // itself.
  std::vector<uint8_t> reproducer;
  std::vector<passes::PassId> passes;
  // Functions of the input that function passes changed; those of them that
  // were called, and called without trapping at once.
  size_t functions_changed = 0;
  size_t functions_called = 0;
  size_t functions_entered = 0;
  size_t calls = 0;        // Compared.
  uint64_t operators = 0;  // That ran, before.
  bool out_of_time = false;
};

// `after` is what passes::Optimize made of `before` under `optimize`. Besides
// these two, each function that the function passes change is called directly
// in a copy of `before` that exports it, with the body before and after.
// Errors: those of passes::Optimize and Differ.
absl::StatusOr<VerifyResult> Verify(absl::Span<const uint8_t> before,
                                    absl::Span<const uint8_t> after,
                                    const passes::OptimizeOptions& optimize,
                                    const VerifyOptions& options);

}  // namespace weft::check

#endif  // WEFT_CHECK_VERIFY_H_
