#include "tools/run_values.h"

#include <charconv>
#include <cstdint>
#include <cstdlib>
#include <limits>

#include "absl/status/status.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "exec/value_text.h"

namespace weft::tools {
namespace {

using exec::Val;
using wasm::ValueType;

absl::Status Wrong(absl::string_view text, absl::string_view type) {
  return absl::InvalidArgumentError(
      absl::StrCat("'", text, "' is no value of type ", type));
}

bool ParseHex(absl::string_view digits, uint64_t* value) {
  const char* const end = digits.data() + digits.size();
  const auto result = std::from_chars(digits.data(), end, *value, 16);
  return result.ec == std::errc() && result.ptr == end;
}

// An integer of `bits` bits, signed or unsigned.
bool ParseInteger(absl::string_view text, int bits, uint64_t* value) {
  bool negative = false;
  if (absl::ConsumePrefix(&text, "-")) {
    negative = true;
  } else {
    absl::ConsumePrefix(&text, "+");
  }
  const bool hex = absl::StartsWith(text, "0x");
  if (hex) text.remove_prefix(2);
  const char* const end = text.data() + text.size();
  const auto result = std::from_chars(text.data(), end, *value, hex ? 16 : 10);
  if (result.ec != std::errc() || result.ptr != end) return false;
  const uint64_t sign = uint64_t{1} << (bits - 1);
  if (negative) {
    if (*value > sign) return false;
    *value = 0 - *value;
  } else if (bits == 32 && *value > 0xffffffff) {
    return false;
  }
  if (bits == 32) *value &= 0xffffffff;
  return true;
}

template <typename T>
bool ParseFloat(const std::string& text, T* value) {
  if (text.empty()) return false;
  char* end = nullptr;
  if constexpr (sizeof(T) == 4) {
    *value = std::strtof(text.c_str(), &end);
  } else {
    *value = std::strtod(text.c_str(), &end);
  }
  return *end == '\0';
}

}  // namespace

absl::StatusOr<Val> ParseValue(absl::string_view text, ValueType type) {
  const std::string owned(text);
  uint64_t bits = 0;
  switch (type.kind()) {
    case ValueType::kI32:
      if (!ParseInteger(text, 32, &bits)) return Wrong(text, "i32");
      return Val::I32(static_cast<uint32_t>(bits));
    case ValueType::kI64:
      if (!ParseInteger(text, 64, &bits)) return Wrong(text, "i64");
      return Val::I64(bits);
    case ValueType::kF32: {
      float value = 0;
      if (!ParseFloat(owned, &value)) return Wrong(text, "f32");
      return Val::F32(value);
    }
    case ValueType::kF64: {
      double value = 0;
      if (!ParseFloat(owned, &value)) return Wrong(text, "f64");
      return Val::F64(value);
    }
    case ValueType::kV128: {
      uint64_t low = 0;
      uint64_t high = 0;
      if (text.size() != 34 || !absl::StartsWith(text, "0x") ||
          !ParseHex(text.substr(2, 16), &high) ||
          !ParseHex(text.substr(18), &low)) {
        return Wrong(text, "v128");
      }
      return Val::V128(low, high);
    }
    default:
      break;
  }
  if (text != "null" || !type.nullable()) return Wrong(text, "reference");
  return Val::Zero(type);
}

std::string ValueText(const Val& value) {
  if (!value.is_ref()) return exec::NumberText(value);
  return value.is_null() ? "null" : "ref";
}

}  // namespace weft::tools
