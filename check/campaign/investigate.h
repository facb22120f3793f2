// From a pair with a defect to what a person wants to see.
#ifndef WEFT_CHECK_CAMPAIGN_INVESTIGATE_H_
#define WEFT_CHECK_CAMPAIGN_INVESTIGATE_H_

#include <functional>
#include <string>

#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "check/campaign/pair.h"
#include "check/campaign/report.h"

namespace weft::check {

struct InvestigateOptions {
  // Whether a finding of this guilty pass is to be reduced; null for yes.
  std::function<bool(const std::string& pass)> reduces;
  double seconds = 30;  // For reducing.
  // Ask in a process of its own, for defects that end or hang the process;
  // after so many seconds it counts as hanging.
  bool isolated = false;
  double hang_seconds = 10;
};

// The defect that `module` shows under `pipeline`, when it is tried in a
// process of its own, and in `*what`, if not null, how that ended. kNone also
// when it could not be started.
Defect TryIsolated(const PairOptions& options, absl::Span<const uint8_t> module,
                   const Pipeline& pipeline, double hang_seconds,
                   std::string* what = nullptr);

// Shortens the pipeline to the passes that the defect needs, so that its last
// one is the guilty one, and reduces the module. `defect` is what `pair` shows.
Finding Investigate(const PairOptions& options, const Pair& pair, Defect defect,
                    const InvestigateOptions& investigate);

// A script for `weft wast` and people: the module as text below a header that
// says what is wrong, with which pipeline, and how to see it again.
std::string TestCaseText(const Finding& finding);

}  // namespace weft::check

#endif  // WEFT_CHECK_CAMPAIGN_INVESTIGATE_H_
