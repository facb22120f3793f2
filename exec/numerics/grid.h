// Operands at the edges of every numeric operator, made from its row alone: for
// tests and judges that run over the whole op table.
#ifndef WEFT_EXEC_NUMERICS_GRID_H_
#define WEFT_EXEC_NUMERICS_GRID_H_

#include <cstdint>
#include <vector>

#include "exec/numerics/values.h"
#include "ir/wasm/op.h"

namespace weft::exec {

// Values near what some operator treats specially, each once: zeros, ones,
// powers of two and their neighbours, limits of all integer types, patterns.
// Floats as bits: limits of formats and of conversions with their neighbours,
// halves and ties, infinities, NaNs of both signs that are canonical, quiet
// and signalling.
const std::vector<uint32_t>& EdgesOfI32();
const std::vector<uint64_t>& EdgesOfI64();
const std::vector<uint32_t>& EdgesOfF32();
const std::vector<uint64_t>& EdgesOfF64();

// Operand lists for `op`, as Evaluate takes them. Numbers: all combinations of
// edges. Vectors: of each shape that the operator's text names (all for
// operators on v128 as a whole), vectors in whose lanes all pairs of
// edges meet. Lane indices: all. A third vector: a sample.
// REQUIRES: HasNumeric(op).
std::vector<std::vector<V128>> GridOf(wasm::Op op);

}  // namespace weft::exec

#endif  // WEFT_EXEC_NUMERICS_GRID_H_
