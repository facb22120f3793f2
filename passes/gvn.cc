// One walk in source order, in which definitions precede their uses except for
// arguments of back edges. Equal computations are found in a hash table whose
// entries hold as far as they dominate (Click, "Global code motion, global
// value numbering", 1995, without the motion).
#include "passes/gvn.h"

#include <algorithm>
#include <bit>
#include <vector>

#include "ir/dominance.h"
#include "ir/flow.h"
#include "passes/fold.h"

namespace weft::passes {

using ir::Function;
using ir::Inst;
using ir::Op;
using ir::RegionId;
using ir::RegionKind;
using ir::ValueId;
using wasm::InfoOf;
using wasm::OpClass;
using wasm::OpInfo;
using wasm::ValueType;

namespace {

// Equal-hash entries looked at, and facts about memory kept.
constexpr int kMaxChain = 12;
constexpr size_t kMaxFacts = 16;
constexpr uint32_t kFree = 0xffffffffu;

// From so many instructions on they do not fit the caches, and it pays to ask
// for what will be looked at so many instructions ahead.
constexpr uint32_t kLarge = 1 << 17;
constexpr uint32_t kOperandsAhead = 12;
constexpr uint32_t kEntryAhead = 6;

// What may change behind a reader's back.
enum StateClass : uint8_t { kMemoryState, kGlobalState, kOtherState, kStates };

constexpr uint32_t kOtherReads =
    wasm::kReadsTable | wasm::kReadsHeap | wasm::kReadsSegment;
constexpr uint32_t kOtherWrites =
    wasm::kWritesTable | wasm::kWritesHeap | wasm::kDropsSegment;

uint32_t WrittenStates(uint32_t effects) {
  if ((effects & (wasm::kCalls | wasm::kAtomic)) != 0) return 7;
  uint32_t states = 0;
  if ((effects & wasm::kWritesMemory) != 0) states |= 1u << kMemoryState;
  if ((effects & wasm::kWritesGlobal) != 0) states |= 1u << kGlobalState;
  if ((effects & kOtherWrites) != 0) states |= 1u << kOtherState;
  return states;
}

class Numbering {
 public:
  Numbering(const FunctionContext& context, Function* f)
      : context_(context), f_(*f) {}

  bool Run();

 private:
  struct Versions {
    uint32_t of[kStates] = {0, 0, 0};
  };
  // That a load of `op` at `base` + `offset` (or a read of global `offset`)
  // would give `value`, in the current versions.
  struct Fact {
    Op op;
    ValueId base;
    uint64_t offset;
    uint32_t bytes;  // 0: a global.
    uint32_t memory;
    ValueId value;
  };

  void Prepare();
  void Visit(ValueId id);
  void LookAhead(ValueId id) const;
  void EnterArm(RegionId region, bool first);
  void LeaveRegion(RegionId region);
  void Clobber(uint32_t states);
  bool TryParam(ValueId id);
  bool TryFold(ValueId id);
  bool TryFacts(ValueId id);
  bool TryTable(ValueId id);
  void RecordStore(ValueId id);
  bool IsCandidate(ValueId id) const;
  bool IsShared(ValueId id) const;
  uint32_t VersionFor(ValueId id) const;
  uint64_t HashOf(ValueId id) const;
  bool SameComputation(ValueId a, ValueId b) const;
  void Replace(ValueId id, ValueId by);
  ValueId Root(ValueId id) const {
    while (f_.inst(id).op == ir::kCopy) id = f_.operand(id, 0);
    return id;
  }
  uint32_t UsesOf(ValueId id) const {
    return id.index < uses_.size() ? uses_[id.index] : 1;
  }

  const FunctionContext& context_;
  Function& f_;
  ir::Dominance dominance_;
  ir::IncomingEdges incoming_;
  std::vector<uint32_t> uses_;
  std::vector<bool> feeds_edge_;  // Used as a parameter's argument.
  std::vector<ValueId> replacement_;
  std::vector<uint32_t> region_writes_;  // States written inside, by region.
  std::vector<Versions> saved_;          // At the region's instruction.
  Versions versions_;
  uint32_t next_version_ = 1;
  std::vector<uint32_t> version_of_;  // Of candidates that read state.
  std::vector<Fact> facts_;
  // All computations so far, by open addressing; a power of two. An entry is
  // a value and, in the bits above, as much of its hash as there is room for;
  // kFree otherwise. Every probe of a large table misses the cache, so that
  // its size is what counts.
  std::vector<uint32_t> table_;
  uint32_t value_mask_ = 0;
  bool changed_ = false;
};

void Numbering::Prepare() {
  dominance_.Compute(f_);
  incoming_.Compute(f_);
  const uint32_t n = f_.num_insts();
  uses_.assign(n, 0);
  feeds_edge_.assign(n, false);
  replacement_.assign(n, ValueId());
  region_writes_.assign(f_.num_regions(), 0);
  saved_.assign(f_.num_regions(), {});
  version_of_.assign(n, 0);
  // The table stays small: on large functions it is what misses the cache.
  size_t candidates = 0;
  ir::ForEachInstReversed(f_, [&](ValueId id) {
    const auto operands = f_.operands(id);
    for (ValueId operand : operands) ++uses_[operand.index];
    const uint32_t own = f_.num_own_operands(id);
    const Op op = f_.inst(id).op;
    if (op != Op::kReturn) {
      for (size_t i = own; i < operands.size(); ++i) {
        feeds_edge_[operands[i].index] = true;
      }
    }
    uint32_t writes = WrittenStates(ir::EffectsOf(f_, id));
    if (f_.is_region(id)) writes |= region_writes_[f_.region_of(id).index];
    region_writes_[f_.enclosing(id).index] |= writes;
    candidates += IsCandidate(id) ? 1 : 0;
  });
  size_t entries = 64;
  while (entries < candidates + candidates / 2) entries *= 2;
  table_.assign(entries, kFree);
  // Values of later instructions are not entered, so that kFree is no entry.
  value_mask_ = std::bit_ceil(n + 1) - 1;
}

void Numbering::Clobber(uint32_t states) {
  for (int s = 0; s < kStates; ++s) {
    if ((states >> s & 1) != 0) versions_.of[s] = next_version_++;
  }
  facts_.clear();
}

void Numbering::EnterArm(RegionId region, bool first) {
  const ir::Region& r = f_.region(region);
  versions_ = saved_[region.index];
  facts_.clear();
  // Anything in the loop may have run before, and anything in a try body
  // before its handler.
  const bool after_content =
      r.kind == RegionKind::kLoop || (r.kind == RegionKind::kTry && !first);
  if (after_content) Clobber(region_writes_[region.index]);
}

void Numbering::LeaveRegion(RegionId region) {
  versions_ = saved_[region.index];
  Clobber(region_writes_[region.index]);
}

bool Numbering::IsShared(ValueId id) const {
  if (InfoOf(f_.inst(id).op).access_bytes == 0) return false;
  const uint32_t memory = f_.mem_arg(id).memory;
  return context_.module.memories[memory].type.limits.is_shared;
}

// Whether an equal earlier instruction can stand for this one.
bool Numbering::IsCandidate(ValueId id) const {
  const Inst& inst = f_.inst(id);
  if (!ir::IsWasmOp(inst.op) || inst.type == ValueType() || f_.is_region(id) ||
      ir::IsBranch(inst.op) || ir::IsConst(inst.op)) {
    return false;
  }
  switch (InfoOf(inst.op).op_class) {
    case OpClass::kRefNull:
    case OpClass::kRefFunc:
    case OpClass::kLocalGet:
    case OpClass::kLocalTee:
      return false;
    default:
      break;
  }
  constexpr uint32_t kAllowed =
      wasm::kReadsMemory | wasm::kReadsGlobal | kOtherReads | wasm::kNanBits;
  return (ir::EffectsOf(f_, id) & ~kAllowed) == 0 && !IsShared(id);
}

uint32_t Numbering::VersionFor(ValueId id) const {
  const uint32_t effects = ir::EffectsOf(f_, id);
  const Inst& inst = f_.inst(id);
  if ((effects & wasm::kReadsMemory) != 0) {
    return versions_.of[kMemoryState] + 1;
  }
  if ((effects & wasm::kReadsGlobal) != 0) {
    if (!context_.module.globals[inst.imm].type.is_mutable) return 0;
    return versions_.of[kGlobalState] + 1;
  }
  if ((effects & kOtherReads) != 0) return versions_.of[kOtherState] + 1;
  return 0;
}

uint64_t Numbering::HashOf(ValueId id) const {
  uint64_t h = f_.HashImmediates(id) ^ uint64_t { version_of_[id.index] } << 40;
  for (ValueId operand : f_.operands(id)) {
    const ValueId root = Root(operand);
    uint64_t part = root.index;
    if (ir::IsConst(f_.inst(root).op)) part = f_.HashImmediates(root);
    h = (h ^ part) * 0x9e3779b97f4a7c15u;
    h ^= h >> 29;
  }
  return h;
}

bool Numbering::SameComputation(ValueId a, ValueId b) const {
  const Inst& x = f_.inst(a);
  const Inst& y = f_.inst(b);
  if (x.op != y.op || !(x.type == y.type) ||
      f_.num_operands(a) != f_.num_operands(b) ||
      version_of_[a.index] != version_of_[b.index] ||
      !f_.SameImmediates(a, b)) {
    return false;
  }
  for (uint32_t i = 0; i < f_.num_operands(a); ++i) {
    const ValueId p = Root(f_.operand(a, i));
    const ValueId q = Root(f_.operand(b, i));
    if (p == q) continue;
    if (!ir::IsConst(f_.inst(p).op) || f_.inst(p).op != f_.inst(q).op ||
        !f_.SameImmediates(p, q)) {
      return false;
    }
  }
  return true;
}

void Numbering::Replace(ValueId id, ValueId by) {
  changed_ = true;
  if (by.index < uses_.size()) uses_[by.index] += UsesOf(id);
  Inst& inst = f_.inst(id);
  // A local of a wider type would give its readers less than the value's type.
  Inst& leader = f_.inst(by);
  if (leader.type.is_ref() && leader.local != ir::kNoLocal &&
      !(f_.local_types[leader.local] == leader.type)) {
    leader.local = ir::kNoLocal;
  }
  // A value that flows into a parameter of the same source local keeps that
  // local: it becomes a copy, which costs nothing where the two coalesce.
  if (inst.local != ir::kNoLocal && feeds_edge_[id.index] &&
      !ir::IsConst(f_.inst(by).op)) {
    inst.op = ir::kCopy;
    inst.imm = 0;
    f_.SetOperands(id, {by});
    return;
  }
  replacement_[id.index] = by;
  f_.Delete(id);
}

// A parameter whose argument is one and the same value on every edge.
bool Numbering::TryParam(ValueId id) {
  if (UsesOf(id) == 0) return false;  // Nothing would change.
  const RegionId region = f_.region_of(f_.operand(id, 0));
  ValueId same;
  for (const ir::IncomingEdge& in : incoming_.into(region)) {
    const auto args = f_.edge_args(in.inst, in.edge);
    if (f_.inst(id).imm >= args.size()) return false;
    ValueId arg = args[f_.inst(id).imm];
    if (replacement_[arg.index].valid()) arg = replacement_[arg.index];
    if (arg == id) continue;
    if (same.valid() && same != arg) return false;
    same = arg;
  }
  if (!same.valid() || !(f_.inst(same).type == f_.inst(id).type)) return false;
  // Readers turn to the argument; the parameter itself is left to dce.
  uses_[same.index] += UsesOf(id);
  replacement_[id.index] = same;
  changed_ = true;
  return true;
}

bool Numbering::TryFold(ValueId id) {
  const Inst inst = f_.inst(id);
  if (!ir::IsWasmOp(inst.op)) return false;
  const OpInfo& info = InfoOf(inst.op);
  if (info.op_class != OpClass::kSimple || info.num_params == 0 ||
      info.num_params > 3 || info.num_results != 1 || info.access_bytes != 0) {
    return false;
  }
  ConstValue values[3];
  for (uint32_t i = 0; i < info.num_params; ++i) {
    const ValueId root = Root(f_.operand(id, i));
    const Inst& operand = f_.inst(root);
    if (!ir::IsConst(operand.op) || operand.op == Op::kV128Const) return false;
    values[i] = {operand.type, f_.const_bits(root)};
  }
  if (inst.type == ValueType(ValueType::kV128)) return false;
  const auto result =
      Fold(inst.op, absl::MakeConstSpan(values, info.num_params));
  if (!result.has_value()) return false;
  const ValueId constant = f_.NewConst(result->type, result->bits);
  f_.inst(constant).local = inst.local;
  f_.InsertBefore(id, constant);
  uses_.resize(f_.num_insts(), 0);
  uses_[constant.index] = UsesOf(id);
  feeds_edge_.resize(f_.num_insts(), false);
  feeds_edge_[constant.index] = feeds_edge_[id.index];
  replacement_.resize(f_.num_insts());
  replacement_[id.index] = constant;
  f_.Delete(id);
  changed_ = true;
  return true;
}

bool Numbering::TryFacts(ValueId id) {
  const Inst& inst = f_.inst(id);
  const bool is_global = inst.op == Op::kGlobalGet;
  // Loads of a lane have a vector as second operand, and are left alone.
  if (!is_global &&
      (InfoOf(inst.op).access_bytes == 0 || f_.num_operands(id) != 1)) {
    return false;
  }
  for (const Fact& fact : facts_) {
    if (fact.op != inst.op) continue;
    if (is_global) {
      if (fact.offset != inst.imm) continue;
    } else {
      const wasm::MemArg mem = f_.mem_arg(id);
      if (fact.offset != mem.offset || fact.memory != mem.memory ||
          fact.base != Root(f_.operand(id, 0))) {
        continue;
      }
    }
    if (!(f_.inst(fact.value).type == inst.type)) return false;
    Replace(id, fact.value);
    return true;
  }
  return false;
}

// The load that reads back what a store wrote, whole and unchanged.
Op LoadOf(Op store) {
  switch (store) {
    case Op::kI32Store:
      return Op::kI32Load;
    case Op::kI64Store:
      return Op::kI64Load;
    case Op::kF32Store:
      return Op::kF32Load;
    case Op::kF64Store:
      return Op::kF64Load;
    case Op::kV128Store:
      return Op::kV128Load;
    default:
      return Op::kNop;
  }
}

// Keeps the facts that a store or global.set leaves true, and adds its own.
void Numbering::RecordStore(ValueId id) {
  const Inst& inst = f_.inst(id);
  std::vector<Fact> facts;
  facts.swap(facts_);
  if (inst.op == Op::kGlobalSet) {
    Clobber(1u << kGlobalState);
    for (const Fact& fact : facts) {
      if (fact.op != Op::kGlobalGet || fact.offset != inst.imm) {
        facts_.push_back(fact);
      }
    }
    facts_.push_back(
        {Op::kGlobalGet, ValueId(), inst.imm, 0, 0, f_.operand(id, 0)});
  } else {
    Clobber(1u << kMemoryState);
    const uint32_t bytes = InfoOf(inst.op).access_bytes;
    const bool plain = bytes != 0 && !IsShared(id);
    const wasm::MemArg mem = bytes != 0 ? f_.mem_arg(id) : wasm::MemArg();
    const ValueId base = bytes != 0 ? Root(f_.operand(id, 0)) : ValueId();
    for (const Fact& fact : facts) {
      const bool apart = plain && fact.memory == mem.memory &&
                         fact.base == base &&
                         (fact.offset + fact.bytes <= mem.offset ||
                          mem.offset + bytes <= fact.offset);
      if (fact.op == Op::kGlobalGet || apart) facts_.push_back(fact);
    }
    const Op load = LoadOf(inst.op);
    if (plain && load != Op::kNop) {
      facts_.push_back(
          {load, base, mem.offset, bytes, mem.memory, f_.operand(id, 1)});
    }
  }
  if (facts_.size() > kMaxFacts) facts_.erase(facts_.begin());
}

bool Numbering::TryTable(ValueId id) {
  version_of_[id.index] = VersionFor(id);
  const uint64_t full_hash = HashOf(id);
  const uint32_t tag = static_cast<uint32_t>(full_hash >> 32) & ~value_mask_;
  const size_t mask = table_.size() - 1;
  size_t at = full_hash & mask;
  int steps = 0;
  for (; table_[at] != kFree; at = (at + 1) & mask) {
    if ((table_[at] & ~value_mask_) != tag) continue;
    const ValueId leader(table_[at] & value_mask_);
    // One of many that do not dominate makes room.
    if (++steps > kMaxChain) break;
    if (f_.inst(leader).op == ir::kDeleted || !SameComputation(leader, id) ||
        !dominance_.Dominates(leader, id)) {
      continue;
    }
    Replace(id, leader);
    return true;
  }
  table_[at] = tag | id.index;
  return false;
}

void Numbering::Visit(ValueId id) {
  const Inst& inst = f_.inst(id);
  if (!inst.prev.valid()) {
    const RegionId region = f_.enclosing(id);
    if (region != Function::root()) {
      EnterArm(region, inst.body == f_.region(region).first_body);
    }
  } else if (f_.is_region(inst.prev)) {
    LeaveRegion(f_.region_of(inst.prev));
  }
  for (ValueId& operand : f_.operands(id)) {
    if (replacement_[operand.index].valid()) {
      operand = replacement_[operand.index];
    }
  }
  if (f_.is_region(id)) {
    saved_[f_.region_of(id).index] = versions_;
    return;
  }
  if (inst.op == ir::kLabelParam) {
    TryParam(id);
    return;
  }
  if (ir::IsWasmOp(inst.op)) {
    if (inst.op == Op::kGlobalSet ||
        WrittenStates(ir::EffectsOf(f_, id)) == 1u << kMemoryState) {
      return RecordStore(id);
    }
    const uint32_t writes = WrittenStates(ir::EffectsOf(f_, id));
    if (writes != 0) return Clobber(writes);
  }
  if (!IsCandidate(id)) return;
  if (TryFold(id) || TryFacts(id)) return;
  if (TryTable(id)) return;
  const uint32_t bytes = InfoOf(inst.op).access_bytes;
  const bool is_load = bytes != 0 && f_.num_operands(id) == 1;
  if (is_load || (inst.op == Op::kGlobalGet &&
                  context_.module.globals[inst.imm].type.is_mutable)) {
    Fact fact{inst.op, ValueId(), inst.imm, 0, 0, id};
    if (is_load) {
      const wasm::MemArg mem = f_.mem_arg(id);
      fact = {inst.op, Root(f_.operand(id, 0)), mem.offset, bytes, mem.memory,
              id};
    }
    if (facts_.size() == kMaxFacts) facts_.erase(facts_.begin());
    facts_.push_back(fact);
  }
}

// Instructions mostly stand in the order of their ids. A wrong guess costs no
// more than the time for it.
void Numbering::LookAhead(ValueId id) const {
  const uint32_t all = static_cast<uint32_t>(version_of_.size());
  if (id.index + kOperandsAhead >= all) return;
  for (ValueId operand : f_.operands(ValueId(id.index + kOperandsAhead))) {
    __builtin_prefetch(&f_.inst(operand));
    __builtin_prefetch(&replacement_[operand.index]);
  }
  const ValueId next(id.index + kEntryAhead);
  if (!IsCandidate(next)) return;
  __builtin_prefetch(&table_[HashOf(next) & (table_.size() - 1)]);
}

bool Numbering::Run() {
  Prepare();
  if (f_.num_insts() >= kLarge) {
    ir::ForEachInst(f_, [&](ValueId id) {
      LookAhead(id);
      Visit(id);
    });
  } else {
    ir::ForEachInst(f_, [&](ValueId id) { Visit(id); });
  }
  return changed_;
}

}  // namespace

bool Gvn(const FunctionContext& context, Function* function) {
  return Numbering(context, function).Run();
}

}  // namespace weft::passes
