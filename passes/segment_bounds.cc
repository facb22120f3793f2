#include "passes/segment_bounds.h"

#include <algorithm>
#include <vector>

#include "ir/wasm/operator.h"

namespace weft::passes {
namespace {

using wasm::Op;

// How many globals an expression may be defined through.
constexpr int kMaxDepth = 8;

std::optional<uint64_t> Evaluate(const wasm::Module& module,
                                 const wasm::ConstExpr& expr, int depth);

std::optional<uint64_t> EvaluateGlobal(const wasm::Module& module,
                                       wasm::GlobalIndex index, int depth) {
  if (depth == 0 || index >= module.globals.size()) return std::nullopt;
  const wasm::Global& global = module.globals[index];
  if (global.is_import() || global.type.is_mutable) return std::nullopt;
  return Evaluate(module, global.init, depth - 1);
}

// The result of a binary operator; nothing for any other operator.
std::optional<uint64_t> EvaluateBinary(Op op, uint64_t a, uint64_t b) {
  switch (op) {
    case Op::kI32Add:
      return static_cast<uint32_t>(a + b);
    case Op::kI32Sub:
      return static_cast<uint32_t>(a - b);
    case Op::kI32Mul:
      return static_cast<uint32_t>(a * b);
    case Op::kI64Add:
      return a + b;
    case Op::kI64Sub:
      return a - b;
    case Op::kI64Mul:
      return a * b;
    default:  // Not an integer constant expression.
      return std::nullopt;
  }
}

std::optional<uint64_t> Evaluate(const wasm::Module& module,
                                 const wasm::ConstExpr& expr, int depth) {
  wasm::OperatorReader reader(expr.code, expr.offset, module.features);
  wasm::Operator op;
  std::vector<uint64_t> stack;
  while (!reader.done() && reader.TryRead(&op) && op.op != Op::kEnd) {
    std::optional<uint64_t> value;
    if (op.op == Op::kI32Const || op.op == Op::kI64Const) {
      value = op.value;
    } else if (op.op == Op::kGlobalGet) {
      value = EvaluateGlobal(module, op.index[0], depth);
    } else if (stack.size() >= 2) {
      const uint64_t right = stack.back();
      stack.pop_back();
      value = EvaluateBinary(op.op, stack.back(), right);
      stack.pop_back();
    }
    if (!value.has_value()) return std::nullopt;
    stack.push_back(*value);
  }
  if (stack.size() != 1) return std::nullopt;
  return stack[0];
}

bool FitsInto(uint64_t offset, uint64_t size, uint64_t limit) {
  return size <= limit && offset <= limit - size;
}

}  // namespace

std::optional<uint64_t> ConstantValue(const wasm::Module& module,
                                      const wasm::ConstExpr& expr) {
  return Evaluate(module, expr, kMaxDepth);
}

bool IsInBounds(const wasm::Module& module, const wasm::DataSegment& segment) {
  const std::optional<uint64_t> offset = ConstantValue(module, segment.offset);
  if (!offset.has_value()) return false;
  const wasm::MemoryType& type = module.memories[segment.memory].type;
  // No address lies beyond 2^63, wherever the shift might go.
  const uint64_t pages =
      std::min(type.limits.min, (uint64_t{1} << 63) >> type.page_size_log2);
  return FitsInto(*offset, segment.bytes.size(), pages << type.page_size_log2);
}

bool IsInBounds(const wasm::Module& module, const wasm::ElemSegment& segment) {
  const std::optional<uint64_t> offset = ConstantValue(module, segment.offset);
  return offset.has_value() &&
         FitsInto(*offset, segment.size(),
                  module.tables[segment.table].type.limits.min);
}

}  // namespace weft::passes
