// What the translator asks for each simple operator, in few bytes.
#ifndef WEFT_EXEC_TRANSLATE_SIMPLE_OP_H_
#define WEFT_EXEC_TRANSLATE_SIMPLE_OP_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "exec/bytecode/form.h"
#include "exec/bytecode/instr.h"
#include "exec/translate/letters.h"
#include "ir/wasm/op.h"
#include "ir/wasm/op_rows.h"
#include "ir/wasm/types.h"

namespace weft::exec {

struct SimpleOp {
  // Which forms there are.
  enum Way : uint8_t {
    kNotSimple,
    kFormless,
    kInSlots,
    kUnary,
    kBinary,
    kLoad,
    kStore,
    kFar,
  };

  Way way = kNotSimple;
  // Types of the first operand and of the first result; kNone without.
  wasm::ValueType::Kind operand = wasm::ValueType::kNone;
  wasm::ValueType::Kind result = wasm::ValueType::kNone;
  bool of_integers = false;  // Both operands, of kBinary.
  bool commutes = false;     // See IsCommutative.
  bool traps = false;
  bool takes_memory = false;       // Has kSM and kAM,
  wasm::Op load = wasm::Op::kNop;  // whose operand this operator loads.
};

namespace internal {

constexpr SimpleOp::Way WayOf(wasm::Op op) {
  if (FormsOf(op) == 0) return SimpleOp::kFormless;
  if (HasForm(op, Form::kSlots)) return SimpleOp::kInSlots;
  if (HasForm(op, Form::kS)) return SimpleOp::kUnary;
  if (HasForm(op, Form::kSS)) return SimpleOp::kBinary;
  if (HasForm(op, Form::kLoadS)) return SimpleOp::kLoad;
  if (HasForm(op, Form::kStoreSS)) return SimpleOp::kStore;
  return SimpleOp::kFar;
}

constexpr wasm::ValueType::Kind KindOf(std::string_view signature, size_t at) {
  if (at >= signature.size() || signature[at] == ':') {
    return wasm::ValueType::kNone;
  }
  return TypeOf(signature[at]).kind();
}

inline constexpr auto kSimpleOps = [] {
  std::array<SimpleOp, wasm::kOpCount> out{};
  for (size_t i = 0; i < out.size(); ++i) {
    const auto op = static_cast<wasm::Op>(i);
    const wasm::OpRow& row = wasm::RowOf(op);
    if (row.op_class != wasm::OpClass::kSimple) continue;
    SimpleOp& simple = out[i];
    simple.way = WayOf(op);
    simple.operand = KindOf(row.signature, 0);
    simple.result = KindOf(row.signature, row.signature.find(':') + 1);
    simple.of_integers = IsIntegerLetter(row.signature[0]);
    simple.commutes = IsCommutative(op);
    simple.traps = row.traps != 0;
    simple.takes_memory = HasForm(op, Form::kSM);
    if (simple.takes_memory) simple.load = OperandLoadOf(op);
  }
  return out;
}();

}  // namespace internal

inline const SimpleOp& SimpleOf(wasm::Op op) {
  return internal::kSimpleOps[static_cast<size_t>(op)];
}

}  // namespace weft::exec

#endif  // WEFT_EXEC_TRANSLATE_SIMPLE_OP_H_
