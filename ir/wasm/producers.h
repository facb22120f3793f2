// The producers custom section (tool conventions, "ProducersSection").
#ifndef WEFT_IR_WASM_PRODUCERS_H_
#define WEFT_IR_WASM_PRODUCERS_H_

#include <cstdint>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"

namespace weft::wasm {

struct Producer {
  absl::string_view name;
  absl::string_view version;
};

// What took part in one way: "language", "processed-by", "sdk".
struct ProducersField {
  absl::string_view name;
  std::vector<Producer> producers;
};

// Parses the content behind the section's name, which lies at `offset` in the
// module. Strings point into `bytes`. Errors: InvalidArgument.
absl::StatusOr<std::vector<ProducersField>> ParseProducers(
    absl::Span<const uint8_t> bytes, uint32_t offset);

}  // namespace weft::wasm

#endif  // WEFT_IR_WASM_PRODUCERS_H_
