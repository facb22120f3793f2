// Text for people: escaping, suggestions, numbers.
#ifndef WEFT_TOOLS_TEXT_H_
#define WEFT_TOOLS_TEXT_H_

#include <cstdint>
#include <string>

#include "absl/strings/string_view.h"
#include "absl/types/span.h"

namespace weft::tools {

// `text` on one line and harmless to a terminal: control characters (C0, C1,
// delete) and bytes that are not UTF-8 become \n, \t, \r or \xNN. The rest,
// backslashes included, stays.
std::string Escape(absl::string_view text);

// The candidate with the least edit distance to `word`, the first of equals.
// Empty when there are no candidates, or `only_similar` is set and more than a
// third of the longer word would have to change.
absl::string_view Nearest(absl::string_view word,
                          absl::Span<const absl::string_view> candidates,
                          bool only_similar);

// "1,234,567".
std::string WithThousands(uint64_t number);

// How `after` differs from `before`: "-12.3 %", "+0.5 %", "0.0 %"; "new" and
// "gone" when one is 0.
std::string Change(uint64_t before, uint64_t after);

// "0.84 s", "12.3 ms".
std::string Duration(double seconds);

}  // namespace weft::tools

#endif  // WEFT_TOOLS_TEXT_H_
