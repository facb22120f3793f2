// A call becomes assignments of its arguments to new locals and the body of the
// callee, in a block if anything in it branches to its end.
#include <algorithm>
#include <memory>
#include <vector>

#include "check/reduce/calls.h"
#include "check/reduce/mentions.h"
#include "check/reduce/reduce_module.h"
#include "check/reduce/result_types.h"

namespace weft::check::reducing {
namespace {

using wasm::FuncIndex;
using wasm::Op;
using wasm::Operator;

constexpr size_t kMaxInlined = 64;  // Operators.

absl::Status CannotTake() {
  return absl::FailedPreconditionError("one function at a time");
}

// Whether it is small and calls neither itself nor anything as a tail call,
// which a block cannot contain.
bool CanInline(const DecodedBody& body, FuncIndex func) {
  if (body.ops.empty() || body.ops.size() > kMaxInlined) return false;
  return std::none_of(body.ops.begin(), body.ops.end(),
                      [&](const Operator& op) {
                        const wasm::OpClass c = InfoOf(op.op).op_class;
                        return (IsDirectCall(op.op) && op.index[0] == func) ||
                               c == wasm::OpClass::kReturnCall ||
                               c == wasm::OpClass::kReturnCallIndirect ||
                               c == wasm::OpClass::kReturnCallRef;
                      });
}

// Whether anything reaches the end of the body by branch or return.
bool NeedsBlock(const DecodedBody& body) {
  uint32_t depth = 0;
  for (uint32_t i = 0; i + 1 < body.ops.size(); ++i) {
    const Operator& op = body.ops[i];
    if (op.op == Op::kReturn) return true;
    if (IsCloser(op.op)) --depth;
    const int position = LabelPosition(op.op);
    if (position >= 0 && op.index[position] >= depth) return true;
    for (uint32_t label : op.labels) {
      if (label >= depth) return true;
    }
    for (const wasm::CatchClause& clause : op.catches) {
      if (clause.label >= depth) return true;
    }
    if (IsOpener(op.op)) ++depth;
  }
  return false;
}

wasm::BlockType BlockTypeOf(const wasm::SubType& type, Draft* draft) {
  wasm::BlockType block;
  if (type.results.size() == 1) {
    block.kind = wasm::BlockType::kValue;
    block.value = type.results[0];
  } else if (!type.results.empty()) {
    block.kind = wasm::BlockType::kTypeIndex;
    block.index = draft->FindFuncType({}, type.results);
  }
  return block;
}

// What stands for a call when the callee's locals begin at `first_local`.
std::vector<Operator> Inlined(const DecodedBody& callee,
                              const wasm::BlockType& type, bool needs_block,
                              uint32_t first_local) {
  std::vector<Operator> body(callee.ops.begin(), callee.ops.end() - 1);
  std::vector<uint32_t> map(callee.locals.size());
  for (uint32_t i = 0; i < map.size(); ++i) map[i] = first_local + i;
  RenumberLocals(map, &body);
  std::vector<Operator> out;
  for (uint32_t i = callee.num_params; i-- > 0;) {
    out.push_back(MakeOp(Op::kLocalSet, first_local + i));
  }
  if (needs_block) {
    out.push_back(MakeOp(Op::kBlock));
    out.back().block_type = type;
  }
  uint32_t depth = 0;
  for (const Operator& op : body) {
    if (IsCloser(op.op)) --depth;
    out.push_back(op.op == Op::kReturn ? MakeOp(Op::kBr, depth) : op);
    if (IsOpener(op.op)) ++depth;
  }
  if (needs_block) out.push_back(MakeOp(Op::kEnd));
  return out;
}

absl::StatusOr<Bytes> InlineAll(const Subject& subject, FuncIndex func,
                                const std::vector<FuncIndex>& callers) {
  Draft draft(subject);
  const DecodedBody& callee = subject.bodies()[func];
  const bool needs_block = NeedsBlock(callee);
  const wasm::BlockType type =
      BlockTypeOf(subject.module().func_type(func), &draft);
  for (FuncIndex caller : callers) {
    const DecodedBody& body = subject.bodies()[caller];
    DecodedBody changed;
    changed.ops = body.ops;
    changed.locals = body.locals;
    changed.num_params = body.num_params;
    const auto first = static_cast<uint32_t>(body.locals.size());
    changed.locals.insert(changed.locals.end(), callee.locals.begin(),
                          callee.locals.end());
    std::vector<Edit> edits;
    for (uint32_t i = 0; i < body.ops.size(); ++i) {
      const Operator& op = body.ops[i];
      if (!IsDirectCall(op.op) || op.index[0] != func) continue;
      edits.push_back({i, i + 1, Inlined(callee, type, needs_block, first)});
      if (op.op == Op::kReturnCall) {
        edits.back().with.push_back(MakeOp(Op::kReturn));
      }
    }
    draft.bodies[caller] = WriteEdited(changed, edits);
  }
  draft.bodies[func] = {0, static_cast<uint8_t>(InfoOf(Op::kUnreachable).code),
                        static_cast<uint8_t>(InfoOf(Op::kEnd).code)};
  absl::StatusOr<Bytes> bytes = draft.Write();
  if (!bytes.ok()) return bytes.status();
  const absl::StatusOr<std::unique_ptr<Subject>> inlined =
      Subject::Make(*std::move(bytes));
  if (!inlined.ok()) return inlined.status();
  return WithoutUnusedTypes(WithoutFunction(**inlined, func));
}

struct Redirection {
  uint32_t entry;  // Of the exports.
  FuncIndex to;
};

}  // namespace

Plan PlanInline(const Subject& subject) {
  const auto callers =
      std::make_shared<std::vector<std::vector<FuncIndex>>>(CallersOf(subject));
  const auto funcs = std::make_shared<std::vector<FuncIndex>>();
  for (FuncIndex i = 0; i < callers->size(); ++i) {
    if (!(*callers)[i].empty() && CanInline(subject.bodies()[i], i)) {
      funcs->push_back(i);
    }
  }
  return {funcs->size(),
          [&subject, callers, funcs](size_t begin,
                                     size_t end) -> absl::StatusOr<Bytes> {
            if (end - begin != 1) return CannotTake();
            const FuncIndex func = (*funcs)[begin];
            return InlineAll(subject, func, (*callers)[func]);
          }};
}

Plan PlanExportCallees(const Subject& subject) {
  const wasm::Module& module = subject.module();
  const auto steps = std::make_shared<std::vector<Redirection>>();
  for (uint32_t i = 0; i < module.exports.size(); ++i) {
    const wasm::Export& entry = module.exports[i];
    if (entry.kind != wasm::ExternalKind::kFunc) continue;
    for (const Operator& op : subject.bodies()[entry.index].ops) {
      if (IsDirectCall(op.op) && op.index[0] != entry.index &&
          module.funcs[op.index[0]].type == module.funcs[entry.index].type) {
        steps->push_back({i, op.index[0]});
      }
    }
  }
  return {steps->size(),
          [&subject, steps](size_t begin, size_t end) -> absl::StatusOr<Bytes> {
            if (end - begin != 1) return CannotTake();
            const Redirection step = (*steps)[begin];
            Draft draft(subject);
            const FuncIndex old = draft.module.exports[step.entry].index;
            draft.module.exports[step.entry].index = step.to;
            draft.bodies[old] = {
                0, static_cast<uint8_t>(InfoOf(Op::kUnreachable).code),
                static_cast<uint8_t>(InfoOf(Op::kEnd).code)};
            return draft.Write();
          }};
}

}  // namespace weft::check::reducing
