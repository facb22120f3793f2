// Equality of defined types by their recursion groups (spec 3.3.1, "defined
// types are equal when they are equal after closing").
#ifndef WEFT_IR_WASM_CANONICAL_TYPES_H_
#define WEFT_IR_WASM_CANONICAL_TYPES_H_

#include <vector>

#include "absl/types/span.h"
#include "ir/wasm/types.h"

namespace weft::wasm {

// Returns, for each type, the smallest index of a type equal to it. Expected
// time linear in the size of all types, for one group of a million types as
// well as for a million groups.
// REQUIRES: every type index inside a group is below the group's end.
std::vector<TypeIndex> CanonicalizeTypes(absl::Span<const SubType> types);

}  // namespace weft::wasm

#endif  // WEFT_IR_WASM_CANONICAL_TYPES_H_
