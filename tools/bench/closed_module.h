// Modules that need no host, so that any engine's command line runs them.
#ifndef WEFT_TOOLS_BENCH_CLOSED_MODULE_H_
#define WEFT_TOOLS_BENCH_CLOSED_MODULE_H_

#include <cstdint>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/types/span.h"

namespace weft::tools {

// The export that CloseModule adds: a function that does nothing.
inline constexpr char kNothing[] = "weft_nothing";

// Returns the module in `bytes`, smallest encoding and no custom sections, with
// a function of its own in place of each one that it imports. Those return
// zeros, but one without parameters and with an i32 as its result is taken for
// a clock: it returns 16, 64, 256 and so on, fourfold at each call, wrapping.
// So a benchmark ends that repeats itself until a second has gone by, and does
// the same work everywhere.
//
// Errors: those of the reader; Unimplemented when anything but functions is
// imported or an import's result is no number.
absl::StatusOr<std::vector<uint8_t>> CloseModule(
    absl::Span<const uint8_t> bytes);

}  // namespace weft::tools

#endif  // WEFT_TOOLS_BENCH_CLOSED_MODULE_H_
