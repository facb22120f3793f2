#include "check/campaign/report.h"

#include <utility>

#include "absl/status/status.h"
#include "absl/strings/escaping.h"

namespace weft::check {
namespace {

using Json = nlohmann::json;

constexpr size_t kPoisons = static_cast<size_t>(Poison::kHost) + 1;
constexpr size_t kDefects = static_cast<size_t>(Defect::kHang) + 1;

void AddTo(std::vector<uint64_t>* sums, const std::vector<uint64_t>& terms) {
  for (size_t i = 0; i < sums->size() && i < terms.size(); ++i) {
    (*sums)[i] += terms[i];
  }
}

Json FindingJson(const Finding& finding) {
  return {{"defect", static_cast<uint64_t>(finding.defect)},
          {"seed", finding.seed},
          {"number", finding.number},
          {"pass", finding.pass},
          {"passes", passes::ToString(finding.pipeline.passes)},
          {"for_size", finding.pipeline.for_size},
          {"fallback", finding.pipeline.fallback},
          {"what", finding.what},
          {"shape", finding.shape},
          {"module", absl::Base64Escape(std::string(finding.module.begin(),
                                                    finding.module.end()))}};
}

// nlohmann's accessors end the process on a wrong type, without exceptions.
uint64_t Number(const Json& json, const char* key) {
  const auto it = json.find(key);
  return it != json.end() && it->is_number_unsigned() ? it->get<uint64_t>() : 0;
}
std::string String(const Json& json, const char* key) {
  const auto it = json.find(key);
  return it != json.end() && it->is_string() ? it->get<std::string>() : "";
}
bool Bool(const Json& json, const char* key) {
  const auto it = json.find(key);
  return it != json.end() && it->is_boolean() && it->get<bool>();
}
std::vector<uint64_t> Numbers(const Json& json, const char* key) {
  const auto it = json.find(key);
  std::vector<uint64_t> out;
  if (it == json.end() || !it->is_array()) return out;
  for (const Json& item : *it) {
    if (item.is_number_unsigned()) out.push_back(item.get<uint64_t>());
  }
  return out;
}

bool ReadFinding(const Json& json, Finding* finding) {
  finding->defect = static_cast<Defect>(Number(json, "defect") % kDefects);
  finding->seed = Number(json, "seed");
  finding->number = Number(json, "number");
  finding->pass = String(json, "pass");
  auto passes = passes::ParsePasses(String(json, "passes"));
  if (!passes.ok()) return false;
  finding->pipeline = {*std::move(passes), Bool(json, "for_size"),
                       Bool(json, "fallback")};
  finding->what = String(json, "what");
  finding->shape = String(json, "shape");
  std::string module;
  if (!absl::Base64Unescape(String(json, "module"), &module)) return false;
  finding->module.assign(module.begin(), module.end());
  return true;
}

}  // namespace

CampaignReport::CampaignReport() : poisoned(kPoisons), defects(kDefects) {}

void CampaignReport::Add(const CampaignReport& other) {
  pairs += other.pairs;
  changed += other.changed;
  useful += other.useful;
  operators += other.operators;
  AddTo(&poisoned, other.poisoned);
  AddTo(&defects, other.defects);
  seconds += other.seconds;
  coverage.Add(other.coverage);
  findings.insert(findings.end(), other.findings.begin(), other.findings.end());
}

void CampaignReport::Add(const Pair& pair, const PairResult& result) {
  ++pairs;
  changed += result.changed ? 1 : 0;
  useful += result.useful() ? 1 : 0;
  operators += result.diff.operators;
  ++defects[static_cast<size_t>(result.defect)];
  if (result.diff.verdict == Verdict::kPoisoned) {
    ++poisoned[static_cast<size_t>(result.diff.poison)];
  }
  coverage.Add(pair.before, result.report);
}

Json ToJson(const CampaignReport& report) {
  Json findings = Json::array();
  for (const Finding& finding : report.findings) {
    findings.push_back(FindingJson(finding));
  }
  return {{"pairs", report.pairs},       {"changed", report.changed},
          {"useful", report.useful},     {"operators", report.operators},
          {"poisoned", report.poisoned}, {"defects", report.defects},
          {"seconds", report.seconds},   {"coverage", report.coverage.cells()},
          {"findings", findings}};
}

absl::StatusOr<CampaignReport> ReportFromJson(const Json& json) {
  if (!json.is_object() || !json.contains("pairs")) {
    return absl::InvalidArgumentError("not a report of a campaign");
  }
  CampaignReport report;
  report.pairs = Number(json, "pairs");
  report.changed = Number(json, "changed");
  report.useful = Number(json, "useful");
  report.operators = Number(json, "operators");
  AddTo(&report.poisoned, Numbers(json, "poisoned"));
  AddTo(&report.defects, Numbers(json, "defects"));
  const auto seconds = json.find("seconds");
  if (seconds != json.end() && seconds->is_number()) {
    report.seconds = seconds->get<double>();
  }
  report.coverage.set_cells(Numbers(json, "coverage"));
  const auto findings = json.find("findings");
  if (findings == json.end() || !findings->is_array()) return report;
  for (const Json& item : *findings) {
    Finding finding;
    if (!item.is_object() || !ReadFinding(item, &finding)) {
      return absl::InvalidArgumentError("a finding that cannot be read");
    }
    report.findings.push_back(std::move(finding));
  }
  return report;
}

}  // namespace weft::check
