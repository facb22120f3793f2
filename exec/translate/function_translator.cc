// One pass over the operators of a body. When it finds out that it needs
// temporary references or slots beyond 16 bits, which move all others, it
// begins again knowing how many: twice at most for each.
#include "exec/translate/function_translator.h"

#include <algorithm>
#include <limits>
#include <utility>

#include "absl/status/status.h"
#include "exec/translate/metering.h"
#include "ir/wasm/locals.h"

namespace weft::exec {

using wasm::Op;
using wasm::ValueType;

namespace {

// Slots to which far operands are copied: three of two slots, and a result.
constexpr uint32_t kScratchOperands = 8;
constexpr uint32_t kScratchResult = 6;
// Of one function: 2 GiB. Bodies have up to 128 MiB, but a byte of them may
// stand for values of a type that has many.
constexpr uint32_t kMaxCells = 1u << 28;

}  // namespace

absl::StatusOr<std::unique_ptr<FunctionCode>> FunctionTranslator::Translate(
    uint32_t func, Bounds bounds) {
  ref_temps_ = 0;
  scratch_slots_ = 0;
  list_slots_ = 0;
  while (true) {
    const absl::Status status = Attempt(func, bounds);
    if (!status.ok()) return status;
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

absl::Status FunctionTranslator::Attempt(uint32_t func, Bounds bounds) {
  func_ = func;
  bounds_ = bounds;
  const wasm::FuncIndex index = module_.num_imported_funcs + func;
  const wasm::Function& function = module_.funcs[index];
  type_ = &module_.func_type(index);
  result_ = std::make_unique<FunctionCode>();
  result_->func = func;
  encoder_.Clear();
  patches_.clear();
  controls_.clear();
  needs_far_ = false;
  most_list_ = 0;
  wasm::ByteReader reader(function.body, function.body_offset);
  const absl::Status laid_out = LayOut(&reader);
  if (!laid_out.ok()) return laid_out;
  reachable_ = true;
  skipped_ = 0;
  starts_block_ = code_.options().metering;
  charge_cell_ = kNone;
  num_tables_ = 0;
  region_ = kNone;
  ForgetAccs();
  ForgetLast();
  Control& body = controls_.emplace_back();
  body.results = type_->results;
  wasm::OperatorReader operators(reader.rest(), reader.offset(),
                                 wasm::FeatureSet::All());
  wasm::Operator op;
  while (!operators.done()) {
    if (!operators.TryRead(&op)) return operators.status();
    Visit(op);
    if (encoder_.size() > kMaxCells ||
        result_->payload_slots.size() > kMaxCells) {
      return absl::ResourceExhaustedError("function too large for bytecode");
    }
  }
  return absl::OkStatus();
}

void FunctionTranslator::PlaceLocal(ValueType type, uint32_t* next) {
  local_types_.push_back(type);
  local_slots_.push_back(*next);
  if (type.is_ref()) result_->ref_slots.push_back(*next);
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
  std::vector<wasm::LocalGroup> groups;
  const absl::Status status =
      wasm::ReadLocals(reader, wasm::FeatureSet::All(), &groups);
  if (!status.ok()) return status;
  for (const wasm::LocalGroup& group : groups) {
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
  out.cells.reset(new Cell[FunctionCode::kHeaderCells + out.num_cells]);
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
  out.ref_temps_begin = locals_end_;
  out.ref_temps_end = locals_end_ + ref_temps_;
  return std::move(result_);
}

void FunctionTranslator::Visit(const wasm::Operator& op) {
  offset_ = op.offset;
  if (!reachable_ && VisitUnreachable(op)) return;
  if (code_.options().metering && reachable_) ChargeFor(op);
  VisitReachable(op);
}

void FunctionTranslator::ChargeFor(const wasm::Operator& op) {
  if (IsFree(wasm::InfoOf(op.op).op_class)) return;
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
  if (fuse_) {
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
  if (fuse_ && IsLastResult(value) && slot < kNearSlots) {
    encoder_.SetResult(last_.cell, slot);
    if (int_acc_ == slot) int_acc_ = kNone;
    if (float_acc_ == slot) float_acc_ = kNone;
    if (int_acc_ == value.slot) int_acc_ = slot;
    if (float_acc_ == value.slot) float_acc_ = slot;
    // As a counter's next value it is still of interest; see EmitStep.
    last_.result = slot;
    before_ = Last();
  } else if (value.kind != Operand::kLocal || value.local != local) {
    Move(value, slot);
  }
  if (!tee) return;
  if (value.kind == Operand::kConst && fuse_) {
    stack_.PushConst(value.type, value.bits);
  } else {
    VisitLocalGet(local);
    // A null constant, say, is of a smaller type than the local.
    stack_.SetTopType(type);
  }
}

void FunctionTranslator::AddPosition() {
  std::vector<CodePosition>& positions = result_->positions;
  if (!positions.empty() && positions.back().cell == encoder_.size()) {
    positions.back().offset = offset_;
    return;
  }
  positions.push_back({encoder_.size(), offset_});
}

// --- Operands --------------------------------------------------------------

uint32_t FunctionTranslator::SlotOf(const Operand& operand) const {
  return operand.kind == Operand::kLocal ? local_slots_[operand.local]
                                         : operand.slot;
}

void FunctionTranslator::Materialize(const Operand& operand) {
  if (operand.kind != Operand::kTemp) Move(operand, operand.slot);
}

uint32_t FunctionTranslator::ToSlot(const Operand& operand) {
  if (operand.kind == Operand::kConst) Move(operand, operand.slot);
  return SlotOf(operand);
}

void FunctionTranslator::MaterializeAll() {
  for (size_t i = stack_.in_slots(); i < stack_.size(); ++i) {
    const Operand operand = stack_[i];
    if (operand.kind == Operand::kTemp) continue;
    Move(operand, operand.slot);
    if (operand.kind == Operand::kLocal) stack_.ForgetReads(operand.local);
    stack_.SetTemp(i);
  }
  stack_.SetInSlots();
}

// Before `local` is assigned: what was read of it goes to its own slots.
void FunctionTranslator::FlushReads(uint32_t local) {
  uint32_t i = stack_.newest_read(local);
  if (i == Operand::kNone) return;
  for (; i != Operand::kNone; i = stack_[i].older) {
    CopySlots(local_slots_[local], stack_[i].slot, stack_[i].type);
    stack_.SetTemp(i);
  }
  stack_.ForgetReads(local);
}

void FunctionTranslator::Move(const Operand& from, uint32_t to) {
  if (from.kind != Operand::kConst) {
    CopySlots(SlotOf(from), to, from.type);
    return;
  }
  const uint32_t cell = encoder_.size();
  const uint32_t result = ResultSlot(to);
  if (from.bits <= 0xffffffff) {
    encoder_.Emit(IdOf(FixedInstr::kConst32),
                  PackWide(result, 0, static_cast<uint32_t>(from.bits)));
  } else {
    encoder_.Emit(IdOf(FixedInstr::kConst64), Pack(result, 0), from.bits);
  }
  // The instruction leaves it in the accumulator of integers.
  int_acc_ = kNone;
  const bool is_float = from.type.kind() == ValueType::kF32 ||
                        from.type.kind() == ValueType::kF64;
  FinishResult(cell, to, from.type, !is_float);
}

void FunctionTranslator::CopySlots(uint32_t from, uint32_t to, ValueType type) {
  if (from == to) return;
  if (fuse_ && from == int_acc_ && to < kNearSlots && SlotsOfType(type) == 1 &&
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

uint32_t FunctionTranslator::Near(uint32_t slot, uint32_t scratch) {
  if (slot < kNearSlots) return slot;
  needs_far_ = true;
  const uint32_t near = param_slots_ + 2 * scratch;
  encoder_.Emit(IdOf(FixedInstr::kCopyToNear), PackWide(near, 0, slot));
  ForgetLast();
  return near;
}

uint32_t FunctionTranslator::ResultSlot(uint32_t slot) {
  if (slot < kNearSlots) return slot;
  needs_far_ = true;
  return param_slots_ + kScratchResult;
}

// Accumulators no longer mirror what is written over.
void FunctionTranslator::NoteWrite(uint32_t slot, ValueType type) {
  const uint32_t last = slot + SlotsOfType(type) - 1;
  if (int_acc_ == slot || int_acc_ == last) int_acc_ = kNone;
  if (float_acc_ == slot || float_acc_ == last) float_acc_ = kNone;
}

void FunctionTranslator::FinishResult(uint32_t cell, uint32_t slot,
                                      ValueType type, bool through_acc) {
  before_ = last_.end == cell ? last_ : Last();
  last_ = Last();
  last_.int_acc = int_acc_;
  last_.float_acc = float_acc_;
  NoteWrite(slot, type);
  if (through_acc && fuse_) {
    switch (type.kind()) {
      case ValueType::kI32:
      case ValueType::kI64:
        int_acc_ = slot;
        break;
      case ValueType::kF32:
      case ValueType::kF64:
        float_acc_ = slot;
        break;
      default:
        break;
    }
  }
  if (slot < kNearSlots) {
    last_.cell = cell;
    last_.end = encoder_.size();
    last_.result = slot;
    return;
  }
  const uint32_t near = param_slots_ + kScratchResult;
  encoder_.Emit(IdOf(FixedInstr::kCopyToFar), PackWide(near, 0, slot));
  if (SlotsOfType(type) == 2) {
    encoder_.Emit(IdOf(FixedInstr::kCopyToFar),
                  PackWide(near + 1, 0, slot + 1));
  }
}

bool FunctionTranslator::IsAcc(const Operand& operand) const {
  if (!fuse_ || operand.kind == Operand::kConst) return false;
  switch (operand.type.kind()) {
    case ValueType::kI32:
    case ValueType::kI64:
      return SlotOf(operand) == int_acc_;
    case ValueType::kF32:
    case ValueType::kF64:
      return SlotOf(operand) == float_acc_;
    default:
      return false;
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
