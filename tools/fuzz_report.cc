#include "tools/fuzz_report.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "check/campaign/investigate.h"
#include "ir/wasm/op.h"
#include "tools/version.h"

namespace weft::tools {
namespace {

using check::CampaignReport;
using Json = nlohmann::ordered_json;

// Raised when a field changes its meaning or goes away.
constexpr int kSchema = 1;

double Percent(uint64_t part, uint64_t all) {
  return all == 0 ? 0
                  : 100 * static_cast<double>(part) / static_cast<double>(all);
}

double Rate(uint64_t count, double seconds) {
  return seconds > 0 ? static_cast<double>(count) / seconds : 0;
}

uint64_t Sum(const std::vector<uint64_t>& counts, size_t first) {
  uint64_t sum = 0;
  for (size_t i = first; i < counts.size(); ++i) sum += counts[i];
  return sum;
}

Json Named(const std::vector<uint64_t>& counts,
           absl::string_view (*name)(size_t)) {
  Json json = Json::object();
  for (size_t i = 1; i < counts.size(); ++i) {
    json[std::string(name(i))] = counts[i];
  }
  return json;
}

absl::string_view PoisonName(size_t i) {
  return check::PoisonText(static_cast<check::Poison>(i));
}
absl::string_view DefectName(size_t i) {
  return check::DefectText(static_cast<check::Defect>(i));
}

Json OperatorsJson(const check::Coverage& coverage) {
  Json operators = Json::object();
  for (int i = 0; i < wasm::kOpCount; ++i) {
    const auto op = static_cast<wasm::Op>(i);
    Json row = {{"modules", coverage.modules(op)}};
    for (const passes::PassId pass : passes::AllPasses()) {
      row[std::string(passes::InfoOf(pass).name)] = coverage.changed(op, pass);
    }
    operators[std::string(wasm::InfoOf(op).text)] = std::move(row);
  }
  return operators;
}

// Pairs in which a pass changed something cannot be told from the table by
// operator, since modules have many; every body ends with `end`.
Json PassesJson(const check::Coverage& coverage) {
  Json json = Json::object();
  for (const passes::PassId pass : passes::AllPasses()) {
    json[std::string(passes::InfoOf(pass).name)] =
        coverage.changed(wasm::Op::kEnd, pass);
  }
  return json;
}

}  // namespace

std::string FuzzLine(const check::LiveCounts& counts, double seconds) {
  return absl::StrFormat("%d pairs, %.0f/s, %.1f %% useful, %d defects",
                         counts.pairs, Rate(counts.pairs, seconds),
                         Percent(counts.useful, counts.pairs), counts.defects);
}

std::string FuzzSummary(const CampaignReport& report) {
  std::string out = absl::StrFormat(
      "%d pairs: %.1f %% changed, %.1f %% useful, %.2f %% poisoned\n"
      "%.0f pairs/s of one core, %.0f useful ones; %d operators run\n",
      report.pairs, Percent(report.changed, report.pairs),
      Percent(report.useful, report.pairs),
      Percent(Sum(report.poisoned, 1), report.pairs),
      Rate(report.pairs, report.seconds), Rate(report.useful, report.seconds),
      report.operators);
  int missing = 0;
  for (int i = 0; i < wasm::kOpCount; ++i) {
    missing += report.coverage.modules(static_cast<wasm::Op>(i)) == 0 ? 1 : 0;
  }
  absl::StrAppendFormat(&out, "%d of %d operators were there\n",
                        wasm::kOpCount - missing, wasm::kOpCount);
  for (size_t i = 1; i < report.defects.size(); ++i) {
    if (report.defects[i] == 0) continue;
    absl::StrAppendFormat(&out, "%d pairs: %s\n", report.defects[i],
                          DefectName(i));
  }
  for (const check::Finding& finding : report.findings) {
    absl::StrAppend(&out, "  pair ", finding.number, ", ",
                    check::DefectText(finding.defect),
                    finding.pass.empty() ? "" : " after ", finding.pass, "\n");
  }
  return out;
}

std::string FuzzJson(const CampaignReport& report,
                     const std::string& campaign) {
  Json findings = Json::array();
  for (const check::Finding& finding : report.findings) {
    findings.push_back({{"pair", finding.number},
                        {"defect", std::string(DefectName(
                                       static_cast<size_t>(finding.defect)))},
                        {"pass", finding.pass},
                        {"options", check::PipelineText(finding.pipeline)},
                        {"what", finding.what},
                        {"text", check::TestCaseText(finding)}});
  }
  const Json json = {
      {"schema", kSchema},
      {"weft", std::string(kVersion)},
      {"campaign", campaign},
      {"pairs", report.pairs},
      {"changed", report.changed},
      {"useful", report.useful},
      {"useful_percent", Percent(report.useful, report.pairs)},
      {"poisoned", Named(report.poisoned, PoisonName)},
      {"poisoned_percent", Percent(Sum(report.poisoned, 1), report.pairs)},
      {"defects", Named(report.defects, DefectName)},
      {"processor_seconds", report.seconds},
      {"pairs_per_second", Rate(report.pairs, report.seconds)},
      {"useful_pairs_per_second", Rate(report.useful, report.seconds)},
      {"operators_run", report.operators},
      {"passes", PassesJson(report.coverage)},
      {"operators", OperatorsJson(report.coverage)},
      {"findings", std::move(findings)}};
  return json.dump(1, ' ', false, Json::error_handler_t::replace) + "\n";
}

std::string FindingName(const check::Finding& finding) {
  return absl::StrCat(check::DefectText(finding.defect),
                      finding.pass.empty() ? "" : "-", finding.pass, "-",
                      finding.number, ".wat");
}

}  // namespace weft::tools
