#include "tools/text.h"

#include <algorithm>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"

namespace weft::tools {
namespace {

// Length of the printable UTF-8 sequence at the start of `text`; 0 when there
// is none.
size_t PrintableLength(absl::string_view text) {
  const auto byte = [&](size_t i) { return static_cast<uint8_t>(text[i]); };
  if (byte(0) < 0x80) return byte(0) >= 0x20 && byte(0) != 0x7f ? 1 : 0;
  size_t length = 0;
  uint32_t code = 0;
  if (byte(0) >= 0xc2 && byte(0) <= 0xdf) {
    length = 2;
    code = byte(0) & 0x1f;
  } else if ((byte(0) & 0xf0) == 0xe0) {
    length = 3;
    code = byte(0) & 0x0f;
  } else if (byte(0) >= 0xf0 && byte(0) <= 0xf4) {
    length = 4;
    code = byte(0) & 0x07;
  }
  if (length == 0 || length > text.size()) return 0;
  for (size_t i = 1; i < length; ++i) {
    if ((byte(i) & 0xc0) != 0x80) return 0;
    code = code << 6 | (byte(i) & 0x3f);
  }
  const bool overlong =
      (length == 3 && code < 0x800) || (length == 4 && code < 0x10000);
  const bool surrogate = code >= 0xd800 && code <= 0xdfff;
  // U+0080 to U+009F control terminals, U+2028 and U+2029 end lines, and the
  // two ranges after them reorder what is shown.
  const bool control = code < 0xa0 || code == 0x2028 || code == 0x2029 ||
                       (code >= 0x202a && code <= 0x202e) ||
                       (code >= 0x2066 && code <= 0x2069);
  if (overlong || surrogate || control || code > 0x10ffff) return 0;
  return length;
}

size_t EditDistance(absl::string_view a, absl::string_view b) {
  // Row i holds the distances of the first i letters of `a` to prefixes of `b`.
  std::vector<size_t> row(b.size() + 1);
  for (size_t j = 0; j <= b.size(); ++j) row[j] = j;
  for (size_t i = 1; i <= a.size(); ++i) {
    size_t diagonal = row[0];
    row[0] = i;
    for (size_t j = 1; j <= b.size(); ++j) {
      const size_t replaced = diagonal + (a[i - 1] != b[j - 1] ? 1 : 0);
      diagonal = row[j];
      row[j] = std::min({replaced, row[j] + 1, row[j - 1] + 1});
    }
  }
  return row[b.size()];
}

}  // namespace

std::string Escape(absl::string_view text) {
  std::string out;
  out.reserve(text.size());
  while (!text.empty()) {
    const size_t length = PrintableLength(text);
    if (length > 0) {
      absl::StrAppend(&out, text.substr(0, length));
      text.remove_prefix(length);
      continue;
    }
    switch (text[0]) {
      case '\n':
        absl::StrAppend(&out, "\\n");
        break;
      case '\t':
        absl::StrAppend(&out, "\\t");
        break;
      case '\r':
        absl::StrAppend(&out, "\\r");
        break;
      default:
        absl::StrAppendFormat(&out, "\\x%02x", static_cast<uint8_t>(text[0]));
    }
    text.remove_prefix(1);
  }
  return out;
}

absl::string_view Nearest(absl::string_view word,
                          absl::Span<const absl::string_view> candidates,
                          bool only_similar) {
  // Whoever passes kilobytes here does not look for a suggestion.
  word = word.substr(0, 200);
  absl::string_view nearest;
  size_t least = 0;
  for (absl::string_view candidate : candidates) {
    const size_t distance = EditDistance(word, candidate);
    if (only_similar &&
        3 * distance > std::max(word.size(), candidate.size())) {
      continue;
    }
    if (nearest.empty() || distance < least) {
      nearest = candidate;
      least = distance;
    }
  }
  return nearest;
}

std::string WithThousands(uint64_t number) {
  std::string digits = absl::StrCat(number);
  for (size_t i = digits.size(); i > 3; i -= 3) digits.insert(i - 3, ",");
  return digits;
}

std::string Change(uint64_t before, uint64_t after) {
  if (before == after) return "0.0 %";
  if (before == 0) return "new";
  if (after == 0) return "gone";
  const double ratio =
      static_cast<double>(after) / static_cast<double>(before) - 1;
  return absl::StrFormat("%+.1f %%", 100 * ratio);
}

std::string Duration(double seconds) {
  if (seconds < 0.1) return absl::StrFormat("%.1f ms", 1e3 * seconds);
  return absl::StrFormat("%.2f s", seconds);
}

}  // namespace weft::tools
