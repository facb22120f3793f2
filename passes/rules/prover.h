// Proofs of rewrite rules by Z3, at the real width of their operators.
//
// A rule is right when its result equals its pattern for all values and all
// constants that its guards admit. Facts about values (bits, signed_bits) are
// assumed as what they promise; traps of the pattern are assumed not to happen,
// since a rule leaves the trapping instruction where it is. Where arithmetic
// makes a NaN, both sides must make one from the same NaN operands, which is
// what its bits may depend on (specification 3.0, section 4.3.3).
#ifndef WEFT_PASSES_RULES_PROVER_H_
#define WEFT_PASSES_RULES_PROVER_H_

#include <string>

#include "passes/rules/compiler/rule.h"

namespace weft::rules {

struct Proof {
  bool proved = false;
  // Why not: a counterexample, a guard that nothing satisfies, a limit, or
  // an operator that the prover does not know.
  std::string reason;
};

Proof Prove(const Rule& rule);

}  // namespace weft::rules

#endif  // WEFT_PASSES_RULES_PROVER_H_
