// The rows of ops.def as constant expressions, for code that is generated from
// them: templates over Op, and tables that must not compile when a row lacks
// its entry. Everything else asks InfoOf() in ir/wasm/op.h.
#ifndef WEFT_IR_WASM_OP_ROWS_H_
#define WEFT_IR_WASM_OP_ROWS_H_

#include <cstdint>
#include <string_view>

#include "ir/wasm/op.h"

namespace weft::wasm {

// One row, with signature and immediates in the notation of ops.def.
struct OpRow {
  std::string_view text;
  OpClass op_class;
  std::string_view immediates;
  std::string_view signature;
  uint32_t effects;      // Effect bits.
  uint16_t traps;        // Trap bits.
  uint8_t access_bytes;  // Width of a memory access, 0 for none or many.
  bool commutes;         // The operands may change places.
};

inline constexpr OpRow kOpRows[kOpCount] = {
#define WEFT_OP(name, text, prefix, code, op_class, immediates, signature, \
                effects, traps, access, order, ...)                        \
  {text,       OpClass::k##op_class,                                       \
   immediates, signature,                                                  \
   effects,    traps,                                                      \
   access,     OperandOrder::k##order == OperandOrder::kCommutes},
#include "ir/wasm/ops.def"
#undef WEFT_OP
};

// The row of `op`. REQUIRES: op < Op::kCount.
constexpr const OpRow& RowOf(Op op) { return kOpRows[static_cast<int>(op)]; }

}  // namespace weft::wasm

#endif  // WEFT_IR_WASM_OP_ROWS_H_
