// How an operator's meaning is tied to its row of the op table.
//
// A meaning is a free function over C++ values. WEFT_NUMERIC(I32Add, &Add<...>)
// makes it Numeric<Op::kI32Add>, and takes everything else from the row: types
// of operands and results, whether it traps, whether its result may be a NaN
// that arithmetic made. A function of another type than the row's signature
// does not compile. Nor does a row without a meaning: see coverage.cc.
#ifndef WEFT_EXEC_NUMERICS_DEFINITION_H_
#define WEFT_EXEC_NUMERICS_DEFINITION_H_

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <type_traits>
#include <utility>

#include "exec/numerics/nan_bits.h"
#include "exec/numerics/values.h"
#include "exec/trap.h"
#include "ir/wasm/op.h"
#include "ir/wasm/op_rows.h"

namespace weft::exec {

// The meaning of a numeric operator (specification 3.0, section 4.3):
//
//   Operands       TypeList of C++ types in operand order, followed by that of
//                  the immediate if there is one: the value of a constant, a
//                  lane index as uint8_t, the lanes of i8x16.shuffle as V128
//   Result         uint32_t, uint64_t, float, double, V128, or Wide for the two
//                  results of wide arithmetic
//   kTraps         whether Eval can fail
//   kNan           where the result may hold a NaN that arithmetic made
//
//   static Result Eval(operands...)                    unless kTraps
//   static TrapKind Eval(operands..., Result* result)  if kTraps; kNone for
//                  success, and *result is unchanged otherwise
//   EvalCanonical: Eval with the deterministic profile's NaNs
//
// Undefined for operators that are not numeric. REQUIRES, of every Eval: lane
// indices in range (validation sees to it) and the default floating-point
// environment.
template <wasm::Op op>
struct Numeric;

// Where a result may hold NaNs that arithmetic made: nowhere, in the number
// itself, or in any lane of that type. Only these may be canonicalized: all
// other operators keep the bits of NaNs.
enum class NanShape : uint8_t { kNone, kF32, kF64, kF32x4, kF64x2 };

template <typename... T>
struct TypeList {
  static constexpr int kSize = sizeof...(T);
};

// Whether Numeric<op> is defined.
template <wasm::Op op>
concept IsNumeric = requires { sizeof(Numeric<op>); };

// `value` with the NaNs that arithmetic made in it replaced by those of `nans`.
template <NanShape shape, typename T>
WEFT_INLINE T WithNans(T value, const NanBits& nans) {
  if constexpr (shape == NanShape::kNone) {
    return value;
  } else if constexpr (shape == NanShape::kF32x4) {
    return CanonicalizeNanLanes<float>(value, nans.f32);
  } else if constexpr (shape == NanShape::kF64x2) {
    return CanonicalizeNanLanes<double>(value, nans.f64);
  } else if constexpr (shape == NanShape::kF32) {
    return CanonicalizeNan(value, nans.f32);
  } else {
    return CanonicalizeNan(value, nans.f64);
  }
}

namespace internal {

// The letters of a signature and the words for immediates as C++ types.
template <char letter>
struct LetterType;
template <>
struct LetterType<'i'> {
  using type = uint32_t;
};
template <>
struct LetterType<'l'> {
  using type = uint64_t;
};
template <>
struct LetterType<'f'> {
  using type = float;
};
template <>
struct LetterType<'d'> {
  using type = double;
};
template <>
struct LetterType<'v'> {
  using type = V128;
};
template <>
struct LetterType<'b'> {  // Not of ops.def: a lane index.
  using type = uint8_t;
};

// The letter for the only immediate of `op`, 0 for none.
constexpr char ImmediateLetter(wasm::Op op) {
  const std::string_view word = wasm::RowOf(op).immediates;
  if (word.empty()) return 0;
  if (word == "i32") return 'i';
  if (word == "i64") return 'l';
  if (word == "f32") return 'f';
  if (word == "f64") return 'd';
  if (word == "v128" || word == "lanes16") return 'v';
  if (word == "lane") return 'b';
  return '?';  // Has no LetterType.
}

constexpr size_t ColonOf(wasm::Op op) {
  return wasm::RowOf(op).signature.find(':');
}

template <wasm::Op op, size_t... i>
constexpr auto MakeOperands(std::index_sequence<i...>) {
  constexpr char immediate = ImmediateLetter(op);
  if constexpr (immediate == 0) {
    return TypeList<
        typename LetterType<wasm::RowOf(op).signature[i]>::type...>{};
  } else {
    return TypeList<typename LetterType<wasm::RowOf(op).signature[i]>::type...,
                    typename LetterType<immediate>::type>{};
  }
}

template <wasm::Op op>
using OperandsOf =
    decltype(MakeOperands<op>(std::make_index_sequence<ColonOf(op)>{}));

template <wasm::Op op>
constexpr auto MakeResult() {
  constexpr std::string_view signature = wasm::RowOf(op).signature;
  constexpr size_t first = ColonOf(op) + 1;
  if constexpr (signature.substr(first) == "ll") {
    return Wide{};
  } else {
    static_assert(signature.size() == first + 1);
    return typename LetterType<signature[first]>::type{};
  }
}

template <wasm::Op op>
using ResultOf = decltype(MakeResult<op>());

constexpr NanShape NanShapeOf(wasm::Op op) {
  const wasm::OpRow& row = wasm::RowOf(op);
  if ((row.effects & wasm::kNanBits) == 0) return NanShape::kNone;
  switch (row.signature.back()) {
    case 'f':
      return NanShape::kF32;
    case 'd':
      return NanShape::kF64;
    default:  // The text of a vector operator begins with the result's shape.
      return row.text.substr(0, 5) == "f32x4" ? NanShape::kF32x4
                                              : NanShape::kF64x2;
  }
}

template <wasm::Op op, auto kFunction, bool traps, typename Operands>
struct Definition;

template <wasm::Op op, auto kFunction, typename... Operand>
struct Definition<op, kFunction, false, TypeList<Operand...>> {
  using Operands = TypeList<Operand...>;
  using Result = ResultOf<op>;
  static constexpr bool kTraps = false;
  static constexpr NanShape kNan = NanShapeOf(op);
  static_assert(std::is_same_v<decltype(kFunction), Result (*)(Operand...)>,
                "the function has not the signature of its row in ops.def");

  static WEFT_INLINE Result Eval(Operand... operands) {
    return kFunction(operands...);
  }
  static WEFT_INLINE Result EvalCanonical(Operand... operands) {
    return WithNans<kNan>(kFunction(operands...), NanBits());
  }
};

template <wasm::Op op, auto kFunction, typename... Operand>
struct Definition<op, kFunction, true, TypeList<Operand...>> {
  using Operands = TypeList<Operand...>;
  using Result = ResultOf<op>;
  static constexpr bool kTraps = true;
  static constexpr NanShape kNan = NanShapeOf(op);
  static_assert(kNan == NanShape::kNone);
  static_assert(
      std::is_same_v<decltype(kFunction), TrapKind (*)(Operand..., Result*)>,
      "the function has not the signature of its row in ops.def");

  static WEFT_INLINE TrapKind Eval(Operand... operands, Result* result) {
    return kFunction(operands..., result);
  }
  static WEFT_INLINE TrapKind EvalCanonical(Operand... operands,
                                            Result* result) {
    return kFunction(operands..., result);
  }
};

}  // namespace internal

// WEFT_NUMERIC(name, function): `function` is what Op::k<name> means. Use it in
// namespace weft::exec.
#define WEFT_NUMERIC(name, ...)                                      \
  template <>                                                        \
  struct Numeric<wasm::Op::k##name>                                  \
      : internal::Definition<wasm::Op::k##name, __VA_ARGS__,         \
                             wasm::RowOf(wasm::Op::k##name).traps != \
                                 wasm::kNoTrap,                      \
                             internal::OperandsOf<wasm::Op::k##name>> {}

}  // namespace weft::exec

#endif  // WEFT_EXEC_NUMERICS_DEFINITION_H_
