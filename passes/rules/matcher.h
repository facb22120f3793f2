// What the generated code of the rules is made of. Only rule_matcher.cc and
// the code generator know it.
#ifndef WEFT_PASSES_RULES_MATCHER_H_
#define WEFT_PASSES_RULES_MATCHER_H_

#include <bit>
#include <cstdint>
#include <initializer_list>

#include "absl/types/span.h"
#include "ir/function.h"
#include "ir/wasm/features.h"
#include "passes/rule_matcher.h"
#include "passes/rules/value_bits.h"

namespace weft::passes::rules {

using ir::Function;
using ir::ValueId;
using wasm::Feature;
using wasm::Op;
using wasm::ValueType;

// Bytes of a constant operator with its immediate; of v128 ones, 18.
int ConstBytes(ValueType type, uint64_t bits);

// One attempt at one instruction. Out of line what the thousands of calls in
// the generated code would otherwise repeat.
class Matcher {
 public:
  Matcher(Function* f, ValueId at, const RuleContext& context)
      : f_(*f), at_(at), context_(context) {}

  // -- Matching ---------------------------------------------------------------
  static ValueId None() { return ValueId(); }
  // Operand `i` behind copies.
  ValueId Operand(ValueId v, uint32_t i) const;
  // Both selects are one operator to the rules.
  Op OpOf(ValueId v) const {
    const Op op = f_.inst(v).op;
    return op == Op::kSelectTyped ? Op::kSelect : op;
  }
  ValueType TypeOf(ValueId v) const { return f_.inst(v).type; }
  // Bits of a constant of that width.
  uint32_t Const32(ValueId v) const;
  uint64_t Const64(ValueId v) const;
  bool IsConstant(ValueId v) const { return ir::IsConst(f_.inst(v).op); }
  // What is known of the bits of a value (see value_bits.h).
  uint32_t Bits32(ValueId v) { return static_cast<uint32_t>(Bits64(v)); }
  uint64_t Bits64(ValueId v);
  uint32_t SignedBits32(ValueId v) const;
  uint64_t SignedBits64(ValueId v) const;
  uint32_t Demanded32() const {
    return static_cast<uint32_t>(context_.demanded);
  }
  uint64_t Demanded64() const { return context_.demanded; }
  bool for_size() const { return context_.for_size; }
  bool Has(Feature feature) const { return context_.features.Has(feature); }

  // -- Size -------------------------------------------------------------------
  uint32_t Uses(ValueId v) const {
    return v.index < context_.uses.size() ? context_.uses[v.index] : 1;
  }
  // Whether operand `i` of `v`, copies on the way included, has no other use.
  bool SingleUse(ValueId v, uint32_t i) const;
  // Change in bytes when `v` loses and gains that many uses.
  int UseBytes(ValueId v, int lost, int gained) const;

  // -- Building ---------------------------------------------------------------
  ValueId New(Op op, ValueType type, std::initializer_list<ValueId> operands);
  // A select of the same kind and type as the matched one.
  ValueId NewSelect(std::initializer_list<ValueId> operands);
  ValueId NewConst(ValueType type, uint64_t bits);
  ValueId Done(int rule, ValueId result) {
    rule_ = rule;
    return result;
  }
  int rule() const { return rule_; }

 private:
  Function& f_;
  const ValueId at_;
  const RuleContext& context_;
  int rule_ = -1;
  // The last answer of Bits64: rules of one operator ask for the same value.
  ValueId bits_of_;
  uint64_t bits_ = 0;
};

// -- Arithmetic of guards and computed constants
// -------------------------------- Shift counts are modulo the width.

template <typename U>
U Shl(U a, U b) {
  return static_cast<U>(a << (b % (sizeof(U) * 8)));
}
template <typename U>
U ShrU(U a, U b) {
  return static_cast<U>(a >> (b % (sizeof(U) * 8)));
}
template <typename U>
U ShrS(U a, U b) {
  return static_cast<U>(static_cast<std::make_signed_t<U>>(a) >>
                        (b % (sizeof(U) * 8)));
}
template <typename U>
bool LessS(U a, U b) {
  return static_cast<std::make_signed_t<U>>(a) <
         static_cast<std::make_signed_t<U>>(b);
}
template <typename U>
U Log2(U a) {
  return static_cast<U>(std::countr_zero(a));
}

}  // namespace weft::passes::rules

#endif  // WEFT_PASSES_RULES_MATCHER_H_
