// Modules that grow with a number, each in one way that translators have been
// slow or wrong about; for tests and for the bench of translation.
#ifndef WEFT_EXEC_TESTING_GROWTH_H_
#define WEFT_EXEC_TESTING_GROWTH_H_

#include <cstdint>
#include <utility>
#include <vector>

#include "absl/strings/string_view.h"
#include "absl/types/span.h"

namespace weft::exec::testing {

// A module whose export "f" is a function of an i32 with an i32 as its result.
struct GrowthModule {
  std::vector<uint8_t> bytes;
  // Arguments, and what has to come of them.
  std::vector<std::pair<uint32_t, uint32_t>> calls;
};

struct GrowthShape {
  absl::string_view name;
  absl::string_view what;
  uint32_t size;  // For which a body has about a million operators.
  GrowthModule (*make)(uint32_t size);
};

// All of them. A body is linear in `size`.
absl::Span<const GrowthShape> GrowthShapes();

}  // namespace weft::exec::testing

#endif  // WEFT_EXEC_TESTING_GROWTH_H_
