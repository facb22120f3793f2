// Numeric<op> with the operator chosen at run time and values as bits: for
// tests and judges that run over the whole op table.
#ifndef WEFT_EXEC_NUMERICS_EVALUATE_H_
#define WEFT_EXEC_NUMERICS_EVALUATE_H_

#include <cstdint>

#include "absl/types/span.h"
#include "exec/numerics/definition.h"
#include "exec/numerics/values.h"
#include "exec/trap.h"
#include "ir/wasm/op.h"

namespace weft::exec {

// Two results are those of wide arithmetic; results[1] is zero otherwise. A
// number is the low bits of its vector. No results if there is a trap.
struct Outcome {
  TrapKind trap = TrapKind::kNone;
  V128 results[2] = {};
};

// Whether Numeric<op> is defined.
bool HasNumeric(wasm::Op op);

// Where results of `op` may hold NaNs made by arithmetic. REQUIRES:
// HasNumeric(op).
NanShape NanShapeOf(wasm::Op op);

// Numeric<op>::Eval. `operands` are those of Numeric<op>::Operands, the
// immediate included, numbers in the low bits. REQUIRES: HasNumeric(op), and
// as many operands as it has.
Outcome Evaluate(wasm::Op op, absl::Span<const V128> operands);

// The same of Numeric<op>::EvalCanonical.
Outcome EvaluateCanonical(wasm::Op op, absl::Span<const V128> operands);

}  // namespace weft::exec

#endif  // WEFT_EXEC_NUMERICS_EVALUATE_H_
