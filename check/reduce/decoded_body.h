// A function body as a list of operators, with the trees of values and the
// blocks that they form.
#ifndef WEFT_CHECK_REDUCE_DECODED_BODY_H_
#define WEFT_CHECK_REDUCE_DECODED_BODY_H_

#include <cstdint>
#include <deque>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "ir/wasm/module.h"
#include "ir/wasm/operator.h"

namespace weft::check::reducing {

// What is computed by the operators [begin, last]: a value of `type`, taking
// nothing that was on the stack before. `begin` is kNoIndex when the value was
// not made like that: it belongs to several results or to a block's parameters,
// or comes from unreachable code.
struct ValueRange {
  uint32_t begin = wasm::kNoIndex;
  uint32_t last = wasm::kNoIndex;
  wasm::ValueType type;

  bool known() const { return begin != wasm::kNoIndex; }
};

// Of one operator.
struct OpShape {
  // As in ValueRange, for the operator with all its operands; of an operator
  // that opens a block, up to it alone.
  uint32_t begin = wasm::kNoIndex;
  uint32_t first_operand = 0;  // In DecodedBody::operands.
  uint32_t num_operands = 0;
  uint32_t num_results = 0;
  wasm::ValueType type;  // Of the only result.
  // Openers: their end (or delegate). Those: their opener. `else` and catches:
  // the opener.
  uint32_t partner = wasm::kNoIndex;
  // Openers, `else` and catches: what follows them in their block at the same
  // depth: `else`, the next catch, or the end.
  uint32_t next_part = wasm::kNoIndex;
  // Whether it cannot be reached, by the rules of validation.
  bool dead = false;
};

struct DecodedBody {
  std::vector<wasm::ValueType> locals;  // Parameters first.
  uint32_t num_params = 0;
  std::vector<wasm::Operator> ops;  // With the final end.
  std::vector<OpShape> shapes;      // By operator.
  std::vector<ValueRange> operands;

  absl::Span<const ValueRange> OperandsOf(uint32_t op) const {
    return absl::MakeConstSpan(operands).subspan(shapes[op].first_operand,
                                                 shapes[op].num_operands);
  }

  // What spans in `ops` point into; places are fixed.
  std::deque<std::vector<uint32_t>> labels;
  std::deque<std::vector<wasm::ValueType>> types;
  std::deque<std::vector<wasm::CatchClause>> catches;
};

// Whether `op` begins a block; ends one (end, delegate); divides one.
bool IsOpener(wasm::Op op);
bool IsCloser(wasm::Op op);
bool IsDivider(wasm::Op op);
// Whether what follows `op` in its block cannot be reached.
bool EndsControl(wasm::Op op);

// Decodes the body of defined function `func`. Time and memory are linear in
// it. REQUIRES: a valid module. Errors: those of the operator reader.
absl::StatusOr<DecodedBody> DecodeBody(const wasm::Module& module,
                                       wasm::FuncIndex func);

}  // namespace weft::check::reducing

#endif  // WEFT_CHECK_REDUCE_DECODED_BODY_H_
