// Emission is built backwards, as LLVM's RegStackify walks: at an instruction
// its operands are taken from right to left, each at the cursor, the position
// right before what has been emitted so far.
//
//  - An operand whose last remaining use this is, and whose definition stands
//    at the cursor, becomes a subtree; with uses behind it, it is teed.
//  - A single-use operand further up moves to the cursor when it commutes with
//    what lies between.
//  - A value that was on the stack in the source is held there: what lies
//    between is emitted on top of it.
//  - Everything else is read from a local, and its definition, reached later,
//    assigns it.
//
// Since emission runs in exact reverse order, "all other uses have been seen"
// means "all other uses come later". A value defined at the end of a loop's
// body may become the loop's result, and the argument that br_if leaves behind
// on its fallthrough may be taken from there.
//
// Which local a value will get is not known yet; the source local is taken as
// its name. Edge arguments that share the source local of their parameter need
// no code; the others are copied on the edge.
#include "ir/stackify.h"

#include <algorithm>

#include "ir/flow.h"
#include "ir/type_lookup.h"

namespace weft::ir {

namespace {

// How many list items an operand may be moved across.
constexpr int kMaxLookBack = 64;
// How many instructions of a tree may be moved at once.
constexpr size_t kMaxMovedTree = 16;

constexpr uint32_t kReads = wasm::kReadsMemory | wasm::kReadsTable |
                            wasm::kReadsGlobal | wasm::kReadsHeap |
                            wasm::kReadsLocal | wasm::kReadsSegment;
constexpr uint32_t kWrites = wasm::kWritesMemory | wasm::kWritesTable |
                             wasm::kWritesGlobal | wasm::kWritesHeap |
                             wasm::kWritesLocal | wasm::kDropsSegment;

// What one or several instructions do, for deciding whether two commute.
struct Footprint {
  uint32_t reads = 0;  // Bits of the *writes* that they depend on.
  uint32_t writes = 0;
  uint16_t traps = 0;
  bool control = false;  // May leave, or not come back.
  bool atomic = false;

  void Add(uint32_t effects, uint16_t new_traps) {
    if ((effects & wasm::kCalls) != 0) {
      effects |= (kReads | kWrites) & ~(wasm::kReadsLocal | wasm::kWritesLocal);
      control = true;
    }
    if ((effects & wasm::kReadsMemory) != 0) reads |= wasm::kWritesMemory;
    if ((effects & wasm::kReadsTable) != 0) reads |= wasm::kWritesTable;
    if ((effects & wasm::kReadsGlobal) != 0) reads |= wasm::kWritesGlobal;
    if ((effects & wasm::kReadsHeap) != 0) reads |= wasm::kWritesHeap;
    if ((effects & wasm::kReadsLocal) != 0) reads |= wasm::kWritesLocal;
    if ((effects & wasm::kReadsSegment) != 0) reads |= wasm::kDropsSegment;
    writes |= effects & kWrites;
    traps |= new_traps;
    control |= (effects & (wasm::kControl | wasm::kThrows)) != 0;
    atomic |= (effects & wasm::kAtomic) != 0;
  }
  void Add(const Footprint& other) {
    reads |= other.reads;
    writes |= other.writes;
    traps |= other.traps;
    control |= other.control;
    atomic |= other.atomic;
  }
  bool pure() const {
    return reads == 0 && writes == 0 && traps == 0 && !control && !atomic;
  }
};

bool Commute(const Footprint& a, const Footprint& b) {
  if (a.pure() || b.pure()) return true;
  if ((a.reads & b.writes) != 0 || (a.writes & b.reads) != 0 ||
      (a.writes & b.writes) != 0) {
    return false;
  }
  if (a.atomic || b.atomic) return false;
  // Leaving early, or trapping, shows which writes and traps came before.
  const bool a_seen = a.writes != 0 || a.traps != 0 || a.control;
  const bool b_seen = b.writes != 0 || b.traps != 0 || b.control;
  if (a.control && b_seen) return false;
  if (b.control && a_seen) return false;
  if (a.traps != 0 && b.writes != 0) return false;
  if (b.traps != 0 && a.writes != 0) return false;
  // Two traps of one and the same kind cannot be told apart, but these bits
  // stand for two kinds each: division by zero and overflow, and so on.
  constexpr uint16_t kMixed =
      wasm::kTrapDivide | wasm::kTrapConversion | wasm::kTrapIndirect;
  const uint16_t kinds = a.traps | b.traps;
  return a.traps == 0 || b.traps == 0 ||
         ((kinds & (kinds - 1)) == 0 && (kinds & kMixed) == 0);
}

// Bytes of a constant's operator.
int ConstSize(const Function& f, ValueId id) {
  const Inst& inst = f.inst(id);
  switch (inst.op) {
    case Op::kI32Const:
      return 1 + wasm::SignedLebSize(static_cast<int32_t>(inst.imm));
    case Op::kI64Const:
      return 1 + wasm::SignedLebSize(static_cast<int64_t>(f.const_bits(id)));
    case Op::kF32Const:
      return 5;
    case Op::kF64Const:
      return 9;
    case Op::kV128Const:
      return 18;
    default:
      return 2;  // ref.null, ref.func.
  }
}

}  // namespace

class Stackifier::Builder {
 public:
  Builder(const wasm::Module& module, const TypeLookup& types)
      : module_(module), types_(types) {}

  void Run(const Function& f, Emission* out);

 private:
  enum class FrameKind : uint8_t {
    kBody,    // Emits the roots of a body until its first instruction.
    kTree,    // Emits the items of pool_ from `begin` on, right to left.
    kHold,    // Emits roots until the definition of `inst` is at the cursor.
    kRegion,  // Emits the arms of region `inst`, then its operands.
  };
  struct Frame {
    FrameKind kind = FrameKind::kTree;
    ValueId inst;
    uint32_t begin = 0;    // Tree.
    uint32_t next = 0;     // Region: arms left.
    ValueId cursor;        // What to restore: kBody.
    uint32_t barrier = 0;  // kBody, kHold.
    BodyId body;           // kBody.
    size_t pool = 0;       // kBody.
  };
  // What a tree has to put on the stack, or a local that it pops into.
  struct Item {
    ValueId value;
    bool is_set = false;
    // The last definition among this and all items before it.
    uint32_t last_definition = 0;
  };

  // Preparation.
  void Number();
  void CollectAssignments();
  void ChooseStackParams();
  void ChooseFor(uint32_t region, bool demote);
  void FindEdgesToLand();
  void ChooseRematerialized();
  void CountUses();

  // The walk.
  void Push(EntryKind kind, uint32_t a = 0, uint32_t b = 0) {
    out_->entries.push_back({kind, a, b});
  }
  // Values that a branch to `r` leaves on the stack.
  size_t Arity(RegionId r) const {
    return r == Function::root() ? f_->results.size()
                                 : out_->stack_params[r.index].size();
  }
  void OpenBody(BodyId body);
  void Step();
  void StepRegion();
  void EmitRoot(ValueId item);
  void EmitGroupRoot(ValueId last);
  void StartInst(ValueId id);
  void AddItem(ValueId value, bool is_set = false);
  uint32_t LastWanted(size_t skip = 0) const;
  void StartTree(ValueId id, uint32_t begin);
  void AddOperands(ValueId id);
  void AddEdgeSets(ValueId id);
  bool ToLoop(ValueId id) const;
  void EmitCopies(ValueId id, bool consume);
  uint32_t NumStackArgs(ValueId id) const;
  void Want(ValueId value);
  bool ConsumeAtCursor(ValueId value);
  bool ConsumeGroup(ValueId value);
  bool ConsumeLoopResult(ValueId value);
  bool ConsumeBranchArgument(ValueId value);
  bool GatherMove(ValueId value, Footprint* footprint);
  bool MoveHere(ValueId value);
  bool Hold(ValueId value);
  bool IsComputed(ValueId value) const;
  bool ConsumableOnEdge(ValueId arg) const;
  void CollectGroup(ValueId last, ValueId* first,
                    std::vector<ValueId>* members) const;
  void LeaveGroup(ValueId first);
  void Get(ValueId value) {
    ++pending_[value.index];
    Push(EntryKind::kGet, value.index);
  }
  ValueId AtCursor();
  bool Skippable(ValueId id) const;
  uint32_t CursorPosition() const;
  bool AssignedBetween(uint32_t local, uint32_t after, uint32_t before) const;
  Footprint FootprintOf(ValueId id) const;
  bool IsProjection(ValueId id) const {
    const Op op = f_->inst(id).op;
    return op == kResult || op == kLabelParam || op == kCatchParam ||
           op == kLoopParam;
  }

  const wasm::Module& module_;
  const TypeLookup& types_;
  const Function* f_ = nullptr;
  Emission* out_ = nullptr;
  IncomingEdges incoming_;
  std::vector<bool> live_;
  std::vector<bool> on_label_;       // Parameters that travel on the stack.
  std::vector<uint32_t> forced_;     // By region: implicit values of its edges.
  std::vector<uint32_t> position_;   // By instruction, linear.
  std::vector<uint32_t> end_;        // By region: last position of its content.
  std::vector<Footprint> content_;   // By region.
  std::vector<uint32_t> remaining_;  // Uses not yet emitted.
  std::vector<uint32_t> pending_;    // Emitted reads from the local.
  std::vector<bool> emitted_;
  // Positions at which each source local is assigned, ascending.
  std::vector<uint32_t> assign_begin_;
  std::vector<uint32_t> assign_positions_;

  std::vector<Frame> frames_;
  std::vector<Item> pool_;  // Items of the open trees.
  std::vector<ValueId> group_;
  BodyId body_;
  ValueId cursor_;
  uint32_t barrier_ = 0;  // Definitions before it are out of reach.
  size_t body_pool_ = 0;  // Size of pool_ when the body was opened.
};

// -- Preparation --------------------------------------------------------------

void Stackifier::Builder::Number() {
  position_.assign(f_->num_insts(), 0);
  end_.assign(f_->num_regions(), 0);
  content_.assign(f_->num_regions(), {});
  uint32_t next = 1;
  ForEachInst(*f_, [&](ValueId id) { position_[id.index] = next++; });
  // Contents in reverse, so that inner regions are complete before outer ones.
  ForEachInstReversed(*f_, [&](ValueId id) {
    const RegionId region = f_->enclosing(id);
    Footprint& content = content_[region.index];
    content.Add(EffectsOf(*f_, id), TrapsOf(*f_, id));
    uint32_t end = position_[id.index];
    if (f_->is_region(id)) {
      const RegionId inner = f_->region_of(id);
      if (f_->region(inner).kind == RegionKind::kLoop) {
        content_[inner.index].control = true;  // May not end.
      }
      content.Add(content_[inner.index]);
      end = std::max(end, end_[inner.index]);
      end_[inner.index] = end;
    }
    end_[region.index] = std::max(end_[region.index], end);
  });
}

void Stackifier::Builder::CollectAssignments() {
  const size_t locals = f_->local_types.size();
  assign_begin_.assign(locals + 1, 0);
  auto for_each = [&](auto visit) {
    ForEachInst(*f_, [&](ValueId id) {
      const Inst& inst = f_->inst(id);
      if (inst.local != kNoLocal) visit(inst.local, position_[id.index]);
      const uint32_t edges = f_->num_edges(id);
      for (uint32_t e = 0; e < edges; ++e) {
        const RegionId target = f_->edge_target(id, e);
        if (target == Function::root()) continue;
        const auto args = f_->edge_args(id, e);
        for (size_t i = 0; i < args.size(); ++i) {
          const ValueId param = f_->region(target).params[i];
          const uint32_t local = f_->inst(param).local;
          if (local == kNoLocal || args[i] == param) continue;
          // What was in the local before the loop is assigned on the way back.
          if (f_->inst(args[i]).local != local ||
              (f_->inst(param).op == kLoopParam &&
               position_[args[i].index] < position_[param.index] &&
               position_[param.index] < position_[id.index])) {
            visit(local, position_[id.index]);
          }
        }
      }
    });
  };
  for_each([&](uint32_t local, uint32_t) { ++assign_begin_[local + 1]; });
  for (size_t i = 1; i <= locals; ++i) assign_begin_[i] += assign_begin_[i - 1];
  assign_positions_.resize(assign_begin_[locals]);
  std::vector<uint32_t> at(assign_begin_.begin(), assign_begin_.end() - 1);
  for_each([&](uint32_t local, uint32_t position) {
    assign_positions_[at[local]++] = position;
  });
}

// Parameters without a source local were label values and stay so, as far as
// the format can say it: several need a block type in the module, and all
// targets of a br_table must agree.
void Stackifier::Builder::ChooseStackParams() {
  const uint32_t regions = f_->num_regions();
  on_label_.assign(f_->num_insts(), false);
  out_->stack_params.assign(regions, {});
  out_->exits.assign(regions, false);
  out_->loop_results.assign(regions, ValueId());
  forced_.assign(regions, 0);
  for (uint32_t r = 0; r < regions; ++r) {
    for (const IncomingEdge& in : incoming_.into(RegionId(r))) {
      if (f_->region(RegionId(r)).kind != RegionKind::kLoop) {
        out_->exits[r] = true;
      }
      const uint32_t implicit = f_->num_implicit_args(in.inst, in.edge);
      forced_[r] = std::max(forced_[r], implicit);
    }
  }
  for (uint32_t r = 1; r < regions; ++r) {
    ChooseFor(r, false);
    if (out_->stack_params[r].size() < 2) continue;
    std::vector<ValueType> types;
    for (ValueId p : out_->stack_params[r]) types.push_back(f_->inst(p).type);
    if (types_.BlockType(types) == wasm::kNoIndex) ChooseFor(r, true);
  }
  if (f_->branch_tables.empty()) return;
  for (bool changed = true; changed;) {
    changed = false;
    ForEachInst(*f_, [&](ValueId id) {
      if (f_->inst(id).op != Op::kBrTable) return;
      const auto& targets = f_->branch_tables[f_->inst(id).imm].targets;
      const size_t first = Arity(targets[0]);
      if (std::all_of(targets.begin(), targets.end(),
                      [&](RegionId r) { return Arity(r) == first; })) {
        return;
      }
      for (RegionId r : targets) {
        if (r == Function::root() || Arity(r) == forced_[r.index]) continue;
        ChooseFor(r.index, true);
        changed = true;
      }
    });
  }
}

// What the choice of stack parameters cannot give: values that arrive by
// themselves at a loop, and equal arities for a br_table with loops, or with
// the function, among its targets.
void Stackifier::Builder::FindEdgesToLand() {
  for (uint32_t r = 1; r < f_->num_regions(); ++r) {
    if (forced_[r] == 0) continue;
    if (f_->region(RegionId(r)).kind == RegionKind::kLoop) {
      for (const IncomingEdge& in : incoming_.into(RegionId(r))) {
        if (f_->num_implicit_args(in.inst, in.edge) > 0) {
          out_->to_land.push_back({in.inst, in.edge});
        }
      }
    } else if (out_->stack_params[r].size() > 1) {
      std::vector<ValueType> types;
      for (ValueId p : out_->stack_params[r]) types.push_back(f_->inst(p).type);
      if (types_.BlockType(types) == wasm::kNoIndex) out_->missing_type = true;
    }
  }
  if (f_->branch_tables.empty()) return;
  ForEachInst(*f_, [&](ValueId id) {
    if (f_->inst(id).op != Op::kBrTable) return;
    const auto& targets = f_->branch_tables[f_->inst(id).imm].targets;
    bool equal = true;
    for (RegionId r : targets) equal &= Arity(r) == Arity(targets[0]);
    for (uint32_t e = 0; e < targets.size() && !equal; ++e) {
      if (Arity(targets[e]) > 0) out_->to_land.push_back({id, e});
    }
  });
}

void Stackifier::Builder::ChooseFor(uint32_t r, bool demote) {
  const Region& region = f_->region(RegionId(r));
  std::vector<ValueId>& list = out_->stack_params[r];
  list.clear();
  if (region.kind == RegionKind::kLoop) return;
  const size_t first_forced = region.params.size() - forced_[r];
  for (size_t i = 0; i < region.params.size(); ++i) {
    const ValueId param = region.params[i];
    const bool wanted =
        f_->inst(param).local == kNoLocal && !demote && live_[param.index];
    on_label_[param.index] = wanted || i >= first_forced;
    if (on_label_[param.index]) list.push_back(param);
  }
}

void Stackifier::Builder::CountUses() {
  remaining_.assign(f_->num_insts(), 0);
  pending_.assign(f_->num_insts(), 0);
  emitted_.assign(f_->num_insts(), false);
  ForEachInst(*f_, [&](ValueId id) {
    if (!live_[id.index] || IsProjection(id)) return;
    const uint32_t own = f_->num_own_operands(id);
    const auto operands = f_->operands(id);
    for (uint32_t i = 0; i < own; ++i) ++remaining_[operands[i].index];
    const uint32_t edges = f_->num_edges(id);
    for (uint32_t e = 0; e < edges; ++e) {
      const RegionId target = f_->edge_target(id, e);
      const auto args = f_->edge_args(id, e);
      for (size_t i = 0; i < args.size(); ++i) {
        const bool counts = target == Function::root() ||
                            on_label_[f_->region(target).params[i].index] ||
                            live_[f_->region(target).params[i].index];
        if (counts) ++remaining_[args[i].index];
      }
    }
  });
}

void Stackifier::Builder::ChooseRematerialized() {
  out_->rematerialized.assign(f_->num_insts(), false);
  ForEachInst(*f_, [&](ValueId id) {
    const Inst& inst = f_->inst(id);
    if (!IsRematerializable(inst.op)) return;
    const int size = ConstSize(*f_, id);
    const int uses = static_cast<int>(remaining_[id.index]);
    // Against: once, an assignment, and a read at every use but the first.
    const int kept = inst.local == kNoLocal ? size + 2 + 2 * (uses - 1)
                                            : size + 2 + 2 * uses;
    if (size * uses <= kept) out_->rematerialized[id.index] = true;
  });
  // A constant that reaches its parameter through the local they share costs
  // nothing at the edges, so it counts as assigned where it stands.
  ForEachInst(*f_, [&](ValueId id) {
    const uint32_t edges = f_->num_edges(id);
    for (uint32_t e = 0; e < edges; ++e) {
      const RegionId target = f_->edge_target(id, e);
      if (target == Function::root()) continue;
      const auto args = f_->edge_args(id, e);
      for (size_t i = 0; i < args.size(); ++i) {
        const ValueId param = f_->region(target).params[i];
        if (f_->inst(args[i]).local != kNoLocal && live_[param.index] &&
            f_->inst(args[i]).local == f_->inst(param).local) {
          out_->rematerialized[args[i].index] = false;
        }
      }
    }
  });
}

// -- The walk -----------------------------------------------------------------

bool Stackifier::Builder::Skippable(ValueId id) const {
  if (emitted_[id.index]) return true;
  const Inst& inst = f_->inst(id);
  if (inst.op == kParam || inst.op == kDefault || inst.op == kLoopParam) {
    return true;
  }
  if (inst.op == kLabelParam) return !on_label_[id.index];
  if (!live_[id.index] && inst.op != kCatchParam && inst.op != kResult) {
    return true;
  }
  return out_->rematerialized[id.index];
}

// The item right before what has been emitted, or invalid at the body's start.
ValueId Stackifier::Builder::AtCursor() {
  while (cursor_.valid() && Skippable(cursor_)) {
    cursor_ = f_->inst(cursor_).prev;
  }
  return cursor_;
}

bool Stackifier::Builder::AssignedBetween(uint32_t local, uint32_t after,
                                          uint32_t before) const {
  if (local == kNoLocal) return false;
  const auto begin = assign_positions_.begin() + assign_begin_[local];
  const auto end = assign_positions_.begin() + assign_begin_[local + 1];
  const auto it = std::upper_bound(begin, end, after);
  return it != end && *it < before;
}

Footprint Stackifier::Builder::FootprintOf(ValueId id) const {
  Footprint footprint;
  uint32_t effects = EffectsOf(*f_, id);
  if (f_->inst(id).op == Op::kGlobalGet &&
      !module_.globals[f_->inst(id).imm].type.is_mutable) {
    effects &= ~wasm::kReadsGlobal;
  }
  if (f_->is_region(id)) {
    // Its own control operator only leads into the content.
    return content_[f_->region_of(id).index];
  }
  footprint.Add(effects, TrapsOf(*f_, id));
  return footprint;
}

uint32_t Stackifier::Builder::CursorPosition() const {
  if (!cursor_.valid()) {
    const ValueId region = f_->region(f_->body(body_).region).inst;
    return region.valid() ? position_[region.index] + 1 : 1;
  }
  const uint32_t at = position_[cursor_.index];
  if (!f_->is_region(cursor_)) return at + 1;
  return std::max(at, end_[f_->region_of(cursor_).index]) + 1;
}

// Whether a tree can produce the value: neither a parameter nor a local that
// holds its value already.
bool Stackifier::Builder::IsComputed(ValueId value) const {
  const Op op = f_->inst(value).op;
  if (op == kParam || op == kDefault || op == kLoopParam) return false;
  return op != kLabelParam || on_label_[value.index];
}

bool Stackifier::Builder::ConsumableOnEdge(ValueId arg) const {
  if (out_->rematerialized[arg.index]) return true;
  return remaining_[arg.index] == 1 && pending_[arg.index] == 0 &&
         IsComputed(arg);
}

// Copies on the edges of `id` for parameters that live in locals. With
// `consume`, an argument computed for the edge alone is left to AddEdgeSets.
void Stackifier::Builder::EmitCopies(ValueId id, bool consume) {
  const uint32_t first = static_cast<uint32_t>(out_->copies.size());
  const uint32_t edges = f_->num_edges(id);
  for (uint32_t e = 0; e < edges; ++e) {
    const RegionId target = f_->edge_target(id, e);
    if (target == Function::root()) continue;
    const auto args = f_->edge_args(id, e);
    for (size_t i = 0; i < args.size(); ++i) {
      const ValueId param = f_->region(target).params[i];
      if (on_label_[param.index] || !live_[param.index]) continue;
      const ValueId arg = args[i];
      const uint32_t local = f_->inst(arg).local;
      const bool shared = local != kNoLocal && local == f_->inst(param).local;
      if (consume && !shared && ConsumableOnEdge(arg)) {
        group_.push_back(arg);
        group_.push_back(param);
        continue;
      }
      --remaining_[arg.index];
      if (!out_->rematerialized[arg.index]) ++pending_[arg.index];
      ++pending_[param.index];
      out_->copies.push_back({arg, param});
    }
  }
  const uint32_t count = static_cast<uint32_t>(out_->copies.size()) - first;
  // Copies may read parameters of the loop that are assigned here.
  if (consume && ToLoop(id)) {
    for (size_t i = 1; i < group_.size(); i += 2) {
      ++pending_[group_[i].index];
      Push(EntryKind::kSet, group_[i].index);
    }
  }
  if (count > 0) Push(EntryKind::kCopies, first, count);
}

// The tree part of what EmitCopies left: all values, then all assignments.
void Stackifier::Builder::AddEdgeSets(ValueId id) {
  for (size_t i = 0; i < group_.size(); i += 2) AddItem(group_[i]);
  for (size_t i = ToLoop(id) ? 0 : group_.size(); i > 0; i -= 2) {
    ++pending_[group_[i - 1].index];
    AddItem(group_[i - 1], true);
  }
  group_.clear();
}

// Whether the first edge leads to a loop, where nothing travels on the stack.
bool Stackifier::Builder::ToLoop(ValueId id) const {
  return f_->num_edges(id) > 0 &&
         f_->region(f_->edge_target(id, 0)).kind == RegionKind::kLoop;
}

uint32_t Stackifier::Builder::NumStackArgs(ValueId id) const {
  uint32_t count = 0;
  if (f_->num_edges(id) == 0) return 0;
  const RegionId target = f_->edge_target(id, 0);
  const auto args = f_->edge_args(id, 0);
  if (target == Function::root()) return static_cast<uint32_t>(args.size());
  for (size_t i = 0; i < args.size(); ++i) {
    if (on_label_[f_->region(target).params[i].index]) ++count;
  }
  return count;
}

// What the operator itself finds on the stack: arguments of its edges that
// travel there (all edges of a br_table bring the same), then its operands.
void Stackifier::Builder::AddOperands(ValueId id) {
  if (f_->num_edges(id) > 0) {
    const RegionId target = f_->edge_target(id, 0);
    const auto args = f_->edge_args(id, 0);
    for (size_t i = 0; i < args.size(); ++i) {
      if (target == Function::root() ||
          on_label_[f_->region(target).params[i].index]) {
        AddItem(args[i]);
      }
    }
    // The other edges name the same values once more.
    for (uint32_t e = 1; e < f_->num_edges(id); ++e) {
      const RegionId other = f_->edge_target(id, e);
      const auto same = f_->edge_args(id, e);
      for (size_t i = 0; i < same.size(); ++i) {
        if (other == Function::root() ||
            on_label_[f_->region(other).params[i].index]) {
          --remaining_[same[i].index];
        }
      }
    }
  }
  const uint32_t own = f_->num_own_operands(id);
  const auto operands = f_->operands(id);
  for (uint32_t i = 0; i < own; ++i) AddItem(operands[i]);
}

void Stackifier::Builder::OpenBody(BodyId body) {
  Frame frame;
  frame.kind = FrameKind::kBody;
  frame.cursor = cursor_;
  frame.barrier = barrier_;
  frame.body = body_;
  frame.pool = body_pool_;
  frames_.push_back(frame);
  body_ = body;
  body_pool_ = pool_.size();
  cursor_ = f_->body(body).last;
  barrier_ = 0;
}

void Stackifier::Builder::StartTree(ValueId id, uint32_t begin) {
  Frame frame;
  frame.kind = FrameKind::kTree;
  frame.inst = id;
  frame.begin = begin;
  frames_.push_back(frame);
}

void Stackifier::Builder::AddItem(ValueId value, bool is_set) {
  Item item{value, is_set, LastWanted()};
  if (!is_set && !out_->rematerialized[value.index]) {
    item.last_definition =
        std::max(item.last_definition, position_[value.index]);
  }
  pool_.push_back(item);
}

// Where the last value is defined that open trees still want, all of which
// they want in front of what is emitted now; `skip` items not counted. What
// contains that definition must not become part of a tree: the value would be
// read before it is there.
uint32_t Stackifier::Builder::LastWanted(size_t skip) const {
  if (pool_.size() <= skip) return 0;
  return pool_[pool_.size() - 1 - skip].last_definition;
}

// Emits the operator of `id` (its result, if any, is accounted for) and opens
// the frame that emits what comes before it.
void Stackifier::Builder::StartInst(ValueId id) {
  emitted_[id.index] = true;
  if (cursor_ == id) cursor_ = f_->inst(id).prev;
  if (f_->is_region(id)) {
    const RegionId region = f_->region_of(id);
    Push(EntryKind::kClose, region.index);
    Frame frame;
    frame.kind = FrameKind::kRegion;
    frame.inst = id;
    frame.next = f_->region(region).num_bodies;
    frames_.push_back(frame);
    return;
  }
  const Op op = f_->inst(id).op;
  if (op != kExit && op != kCopy) Push(EntryKind::kInst, id.index);
  const uint32_t begin = static_cast<uint32_t>(pool_.size());
  const bool consume = op == Op::kBr || op == kExit;
  if (f_->num_edges(id) > 0) {
    EmitCopies(id, consume);
    AddEdgeSets(id);
  }
  AddOperands(id);
  StartTree(id, begin);
}

void Stackifier::Builder::StepRegion() {
  Frame& frame = frames_.back();
  const ValueId id = frame.inst;
  const RegionId region = f_->region_of(id);
  const uint32_t arms = f_->region(region).num_bodies;
  if (frame.next < arms && frame.next > 0) {
    Push(EntryKind::kArm, region.index, frame.next);
  }
  if (frame.next > 0) {
    const uint32_t arm = --frame.next;
    OpenBody(f_->body_of(region, arm));
    const ValueId result = out_->loop_results[region.index];
    if (result.valid()) {
      cursor_ = f_->inst(cursor_).prev;  // Passes by the kExit.
      const uint32_t begin = static_cast<uint32_t>(pool_.size());
      AddItem(result);
      StartTree(id, begin);
    }
    return;
  }
  frames_.pop_back();
  Push(EntryKind::kOpen, region.index);
  const uint32_t begin = static_cast<uint32_t>(pool_.size());
  if (f_->region(region).kind == RegionKind::kLoop) {
    EmitCopies(id, true);
    AddEdgeSets(id);
  } else {
    const uint32_t own = f_->num_own_operands(id);
    for (uint32_t i = 0; i < own; ++i) AddItem(f_->operand(id, i));
  }
  StartTree(id, begin);
}

// The results or stack parameters that end with `last`, and the first
// instruction of the whole group in the list.
void Stackifier::Builder::CollectGroup(ValueId last, ValueId* first,
                                       std::vector<ValueId>* members) const {
  members->clear();
  const Op op = f_->inst(last).op;
  for (ValueId v = last; v.valid() && f_->inst(v).op == op;
       v = f_->inst(v).prev) {
    if (f_->operand(v, 0) != f_->operand(last, 0)) break;
    *first = v;
    if (op != kLabelParam || on_label_[v.index]) members->push_back(v);
  }
  std::reverse(members->begin(), members->end());
}

// Goes on with the instruction that made the group beginning with `first`.
void Stackifier::Builder::LeaveGroup(ValueId first) {
  const Inst& inst = f_->inst(first);
  const bool has_base = inst.op != kCatchParam;
  const ValueId base = f_->operand(first, 0);
  cursor_ = inst.prev;
  if (has_base) StartInst(base);
}

void Stackifier::Builder::EmitGroupRoot(ValueId last) {
  ValueId first;
  std::vector<ValueId> members;
  CollectGroup(last, &first, &members);
  for (ValueId v : members) {
    if (pending_[v.index] > 0) {
      Push(EntryKind::kSet, v.index);
    } else {
      Push(EntryKind::kDrop);
    }
  }
  LeaveGroup(first);
}

// Emits the item at the cursor as a statement.
void Stackifier::Builder::EmitRoot(ValueId item) {
  if (IsProjection(item)) return EmitGroupRoot(item);
  WEFT_DCHECK(remaining_[item.index] == 0);
  const Inst& inst = f_->inst(item);
  if (IsBranch(inst.op) && !IsTerminator(inst.op)) {
    for (uint32_t i = NumStackArgs(item); i > 0; --i) Push(EntryKind::kDrop);
  }
  if (!(inst.type == ValueType())) {
    if (pending_[item.index] > 0) {
      Push(EntryKind::kSet, item.index);
    } else {
      Push(EntryKind::kDrop);
    }
  }
  StartInst(item);
}

bool Stackifier::Builder::ConsumeGroup(ValueId value) {
  ValueId first;
  std::vector<ValueId> members;
  CollectGroup(cursor_, &first, &members);
  const size_t n = members.size();
  const bool is_region = f_->inst(value).op == kLabelParam;
  const bool is_catch = f_->inst(value).op == kCatchParam;
  const uint32_t begin = position_[f_->operand(value, 0).index];
  if (members.front() == value) {
    if (is_region && LastWanted() > begin) return false;
    if (is_catch && pool_.size() > body_pool_) return false;
    // One that is wanted below `value` would come too late.
    for (size_t i = 1; i < n; ++i) {
      if (remaining_[members[i].index] > 0) return false;
    }
    // The others leave the stack first.
    if (pending_[value.index] > 0) Push(EntryKind::kTee, value.index);
    for (size_t i = 1; i < n; ++i) {
      if (pending_[members[i].index] > 0) {
        Push(EntryKind::kSet, members[i].index);
      } else {
        Push(EntryKind::kDrop);
      }
    }
    LeaveGroup(first);
    return true;
  }
  // All of them, when the tree wants exactly them in this order.
  const Frame& tree = frames_.back();
  if (members.back() != value || tree.kind != FrameKind::kTree ||
      pool_.size() < tree.begin + n - 1 ||
      (is_catch && pool_.size() > body_pool_ + n - 1) ||
      (is_region && LastWanted(n - 1) > begin)) {
    return false;
  }
  for (size_t i = 0; i + 1 < n; ++i) {
    const Item& item = pool_[pool_.size() - (n - 1) + i];
    if (item.is_set || item.value != members[i] ||
        remaining_[item.value.index] != 1 || pending_[item.value.index] > 0) {
      return false;
    }
  }
  pool_.resize(pool_.size() - (n - 1));
  for (size_t i = 0; i + 1 < n; ++i) --remaining_[members[i].index];
  if (pending_[value.index] > 0) Push(EntryKind::kTee, value.index);
  LeaveGroup(first);
  return true;
}

// Takes `value`, all of whose other uses come later, from the cursor.
bool Stackifier::Builder::ConsumeAtCursor(ValueId value) {
  const ValueId item = AtCursor();
  if (!item.valid()) return false;
  if (IsProjection(item)) {
    if (!IsProjection(value) || f_->inst(value).op != f_->inst(item).op ||
        f_->operand(value, 0) != f_->operand(item, 0)) {
      return false;
    }
    return ConsumeGroup(value);
  }
  if (item != value) return false;
  // Arguments that a branch leaves behind would lie below its result.
  if (IsBranch(f_->inst(item).op) && NumStackArgs(item) > 0) return false;
  if (pending_[value.index] > 0) Push(EntryKind::kTee, value.index);
  StartInst(value);
  return true;
}

// `value` is computed at the end of the loop at the cursor: the loop returns
// it.
bool Stackifier::Builder::ConsumeLoopResult(ValueId value) {
  const ValueId item = AtCursor();
  if (!item.valid() || f_->inst(item).op != Op::kLoop) return false;
  if (pending_[value.index] > 0) return false;
  const RegionId region = f_->region_of(item);
  const uint32_t at = position_[value.index];
  if (at <= position_[item.index] || at > end_[region.index]) return false;
  if (LastWanted() > position_[item.index]) return false;
  const ValueId last = f_->body(f_->region(region).first_body).last;
  if (!last.valid() || f_->inst(last).op != kExit) return false;
  out_->loop_results[region.index] = value;
  ++remaining_[value.index];
  StartInst(item);
  return true;
}

// After br_if its argument is still on the stack. REQUIRES: the branch holds
// the one use that is left.
bool Stackifier::Builder::ConsumeBranchArgument(ValueId value) {
  const ValueId item = AtCursor();
  if (!item.valid() || f_->inst(item).op != Op::kBrIf) return false;
  if (pending_[value.index] > 0 || NumStackArgs(item) != 1) return false;
  const RegionId target = f_->edge_target(item, 0);
  const auto args = f_->edge_args(item, 0);
  for (size_t i = 0; i < args.size(); ++i) {
    const bool on_stack = target == Function::root() ||
                          on_label_[f_->region(target).params[i].index];
    if (!on_stack) continue;
    const ValueType type = target == Function::root()
                               ? f_->results[i]
                               : f_->inst(f_->region(target).params[i]).type;
    if (args[i] != value || !(f_->inst(value).type == type)) return false;
  }
  StartInst(item);
  return true;
}

// Whether `value` can be computed at the cursor, together with the operands
// that have no local to be read from: these have to come along (and are asked
// once more when they are wanted). Collects what all of them do.
bool Stackifier::Builder::GatherMove(ValueId value, Footprint* footprint) {
  const uint32_t to = CursorPosition();
  group_.assign(1, value);
  for (size_t i = 0; i < group_.size(); ++i) {
    if (i == kMaxMovedTree) return false;
    const ValueId id = group_[i];
    const Inst& inst = f_->inst(id);
    if (IsProjection(id) || f_->is_region(id) || IsBranch(inst.op)) {
      return false;
    }
    if (inst.body != f_->inst(value).body) return false;
    footprint->Add(FootprintOf(id));
    for (ValueId operand : f_->operands(id)) {
      const uint32_t local = f_->inst(operand).local;
      if (AssignedBetween(local, position_[id.index], to)) return false;
      // Nothing says where branches back assign it.
      if (local == kNoLocal && f_->inst(operand).op == kLoopParam) return false;
      if (local == kNoLocal && IsComputed(operand) &&
          !out_->rematerialized[operand.index] &&
          remaining_[operand.index] == 1 && pending_[operand.index] == 0) {
        group_.push_back(operand);
      }
    }
  }
  return true;
}

bool Stackifier::Builder::MoveHere(ValueId value) {
  const Inst& inst = f_->inst(value);
  if (pending_[value.index] > 0) return false;
  Footprint footprint;
  const bool gathered = GatherMove(value, &footprint);
  group_.clear();
  if (!gathered) return false;
  if (inst.body != body_) {
    // Out of an enclosing body into an arm, never into a loop or a try.
    if (!footprint.pure()) return false;
    BodyId body = body_;
    while (body != inst.body) {
      const RegionId region = f_->body(body).region;
      const RegionKind kind = f_->region(region).kind;
      if (kind != RegionKind::kBlock && kind != RegionKind::kIf) return false;
      body = f_->inst(f_->region(region).inst).body;
    }
  } else if (!footprint.pure()) {
    int steps = 0;
    for (ValueId m = AtCursor(); m.valid(); m = f_->inst(m).prev) {
      if (++steps > kMaxLookBack) return false;
      if (m != value && !Skippable(m) && !Commute(footprint, FootprintOf(m))) {
        return false;
      }
      if (m == value) break;
    }
  }
  StartInst(value);
  return true;
}

// Leaves what lies between on top of `value`, which the source did, too.
bool Stackifier::Builder::Hold(ValueId value) {
  const Inst& inst = f_->inst(value);
  if (inst.body != body_ || inst.local != kNoLocal) return false;
  if (position_[value.index] <= barrier_) return false;
  // Of a label value the whole region comes along.
  const ValueId begin = inst.op == kLabelParam ? f_->operand(value, 0) : value;
  if (LastWanted() > position_[begin.index]) return false;
  // Nothing comes below what a catch receives.
  if (inst.op == kCatchParam && pool_.size() > body_pool_) return false;
  if (IsBranch(inst.op)) return false;
  if (IsProjection(value)) {
    // Only when it is alone.
    ValueId next = inst.next;
    while (next.valid() && f_->inst(next).op == inst.op &&
           f_->operand(next, 0) == f_->operand(value, 0)) {
      if (inst.op != kLabelParam || on_label_[next.index]) return false;
      next = f_->inst(next).next;
    }
    ValueId first;
    std::vector<ValueId> members;
    CollectGroup(value, &first, &members);
    if (members.size() != 1) return false;
  }
  Frame frame;
  frame.kind = FrameKind::kHold;
  frame.inst = value;
  frame.barrier = barrier_;
  barrier_ = position_[value.index];
  frames_.push_back(frame);
  return true;
}

void Stackifier::Builder::Want(ValueId value) {
  --remaining_[value.index];
  if (out_->rematerialized[value.index]) {
    return Push(EntryKind::kInst, value.index);
  }
  if (IsComputed(value) && !emitted_[value.index]) {
    if (remaining_[value.index] == 0) {
      if (ConsumeAtCursor(value) || ConsumeLoopResult(value) || Hold(value) ||
          MoveHere(value)) {
        return;
      }
    } else if (remaining_[value.index] == 1 && ConsumeBranchArgument(value)) {
      return;
    }
  }
  Get(value);
}

void Stackifier::Builder::Step() {
  Frame& frame = frames_.back();
  switch (frame.kind) {
    case FrameKind::kBody: {
      const ValueId item = AtCursor();
      if (item.valid()) return EmitRoot(item);
      cursor_ = frame.cursor;
      barrier_ = frame.barrier;
      body_ = frame.body;
      body_pool_ = frame.pool;
      frames_.pop_back();
      return;
    }
    case FrameKind::kTree: {
      if (pool_.size() == frame.begin) {
        frames_.pop_back();
        return;
      }
      const Item item = pool_.back();
      pool_.pop_back();
      if (item.is_set) return Push(EntryKind::kSet, item.value.index);
      return Want(item.value);
    }
    case FrameKind::kHold: {
      const ValueId item = AtCursor();
      WEFT_CHECK(item.valid());
      if (item != frame.inst) return EmitRoot(item);
      barrier_ = frame.barrier;
      const ValueId value = frame.inst;
      frames_.pop_back();
      WEFT_CHECK(ConsumeAtCursor(value));
      return;
    }
    case FrameKind::kRegion:
      return StepRegion();
  }
}

void Stackifier::Builder::Run(const Function& f, Emission* out) {
  f_ = &f;
  out_ = out;
  out_->Clear();
  frames_.clear();
  pool_.clear();
  group_.clear();
  incoming_.Compute(f);
  ComputeLive(f, incoming_, &live_);
  Number();
  CollectAssignments();
  ChooseStackParams();
  FindEdgesToLand();
  if (out_->missing_type || !out_->to_land.empty()) return;
  CountUses();
  ChooseRematerialized();
  cursor_ = ValueId();
  barrier_ = 0;
  body_ = BodyId();
  body_pool_ = 0;
  OpenBody(f.root_body());
  while (!frames_.empty()) Step();
  std::reverse(out_->entries.begin(), out_->entries.end());
}

Stackifier::Stackifier(const wasm::Module& module, const TypeLookup& types)
    : builder_(std::make_unique<Builder>(module, types)) {}
Stackifier::~Stackifier() = default;

void Stackifier::Run(const Function& f, Emission* out) {
  builder_->Run(f, out);
}

}  // namespace weft::ir
