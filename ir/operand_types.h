// What the operators of the SSA form want as operands: the part of the
// validator's knowledge that only checks need.
#ifndef WEFT_IR_OPERAND_TYPES_H_
#define WEFT_IR_OPERAND_TYPES_H_

#include <vector>

#include "ir/function.h"
#include "ir/wasm/module.h"

namespace weft::ir {

// Sets `*types` to the types that the own operands of `id` must be subtypes
// of. kNone stands for any number or vector, kBottom for any reference.
// REQUIRES: a WebAssembly operator whose immediates are in range for `module`.
void OperandTypes(const wasm::Module& module, const Function& function,
                  ValueId id, std::vector<ValueType>* types);

// Sets `*types` to the types of the values that `edge` of `id` supplies by
// itself, in order. REQUIRES: as above, and an operand where one is expected.
void ImplicitTypes(const wasm::Module& module, const Function& function,
                   ValueId id, uint32_t edge, std::vector<ValueType>* types);

// Sets `*types` to the types of the results of `id`, as far as they follow from
// its operator and the types of its operands: those that a value has at least.
// REQUIRES: as above; neither a parameter of a region, nor a result.
void DerivedTypes(const wasm::Module& module, const Function& function,
                  ValueId id, std::vector<ValueType>* types);

// Empty, or what is wrong with the indices among the immediates of `id`.
const char* ImmediateError(const wasm::Module& module, const Function& function,
                           ValueId id);

}  // namespace weft::ir

#endif  // WEFT_IR_OPERAND_TYPES_H_
