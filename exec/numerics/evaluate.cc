// One function per row, made from Numeric<op>, in a table.
#include "exec/numerics/evaluate.h"

#include <array>
#include <bit>
#include <cstdint>
#include <cstring>
#include <utility>

#include "base/check.h"
#include "exec/numerics/numeric.h"

namespace weft::exec {
namespace {

using wasm::Op;

template <typename T>
T FromBits(const V128& bits) {
  T value;
  std::memcpy(&value, &bits, sizeof(value));
  return value;
}

template <typename T>
void SetResult(const T& value, Outcome* outcome) {
  std::memcpy(&outcome->results[0], &value, sizeof(value));
}
void SetResult(const Wide& value, Outcome* outcome) {
  outcome->results[0] = V128::FromBits(value.low, 0);
  outcome->results[1] = V128::FromBits(value.high, 0);
}

template <Op op, bool canonical, typename... Operand, size_t... i>
Outcome Run(const V128* operands, TypeList<Operand...>,
            std::index_sequence<i...>) {
  using Definition = Numeric<op>;
  Outcome outcome;
  if constexpr (Definition::kTraps) {
    typename Definition::Result result = {};
    outcome.trap = Definition::Eval(FromBits<Operand>(operands[i])..., &result);
    if (outcome.trap == TrapKind::kNone) SetResult(result, &outcome);
  } else if constexpr (canonical) {
    SetResult(Definition::EvalCanonical(FromBits<Operand>(operands[i])...),
              &outcome);
  } else {
    SetResult(Definition::Eval(FromBits<Operand>(operands[i])...), &outcome);
  }
  return outcome;
}

template <Op op, bool canonical>
Outcome RunRow(const V128* operands) {
  using Operands = typename Numeric<op>::Operands;
  return Run<op, canonical>(operands, Operands{},
                            std::make_index_sequence<Operands::kSize>{});
}

struct Row {
  Outcome (*run)(const V128* operands) = nullptr;
  Outcome (*run_canonical)(const V128* operands) = nullptr;
  int operands = 0;
  NanShape nan = NanShape::kNone;
};

template <Op op>
constexpr Row MakeRow() {
  if constexpr (IsNumeric<op>) {
    return {&RunRow<op, false>, &RunRow<op, true>, Numeric<op>::Operands::kSize,
            Numeric<op>::kNan};
  } else {
    return {};
  }
}

constexpr std::array<Row, wasm::kOpCount> kRows = {
#define WEFT_OP(name, ...) MakeRow<Op::k##name>(),
#include "ir/wasm/ops.def"
#undef WEFT_OP
};

const Row& RowFor(Op op) { return kRows[static_cast<int>(op)]; }

}  // namespace

bool HasNumeric(Op op) { return RowFor(op).run != nullptr; }

NanShape NanShapeOf(Op op) { return RowFor(op).nan; }

Outcome Evaluate(Op op, absl::Span<const V128> operands) {
  WEFT_CHECK(static_cast<int>(operands.size()) == RowFor(op).operands);
  return RowFor(op).run(operands.data());
}

Outcome EvaluateCanonical(Op op, absl::Span<const V128> operands) {
  WEFT_CHECK(static_cast<int>(operands.size()) == RowFor(op).operands);
  return RowFor(op).run_canonical(operands.data());
}

}  // namespace weft::exec
