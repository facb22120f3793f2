// Which operators a module is made of.
#ifndef WEFT_CHECK_OPERATORS_H_
#define WEFT_CHECK_OPERATORS_H_

#include <cstdint>
#include <vector>

#include "absl/types/span.h"
#include "ir/wasm/module.h"
#include "ir/wasm/op.h"

namespace weft::check {

// Adds to `counts`, which has wasm::kOpCount entries, how often each operator
// occurs in the bodies of `module`. In time linear in their size, nothing else
// is looked at; what stands behind a malformed operator is not counted.
void CountOperators(const wasm::Module& module, absl::Span<uint64_t> counts);

// The operators that occur in bodies of `module`, in the order of the table.
std::vector<wasm::Op> OperatorsOf(const wasm::Module& module);

}  // namespace weft::check

#endif  // WEFT_CHECK_OPERATORS_H_
