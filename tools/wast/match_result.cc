#include "tools/wast/match_result.h"

#include <algorithm>
#include <cstdint>

#include "absl/status/statusor.h"
#include "absl/strings/str_format.h"

namespace weft::tools {
namespace {

using exec::Val;
using wasm::ResultPattern;
using wasm::ScriptValue;
using wasm::ValueType;

// Whether `bits` are a NaN of the pattern (spec 4.3.3): with all exponent bits
// set, a canonical one has only the highest bit of its payload set, an
// arithmetic one at least that.
bool IsNan(uint64_t bits, ResultPattern::Nan nan, bool is_f64) {
  const uint64_t magnitude = bits & (is_f64 ? 0x7fffffffffffffff : 0x7fffffff);
  const uint64_t canonical = is_f64 ? 0x7ff8000000000000 : 0x7fc00000;
  return nan == ResultPattern::kCanonical
             ? magnitude == canonical
             : (magnitude & canonical) == canonical;
}

bool MatchesFloat(uint64_t bits, uint64_t expected, ResultPattern::Nan nan,
                  bool is_f64) {
  return nan == ResultPattern::kBits ? bits == expected
                                     : IsNan(bits, nan, is_f64);
}

bool MatchesVector(const Val& value, const ResultPattern& pattern) {
  const ScriptValue& expected = pattern.value;
  const uint64_t actual[2] = {value.low(), value.high()};
  const uint64_t wanted[2] = {expected.low, expected.high};
  switch (pattern.shape) {
    case wasm::LaneShape::kF32x4:
      for (int i = 0; i < 4; ++i) {
        const int shift = i % 2 * 32;
        if (!MatchesFloat((actual[i / 2] >> shift) & 0xffffffff,
                          (wanted[i / 2] >> shift) & 0xffffffff,
                          pattern.nans[i], false)) {
          return false;
        }
      }
      return true;
    case wasm::LaneShape::kF64x2:
      for (int i = 0; i < 2; ++i) {
        if (!MatchesFloat(actual[i], wanted[i], pattern.nans[i], true)) {
          return false;
        }
      }
      return true;
    case wasm::LaneShape::kI8x16:
    case wasm::LaneShape::kI16x8:
    case wasm::LaneShape::kI32x4:
    case wasm::LaneShape::kI64x2:
      break;
  }
  return actual[0] == wanted[0] && actual[1] == wanted[1];
}

bool IsHostValue(const exec::Store& store, const Val& value, uint64_t number) {
  if (!value.is_ref() || value.is_null()) return false;
  const absl::StatusOr<uint64_t> actual = store.HostValue(value);
  return actual.ok() && *actual == number;
}

bool MatchesValue(const exec::Store& store, const Val& value,
                  const ResultPattern& pattern) {
  const ScriptValue& expected = pattern.value;
  switch (expected.kind) {
    case ScriptValue::kI32:
      return value.kind() == ValueType::kI32 && value.low() == expected.low;
    case ScriptValue::kI64:
      return value.kind() == ValueType::kI64 && value.low() == expected.low;
    case ScriptValue::kF32:
      return value.kind() == ValueType::kF32 &&
             MatchesFloat(value.low(), expected.low, pattern.nans[0], false);
    case ScriptValue::kF64:
      return value.kind() == ValueType::kF64 &&
             MatchesFloat(value.low(), expected.low, pattern.nans[0], true);
    case ScriptValue::kV128:
      return value.kind() == ValueType::kV128 && MatchesVector(value, pattern);
    case ScriptValue::kRefNull:
      return value.is_null();
    case ScriptValue::kRefExtern:
      return value.is_ref() && value.top() == wasm::HeapType::kExtern &&
             IsHostValue(store, value, expected.low);
    case ScriptValue::kRefHost:
      return value.is_ref() && value.top() == wasm::HeapType::kAny &&
             IsHostValue(store, value, expected.low);
  }
  return false;
}

bool Matches(const exec::Store& store, const Val& value,
             const ResultPattern& pattern) {
  switch (pattern.kind) {
    case ResultPattern::kValue:
      return MatchesValue(store, value, pattern);
    case ResultPattern::kNull:
      return value.is_null();
    case ResultPattern::kRefOf:
      return store.HasType(value, ValueType::Ref(pattern.heap, false));
  }
  return false;
}

}  // namespace

bool MatchesResult(const exec::Store& store, const Val& value,
                   const wasm::ExpectedResult& expected) {
  return std::any_of(expected.begin(), expected.end(),
                     [&](const ResultPattern& pattern) {
                       return Matches(store, value, pattern);
                     });
}

std::string DescribeValue(const Val& value) {
  switch (value.kind()) {
    case ValueType::kI32:
      return absl::StrFormat("i32 0x%08x", value.low());
    case ValueType::kI64:
      return absl::StrFormat("i64 0x%016x", value.low());
    case ValueType::kF32:
      return absl::StrFormat("f32 %a (bits 0x%08x)", value.f32(), value.low());
    case ValueType::kF64:
      return absl::StrFormat("f64 %a (bits 0x%016x)", value.f64(), value.low());
    case ValueType::kV128:
      return absl::StrFormat("v128 0x%016x%016x", value.high(), value.low());
    default:
      break;
  }
  if (value.is_null()) return "(ref.null)";
  return absl::StrFormat("(ref 0x%08x)", value.ref());
}

}  // namespace weft::tools
