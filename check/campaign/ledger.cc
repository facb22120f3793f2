#include "check/campaign/ledger.h"

#include <algorithm>
#include <iterator>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"

namespace weft::check {
namespace {

using Json = nlohmann::json;

constexpr size_t kMaxFindings = 1000;

}  // namespace

absl::StatusOr<Ledger> Ledger::Parse(absl::string_view text,
                                     const std::string& options) {
  const Json json = Json::parse(text.begin(), text.end(), nullptr,
                                /*allow_exceptions=*/false);
  if (!json.is_object() || !json.contains("options") ||
      !json["options"].is_string() || !json.contains("blocks") ||
      !json["blocks"].is_array() || !json.contains("report")) {
    return absl::InvalidArgumentError("not a ledger of weft fuzz");
  }
  const std::string other = json["options"].get<std::string>();
  if (other != options) {
    return absl::FailedPreconditionError(
        absl::StrCat("the ledger is of another campaign (", other,
                     "), this one is (", options, ")"));
  }
  Ledger ledger(options);
  for (const Json& range : json["blocks"]) {
    if (!range.is_array() || range.size() != 2 ||
        !range[0].is_number_unsigned() || !range[1].is_number_unsigned() ||
        range[0].get<uint64_t>() >= range[1].get<uint64_t>()) {
      return absl::InvalidArgumentError("a ledger whose blocks are no ranges");
    }
    ledger.ranges_[range[0].get<uint64_t>()] = range[1].get<uint64_t>();
  }
  absl::StatusOr<CampaignReport> report = ReportFromJson(json["report"]);
  if (!report.ok()) return report.status();
  ledger.report_ = *std::move(report);
  return ledger;
}

std::string Ledger::Text() const {
  Json blocks = Json::array();
  for (const auto& [begin, end] : ranges_) {
    blocks.push_back(Json::array({begin, end}));
  }
  return Json({{"options", options_},
               {"blocks", blocks},
               {"report", ToJson(report_)}})
             .dump() +
         "\n";
}

bool Ledger::done(uint64_t block) const {
  auto it = ranges_.upper_bound(block);
  return it != ranges_.begin() && std::prev(it)->second > block;
}

void Ledger::Add(uint64_t block, const CampaignReport& report) {
  uint64_t begin = block;
  uint64_t end = block + 1;
  auto after = ranges_.upper_bound(block);
  if (after != ranges_.begin() && std::prev(after)->second == block) {
    begin = std::prev(after)->first;
  }
  if (after != ranges_.end() && after->first == end) {
    end = after->second;
    ranges_.erase(after);
  }
  ranges_[begin] = end;
  report_.Add(report);
  // One finding of a shape is enough.
  std::vector<Finding>& findings = report_.findings;
  std::vector<Finding> kept;
  for (Finding& finding : findings) {
    const bool known = std::any_of(
        kept.begin(), kept.end(),
        [&](const Finding& other) { return other.shape == finding.shape; });
    if (!known && kept.size() < kMaxFindings)
      kept.push_back(std::move(finding));
  }
  findings = std::move(kept);
}

}  // namespace weft::check
