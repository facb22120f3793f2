// The meaning of WebAssembly's simple operators, for the interpreter.
//
// Numeric<op> (definition.h) is an arithmetic operator, a comparison, a
// conversion or a vector operator; LoadOp<op> and StoreOp<op> (memory_access.h)
// say what bytes become; AtomicRmw<op> (atomic.h) what becomes of a cell. All
// functions are inlined into the handler that uses them and touch nothing but
// their arguments.
//
// This is the oracle: it is written from the specification and shares no line
// with passes/fold, which the optimizer uses, so that each can judge the other.
// fold_agreement_test compares the two over a grid of edge values for every
// row, tools/judge/numerics_judge compares this one with V8.
//
// How to add an operator:
//
//  1. Its row in ir/wasm/ops.def. From now on coverage.cc does not compile.
//  2. Its meaning as a function in the header of its topic, with the types of
//     the row's signature, and a line WEFT_NUMERIC(Name, &internal::Function)
//     (WEFT_LOAD, WEFT_STORE or WEFT_ATOMIC for accesses to memory). Where SSE2
//     has better code than the compiler finds, or machine.h an instruction,
//     both ways are written, and the tests run both.
//     An operator that is not a function of its operands (it reads a table,
//     asks for a size) goes into the list of coverage.cc instead.
//  3. Expected bits from the specification in the test of its topic. The grids
//     of fold_agreement_test and numerics_judge are expanded from the table.
#ifndef WEFT_EXEC_NUMERICS_NUMERIC_H_
#define WEFT_EXEC_NUMERICS_NUMERIC_H_

// IWYU pragma: begin_exports
#include "exec/numerics/atomic.h"
#include "exec/numerics/conversion.h"
#include "exec/numerics/definition.h"
#include "exec/numerics/floating.h"
#include "exec/numerics/integer.h"
#include "exec/numerics/memory_access.h"
#include "exec/numerics/relaxed.h"
#include "exec/numerics/values.h"
#include "exec/numerics/vector_conversion.h"
#include "exec/numerics/vector_float.h"
#include "exec/numerics/vector_integer.h"
#include "exec/numerics/vector_lane.h"
#include "exec/numerics/vector_wide.h"
// IWYU pragma: end_exports

#endif  // WEFT_EXEC_NUMERICS_NUMERIC_H_
