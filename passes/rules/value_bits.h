// What is known about the bits of an integer value from the instructions that
// compute it.
#ifndef WEFT_PASSES_RULES_VALUE_BITS_H_
#define WEFT_PASSES_RULES_VALUE_BITS_H_

#include <cstdint>

#include "ir/function.h"

namespace weft::passes {

// A mask of the bits of `value` that may be one: all others are zero whenever
// it is computed. All bits of the type for anything unknown, and for values
// that are no i32 or i64. Looks at most a few instructions deep.
uint64_t MaybeOnes(const ir::Function& function, ir::ValueId value);

// The smallest n found such that `value` is the sign extension of its lowest n
// bits; at least 1 and at most the width of its type.
int SignedBits(const ir::Function& function, ir::ValueId value);

}  // namespace weft::passes

#endif  // WEFT_PASSES_RULES_VALUE_BITS_H_
