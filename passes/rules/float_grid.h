// Values at which floating-point rules are tried.
#ifndef WEFT_PASSES_RULES_FLOAT_GRID_H_
#define WEFT_PASSES_RULES_FLOAT_GRID_H_

#include <cstdint>
#include <string>
#include <vector>

#include "ir/wasm/types.h"
#include "passes/rules/compiler/rule.h"

namespace weft::rules {

// Bits of floats of `type`: every exponent with the mantissas next to its ends,
// zeros, infinities, quiet and signalling NaNs, both signs each. About 3,100
// for f32 and 25,000 for f64.
std::vector<uint64_t> EveryExponent(wasm::ValueType type);
// About 200 of these, for products.
std::vector<uint64_t> EdgeFloats(wasm::ValueType type);

// Whether pattern and result of `rule` agree on all combinations of EdgeFloats
// for values and EveryExponent for constants that the guards admit: the same
// bits, or a NaN on both sides. `*reason` gets the first difference.
// REQUIRES: at most two variables of one floating-point type each.
bool AgreesOnGrid(const Rule& rule, std::string* reason);

}  // namespace weft::rules

#endif  // WEFT_PASSES_RULES_FLOAT_GRID_H_
