#include "exec/value_text.h"

#include <charconv>
#include <cmath>
#include <cstdint>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"

namespace weft::exec {
namespace {

using wasm::ValueType;

template <typename T>
std::string FloatText(T value, uint64_t payload) {
  if (std::isnan(value)) {
    return absl::StrFormat("%snan:0x%x", std::signbit(value) ? "-" : "",
                           payload);
  }
  char buffer[64];
  const auto result = std::to_chars(buffer, buffer + sizeof(buffer), value);
  return std::string(buffer, result.ptr);
}

}  // namespace

std::string NumberText(const Val& value) {
  switch (value.kind()) {
    case ValueType::kI32:
      return absl::StrCat(static_cast<int32_t>(value.i32()));
    case ValueType::kI64:
      return absl::StrCat(static_cast<int64_t>(value.i64()));
    case ValueType::kF32:
      return FloatText(value.f32(), value.f32_bits() & 0x7fffff);
    case ValueType::kF64:
      return FloatText(value.f64(), value.f64_bits() & 0xfffffffffffff);
    case ValueType::kV128:
      return absl::StrFormat("0x%016x%016x", value.high(), value.low());
    case ValueType::kNone:
    case ValueType::kRef:
    case ValueType::kBottom:
      break;
  }
  return "";
}

}  // namespace weft::exec
