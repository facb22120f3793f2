#include "ir/testing/evaluate.h"

namespace weft::ir::testing {

using wasm::Op;

namespace {

// a op b in 32 bits; false for other operators.
bool Binary(Op op, uint32_t a, uint32_t b, uint32_t* r) {
  const int32_t sa = static_cast<int32_t>(a);
  const int32_t sb = static_cast<int32_t>(b);
  switch (op) {
    case Op::kI32Add:
      *r = a + b;
      return true;
    case Op::kI32Sub:
      *r = a - b;
      return true;
    case Op::kI32Mul:
      *r = a * b;
      return true;
    case Op::kI32And:
      *r = a & b;
      return true;
    case Op::kI32Or:
      *r = a | b;
      return true;
    case Op::kI32Xor:
      *r = a ^ b;
      return true;
    case Op::kI32Shl:
      *r = a << (b & 31);
      return true;
    case Op::kI32ShrU:
      *r = a >> (b & 31);
      return true;
    case Op::kI32DivU:
      *r = a / b;
      return true;
    case Op::kI32RemU:
      *r = a % b;
      return true;
    case Op::kI32Eq:
      *r = a == b;
      return true;
    case Op::kI32Ne:
      *r = a != b;
      return true;
    case Op::kI32LtS:
      *r = sa < sb;
      return true;
    case Op::kI32LtU:
      *r = a < b;
      return true;
    case Op::kI32GtS:
      *r = sa > sb;
      return true;
    case Op::kI32GtU:
      *r = a > b;
      return true;
    case Op::kI32LeS:
      *r = sa <= sb;
      return true;
    case Op::kI32LeU:
      *r = a <= b;
      return true;
    case Op::kI32GeS:
      *r = sa >= sb;
      return true;
    case Op::kI32GeU:
      *r = a >= b;
      return true;
    default:
      return false;
  }
}

}  // namespace

bool EvaluateNumeric(const wasm::Operator& op, std::vector<uint64_t>* stack,
                     bool* trapped) {
  auto pop = [stack] {
    const uint64_t v = stack->back();
    stack->pop_back();
    return v;
  };
  switch (op.op) {
    case Op::kI32Const:
      stack->push_back(static_cast<uint32_t>(op.value));
      return true;
    case Op::kI64Const:
      stack->push_back(op.value);
      return true;
    case Op::kI32Eqz:
      stack->push_back(static_cast<uint32_t>(pop()) == 0);
      return true;
    case Op::kI32WrapI64:
    case Op::kI64ExtendI32U:
      stack->push_back(static_cast<uint32_t>(pop()));
      return true;
    case Op::kI64Add:
    case Op::kI64Mul: {
      const uint64_t b = pop();
      const uint64_t a = pop();
      stack->push_back(op.op == Op::kI64Add ? a + b : a * b);
      return true;
    }
    case Op::kI64Eqz:
      stack->push_back(pop() == 0);
      return true;
    default:
      break;
  }
  if (stack->size() < 2) return false;
  const uint32_t b = static_cast<uint32_t>(stack->back());
  const uint32_t a = static_cast<uint32_t>((*stack)[stack->size() - 2]);
  const bool divides = op.op == Op::kI32DivU || op.op == Op::kI32RemU;
  *trapped = divides && b == 0;
  uint32_t r = 0;
  if (!*trapped && !Binary(op.op, a, b, &r)) return false;
  stack->pop_back();
  stack->back() = r;
  return true;
}

}  // namespace weft::ir::testing
