// What Wasm's operators and the expressions of rules mean, as Z3 terms over
// bit-vectors. Written from the specification (3.0, section 4.3), for the
// prover alone.
#ifndef WEFT_PASSES_RULES_SEMANTICS_H_
#define WEFT_PASSES_RULES_SEMANTICS_H_

#include <z3++.h>

#include <optional>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "ir/wasm/op.h"

namespace weft::rules {

class Semantics {
 public:
  // `products`: shifts to the left are compared with multiplications, so they
  // are written as such.
  Semantics(z3::context* context, bool products);

  // The bits of `op` on operands given as bits; nothing for operators that are
  // not modelled. Adds to no_traps() what must hold for it not to trap.
  std::optional<z3::expr> Apply(wasm::Op op,
                                const std::vector<z3::expr>& operands);
  // The bits of the number that an arithmetic operator makes, with a single
  // NaN; nothing for other operators. Only what all rounded arithmetic has in
  // common is modelled: sums and products commute, signs of products and
  // quotients are those of their operands' product, x - y is x + (-y). So what
  // holds here holds for floats, and not the other way round.
  std::optional<z3::expr> Number(wasm::Op op,
                                 const std::vector<z3::expr>& operands);
  const std::vector<z3::expr>& no_traps() const { return no_traps_; }
  // Whether all terms so far are of bit-vectors alone.
  bool of_bits_alone() const { return of_bits_alone_; }

  // Bits of a float with the sign cleared, and whether such are a NaN.
  z3::expr WithoutSign(const z3::expr& bits);
  z3::expr IsNanPayload(const z3::expr& bits);

  // Binary operators and functions of rule expressions (see rule.h).
  z3::expr Binary(absl::string_view op, const z3::expr& a, const z3::expr& b);
  z3::expr Call(absl::string_view function, const z3::expr& a);

 private:
  std::optional<z3::expr> Integer(absl::string_view op,
                                  const std::vector<z3::expr>& in);
  std::optional<z3::expr> Convert(wasm::Op op, const z3::expr& a);
  std::optional<z3::expr> Float(absl::string_view op,
                                const std::vector<z3::expr>& in);
  std::optional<z3::expr> Vector(wasm::Op op, const std::vector<z3::expr>& in);
  z3::expr Shift(absl::string_view op, const z3::expr& a, const z3::expr& b);
  z3::expr ShiftBy(absl::string_view op, const z3::expr& a, unsigned k);
  std::optional<z3::expr> Compare(absl::string_view op, const z3::expr& a,
                                  const z3::expr& b);
  z3::expr Truth(const z3::expr& condition);
  z3::expr FloatOf(const z3::expr& bits);
  z3::expr SomeFunction(absl::string_view name, bool commutes,
                        const z3::expr& a, const z3::expr& b);
  z3::expr CountTrailing(const z3::expr& a);

  z3::context& c_;
  const bool products_;
  std::vector<z3::expr> no_traps_;
  bool of_bits_alone_ = true;
};

}  // namespace weft::rules

#endif  // WEFT_PASSES_RULES_SEMANTICS_H_
