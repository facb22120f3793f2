// Which instructions there are for each operator: one for each form of its
// operands.
#ifndef WEFT_EXEC_BYTECODE_FORM_H_
#define WEFT_EXEC_BYTECODE_FORM_H_

#include <cstdint>
#include <string_view>

#include "ir/wasm/op.h"
#include "ir/wasm/op_rows.h"

namespace weft::exec {

// How an instruction gets its operands, in their order: S from a slot, A from
// the accumulator of the operand's type, I from an immediate. The result goes
// to a slot and to the accumulator of its type.
//
//   Br, Back   integer comparisons that branch if true, forward or backward
//   Load, Store   of memory 0; address and, for stores, value. LoadSS and
//              LoadAS add two addresses modulo 2^32
//   Checked    the same with a comparison instead of guard pages
//   Far        any memory, any width of address, bounds compared; also atomics
//              and lanes
//   Slots      everything in slots, no accumulator: vectors, wide arithmetic
enum class Form : uint8_t {
  kS,
  kA,
  kSS,
  kSI,
  kAS,
  kSA,
  kAI,
  kIS,
  kIA,
  kBrSS,
  kBrSI,
  kBrAS,
  kBrAI,
  kBackSS,
  kBackSI,
  kBackAS,
  kBackAI,
  kSlots,
  kLoadS,
  kLoadA,
  kLoadSS,
  kLoadAS,
  kCheckedLoadS,
  kCheckedLoadA,
  kCheckedLoadSS,
  kCheckedLoadAS,
  kStoreSS,
  kStoreSI,
  kStoreAS,
  kStoreSA,
  kStoreAI,
  kCheckedStoreSS,
  kCheckedStoreSI,
  kCheckedStoreAS,
  kCheckedStoreSA,
  kCheckedStoreAI,
  kFar,
  kCount,
};

inline constexpr int kFormCount = static_cast<int>(Form::kCount);

// A set of forms.
using FormSet = uint64_t;
constexpr FormSet Bit(Form form) {
  return FormSet{1} << static_cast<int>(form);
}
template <typename... F>
constexpr FormSet Forms(F... forms) {
  return (FormSet{0} | ... | Bit(forms));
}

constexpr bool IsInRange(wasm::Op op, wasm::Op first, wasm::Op last) {
  return static_cast<int>(first) <= static_cast<int>(op) &&
         static_cast<int>(op) <= static_cast<int>(last);
}

// i32.eq to i32.ge_u and i64.eq to i64.ge_u.
constexpr bool IsIntegerComparison(wasm::Op op) {
  return IsInRange(op, wasm::Op::kI32Eq, wasm::Op::kI32GeU) ||
         IsInRange(op, wasm::Op::kI64Eq, wasm::Op::kI64GeU);
}

constexpr bool IsIntegerLetter(char letter) {
  return letter == 'i' || letter == 'l';
}
constexpr bool IsFloatLetter(char letter) {
  return letter == 'f' || letter == 'd';
}
constexpr bool IsScalarLetter(char letter) {
  return IsIntegerLetter(letter) || IsFloatLetter(letter);
}

// Integer operators whose operands may change places. Those of floats keep
// theirs: the payload of a NaN comes from one of them.
constexpr bool IsCommutative(wasm::Op op) {
  const wasm::OpRow& row = wasm::RowOf(op);
  return row.commutes && IsIntegerLetter(row.signature[0]);
}

namespace internal {

constexpr bool IsConstant(wasm::Op op) {
  return op == wasm::Op::kI32Const || op == wasm::Op::kI64Const ||
         op == wasm::Op::kF32Const || op == wasm::Op::kF64Const ||
         op == wasm::Op::kV128Const;
}

constexpr bool HasMemArg(const wasm::OpRow& row) {
  return row.immediates.substr(0, 6) == "memarg";
}

constexpr FormSet MemoryForms(const wasm::OpRow& row) {
  const bool is_load = row.signature[1] == ':';
  if ((row.effects & wasm::kAtomic) != 0 || row.immediates != "memarg") {
    return Bit(Form::kFar);
  }
  const char type = row.signature[is_load ? 2 : 1];
  if (is_load && type == 'v') {
    return Forms(Form::kLoadS, Form::kCheckedLoadS, Form::kFar);
  }
  if (is_load) {
    return Forms(Form::kLoadS, Form::kLoadA, Form::kLoadSS, Form::kLoadAS,
                 Form::kCheckedLoadS, Form::kCheckedLoadA, Form::kCheckedLoadSS,
                 Form::kCheckedLoadAS, Form::kFar);
  }
  if (type == 'v') {
    return Forms(Form::kStoreSS, Form::kCheckedStoreSS, Form::kFar);
  }
  return Forms(Form::kStoreSS, Form::kStoreSI, Form::kStoreAS, Form::kStoreSA,
               Form::kStoreAI, Form::kCheckedStoreSS, Form::kCheckedStoreSI,
               Form::kCheckedStoreAS, Form::kCheckedStoreSA,
               Form::kCheckedStoreAI, Form::kFar);
}

constexpr FormSet ScalarForms(wasm::Op op, const wasm::OpRow& row) {
  if (row.signature.find(':') == 1) return Forms(Form::kS, Form::kA);
  if (IsIntegerComparison(op)) {
    return Forms(Form::kSS, Form::kSI, Form::kAS, Form::kAI, Form::kBrSS,
                 Form::kBrSI, Form::kBrAS, Form::kBrAI, Form::kBackSS,
                 Form::kBackSI, Form::kBackAS, Form::kBackAI);
  }
  if (IsCommutative(op)) {
    return Forms(Form::kSS, Form::kSI, Form::kAS, Form::kAI);
  }
  return Forms(Form::kSS, Form::kSI, Form::kAS, Form::kSA, Form::kAI, Form::kIS,
               Form::kIA);
}

constexpr bool IsScalar(const wasm::OpRow& row) {
  if (!row.immediates.empty()) return false;
  const size_t colon = row.signature.find(':');
  if (row.signature.size() != colon + 2) return false;
  for (const char letter : row.signature) {
    if (letter != ':' && !IsScalarLetter(letter)) return false;
  }
  return colon <= 2;
}

}  // namespace internal

// Whether `op` computes its results from its operands and immediates alone.
constexpr bool IsNumericOp(wasm::Op op) {
  const wasm::OpRow& row = wasm::RowOf(op);
  if (row.op_class != wasm::OpClass::kSimple || internal::IsConstant(op)) {
    return false;
  }
  if ((row.effects & ~uint32_t{wasm::kNanBits | wasm::kRelaxed}) != 0) {
    return false;
  }
  for (const char letter : row.signature) {
    if (letter != ':' && letter != 'v' && !IsScalarLetter(letter)) return false;
  }
  return row.immediates.empty() || row.immediates == "lane" ||
         row.immediates == "lanes16";
}

// The forms of `op`; none for operators that have instructions of their own.
constexpr FormSet FormsOf(wasm::Op op) {
  const wasm::OpRow& row = wasm::RowOf(op);
  if (row.op_class != wasm::OpClass::kSimple) return 0;
  if (internal::HasMemArg(row)) return internal::MemoryForms(row);
  if (!IsNumericOp(op)) return 0;
  return internal::IsScalar(row) ? internal::ScalarForms(op, row)
                                 : Bit(Form::kSlots);
}

// Whether there is a second instruction for each form which makes the NaNs of
// its result canonical.
constexpr bool HasCanonicalForms(wasm::Op op) {
  return IsNumericOp(op) && (wasm::RowOf(op).effects & wasm::kNanBits) != 0;
}

// Fields of an instruction of `op` in `form`; see exec/bytecode/layout.h.
constexpr std::string_view LayoutOf(wasm::Op op, Form form) {
  const wasm::OpRow& row = wasm::RowOf(op);
  const bool wide = IsFloatLetter(row.signature[0]);
  switch (form) {
    case Form::kS:
      return "dsP";
    case Form::kA:
      return "dpP";
    case Form::kSS:
      return "dssp";
    case Form::kAS:
      return "dpsp";
    case Form::kSA:
      return "dspp";
    case Form::kSI:
    case Form::kIS:
      return wide ? "dsPI" : "dsi";
    case Form::kAI:
    case Form::kIA:
      return wide ? "dpPI" : "dpi";
    case Form::kBrSS:
    case Form::kBackSS:
      return "sst";
    case Form::kBrSI:
    case Form::kBackSI:
      return "sptiP";
    case Form::kBrAS:
    case Form::kBackAS:
      return "pst";
    case Form::kBrAI:
    case Form::kBackAI:
      return "pptiP";
    case Form::kSlots:
      return row.immediates == "lane"      ? "dsssh"
             : row.immediates == "lanes16" ? "dsssII"
             : row.signature == "llll:ll"  ? "dssssp"
                                           : "dsss";
    case Form::kLoadS:
    case Form::kCheckedLoadS:
      return "dsu";
    case Form::kLoadA:
    case Form::kCheckedLoadA:
      return "dpu";
    case Form::kLoadSS:
    case Form::kCheckedLoadSS:
      return "dssh";
    case Form::kLoadAS:
    case Form::kCheckedLoadAS:
      return "dpsh";
    case Form::kStoreSS:
    case Form::kCheckedStoreSS:
      return "ssu";
    case Form::kStoreAS:
    case Form::kCheckedStoreAS:
      return "psu";
    case Form::kStoreSA:
    case Form::kCheckedStoreSA:
      return "spu";
    case Form::kStoreSI:
    case Form::kCheckedStoreSI:
      return "spuI";
    case Form::kStoreAI:
    case Form::kCheckedStoreAI:
      return "ppuI";
    case Form::kFar:
      return "dsssuuI";
    case Form::kCount:
      break;
  }
  return "";
}

}  // namespace weft::exec

#endif  // WEFT_EXEC_BYTECODE_FORM_H_
