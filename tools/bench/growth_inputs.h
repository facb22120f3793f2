// Modules that grow with a number, each in one way that tools have been slow
// or recursive about.
#ifndef WEFT_TOOLS_BENCH_GROWTH_INPUTS_H_
#define WEFT_TOOLS_BENCH_GROWTH_INPUTS_H_

#include <cstdint>
#include <vector>

#include "absl/strings/string_view.h"
#include "absl/types/span.h"

namespace weft::tools {

struct GrowthInput {
  absl::string_view name;
  absl::string_view what;
  uint32_t size;  // What the figure of the name is at scale 1.
  std::vector<uint8_t> (*make)(uint32_t size);
};

// All kinds of inputs.
absl::Span<const GrowthInput> GrowthInputs();

}  // namespace weft::tools

#endif  // WEFT_TOOLS_BENCH_GROWTH_INPUTS_H_
