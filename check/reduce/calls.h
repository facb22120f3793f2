// What reductions of signatures and calls have in common.
#ifndef WEFT_CHECK_REDUCE_CALLS_H_
#define WEFT_CHECK_REDUCE_CALLS_H_

#include <cstdint>
#include <vector>

#include "check/reduce/body_edit.h"
#include "check/reduce/subject.h"

namespace weft::check::reducing {

// Whether `op` is call or return_call.
bool IsDirectCall(wasm::Op op);

// By function, the functions that have direct calls of it, ascending. Calls
// that cannot be reached count.
std::vector<std::vector<wasm::FuncIndex>> CallersOf(const Subject& subject);

// Whether an immediate of `op` is a local, which then is index[0].
bool NamesLocal(const wasm::Operator& op);

// Whether the body reads or writes the local.
bool UsesLocal(const DecodedBody& body, uint32_t local);

// Operators with their local indices through `map`.
void RenumberLocals(const std::vector<uint32_t>& map,
                    std::vector<wasm::Operator>* ops);

}  // namespace weft::check::reducing

#endif  // WEFT_CHECK_REDUCE_CALLS_H_
