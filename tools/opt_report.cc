#include "tools/opt_report.h"

#include <algorithm>
#include <cstdint>
#include <nlohmann/json.hpp>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "tools/environment.h"
#include "tools/text.h"
#include "tools/version.h"

namespace weft::tools {
namespace {

// Raised when a field changes its meaning or goes away.
constexpr int kSchema = 1;

double Share(uint64_t part, uint64_t whole) {
  if (whole == 0) return 0;
  return static_cast<double>(part) / static_cast<double>(whole);
}

uint64_t CodeBytes(const passes::OptimizeReport& report) {
  for (const passes::SectionReport& section : report.sections) {
    if (section.name == "code") return section.before;
  }
  return 0;
}

std::string FallbackLines(const passes::OptimizeReport& report) {
  std::string out;
  if (report.bodies_kept > 0) {
    absl::StrAppendFormat(
        &out, "  fallback kept %s of %s functions, %.1f %% of code\n",
        WithThousands(report.bodies_kept), WithThousands(report.bodies),
        100 * Share(report.bytes_kept, CodeBytes(report)));
  }
  if (report.bodies_over_budget > 0) {
    absl::StrAppendFormat(&out, "  too large to optimize: %s functions\n",
                          WithThousands(report.bodies_over_budget));
  }
  return out;
}

}  // namespace

std::string OptSummary(const OptOptions& options,
                       const passes::OptimizeReport& report, double seconds) {
  std::string out = absl::StrFormat(
      "%s: %s to %s bytes (%s) in %s\n", Escape(InputName(options.input)),
      WithThousands(report.bytes_before), WithThousands(report.bytes_after),
      Change(report.bytes_before, report.bytes_after), Duration(seconds));
  // Custom sections may have any name, and several the same.
  size_t width = 0;
  for (const passes::SectionReport& section : report.sections) {
    width = std::max(width, Escape(section.name).size());
  }
  width = std::clamp<size_t>(width, 10, 32);
  for (const passes::SectionReport& section : report.sections) {
    if (section.before == 0 && section.after == 0) continue;
    absl::StrAppendFormat(
        &out, "  %-*s %13s %13s %9s\n", static_cast<int>(width),
        Escape(section.name), WithThousands(section.before),
        WithThousands(section.after), Change(section.before, section.after));
  }
  absl::StrAppend(&out, FallbackLines(report));
  return out;
}

std::string PassTimes(const passes::OptimizeReport& report) {
  double all = 0;
  for (const passes::PassReport& pass : report.passes) all += pass.seconds;
  std::string out = absl::StrFormat("  %-26s %10s %8s %12s\n", "pass", "time",
                                    "share", "changes");
  for (const passes::PassReport& pass : report.passes) {
    absl::StrAppendFormat(
        &out, "  %-26s %10s %6.1f %% %12s\n", passes::InfoOf(pass.pass).name,
        Duration(pass.seconds), all > 0 ? 100 * pass.seconds / all : 0.0,
        WithThousands(pass.changes));
  }
  return out;
}

std::string StatsJson(const OptOptions& options,
                      const passes::OptimizeReport& report, double seconds) {
  using Json = nlohmann::ordered_json;
  Json sections = Json::array();
  for (const passes::SectionReport& section : report.sections) {
    sections.push_back({{"name", section.name},
                        {"before", section.before},
                        {"after", section.after}});
  }
  Json ran = Json::array();
  for (const passes::PassReport& pass : report.passes) {
    ran.push_back({{"name", std::string(passes::InfoOf(pass.pass).name)},
                   {"seconds", pass.seconds},
                   {"changes", pass.changes}});
  }
  const Json document = {
      {"schema", kSchema},
      {"weft", std::string(kVersion)},
      {"input", options.input},
      {"output", options.has_output ? Json(options.output) : Json()},
      {"pipeline", options.pipeline},
      {"threads", options.jobs},
      {"seconds", seconds},
      {"optimize_seconds", report.seconds},
      {"bytes",
       {{"before", report.bytes_before}, {"after", report.bytes_after}}},
      {"instructions",
       {{"before", report.instructions_before},
        {"after", report.instructions_after}}},
      {"sections", std::move(sections)},
      {"functions",
       {{"all", report.bodies},
        {"kept_by_fallback", report.bodies_kept},
        {"over_budget", report.bodies_over_budget},
        {"refused_by_validator", report.bodies_invalid}}},
      {"fallback",
       {{"enabled", options.fallback},
        {"bytes", report.bytes_kept},
        {"share_of_code", Share(report.bytes_kept, CodeBytes(report))}}},
      {"passes", std::move(ran)},
      {"warnings", report.warnings},
  };
  // Names of files and sections may be anything but UTF-8.
  return document.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace weft::tools
