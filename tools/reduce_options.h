// The command line of `weft reduce`.
#ifndef WEFT_TOOLS_REDUCE_OPTIONS_H_
#define WEFT_TOOLS_REDUCE_OPTIONS_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "passes/pass.h"
#include "tools/jobs.h"

namespace weft::tools {

struct ReduceOptions {
  std::string input;
  std::string output;
  std::string test;  // Empty: diff.
  std::string match;
  bool has_match = false;
  std::string diff;                    // As given; empty: test.
  std::vector<passes::PassId> passes;  // Of diff.
  double timeout = 30;                 // Seconds.
  bool has_timeout = false;
  double budget = 600;
  int jobs = CoresAllowed();
  bool json = false;
  bool quiet = false;
  bool help = false;
};

// Errors: InvalidArgument that says on one line what is wrong.
absl::StatusOr<ReduceOptions> ParseReduceOptions(
    absl::Span<const absl::string_view> args);

std::string ReduceHelp();

}  // namespace weft::tools

#endif  // WEFT_TOOLS_REDUCE_OPTIONS_H_
