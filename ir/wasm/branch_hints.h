// The metadata.code.branch_hint custom section (branch hinting proposal).
#ifndef WEFT_IR_WASM_BRANCH_HINTS_H_
#define WEFT_IR_WASM_BRANCH_HINTS_H_

#include <cstdint>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "ir/wasm/bytes.h"
#include "ir/wasm/types.h"

namespace weft::wasm {

// Whether an `if` or `br_if` is likely taken. `offset` counts from the first
// byte of the body, its local declarations.
struct BranchHint {
  uint32_t offset = 0;
  bool likely = false;

  friend bool operator==(BranchHint, BranchHint) = default;
};

struct FunctionHints {
  FuncIndex func = 0;
  std::vector<BranchHint> hints;  // By ascending offset.
};

// Parses the content behind the section's name, which lies at `offset` in the
// module. Errors: InvalidArgument.
absl::StatusOr<std::vector<FunctionHints>> ParseBranchHints(
    absl::Span<const uint8_t> bytes, uint32_t offset);

// Appends the content; functions without hints are left out.
// REQUIRES: ascending function indices and offsets.
void WriteBranchHints(absl::Span<const FunctionHints> functions,
                      ByteWriter* out);

}  // namespace weft::wasm

#endif  // WEFT_IR_WASM_BRANCH_HINTS_H_
