// One pass over the operators of a body. When it finds out that it needs
// temporary references or slots beyond 16 bits, which move all others, it
// begins again knowing how many: twice at most for each.
#include "exec/translate/function_translator.h"

#include <algorithm>
#include <limits>
#include <utility>

#include "absl/status/status.h"
#include "exec/translate/metering.h"
#include "exec/translate/simple_op.h"
#include "ir/wasm/locals.h"
#include "ir/wasm/validator.h"

namespace weft::exec {

using wasm::Op;
using wasm::ValueType;

namespace {

// Of one function: 2 GiB. Bodies have up to 128 MiB, but a byte of them may
// stand for values of a type that has many.
constexpr uint32_t kMaxCells = 1u << 28;
// Between two looks at limits.
constexpr int kOperatorsAtOnce = 1024;

}  // namespace

absl::StatusOr<std::unique_ptr<FunctionCode>> FunctionTranslator::Translate(
    uint32_t func, Bounds bounds, const std::atomic<uint32_t>* interrupt,
    wasm::BodyValidator* validator) {
  interrupt_ = interrupt;
  ref_temps_ = 0;
  scratch_slots_ = 0;
  list_slots_ = 0;
  while (true) {
    const absl::Status status = Attempt(func, bounds, validator);
    if (!status.ok()) return status;
    validator = nullptr;  // Once is enough.
    const uint32_t refs = stack_.most().refs;
    const bool more_lists = needs_far_ && most_list_ > list_slots_;
    if (refs <= ref_temps_ && !more_lists &&
        (!needs_far_ || scratch_slots_ != 0)) {
      break;
    }
    ref_temps_ = std::max(ref_temps_, refs);
    if (needs_far_) {
      list_slots_ = std::max(list_slots_, most_list_);
      scratch_slots_ = kScratchOperands + list_slots_;
    }
  }
  return Finish();
}

absl::Status FunctionTranslator::Attempt(uint32_t func, Bounds bounds,
                                         wasm::BodyValidator* validator) {
  func_ = func;
  bounds_ = bounds;
  const wasm::FuncIndex index = module_.num_imported_funcs + func;
  const wasm::Function& function = module_.funcs[index];
  type_ = &module_.func_type(index);
  result_ = std::make_unique<FunctionCode>();
  result_->func = func;
  encoder_.Clear();
  patches_.clear();
  positions_.clear();
  controls_.clear();
  needs_far_ = false;
  most_list_ = 0;
  if (validator != nullptr && !validator->Begin(index)) {
    return validator->status();
  }
  wasm::ByteReader reader(function.body, function.body_offset);
  const absl::Status laid_out = LayOut(&reader);
  if (!laid_out.ok()) return laid_out;
  reachable_ = true;
  skipped_ = 0;
  starts_block_ = metering_;
  charge_cell_ = kNone;
  num_tables_ = 0;
  region_ = kNone;
  ForgetAccs();
  ForgetLast();
  Control& body = controls_.emplace_back();
  body.results = type_->results;
  wasm::OperatorReader operators(reader.rest(), reader.offset(),
                                 module_.features);
  return TranslateOperators(&operators, validator);
}

absl::Status FunctionTranslator::TranslateOperators(
    wasm::OperatorReader* operators, wasm::BodyValidator* validator) {
  wasm::Operator op;
  while (!operators->done()) {
    for (int i = 0; i < kOperatorsAtOnce && !operators->done(); ++i) {
      if (validator != nullptr) {
        if (!validator->Next(operators, &op)) return validator->status();
      } else if (!operators->TryRead(&op)) {
        return operators->status();
      }
      offset_ = op.offset;
      if (reachable_ && !metering_) {
        VisitReachable(op);
      } else {
        Visit(op);
      }
    }
    const absl::Status limits = Limits();
    if (limits.ok()) continue;
    // That it is invalid matters more.
    if (validator != nullptr && !validator->End(operators)) break;
    return limits;
  }
  if (validator == nullptr || validator->End(operators)) {
    return absl::OkStatus();
  }
  return validator->status();
}

absl::Status FunctionTranslator::Limits() const {
  if (encoder_.size() > kMaxCells) {
    return absl::ResourceExhaustedError("function too large for bytecode");
  }
  if (interrupt_ != nullptr &&
      interrupt_->load(std::memory_order_relaxed) != 0) {
    return absl::CancelledError("interrupted");
  }
  return absl::OkStatus();
}

void FunctionTranslator::PlaceLocal(ValueType type, uint32_t* next) {
  local_types_.push_back(type);
  local_slots_.push_back(*next);
  if (type.is_ref()) {
    std::vector<SlotRange>& refs = result_->ref_slots;
    if (refs.empty() || refs.back().end != *next)
      refs.push_back({*next, *next});
    ++refs.back().end;
  }
  *next += SlotsOfType(type);
}

absl::Status FunctionTranslator::LayOut(wasm::ByteReader* reader) {
  local_types_.clear();
  local_slots_.clear();
  uint32_t next = 0;
  for (const ValueType type : type_->params) PlaceLocal(type, &next);
  param_slots_ = next;
  next += scratch_slots_;
  if (code_.options().far_slots) next = std::max(next, kNearSlots);
  locals_begin_ = next;
  const absl::Status status =
      wasm::ReadLocals(reader, wasm::FeatureSet::All(), &local_groups_);
  if (!status.ok()) return status;
  for (const wasm::LocalGroup& group : local_groups_) {
    for (uint32_t i = 0; i < group.count; ++i) PlaceLocal(group.type, &next);
  }
  // Never 0: the frame of a callee begins behind it, and frames have to grow.
  locals_end_ = std::max(next, 1u);
  stack_.Reset(static_cast<uint32_t>(local_types_.size()), locals_end_,
               locals_end_ + ref_temps_);
  return absl::OkStatus();
}

std::unique_ptr<FunctionCode> FunctionTranslator::Finish() {
  FunctionCode& out = *result_;
  out.num_cells = encoder_.size();
  out.cells = {arena_->Allocate(FunctionCode::kHeaderCells + out.num_cells),
               CellsDeleter{.owned = false}};
  uint32_t result_slots = 0;
  for (const ValueType type : type_->results) result_slots += SlotsOfType(type);
  CodeHeader header;
  header.func = func_;
  // One slot more than is named: some copies take two.
  header.frame_slots =
      std::max(result_slots, locals_end_ + ref_temps_ + stack_.most().numbers) +
      2;
  header.zero_begin = locals_begin_;
  header.zero_slots = locals_end_ + ref_temps_ - locals_begin_;
  std::memcpy(out.cells.get(), &header, sizeof(header));
  std::copy(encoder_.cells().begin(), encoder_.cells().end(),
            out.cells.get() + FunctionCode::kHeaderCells);
  out.positions.assign(positions_.begin(), positions_.end());
  out.ref_temps_begin = locals_end_;
  out.ref_temps_end = locals_end_ + ref_temps_;
  return std::move(result_);
}

void FunctionTranslator::Visit(const wasm::Operator& op) {
  if (!reachable_ && VisitUnreachable(op)) return;
  if (metering_ && reachable_) ChargeFor(op);
  VisitReachable(op);
}

void FunctionTranslator::VisitReachable(const wasm::Operator& op) {
  switch (SimpleOf(op.op).way) {
    case SimpleOp::kNotSimple:
      // Many operators are this one.
      if (op.op == Op::kLocalGet) return VisitLocalGet(op.index[0]);
      return VisitStructural(op);
    case SimpleOp::kFormless:
      return VisitFormless(op);
    case SimpleOp::kInSlots:
      return VisitInSlots(op);
    case SimpleOp::kUnary:
      return VisitUnary(op.op);
    case SimpleOp::kBinary:
      return VisitBinary(op.op);
    case SimpleOp::kLoad:
      return VisitLoad(op);
    case SimpleOp::kStore:
      return VisitStore(op);
    case SimpleOp::kFar:
      return VisitFar(op);
  }
}

void FunctionTranslator::ChargeFor(const wasm::Operator& op) {
  if (IsFree(wasm::ClassOf(op.op))) return;
  if (starts_block_) {
    starts_block_ = false;
    AddPosition();
    charge_cell_ = encoder_.size();
    if (code_.options().count_blocks) {
      encoder_.Emit(IdOf(FixedInstr::kChargeAndCount),
                    PackWide(0, 0, op.offset - CodeBegin(module_)));
    } else {
      encoder_.Emit(IdOf(FixedInstr::kCharge), 0);
    }
    ForgetLast();
  }
  encoder_.SetOperandCell(charge_cell_, encoder_.OperandCell(charge_cell_) + 1);
  if (EndsBlock(op.op)) starts_block_ = true;
}

void FunctionTranslator::VisitLocalGet(uint32_t local) {
  const ValueType type = local_types_[local];
  if (Fuses(Fusion::kLocals)) {
    stack_.PushLocal(type, local);
    return;
  }
  CopySlots(local_slots_[local], stack_.PushTemp(type), type);
}

void FunctionTranslator::VisitLocalSet(uint32_t local, bool tee) {
  const Operand value = stack_.Pop();
  const uint32_t slot = local_slots_[local];
  const ValueType type = local_types_[local];
  FlushReads(local);
  if (Fuses(Fusion::kResults) && IsLastResult(value) && slot < kNearSlots) {
    encoder_.SetResult(last_.cell, slot);
    if (int_acc_ == slot) int_acc_ = kNone;
    if (float_acc_ == slot) float_acc_ = kNone;
    if (int_acc_ == value.slot()) int_acc_ = slot;
    if (float_acc_ == value.slot()) float_acc_ = slot;
    // As a counter's next value it is still of interest; see EmitStep.
    last_.result = slot;
    before_ = Last();
  } else if (value.kind() != Operand::kLocal || value.local() != local) {
    Move(value, slot);
  }
  if (!tee) return;
  if (value.kind() == Operand::kConst) {
    stack_.PushConst(value.type(), value.bits());
  } else {
    VisitLocalGet(local);
    // A null constant, say, is of a smaller type than the local.
    stack_.SetTopType(type);
  }
}

void FunctionTranslator::PushConst(ValueType type, uint64_t bits) {
  if (Fuses(Fusion::kConstants)) return stack_.PushConst(type, bits);
  const uint32_t slot = stack_.PushTemp(type);
  Move(Operand::Const(type, slot, bits), slot);
}

void FunctionTranslator::AddPosition() {
  if (!positions_.empty() && positions_.back().cell == encoder_.size()) {
    positions_.back().offset = offset_;
    return;
  }
  positions_.push_back({encoder_.size(), offset_});
}

// --- Operands --------------------------------------------------------------

void FunctionTranslator::Materialize(Operand operand) {
  if (operand.kind() != Operand::kTemp) Move(operand, operand.slot());
}

void FunctionTranslator::MaterializeAll() {
  for (size_t i = stack_.in_slots(); i < stack_.size(); ++i) {
    const Operand operand = stack_[i];
    if (operand.kind() == Operand::kTemp) continue;
    Move(operand, operand.slot());
    if (operand.kind() == Operand::kLocal) stack_.ForgetReads(operand.local());
    stack_.SetTemp(i);
  }
  stack_.SetInSlots();
}

// Before `local` is assigned: what was read of it goes to its own slots.
void FunctionTranslator::FlushReads(uint32_t local) {
  uint32_t i = stack_.newest_read(local);
  if (i == OperandStack::kNone) return;
  for (; i != OperandStack::kNone; i = stack_.older_read(i)) {
    CopySlots(local_slots_[local], stack_[i].slot(), stack_[i].type());
    stack_.SetTemp(i);
  }
  stack_.ForgetReads(local);
}

void FunctionTranslator::Move(Operand from, uint32_t to) {
  if (from.kind() != Operand::kConst) {
    CopySlots(SlotOf(from), to, from.type());
    return;
  }
  const uint32_t cell = encoder_.size();
  const uint32_t result = ResultSlot(to);
  if (from.bits() <= 0xffffffff) {
    encoder_.Emit(IdOf(FixedInstr::kConst32),
                  PackWide(result, 0, static_cast<uint32_t>(from.bits())));
  } else {
    encoder_.Emit(IdOf(FixedInstr::kConst64), Pack(result, 0), from.bits());
  }
  // The instruction leaves it in the accumulator of integers.
  int_acc_ = kNone;
  const bool is_float = from.type().kind() == ValueType::kF32 ||
                        from.type().kind() == ValueType::kF64;
  FinishResult(cell, to, from.type(), !is_float);
}

void FunctionTranslator::CopySlots(uint32_t from, uint32_t to, ValueType type) {
  if (from == to) return;
  if (from == int_acc_ && to < kNearSlots && SlotsOfType(type) == 1 &&
      !type.is_ref()) {
    encoder_.Emit(IdOf(FixedInstr::kCopyAcc), Pack(to, 0));
  } else {
    const bool wide = SlotsOfType(type) == 2;
    const uint32_t near = Near(from, 0);
    const uint32_t result = ResultSlot(to);
    encoder_.Emit(IdOf(wide ? FixedInstr::kCopyV128 : FixedInstr::kCopy),
                  Pack(result, near));
    if (result != to) {
      encoder_.Emit(IdOf(FixedInstr::kCopyToFar), PackWide(result, 0, to));
      if (wide) {
        encoder_.Emit(IdOf(FixedInstr::kCopyToFar),
                      PackWide(result + 1, 0, to + 1));
      }
    }
  }
  NoteWrite(to, type);
  ForgetLast();
}

void FunctionTranslator::CopyRange(uint32_t from, uint32_t to, uint32_t slots) {
  if (from == to || slots == 0) return;
  encoder_.EmitFields(IdOf(FixedInstr::kCopyRange), {to, from, slots});
  ForgetAccs();
  ForgetLast();
}

uint32_t FunctionTranslator::CopyNear(uint32_t slot, uint32_t scratch) {
  needs_far_ = true;
  const uint32_t near = param_slots_ + 2 * scratch;
  encoder_.Emit(IdOf(FixedInstr::kCopyToNear), PackWide(near, 0, slot));
  ForgetLast();
  return near;
}

void FunctionTranslator::FinishResult(uint32_t cell, uint32_t slot,
                                      ValueType type, bool through_acc) {
  before_ = last_;
  if (before_.end != cell) before_.cell = before_.end = kNone;
  last_ = Last();
  last_.int_acc = int_acc_;
  last_.float_acc = float_acc_;
  NoteWrite(slot, type);
  if (through_acc && Fuses(Fusion::kAccumulators)) {
    const ValueType::Kind kind = type.kind();
    if (kind <= ValueType::kI64) {
      int_acc_ = slot;
    } else if (kind <= ValueType::kF64) {
      float_acc_ = slot;
    }
  }
  if (slot >= kNearSlots) return CopyResultFar(slot, type);
  last_.cell = cell;
  last_.end = encoder_.size();
  last_.result = slot;
}

void FunctionTranslator::CopyResultFar(uint32_t slot, ValueType type) {
  const uint32_t near = param_slots_ + kScratchResult;
  encoder_.Emit(IdOf(FixedInstr::kCopyToFar), PackWide(near, 0, slot));
  if (SlotsOfType(type) == 2) {
    encoder_.Emit(IdOf(FixedInstr::kCopyToFar),
                  PackWide(near + 1, 0, slot + 1));
  }
}

void FunctionTranslator::UndoLast() {
  encoder_.Truncate(last_.cell);
  int_acc_ = last_.int_acc;
  float_acc_ = last_.float_acc;
  last_ = before_;
  before_ = Last();
}

// Entry `index` of a list that names `slot`.
uint16_t FunctionTranslator::ListSlot(uint32_t slot, uint32_t index) {
  // Near ones count, too: they may be far in the next attempt, for which there
  // shall be no third.
  most_list_ = std::max(most_list_, 2 * (index + 1));
  if (slot < kNearSlots) return static_cast<uint16_t>(slot);
  needs_far_ = true;
  if (scratch_slots_ == 0) return 0;  // This attempt is in vain.
  const uint32_t near = param_slots_ + kScratchOperands + 2 * index;
  encoder_.Emit(IdOf(FixedInstr::kCopyToNear), PackWide(near, 0, slot));
  ForgetLast();
  return static_cast<uint16_t>(near);
}

}  // namespace weft::exec
