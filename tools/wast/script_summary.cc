#include "tools/wast/script_summary.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "tools/text.h"
#include "tools/version.h"

namespace weft::tools {
namespace {

// Raised when a field changes its meaning or goes away.
constexpr int kSchema = 1;

using Json = nlohmann::ordered_json;

void AppendTable(const ScriptReport& report, std::string* out) {
  size_t folder_width = 6;
  size_t check_width = 9;
  for (const auto& [key, counts] : report.rows()) {
    folder_width = std::max(folder_width, Escape(key.first).size());
    check_width = std::max(check_width, key.second.size());
  }
  const auto row = [&](absl::string_view folder, absl::string_view check,
                       absl::string_view expected, absl::string_view passed,
                       absl::string_view failed, absl::string_view not_run) {
    absl::StrAppendFormat(out, "%-*s  %-*s %9s %9s %9s %9s\n",
                          static_cast<int>(folder_width), folder,
                          static_cast<int>(check_width), check, expected,
                          passed, failed, not_run);
  };
  row("folder", "directive", "expected", "passed", "failed", "not run");
  for (const auto& [key, counts] : report.rows()) {
    row(Escape(key.first), key.second, WithThousands(counts.expected),
        WithThousands(counts.passed), WithThousands(counts.failed),
        WithThousands(counts.not_run));
  }
}

void AppendFailure(const ScriptFailure& failure, std::string* out) {
  absl::StrAppend(out, Escape(failure.file), ":");
  if (failure.line > 0) absl::StrAppend(out, failure.line, ":");
  const absl::string_view reason = failure.reason;
  absl::StrAppend(out, " ", failure.check, ": ",
                  Escape(reason.substr(0, reason.find('\n'))), "\n");
}

}  // namespace

std::string ScriptSummary(const ScriptReport& report,
                          const std::vector<ExcludedScripts>& excluded) {
  std::string out;
  AppendTable(report, &out);
  for (const ExcludedScripts& folder : excluded) {
    absl::StrAppend(&out, "excluded: ", Escape(folder.folder), ", ",
                    folder.files, " files: ", folder.reason, "\n");
  }
  for (const ScriptFailure& failure : report.failures()) {
    AppendFailure(failure, &out);
  }
  const ScriptCounts& total = report.total();
  absl::StrAppend(&out, total.passed, " passed, ", total.failed, " failed, ",
                  total.not_run, " not run\n");
  return out;
}

std::string ScriptJson(const ScriptReport& report,
                       const std::vector<ExcludedScripts>& excluded) {
  Json rows = Json::array();
  for (const auto& [key, counts] : report.rows()) {
    rows.push_back({{"folder", key.first},
                    {"directive", key.second},
                    {"expected", counts.expected},
                    {"passed", counts.passed},
                    {"failed", counts.failed},
                    {"not_run", counts.not_run}});
  }
  Json folders = Json::array();
  for (const ExcludedScripts& folder : excluded) {
    folders.push_back({{"folder", folder.folder},
                       {"files", folder.files},
                       {"reason", folder.reason}});
  }
  Json failures = Json::array();
  for (const ScriptFailure& failure : report.failures()) {
    failures.push_back({{"file", failure.file},
                        {"line", failure.line},
                        {"directive", failure.check},
                        {"reason", failure.reason}});
  }
  const Json document = {{"schema", kSchema},
                         {"weft", std::string(kVersion)},
                         {"passed", report.total().passed},
                         {"failed", report.total().failed},
                         {"not_run", report.total().not_run},
                         {"rows", std::move(rows)},
                         {"excluded", std::move(folders)},
                         {"failures", std::move(failures)}};
  // Names of files may be anything but UTF-8.
  return document.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace weft::tools
