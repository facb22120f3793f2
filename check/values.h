// Numbers that find defects, and values as words and as text.
#ifndef WEFT_CHECK_VALUES_H_
#define WEFT_CHECK_VALUES_H_

#include <cstdint>
#include <string>

#include "check/random.h"
#include "exec/value.h"
#include "ir/wasm/types.h"

namespace weft::check {

// Bits of a number of `kind` (a lane, for v128 half of it), often small, a
// power of two, at the edges of its range, or an address of the first page;
// canonical NaNs now and then, other NaNs never.
// REQUIRES: a number or vector.
uint64_t InterestingBits(wasm::ValueType::Kind kind, ByteSource& source);

// A number or vector of that kind.
exec::Val InterestingNumber(wasm::ValueType::Kind kind, ByteSource& source);

// With its type: "i32 -1", "f64 0.5", "f32 nan:0x400000", "v128 0x...".
// REQUIRES: no reference.
std::string NumberText(const exec::Val& value);

}  // namespace weft::check

#endif  // WEFT_CHECK_VALUES_H_
