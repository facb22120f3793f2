// Numbers of the text format (spec 3.0, 6.3.1 and 6.3.2), exactly.
#ifndef WEFT_IR_WASM_TEXT_NUMBERS_H_
#define WEFT_IR_WASM_TEXT_NUMBERS_H_

#include <cstdint>

#include "absl/strings/string_view.h"

namespace weft::wasm {

enum class NumberResult : uint8_t { kOk, kMalformed, kOutOfRange };

// An unsigned integer of at most `max`, decimal or hexadecimal, with
// underscores between digits. Leaves `*out` alone on failure, as all here do.
NumberResult ParseUnsigned(absl::string_view text, uint64_t max, uint64_t* out);

// An integer of `bits` bits (8, 16, 32 or 64), unsigned or with a sign, as its
// two's complement in the low bits of `*out`.
NumberResult ParseInteger(absl::string_view text, int bits, uint64_t* out);

// The bits of a float: decimal or hexadecimal, rounded to nearest even; inf;
// nan, with a payload after "nan:". What would round to infinity is out of
// range, as is a payload that does not fit or is zero.
NumberResult ParseF32(absl::string_view text, uint32_t* bits);
NumberResult ParseF64(absl::string_view text, uint64_t* bits);

}  // namespace weft::wasm

#endif  // WEFT_IR_WASM_TEXT_NUMBERS_H_
