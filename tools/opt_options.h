// The options of `weft opt`.
#ifndef WEFT_TOOLS_OPT_OPTIONS_H_
#define WEFT_TOOLS_OPT_OPTIONS_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "ir/wasm/features.h"
#include "passes/pass.h"

namespace weft::tools {

struct OptOptions {
  std::string input;
  std::string output;
  bool has_output = false;
  // What decided about `passes`: "-Os", "--passes".
  std::string pipeline;
  std::vector<passes::PassId> passes;
  bool for_size = true;  // See OptimizeOptions.
  wasm::FeatureSet features = wasm::FeatureSet::All();
  int jobs = 0;  // 0: not given.
  bool fallback = true;
  uint64_t schedule_seed = 0;
  std::string stats_json;
  bool print_ir = false;
  std::string print_ir_after;  // Name of a pass; empty: before all.
  bool time_passes = false;
  // Compare what goes in and what comes out by running both; `per_pass` also
  // after each pass. Seconds for that.
  bool verify = false;
  bool verify_passes = false;
  double verify_seconds = 60;
  bool quiet = false;
  // These print something and end.
  bool help = false;
  bool list_passes = false;
  bool print_pipeline = false;
};

// What `args`, those behind `opt`, ask for. `jobs` is set, and `input` and
// `output` unless the command only prints.
// Errors: InvalidArgument, one line that says what is wrong and what would be
// right.
absl::StatusOr<OptOptions> ParseOptOptions(
    absl::Span<const absl::string_view> args);

// Text of `weft opt --help`.
std::string OptHelp();

// Text of `weft opt --list-passes`: one line per pass.
std::string PassList();

}  // namespace weft::tools

#endif  // WEFT_TOOLS_OPT_OPTIONS_H_
