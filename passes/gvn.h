// Global value numbering with constant folding and load forwarding.
//
// Rewrites: a computation whose operator, immediates and operands are those of
// one that dominates it, into the earlier value; operators on constants into
// constants (passes/fold.h); a load of what a dominating load or store of the
// same bytes left in memory, when nothing between may have written them, into
// that value; likewise reads of globals and of GC fields; parameters that are
// the same on every edge into that value.
// Refuses: operators with effects; atomics and shared memory; relaxed SIMD;
// allocations, whose identity is observable.
// Sound: a dominating equal computation has the same value and, having come
// this far, did not trap, so the later one does not either. A result whose NaN
// bits the engine chooses is merged, never duplicated: the later computation
// was free to make the same choice. Memory is tracked by version: stores,
// calls, joins and loops that write make a new one; facts about bytes at the
// same base survive a store to disjoint bytes, since effective addresses do
// not wrap (spec 4.4.7). Growth does not change bytes that could be read.
#ifndef WEFT_PASSES_GVN_H_
#define WEFT_PASSES_GVN_H_

#include "passes/function_pass.h"

namespace weft::passes {

// Close to linear in the function.
bool Gvn(const FunctionContext& context, ir::Function* function);

}  // namespace weft::passes

#endif  // WEFT_PASSES_GVN_H_
