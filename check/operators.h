// Which operators a module is made of.
#ifndef WEFT_CHECK_OPERATORS_H_
#define WEFT_CHECK_OPERATORS_H_

#include <cstdint>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/types/span.h"
#include "ir/wasm/module.h"
#include "ir/wasm/op.h"
#include "ir/wasm/operator.h"

namespace weft::check {

// Calls `visit` with each operator of the bodies of `module`, body by body,
// until it returns false. In time linear in their size, nothing else is looked
// at; a malformed operator ends its body.
void ForEachOperator(const wasm::Module& module,
                     absl::FunctionRef<bool(const wasm::Operator&)> visit);

// Adds to `counts`, which has wasm::kOpCount entries, how often each operator
// occurs in the bodies of `module`.
void CountOperators(const wasm::Module& module, absl::Span<uint64_t> counts);

// The operators that occur in bodies of `module`, in the order of the table.
std::vector<wasm::Op> OperatorsOf(const wasm::Module& module);

}  // namespace weft::check

#endif  // WEFT_CHECK_OPERATORS_H_
