// Validity of the custom sections that specifications define. The core
// specification lets engines ignore them, so nothing else demands it.
#ifndef WEFT_IR_WASM_CUSTOM_VALIDATOR_H_
#define WEFT_IR_WASM_CUSTOM_VALIDATOR_H_

#include "absl/status/status.h"
#include "ir/wasm/module.h"

namespace weft::wasm {

// Checks the name section (spec appendix 7.4.1, extended name section): well
// formed, one at most, behind all sections but custom ones, indices in range,
// ascending and unique. And branch hints (branch hinting proposal): one section
// at most, before the code section, functions and offsets ascending, each hint
// at an `if` or `br_if` and 0 or 1.
// REQUIRES: `module` is valid.
// Errors: InvalidArgument "... at offset N in <section>".
absl::Status ValidateCustomSections(const Module& module);

}  // namespace weft::wasm

#endif  // WEFT_IR_WASM_CUSTOM_VALIDATOR_H_
