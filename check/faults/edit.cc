#include "check/faults/edit.h"

#include <utility>

namespace weft::check::faults {

using wasm::InfoOf;

Edit::Edit(const passes::FunctionContext& context, Function* function)
    : module(context.module), f(*function) {
  dominance.Compute(f);
  incoming.Compute(f);
  uses.assign(f.num_insts(), 0);
  region_events_.assign(f.num_regions(), 0);
  ir::ForEachInst(f, [&](ValueId id) {
    order.push_back(id);
    for (ValueId operand : f.operands(id)) ++uses[operand.index];
  });
  ir::ForEachInstReversed(f, [&](ValueId id) {
    region_events_[f.enclosing(id).index] |= EventsOf(id);
  });
}

uint32_t Edit::EventsOf(ValueId id) const {
  const Op op = f.inst(id).op;
  if (!ir::IsWasmOp(op)) return op == ir::kExit ? uint32_t{kLeaves} : 0;
  if (f.is_region(id)) return kRegions | region_events_[f.region_of(id).index];
  const uint32_t effects = ir::EffectsOf(f, id);
  uint32_t events = 0;
  const bool single = InfoOf(op).access_bytes != 0;
  if (op == Op::kMemoryGrow || op == Op::kTableGrow) events |= kGrows;
  if ((effects & wasm::kWritesMemory) != 0 && op != Op::kMemoryGrow) {
    events |= single ? kStores : kBulk;
  }
  if ((effects & wasm::kWritesTable) != 0 && op != Op::kTableGrow) {
    events |= kTableWrites;
  }
  if ((effects & wasm::kCalls) != 0) events |= kCalls;
  if ((effects & wasm::kAtomic) != 0) events |= kAtomics;
  if ((effects & wasm::kWritesGlobal) != 0) events |= kGlobalSets;
  if ((effects & wasm::kWritesHeap) != 0) events |= kHeapWrites;
  if ((effects & wasm::kDropsSegment) != 0) events |= kDrops;
  if ((effects & wasm::kReadsMemory) != 0) events |= kLoads;
  if ((effects & wasm::kReadsGlobal) != 0) events |= kGlobalGets;
  if ((effects & wasm::kReadsTable) != 0) events |= kTableReads;
  if ((effects & wasm::kReadsHeap) != 0) events |= kHeapReads;
  if ((effects & wasm::kWritesLocal) != 0) events |= kLocalSets;
  if ((effects & wasm::kReadsLocal) != 0) events |= kLocalGets;
  if (ir::TrapsOf(f, id) != wasm::kNoTrap) events |= kTraps;
  if (ir::IsBranch(op) || ir::IsTerminator(op)) events |= kLeaves;
  return events;
}

ValueId Edit::Root(ValueId id) const {
  while (f.inst(id).op == ir::kCopy) id = f.operand(id, 0);
  return id;
}

bool Edit::IsConst(ValueId id, uint64_t* bits) const {
  id = Root(id);
  const Op op = f.inst(id).op;
  if (!ir::IsConst(op) || op == Op::kV128Const) return false;
  *bits = f.const_bits(id);
  return true;
}

bool Edit::SameValue(ValueId a, ValueId b) const {
  a = Root(a);
  b = Root(b);
  if (a == b) return true;
  const Op op = f.inst(a).op;
  return ir::IsConst(op) && f.inst(b).op == op && f.SameImmediates(a, b);
}

bool Edit::SameOperands(ValueId a, ValueId b, uint32_t count) const {
  for (uint32_t i = 0; i < count; ++i) {
    if (!SameValue(f.operand(a, i), f.operand(b, i))) return false;
  }
  return true;
}

bool Edit::IsDominated() const {
  ir::Dominance now;
  now.Compute(f);
  bool dominated = true;
  ir::ForEachInst(f, [&](ValueId id) {
    for (ValueId operand : f.operands(id)) {
      dominated &= now.Dominates(operand, id);
    }
  });
  return dominated;
}

void Edit::BecomeConst(ValueId id, ValueType type, uint64_t bits,
                       uint64_t high) {
  static constexpr Op kConsts[] = {Op::kNop,      Op::kI32Const,
                                   Op::kI64Const, Op::kF32Const,
                                   Op::kF64Const, Op::kV128Const};
  wasm::Operator constant;
  constant.op = kConsts[type.kind()];
  constant.value = bits;
  constant.value_high = high;
  f.SetOperands(id, {});
  const uint32_t imm = f.StoreImmediates(constant);
  f.inst(id).op = constant.op;
  f.inst(id).imm = imm;
}

bool Edit::BecomeCopy(ValueId id, ValueId value) {
  if (!(f.inst(id).type == f.inst(value).type)) return false;
  f.SetOperands(id, {value});
  f.inst(id).op = ir::kCopy;
  f.inst(id).imm = 0;
  return true;
}

void Edit::Change(ValueId id,
                  const std::function<void(wasm::Operator&)>& change) {
  wasm::Operator op;
  f.LoadImmediates(id, &op);
  change(op);
  const uint32_t imm = f.StoreImmediates(op);
  f.inst(id).imm = imm;
}

ValueId Edit::ConstBefore(ValueId where, ValueType type, uint64_t bits) {
  const ValueId id = f.NewConst(type, bits);
  f.InsertBefore(where, id);
  return id;
}

ValueId Edit::Before(ValueId where, Op op, ValueType type,
                     absl::Span<const ValueId> operands) {
  const ValueId id = f.New(op, type, operands);
  f.InsertBefore(where, id);
  return id;
}

void Edit::ReplaceUses(ValueId old, ValueId by, ValueId except) {
  ir::ForEachInst(f, [&](ValueId id) {
    if (id == except) return;
    for (ValueId& operand : f.operands(id)) {
      if (operand == old) operand = by;
    }
  });
}

void Edit::SwapUses(ValueId a, ValueId b) {
  ir::ForEachInst(f, [&](ValueId id) {
    for (ValueId& operand : f.operands(id)) {
      if (operand == a) {
        operand = b;
      } else if (operand == b) {
        operand = a;
      }
    }
  });
}

void Edit::MoveBehind(ValueId id, ValueId where) {
  while (f.inst(where).next.valid() &&
         f.inst(f.inst(where).next).op == ir::kResult) {
    where = f.inst(where).next;
  }
  f.Unlink(id);
  f.InsertAfter(where, id);
}

}  // namespace weft::check::faults
