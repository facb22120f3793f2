// Reductions of function bodies as lists of edits: one BodyReduction each.
#ifndef WEFT_CHECK_REDUCE_REDUCE_BODIES_H_
#define WEFT_CHECK_REDUCE_REDUCE_BODIES_H_

#include "check/reduce/body_edit.h"

namespace weft::check::reducing {

// reduce_statements.cc
// What leaves the stack as it was goes, operands included.
extern const BodyReduction kStatements;
// What cannot be reached goes.
extern const BodyReduction kDeadCode;
// The rest of a block becomes `unreachable`.
extern const BodyReduction kTails;

// reduce_values.cc
// A value with all that computes it becomes a zero, null or new object;
// `unreachable`; one of its operands of the same type; a local of its type.
extern const BodyReduction kZeroValues;
extern const BodyReduction kTrappingValues;
extern const BodyReduction kOperandValues;
extern const BodyReduction kLocalValues;
// An operator becomes drops of its operands and zeros.
extern const BodyReduction kDroppedOperands;
// The value of a local.set takes the place of the next local.get.
extern const BodyReduction kForwardedValues;

// reduce_blocks.cc
// Blocks of all kinds become what they contain.
extern const BodyReduction kUnwrap;
// `if` becomes one of its arms, or loses one.
extern const BodyReduction kArms;
// loop, try_table and if become block; block results go.
extern const BodyReduction kPlainBlocks;
extern const BodyReduction kBlockResults;
// Handlers go: clauses of try_table, catches of try.
extern const BodyReduction kHandlers;
// br_table gets shorter or becomes br; conditional branches are not taken or
// always; tail calls become calls.
extern const BodyReduction kBranches;

// reduce_call_types.cc
// call_indirect is of a type without parameters and results.
extern const BodyReduction kCallTypes;

// reduce_constants.cc
// Constants become 0, 1, or half of what they are.
extern const BodyReduction kConstants;
// Offsets of accesses become 0 or half, alignments natural; lanes 0.
extern const BodyReduction kMemArgs;

}  // namespace weft::check::reducing

#endif  // WEFT_CHECK_REDUCE_REDUCE_BODIES_H_
