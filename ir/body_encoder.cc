#include "ir/body_encoder.h"

#include <algorithm>

#include "ir/wasm/locals.h"

namespace weft::ir {

using wasm::BlockType;
using wasm::Operator;

// The operator of `id` is written next.
void BodyEncoder::NoteHint(ValueId id) {
  if (hints_ == nullptr) return;
  const Op op = f_->inst(id).op;
  if (op != Op::kIf && op != Op::kBrIf) return;
  const auto at = std::lower_bound(
      f_->hints.begin(), f_->hints.end(), id,
      [](const Function::Hint& a, ValueId b) { return a.inst < b; });
  if (at == f_->hints.end() || at->inst != id) return;
  Flush();
  hints_->push_back({static_cast<uint32_t>(out_->size() - begin_), at->likely});
}

void BodyEncoder::Write(const Operator& op) {
  Flush();
  WriteOperator(op, out_);
}

void BodyEncoder::Write(Op op) {
  Operator plain;
  plain.op = op;
  Write(plain);
}

// -- Locals
// ---------------------------------------------------------------------

// A local access waits for the next one, with which it may combine.
void BodyEncoder::Held(HeldKind kind, uint32_t local) {
  if (held_ != HeldKind::kNone && held_local_ == local) {
    const bool was_set = held_ == HeldKind::kSet;
    const bool was_get = held_ == HeldKind::kGet;
    if (was_set && kind == HeldKind::kGet) {
      held_ = HeldKind::kTee;
      return;
    }
    if (!was_set && kind == HeldKind::kSet) {
      held_ = was_get ? HeldKind::kNone : HeldKind::kSet;
      return;
    }
    if (!was_set && kind == HeldKind::kTee) return;
  }
  Flush();
  held_ = kind;
  held_local_ = local;
}

void BodyEncoder::Flush() {
  if (held_ == HeldKind::kNone) return;
  Operator op;
  op.op = held_ == HeldKind::kGet   ? Op::kLocalGet
          : held_ == HeldKind::kSet ? Op::kLocalSet
                                    : Op::kLocalTee;
  op.index[0] = held_local_;
  WriteOperator(op, out_);
  const bool reads = held_ != HeldKind::kSet;
  held_ = HeldKind::kNone;
  if (reads && assert_non_null_[held_local_]) {
    op.op = Op::kRefAsNonNull;
    WriteOperator(op, out_);
  }
}

void BodyEncoder::Drop() {
  if (held_ == HeldKind::kGet) {
    held_ = HeldKind::kNone;
  } else if (held_ == HeldKind::kTee) {
    held_ = HeldKind::kSet;
  } else {
    Write(Op::kDrop);
  }
}

void BodyEncoder::LocalOp(EntryKind kind, ValueId value) {
  const uint32_t local = locals_->local_of_value[value.index];
  Held(kind == EntryKind::kGet   ? HeldKind::kGet
       : kind == EntryKind::kSet ? HeldKind::kSet
                                 : HeldKind::kTee,
       local);
}

bool BodyEncoder::IsTrivial(const ValueCopy& copy) const {
  return !emission_->rematerialized[copy.from.index] &&
         locals_->local_of_value[copy.from.index] ==
             locals_->local_of_value[copy.to.index];
}

bool BodyEncoder::CopiesVanish(const Entry& entry) const {
  for (uint32_t i = 0; i < entry.b; ++i) {
    if (!IsTrivial(emission_->copies[entry.a + i])) return false;
  }
  return true;
}

void BodyEncoder::PushSource(const ValueCopy& copy) {
  if (emission_->rematerialized[copy.from.index]) {
    Plain(copy.from);
  } else {
    LocalOp(EntryKind::kGet, copy.from);
  }
}

// Whether assigning in order never overwrites a local that is read later.
bool BodyEncoder::AreSequential(absl::Span<const ValueCopy> copies) {
  copied_to_.resize(locals_->types.size(), false);
  bool sequential = true;
  auto local_of = [&](ValueId v) { return locals_->local_of_value[v.index]; };
  for (const ValueCopy& copy : copies) {
    if (IsTrivial(copy)) continue;
    if (!emission_->rematerialized[copy.from.index] &&
        copied_to_[local_of(copy.from)]) {
      sequential = false;
    }
    copied_to_[local_of(copy.to)] = true;
  }
  for (const ValueCopy& copy : copies) copied_to_[local_of(copy.to)] = false;
  return sequential;
}

// One after the other where that is the same; otherwise all sources are
// pushed before the first target is assigned.
void BodyEncoder::Copies(const Entry& entry) {
  const auto copies =
      absl::MakeConstSpan(emission_->copies).subspan(entry.a, entry.b);
  const bool sequential = AreSequential(copies);
  for (const ValueCopy& copy : copies) {
    if (IsTrivial(copy)) continue;
    PushSource(copy);
    if (sequential) LocalOp(EntryKind::kSet, copy.to);
  }
  if (sequential) return;
  for (size_t i = copies.size(); i-- > 0;) {
    if (!IsTrivial(copies[i])) LocalOp(EntryKind::kSet, copies[i].to);
  }
}

// Follows the validator's rule for locals without default: a read must lie
// behind an assignment in the same or an enclosing block.
void BodyEncoder::FindNullable() {
  const std::vector<ValueType>& types = locals_->types;
  assert_non_null_.assign(types.size(), false);
  bool any = false;
  std::vector<bool> known(types.size(), true);
  for (size_t i = f_->params.size(); i < types.size(); ++i) {
    if (types[i].is_defaultable()) continue;
    known[i] = false;
    any = true;
  }
  if (!any) return;
  std::vector<uint32_t> assigned;
  std::vector<size_t> marks;
  auto set = [&](uint32_t local) {
    if (known[local]) return;
    known[local] = true;
    assigned.push_back(local);
  };
  auto get = [&](uint32_t local) {
    if (!known[local]) assert_non_null_[local] = true;
  };
  auto leave = [&](size_t mark) {
    while (assigned.size() > mark) {
      known[assigned.back()] = false;
      assigned.pop_back();
    }
  };
  auto local_of = [&](ValueId v) { return locals_->local_of_value[v.index]; };
  for (const Entry& entry : emission_->entries) {
    switch (entry.kind) {
      case EntryKind::kGet:
        get(local_of(ValueId(entry.a)));
        break;
      case EntryKind::kSet:
      case EntryKind::kTee:
        set(local_of(ValueId(entry.a)));
        break;
      case EntryKind::kCopies:
        for (uint32_t i = 0; i < entry.b; ++i) {
          const ValueCopy& copy = emission_->copies[entry.a + i];
          if (IsTrivial(copy)) continue;
          if (!emission_->rematerialized[copy.from.index]) {
            get(local_of(copy.from));
          }
        }
        for (uint32_t i = 0; i < entry.b; ++i) {
          const ValueCopy& copy = emission_->copies[entry.a + i];
          if (!IsTrivial(copy)) set(local_of(copy.to));
        }
        break;
      case EntryKind::kOpen:
        marks.push_back(assigned.size());
        break;
      case EntryKind::kArm:
        leave(marks.back());
        break;
      case EntryKind::kClose:
        leave(marks.back());
        marks.pop_back();
        break;
      case EntryKind::kInst: {
        const Inst& inst = f_->inst(ValueId(entry.a));
        if (inst.op == Op::kLocalGet) get(locals_->local_of_pinned[inst.imm]);
        if (inst.op == Op::kLocalSet || inst.op == Op::kLocalTee) {
          set(locals_->local_of_pinned[inst.imm]);
        }
        break;
      }
      case EntryKind::kDrop:
        break;
    }
  }
  for (size_t i = 0; i < types.size(); ++i) {
    if (assert_non_null_[i]) locals_->types[i] = types[i].AsNullable();
  }
}

// -- Control
// --------------------------------------------------------------------

uint32_t BodyEncoder::Depth(RegionId region) const {
  return static_cast<uint32_t>(labels_.size() - 1 - depth_of_[region.index]);
}

bool BodyEncoder::Exits(RegionId region) const {
  if (f_->region(region).kind != RegionKind::kLoop) {
    return emission_->exits[region.index];
  }
  const ValueId last = f_->body(f_->region(region).first_body).last;
  return last.valid() && f_->inst(last).op == kExit;
}

// A region whose end is never reached stands at the end of its body, and takes
// the type that is wanted there.
BlockType BodyEncoder::TypeOf(RegionId region) const {
  if (!Exits(region)) return labels_.back().type;
  std::vector<ValueType> results;
  if (f_->region(region).kind == RegionKind::kLoop) {
    const ValueId value = emission_->loop_results[region.index];
    if (value.valid()) {
      // It may have to come from its local, whose type may be wider.
      const Inst& inst = f_->inst(value);
      const bool wider = inst.type.is_ref() && inst.local != kNoLocal;
      results.push_back(wider ? f_->local_types[inst.local] : inst.type);
    }
  } else {
    for (ValueId param : emission_->stack_params[region.index]) {
      results.push_back(f_->inst(param).type);
    }
  }
  BlockType type;
  if (results.size() == 1) {
    type.kind = BlockType::kValue;
    type.value = results[0];
  } else if (results.size() > 1) {
    type.kind = BlockType::kTypeIndex;
    type.index = types_.BlockType(results);
    WEFT_CHECK(type.index != wasm::kNoIndex);
  }
  return type;
}

void BodyEncoder::Open(RegionId region) {
  Operator op;
  op.op = f_->inst(f_->region(region).inst).op;
  op.block_type = TypeOf(region);
  if (f_->region(region).kind == RegionKind::kTryTable) {
    catches_.clear();
    for (const Handler& handler : f_->region(region).handlers) {
      catches_.push_back({handler.kind, handler.tag, Depth(handler.target)});
    }
    op.catches = catches_;
  }
  const bool missing = labels_.back().missing && !Exits(region);
  depth_of_[region.index] = static_cast<uint32_t>(labels_.size());
  labels_.push_back({region, op.block_type, missing});
  NoteHint(f_->region(region).inst);
  Write(op);
}

void BodyEncoder::Arm(size_t entry) {
  const RegionId region(emission_->entries[entry].a);
  const uint32_t arm = emission_->entries[entry].b;
  if (f_->region(region).kind == RegionKind::kIf) {
    // An else arm without code and results goes.
    if (labels_.back().type.kind == BlockType::kEmpty) {
      size_t next = entry + 1;
      while (emission_->entries[next].kind == EntryKind::kCopies &&
             CopiesVanish(emission_->entries[next])) {
        ++next;
      }
      if (emission_->entries[next].kind == EntryKind::kClose) return;
    }
    return Write(Op::kElse);
  }
  const Handler& handler = f_->region(region).handlers[arm - 1];
  Operator op;
  op.op =
      handler.kind == wasm::CatchClause::kCatch ? Op::kCatch : Op::kCatchAll;
  op.index[0] = handler.tag;
  Write(op);
}

void BodyEncoder::Close(RegionId region) {
  const bool missing = labels_.back().missing;
  labels_.pop_back();
  const RegionId delegate = f_->region(region).delegate;
  if (delegate.valid()) {
    Operator op;
    op.op = Op::kDelegate;
    op.index[0] = Depth(delegate);
    Write(op);
  } else {
    Write(Op::kEnd);
  }
  if (missing) Write(Op::kUnreachable);
}

// Whether control that goes beyond `entry` comes to the end of `target` at
// once, without any operator between.
bool BodyEncoder::FallsTo(size_t entry, RegionId target) const {
  const size_t next = entry + 1;
  if (next >= emission_->entries.size()) return target == Function::root();
  const Entry& after = emission_->entries[next];
  if (after.kind != EntryKind::kClose && after.kind != EntryKind::kArm) {
    return false;
  }
  return RegionId(after.a) == target &&
         f_->region(target).kind != RegionKind::kLoop;
}

void BodyEncoder::Branch(ValueId id, Operator* op) {
  const Inst& inst = f_->inst(id);
  switch (inst.op) {
    case Op::kBrTable: {
      const BranchTable& table = f_->branch_tables[inst.imm];
      depths_.clear();
      for (uint32_t label : table.labels) {
        depths_.push_back(Depth(table.targets[label]));
      }
      op->labels = depths_;
      break;
    }
    case Op::kBrOnCast:
    case Op::kBrOnCastFail: {
      const Function::CastBranch& cast = f_->cast_branches[inst.imm];
      op->index[0] = cast.flags;
      op->index[1] = Depth(cast.target);
      op->heap[0] = cast.heap[0];
      op->heap[1] = cast.heap[1];
      break;
    }
    default:
      op->index[0] = Depth(RegionId(inst.imm));
      break;
  }
}

void BodyEncoder::Plain(ValueId id) {
  const Inst& inst = f_->inst(id);
  Operator op;
  op.op = inst.op;
  switch (inst.op) {
    case Op::kLocalGet:
      return Held(HeldKind::kGet, locals_->local_of_pinned[inst.imm]);
    case Op::kLocalSet:
      return Held(HeldKind::kSet, locals_->local_of_pinned[inst.imm]);
    case Op::kLocalTee:
      return Held(HeldKind::kTee, locals_->local_of_pinned[inst.imm]);
    case Op::kSelectTyped:
      op.types = absl::MakeConstSpan(&inst.type, 1);
      return Write(op);
    case Op::kReturn:
    case Op::kUnreachable:
      return Write(op);
    case Op::kRethrow:
      op.index[0] = Depth(RegionId(inst.imm));
      return Write(op);
    default:
      if (IsBranch(inst.op)) {
        Branch(id, &op);
        NoteHint(id);
      } else {
        f_->LoadImmediates(id, &op);
      }
      return Write(op);
  }
}

void BodyEncoder::Encode(const Function& f, const Emission& emission,
                         LocalAssignment* locals, wasm::ByteWriter* out,
                         std::vector<wasm::BranchHint>* hints) {
  f_ = &f;
  emission_ = &emission;
  locals_ = locals;
  out_ = out;
  begin_ = out->size();
  hints_ = f.hints.empty() ? nullptr : hints;
  if (hints != nullptr) hints->clear();
  held_ = HeldKind::kNone;
  FindNullable();
  const absl::Span<const ValueType> types = locals->types;
  wasm::WriteLocals(types.subspan(f.params.size()), out);
  labels_.clear();
  depth_of_.assign(f.num_regions(), 0);
  Label function{Function::root(), BlockType(), false};
  if (f.results.size() == 1) {
    function.type.kind = BlockType::kValue;
    function.type.value = f.results[0];
  } else if (f.results.size() > 1) {
    function.type.index = types_.BlockType(f.results);
    function.missing = function.type.index == wasm::kNoIndex;
    function.type.kind =
        function.missing ? BlockType::kEmpty : BlockType::kTypeIndex;
  }
  labels_.push_back(function);
  const std::vector<Entry>& entries = emission.entries;
  for (size_t i = 0; i < entries.size(); ++i) {
    const Entry& entry = entries[i];
    switch (entry.kind) {
      case EntryKind::kInst: {
        const ValueId id(entry.a);
        const Op op = f.inst(id).op;
        if (op == Op::kBr && FallsTo(i, RegionId(f.inst(id).imm))) break;
        if (op == Op::kReturn && FallsTo(i, Function::root())) break;
        Plain(id);
        break;
      }
      case EntryKind::kGet:
      case EntryKind::kSet:
      case EntryKind::kTee:
        LocalOp(entry.kind, ValueId(entry.a));
        break;
      case EntryKind::kDrop:
        Drop();
        break;
      case EntryKind::kCopies:
        Copies(entry);
        break;
      case EntryKind::kOpen:
        Open(RegionId(entry.a));
        break;
      case EntryKind::kArm:
        Arm(i);
        break;
      case EntryKind::kClose:
        Close(RegionId(entry.a));
        break;
    }
  }
  Write(Op::kEnd);
}

}  // namespace weft::ir
