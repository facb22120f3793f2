// Steps of different functions are taken together where they edit different
// operators; of one function, one step at a time.
#include <algorithm>
#include <map>
#include <memory>
#include <set>
#include <vector>

#include "check/reduce/calls.h"
#include "check/reduce/reduce_module.h"

namespace weft::check::reducing {
namespace {

using wasm::FuncIndex;
using wasm::Op;
using wasm::Operator;
using wasm::ValueType;

// What becomes of functions: parameter `param` of `func` goes, or all results.
struct SignatureStep {
  FuncIndex func;
  uint32_t param;
};

absl::Status CannotTake() {
  return absl::FailedPreconditionError("not to be taken together");
}

// The edits that calls of changed functions need in one body.
using EditCall = bool (*)(const BodyView& view, uint32_t call,
                          const SignatureStep& step, std::vector<Edit>* edits);
using StepsByFunc = std::map<FuncIndex, SignatureStep>;

bool EditCalls(const BodyView& view, const StepsByFunc& steps, EditCall edit,
               TouchedOps* touched, std::vector<Edit>* all) {
  std::vector<Edit> edits;
  for (auto i = static_cast<uint32_t>(view.body.ops.size()); i-- > 0;) {
    const Operator& op = view.body.ops[i];
    if (!IsDirectCall(op.op)) continue;
    const auto step = steps.find(op.index[0]);
    if (step == steps.end()) continue;
    edits.clear();
    if (!edit(view, i, step->second, &edits)) return false;
    // A call in an argument that goes has gone already.
    touched->Take(edits, all);
  }
  return true;
}

// Takes the operators of the argument away.
bool DropArgument(const BodyView& view, uint32_t call,
                  const SignatureStep& step, std::vector<Edit>* edits) {
  const ValueRange argument = view.body.OperandsOf(call)[step.param];
  if (argument.known()) {
    edits->push_back({argument.begin, argument.last + 1, {}});
    return true;
  }
  // What lies on top can be dropped.
  if (step.param + 1 != view.body.shapes[call].num_operands) return false;
  edits->push_back({call, call + 1, {MakeOp(Op::kDrop), view.body.ops[call]}});
  return true;
}

bool MakeResults(const BodyView& view, uint32_t call, const SignatureStep& step,
                 std::vector<Edit>* edits) {
  const Operator& op = view.body.ops[call];
  if (op.op != Op::kCall) return false;
  Edit edit = {call, call + 1, {op}};
  for (ValueType type : view.module.func_type(step.func).results) {
    if (!AppendZero(view.module, type, &edit.with)) return false;
  }
  edits->push_back(std::move(edit));
  return true;
}

// The body with the parameter as the first of its locals, or without it when
// it is not used.
DecodedBody WithoutParam(const DecodedBody& body, uint32_t param) {
  const bool used = UsesLocal(body, param);
  DecodedBody changed;
  changed.num_params = body.num_params - 1;
  changed.locals = body.locals;
  const auto params = changed.locals.begin();
  std::rotate(params + param, params + param + 1, params + body.num_params);
  if (!used) changed.locals.erase(params + body.num_params - 1);
  std::vector<uint32_t> map(body.locals.size());
  for (uint32_t i = 0; i < map.size(); ++i) {
    const bool moves = i > param && (i < body.num_params || !used);
    map[i] = i == param ? body.num_params - 1 : moves ? i - 1 : i;
  }
  changed.ops = body.ops;
  RenumberLocals(map, &changed.ops);
  return changed;
}

absl::StatusOr<Bytes> TakeParams(
    const Subject& subject, const std::vector<std::vector<FuncIndex>>& callers,
    const StepsByFunc& steps) {
  Draft draft(subject);
  std::set<FuncIndex> edited;
  for (const auto& [func, step] : steps) {
    edited.insert(func);
    edited.insert(callers[func].begin(), callers[func].end());
    const wasm::SubType type = subject.module().func_type(func);
    std::vector<ValueType> params = type.params;
    params.erase(params.begin() + step.param);
    draft.module.funcs[func].type = draft.FindFuncType(params, type.results);
  }
  for (FuncIndex func : edited) {
    const DecodedBody& body = subject.bodies()[func];
    TouchedOps touched(body.ops.size());
    std::vector<Edit> edits;
    if (!EditCalls({subject.module(), func, body}, steps, DropArgument,
                   &touched, &edits)) {
      return CannotTake();
    }
    SortEdits(&edits);
    const auto own = steps.find(func);
    if (own == steps.end()) {
      draft.bodies[func] = WriteEdited(body, edits);
      continue;
    }
    draft.bodies[func] =
        WriteEdited(WithoutParam(body, own->second.param), edits);
  }
  return draft.Write();
}

absl::StatusOr<Bytes> TakeResults(
    const Subject& subject, const std::vector<std::vector<FuncIndex>>& callers,
    const StepsByFunc& steps) {
  Draft draft(subject);
  std::set<FuncIndex> edited;
  for (const auto& [func, step] : steps) {
    edited.insert(func);
    edited.insert(callers[func].begin(), callers[func].end());
    const wasm::SubType type = subject.module().func_type(func);
    draft.module.funcs[func].type = draft.FindFuncType(type.params, {});
  }
  for (FuncIndex func : edited) {
    const DecodedBody& body = subject.bodies()[func];
    TouchedOps touched(body.ops.size());
    std::vector<Edit> edits;
    if (!EditCalls({subject.module(), func, body}, steps, MakeResults, &touched,
                   &edits)) {
      return CannotTake();
    }
    if (steps.contains(func)) {
      // Branches and returns may leave more on the stack than they have to.
      const auto end = static_cast<uint32_t>(body.ops.size()) - 1;
      Edit edit = {end, end + 1, {}};
      edit.with.assign(subject.module().func_type(func).results.size(),
                       MakeOp(Op::kDrop));
      edit.with.push_back(body.ops[end]);
      edits.push_back(std::move(edit));
    }
    SortEdits(&edits);
    draft.bodies[func] = WriteEdited(body, edits);
  }
  return draft.Write();
}

using TakeAll = absl::StatusOr<Bytes> (*)(
    const Subject&, const std::vector<std::vector<FuncIndex>>&,
    const StepsByFunc&);

Plan PlanSignatures(const Subject& subject, std::vector<SignatureStep> steps,
                    TakeAll take) {
  const auto shared =
      std::make_shared<std::vector<SignatureStep>>(std::move(steps));
  const auto callers =
      std::make_shared<std::vector<std::vector<FuncIndex>>>(CallersOf(subject));
  return {shared->size(),
          [&subject, shared, callers, take](
              size_t begin, size_t end) -> absl::StatusOr<Bytes> {
            StepsByFunc by_func;
            for (size_t i = begin; i < end; ++i) {
              by_func.try_emplace((*shared)[i].func, (*shared)[i]);
            }
            return WithoutUnusedTypes(take(subject, *callers, by_func));
          }};
}

}  // namespace

Plan PlanParams(const Subject& subject) {
  std::vector<SignatureStep> steps;
  const wasm::Module& module = subject.module();
  for (FuncIndex i = module.num_imported_funcs; i < module.funcs.size(); ++i) {
    const std::vector<ValueType>& params = module.func_type(i).params;
    // The last one is the one that lies on top.
    for (auto k = static_cast<uint32_t>(params.size()); k-- > 0;) {
      if (params[k].is_defaultable()) steps.push_back({i, k});
    }
  }
  return PlanSignatures(subject, std::move(steps), TakeParams);
}

Plan PlanResults(const Subject& subject) {
  std::vector<SignatureStep> steps;
  const wasm::Module& module = subject.module();
  for (FuncIndex i = module.num_imported_funcs; i < module.funcs.size(); ++i) {
    if (!module.func_type(i).results.empty()) steps.push_back({i, 0});
  }
  return PlanSignatures(subject, std::move(steps), TakeResults);
}

}  // namespace weft::check::reducing
