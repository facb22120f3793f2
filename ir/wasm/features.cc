#include "ir/wasm/features.h"

namespace weft::wasm {
namespace {

struct Row {
  absl::string_view name;
  absl::string_view flag;
  absl::string_view summary;
};

constexpr Row kRows[] = {
    {"mvp", "mvp", "the first release"},
#define WEFT_FEATURE(id, name, flag, summary) {name, flag, summary},
#include "ir/wasm/features.def"
#undef WEFT_FEATURE
};

}  // namespace

FeatureSet WithImplied(FeatureSet features) {
  // In an order in which one pass is enough.
  constexpr struct {
    Feature feature;
    Feature implied;
  } kImplied[] = {
      {Feature::kGc, Feature::kFunctionReferences},
      {Feature::kFunctionReferences, Feature::kReferenceTypes},
      {Feature::kRelaxedSimd, Feature::kSimd128},
      {Feature::kExceptionHandling, Feature::kLegacyExceptions},
      {Feature::kLegacyExceptions, Feature::kExceptionHandling},
  };
  for (const auto& [feature, implied] : kImplied) {
    if (features.Has(feature)) features.Add(implied);
  }
  return features;
}

absl::string_view FeatureName(Feature feature) {
  return kRows[static_cast<int>(feature)].name;
}

absl::string_view FeatureFlag(Feature feature) {
  return kRows[static_cast<int>(feature)].flag;
}

absl::string_view FeatureSummary(Feature feature) {
  return kRows[static_cast<int>(feature)].summary;
}

Feature FeatureFromName(absl::string_view name) {
  for (int i = 0; i < kFeatureCount; ++i) {
    if (kRows[i].name == name || kRows[i].flag == name) {
      return static_cast<Feature>(i);
    }
  }
  if (name == "bulk-memory-opt") return Feature::kBulkMemory;
  if (name == "call-indirect-overlong") return Feature::kReferenceTypes;
  return Feature::kCount;
}

}  // namespace weft::wasm
