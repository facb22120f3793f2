// How far a module is from the simplest one: what every step of the reducer
// has to lower, so that it ends.
#ifndef WEFT_CHECK_REDUCE_COST_H_
#define WEFT_CHECK_REDUCE_COST_H_

#include <cstdint>

#include "absl/status/statusor.h"
#include "ir/wasm/module.h"
#include "ir/wasm/operator.h"

namespace weft::check::reducing {

// Of one operator: more for more operands, for calls and for what divides
// control; of a constant, more for more significant bits; a zero costs least.
uint64_t OpCost(const wasm::Module& module, const wasm::Operator& op);

// Of all sections, bodies and names; linear in the module. It need not be
// valid. Errors: those of the operator reader.
absl::StatusOr<uint64_t> CostOf(const wasm::Module& module);

// Operators in all bodies, those aside that end a body. Errors: as above.
absl::StatusOr<uint64_t> CountOperators(const wasm::Module& module);

}  // namespace weft::check::reducing

#endif  // WEFT_CHECK_REDUCE_COST_H_
