#include "check/operators.h"

#include "ir/wasm/bytes.h"
#include "ir/wasm/locals.h"

namespace weft::check {

void ForEachOperator(const wasm::Module& module,
                     absl::FunctionRef<bool(const wasm::Operator&)> visit) {
  std::vector<wasm::LocalGroup> groups;
  for (const wasm::Function& func : module.funcs) {
    if (func.is_import()) continue;
    wasm::ByteReader reader(func.body, func.body_offset);
    if (!wasm::ReadLocals(&reader, module.features, &groups).ok()) continue;
    wasm::OperatorReader operators(reader.rest(), reader.offset(),
                                   module.features);
    wasm::Operator op;
    while (!operators.done() && operators.TryRead(&op)) {
      if (!visit(op)) return;
    }
  }
}

void CountOperators(const wasm::Module& module, absl::Span<uint64_t> counts) {
  ForEachOperator(module, [counts](const wasm::Operator& op) {
    ++counts[static_cast<size_t>(op.op)];
    return true;
  });
}

std::vector<wasm::Op> OperatorsOf(const wasm::Module& module) {
  std::vector<uint64_t> counts(wasm::kOpCount);
  CountOperators(module, absl::MakeSpan(counts));
  std::vector<wasm::Op> ops;
  for (int i = 0; i < wasm::kOpCount; ++i) {
    if (counts[static_cast<size_t>(i)] != 0) {
      ops.push_back(static_cast<wasm::Op>(i));
    }
  }
  return ops;
}

}  // namespace weft::check
