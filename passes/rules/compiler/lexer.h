// Tokens of .rules files.
#ifndef WEFT_PASSES_RULES_COMPILER_LEXER_H_
#define WEFT_PASSES_RULES_COMPILER_LEXER_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace weft::rules {

struct Token {
  enum class Kind : uint8_t { kName, kNumber, kPunctuation, kEnd };

  Kind kind = Kind::kEnd;
  std::string text;  // A name may have dots: "i32.add".
  uint64_t number = 0;
  int line = 0;
};

// The tokens of `source`, ending with a kEnd. Comments run from '#' to the end
// of the line.
// Errors: InvalidArgument for a character or number that is none, with the
// line.
absl::StatusOr<std::vector<Token>> Tokenize(absl::string_view source);

// Decimal, or hexadecimal behind 0x. False when `text` is no such number of at
// most 64 bits.
bool ParseNumber(absl::string_view text, uint64_t* number);

}  // namespace weft::rules

#endif  // WEFT_PASSES_RULES_COMPILER_LEXER_H_
