// Which operators the translator makes one instruction of.
#ifndef WEFT_EXEC_FUSION_H_
#define WEFT_EXEC_FUSION_H_

#include <cstdint>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace weft::exec {

enum class Fusion : uint8_t {
#define FUSION(fusion, name, summary) fusion,
#include "exec/fusions.def"
  kCount,
};

inline constexpr int kFusionCount = static_cast<int>(Fusion::kCount);

// "zero-tests".
absl::string_view NameOf(Fusion fusion);
// "eqz turns a comparison, or is one with 0".
absl::string_view SummaryOf(Fusion fusion);

// A set of them. What the others need is not in it by itself: without
// kAccumulators, say, there is nothing for kSteps to do.
class FusionSet {
 public:
  // All or none, so that `fuse` can be set like a flag.
  constexpr FusionSet(bool all = false) : bits_(all ? kAll : 0) {}

  constexpr bool Has(Fusion fusion) const { return (bits_ & Bit(fusion)) != 0; }
  constexpr FusionSet Without(Fusion fusion) const {
    FusionSet set;
    set.bits_ = bits_ & ~Bit(fusion);
    return set;
  }
  constexpr explicit operator bool() const { return bits_ != 0; }
  friend constexpr bool operator==(FusionSet, FusionSet) = default;

 private:
  static constexpr uint32_t kAll = (uint32_t{1} << kFusionCount) - 1;
  static constexpr uint32_t Bit(Fusion fusion) {
    return uint32_t{1} << static_cast<int>(fusion);
  }

  uint32_t bits_;
};

// All but those that `names`, separated by commas, has; none when it is empty.
// Errors: InvalidArgument that lists the names there are.
absl::StatusOr<FusionSet> AllFusionsBut(absl::string_view names);

}  // namespace weft::exec

#endif  // WEFT_EXEC_FUSION_H_
