// How large a module is, in the figures that optimizers are compared by.
#ifndef WEFT_TOOLS_BENCH_MODULE_SIZES_H_
#define WEFT_TOOLS_BENCH_MODULE_SIZES_H_

#include <cstdint>
#include <string>

#include "absl/status/statusor.h"

namespace weft::tools {

struct ModuleSizes {
  // Preamble and all sections but custom ones, with their headers.
  uint64_t non_custom = 0;
  uint64_t code = 0;  // The code section with its header; 0 when absent.
};

// Measures the binary module at `path`. Reads headers alone, whatever the
// module's size, so that memory stays small.
// Errors: NotFound, InvalidArgument.
absl::StatusOr<ModuleSizes> MeasureModule(const std::string& path);

}  // namespace weft::tools

#endif  // WEFT_TOOLS_BENCH_MODULE_SIZES_H_
