// Which blocks of a campaign are done, so that it can stop and go on anywhere.
#ifndef WEFT_CHECK_CAMPAIGN_LEDGER_H_
#define WEFT_CHECK_CAMPAIGN_LEDGER_H_

#include <cstdint>
#include <map>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "check/campaign/report.h"

namespace weft::check {

// Block `b` holds pairs b * kBlockPairs and on.
inline constexpr uint64_t kBlockPairs = 1000;

class Ledger {
 public:
  // A new one. `options` says what blocks depend on besides their numbers: a
  // ledger is good for the same options alone.
  explicit Ledger(std::string options) : options_(std::move(options)) {}

  // Errors: InvalidArgument when `text` is no ledger; FailedPrecondition when
  // it is of another campaign.
  static absl::StatusOr<Ledger> Parse(absl::string_view text,
                                      const std::string& options);
  std::string Text() const;

  bool done(uint64_t block) const;
  // Adds a block that was not done.
  void Add(uint64_t block, const CampaignReport& report);

  // Of all blocks that are done.
  const CampaignReport& report() const { return report_; }

 private:
  std::string options_;
  // First blocks of the ranges that are done, and where they end.
  std::map<uint64_t, uint64_t> ranges_;
  CampaignReport report_;
};

}  // namespace weft::check

#endif  // WEFT_CHECK_CAMPAIGN_LEDGER_H_
