#include "passes/rules/matcher.h"

namespace weft::passes::rules {
namespace {

// Reading a local: what a use costs that the stack cannot serve.
constexpr int kLocalBytes = 2;

int SignedLebBytes(int64_t value) {
  // Seven bits a byte, one of which in the last byte is the sign.
  const uint64_t magnitude = static_cast<uint64_t>(value < 0 ? ~value : value);
  return static_cast<int>(std::bit_width(magnitude)) / 7 + 1;
}

}  // namespace

int ConstBytes(ValueType type, uint64_t bits) {
  switch (type.kind()) {
    case ValueType::kI32:
      return 1 + SignedLebBytes(static_cast<int32_t>(bits));
    case ValueType::kI64:
      return 1 + SignedLebBytes(static_cast<int64_t>(bits));
    case ValueType::kF32:
      return 5;
    case ValueType::kF64:
      return 9;
    default:
      return 18;
  }
}

ValueId Matcher::Operand(ValueId v, uint32_t i) const {
  ValueId operand = f_.operand(v, i);
  while (f_.inst(operand).op == ir::kCopy) operand = f_.operand(operand, 0);
  return operand;
}

uint32_t Matcher::Const32(ValueId v) const {
  return static_cast<uint32_t>(f_.const_bits(v));
}

uint64_t Matcher::Const64(ValueId v) const { return f_.const_bits(v); }

uint64_t Matcher::Bits64(ValueId v) {
  if (v != bits_of_) {
    bits_of_ = v;
    bits_ = MaybeOnes(f_, v);
  }
  return bits_;
}

uint32_t Matcher::SignedBits32(ValueId v) const {
  return static_cast<uint32_t>(SignedBits(f_, v));
}

uint64_t Matcher::SignedBits64(ValueId v) const {
  return static_cast<uint64_t>(SignedBits(f_, v));
}

bool Matcher::SingleUse(ValueId v, uint32_t i) const {
  ValueId operand = f_.operand(v, i);
  while (f_.inst(operand).op == ir::kCopy) {
    if (Uses(operand) > 1) return false;
    operand = f_.operand(operand, 0);
  }
  return Uses(operand) <= 1;
}

int Matcher::UseBytes(ValueId v, int lost, int gained) const {
  const auto cost = [&](int uses) {
    const Op op = f_.inst(v).op;
    if (ir::IsConst(op)) {
      return uses * ConstBytes(f_.inst(v).type, f_.const_bits(v));
    }
    // One use can stay on the stack; parameters are locals.
    if (op != ir::kParam && uses <= 1) return 0;
    return uses * kLocalBytes;
  };
  const int before = static_cast<int>(Uses(v));
  return cost(before - lost + gained) - cost(before);
}

ValueId Matcher::New(Op op, ValueType type,
                     std::initializer_list<ValueId> operands) {
  const ValueId id =
      f_.New(op, type, absl::MakeConstSpan(operands.begin(), operands.size()));
  f_.InsertBefore(at_, id);
  return id;
}

ValueId Matcher::NewSelect(std::initializer_list<ValueId> operands) {
  return New(f_.inst(at_).op, f_.inst(at_).type, operands);
}

ValueId Matcher::NewConst(ValueType type, uint64_t bits) {
  const ValueId id = f_.NewConst(type, bits);
  f_.InsertBefore(at_, id);
  return id;
}

}  // namespace weft::passes::rules
