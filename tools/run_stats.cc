#include "tools/run_stats.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "ir/wasm/op.h"
#include "tools/text.h"
#include "tools/version.h"

namespace weft::tools {
namespace {

using exec::OperatorClass;
using Json = nlohmann::ordered_json;

constexpr int kSchema = 1;
constexpr auto kClasses = static_cast<size_t>(OperatorClass::kCount);

std::string Plural(uint64_t count, absl::string_view word) {
  return absl::StrCat(WithThousands(count), " ", word, count == 1 ? "" : "s");
}

}  // namespace

std::string RunStatsText(const RunStats& stats) {
  const uint64_t total = stats.operators.total();
  const auto sums = stats.operators.by_class();
  std::vector<size_t> order;
  for (size_t i = 0; i < kClasses; ++i) {
    if (sums[i] != 0) order.push_back(i);
  }
  std::stable_sort(order.begin(), order.end(),
                   [&](size_t a, size_t b) { return sums[a] > sums[b]; });
  std::string out = absl::StrCat(Plural(total, "operator"), "\n");
  for (const size_t i : order) {
    const double share =
        100.0 * static_cast<double>(sums[i]) / static_cast<double>(total);
    absl::StrAppendFormat(&out, "  %-12s %22s %6.1f %%\n",
                          exec::NameOf(static_cast<OperatorClass>(i)),
                          WithThousands(sums[i]), share);
  }
  absl::StrAppend(&out, Plural(stats.operators.calls(), "call"), ", ",
                  WithThousands(stats.usage.memory_bytes),
                  " bytes of memory, grown by ",
                  Plural(stats.usage.pages_grown, "page"), "\n",
                  Duration(stats.compile_seconds), " to compile, ",
                  Duration(stats.run_seconds), " to run\n");
  return out;
}

std::string RunStatsJson(const RunStats& stats) {
  Json classes = Json::object();
  const auto sums = stats.operators.by_class();
  for (size_t i = 0; i < kClasses; ++i) {
    classes[std::string(exec::NameOf(static_cast<OperatorClass>(i)))] = sums[i];
  }
  // Rows that share a text are one.
  Json operators = Json::object();
  for (int i = 0; i < wasm::kOpCount; ++i) {
    const auto op = static_cast<wasm::Op>(i);
    const uint64_t count = stats.operators.of(op);
    if (count == 0) continue;
    Json& entry = operators[std::string(wasm::InfoOf(op).text)];
    entry = count + (entry.is_null() ? 0 : entry.get<uint64_t>());
  }
  const Json document = {
      {"schema", kSchema},
      {"weft", std::string(kVersion)},
      {"input", stats.input},
      {"function", stats.function.empty() ? Json() : Json(stats.function)},
      {"ending", stats.ending},
      {"operators", stats.operators.total()},
      {"fuel", stats.fuel},
      {"calls", stats.operators.calls()},
      {"classes", std::move(classes)},
      {"by_operator", std::move(operators)},
      {"memory",
       {{"bytes", stats.usage.memory_bytes},
        {"grows", stats.usage.memory_grows + stats.usage.table_grows},
        {"pages_grown", stats.usage.pages_grown}}},
      {"compile_seconds", stats.compile_seconds},
      {"run_seconds", stats.run_seconds},
  };
  // Names of files may be anything but UTF-8.
  return document.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace weft::tools
