// Chains of integer operators with constants and other food for rules.
#include "check/generate/function.h"

namespace weft::check::generate {
namespace {

using wasm::Op;
using wasm::ValueType;

// The same operators in both widths.
struct IntegerOps {
  Op add, sub, mul, and_, or_, xor_, shl, shr_s, shr_u, rotl, eqz, eq, ne, lt_s,
      lt_u, gt_s, ge_u, div_u, rem_u, div_s, rem_s;
};

constexpr IntegerOps kOps32 = {
    Op::kI32Add, Op::kI32Sub, Op::kI32Mul,  Op::kI32And,  Op::kI32Or,
    Op::kI32Xor, Op::kI32Shl, Op::kI32ShrS, Op::kI32ShrU, Op::kI32Rotl,
    Op::kI32Eqz, Op::kI32Eq,  Op::kI32Ne,   Op::kI32LtS,  Op::kI32LtU,
    Op::kI32GtS, Op::kI32GeU, Op::kI32DivU, Op::kI32RemU, Op::kI32DivS,
    Op::kI32RemS};
constexpr IntegerOps kOps64 = {
    Op::kI64Add, Op::kI64Sub, Op::kI64Mul,  Op::kI64And,  Op::kI64Or,
    Op::kI64Xor, Op::kI64Shl, Op::kI64ShrS, Op::kI64ShrU, Op::kI64Rotl,
    Op::kI64Eqz, Op::kI64Eq,  Op::kI64Ne,   Op::kI64LtS,  Op::kI64LtU,
    Op::kI64GtS, Op::kI64GeU, Op::kI64DivU, Op::kI64RemU, Op::kI64DivS,
    Op::kI64RemS};

const IntegerOps& OpsOf(ValueType type) {
  return type == ValueType::kI64 ? kOps64 : kOps32;
}

}  // namespace

// Leaves a value of the integer type.
void FunctionMaker::Pattern(ValueType type) {
  switch (source_.Below(8)) {
    case 0:
      ConstantChain(type);
      break;
    case 1:
      ShiftPair(type);
      break;
    case 2:
      SameOperands(type);
      break;
    case 3:
      Narrowing(type);
      break;
    case 4:
      if (type == ValueType::kI32) {
        CompareZero();
      } else {
        ConstantChain(type);
      }
      break;
    case 5:
      EqualArms(type);
      break;
    case 6:
      CommonFactor(type);
      break;
    default:
      Negations(type);
      break;
  }
}

// ((x op c) op c) and so on.
void FunctionMaker::ConstantChain(ValueType type) {
  const IntegerOps& o = OpsOf(type);
  const Op ops[] = {o.add,  o.add, o.sub,   o.mul,   o.and_, o.and_, o.or_,
                    o.xor_, o.shl, o.shr_u, o.shr_s, o.rotl, o.add};
  Value(type);
  Op op = source_.Pick(ops);
  for (uint32_t n = 2 + source_.Below(2); n > 0; --n) {
    Constant(type);
    Do(op);
    if (source_.OneIn(3)) op = source_.Pick(ops);
  }
}

// Two shifts by amounts at the width and around it.
void FunctionMaker::ShiftPair(ValueType type) {
  const IntegerOps& o = OpsOf(type);
  static constexpr uint64_t kAmounts[] = {1,  7,  8,  16, 24, 31, 32,
                                          33, 48, 56, 63, 64, 65, 0};
  const Op shifts[] = {o.shl, o.shr_s, o.shr_u, o.rotl};
  Value(type);
  const uint64_t first = source_.Pick(kAmounts);
  Integer(type, first);
  Do(source_.Pick(shifts));
  Integer(type, source_.OneIn(2) ? first : source_.Pick(kAmounts));
  Do(source_.Pick(shifts));
  if (source_.OneIn(3)) {
    Constant(type);
    Do(o.and_);
  }
}

// x op x.
void FunctionMaker::SameOperands(ValueType type) {
  const IntegerOps& o = OpsOf(type);
  const uint32_t local = LocalToSet(type);
  if (local != wasm::kNoIndex && locals_[local].type == type) {
    Value(type);
    Tee(local);
    Get(local);
  } else {
    const uint32_t read = LocalToRead(type);
    if (read == wasm::kNoIndex) return Constant(type);
    Get(read);
    Get(read);
  }
  const Op ops[] = {o.sub, o.xor_, o.and_, o.or_, o.add, o.mul};
  const Op compare[] = {o.eq, o.ne, o.lt_s, o.lt_u, o.gt_s, o.ge_u};
  if (source_.OneIn(2)) return Do(source_.Pick(ops));
  Do(source_.Pick(compare));
  if (type == ValueType::kI64) Do(Op::kI64ExtendI32U);
}

// Masks, sign extensions, and pairs of wrap and extend.
void FunctionMaker::Narrowing(ValueType type) {
  const bool is_64 = type == ValueType::kI64;
  Value(type);
  const bool has_extend = Has(wasm::Feature::kSignExt);
  for (uint32_t n = 1 + source_.Below(3); n > 0; --n) {
    switch (source_.Below(has_extend ? 4 : 2)) {
      case 0: {
        static constexpr uint64_t kMasks[] = {0xff, 0xffff, 0xffffffff,
                                              0x7f, 1,      0xffffff00};
        Integer(type, source_.Pick(kMasks));
        Do(is_64 ? Op::kI64And : Op::kI32And);
        break;
      }
      case 1:
        if (is_64) {
          Do(Op::kI32WrapI64);
          Do(source_.OneIn(2) ? Op::kI64ExtendI32U : Op::kI64ExtendI32S);
        } else {
          Do(source_.OneIn(2) ? Op::kI64ExtendI32U : Op::kI64ExtendI32S);
          Do(Op::kI32WrapI64);
        }
        break;
      case 2:
        Do(is_64 ? Op::kI64Extend8S : Op::kI32Extend8S);
        break;
      default:
        Do(is_64 ? (source_.OneIn(2) ? Op::kI64Extend32S : Op::kI64Extend16S)
                 : Op::kI32Extend16S);
        break;
    }
  }
}

// eqz(eqz(x)), x == 0, (a < b) == 0, x & c != 0.
void FunctionMaker::CompareZero() {
  const ValueType type = source_.OneIn(3) ? ValueType::kI64 : ValueType::kI32;
  const IntegerOps& o = OpsOf(type);
  Value(type);
  switch (source_.Below(4)) {
    case 0:
      Do(o.eqz);
      break;
    case 1:
      Constant(type);
      Do(o.and_);
      Integer(type, source_.Below(2));
      Do(source_.OneIn(2) ? o.ne : o.eq);
      break;
    case 2:
      Value(type);
      if (source_.OneIn(2)) {
        Do(o.lt_s);
      } else {
        Do(o.sub);
        Do(o.eqz);
      }
      break;
    default:
      Constant(type);
      Do(source_.OneIn(2) ? o.lt_u : o.gt_s);
      break;
  }
  for (uint32_t n = source_.Below(3); n > 0; --n) Do(Op::kI32Eqz);
}

// Both arms of a select, or an if, are the same.
void FunctionMaker::EqualArms(ValueType type) {
  const uint32_t local = LocalToRead(type);
  if (local == wasm::kNoIndex) return ConstantChain(type);
  Get(local);
  if (source_.OneIn(3)) {
    Constant(type);
  } else {
    Get(local);
    if (source_.OneIn(4)) {
      Integer(type, 0);
      Do(OpsOf(type).add);
    }
  }
  Condition();
  Do(Op::kSelect);
}

// (a op b) op2 (a op c), (a + b) - b, (x / c) * c.
void FunctionMaker::CommonFactor(ValueType type) {
  const IntegerOps& o = OpsOf(type);
  const uint32_t a = LocalToRead(type);
  if (a == wasm::kNoIndex) return ConstantChain(type);
  const Op inner[] = {o.add, o.mul, o.and_, o.or_, o.xor_, o.shl, o.sub};
  if (source_.OneIn(3)) {
    const uint64_t divisor = uint64_t{1} << source_.Below(12);
    Get(a);
    Integer(type, divisor);
    const Op divide[] = {o.div_u, o.div_s, o.shr_u, o.rem_u, o.rem_s};
    Do(source_.Pick(divide));
    Integer(type, divisor);
    Do(source_.OneIn(2) ? o.mul : o.and_);
    return;
  }
  const Op op = source_.Pick(inner);
  Get(a);
  Value(type);
  Do(op);
  Get(a);
  if (source_.OneIn(2)) {
    Leaf(type);
    Do(op);
  }
  Do(source_.Pick(inner));
}

// 0 - x, x ^ -1, -1 - x, one behind the other.
void FunctionMaker::Negations(ValueType type) {
  const IntegerOps& o = OpsOf(type);
  const bool minus = source_.OneIn(2);
  if (minus) Integer(type, source_.OneIn(2) ? 0 : ~uint64_t{0});
  Value(type);
  if (minus) Do(o.sub);
  if (source_.OneIn(2)) {
    Integer(type, ~uint64_t{0});
    Do(source_.OneIn(2) ? o.xor_ : o.mul);
  }
  if (source_.OneIn(3)) {
    Constant(type);
    Do(source_.OneIn(2) ? o.add : o.sub);
  }
}

}  // namespace weft::check::generate
