// What operators leave on the stack, given what they find there.
#ifndef WEFT_CHECK_REDUCE_RESULT_TYPES_H_
#define WEFT_CHECK_REDUCE_RESULT_TYPES_H_

#include <vector>

#include "absl/types/span.h"
#include "ir/wasm/module.h"
#include "ir/wasm/operator.h"

namespace weft::check::reducing {

using TypeList = absl::Span<const wasm::ValueType>;

// Parameters and results of a block type. Valid as long as the module and
// `type` are.
TypeList BlockParams(const wasm::Module& module, const wasm::BlockType& type);
TypeList BlockResults(const wasm::Module& module, const wasm::BlockType& type);

// Sets `*results` to the types of what `op` pushes (spec 3.4), of which the
// operands are `operands` (kBottom where unknown) and the types of whose label,
// if it has one, are `label`. Nothing for operators that begin, divide or end
// blocks and for those that never return.
// REQUIRES: a valid module. No recursion.
void ResultTypes(const wasm::Module& module, const wasm::Operator& op,
                 TypeList operands, TypeList label,
                 std::vector<wasm::ValueType>* results);

// Where the label of a branch is in Operator::index; -1 when it has none there.
int LabelPosition(wasm::Op op);

}  // namespace weft::check::reducing

#endif  // WEFT_CHECK_REDUCE_RESULT_TYPES_H_
