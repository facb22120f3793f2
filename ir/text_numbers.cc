#include "ir/text_numbers.h"

#include <cstring>

#include "absl/strings/charconv.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"

namespace weft::ir {

namespace {

// Where sign, exponent and mantissa lie.
struct Layout {
  int exponent_bits;
  int mantissa_bits;

  uint64_t mantissa_mask() const { return (uint64_t{1} << mantissa_bits) - 1; }
  uint64_t exponent_mask() const { return (uint64_t{1} << exponent_bits) - 1; }
  int64_t bias() const { return (int64_t{1} << (exponent_bits - 1)) - 1; }
};

constexpr Layout kF32 = {8, 23};
constexpr Layout kF64 = {11, 52};

void AppendFloat(uint64_t bits, const Layout& layout, std::string* out) {
  if ((bits >> (layout.exponent_bits + layout.mantissa_bits)) != 0) {
    out->push_back('-');
  }
  const uint64_t mantissa = bits & layout.mantissa_mask();
  const uint64_t exponent =
      bits >> layout.mantissa_bits & layout.exponent_mask();
  if (exponent == layout.exponent_mask()) {
    if (mantissa == 0) {
      absl::StrAppend(out, "inf");
    } else {
      absl::StrAppend(out, "nan:0x", absl::Hex(mantissa));
    }
    return;
  }
  if (exponent == 0 && mantissa == 0) {
    absl::StrAppend(out, "0x0p+0");
    return;
  }
  absl::StrAppend(out, exponent == 0 ? "0x0" : "0x1");
  if (mantissa != 0) {
    const int digits = (layout.mantissa_bits + 3) / 4;
    std::string hex;
    const uint64_t shifted = mantissa << (digits * 4 - layout.mantissa_bits);
    for (int i = digits; i-- > 0;) {
      hex.push_back("0123456789abcdef"[shifted >> (4 * i) & 15]);
    }
    hex.resize(hex.find_last_not_of('0') + 1);
    absl::StrAppend(out, ".", hex);
  }
  const int64_t power = exponent == 0
                            ? 1 - layout.bias()
                            : static_cast<int64_t>(exponent) - layout.bias();
  absl::StrAppend(out, "p", power < 0 ? "" : "+", power);
}

template <typename Float, typename Bits>
bool ParseFloat(absl::string_view text, const Layout& layout, Bits* bits) {
  const bool negative = absl::ConsumePrefix(&text, "-");
  if (!negative) absl::ConsumePrefix(&text, "+");
  const Bits sign = Bits{negative}
                    << (layout.exponent_bits + layout.mantissa_bits);
  const Bits infinity =
      static_cast<Bits>(layout.exponent_mask() << layout.mantissa_bits);
  if (text == "inf") {
    *bits = sign | infinity;
    return true;
  }
  if (absl::ConsumePrefix(&text, "nan:")) {
    uint64_t payload = 0;
    if (!ParseInteger(text, &payload) || payload == 0 ||
        payload > layout.mantissa_mask()) {
      return false;
    }
    *bits = sign | infinity | static_cast<Bits>(payload);
    return true;
  }
  const bool hex = absl::ConsumePrefix(&text, "0x");
  if (text.empty() || !absl::ascii_isxdigit(text[0])) return false;
  Float value = 0;
  const absl::from_chars_result result = absl::from_chars(
      text.data(), text.data() + text.size(), value,
      hex ? absl::chars_format::hex : absl::chars_format::general);
  if (result.ec != std::errc() || result.ptr != text.data() + text.size()) {
    return false;
  }
  std::memcpy(bits, &value, sizeof(value));
  *bits |= sign;
  return true;
}

}  // namespace

void AppendF32(uint32_t bits, std::string* out) {
  AppendFloat(bits, kF32, out);
}

void AppendF64(uint64_t bits, std::string* out) {
  AppendFloat(bits, kF64, out);
}

bool ParseF32(absl::string_view text, uint32_t* bits) {
  return ParseFloat<float>(text, kF32, bits);
}

bool ParseF64(absl::string_view text, uint64_t* bits) {
  return ParseFloat<double>(text, kF64, bits);
}

bool ParseInteger(absl::string_view text, uint64_t* value) {
  const bool negative = absl::ConsumePrefix(&text, "-");
  if (!negative) absl::ConsumePrefix(&text, "+");
  if (text.empty() || !absl::ascii_isxdigit(text[0])) return false;
  const bool good = absl::StartsWith(text, "0x")
                        ? absl::SimpleHexAtoi(text, value)
                        : absl::SimpleAtoi(text, value);
  if (negative) *value = ~*value + 1;
  return good;
}

}  // namespace weft::ir
