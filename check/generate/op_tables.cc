#include "check/generate/op_tables.h"

#include <array>
#include <string_view>

#include "ir/wasm/op_rows.h"

namespace weft::check::generate {
namespace {

using wasm::Op;
using wasm::OpRow;
using wasm::RowOf;
using wasm::ValueType;

constexpr bool Contains(std::string_view text, std::string_view part) {
  return text.find(part) != std::string_view::npos;
}

// The first letter of the results, or 0.
constexpr char ResultLetter(const OpRow& row) {
  if (row.op_class != wasm::OpClass::kSimple) return 0;
  const size_t colon = row.signature.find(':');
  return colon + 1 < row.signature.size() ? row.signature[colon + 1] : 0;
}

constexpr bool TakesFloats(const OpRow& row) {
  const std::string_view operands =
      row.signature.substr(0, row.signature.find(':'));
  return Contains(operands, "f") || Contains(operands, "d");
}

constexpr uint8_t LanesOf(const OpRow& row) {
  if (!Contains(row.immediates, "lane") || Contains(row.immediates, "lanes")) {
    return 0;
  }
  if (row.access_bytes != 0) return static_cast<uint8_t>(16 / row.access_bytes);
  if (Contains(row.text, "x16")) return 16;
  if (Contains(row.text, "x8")) return 8;
  return Contains(row.text, "x4") ? 4 : 2;
}

constexpr OpTraits MakeTraits(const OpRow& row) {
  OpTraits traits;
  const char result = ResultLetter(row);
  traits.makes_nans = (row.effects & wasm::kNanBits) != 0;
  traits.lanes = LanesOf(row);
  traits.is_f64x2 = row.text.starts_with("f64x2");
  traits.is_signed = row.text.ends_with("_s");
  if (row.op_class == wasm::OpClass::kSimple && TakesFloats(row)) {
    traits.observes_nans = row.access_bytes != 0 || result == 'v' ||
                           Contains(row.text, "reinterpret") ||
                           Contains(row.text, "copysign");
    traits.passes_nans = !traits.makes_nans && !traits.observes_nans &&
                         (result == 'f' || result == 'd');
  }
  return traits;
}

constexpr auto kTraits = [] {
  std::array<OpTraits, wasm::kOpCount> traits;
  for (int i = 0; i < wasm::kOpCount; ++i) {
    traits[i] = MakeTraits(RowOf(static_cast<Op>(i)));
  }
  return traits;
}();

// The operators that `matches` accepts, and their number.
template <typename Matches>
constexpr auto ListOf(Matches matches) {
  struct List {
    std::array<Op, wasm::kOpCount> ops{};
    size_t size = 0;
  } list;
  for (int i = 0; i < wasm::kOpCount; ++i) {
    if (matches(RowOf(static_cast<Op>(i)))) {
      list.ops[list.size++] = static_cast<Op>(i);
    }
  }
  return list;
}

template <char letter, char other = letter>
constexpr auto kResults = ListOf([](const OpRow& row) {
  const char result = ResultLetter(row);
  return result == letter || result == other;
});

constexpr auto kStructural = ListOf([](const OpRow& row) {
  return row.op_class != wasm::OpClass::kSimple ||
         (ResultLetter(row) == 0 && row.access_bytes == 0);
});

constexpr auto kF32x4 = ListOf([](const OpRow& row) {
  return (row.effects & wasm::kNanBits) != 0 && row.text.starts_with("f32x4") &&
         row.signature.starts_with("v") && !Contains(row.text, "demote");
});
constexpr auto kF64x2 = ListOf([](const OpRow& row) {
  return (row.effects & wasm::kNanBits) != 0 && row.text.starts_with("f64x2") &&
         row.signature.starts_with("v") && !Contains(row.text, "promote");
});

template <typename List>
absl::Span<const Op> SpanOf(const List& list) {
  return {list.ops.data(), list.size};
}

constexpr Op kCommonI32[] = {
    Op::kI32Add,     Op::kI32Add,      Op::kI32Sub,  Op::kI32Sub,
    Op::kI32Mul,     Op::kI32And,      Op::kI32And,  Op::kI32Or,
    Op::kI32Xor,     Op::kI32Shl,      Op::kI32ShrS, Op::kI32ShrU,
    Op::kI32Eqz,     Op::kI32Eqz,      Op::kI32Eq,   Op::kI32Ne,
    Op::kI32LtS,     Op::kI32LtU,      Op::kI32GtS,  Op::kI32LeU,
    Op::kI32GeS,     Op::kI32DivU,     Op::kI32DivS, Op::kI32RemU,
    Op::kI32RemS,    Op::kI32WrapI64,  Op::kI64Eqz,  Op::kI64LtS,
    Op::kI64LtU,     Op::kI64Eq,       Op::kI32Load, Op::kI32Load8U,
    Op::kI32Load16S, Op::kF64Lt,       Op::kF32Ge,   Op::kI32Rotl,
    Op::kI32Clz,     Op::kI32Extend8S, Op::kI32Load};
constexpr Op kCommonI64[] = {
    Op::kI64Add,        Op::kI64Add,   Op::kI64Sub,        Op::kI64Mul,
    Op::kI64And,        Op::kI64Or,    Op::kI64Xor,        Op::kI64Shl,
    Op::kI64ShrS,       Op::kI64ShrU,  Op::kI64ExtendI32S, Op::kI64ExtendI32U,
    Op::kI64ExtendI32U, Op::kI64Load,  Op::kI64Load32U,    Op::kI64Load32S,
    Op::kI64DivS,       Op::kI64RemU,  Op::kI64Rotr,       Op::kI64Ctz,
    Op::kI64Extend32S,  Op::kI64Load8U};
constexpr Op kCommonF32[] = {
    Op::kF32Add,  Op::kF32Sub,         Op::kF32Mul,       Op::kF32Div,
    Op::kF32Load, Op::kF32ConvertI32S, Op::kF32DemoteF64, Op::kF32Neg,
    Op::kF32Abs,  Op::kF32Min,         Op::kF32Max,       Op::kF32Add};
constexpr Op kCommonF64[] = {
    Op::kF64Add,  Op::kF64Sub,         Op::kF64Mul,         Op::kF64Div,
    Op::kF64Load, Op::kF64ConvertI32S, Op::kF64ConvertI64U, Op::kF64PromoteF32,
    Op::kF64Neg,  Op::kF64Abs,         Op::kF64Min,         Op::kF64Add};
constexpr Op kCommonV128[] = {
    Op::kI32x4Add,     Op::kV128And,  Op::kV128Xor,    Op::kI8x16Add,
    Op::kF32x4Add,     Op::kF64x2Mul, Op::kI32x4Splat, Op::kV128Load,
    Op::kI8x16Shuffle, Op::kI16x8Mul, Op::kI64x2Shl,   Op::kV128Bitselect};

}  // namespace

const OpTraits& TraitsOf(Op op) { return kTraits[static_cast<int>(op)]; }

absl::Span<const Op> OpsWithResult(ValueType::Kind kind) {
  switch (kind) {
    case ValueType::kI32:
      return SpanOf(kResults<'i', 'a'>);
    case ValueType::kI64:
      return SpanOf(kResults<'l'>);
    case ValueType::kF32:
      return SpanOf(kResults<'f'>);
    case ValueType::kF64:
      return SpanOf(kResults<'d'>);
    case ValueType::kV128:
      return SpanOf(kResults<'v'>);
    case ValueType::kRef:
      return SpanOf(kResults<'r'>);
    case ValueType::kNone:
    case ValueType::kBottom:
      return {};
  }
  return {};
}

absl::Span<const Op> CommonOps(ValueType::Kind kind) {
  switch (kind) {
    case ValueType::kI32:
      return kCommonI32;
    case ValueType::kI64:
      return kCommonI64;
    case ValueType::kF32:
      return kCommonF32;
    case ValueType::kF64:
      return kCommonF64;
    case ValueType::kV128:
      return kCommonV128;
    case ValueType::kRef:
    case ValueType::kNone:
    case ValueType::kBottom:
      return {};
  }
  return {};
}

absl::Span<const Op> StructuralOps() { return SpanOf(kStructural); }

absl::Span<const Op> FloatVectorOps(bool is_f64) {
  return is_f64 ? SpanOf(kF64x2) : SpanOf(kF32x4);
}

}  // namespace weft::check::generate
