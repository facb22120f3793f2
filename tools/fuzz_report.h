// Reports of `weft fuzz`.
#ifndef WEFT_TOOLS_FUZZ_REPORT_H_
#define WEFT_TOOLS_FUZZ_REPORT_H_

#include <string>

#include "check/campaign/report.h"
#include "check/campaign/workers.h"

namespace weft::tools {

// One line for a terminal.
std::string FuzzLine(const check::LiveCounts& counts, double seconds);

// A few lines: pairs, rates, shares, poison, findings.
std::string FuzzSummary(const check::CampaignReport& report);

// Everything, a row for each operator and each pass included.
std::string FuzzJson(const check::CampaignReport& report,
                     const std::string& campaign);

// The file name of a finding's test case: "different-gvn-17.wat".
std::string FindingName(const check::Finding& finding);

}  // namespace weft::tools

#endif  // WEFT_TOOLS_FUZZ_REPORT_H_
