// Chooses the evaluator from the types in the operator's row, so that a new
// operator is found by its group without a list here.
#include "passes/fold.h"

#include "base/check.h"
#include "passes/fold_topics.h"

namespace weft::passes {

using wasm::InfoOf;
using wasm::Op;
using wasm::OpClass;
using wasm::OpInfo;
using wasm::ValueType;

namespace {

bool IsFloat(ValueType type) {
  return type == ValueType::kF32 || type == ValueType::kF64;
}

// Whether the row describes a function from numeric operands to numeric
// results and nothing else.
bool IsNumeric(const OpInfo& info) {
  if (info.op_class != OpClass::kSimple || info.num_params == 0) return false;
  if ((info.effects & ~uint32_t{wasm::kNanBits}) != 0) return false;
  for (int i = 0; i < info.num_params; ++i) {
    if (!info.params[i].is_num_or_vec()) return false;
  }
  return info.num_results > 0 && info.result.is_num_or_vec();
}

void CheckOperands(const OpInfo& info, absl::Span<const ConstValue> operands) {
  WEFT_CHECK(operands.size() == info.num_params);
  for (int i = 0; i < info.num_params; ++i) {
    WEFT_CHECK(operands[i].type == info.params[i]);
  }
}

using Wide = unsigned __int128;

Wide Join(const ConstValue& low, const ConstValue& high) {
  return Wide{high.bits} << 64 | low.bits;
}

Wide SignExtend(uint64_t bits) {
  return static_cast<Wide>(static_cast<__int128>(static_cast<int64_t>(bits)));
}

std::array<ConstValue, 2> Split(Wide value) {
  return {ConstValue::I64(static_cast<uint64_t>(value)),
          ConstValue::I64(static_cast<uint64_t>(value >> 64))};
}

}  // namespace

std::optional<ConstValue> Fold(Op op, absl::Span<const ConstValue> operands,
                               LaneImmediate lane) {
  const OpInfo& info = InfoOf(op);
  if (!IsNumeric(info) || info.num_results != 1) return std::nullopt;
  CheckOperands(info, operands);
  bool has_vector = info.result == ValueType::kV128;
  bool has_float = IsFloat(info.result);
  bool has_integer = false;
  for (const ConstValue& operand : operands) {
    if (operand.type == ValueType::kV128) {
      has_vector = true;
    } else if (IsFloat(operand.type)) {
      has_float = true;
    } else {
      has_integer = true;
    }
  }
  if (has_vector) return fold::Vector(op, operands, lane);
  const uint64_t a = operands[0].bits;
  const uint64_t b = operands.size() > 1 ? operands[1].bits : 0;
  fold::Bits bits;
  if (!has_float) {
    bits = fold::Integer(op, a, b);
  } else if (!has_integer) {
    bits = fold::Float(op, a, b);
  }
  // Conversions mix the kinds, or have one operand of each's own width.
  if (!bits.has_value() && operands.size() == 1) bits = fold::Convert(op, a);
  if (!bits.has_value()) return std::nullopt;
  return ConstValue{info.result, *bits};
}

std::optional<std::array<ConstValue, 2>> FoldWide(
    Op op, absl::Span<const ConstValue> operands) {
  const OpInfo& info = InfoOf(op);
  if (!IsNumeric(info) || info.num_results != 2) return std::nullopt;
  CheckOperands(info, operands);
  const ConstValue* in = operands.data();
  switch (op) {
    case Op::kI64Add128:
      return Split(Join(in[0], in[1]) + Join(in[2], in[3]));
    case Op::kI64Sub128:
      return Split(Join(in[0], in[1]) - Join(in[2], in[3]));
    case Op::kI64MulWideS:
      return Split(SignExtend(in[0].bits) * SignExtend(in[1].bits));
    case Op::kI64MulWideU:
      return Split(Wide{in[0].bits} * Wide{in[1].bits});
    default:
      return std::nullopt;
  }
}

}  // namespace weft::passes
