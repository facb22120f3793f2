// Hexadecimal floats are rounded here: 64 bits of the digits and whether any
// further one is not zero decide. Decimal ones are left to absl::from_chars,
// which is exact, after their grammar has been checked.
#include "ir/wasm/text/numbers.h"

#include <algorithm>
#include <bit>
#include <cstring>
#include <string>
#include <system_error>

#include "absl/strings/charconv.h"

namespace weft::wasm {
namespace {

// 16 for what is not a digit in any base.
int Digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return 16;
}

// Takes digits of `base`, with single underscores between them, from the front
// of `*text` and calls `digit` for each. False when there is not one or an
// underscore stands elsewhere.
template <typename F>
bool TakeDigits(absl::string_view* text, int base, F digit) {
  size_t i = 0;
  bool after_digit = false;
  for (; i < text->size(); ++i) {
    const char c = (*text)[i];
    if (c == '_') {
      if (!after_digit) return false;
      after_digit = false;
      continue;
    }
    const int value = Digit(c);
    if (value >= base) break;
    digit(value);
    after_digit = true;
  }
  text->remove_prefix(i);
  return after_digit;
}

bool TakeChar(absl::string_view* text, char c) {
  if (text->empty() || text->front() != c) return false;
  text->remove_prefix(1);
  return true;
}

bool TakePrefix(absl::string_view* text, absl::string_view prefix) {
  if (text->substr(0, prefix.size()) != prefix) return false;
  text->remove_prefix(prefix.size());
  return true;
}

// Whether there was a minus.
bool TakeSign(absl::string_view* text) {
  if (TakeChar(text, '-')) return true;
  TakeChar(text, '+');
  return false;
}

// The value of all of `text`, decimal or hexadecimal without a sign.
NumberResult Magnitude(absl::string_view text, uint64_t* out) {
  const int base = TakePrefix(&text, "0x") ? 16 : 10;
  uint64_t value = 0;
  bool overflow = false;
  const auto add = [&](int digit) {
    uint64_t next;
    overflow |=
        __builtin_mul_overflow(value, static_cast<uint64_t>(base), &next) ||
        __builtin_add_overflow(next, static_cast<uint64_t>(digit), &next);
    value = next;
  };
  if (!TakeDigits(&text, base, add) || !text.empty()) {
    return NumberResult::kMalformed;
  }
  if (overflow) return NumberResult::kOutOfRange;
  *out = value;
  return NumberResult::kOk;
}

// Where sign, exponent and fraction lie.
struct Layout {
  int exponent_bits;
  int fraction_bits;

  uint64_t sign() const {
    return uint64_t{1} << (exponent_bits + fraction_bits);
  }
  uint64_t infinity() const {
    return ((uint64_t{1} << exponent_bits) - 1) << fraction_bits;
  }
  int64_t bias() const { return (int64_t{1} << (exponent_bits - 1)) - 1; }
};

constexpr Layout kF32 = {8, 23};
constexpr Layout kF64 = {11, 52};

// Rounds mantissa * 2^exponent; `sticky` says that the value is a little more.
uint64_t Round(uint64_t mantissa, int64_t exponent, bool sticky,
               const Layout& layout) {
  if (mantissa == 0) return 0;
  const int zeros = std::countl_zero(mantissa);
  mantissa <<= zeros;
  exponent += 63 - zeros;  // Now of the leading bit.
  if (exponent > layout.bias()) return layout.infinity();
  int64_t dropped = 63 - layout.fraction_bits;
  const int64_t least = 1 - layout.bias();
  const bool is_subnormal = exponent < least;
  if (is_subnormal) dropped += least - exponent;
  if (dropped > 64) return 0;
  const uint64_t half = uint64_t{1} << (dropped - 1);
  const uint64_t rest = mantissa & (half | (half - 1));
  uint64_t kept = dropped == 64 ? 0 : mantissa >> dropped;
  if (rest > half || (rest == half && (sticky || (kept & 1) != 0))) ++kept;
  // A carry goes into the exponent, as far as infinity.
  if (is_subnormal) return kept;
  return (static_cast<uint64_t>(exponent + layout.bias() - 1)
          << layout.fraction_bits) +
         kept;
}

// The exponent behind its letter, cut off where no digits make up for it.
bool TakeExponent(absl::string_view* text, int64_t* exponent) {
  constexpr int64_t kHuge = int64_t{1} << 40;
  const bool negative = TakeSign(text);
  int64_t value = 0;
  const auto add = [&](int digit) {
    value = std::min(value * 10 + digit, kHuge);
  };
  if (!TakeDigits(text, 10, add)) return false;
  *exponent += negative ? -value : value;
  return true;
}

// What follows "0x".
NumberResult HexFloat(absl::string_view text, const Layout& layout,
                      uint64_t* bits) {
  uint64_t mantissa = 0;
  int64_t exponent = 0;
  bool sticky = false;
  int64_t per_digit = 0;  // Behind the point: -4.
  const auto add = [&](int digit) {
    if (mantissa >> 60 == 0) {
      mantissa = mantissa << 4 | static_cast<uint64_t>(digit);
      exponent += per_digit;
    } else {
      sticky |= digit != 0;
      exponent += 4 + per_digit;
    }
  };
  if (!TakeDigits(&text, 16, add)) return NumberResult::kMalformed;
  if (TakeChar(&text, '.')) {
    per_digit = -4;
    if (!text.empty() && text[0] != 'p' && text[0] != 'P' &&
        !TakeDigits(&text, 16, add)) {
      return NumberResult::kMalformed;
    }
  }
  if (TakeChar(&text, 'p') || TakeChar(&text, 'P')) {
    if (!TakeExponent(&text, &exponent)) return NumberResult::kMalformed;
  }
  if (!text.empty()) return NumberResult::kMalformed;
  const uint64_t rounded = Round(mantissa, exponent, sticky, layout);
  if (rounded == layout.infinity()) return NumberResult::kOutOfRange;
  *bits = rounded;
  return NumberResult::kOk;
}

bool IsDecimalFloat(absl::string_view text) {
  const auto ignore = [](int) {};
  if (!TakeDigits(&text, 10, ignore)) return false;
  if (TakeChar(&text, '.') && !text.empty() && text[0] != 'e' &&
      text[0] != 'E' && !TakeDigits(&text, 10, ignore)) {
    return false;
  }
  if (TakeChar(&text, 'e') || TakeChar(&text, 'E')) {
    TakeSign(&text);
    if (!TakeDigits(&text, 10, ignore)) return false;
  }
  return text.empty();
}

template <typename Float, typename Bits>
NumberResult DecimalFloat(absl::string_view text, uint64_t* bits) {
  if (!IsDecimalFloat(text)) return NumberResult::kMalformed;
  std::string plain;
  if (text.find('_') != absl::string_view::npos) {
    std::remove_copy(text.begin(), text.end(), std::back_inserter(plain), '_');
    text = plain;
  }
  Float value = 0;
  const absl::from_chars_result result =
      absl::from_chars(text.data(), text.data() + text.size(), value);
  // Too small is zero; too large the greatest finite value.
  if (result.ec == std::errc::result_out_of_range && value != 0) {
    return NumberResult::kOutOfRange;
  }
  *bits = std::bit_cast<Bits>(value);
  return NumberResult::kOk;
}

NumberResult NanPayload(absl::string_view text, const Layout& layout,
                        uint64_t* bits) {
  uint64_t payload;
  if (text.substr(0, 2) != "0x") return NumberResult::kMalformed;
  const NumberResult result = Magnitude(text, &payload);
  if (result != NumberResult::kOk) return result;
  if (payload == 0 || payload >> layout.fraction_bits != 0) {
    return NumberResult::kOutOfRange;
  }
  *bits = layout.infinity() | payload;
  return NumberResult::kOk;
}

template <typename Float, typename Bits>
NumberResult ParseFloat(absl::string_view text, const Layout& layout,
                        Bits* out) {
  const uint64_t sign = TakeSign(&text) ? layout.sign() : 0;
  uint64_t bits;
  NumberResult result = NumberResult::kOk;
  if (text == "inf") {
    bits = layout.infinity();
  } else if (text == "nan") {
    bits = layout.infinity() | uint64_t{1} << (layout.fraction_bits - 1);
  } else if (TakePrefix(&text, "nan:")) {
    result = NanPayload(text, layout, &bits);
  } else if (TakePrefix(&text, "0x")) {
    result = HexFloat(text, layout, &bits);
  } else {
    result = DecimalFloat<Float, Bits>(text, &bits);
  }
  if (result == NumberResult::kOk) *out = static_cast<Bits>(sign | bits);
  return result;
}

}  // namespace

NumberResult ParseUnsigned(absl::string_view text, uint64_t max,
                           uint64_t* out) {
  uint64_t value;
  const NumberResult result = Magnitude(text, &value);
  if (result != NumberResult::kOk) return result;
  if (value > max) return NumberResult::kOutOfRange;
  *out = value;
  return NumberResult::kOk;
}

NumberResult ParseInteger(absl::string_view text, int bits, uint64_t* out) {
  const uint64_t all = ~uint64_t{0} >> (64 - bits);
  const bool has_sign = !text.empty() && (text[0] == '-' || text[0] == '+');
  const bool negative = TakeSign(&text);
  uint64_t value;
  const NumberResult result = Magnitude(text, &value);
  if (result != NumberResult::kOk) return result;
  // With a sign, the largest magnitude is half.
  const uint64_t half = all / 2 + 1;
  const uint64_t max = !has_sign ? all : negative ? half : half - 1;
  if (value > max) return NumberResult::kOutOfRange;
  *out = (negative ? ~value + 1 : value) & all;
  return NumberResult::kOk;
}

NumberResult ParseF32(absl::string_view text, uint32_t* bits) {
  return ParseFloat<float>(text, kF32, bits);
}

NumberResult ParseF64(absl::string_view text, uint64_t* bits) {
  return ParseFloat<double>(text, kF64, bits);
}

}  // namespace weft::wasm
