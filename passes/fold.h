// The optimizer's own evaluator of operators over constants.
//
// It is written from the specification alone and shares nothing with the
// interpreter, so that each can judge the other.
#ifndef WEFT_PASSES_FOLD_H_
#define WEFT_PASSES_FOLD_H_

#include <array>
#include <cstdint>
#include <optional>

#include "absl/types/span.h"
#include "ir/wasm/op.h"
#include "ir/wasm/types.h"

namespace weft::passes {

// A numeric or vector constant as its bits.
struct ConstValue {
  wasm::ValueType type;  // kI32, kI64, kF32, kF64 or kV128.
  uint64_t bits = 0;     // i32 and f32 zero-extended; lanes 0 to 7 of a v128.
  uint64_t high = 0;     // v128: its bytes 8 to 15, little-endian. Else zero.

  static ConstValue I32(uint32_t bits) { return {wasm::ValueType::kI32, bits}; }
  static ConstValue I64(uint64_t bits) { return {wasm::ValueType::kI64, bits}; }
  // IEEE 754 bits.
  static ConstValue F32(uint32_t bits) { return {wasm::ValueType::kF32, bits}; }
  static ConstValue F64(uint64_t bits) { return {wasm::ValueType::kF64, bits}; }
  static ConstValue V128(uint64_t low, uint64_t high) {
    return {wasm::ValueType::kV128, low, high};
  }

  friend bool operator==(const ConstValue&, const ConstValue&) = default;
};

// The lane index of extract_lane and replace_lane (in `low`), or the sixteen
// bytes of i8x16.shuffle as Operator::value and value_high hold them.
struct LaneImmediate {
  uint64_t low = 0;
  uint64_t high = 0;
};

// The result of `op` on constants of its operand types, in operand order
// (specification 3.0, section 4.3), bit for bit. Nothing when `op`
//  - is not a numeric or vector operator with one result and all its inputs on
//    the stack (constants, memory, references, wide arithmetic),
//  - would trap (division, truncation out of range),
//  - has a result that is the engine's choice: a NaN that arithmetic makes, or
//    any lane of one, and every relaxed operator. Operators that pass NaN bits
//    through as specified (abs, neg, copysign, reinterpretations, pmin, pmax,
//    lane moves) are evaluated.
// REQUIRES: `operands` match the row of `op` in number and type; the
// floating-point environment is the default one (round to nearest even).
std::optional<ConstValue> Fold(wasm::Op op,
                               absl::Span<const ConstValue> operands,
                               LaneImmediate lane = {});

// The same for the operators of wide arithmetic: low and high half of the
// result. Nothing for every other `op`.
std::optional<std::array<ConstValue, 2>> FoldWide(
    wasm::Op op, absl::Span<const ConstValue> operands);

}  // namespace weft::passes

#endif  // WEFT_PASSES_FOLD_H_
