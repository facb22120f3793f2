// Lists of features on command lines.
#ifndef WEFT_TOOLS_FEATURE_LIST_H_
#define WEFT_TOOLS_FEATURE_LIST_H_

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "ir/wasm/features.h"

namespace weft::tools {

// The features that a list such as "mvp,+simd128" or "-threads" selects. When
// its first name has a sign the list changes `features`, else it begins with
// the first release of WebAssembly. "all" stands for all.
// Errors: InvalidArgument that names the nearest feature.
absl::StatusOr<wasm::FeatureSet> ParseFeatures(absl::string_view list,
                                               wasm::FeatureSet features);

// What --features says in help texts.
inline constexpr absl::string_view kFeaturesHelp =
    "what the module may use (default: all): names alone are\n"
    "the whole list, +NAME and -NAME change it; mvp, all";

// Sets the member `features` of the options of a command.
template <typename T>
absl::Status SetFeatures(absl::string_view list, T& options) {
  absl::StatusOr<wasm::FeatureSet> features =
      ParseFeatures(list, options.features);
  if (!features.ok()) return features.status();
  options.features = *features;
  return absl::OkStatus();
}

}  // namespace weft::tools

#endif  // WEFT_TOOLS_FEATURE_LIST_H_
