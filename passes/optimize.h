// From a module's bytes to an optimized module's bytes: what `weft opt` calls.
#ifndef WEFT_PASSES_OPTIMIZE_H_
#define WEFT_PASSES_OPTIMIZE_H_

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "ir/wasm/features.h"
#include "ir/wasm/module.h"
#include "passes/pass.h"

namespace weft::ir {
class Function;
}  // namespace weft::ir

namespace weft::passes {

struct FunctionContext;

struct OptimizeOptions {
  // Run in this order; none of them: decode and encode again (-O0).
  std::vector<PassId> passes;
  // Features that the input may use besides those that it declares or that
  // are on by default; see wasm::ReadOptions.
  wasm::FeatureSet features = wasm::FeatureSet::All();
  // Threads for work on bodies, at least 1. Output does not depend on it.
  int threads = 1;
  // Bytes count before speed where the two disagree.
  bool for_size = true;
  // Keep a body whose new bytes are larger than its old ones.
  bool fallback = true;
  // Shuffles the order in which bodies are worked on; 0: in order. Output
  // does not depend on it.
  uint64_t schedule_seed = 0;
  // Validates every lowered body and the output. Off only in benchmarks of
  // single steps.
  bool validate = true;
  // Text of the SSA form of functions after `print_after` (or before all
  // passes, when empty) goes here, function by function in index order.
  std::function<void(absl::string_view)> print_ir;
  std::string print_after;
  // Called now and then with the bodies done and their number; from any one
  // thread at a time.
  std::function<void(size_t done, size_t all)> progress;
  // For tests of checkers: runs behind the function passes of each visit, once
  // for each body, and need not keep the meaning of what it gets. Its result is
  // not looked at. From several threads at a time if there are several.
  std::function<bool(const FunctionContext&, ir::Function*)> injected;
};

// What a pass did in one run.
struct PassReport {
  PassId pass = PassId::kCount;
  double seconds = 0;    // Summed over threads.
  uint64_t changes = 0;  // Bodies or entities changed.
};

// Bytes of one section with its header, before and after; 0 where absent.
struct SectionReport {
  std::string name;
  uint64_t before = 0;
  uint64_t after = 0;
};

struct OptimizeReport {
  uint64_t bytes_before = 0;
  uint64_t bytes_after = 0;
  std::vector<SectionReport> sections;
  uint64_t instructions_before = 0;  // Operators in all bodies.
  uint64_t instructions_after = 0;
  uint64_t bodies = 0;
  // Bodies, and their bytes, that the fallback kept; that were too large for
  // the budget of a step; and whose lowering the validator refused (a defect).
  uint64_t bodies_kept = 0;
  uint64_t bytes_kept = 0;
  uint64_t bodies_over_budget = 0;
  uint64_t bodies_invalid = 0;
  double seconds = 0;
  std::vector<PassReport> passes;
  std::vector<std::string> warnings;
};

// Returns the output module. `report` may be null.
// Errors: those of reading and validation, with offset and section
// (InvalidArgument, Unimplemented for a feature that is off,
// ResourceExhausted for a limit); Internal when the output does not validate.
absl::StatusOr<std::vector<uint8_t>> Optimize(wasm::ByteSpan input,
                                              const OptimizeOptions& options,
                                              OptimizeReport* report);

}  // namespace weft::passes

#endif  // WEFT_PASSES_OPTIMIZE_H_
