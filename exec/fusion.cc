#include "exec/fusion.h"

#include <algorithm>
#include <array>
#include <string>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"

namespace weft::exec {
namespace {

struct Row {
  absl::string_view name;
  absl::string_view summary;
};

constexpr std::array<Row, kFusionCount> kRows = {{
#define FUSION(fusion, name, summary) {name, summary},
#include "exec/fusions.def"
}};

absl::Status NoSuchFusion(absl::string_view name) {
  std::string message = absl::StrCat("no fusion '", name, "'; there are");
  for (const Row& row : kRows) absl::StrAppend(&message, " ", row.name);
  return absl::InvalidArgumentError(message);
}

}  // namespace

absl::string_view NameOf(Fusion fusion) {
  return kRows[static_cast<size_t>(fusion)].name;
}

absl::string_view SummaryOf(Fusion fusion) {
  return kRows[static_cast<size_t>(fusion)].summary;
}

absl::StatusOr<FusionSet> AllFusionsBut(absl::string_view names) {
  if (names.empty()) return FusionSet(false);
  FusionSet set(true);
  for (const absl::string_view name : absl::StrSplit(names, ',')) {
    const auto* const row =
        std::find_if(kRows.begin(), kRows.end(),
                     [&](const Row& r) { return r.name == name; });
    if (row == kRows.end()) return NoSuchFusion(name);
    set = set.Without(static_cast<Fusion>(row - kRows.begin()));
  }
  return set;
}

}  // namespace weft::exec
