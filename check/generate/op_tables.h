// What the generator has to know about operators, computed from ops.def.
#ifndef WEFT_CHECK_GENERATE_OP_TABLES_H_
#define WEFT_CHECK_GENERATE_OP_TABLES_H_

#include <cstdint>

#include "absl/types/span.h"
#include "ir/wasm/op.h"
#include "ir/wasm/types.h"

namespace weft::check::generate {

// What becomes of NaNs whose bits the engine chose.
struct OpTraits {
  // The bits of float operands show in the result or in memory.
  bool observes_nans = false;
  // The result may be a NaN of the engine's choice.
  bool makes_nans = false;
  // The result is a float operand, or its negation.
  bool passes_nans = false;
  bool is_f64x2 = false;
  bool is_signed = false;  // "..._s".
  // Lanes that the lane immediate chooses from; 0 without one.
  uint8_t lanes = 0;
};

const OpTraits& TraitsOf(wasm::Op op);

// The simple operators whose (first) result is of that kind, in the order of
// the table. Results of an address type are counted as i32.
absl::Span<const wasm::Op> OpsWithResult(wasm::ValueType::Kind kind);

// The common ones among them, more common ones more often; empty for
// references.
absl::Span<const wasm::Op> CommonOps(wasm::ValueType::Kind kind);

// Those of all other classes, and simple ones that are for their effects, but
// for stores.
absl::Span<const wasm::Op> StructuralOps();

// Vector operators that make NaNs in lanes of f32, or f64, from vectors.
absl::Span<const wasm::Op> FloatVectorOps(bool is_f64);

}  // namespace weft::check::generate

#endif  // WEFT_CHECK_GENERATE_OP_TABLES_H_
