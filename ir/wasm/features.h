// Optional features of WebAssembly and sets of them.
#ifndef WEFT_IR_WASM_FEATURES_H_
#define WEFT_IR_WASM_FEATURES_H_

#include <cstdint>

#include "absl/strings/string_view.h"

namespace weft::wasm {

// What a module may need beyond the first release, one per row of
// features.def. kMvp stands for that release and is in every set.
enum class Feature : uint8_t {
  kMvp,
#define WEFT_FEATURE(name, ...) k##name,
#include "ir/wasm/features.def"
#undef WEFT_FEATURE
  kCount,
};

inline constexpr int kFeatureCount = static_cast<int>(Feature::kCount);

// A set of features; always has kMvp.
class FeatureSet {
 public:
  constexpr FeatureSet() = default;

  static constexpr FeatureSet Mvp() { return FeatureSet(); }
  static constexpr FeatureSet All() {
    return FromBits((uint32_t{1} << kFeatureCount) - 1);
  }
  static constexpr FeatureSet FromBits(uint32_t bits) {
    FeatureSet set;
    set.bits_ |= bits;
    return set;
  }

  constexpr bool Has(Feature f) const { return (bits_ & Bit(f)) != 0; }
  constexpr bool HasAll(FeatureSet other) const {
    return (other.bits_ & ~bits_) == 0;
  }
  constexpr FeatureSet& Add(Feature f) {
    bits_ |= Bit(f);
    return *this;
  }
  constexpr FeatureSet& Remove(Feature f) {
    bits_ = (bits_ & ~Bit(f)) | Bit(Feature::kMvp);
    return *this;
  }
  constexpr FeatureSet Union(FeatureSet other) const {
    return FromBits(bits_ | other.bits_);
  }
  constexpr uint32_t bits() const { return bits_; }

  friend constexpr bool operator==(FeatureSet a, FeatureSet b) {
    return a.bits_ == b.bits_;
  }

 private:
  static constexpr uint32_t Bit(Feature f) {
    return uint32_t{1} << static_cast<int>(f);
  }

  uint32_t bits_ = Bit(Feature::kMvp);
};

// `features` with those that they contain or build on: gc brings typed function
// references and those reference types, relaxed vectors bring vectors. The two
// generations of exception handling bring each other, since toolchains declare
// both by one name.
FeatureSet WithImplied(FeatureSet features);

// Name in the target_features section, e.g. "bulk-memory"; "mvp" for kMvp.
absl::string_view FeatureName(Feature feature);

// Name in command-line flags (--enable-<flag>), e.g. "simd".
absl::string_view FeatureFlag(Feature feature);

// What the feature adds, in a few words.
absl::string_view FeatureSummary(Feature feature);

// The feature with that section name or flag, or Feature::kCount. Knows the
// names of subsets as well: "bulk-memory-opt" and "call-indirect-overlong"
// are found as the features that contain them.
Feature FeatureFromName(absl::string_view name);

}  // namespace weft::wasm

#endif  // WEFT_IR_WASM_FEATURES_H_
