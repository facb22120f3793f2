// Which instructions there are for each operator: one for each form of its
// operands.
#ifndef WEFT_EXEC_BYTECODE_FORM_H_
#define WEFT_EXEC_BYTECODE_FORM_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "ir/wasm/op.h"
#include "ir/wasm/op_rows.h"

namespace weft::exec {

// How an instruction gets its operands, in their order: S from a slot, A from
// the accumulator of the operand's type, I from an immediate. The result goes
// to a slot and to the accumulator of its type.
//
//   Br, Back   comparisons that branch if true, forward or backward; those of
//              floats forward alone
//   Unless     comparisons of floats that branch forward if false
//   Step       i32 comparisons at a loop's end: an operand plus an immediate
//              is the result and is compared with S or I, then Back
//   M          the second operand is loaded from guarded memory 0
//   Load, Store   of memory 0; address and, for stores, value. Where two
//              operands are an address they are added modulo 2^32: LoadSI is
//              slot and immediate; LoadSS, StoreSumSS two slots, of which the
//              first, in the forms with X, is multiplied with the width of the
//              access
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
  kUnlessSS,
  kUnlessSI,
  kUnlessAS,
  kUnlessAI,
  kStepS,
  kStepI,
  kSM,
  kAM,
  kSlots,
  kLoadS,
  kLoadA,
  kLoadSS,
  kLoadAS,
  kLoadSI,
  kLoadAI,
  kLoadXSS,
  kLoadXAS,
  kCheckedLoadS,
  kCheckedLoadA,
  kCheckedLoadSS,
  kCheckedLoadAS,
  kStoreSS,
  kStoreSI,
  kStoreAS,
  kStoreSA,
  kStoreAI,
  kStoreOffsetSS,
  kStoreOffsetSI,
  kStoreOffsetAS,
  kStoreOffsetAI,
  kStoreSumSS,
  kStoreSumAS,
  kStoreXSS,
  kStoreXAS,
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

// f32.eq to f32.ge and f64.eq to f64.ge.
constexpr bool IsFloatComparison(wasm::Op op) {
  return IsInRange(op, wasm::Op::kF32Eq, wasm::Op::kF32Ge) ||
         IsInRange(op, wasm::Op::kF64Eq, wasm::Op::kF64Ge);
}

// Operators that take their second operand from memory as well, kSM and kAM:
// add, sub, mul, and, or, xor, and div of floats.
constexpr bool TakesMemory(wasm::Op op) {
  return IsInRange(op, wasm::Op::kI32Add, wasm::Op::kI32Mul) ||
         IsInRange(op, wasm::Op::kI32And, wasm::Op::kI32Xor) ||
         IsInRange(op, wasm::Op::kI64Add, wasm::Op::kI64Mul) ||
         IsInRange(op, wasm::Op::kI64And, wasm::Op::kI64Xor) ||
         IsInRange(op, wasm::Op::kF32Add, wasm::Op::kF32Div) ||
         IsInRange(op, wasm::Op::kF64Add, wasm::Op::kF64Div);
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
                 Form::kLoadSI, Form::kLoadAI, Form::kCheckedLoadS,
                 Form::kCheckedLoadA, Form::kCheckedLoadSS,
                 Form::kCheckedLoadAS, Form::kFar) |
           (row.access_bytes > 1 ? Forms(Form::kLoadXSS, Form::kLoadXAS) : 0);
  }
  if (type == 'v') {
    return Forms(Form::kStoreSS, Form::kCheckedStoreSS, Form::kFar);
  }
  return Forms(Form::kStoreSS, Form::kStoreSI, Form::kStoreAS, Form::kStoreSA,
               Form::kStoreAI, Form::kStoreOffsetSS, Form::kStoreOffsetSI,
               Form::kStoreOffsetAS, Form::kStoreOffsetAI, Form::kStoreSumSS,
               Form::kStoreSumAS, Form::kCheckedStoreSS, Form::kCheckedStoreSI,
               Form::kCheckedStoreAS, Form::kCheckedStoreSA,
               Form::kCheckedStoreAI, Form::kFar) |
         (row.access_bytes > 1 ? Forms(Form::kStoreXSS, Form::kStoreXAS) : 0);
}

constexpr FormSet ScalarForms(wasm::Op op, const wasm::OpRow& row) {
  if (row.signature.find(':') == 1) return Forms(Form::kS, Form::kA);
  if (IsIntegerComparison(op)) {
    return Forms(Form::kSS, Form::kSI, Form::kAS, Form::kAI, Form::kBrSS,
                 Form::kBrSI, Form::kBrAS, Form::kBrAI, Form::kBackSS,
                 Form::kBackSI, Form::kBackAS, Form::kBackAI) |
           (row.signature[0] == 'i' ? Forms(Form::kStepS, Form::kStepI) : 0);
  }
  if (IsFloatComparison(op)) {
    return Forms(Form::kSS, Form::kSI, Form::kAS, Form::kAI, Form::kBrSS,
                 Form::kBrSI, Form::kBrAS, Form::kBrAI, Form::kUnlessSS,
                 Form::kUnlessSI, Form::kUnlessAS, Form::kUnlessAI);
  }
  const FormSet memory = TakesMemory(op) ? Forms(Form::kSM, Form::kAM) : 0;
  if (IsCommutative(op)) {
    return memory | Forms(Form::kSS, Form::kSI, Form::kAS, Form::kAI);
  }
  return memory | Forms(Form::kSS, Form::kSI, Form::kAS, Form::kSA, Form::kAI,
                        Form::kIS, Form::kIA);
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

// Rows as tables: translation asks for each operator.
namespace internal {

constexpr bool ComputesOnly(wasm::Op op) {
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

constexpr FormSet ComputeForms(wasm::Op op) {
  const wasm::OpRow& row = wasm::RowOf(op);
  if (row.op_class != wasm::OpClass::kSimple) return 0;
  if (HasMemArg(row)) return MemoryForms(row);
  if (!ComputesOnly(op)) return 0;
  return IsScalar(row) ? ScalarForms(op, row) : Bit(Form::kSlots);
}

struct OpForms {
  FormSet forms = 0;
  bool is_numeric = false;
};

inline constexpr auto kOpForms = [] {
  std::array<OpForms, wasm::kOpCount> out{};
  for (int i = 0; i < wasm::kOpCount; ++i) {
    const auto op = static_cast<wasm::Op>(i);
    out[static_cast<size_t>(i)] = {ComputeForms(op), ComputesOnly(op)};
  }
  return out;
}();

}  // namespace internal

// Whether `op` computes its results from its operands and immediates alone.
constexpr bool IsNumericOp(wasm::Op op) {
  return internal::kOpForms[static_cast<size_t>(op)].is_numeric;
}

// The forms of `op`; none for operators that have instructions of their own.
constexpr FormSet FormsOf(wasm::Op op) {
  return internal::kOpForms[static_cast<size_t>(op)].forms;
}

// Whether there is a second instruction for each form which makes the NaNs of
// its result canonical.
constexpr bool HasCanonicalForms(wasm::Op op) {
  return IsNumericOp(op) && (wasm::RowOf(op).effects & wasm::kNanBits) != 0;
}

// The load whose value the forms of `op` with a memory operand take, which is
// one of its operands' type. REQUIRES: kSM is among FormsOf(op).
constexpr wasm::Op OperandLoadOf(wasm::Op op) {
  switch (wasm::RowOf(op).signature[0]) {
    case 'i':
      return wasm::Op::kI32Load;
    case 'l':
      return wasm::Op::kI64Load;
    case 'f':
      return wasm::Op::kF32Load;
    default:
      return wasm::Op::kF64Load;
  }
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
    case Form::kUnlessSS:
      return "sst";
    case Form::kBrSI:
    case Form::kBackSI:
    case Form::kUnlessSI:
      return wide ? "sptI" : "sptiP";
    case Form::kBrAS:
    case Form::kBackAS:
    case Form::kUnlessAS:
      return "pst";
    case Form::kBrAI:
    case Form::kBackAI:
    case Form::kUnlessAI:
      return wide ? "pptI" : "pptiP";
    case Form::kStepS:
      return "dstisp";
    case Form::kStepI:
      return "dstii";
    case Form::kSM:
      return "dssh";
    case Form::kAM:
      return "dpsh";
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
    case Form::kLoadXSS:
    case Form::kCheckedLoadSS:
      return "dssh";
    case Form::kLoadAS:
    case Form::kLoadXAS:
    case Form::kCheckedLoadAS:
      return "dpsh";
    case Form::kLoadSI:
      return "dsi";
    case Form::kLoadAI:
      return "dpi";
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
    case Form::kStoreOffsetSS:
      return "ssi";
    case Form::kStoreOffsetSI:
      return "spiI";
    case Form::kStoreOffsetAS:
      return "psi";
    case Form::kStoreOffsetAI:
      return "ppiI";
    case Form::kStoreSumSS:
    case Form::kStoreXSS:
      return "sssh";
    case Form::kStoreSumAS:
    case Form::kStoreXAS:
      return "pssh";
    case Form::kFar:
      return "dsssuuI";
    case Form::kCount:
      break;
  }
  return "";
}

}  // namespace weft::exec

#endif  // WEFT_EXEC_BYTECODE_FORM_H_
