// What `weft opt` reports when it is done: a summary for people, figures for
// programs.
#ifndef WEFT_TOOLS_OPT_REPORT_H_
#define WEFT_TOOLS_OPT_REPORT_H_

#include <string>

#include "passes/optimize.h"
#include "tools/opt_options.h"

namespace weft::tools {

// A line with the sizes, one per section, one on the fallback. `seconds` is
// the time of the whole run.
std::string OptSummary(const OptOptions& options,
                       const passes::OptimizeReport& report, double seconds);

// The table of --time-passes.
std::string PassTimes(const passes::OptimizeReport& report);

// The document of --stats-json, which docs/opt.md describes.
std::string StatsJson(const OptOptions& options,
                      const passes::OptimizeReport& report, double seconds);

}  // namespace weft::tools

#endif  // WEFT_TOOLS_OPT_REPORT_H_
