// What a campaign has done so far.
#ifndef WEFT_CHECK_CAMPAIGN_REPORT_H_
#define WEFT_CHECK_CAMPAIGN_REPORT_H_

#include <cstdint>
#include <string>
#include <vector>

#include "check/campaign/coverage.h"
#include "check/campaign/pair.h"
#include "nlohmann/json.hpp"

namespace weft::check {

// A pair with a defect.
struct Finding {
  Defect defect = Defect::kNone;
  uint64_t seed = 0;    // Of the campaign; 0 without one.
  uint64_t number = 0;  // Of the pair.
  std::string pass;     // The guilty one, if it could be told.
  Pipeline pipeline;
  std::string what;   // What differs, or the message.
  std::string shape;  // Equal for findings that are probably the same.
  Bytes module;       // Reduced.
};

struct CampaignReport {
  uint64_t pairs = 0;
  uint64_t changed = 0;
  uint64_t useful = 0;
  uint64_t operators = 0;          // That ran, before.
  std::vector<uint64_t> poisoned;  // Pairs, by Poison.
  std::vector<uint64_t> defects;   // Pairs, by Defect.
  double seconds = 0;              // Of processor time, summed over workers.
  Coverage coverage;
  std::vector<Finding> findings;

  CampaignReport();
  void Add(const CampaignReport& other);
  // A pair and its result.
  void Add(const Pair& pair, const PairResult& result);
};

// Everything, for ledgers and between processes; and back. Errors:
// InvalidArgument for anything else.
nlohmann::json ToJson(const CampaignReport& report);
absl::StatusOr<CampaignReport> ReportFromJson(const nlohmann::json& json);

}  // namespace weft::check

#endif  // WEFT_CHECK_CAMPAIGN_REPORT_H_
