// What `weft run --stats` tells of a run.
#ifndef WEFT_TOOLS_RUN_STATS_H_
#define WEFT_TOOLS_RUN_STATS_H_

#include <cstdint>
#include <string>

#include "exec/operator_counts.h"
#include "exec/store.h"

namespace weft::tools {

struct RunStats {
  std::string input;     // The module, as given.
  std::string function;  // The export that was called, or empty.
  std::string ending;  // "returned", "trapped", "threw", "exited" or "failed".
  exec::OperatorCounts operators;
  exec::Store::Usage usage;
  uint64_t fuel = 0;  // Operators, and what bulk operators cost beyond one.
  double compile_seconds =
      0;                   // Reading, validating and, if eager, translating.
  double run_seconds = 0;  // Instantiating and calling.
};

// Some lines for people; classes of operators, the most frequent ones first.
std::string RunStatsText(const RunStats& stats);

// A JSON document.
std::string RunStatsJson(const RunStats& stats);

}  // namespace weft::tools

#endif  // WEFT_TOOLS_RUN_STATS_H_
