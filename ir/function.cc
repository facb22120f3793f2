// Storage of the structured SSA form. All stores are dense vectors that keep
// their capacity between functions, so that a worker thread allocates only
// when it meets a function larger than all before.
#include "ir/function.h"

#include <algorithm>

namespace weft::ir {

using wasm::ImmediateKind;
using wasm::InfoOf;

namespace {

// 64-bit slots that an immediate takes in the pool.
int SlotsOf(ImmediateKind kind) {
  switch (kind) {
    case ImmediateKind::kMemArg:
    case ImmediateKind::kV128:
    case ImmediateKind::kLanes16:
      return 2;
    case ImmediateKind::kValueTypes:
      return 0;  // select: Inst::type says it.
    default:
      return 1;
  }
}

bool IsDirect(absl::Span<const ImmediateKind> kinds) {
  if (kinds.size() != 1) return kinds.empty();
  switch (kinds[0]) {
    case ImmediateKind::kMemArg:
    case ImmediateKind::kI64:
    case ImmediateKind::kF64:
    case ImmediateKind::kV128:
    case ImmediateKind::kLanes16:
      return false;
    default:
      return true;
  }
}

int SlotCount(absl::Span<const ImmediateKind> kinds) {
  int count = 0;
  for (ImmediateKind kind : kinds) count += SlotsOf(kind);
  return count;
}

uint64_t Mix(uint64_t h, uint64_t v) {
  h ^= v + 0x9e3779b97f4a7c15u + (h << 6) + (h >> 2);
  h *= 0xff51afd7ed558ccdu;
  return h ^ (h >> 32);
}

// Hands each immediate of `op` to `visit(slot_value&)` in table order; shared
// by storing and loading so that the two cannot drift apart.
template <typename Oper, typename Visit>
void VisitSlots(absl::Span<const ImmediateKind> kinds, Oper& op, Visit visit) {
  int next_index = 0;
  int next_heap = 0;
  for (ImmediateKind kind : kinds) {
    switch (kind) {
      case ImmediateKind::kMemArg:
        visit.MemArg(op.mem);
        break;
      case ImmediateKind::kV128:
      case ImmediateKind::kLanes16:
        visit.U64(op.value);
        visit.U64(op.value_high);
        break;
      case ImmediateKind::kI32:
      case ImmediateKind::kI64:
      case ImmediateKind::kF32:
      case ImmediateKind::kF64:
        visit.U64(op.value);
        break;
      case ImmediateKind::kHeapType:
        visit.Heap(op.heap[next_heap++]);
        break;
      case ImmediateKind::kValueTypes:
        break;
      default:
        visit.U32(op.index[next_index++]);
        break;
    }
  }
}

struct SlotWriter {
  std::vector<uint64_t>* out;
  void U64(uint64_t v) { out->push_back(v); }
  void U32(uint32_t v) { out->push_back(v); }
  void Heap(wasm::HeapType h) { out->push_back(h.bits()); }
  void MemArg(const wasm::MemArg& m) {
    out->push_back(m.offset);
    out->push_back(uint64_t{m.memory} << 8 | m.align_log2);
  }
};

struct SlotReader {
  const uint64_t* in;
  void U64(uint64_t& v) { v = *in++; }
  void U32(uint32_t& v) { v = static_cast<uint32_t>(*in++); }
  void Heap(wasm::HeapType& h) {
    h = wasm::HeapType::FromBits(static_cast<uint32_t>(*in++));
  }
  void MemArg(wasm::MemArg& m) {
    m.offset = *in++;
    m.memory = static_cast<uint32_t>(*in >> 8);
    m.align_log2 = static_cast<uint8_t>(*in & 0xff);
    ++in;
  }
};

struct DirectWriter {
  uint32_t* out;
  void U64(uint64_t v) { *out = static_cast<uint32_t>(v); }
  void U32(uint32_t v) { *out = v; }
  void Heap(wasm::HeapType h) { *out = h.bits(); }
  void MemArg(const wasm::MemArg&) {}
};

struct DirectReader {
  uint32_t in;
  void U64(uint64_t& v) { v = in; }
  void U32(uint32_t& v) { v = in; }
  void Heap(wasm::HeapType& h) { h = wasm::HeapType::FromBits(in); }
  void MemArg(wasm::MemArg&) {}
};

}  // namespace

void Function::Clear() {
  params.clear();
  results.clear();
  local_types.clear();
  pinned.clear();
  branch_tables.clear();
  cast_branches.clear();
  hints.clear();
  insts_.clear();
  operands_.clear();
  slots_.clear();
  regions_.clear();
  bodies_.clear();
}

RegionId Function::NewRegion(RegionKind kind, uint32_t num_bodies) {
  RegionId id(num_regions());
  regions_.emplace_back();
  Region& region = regions_.back();
  region.kind = kind;
  region.first_body = BodyId(num_bodies == 0 ? num_bodies : this->num_bodies());
  region.num_bodies = 0;
  for (uint32_t i = 0; i < num_bodies; ++i) AddBody(id);
  return id;
}

void Function::AddBody(RegionId id) {
  Region& region = regions_[id.index];
  if (region.num_bodies == 0) region.first_body = BodyId(num_bodies());
  if (region.first_body.index + region.num_bodies != num_bodies()) {
    // Bodies of a region are consecutive: move them to the end of the store.
    const uint32_t begin = region.first_body.index;
    region.first_body = BodyId(num_bodies());
    for (uint32_t i = 0; i < region.num_bodies; ++i) {
      const BodyId moved(num_bodies());
      const Body body = bodies_[begin + i];
      bodies_.push_back(body);
      for (ValueId v = body.first; v.valid(); v = insts_[v.index].next) {
        insts_[v.index].body = moved;
      }
      bodies_[begin + i] = Body{};
    }
  }
  bodies_.push_back(Body{{}, {}, id});
  ++region.num_bodies;
}

ValueId Function::New(Op op, ValueType type, absl::Span<const ValueId> operands,
                      uint32_t imm) {
  ValueId id(num_insts());
  insts_.emplace_back();
  Inst& inst = insts_.back();
  inst.op = op;
  inst.type = type;
  inst.imm = imm;
  SetOperands(id, operands);
  return id;
}

void Function::Append(BodyId body_id, ValueId id) {
  Body& body = bodies_[body_id.index];
  Inst& inst = insts_[id.index];
  inst.body = body_id;
  inst.prev = body.last;
  inst.next = ValueId();
  if (body.last.valid()) {
    insts_[body.last.index].next = id;
  } else {
    body.first = id;
  }
  body.last = id;
}

void Function::Prepend(BodyId body_id, ValueId id) {
  const ValueId first = bodies_[body_id.index].first;
  if (first.valid()) {
    InsertBefore(first, id);
  } else {
    Append(body_id, id);
  }
}

void Function::InsertBefore(ValueId where, ValueId id) {
  Inst& next = insts_[where.index];
  Inst& inst = insts_[id.index];
  inst.body = next.body;
  inst.next = where;
  inst.prev = next.prev;
  if (next.prev.valid()) {
    insts_[next.prev.index].next = id;
  } else {
    bodies_[next.body.index].first = id;
  }
  next.prev = id;
}

void Function::InsertAfter(ValueId where, ValueId id) {
  const ValueId next = insts_[where.index].next;
  if (next.valid()) {
    InsertBefore(next, id);
  } else {
    Append(insts_[where.index].body, id);
  }
}

void Function::Unlink(ValueId id) {
  Inst& inst = insts_[id.index];
  Body& body = bodies_[inst.body.index];
  if (inst.prev.valid()) {
    insts_[inst.prev.index].next = inst.next;
  } else {
    body.first = inst.next;
  }
  if (inst.next.valid()) {
    insts_[inst.next.index].prev = inst.prev;
  } else {
    body.last = inst.prev;
  }
  inst.prev = ValueId();
  inst.next = ValueId();
}

void Function::Delete(ValueId id) {
  Unlink(id);
  Inst& inst = insts_[id.index];
  inst.op = kDeleted;
  inst.short_count = 0;
}

void Function::SetOperands(ValueId id, absl::Span<const ValueId> operands) {
  Inst& inst = insts_[id.index];
  const uint32_t count = static_cast<uint32_t>(operands.size());
  const bool is_long = count >= kLongCount;
  if (count <= num_operands(id)) {
    std::copy(operands.begin(), operands.end(),
              operands_.begin() + inst.operands_begin);
  } else {
    inst.operands_begin =
        static_cast<uint32_t>(operands_.size()) + (is_long ? 1 : 0);
    // `operands` may be a slice of the pool, which is about to move.
    const bool own = operands.data() >= operands_.data() &&
                     operands.data() < operands_.data() + operands_.size();
    const size_t from = own ? operands.data() - operands_.data() : 0;
    operands_.resize(inst.operands_begin + count);
    const ValueId* source = own ? operands_.data() + from : operands.data();
    std::copy_n(source, count, operands_.begin() + inst.operands_begin);
  }
  if (is_long) operands_[inst.operands_begin - 1] = ValueId(count);
  inst.short_count = is_long ? kLongCount : static_cast<uint16_t>(count);
}

bool Function::is_region(ValueId id) const {
  switch (insts_[id.index].op) {
    case Op::kBlock:
    case Op::kLoop:
    case Op::kIf:
    case Op::kTry:
    case Op::kTryTable:
      return true;
    default:
      return false;
  }
}

uint32_t Function::num_edges(ValueId id) const {
  const Inst& inst = insts_[id.index];
  switch (inst.op) {
    case Op::kBr:
    case Op::kBrIf:
    case Op::kBrOnNull:
    case Op::kBrOnNonNull:
    case Op::kBrOnCast:
    case Op::kBrOnCastFail:
    case Op::kLoop:
      return 1;
    case Op::kBrTable:
      return static_cast<uint32_t>(branch_tables[inst.imm].targets.size());
    case Op::kTryTable:
      return static_cast<uint32_t>(regions_[inst.imm].handlers.size());
    case Op::kReturn:
      return 1;
    case kExit:
      return regions_[bodies_[inst.body.index].region.index].kind ==
                     RegionKind::kLoop
                 ? 0
                 : 1;
    default:
      return 0;
  }
}

RegionId Function::edge_target(ValueId id, uint32_t edge) const {
  const Inst& inst = insts_[id.index];
  switch (inst.op) {
    case Op::kBrTable:
      return branch_tables[inst.imm].targets[edge];
    case Op::kBrOnCast:
    case Op::kBrOnCastFail:
      return cast_branches[inst.imm].target;
    case Op::kTryTable:
      return regions_[inst.imm].handlers[edge].target;
    case Op::kReturn:
      return root();
    case kExit:
      return bodies_[inst.body.index].region;
    default:
      return RegionId(inst.imm);
  }
}

uint32_t Function::num_implicit_args(ValueId id, uint32_t edge) const {
  const Inst& inst = insts_[id.index];
  switch (inst.op) {
    case Op::kBrOnNonNull:
    case Op::kBrOnCast:
    case Op::kBrOnCastFail:
      return 1;
    case Op::kTryTable:
      return arity(regions_[inst.imm].handlers[edge].target);
    default:
      return 0;
  }
}

uint32_t Function::num_edge_args(ValueId id, uint32_t edge) const {
  return arity(edge_target(id, edge)) - num_implicit_args(id, edge);
}

absl::Span<const ValueId> Function::edge_args(ValueId id, uint32_t edge) const {
  const Inst& inst = insts_[id.index];
  const uint32_t count = num_edges(id);
  uint32_t behind = 0;  // Arguments of later edges.
  for (uint32_t e = edge + 1; e < count; ++e) behind += num_edge_args(id, e);
  const uint32_t args = num_edge_args(id, edge);
  const uint32_t begin = inst.operands_begin + num_operands(id) - behind - args;
  return {operands_.data() + begin, args};
}

uint32_t Function::num_own_operands(ValueId id) const {
  uint32_t own = num_operands(id);
  const uint32_t count = num_edges(id);
  for (uint32_t e = 0; e < count; ++e) own -= num_edge_args(id, e);
  return own;
}

void Function::CopyHint(ValueId from, ValueId to) {
  const auto at =
      std::lower_bound(hints.begin(), hints.end(), from,
                       [](const Hint& a, ValueId b) { return a.inst < b; });
  if (at != hints.end() && at->inst == from) hints.push_back({to, at->likely});
}

uint32_t Function::StoreImmediates(const wasm::Operator& op) {
  const auto kinds = InfoOf(op.op).immediates;
  if (IsDirect(kinds)) {
    uint32_t imm = 0;
    VisitSlots(kinds, op, DirectWriter{&imm});
    return imm;
  }
  const uint32_t pos = static_cast<uint32_t>(slots_.size());
  VisitSlots(kinds, op, SlotWriter{&slots_});
  return pos;
}

void Function::LoadImmediates(ValueId id, wasm::Operator* op) const {
  const Inst& inst = insts_[id.index];
  op->op = inst.op;
  const auto kinds = InfoOf(inst.op).immediates;
  if (IsDirect(kinds)) {
    VisitSlots(kinds, *op, DirectReader{inst.imm});
  } else {
    VisitSlots(kinds, *op, SlotReader{slots_.data() + inst.imm});
  }
}

bool Function::SameImmediates(ValueId a, ValueId b) const {
  const Inst& x = insts_[a.index];
  const Inst& y = insts_[b.index];
  if (x.imm == y.imm) return true;
  if (!IsWasmOp(x.op)) return false;
  const auto kinds = InfoOf(x.op).immediates;
  if (IsDirect(kinds)) return false;
  const int count = SlotCount(kinds);
  return std::equal(slots_.begin() + x.imm, slots_.begin() + x.imm + count,
                    slots_.begin() + y.imm);
}

uint64_t Function::HashImmediates(ValueId id) const {
  const Inst& inst = insts_[id.index];
  uint64_t h = static_cast<uint64_t>(inst.op) * 0x9e3779b97f4a7c15u;
  if (!IsWasmOp(inst.op)) return Mix(h, inst.imm);
  const auto kinds = InfoOf(inst.op).immediates;
  if (IsDirect(kinds)) return Mix(h, inst.imm);
  const int count = SlotCount(kinds);
  for (int i = 0; i < count; ++i) h = Mix(h, slots_[inst.imm + i]);
  return h;
}

uint64_t Function::const_bits(ValueId id) const {
  const Inst& inst = insts_[id.index];
  WEFT_DCHECK(IsConst(inst.op));
  if (inst.op == Op::kI32Const || inst.op == Op::kF32Const) return inst.imm;
  return slots_[inst.imm];
}

ValueId Function::NewConst(ValueType type, uint64_t bits) {
  wasm::Operator op;
  op.value = bits;
  switch (type.kind()) {
    case ValueType::kI32:
      op.op = Op::kI32Const;
      op.value = static_cast<uint32_t>(bits);
      break;
    case ValueType::kI64:
      op.op = Op::kI64Const;
      break;
    case ValueType::kF32:
      op.op = Op::kF32Const;
      op.value = static_cast<uint32_t>(bits);
      break;
    case ValueType::kF64:
      op.op = Op::kF64Const;
      break;
    default:
      WEFT_CHECK(false);
  }
  return New(op.op, type, {}, StoreImmediates(op));
}

wasm::MemArg Function::mem_arg(ValueId id) const {
  const Inst& inst = insts_[id.index];
  wasm::MemArg mem;
  SlotReader{slots_.data() + inst.imm}.MemArg(mem);
  return mem;
}

void Function::set_mem_arg(ValueId id, const wasm::MemArg& mem) {
  const uint32_t pos = insts_[id.index].imm;
  slots_[pos] = mem.offset;
  slots_[pos + 1] = uint64_t{mem.memory} << 8 | mem.align_log2;
}

uint32_t EffectsOf(const Function& function, ValueId id) {
  const Op op = function.inst(id).op;
  if (IsWasmOp(op)) return InfoOf(op).effects;
  return op == kExit ? wasm::kControl : wasm::kPure;
}

uint16_t TrapsOf(const Function& function, ValueId id) {
  const Op op = function.inst(id).op;
  if (!IsWasmOp(op)) return wasm::kNoTrap;
  const uint16_t traps = InfoOf(op).traps;
  if ((traps & wasm::kTrapDivide) == 0) return traps;
  const ValueId divisor = function.operand(id, 1);
  if (!IsConst(function.inst(divisor).op)) return traps;
  const bool is_64 = op == Op::kI64DivS || op == Op::kI64DivU ||
                     op == Op::kI64RemS || op == Op::kI64RemU;
  const uint64_t bits = function.const_bits(divisor);
  if (bits == 0) return traps;
  // The quotient of the smallest integer by -1 overflows; remainders do not.
  const bool minus_one = is_64 ? bits == ~uint64_t{0} : bits == 0xffffffffu;
  const bool overflows = op == Op::kI32DivS || op == Op::kI64DivS;
  if (minus_one && overflows) return traps;
  return static_cast<uint16_t>(traps & ~wasm::kTrapDivide);
}

bool IsTerminator(Op op) {
  switch (op) {
    case Op::kUnreachable:
    case Op::kBr:
    case Op::kBrTable:
    case Op::kReturn:
    case Op::kReturnCall:
    case Op::kReturnCallIndirect:
    case Op::kReturnCallRef:
    case Op::kThrow:
    case Op::kThrowRef:
    case Op::kRethrow:
    case kExit:
      return true;
    default:
      return false;
  }
}

bool IsBranch(Op op) {
  switch (op) {
    case Op::kBr:
    case Op::kBrIf:
    case Op::kBrTable:
    case Op::kBrOnNull:
    case Op::kBrOnNonNull:
    case Op::kBrOnCast:
    case Op::kBrOnCastFail:
      return true;
    default:
      return false;
  }
}

bool IsConst(Op op) {
  switch (op) {
    case Op::kI32Const:
    case Op::kI64Const:
    case Op::kF32Const:
    case Op::kF64Const:
    case Op::kV128Const:
      return true;
    default:
      return false;
  }
}

bool IsRematerializable(Op op) {
  return IsConst(op) || op == Op::kRefNull || op == Op::kRefFunc;
}

}  // namespace weft::ir
