#include "tools/feature_list.h"

#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "tools/text.h"

namespace weft::tools {
namespace {

absl::Status UnknownFeature(absl::string_view name) {
  std::vector<absl::string_view> names = {"mvp", "all"};
  for (int i = 1; i < wasm::kFeatureCount; ++i) {
    names.push_back(wasm::FeatureName(static_cast<wasm::Feature>(i)));
    names.push_back(wasm::FeatureFlag(static_cast<wasm::Feature>(i)));
  }
  return absl::InvalidArgumentError(
      absl::StrCat("unknown feature '", name, "'; the nearest is '",
                   Nearest(name, names, /*only_similar=*/false), "'"));
}

}  // namespace

absl::StatusOr<wasm::FeatureSet> ParseFeatures(absl::string_view list,
                                               wasm::FeatureSet features) {
  if (!absl::StartsWith(list, "+") && !absl::StartsWith(list, "-")) {
    features = wasm::FeatureSet::Mvp();
  }
  for (absl::string_view item : absl::StrSplit(list, ',')) {
    const bool remove = absl::ConsumePrefix(&item, "-");
    if (!remove) absl::ConsumePrefix(&item, "+");
    if (item == "all") {
      features = remove ? wasm::FeatureSet::Mvp() : wasm::FeatureSet::All();
    } else if (item != "mvp") {
      const wasm::Feature feature = wasm::FeatureFromName(item);
      if (feature == wasm::Feature::kCount) return UnknownFeature(item);
      remove ? features.Remove(feature) : features.Add(feature);
    }
  }
  return features;
}

}  // namespace weft::tools
