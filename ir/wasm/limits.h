// The implementation limits of weft, all of them (spec appendix 7.2).
#ifndef WEFT_IR_WASM_LIMITS_H_
#define WEFT_IR_WASM_LIMITS_H_

#include <cstdint>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"

namespace weft::wasm {

// One per row of limits.def.
enum class Limit : uint8_t {
#define WEFT_LIMIT(name, ...) k##name,
#include "ir/wasm/limits.def"
#undef WEFT_LIMIT
  kCount,
};

// The largest value that `limit` accepts.
constexpr uint64_t LimitValue(Limit limit) {
  constexpr uint64_t kValues[] = {
#define WEFT_LIMIT(name, text, value, why) value,
#include "ir/wasm/limits.def"
#undef WEFT_LIMIT
  };
  return kValues[static_cast<int>(limit)];
}

// Name in messages, e.g. "types".
absl::string_view LimitName(Limit limit);

// ResourceExhausted "limit <name>: <value> exceeds <limit> at offset N in
// <section>".
absl::Status LimitError(Limit limit, uint64_t value, uint32_t offset,
                        absl::string_view section);

}  // namespace weft::wasm

#endif  // WEFT_IR_WASM_LIMITS_H_
