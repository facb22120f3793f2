// What the rows of faults.def are made of. Each returns a rewrite.
#ifndef WEFT_CHECK_FAULTS_REWRITES_H_
#define WEFT_CHECK_FAULTS_REWRITES_H_

#include <cstdint>
#include <vector>

#include "check/faults/fault.h"

namespace weft::check::faults {

using Ops = std::vector<Op>;

// -- Numbers (numbers.cc) -----------------------------------------------------

// `op` on constants becomes its value with the bits of `flip` changed.
Rewrite FoldFlip(Op op, uint64_t flip);
// `op` on constants becomes the value of `other` on them.
Rewrite FoldAs(Op op, Op other);
// `op` on two constants becomes its value on them swapped.
Rewrite FoldSwapped(Op op);
// An operator becomes another one of the same type; immediates stay.
Rewrite As(Op op, Op other);
// The same when the last operand is a constant.
Rewrite AsByConst(Op op, Op other);
// Operands `a` and `b` of any of these change places, when types agree.
Rewrite SwapOperands(const Ops& ops, uint32_t a, uint32_t b);
// The result is taken to be operand `i`.
Rewrite Forget(const Ops& ops, uint32_t i);
// The same when operand 1 is a constant of these bits under `mask`.
Rewrite ForgetBy(const Ops& ops, uint64_t mask, uint64_t bits);
// The result is taken to be `bits` when both operands are the same value.
Rewrite SameIs(const Ops& ops, uint64_t bits);
// The result is taken to be `bits`.
Rewrite Is(const Ops& ops, uint64_t bits);
// A constant operand `i` has `delta` added, and then `mask` taken.
Rewrite ConstOperand(const Ops& ops, uint32_t i, uint64_t delta, uint64_t mask);
// `delta` is added to integer operand `i`.
Rewrite AddToOperand(const Ops& ops, uint32_t i, uint64_t delta);
// `then` by a constant is applied behind results of its type.
Rewrite ThenBy(const Ops& ops, Op then, uint64_t bits);
// The integer result is negated as a condition.
Rewrite Negate(const Ops& ops);
// `op` (`op` (x, a), b) becomes `op` (x, a + b), as shifts may not.
Rewrite Merge(Op op);
// Negative zero and NaN are lost: 0 - x for a negation.
Rewrite NegAsSub(Op neg, Op sub);

// -- Memory and other state (state.cc) ----------------------------------------

// A value that is not used goes, and its trap with it.
Rewrite DropUnused(const Ops& ops);
// An operator without results goes.
Rewrite Drop(const Ops& ops);
// An operator of `first` moves behind the next one of `second`, when nothing
// but what is pure stands between and depends on neither.
Rewrite Swap(const Ops& first, const Ops& second);
// A read is taken to give what an equal one earlier in the same body gave,
// although events of `over`, and some of them, lie between.
Rewrite Reload(const Ops& ops, uint32_t over);
// A load is taken to give what a store to its address wrote, likewise;
// operators are pairs: store, load.
Rewrite Forward(Op store, Op load, uint32_t over);
// A store goes because of a later one to its address in the same body,
// although events of `over`, and some of them, lie between.
Rewrite DeadStore(const Ops& ops, uint32_t over);
// A read in a loop, of operands from outside of it, moves in front of the loop
// in which events of `over` happen.
Rewrite Hoist(const Ops& ops, uint32_t over);
// Immediates: the offset of an access, lanes, an index of another entity of
// the same type.
Rewrite Offset(const Ops& ops, uint64_t delta);
// Address arithmetic that goes into the offset, though it may wrap.
Rewrite FoldOffset(const Ops& ops);
Rewrite Lane(const Ops& ops, uint32_t flip);
Rewrite ShuffleLane(uint64_t flip);
Rewrite OtherGlobal(Op op);
Rewrite OtherFunc(Op op);
Rewrite OtherTag(Op op);
Rewrite OtherField(Op op);
Rewrite OtherTable(Op op);
// The size of a memory or table is taken to be the declared one.
Rewrite DeclaredSize(Op op);
// memory.grow is taken for memory.size.
Rewrite GrowIsSize();

// -- Control (control.cc) -----------------------------------------------------

// br_if and if: the other way.
Rewrite InvertBranch(Op op);
// br_if goes: never taken.
Rewrite NeverTaken(bool backwards_only);
// Two equal-typed neighbours among the arguments of an edge change places.
Rewrite SwapEdgeArgs(const Ops& ops);
// Of two neighbours of one type among the arguments of an edge, or of a call,
// the first one is given twice.
Rewrite FirstArgForSecond(const Ops& ops);
// Entries of br_table: neighbours change places; the last one is taken for the
// default.
Rewrite SwapLabels();
Rewrite LoseLabel();
// A branch goes to the end of the region outside of its target.
Rewrite OuterLabel(Op op);
// A loop parameter that an integer constant starts: it starts one later.
Rewrite LoopStart(uint64_t delta);
// Clauses of try_table: the first two change places; a clause for a tag without
// values catches all, or another tag of the same type.
Rewrite SwapClauses();
Rewrite CatchAllInstead();
Rewrite CatchOtherTag();
// Values that a handler receives change places.
Rewrite SwapCaught(bool legacy);
// Arms of a legacy try change places when types allow.
Rewrite SwapArms();
// A local that a handler reads keeps its old value at the last assignment in
// front of what may throw.
Rewrite StaleLocal(uint32_t over);
// `unreachable` returns zeros.
Rewrite UnreachableReturns();
// A call goes whose result nobody uses.
Rewrite DropCall();

}  // namespace weft::check::faults

#endif  // WEFT_CHECK_FAULTS_REWRITES_H_
