// Operators are told apart by their text names: "i32.shl" is the operator
// "shl" on 32 bits.
#include "passes/rules/semantics.h"

#include <utility>

#include "absl/strings/match.h"

namespace weft::rules {

using wasm::InfoOf;
using wasm::Op;
using z3::expr;

namespace {

unsigned WidthOf(const expr& a) { return a.get_sort().bv_size(); }

}  // namespace

Semantics::Semantics(z3::context* context, bool products)
    : c_(*context), products_(products) {
  c_.set_rounding_mode(z3::RNE);
}

std::optional<expr> Semantics::Apply(Op op, const std::vector<expr>& in) {
  if (op == Op::kSelect) {
    return z3::ite(in[2] != c_.bv_val(0, 32), in[0], in[1]);
  }
  const absl::string_view text = InfoOf(op).text;
  const absl::string_view shape = text.substr(0, text.find('.'));
  const absl::string_view name = text.substr(text.find('.') + 1);
  if (shape == "v128") return Vector(op, in);
  if (in.size() == 1) {
    if (std::optional<expr> result = Convert(op, in[0])) return result;
  }
  // Comparisons of floats are i32-valued but named after their operands.
  if (shape == "f32" || shape == "f64") return Float(name, in);
  if (shape == "i32" || shape == "i64") return Integer(name, in);
  return std::nullopt;
}

expr Semantics::Truth(const expr& condition) {
  return z3::ite(condition, c_.bv_val(1, 32), c_.bv_val(0, 32));
}

// -- Integers
// -------------------------------------------------------------------

expr Semantics::Shift(absl::string_view op, const expr& a, const expr& b) {
  const unsigned width = WidthOf(a);
  const expr mask = c_.bv_val(width - 1, width);
  const expr count = (b & mask).simplify();
  uint64_t k = 0;
  if (count.is_numeral_u64(k)) return ShiftBy(op, a, static_cast<unsigned>(k));
  if (op == "shl") return z3::shl(a, count);
  if (op == "shr_s") return z3::ashr(a, count);
  if (op == "shr_u") return z3::lshr(a, count);
  const expr back = (c_.bv_val(width, width) - count) & mask;
  if (op == "rotl") return z3::shl(a, count) | z3::lshr(a, back);
  return z3::lshr(a, count) | z3::shl(a, back);
}

// By a known count: made of slices, which the simplifier compares by itself.
expr Semantics::ShiftBy(absl::string_view op, const expr& a, unsigned k) {
  const unsigned width = WidthOf(a);
  if (k == 0) return a;
  if (op == "shl" && products_) {
    return a * c_.bv_val(uint64_t{1} << k, width);
  }
  const expr zeros = c_.bv_val(0, k);
  if (op == "shl") return z3::concat(a.extract(width - k - 1, 0), zeros);
  const expr high = a.extract(width - 1, k);
  if (op == "shr_u") return z3::concat(zeros, high);
  if (op == "shr_s") return z3::sext(high, k);
  if (op == "rotr") return z3::concat(a.extract(k - 1, 0), high);
  return z3::concat(a.extract(width - k - 1, 0),
                    a.extract(width - 1, width - k));
}

expr Semantics::CountTrailing(const expr& a) {
  const unsigned width = WidthOf(a);
  expr result = c_.bv_val(width, width);
  for (unsigned i = width; i-- > 0;) {
    result = z3::ite(a.extract(i, i) == c_.bv_val(1, 1), c_.bv_val(i, width),
                     result);
  }
  return result;
}

std::optional<expr> Semantics::Compare(absl::string_view op, const expr& a,
                                       const expr& b) {
  if (op == "eq") return Truth(a == b);
  if (op == "ne") return Truth(a != b);
  if (op == "lt_s") return Truth(z3::slt(a, b));
  if (op == "lt_u") return Truth(z3::ult(a, b));
  if (op == "gt_s") return Truth(z3::sgt(a, b));
  if (op == "gt_u") return Truth(z3::ugt(a, b));
  if (op == "le_s") return Truth(z3::sle(a, b));
  if (op == "le_u") return Truth(z3::ule(a, b));
  if (op == "ge_s") return Truth(z3::sge(a, b));
  if (op == "ge_u") return Truth(z3::uge(a, b));
  return std::nullopt;
}

std::optional<expr> Semantics::Integer(absl::string_view op,
                                       const std::vector<expr>& in) {
  const expr& a = in[0];
  const expr& b = in.back();
  const unsigned width = WidthOf(a);
  const expr zero = c_.bv_val(0, width);
  if (op == "add") return a + b;
  if (op == "sub") return a - b;
  if (op == "mul") return a * b;
  if (op == "and") return a & b;
  if (op == "or") return a | b;
  if (op == "xor") return a ^ b;
  if (op == "shl" || op == "shr_s" || op == "shr_u" || op == "rotl" ||
      op == "rotr") {
    return Shift(op, a, b);
  }
  if (absl::StartsWith(op, "div_") || absl::StartsWith(op, "rem_")) {
    no_traps_.push_back(b != zero);
    if (op == "div_u") return z3::udiv(a, b);
    if (op == "rem_u") return z3::urem(a, b);
    if (op == "rem_s") return z3::srem(a, b);
    const expr smallest = c_.bv_val(uint64_t{1} << (width - 1), width);
    no_traps_.push_back(!(a == smallest && b == ~zero));
    return a / b;
  }
  if (op == "eqz") return Truth(a == zero);
  if (op == "ctz") return CountTrailing(a);
  if (op == "popcnt") {
    expr sum = zero;
    for (unsigned i = 0; i < width; ++i) {
      sum = sum + z3::zext(a.extract(i, i), width - 1);
    }
    return sum;
  }
  return Compare(op, a, b);
}

std::optional<expr> Semantics::Convert(Op op, const expr& a) {
  const auto sign_extend = [&](unsigned from) {
    return z3::sext(a.extract(from - 1, 0), WidthOf(a) - from);
  };
  switch (op) {
    case Op::kI32WrapI64:
      return a.extract(31, 0);
    case Op::kI64ExtendI32S:
      return z3::sext(a, 32);
    case Op::kI64ExtendI32U:
      return z3::zext(a, 32);
    case Op::kI32Extend8S:
    case Op::kI64Extend8S:
      return sign_extend(8);
    case Op::kI32Extend16S:
    case Op::kI64Extend16S:
      return sign_extend(16);
    case Op::kI64Extend32S:
      return sign_extend(32);
    case Op::kI32ReinterpretF32:
    case Op::kI64ReinterpretF64:
    case Op::kF32ReinterpretI32:
    case Op::kF64ReinterpretI64:
      return a;
    default:
      return std::nullopt;
  }
}

// -- Floats
// ---------------------------------------------------------------------

expr Semantics::FloatOf(const expr& bits) {
  of_bits_alone_ = false;
  return WidthOf(bits) == 32 ? bits.mk_from_ieee_bv(c_.fpa_sort<32>())
                             : bits.mk_from_ieee_bv(c_.fpa_sort<64>());
}

expr Semantics::WithoutSign(const expr& bits) {
  const unsigned width = WidthOf(bits);
  return bits & c_.bv_val(~(uint64_t{1} << (width - 1)), width);
}

expr Semantics::IsNanPayload(const expr& bits) {
  const uint64_t infinity =
      WidthOf(bits) == 32 ? 0x7f800000u : 0x7ff0000000000000u;
  return z3::ugt(bits, c_.bv_val(infinity, WidthOf(bits)));
}

std::optional<expr> Semantics::Float(absl::string_view op,
                                     const std::vector<expr>& in) {
  const expr& a = in[0];
  const unsigned width = WidthOf(a);
  const expr sign = c_.bv_val(uint64_t{1} << (width - 1), width);
  if (op == "neg") return a ^ sign;
  if (op == "abs") return WithoutSign(a);
  if (op == "copysign") return WithoutSign(a) | (in[1] & sign);
  if (in.size() != 2) return std::nullopt;
  const expr x = FloatOf(a);
  const expr y = FloatOf(in[1]);
  const auto compare = [&](Z3_ast (*make)(Z3_context, Z3_ast, Z3_ast)) {
    return Truth(expr(c_, make(c_, x, y)));
  };
  if (op == "eq") return compare(Z3_mk_fpa_eq);
  if (op == "ne") return Truth(!expr(c_, Z3_mk_fpa_eq(c_, x, y)));
  if (op == "lt") return compare(Z3_mk_fpa_lt);
  if (op == "gt") return compare(Z3_mk_fpa_gt);
  if (op == "le") return compare(Z3_mk_fpa_leq);
  if (op == "ge") return compare(Z3_mk_fpa_geq);
  return std::nullopt;
}

std::optional<expr> Semantics::Number(Op op, const std::vector<expr>& in) {
  const absl::string_view text = InfoOf(op).text;
  if (text[0] != 'f' || text.find('x') != absl::string_view::npos ||
      in.size() != 2) {
    return std::nullopt;
  }
  const absl::string_view name = text.substr(4);
  const expr& x = in[0];
  const expr& y = in[1];
  const unsigned width = WidthOf(x);
  const expr sign = c_.bv_val(uint64_t{1} << (width - 1), width);
  if (name == "add") return SomeFunction("sum", true, x, y);
  if (name == "sub") return SomeFunction("sum", true, x, y ^ sign);
  if (name != "mul" && name != "div") return std::nullopt;
  const expr magnitude = WithoutSign(
      SomeFunction(name, name == "mul", WithoutSign(x), WithoutSign(y)));
  return z3::ite(IsNanPayload(magnitude), magnitude,
                 magnitude | ((x ^ y) & sign));
}

expr Semantics::SomeFunction(absl::string_view name, bool commutes,
                             const expr& a, const expr& b) {
  of_bits_alone_ = false;
  const z3::sort sort = a.get_sort();
  const z3::func_decl function =
      c_.function(std::string(name).c_str(), sort, sort, sort);
  if (!commutes) return function(a, b);
  const expr ordered = z3::ule(a, b);
  return function(z3::ite(ordered, a, b), z3::ite(ordered, b, a));
}

// -- Vectors
// ----------------------------------------------------------------------

std::optional<expr> Semantics::Vector(Op op, const std::vector<expr>& in) {
  switch (op) {
    case Op::kV128Not:
      return ~in[0];
    case Op::kV128And:
      return in[0] & in[1];
    case Op::kV128Andnot:
      return in[0] & ~in[1];
    case Op::kV128Or:
      return in[0] | in[1];
    case Op::kV128Xor:
      return in[0] ^ in[1];
    case Op::kV128Bitselect:
      return (in[0] & in[2]) | (in[1] & ~in[2]);
    default:
      return std::nullopt;
  }
}

// -- Expressions of rules
// -----------------------------------------------------------

expr Semantics::Binary(absl::string_view op, const expr& a, const expr& b) {
  if (op == "&&") return a && b;
  if (op == "||") return a || b;
  if (op == "==") return a == b;
  if (op == "!=") return a != b;
  if (op == "<u") return z3::ult(a, b);
  if (op == "<=u") return z3::ule(a, b);
  if (op == ">u") return z3::ugt(a, b);
  if (op == ">=u") return z3::uge(a, b);
  if (op == "<s") return z3::slt(a, b);
  if (op == "<=s") return z3::sle(a, b);
  if (op == ">s") return z3::sgt(a, b);
  if (op == ">=s") return z3::sge(a, b);
  if (op == "+") return a + b;
  if (op == "-") return a - b;
  if (op == "*") return a * b;
  if (op == "&") return a & b;
  if (op == "|") return a | b;
  if (op == "^") return a ^ b;
  if (op == "<<") return Shift("shl", a, b);
  return Shift(op == ">>s" ? "shr_s" : "shr_u", a, b);
}

expr Semantics::Call(absl::string_view function, const expr& a) {
  const unsigned width = WidthOf(a);
  if (function == "low") return a.extract(31, 0);
  if (function == "zext") return z3::zext(a, 32);
  if (function == "sext") return z3::sext(a, 32);
  if (function == "log2") return CountTrailing(a).simplify();
  const expr zero = c_.bv_val(0, width);
  return a != zero && (a & (a - c_.bv_val(1, width))) == zero;  // pow2
}

}  // namespace weft::rules
