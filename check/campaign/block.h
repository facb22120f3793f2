// A stretch of pairs, checked one after the other.
#ifndef WEFT_CHECK_CAMPAIGN_BLOCK_H_
#define WEFT_CHECK_CAMPAIGN_BLOCK_H_

#include <atomic>
#include <cstdint>
#include <map>
#include <string>

#include "check/campaign/pair.h"
#include "check/campaign/report.h"

namespace weft::check {

// Where the work on a block stands; may lie in memory that processes share.
struct BlockProgress {
  std::atomic<uint64_t> number{0};  // Of the pair at work.
  std::atomic<uint64_t> pairs{0};   // Done, of all blocks.
  std::atomic<uint64_t> useful{0};
  std::atomic<uint64_t> defects{0};
  // Set while a finding is reduced, which may take long.
  std::atomic<bool> investigating{false};
};

struct BlockOptions {
  PairOptions pairs;
  // Findings that are there already, by guilty pass; so many more of each are
  // reduced.
  std::map<std::string, int> known;
  int max_findings_per_pass = 4;
  double reduce_seconds = 30;
};

// Checks pairs `first` to `first + count`, both of the campaign's numbers.
// `progress` may be null.
CampaignReport RunBlock(const BlockOptions& options, uint64_t first,
                        uint64_t count, BlockProgress* progress);

}  // namespace weft::check

#endif  // WEFT_CHECK_CAMPAIGN_BLOCK_H_
