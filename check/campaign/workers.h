// Processes that check blocks, so that a pair that ends one, or never ends, is
// a finding and not the end of the campaign.
#ifndef WEFT_CHECK_CAMPAIGN_WORKERS_H_
#define WEFT_CHECK_CAMPAIGN_WORKERS_H_

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>

#include "absl/status/status.h"
#include "check/campaign/block.h"
#include "check/campaign/report.h"

namespace weft::check {

// Sums over all workers, blocks at work included.
struct LiveCounts {
  uint64_t pairs = 0;
  uint64_t useful = 0;
  uint64_t defects = 0;
};

struct WorkerOptions {
  PairOptions pairs;
  int processes = 1;
  // A pair that takes longer hangs.
  double hang_seconds = 60;
  double reduce_seconds = 30;
  // The next block to check; nothing when there is none left.
  std::function<std::optional<uint64_t>()> next_block;
  // A block is done; false to stop. Findings of crashes are in the report.
  std::function<bool(uint64_t block, const CampaignReport& report)> done;
  // Called a few times a second; false to stop at once, giving up blocks that
  // are at work.
  std::function<bool(const LiveCounts& counts)> tick;
};

// Forks; REQUIRES: the process has one thread. Returns when no block is left
// or it was told to stop. Errors: ResourceExhausted when not even one process
// can be started.
absl::Status RunWorkers(const WorkerOptions& options);

}  // namespace weft::check

#endif  // WEFT_CHECK_CAMPAIGN_WORKERS_H_
