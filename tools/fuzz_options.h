// The options of `weft fuzz`.
#ifndef WEFT_TOOLS_FUZZ_OPTIONS_H_
#define WEFT_TOOLS_FUZZ_OPTIONS_H_

#include <cstdint>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "check/campaign/pair.h"

namespace weft::tools {

struct FuzzOptions {
  check::PairOptions pairs;
  wasm::FeatureSet features = wasm::FeatureSet::All();
  double seconds = 0;  // 0: no limit.
  uint64_t count = 0;  // Pairs; 0: no limit.
  uint64_t shard = 0;  // Of `shards`, from 0.
  uint64_t shards = 1;
  int jobs = 1;
  std::string ledger;
  std::string out;
  std::string report;
  std::string corpus;
  // One pair of the campaign, or -1.
  int64_t pair = -1;
  bool quiet = false;
  bool help = false;
};

// Errors: InvalidArgument for the user to read.
absl::StatusOr<FuzzOptions> ParseFuzzOptions(
    absl::Span<const absl::string_view> args);

std::string FuzzHelp();

// What pairs depend on besides their numbers, in one line.
std::string CampaignName(const FuzzOptions& options);

}  // namespace weft::tools

#endif  // WEFT_TOOLS_FUZZ_OPTIONS_H_
