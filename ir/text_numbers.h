// Numbers as the text form of functions has them: exactly.
#ifndef WEFT_IR_TEXT_NUMBERS_H_
#define WEFT_IR_TEXT_NUMBERS_H_

#include <cstdint>
#include <string>

#include "absl/strings/string_view.h"

namespace weft::ir {

// Appends the float whose bits these are as in WebAssembly's text (spec 6.3.2):
// hexadecimal with as many digits as it needs, "inf", "nan:0x" and its payload.
void AppendF32(uint32_t bits, std::string* out);
void AppendF64(uint64_t bits, std::string* out);

// The inverse; also of decimal numbers, rounded to nearest. False when `text`
// is no such number.
bool ParseF32(absl::string_view text, uint32_t* bits);
bool ParseF64(absl::string_view text, uint64_t* bits);

// An integer in decimal or, with 0x, hexadecimal; with a sign or without. The
// value modulo 2^64; false when `text` is none, or beyond 64 bits.
bool ParseInteger(absl::string_view text, uint64_t* value);

}  // namespace weft::ir

#endif  // WEFT_IR_TEXT_NUMBERS_H_
