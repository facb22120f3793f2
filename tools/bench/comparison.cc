#include "tools/bench/comparison.h"

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "tools/text.h"

namespace weft::tools {
namespace {

using Json = nlohmann::ordered_json;

// The clock of user time does not resolve less.
constexpr double kLeastSeconds = 1e-4;

double Ratio(double a, double b) { return b > 0 ? a / b : 0; }

double Speed(const ModuleSizes& in, const Measurement& measurement) {
  return static_cast<double>(in.code) /
         std::max(measurement.MinUserSeconds(), kLeastSeconds);
}

// The geometric mean of positive numbers.
class GeometricMean {
 public:
  void Add(double value) {
    if (value <= 0) return;
    sum_ += std::log(value);
    ++count_;
  }
  double value() const { return count_ == 0 ? 0 : std::exp(sum_ / count_); }

 private:
  double sum_ = 0;
  int count_ = 0;
};

std::string Percent(double ratio) {
  return absl::StrFormat("%+.1f %%", 100 * (ratio - 1));
}

double Megabytes(double bytes) { return bytes / 1e6; }

void AppendSizeRow(const ModuleComparison& module, std::string* out) {
  const Measurement& weft = module.weft;
  const Measurement& other = module.other;
  const auto size = [](const Measurement& m, uint64_t bytes) {
    return m.ok() ? WithThousands(bytes) : std::string("-");
  };
  const bool both = weft.ok() && other.ok();
  absl::StrAppendFormat(
      out, "%-28s %12s %12s %12s %9s %12s %12s %12s %9s\n", module.name,
      WithThousands(module.in.non_custom), size(weft, weft.out.non_custom),
      size(other, other.out.non_custom),
      both ? Change(other.out.non_custom, weft.out.non_custom) : "",
      WithThousands(module.in.code), size(weft, weft.out.code),
      size(other, other.out.code),
      both ? Change(other.out.code, weft.out.code) : "");
}

void AppendCostRow(const ModuleComparison& module, std::string* out) {
  const auto time = [](const Measurement& m) {
    if (!m.ok()) return std::string("-");
    return absl::StrFormat("%.3f/%.3f", m.MinUserSeconds(),
                           m.MedianUserSeconds());
  };
  const auto speed = [&](const Measurement& m) {
    if (!m.ok()) return std::string("-");
    return absl::StrFormat("%.2f", Megabytes(Speed(module.in, m)));
  };
  const auto peak = [](const Measurement& m) {
    if (!m.ok()) return std::string("-");
    return absl::StrFormat("%.1f",
                           Megabytes(static_cast<double>(m.PeakBytes())));
  };
  const Measurement& weft = module.weft;
  const Measurement& other = module.other;
  const bool both = weft.ok() && other.ok();
  absl::StrAppendFormat(
      out, "%-28s %15s %15s %8s %8s %8s %9s %9s %8s\n", module.name, time(weft),
      time(other), speed(weft), speed(other),
      both ? absl::StrFormat("%.2fx", Ratio(Speed(module.in, weft),
                                            Speed(module.in, other)))
           : "",
      peak(weft), peak(other),
      both ? absl::StrFormat("%.2fx",
                             Ratio(static_cast<double>(weft.PeakBytes()),
                                   static_cast<double>(other.PeakBytes())))
           : "");
}

Json MeasurementJson(const ModuleSizes& in, const Measurement& measurement) {
  if (!measurement.error.empty()) return {{"error", measurement.error}};
  if (!measurement.ok()) return Json();
  Json runs = Json::array();
  for (const Usage& run : measurement.runs) {
    runs.push_back({{"user_seconds", run.user_seconds},
                    {"system_seconds", run.system_seconds},
                    {"wall_seconds", run.wall_seconds},
                    {"peak_bytes", run.peak_bytes}});
  }
  return {{"non_custom_bytes", measurement.out.non_custom},
          {"code_bytes", measurement.out.code},
          {"user_seconds_min", measurement.MinUserSeconds()},
          {"user_seconds_median", measurement.MedianUserSeconds()},
          {"code_bytes_per_second", Speed(in, measurement)},
          {"peak_bytes", measurement.PeakBytes()},
          {"runs", std::move(runs)}};
}

}  // namespace

double Measurement::MinUserSeconds() const {
  double least = runs.empty() ? 0 : runs[0].user_seconds;
  for (const Usage& run : runs) least = std::min(least, run.user_seconds);
  return least;
}

double Measurement::MedianUserSeconds() const {
  if (runs.empty()) return 0;
  std::vector<double> times;
  times.reserve(runs.size());
  for (const Usage& run : runs) times.push_back(run.user_seconds);
  std::sort(times.begin(), times.end());
  const size_t middle = times.size() / 2;
  if (times.size() % 2 == 1) return times[middle];
  return (times[middle - 1] + times[middle]) / 2;
}

uint64_t Measurement::PeakBytes() const {
  uint64_t peak = 0;
  for (const Usage& run : runs) peak = std::max(peak, run.peak_bytes);
  return peak;
}

Means MeansOf(const Comparison& comparison) {
  GeometricMean non_custom, code, speed, memory;
  Means means;
  for (const ModuleComparison& module : comparison.modules) {
    const Measurement& weft = module.weft;
    const Measurement& other = module.other;
    if (!weft.ok() || !other.ok()) continue;
    ++means.modules;
    const auto ratio = [](uint64_t a, uint64_t b) {
      return Ratio(static_cast<double>(a), static_cast<double>(b));
    };
    non_custom.Add(ratio(weft.out.non_custom, other.out.non_custom));
    code.Add(ratio(weft.out.code, other.out.code));
    speed.Add(Ratio(Speed(module.in, weft), Speed(module.in, other)));
    memory.Add(ratio(weft.PeakBytes(), other.PeakBytes()));
  }
  means.non_custom = non_custom.value();
  means.code = code.value();
  means.speed = speed.value();
  means.memory = memory.value();
  return means;
}

std::string ComparisonTable(const Comparison& comparison) {
  std::string out = absl::StrCat("weft:  ", comparison.weft_command, "\n");
  if (!comparison.other_command.empty()) {
    absl::StrAppend(&out, "other: ", comparison.other_command, "\n");
  }
  absl::StrAppendFormat(&out, "\n%-28s %12s %12s %12s %9s %12s %12s %12s %9s\n",
                        "bytes (not custom | code)", "in", "weft", "other", "",
                        "in", "weft", "other", "");
  for (const ModuleComparison& module : comparison.modules) {
    AppendSizeRow(module, &out);
  }
  absl::StrAppendFormat(&out, "\n%-28s %15s %15s %8s %8s %8s %9s %9s %8s\n",
                        "user s min/median, MB/s, MB", "weft", "other", "weft",
                        "other", "", "weft", "other", "");
  for (const ModuleComparison& module : comparison.modules) {
    AppendCostRow(module, &out);
  }
  const Means means = MeansOf(comparison);
  if (means.modules > 0) {
    absl::StrAppendFormat(
        &out,
        "\nGeometric means over %d modules, weft to other: non-custom bytes "
        "%s, code %s,\nspeed %.2fx, peak memory %.2fx\n",
        means.modules, Percent(means.non_custom), Percent(means.code),
        means.speed, means.memory);
  }
  for (const ModuleComparison& module : comparison.modules) {
    for (const auto& [program, m] :
         {std::pair("weft", &module.weft), std::pair("other", &module.other)}) {
      if (m->error.empty()) continue;
      absl::StrAppend(&out, program, " failed on ", module.name, ": ",
                      Escape(m->error), "\n");
    }
  }
  return out;
}

std::string ComparisonJson(const Comparison& comparison) {
  Json modules = Json::array();
  for (const ModuleComparison& module : comparison.modules) {
    modules.push_back({{"name", module.name},
                       {"in",
                        {{"non_custom_bytes", module.in.non_custom},
                         {"code_bytes", module.in.code}}},
                       {"weft", MeasurementJson(module.in, module.weft)},
                       {"other", MeasurementJson(module.in, module.other)}});
  }
  const Means means = MeansOf(comparison);
  const Json document = {{"schema", 1},
                         {"weft", comparison.weft_command},
                         {"other", comparison.other_command},
                         {"modules", std::move(modules)},
                         {"means",
                          {{"modules", means.modules},
                           {"non_custom_bytes", means.non_custom},
                           {"code_bytes", means.code},
                           {"speed", means.speed},
                           {"peak_bytes", means.memory}}}};
  return document.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace weft::tools
