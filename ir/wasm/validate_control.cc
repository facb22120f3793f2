// Structured control, branches, calls and exceptions.
#include "base/check.h"
#include "ir/wasm/code_validator.h"

namespace weft::wasm {

bool CodeValidator::CheckBlockType(const BlockType& type) {
  switch (type.kind) {
    case BlockType::kEmpty:
      return true;
    case BlockType::kValue:
      return CheckValueType(type.value);
    case BlockType::kTypeIndex:
      return (type.index < module_.types.size() &&
              module_.types[type.index].kind == SubType::kFunc) ||
             Invalid("unknown type");
  }
  return false;
}

CodeValidator::Types CodeValidator::ParamsOf(const Frame& frame) const {
  if (frame.type.kind != BlockType::kTypeIndex) return {};
  return module_.types[frame.type.index].params;
}

CodeValidator::Types CodeValidator::ResultsOf(const Frame& frame) const {
  if (frame.kind == FrameKind::kFunction) return results_;
  switch (frame.type.kind) {
    case BlockType::kEmpty:
      return {};
    case BlockType::kValue:
      return Types(&frame.type.value, 1);
    case BlockType::kTypeIndex:
      return module_.types[frame.type.index].results;
  }
  return {};
}

CodeValidator::Types CodeValidator::LabelTypes(const Frame& frame) const {
  return frame.kind == FrameKind::kLoop ? ParamsOf(frame) : ResultsOf(frame);
}

bool CodeValidator::FindLabel(uint32_t label, const Frame** frame) {
  if (label >= frames_.size()) return Invalid("unknown label");
  *frame = &frames_[frames_.size() - 1 - label];
  return true;
}

void CodeValidator::PushFrame(FrameKind kind, const BlockType& type) {
  Frame& frame = frames_.emplace_back();
  frame.kind = kind;
  frame.type = type;
  frame.height = height_ = static_cast<uint32_t>(stack_.size());
  frame.init_height = static_cast<uint32_t>(inits_.size());
}

// Ends the innermost frame: its results must be on the stack, and nothing
// else. Leaves neither.
bool CodeValidator::PopFrame(Frame* frame) {
  if (!PopAll(ResultsOf(frames_.back()))) return false;
  if (stack_.size() != height_) {
    return Invalid("type mismatch: values remaining on stack at end of block");
  }
  *frame = frames_.back();
  while (inits_.size() > frame->init_height) {
    set_locals_.erase(inits_.back());
    inits_.pop_back();
  }
  frames_.pop_back();
  height_ = frames_.empty() ? 0 : frames_.back().height;
  return true;
}

bool CodeValidator::Open(FrameKind kind, const Operator& op) {
  const BlockType& type = op.block_type;
  if (!CheckBlockType(type)) return false;
  if (type.kind != BlockType::kTypeIndex) {
    if (kind == FrameKind::kTryTable && !CheckCatches(op)) return false;
    PushFrame(kind, type);
    return true;
  }
  const Types params = module_.types[type.index].params;
  if (!PopAll(params)) return false;
  if (kind == FrameKind::kTryTable && !CheckCatches(op)) return false;
  PushFrame(kind, type);
  PushAll(params);
  return true;
}

bool CodeValidator::VisitElse() {
  Frame frame;
  if (frames_.back().kind != FrameKind::kIf) {
    return Invalid("else without if");
  }
  if (!PopFrame(&frame)) return false;
  PushFrame(FrameKind::kElse, frame.type);
  PushAll(ParamsOf(frame));
  return true;
}

bool CodeValidator::VisitEnd() {
  Frame frame;
  if (!PopFrame(&frame)) return false;
  if (frame.kind == FrameKind::kIf) {
    // The missing arm passes its parameters on.
    const Types params = ParamsOf(frame);
    const Types results = ResultsOf(frame);
    if (params.size() != results.size()) {
      return Invalid("type mismatch: if without else must not change types");
    }
    for (size_t i = 0; i < params.size(); ++i) {
      if (!Matches(params[i], results[i])) {
        return Mismatch(results[i], params[i]);
      }
    }
  }
  PushAll(ResultsOf(frame));
  return true;
}

bool CodeValidator::VisitException(const Operator& op) {
  if (op.op == Op::kCatch) return VisitCatch(op);
  if (op.op == Op::kCatchAll) return VisitCatchAll();
  if (op.op == Op::kDelegate) return VisitDelegate(op);
  if (op.op == Op::kRethrow) return VisitRethrow(op);
  if (op.op == Op::kThrow) return VisitThrow(op);
  WEFT_DCHECK(op.op == Op::kThrowRef);
  if (!Pop(ValueType::Ref(HeapType::kExn, true))) return false;
  SetUnreachable();
  return true;
}

bool CodeValidator::VisitCatch(const Operator& op) {
  Frame frame;
  const FrameKind kind = frames_.back().kind;
  if (kind != FrameKind::kTry && kind != FrameKind::kCatch) {
    return Invalid("catch without try");
  }
  if (!PopFrame(&frame)) return false;
  if (op.index[0] >= module_.tags.size()) return Invalid("unknown tag");
  PushFrame(FrameKind::kCatch, frame.type);
  PushAll(module_.types[module_.tags[op.index[0]].type].params);
  return true;
}

bool CodeValidator::VisitCatchAll() {
  Frame frame;
  const FrameKind kind = frames_.back().kind;
  if (kind != FrameKind::kTry && kind != FrameKind::kCatch) {
    return Invalid("catch_all without try");
  }
  if (!PopFrame(&frame)) return false;
  PushFrame(FrameKind::kCatchAll, frame.type);
  return true;
}

bool CodeValidator::VisitDelegate(const Operator& op) {
  Frame frame;
  const Frame* target;
  if (frames_.back().kind != FrameKind::kTry) {
    return Invalid("delegate without try");
  }
  if (!PopFrame(&frame) || !FindLabel(op.index[0], &target)) return false;
  PushAll(ResultsOf(frame));
  return true;
}

bool CodeValidator::VisitRethrow(const Operator& op) {
  const Frame* frame;
  if (!FindLabel(op.index[0], &frame)) return false;
  if (frame->kind != FrameKind::kCatch && frame->kind != FrameKind::kCatchAll) {
    return Invalid("invalid rethrow label");
  }
  SetUnreachable();
  return true;
}

bool CodeValidator::VisitThrow(const Operator& op) {
  if (op.index[0] >= module_.tags.size()) return Invalid("unknown tag");
  const SubType& type = module_.types[module_.tags[op.index[0]].type];
  if (!PopAll(type.params)) return false;
  SetUnreachable();
  return true;
}

// Clauses are typed outside of the block that they belong to.
bool CodeValidator::CheckCatches(const Operator& op) {
  constexpr ValueType kExnRef = ValueType::Ref(HeapType::kExn, false);
  for (const CatchClause& clause : op.catches) {
    const Frame* frame;
    if (!FindLabel(clause.label, &frame)) return false;
    Types params;
    if (clause.has_tag()) {
      if (clause.tag >= module_.tags.size()) return Invalid("unknown tag");
      params = module_.types[module_.tags[clause.tag].type].params;
    }
    const Types expected = LabelTypes(*frame);
    if (expected.size() != params.size() + (clause.has_ref() ? 1 : 0)) {
      return Invalid("type mismatch: catch clause and its label");
    }
    for (size_t i = 0; i < expected.size(); ++i) {
      const ValueType actual = i < params.size() ? params[i] : kExnRef;
      if (!Matches(actual, expected[i])) return Mismatch(expected[i], actual);
    }
  }
  return true;
}

bool CodeValidator::VisitBr(const Operator& op) {
  const Frame* frame;
  if (!FindLabel(op.index[0], &frame) || !PopAll(LabelTypes(*frame))) {
    return false;
  }
  SetUnreachable();
  return true;
}

bool CodeValidator::VisitBrIf(const Operator& op) {
  const Frame* frame;
  if (!FindLabel(op.index[0], &frame) || !Pop(ValueType::kI32)) return false;
  const Types types = LabelTypes(*frame);
  if (!PopAll(types)) return false;
  PushAll(types);
  return true;
}

bool CodeValidator::VisitBrTable(const Operator& op) {
  const Frame* last;
  if (!Pop(ValueType::kI32) || !FindLabel(op.labels.back(), &last)) {
    return false;
  }
  const size_t arity = LabelTypes(*last).size();
  for (uint32_t label : op.labels) {
    if (label >= frames_.size()) return Invalid("unknown label");
    Frame& frame = frames_[frames_.size() - 1 - label];
    if (frame.table_offset == op.offset) continue;  // Checked already.
    frame.table_offset = op.offset;
    const Types types = LabelTypes(frame);
    if (types.size() != arity) {
      return Invalid("type mismatch: labels of different arity");
    }
    if (!CheckTop(types)) return false;
  }
  SetUnreachable();
  return true;
}

bool CodeValidator::VisitBrOn(const Operator& op) {
  if (op.op == Op::kBrOnNull) return VisitBrOnNull(op);
  if (op.op == Op::kBrOnNonNull) return VisitBrOnNonNull(op);
  return VisitBrOnCast(op);
}

bool CodeValidator::VisitBrOnNull(const Operator& op) {
  const Frame* frame;
  ValueType ref;
  if (!FindLabel(op.index[0], &frame) || !PopRef(&ref)) return false;
  const Types types = LabelTypes(*frame);
  if (!PopAll(types)) return false;
  PushAll(types);
  Push(ref.AsNonNull());
  return true;
}

bool CodeValidator::VisitBrOnNonNull(const Operator& op) {
  const Frame* frame;
  if (!FindLabel(op.index[0], &frame)) return false;
  Types types = LabelTypes(*frame);
  if (types.empty() || !types.back().is_ref()) {
    return Invalid("type mismatch: label must end in a reference");
  }
  if (!Pop(types.back().AsNullable())) return false;
  types.remove_suffix(1);
  if (!PopAll(types)) return false;
  PushAll(types);
  return true;
}

bool CodeValidator::VisitBrOnCast(const Operator& op) {
  const Frame* frame;
  if (!FindLabel(op.index[1], &frame) || !CheckHeap(op.heap[0]) ||
      !CheckHeap(op.heap[1])) {
    return false;
  }
  const ValueType source = ValueType::Ref(op.heap[0], (op.index[0] & 1) != 0);
  const ValueType target = ValueType::Ref(op.heap[1], (op.index[0] & 2) != 0);
  if (!Matches(target, source)) return Mismatch(source, target);
  Types types = LabelTypes(*frame);
  if (types.empty() || !types.back().is_ref()) {
    return Invalid("type mismatch: label must end in a reference");
  }
  // What is left of the source when the cast fails.
  const ValueType rest = target.nullable() ? source.AsNonNull() : source;
  const bool branches_on_success = op.op == Op::kBrOnCast;
  const ValueType sent = branches_on_success ? target : rest;
  if (!Matches(sent, types.back())) return Mismatch(types.back(), sent);
  types.remove_suffix(1);
  if (!Pop(source) || !PopAll(types)) return false;
  PushAll(types);
  Push(branches_on_success ? rest : target);
  return true;
}

// The signature that a call of any kind has; pops what selects the callee.
bool CodeValidator::FindCallee(const Operator& op, const SubType** type) {
  if (op.op == Op::kCall || op.op == Op::kReturnCall) {
    if (op.index[0] >= module_.funcs.size()) return Invalid("unknown function");
    *type = &module_.types[module_.funcs[op.index[0]].type];
    return true;
  }
  if (op.op == Op::kCallIndirect || op.op == Op::kReturnCallIndirect) {
    constexpr ValueType kFuncRef = ValueType::Ref(HeapType::kFunc, true);
    ValueType address;
    if (!CheckTable(op.index[1], &address)) return false;
    const ValueType element = module_.tables[op.index[1]].type.element;
    if (!Matches(element, kFuncRef)) return Mismatch(kFuncRef, element);
    return FindType(op.index[0], SubType::kFunc, type) && Pop(address);
  }
  WEFT_DCHECK(op.op == Op::kCallRef || op.op == Op::kReturnCallRef);
  return FindType(op.index[0], SubType::kFunc, type) &&
         Pop(ValueType::Ref(HeapType::Defined(op.index[0]), true));
}

bool CodeValidator::VisitCall(const Operator& op) {
  const SubType* type;
  if (!FindCallee(op, &type) || !PopAll(type->params)) return false;
  PushAll(type->results);
  return true;
}

bool CodeValidator::VisitReturnCall(const Operator& op) {
  const SubType* type;
  if (!FindCallee(op, &type)) return false;
  if (type->results.size() != results_.size()) {
    return Invalid("type mismatch: results of a tail call");
  }
  for (size_t i = 0; i < results_.size(); ++i) {
    if (!Matches(type->results[i], results_[i])) {
      return Mismatch(results_[i], type->results[i]);
    }
  }
  if (!PopAll(type->params)) return false;
  SetUnreachable();
  return true;
}

}  // namespace weft::wasm
