#include "ir/wasm/limits.h"

#include "absl/strings/str_cat.h"

namespace weft::wasm {

absl::string_view LimitName(Limit limit) {
  static constexpr absl::string_view kNames[] = {
#define WEFT_LIMIT(name, text, value, why) text,
#include "ir/wasm/limits.def"
#undef WEFT_LIMIT
  };
  return kNames[static_cast<int>(limit)];
}

absl::Status LimitError(Limit limit, uint64_t value, uint32_t offset,
                        absl::string_view section) {
  return absl::ResourceExhaustedError(
      absl::StrCat("limit ", LimitName(limit), ": ", value, " exceeds ",
                   LimitValue(limit), " at offset ", offset, " in ", section));
}

}  // namespace weft::wasm
