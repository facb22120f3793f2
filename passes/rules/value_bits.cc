// One transfer function per operator, applied recursively to a small depth:
// the walk is bounded by 2^kMaxDepth steps. Tested against Fold, which must
// never compute a bit that is called zero here.
#include "passes/rules/value_bits.h"

#include <algorithm>
#include <bit>

namespace weft::passes {

using ir::Function;
using ir::IsWasmOp;
using ir::ValueId;
using wasm::InfoOf;
using wasm::Op;
using wasm::OpInfo;
using wasm::ValueType;

namespace {

constexpr int kMaxDepth = 5;

int WidthOf(const Function& f, ValueId v) {
  return f.inst(v).type == ValueType::kI32 ? 32 : 64;
}

uint64_t WidthMask(int width) {
  return width == 32 ? 0xffffffffu : ~uint64_t{0};
}

// All bits below and including the highest of `bits`.
uint64_t Fill(uint64_t bits) {
  return bits == 0 ? 0 : ~uint64_t{0} >> std::countl_zero(bits);
}

bool IsInteger(ValueType type) {
  return type == ValueType::kI32 || type == ValueType::kI64;
}

ValueId SkipCopies(const Function& f, ValueId v) {
  while (f.inst(v).op == ir::kCopy) v = f.operand(v, 0);
  return v;
}

class Analysis {
 public:
  explicit Analysis(const Function& f) : f_(f) {}

  uint64_t Ones(ValueId v, int depth);
  int Signed(ValueId v, int depth);

 private:
  uint64_t OnesOf(ValueId v, Op op, int depth);
  int SignedOf(ValueId v, Op op, int depth);
  uint64_t OnesOfShift(ValueId v, Op op, int depth);
  // The bits of a constant operand.
  bool Constant(ValueId v, uint32_t i, uint64_t* bits) const {
    const ValueId operand = SkipCopies(f_, f_.operand(v, i));
    if (!ir::IsConst(f_.inst(operand).op)) return false;
    *bits = f_.const_bits(operand);
    return true;
  }
  uint64_t OnesOfOperand(ValueId v, uint32_t i, int depth) {
    return Ones(f_.operand(v, i), depth + 1);
  }
  int SignedOfOperand(ValueId v, uint32_t i, int depth) {
    return Signed(f_.operand(v, i), depth + 1);
  }

  const Function& f_;
};

uint64_t Analysis::Ones(ValueId v, int depth) {
  v = SkipCopies(f_, v);
  const Op op = f_.inst(v).op;
  const ValueType type = f_.inst(v).type;
  if (!IsInteger(type)) return ~uint64_t{0};
  const uint64_t all = WidthMask(WidthOf(f_, v));
  if (op == ir::kDefault) return 0;
  if (!IsWasmOp(op) || depth > kMaxDepth) return all;
  if (ir::IsConst(op)) return f_.const_bits(v);
  return OnesOf(v, op, depth) & all;
}

// Operators whose result is at most one.
bool IsTruthValue(Op op) {
  switch (op) {
    case Op::kI32Eqz:
    case Op::kI32Eq:
    case Op::kI32Ne:
    case Op::kI32LtS:
    case Op::kI32LtU:
    case Op::kI32GtS:
    case Op::kI32GtU:
    case Op::kI32LeS:
    case Op::kI32LeU:
    case Op::kI32GeS:
    case Op::kI32GeU:
    case Op::kI64Eqz:
    case Op::kI64Eq:
    case Op::kI64Ne:
    case Op::kI64LtS:
    case Op::kI64LtU:
    case Op::kI64GtS:
    case Op::kI64GtU:
    case Op::kI64LeS:
    case Op::kI64LeU:
    case Op::kI64GeS:
    case Op::kI64GeU:
    case Op::kF32Eq:
    case Op::kF32Ne:
    case Op::kF32Lt:
    case Op::kF32Gt:
    case Op::kF32Le:
    case Op::kF32Ge:
    case Op::kF64Eq:
    case Op::kF64Ne:
    case Op::kF64Lt:
    case Op::kF64Gt:
    case Op::kF64Le:
    case Op::kF64Ge:
    case Op::kRefIsNull:
    case Op::kRefEq:
    case Op::kRefTest:
    case Op::kRefTestNull:
    case Op::kV128AnyTrue:
    case Op::kI8x16AllTrue:
    case Op::kI16x8AllTrue:
    case Op::kI32x4AllTrue:
    case Op::kI64x2AllTrue:
      return true;
    default:
      return false;
  }
}

// The range of operators that is known without their operands; all ones for
// others.
uint64_t OnesWithoutOperands(Op op) {
  switch (op) {
    case Op::kI32Load8U:
    case Op::kI64Load8U:
    case Op::kI8x16ExtractLaneU:
    case Op::kI16x8Bitmask:
      return 0xff;
    case Op::kI32Load16U:
    case Op::kI64Load16U:
    case Op::kI16x8ExtractLaneU:
    case Op::kI8x16Bitmask:
      return 0xffff;
    case Op::kI64Load32U:
      return 0xffffffff;
    case Op::kI32x4Bitmask:
      return 0xf;
    case Op::kI64x2Bitmask:
      return 3;
    case Op::kI32Clz:
    case Op::kI32Ctz:
    case Op::kI32Popcnt:
      return 0x3f;
    case Op::kI64Clz:
    case Op::kI64Ctz:
    case Op::kI64Popcnt:
      return 0x7f;
    default:
      return ~uint64_t{0};
  }
}

uint64_t Analysis::OnesOfShift(ValueId v, Op op, int depth) {
  const int width = WidthOf(f_, v);
  const uint64_t a = OnesOfOperand(v, 0, depth);
  uint64_t count = 0;
  if (!Constant(v, 1, &count)) {
    const bool right = op == Op::kI32ShrU || op == Op::kI64ShrU;
    return right ? Fill(a) : ~uint64_t{0};
  }
  count %= static_cast<uint64_t>(width);
  switch (op) {
    case Op::kI32Shl:
    case Op::kI64Shl:
      return a << count;
    case Op::kI32ShrU:
    case Op::kI64ShrU:
      return a >> count;
    default:  // shr_s: as shr_u when the sign is known to be zero.
      return a >> (width - 1) == 0 ? a >> count : ~uint64_t{0};
  }
}

// clang-format off
#define WEFT_BOTH(name) case Op::kI32##name: case Op::kI64##name
// clang-format on

uint64_t Analysis::OnesOf(ValueId v, Op op, int depth) {
  if (IsTruthValue(op)) return 1;
  const uint64_t known = OnesWithoutOperands(op);
  if (known != ~uint64_t{0}) return known;
  uint64_t constant = 0;
  switch (op) {
    WEFT_BOTH(And)
        : return OnesOfOperand(v, 0, depth) & OnesOfOperand(v, 1, depth);
  WEFT_BOTH(Or) : WEFT_BOTH(Xor) : case Op::kSelect:
  case Op::kSelectTyped:
    return OnesOfOperand(v, 0, depth) | OnesOfOperand(v, 1, depth);
    WEFT_BOTH(Shl)
        : WEFT_BOTH(ShrU) : WEFT_BOTH(ShrS) : return OnesOfShift(v, op, depth);
    WEFT_BOTH(Add) : {
      // One bit more than the longer operand, cut to the width by the caller.
      const uint64_t longest =
          Fill(OnesOfOperand(v, 0, depth) | OnesOfOperand(v, 1, depth));
      return longest << 1 | 1;
    }
    WEFT_BOTH(Mul) : {
      const int length = std::bit_width(OnesOfOperand(v, 0, depth)) +
                         std::bit_width(OnesOfOperand(v, 1, depth));
      return length >= 64 ? ~uint64_t{0} : (uint64_t{1} << length) - 1;
    }
    WEFT_BOTH(DivU) : if (!Constant(v, 1, &constant) || constant == 0) {
      return Fill(OnesOfOperand(v, 0, depth));
    }
    return Fill(OnesOfOperand(v, 0, depth)) >> (std::bit_width(constant) - 1);
    WEFT_BOTH(RemU) : if (!Constant(v, 1, &constant) || constant == 0) {
      return Fill(OnesOfOperand(v, 0, depth));
    }
    return Fill(constant - 1) & Fill(OnesOfOperand(v, 0, depth));
    case Op::kI64ExtendI32U:
    case Op::kI32WrapI64:
      return OnesOfOperand(v, 0, depth);
    case Op::kI64ExtendI32S: {
      const uint64_t a = OnesOfOperand(v, 0, depth);
      return a >> 31 == 0 ? a : ~uint64_t{0};
    }
    default:
      return ~uint64_t{0};
  }
}

int Analysis::Signed(ValueId v, int depth) {
  v = SkipCopies(f_, v);
  const Op op = f_.inst(v).op;
  const ValueType type = f_.inst(v).type;
  if (!IsInteger(type)) return 64;
  const int width = WidthOf(f_, v);
  if (ir::IsConst(op)) {
    const uint64_t bits = f_.const_bits(v);
    const int64_t value =
        width == 32 ? static_cast<int32_t>(bits) : static_cast<int64_t>(bits);
    const uint64_t magnitude =
        static_cast<uint64_t>(value < 0 ? ~value : value);
    return std::bit_width(magnitude) + 1;
  }
  int result = width;
  if (IsWasmOp(op) && depth <= kMaxDepth) {
    result = std::min(result, SignedOf(v, op, depth));
  }
  // A value with leading zeros is the sign extension of one bit more.
  const int length = std::bit_width(Ones(v, depth));
  return std::max(1, std::min(result, length + 1));
}

int Analysis::SignedOf(ValueId v, Op op, int depth) {
  uint64_t count = 0;
  switch (op) {
    case Op::kI32Load8S:
    case Op::kI64Load8S:
    case Op::kI8x16ExtractLaneS:
      return 8;
    case Op::kI32Load16S:
    case Op::kI64Load16S:
    case Op::kI16x8ExtractLaneS:
      return 16;
    case Op::kI64Load32S:
      return 32;
      WEFT_BOTH(Extend8S) : return std::min(8, SignedOfOperand(v, 0, depth));
      WEFT_BOTH(Extend16S) : return std::min(16, SignedOfOperand(v, 0, depth));
    case Op::kI64Extend32S:
      return std::min(32, SignedOfOperand(v, 0, depth));
    case Op::kI64ExtendI32S:
      return SignedOfOperand(v, 0, depth);
    case Op::kI32WrapI64:
      return SignedOfOperand(v, 0, depth);
    WEFT_BOTH(And) : WEFT_BOTH(Or) : WEFT_BOTH(Xor) : case Op::kSelect:
    case Op::kSelectTyped:
      return std::max(SignedOfOperand(v, 0, depth),
                      SignedOfOperand(v, 1, depth));
      WEFT_BOTH(Add)
          : WEFT_BOTH(Sub)
          : return 1 + std::max(SignedOfOperand(v, 0, depth),
                                SignedOfOperand(v, 1, depth));
      WEFT_BOTH(ShrS)
          : if (!Constant(v, 1, &count)) return SignedOfOperand(v, 0, depth);
      return std::max(
          1,
          SignedOfOperand(v, 0, depth) -
              static_cast<int>(count % static_cast<uint64_t>(WidthOf(f_, v))));
    default:
      return WidthOf(f_, v);
  }
}

#undef WEFT_BOTH

}  // namespace

uint64_t MaybeOnes(const Function& function, ValueId value) {
  return Analysis(function).Ones(value, 0);
}

int SignedBits(const Function& function, ValueId value) {
  return Analysis(function).Signed(value, 0);
}

}  // namespace weft::passes
