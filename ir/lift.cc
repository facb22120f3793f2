// One forward pass over the operators with an abstract stack. Locals are
// resolved to values as they are read; at labels, the arguments of every edge
// are recorded for the candidate locals (see LocalLiveness), and at the label
// those whose values differ become parameters. Branch operands are assembled
// at the end, when every label's parameters are known.
#include "ir/lift.h"

#include <utility>
#include <vector>

#include "ir/lift_builder.h"
#include "ir/op_types.h"
#include "ir/wasm/locals.h"
#include "ir/wasm/operator.h"

namespace weft::ir {

using wasm::BlockType;
using wasm::InfoOf;
using wasm::OpClass;
using wasm::Operator;

namespace {

// Values recorded for edges, in all: a multiple of the largest real bodies.
constexpr size_t kMaxSnapshotValues = size_t{1} << 25;

}  // namespace

// -- Stack and locals ---------------------------------------------------------

void Lifter::Builder::Push(ValueId value) {
  stack_.push_back({value, kNoLocal, ValueId(), BodyId()});
}

void Lifter::Builder::PushLocal(ValueId value, uint32_t local) {
  stack_.push_back({value, local, f_->body(body_).last, body_});
  ++on_stack_[local];
}

Lifter::Builder::Slot Lifter::Builder::PopSlot() {
  const Slot slot = stack_.back();
  stack_.pop_back();
  if (slot.local != kNoLocal) --on_stack_[slot.local];
  return slot;
}

void Lifter::Builder::PopMany(size_t count, std::vector<ValueId>* values) {
  values->resize(count);
  for (size_t i = count; i-- > 0;) (*values)[i] = Pop();
}

void Lifter::Builder::SetCurrent(uint32_t local, ValueId value) {
  undo_.push_back({local, current_[local]});
  current_[local] = value;
}

void Lifter::Builder::Rollback(uint32_t mark) {
  while (undo_.size() > mark) {
    current_[undo_.back().first] = undo_.back().second;
    undo_.pop_back();
  }
}

void Lifter::Builder::GetLocal(uint32_t local) {
  if (liveness_.pinned()[local]) {
    Push(Emit(Op::kLocalGet, f_->local_types[local], {}, local));
  } else {
    PushLocal(current_[local], local);
  }
}

// Whether `value` is the newest instruction, or belongs to the newest group of
// results, so that assigning it to a local happens at once.
bool Lifter::Builder::IsLastDefined(ValueId value) const {
  if (f_->inst(value).body != body_) return false;
  for (ValueId v = f_->body(body_).last; v.valid(); v = f_->inst(v).prev) {
    if (v == value) return true;
    const Op op = f_->inst(v).op;
    if (op != kResult) return false;
  }
  return false;
}

void Lifter::Builder::SetLocal(uint32_t local, bool tee) {
  const Slot slot = PopSlot();
  ValueId value = slot.value;
  if (liveness_.pinned()[local]) {
    const ValueType type = tee ? f_->local_types[local] : ValueType();
    const ValueId set =
        Emit(tee ? Op::kLocalTee : Op::kLocalSet, type, {value}, local);
    if (tee) Push(set);
    return;
  }
  if (slot.local == local && current_[local] == value) {
    // Assigns the local what it holds.
    if (tee) stack_.push_back(slot), ++on_stack_[local];
    return;
  }
  if (on_stack_[local] > 0) SaveStaleReads(local);
  // A label value stays one: its edges need not know of the local. A reference
  // more precise than the local is known as what the local says from here on.
  const ValueType type = f_->local_types[local];
  if (slot.local != kNoLocal || f_->inst(value).local != kNoLocal ||
      f_->inst(value).op == kLabelParam || f_->inst(value).op == kLoopParam ||
      !(f_->inst(value).type == type) || !IsLastDefined(value)) {
    value = Emit(kCopy, type, {value});
  }
  f_->inst(value).local = local;
  SetCurrent(local, value);
  if (tee) PushLocal(value, local);
}

// `local` is about to be assigned while values read from it are on the stack:
// gives these a copy of their own, made where they were read.
void Lifter::Builder::SaveStaleReads(uint32_t local) {
  for (size_t i = stack_.size(); i-- > 0;) {
    Slot& slot = stack_[i];
    if (slot.local != local) continue;
    const ValueId copy = f_->New(kCopy, TypeOf(slot), {slot.value});
    if (slot.after.valid()) {
      f_->InsertAfter(slot.after, copy);
    } else {
      f_->Prepend(slot.body, copy);
    }
    slot = {copy, kNoLocal, ValueId(), BodyId()};
    if (--on_stack_[local] == 0) return;
  }
}

// -- Instructions -------------------------------------------------------------

ValueId Lifter::Builder::Emit(Op op, ValueType type,
                              absl::Span<const ValueId> operands,
                              uint32_t imm) {
  const ValueId id = f_->New(op, type, operands, imm);
  f_->Append(body_, id);
  return id;
}

void Lifter::Builder::EmitResults(ValueId inst,
                                  absl::Span<const ValueType> types) {
  if (types.empty()) return;
  if (types.size() == 1) {
    f_->inst(inst).type = types[0];
    Push(inst);
    return;
  }
  for (uint32_t i = 0; i < types.size(); ++i) {
    Push(Emit(kResult, types[i], {inst}, i));
  }
}

void Lifter::Builder::VisitPlain(const Operator& op) {
  const ValueType top = stack_.empty() ? ValueType() : TypeOf(stack_.back());
  PopMany(NumOperands(*module_, op), &scratch_);
  std::vector<ValueType> results;
  ResultTypes(*module_, *f_, op, scratch_, &results);
  if (op.op == Op::kRefAsNonNull) results[0] = top.AsNonNull();
  if (InfoOf(op.op).op_class == OpClass::kConvertExtern) {
    results[0] = ValueType::Ref(results[0].heap(), top.nullable());
  }
  const ValueId inst =
      Emit(op.op, ValueType(), scratch_, f_->StoreImmediates(op));
  EmitResults(inst, results);
}

void Lifter::Builder::VisitCall(const Operator& op) {
  VisitPlain(op);
  switch (InfoOf(op.op).op_class) {
    case OpClass::kReturnCall:
    case OpClass::kReturnCallIndirect:
    case OpClass::kReturnCallRef:
      Stop();
      break;
    default:
      break;
  }
}

// -- All of it ----------------------------------------------------------------

// Appends the arguments of every edge, now that each label's parameters are
// fixed: kept candidates first, then the explicit label values.
void Lifter::Builder::AssembleBranches() {
  for (const Branch& branch : branches_) {
    const auto own = f_->operands(branch.inst);
    scratch_.assign(own.begin(), own.end());
    for (uint32_t i = 0; i < branch.num_edges; ++i) {
      const Edge& edge = edges_[branch.edges_begin + i];
      const Label& label = labels_[edge.label];
      for (uint32_t column : label.kept) {
        scratch_.push_back(snapshots_[edge.snapshot + column]);
      }
      const uint32_t values =
          edge.snapshot + label.candidates_end - label.candidates_begin;
      for (uint32_t v = 0; v < edge.num_values; ++v) {
        scratch_.push_back(snapshots_[values + v]);
      }
    }
    f_->SetOperands(branch.inst, scratch_);
  }
}

absl::Status Lifter::Builder::Run(const wasm::Module& module,
                                  wasm::FuncIndex func, wasm::ByteSpan body,
                                  uint32_t offset, Function* function,
                                  absl::Span<const wasm::BranchHint> hints) {
  module_ = &module;
  hints_ = hints;
  body_offset_ = offset;
  f_ = function;
  f_->Clear();
  const wasm::SubType& type = module.func_type(func);
  f_->params = type.params;
  f_->results = type.results;
  f_->local_types = type.params;
  wasm::ByteReader reader(body, offset);
  absl::Status status = wasm::ReadLocals(&reader, &f_->local_types);
  if (!status.ok()) return status;
  const uint32_t num_params = static_cast<uint32_t>(f_->params.size());
  const uint32_t num_locals = static_cast<uint32_t>(f_->local_types.size());
  status =
      liveness_.Analyse(module, reader.rest(), reader.offset(), num_locals);
  if (!status.ok()) return status;

  stack_.clear();
  undo_.clear();
  frames_.clear();
  labels_.clear();
  candidates_.clear();
  edges_.clear();
  branches_.clear();
  snapshots_.clear();
  num_opened_ = 0;
  dead_ = false;
  on_stack_.assign(num_locals, 0);
  current_.assign(num_locals, ValueId());
  f_->pinned = liveness_.pinned();

  Frame frame;
  frame.region = f_->NewRegion(RegionKind::kFunction, 1);
  frame.is_region = true;
  frame.results = f_->results;
  frame.label =
      NewLabel(frame.region, static_cast<uint32_t>(f_->results.size()));
  body_ = f_->root_body();
  frame.outer_body = body_;
  frames_.push_back(std::move(frame));
  for (uint32_t i = 0; i < num_locals; ++i) {
    if (f_->pinned[i]) continue;
    current_[i] =
        Emit(i < num_params ? kParam : kDefault, f_->local_types[i], {}, i);
    f_->inst(current_[i]).local = i;
  }

  wasm::OperatorReader operators(reader.rest(), reader.offset(),
                                 module.features);
  Operator op;
  while (!operators.done() && !frames_.empty()) {
    status = operators.Read(&op);
    if (!status.ok()) return status;
    if (snapshots_.size() > kMaxSnapshotValues) {
      return absl::ResourceExhaustedError(
          "limit edge-arguments: too many values flow along branches");
    }
    if (dead_) {
      Skip(op);
      continue;
    }
    switch (InfoOf(op.op).op_class) {
      case OpClass::kNop:
        break;
      case OpClass::kDrop:
        Pop();
        break;
      case OpClass::kLocalGet:
        GetLocal(op.index[0]);
        break;
      case OpClass::kLocalSet:
        SetLocal(op.index[0], false);
        break;
      case OpClass::kLocalTee:
        SetLocal(op.index[0], true);
        break;
      case OpClass::kBlock:
      case OpClass::kLoop:
      case OpClass::kIf:
      case OpClass::kTry:
      case OpClass::kTryTable:
        Open(op);
        break;
      case OpClass::kElse:
      case OpClass::kEnd:
      case OpClass::kCatch:
      case OpClass::kCatchAll:
      case OpClass::kDelegate:
      case OpClass::kBr:
      case OpClass::kBrIf:
      case OpClass::kBrTable:
      case OpClass::kBrOnNull:
      case OpClass::kBrOnNonNull:
      case OpClass::kBrOnCast:
      case OpClass::kReturn:
      case OpClass::kUnreachable:
      case OpClass::kThrow:
      case OpClass::kThrowRef:
      case OpClass::kRethrow:
        VisitControl(op);
        break;
      case OpClass::kCall:
      case OpClass::kCallIndirect:
      case OpClass::kCallRef:
      case OpClass::kReturnCall:
      case OpClass::kReturnCallIndirect:
      case OpClass::kReturnCallRef:
        VisitCall(op);
        break;
      default:
        VisitPlain(op);
        break;
    }
  }
  AssembleBranches();
  return absl::OkStatus();
}

Lifter::Lifter() : builder_(std::make_unique<Builder>()) {}
Lifter::~Lifter() = default;

absl::Status Lifter::Lift(const wasm::Module& module, wasm::FuncIndex func,
                          Function* function) {
  const wasm::Function& source = module.funcs[func];
  return builder_->Run(module, func, source.body, source.body_offset, function,
                       {});
}

absl::Status Lifter::Lift(const wasm::Module& module, wasm::FuncIndex func,
                          wasm::ByteSpan body, uint32_t offset,
                          Function* function,
                          absl::Span<const wasm::BranchHint> hints) {
  return builder_->Run(module, func, body, offset, function, hints);
}

}  // namespace weft::ir
