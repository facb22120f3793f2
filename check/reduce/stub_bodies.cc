#include <algorithm>
#include <memory>
#include <vector>

#include "check/reduce/reduce_module.h"
#include "ir/wasm/locals.h"

namespace weft::check::reducing {
namespace {

using wasm::FuncIndex;
using wasm::Op;
using wasm::Operator;

// No locals, and what `ops` says; empty when there are none to say it.
using MakeBody = bool (*)(const wasm::Module& module, FuncIndex func,
                          std::vector<Operator>* ops);

Bytes BodyOf(const std::vector<Operator>& ops) {
  wasm::ByteWriter out;
  out.U32(0);
  for (const Operator& op : ops) WriteOperator(op, &out);
  WriteOperator(MakeOp(Op::kEnd), &out);
  return out.Take();
}

// Large bodies first: what they take along need not be tried.
void SortBySize(const wasm::Module& module, std::vector<FuncIndex>* funcs) {
  std::sort(funcs->begin(), funcs->end(), [&](FuncIndex a, FuncIndex b) {
    const size_t size_a = module.funcs[a].body.size();
    const size_t size_b = module.funcs[b].body.size();
    return size_a != size_b ? size_a > size_b : a < b;
  });
}

Plan PlanBodies(const Subject& subject, MakeBody make) {
  const wasm::Module& module = subject.module();
  const auto funcs = std::make_shared<std::vector<FuncIndex>>();
  std::vector<Operator> ops;
  for (FuncIndex i = module.num_imported_funcs; i < module.funcs.size(); ++i) {
    ops.clear();
    if (!make(module, i, &ops)) continue;
    const Bytes body = BodyOf(ops);
    if (wasm::ByteSpan(body) != module.funcs[i].body) funcs->push_back(i);
  }
  SortBySize(module, funcs.get());
  return {funcs->size(), [&subject, funcs, make](size_t begin, size_t end) {
            Draft draft(subject);
            std::vector<Operator> ops;
            for (size_t i = begin; i < end; ++i) {
              ops.clear();
              make(subject.module(), (*funcs)[i], &ops);
              draft.bodies[(*funcs)[i]] = BodyOf(ops);
            }
            return draft.Write();
          }};
}

}  // namespace

Plan PlanTrappingBodies(const Subject& subject) {
  return PlanBodies(
      subject, [](const wasm::Module&, FuncIndex, std::vector<Operator>* ops) {
        ops->push_back(MakeOp(Op::kUnreachable));
        return true;
      });
}

Plan PlanZeroBodies(const Subject& subject) {
  return PlanBodies(subject, [](const wasm::Module& module, FuncIndex func,
                                std::vector<Operator>* ops) {
    for (wasm::ValueType type : module.func_type(func).results) {
      if (!AppendZero(module, type, ops)) return false;
    }
    return true;
  });
}

}  // namespace weft::check::reducing
