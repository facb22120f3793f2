// Decides whether one module may stand for another, by running both.
//
// The relation and its hard cases: docs/checking.md.
#ifndef WEFT_CHECK_DIFF_H_
#define WEFT_CHECK_DIFF_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "check/session.h"
#include "ir/wasm/features.h"

namespace weft::check {

enum class Verdict : uint8_t {
  kEqual,      // No difference was found.
  kDifferent,  // A host can tell them apart.
  kPoisoned,   // Too little of what before does says anything; see Poison.
};

// "EQUAL", ...
absl::string_view VerdictText(Verdict verdict);

// A call that is to be made, whatever else is.
struct GivenCall {
  std::string name;  // Of the exported function.
  std::vector<exec::Val> args;
};

struct DiffOptions {
  uint64_t seed = 1;
  // Sets of arguments for each exported function, besides zeros.
  int runs = 16;
  // Exported functions that are also called on an instance of their own.
  int fresh_instances = 8;
  // Fuel of one call of the module before; the one after gets ten times what
  // that took and a million more.
  uint64_t fuel = 200000;
  // Made first, each on an instance of its own.
  std::vector<GivenCall> given;
  // Calls in all but those, 0 for no limit; with more exports than that some
  // are left out.
  size_t max_calls = 20000;
  // Calls that one instance gets, 0 for no limit.
  size_t calls_per_session = 0;
  // Only exports whose names begin so are called.
  std::string only_prefix;
  // No further session begins after so many seconds; 0 for no limit.
  double max_seconds = 0;
  // Bytes of all memories of an instance.
  uint64_t max_memory = uint64_t{1} << 30;
  uint64_t max_heap = uint64_t{64} << 20;
  uint64_t max_stack = uint64_t{1} << 20;
  // Bytes of each memory that are compared while a session runs, too; what is
  // behind them, when it ends.
  uint64_t look_bytes = 1 << 20;
  wasm::FeatureSet features = wasm::FeatureSet::All();
  // Translate both without fusion, or what is after alone.
  bool fuse_before = true;
  bool fuse_after = true;
};

// The first difference.
struct Difference {
  // What differs: "interface", "validity", "result", "host call", "state".
  std::string what;
  // The call that was being made, with its arguments; empty without one.
  std::string call;
  std::string before;
  std::string after;
  // Function index in the module before of the exported function that was
  // called, or -1.
  int64_t function = -1;
  // Where the contents of a memory differ first: "memory 'm' at 0x10: ...".
  std::string memory;
};

// In one line.
std::string DifferenceText(const Difference& difference);

struct DiffResult {
  Verdict verdict = Verdict::kEqual;
  Difference difference;          // kDifferent.
  Poison poison = Poison::kNone;  // kPoisoned: the most frequent one.
  // Calls whose outcome was compared, and those that poison spoilt, by Poison.
  size_t calls_decided = 0;
  std::vector<size_t> calls_poisoned;
  size_t calls_trapped_at_once = 0;
  size_t sessions = 0;
  bool out_of_time = false;  // DiffOptions::max_seconds was up.
  // Operators that ran in the module before.
  uint64_t operators = 0;
  // Exported functions, and those that were called.
  size_t exports = 0;
  size_t exports_called = 0;
  // Functions that the module before defines. By function index, imported ones
  // first: 0 not entered; 1 exported, entered, and every call of the host
  // trapped at once; 2 entered and more.
  size_t functions = 0;
  std::vector<uint8_t> entered;
};

// Compares any number of pairs, one after the other. Used by one thread.
class Differ {
 public:
  explicit Differ(const DiffOptions& options);
  ~Differ();
  Differ(const Differ&) = delete;
  Differ& operator=(const Differ&) = delete;

  // Errors: those of reading and validation for `before`, and of the system.
  absl::StatusOr<DiffResult> Diff(absl::Span<const uint8_t> before,
                                  absl::Span<const uint8_t> after);

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace weft::check

#endif  // WEFT_CHECK_DIFF_H_
