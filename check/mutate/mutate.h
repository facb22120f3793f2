// Modules that are nearly like given ones.
#ifndef WEFT_CHECK_MUTATE_MUTATE_H_
#define WEFT_CHECK_MUTATE_MUTATE_H_

#include <cstdint>
#include <vector>

#include "absl/status/statusor.h"
#include "check/random.h"
#include "ir/wasm/module.h"

namespace weft::check {

struct MutateOptions {
  // Functions that are changed, and changes in each; at least one of both is
  // made where there is something to change.
  uint32_t max_funcs = 3;
  uint32_t max_changes = 6;
};

// `module` with some functions changed: constants replaced, operators replaced
// by others of the same signature, operands and effects dropped, conditions
// negated, other locals, globals and callees of the same type taken, offsets
// moved, statements repeated, and bodies replaced by those of functions of the
// same type. Types, imports and exports stay; what is in custom sections about
// bodies does not (they are dropped).
//
// The result is valid under the features of `module`. It need not end.
//
// REQUIRES: `module` is valid.
// Errors: InvalidArgument when the result was not valid, which happens to few;
// NotFound when there is nothing to change.
absl::StatusOr<std::vector<uint8_t>> Mutate(const wasm::Module& module,
                                            const MutateOptions& options,
                                            ByteSource& source);

}  // namespace weft::check

#endif  // WEFT_CHECK_MUTATE_MUTATE_H_
