// First the lists and the parameters of regions (verify_lists), on which the
// slicing of operands rests; then, in source order, every instruction with its
// operands, edges, types and dominance.
#include "ir/verifier.h"

#include <vector>

#include "absl/strings/str_cat.h"
#include "ir/dominance.h"
#include "ir/flow.h"
#include "ir/operand_types.h"
#include "ir/verify_lists.h"
#include "ir/wasm/type_text.h"

namespace weft::ir {

using wasm::Module;

namespace {

class Verifier {
 public:
  Verifier(const Module& module, const Function& f) : module_(module), f_(f) {}

  absl::Status Run();

 private:
  bool Fail(ValueId id, absl::string_view rule);
  bool FailType(ValueId id, absl::string_view what, uint32_t position,
                ValueType got, ValueType want);

  bool CheckInst(ValueId id);
  bool CheckHint(ValueId id);
  bool CheckEntryValue(ValueId id);
  bool CheckProjection(ValueId id);
  bool CheckArms(RegionId region);
  bool CheckOwnOperands(ValueId id);
  bool CheckEdges(ValueId id, uint32_t own);
  bool CheckTableValues(ValueId id);
  bool CheckResults(ValueId id);
  bool CheckDominance(ValueId id);

  bool Exists(ValueId id) const {
    return id.valid() && id.index < f_.num_insts() && listed_[id.index];
  }
  bool IsPinned(uint32_t local) const {
    return local < f_.pinned.size() && f_.pinned[local];
  }
  ValueType TargetType(RegionId target, uint32_t i) const {
    return target == Function::root()
               ? f_.results[i]
               : f_.inst(f_.region(target).params[i]).type;
  }
  bool Matches(ValueType got, ValueType want) const {
    if (want == ValueType(ValueType::kNone)) return got.is_num_or_vec();
    if (want == ValueType(ValueType::kBottom)) return got.is_ref();
    return wasm::IsSubtype(module_, got, want);
  }

  const Module& module_;
  const Function& f_;
  Dominance dominance_;
  std::vector<bool> listed_;  // By instruction.
  std::vector<ValueType> types_;
  absl::Status status_;
};

bool Verifier::Fail(ValueId id, absl::string_view rule) {
  if (status_.ok()) status_ = BrokenAt(f_, id, rule);
  return false;
}

bool Verifier::FailType(ValueId id, absl::string_view what, uint32_t position,
                        ValueType got, ValueType want) {
  std::string wanted = wasm::ValueTypeText(want);
  if (want == ValueType(ValueType::kNone)) wanted = "a number or vector";
  if (want == ValueType(ValueType::kBottom)) wanted = "a reference";
  return Fail(id,
              absl::StrCat(what, " ", position, " has type ",
                           wasm::ValueTypeText(got), ", wanted is ", wanted));
}

// -- Instructions -------------------------------------------------------------

bool Verifier::CheckHint(ValueId id) {
  const Inst& inst = f_.inst(id);
  if (inst.local == kNoLocal) return true;
  if (inst.local >= f_.local_types.size()) {
    return Fail(id, "its source local is out of range");
  }
  if (IsPinned(inst.local)) return Fail(id, "its source local is pinned");
  if (inst.type == ValueType() ||
      !Matches(inst.type, f_.local_types[inst.local])) {
    return Fail(id, "its source local cannot hold it");
  }
  return true;
}

bool Verifier::CheckEntryValue(ValueId id) {
  const Inst& inst = f_.inst(id);
  const std::vector<ValueType>& types =
      inst.op == kParam ? f_.params : f_.local_types;
  if (f_.num_operands(id) != 0 || inst.imm >= types.size() ||
      !(inst.type == types[inst.imm])) {
    return Fail(id, "index or type of an entry value is wrong");
  }
  const bool at_head = inst.body == f_.root_body() &&
                       (!inst.prev.valid() || f_.inst(inst.prev).op == kParam ||
                        f_.inst(inst.prev).op == kDefault);
  if (!at_head) return Fail(id, "an entry value is not at function entry");
  if (IsPinned(inst.imm)) return Fail(id, "it reads a pinned local");
  return true;
}

// kResult and parameters: that they stand in the group of their base.
bool Verifier::CheckProjection(ValueId id) {
  const Inst& inst = f_.inst(id);
  if (f_.num_operands(id) != 1 || !Exists(f_.operand(id, 0))) {
    return Fail(id, "it has no base");
  }
  const ValueId base = f_.operand(id, 0);
  if (inst.op == kResult || inst.op == kCatchParam) {
    const bool first = inst.imm == 0;
    const ValueId before = first && inst.op == kResult ? base : ValueId();
    const bool follows = first ? inst.prev == before
                               : inst.prev.valid() &&
                                     f_.inst(inst.prev).op == inst.op &&
                                     f_.inst(inst.prev).imm + 1 == inst.imm &&
                                     f_.operand(inst.prev, 0) == base;
    if (!follows) return Fail(id, "it does not stand in its group");
  }
  if (inst.op == kResult) return true;  // CheckResults does the rest.
  if (!f_.is_region(base)) return Fail(id, "its base is not a region");
  const RegionId region = f_.region_of(base);
  const Region& r = f_.region(region);
  if (inst.op != kCatchParam) {
    if (inst.imm >= r.params.size() || r.params[inst.imm] != id) {
      return Fail(id, "its region does not list it");
    }
    return true;
  }
  const uint32_t arm = inst.body.index - r.first_body.index;
  if (r.kind != RegionKind::kTry || arm == 0 || arm >= r.num_bodies ||
      r.handlers[arm - 1].kind != wasm::CatchClause::kCatch) {
    return Fail(id, "it is not in an arm that catches a tag");
  }
  const auto& params =
      module_.types[module_.tags[r.handlers[arm - 1].tag].type].params;
  if (inst.imm >= params.size() || !(params[inst.imm] == inst.type)) {
    return Fail(id, "the tag has no such value");
  }
  const bool last = !inst.next.valid() || f_.inst(inst.next).op != kCatchParam;
  if (last && inst.imm + 1 != params.size()) {
    return Fail(id, "not all values of the tag are there");
  }
  return true;
}

// CheckProjection looks at the values that are there.
bool Verifier::CheckArms(RegionId region) {
  const Region& r = f_.region(region);
  for (uint32_t arm = 1; arm < r.num_bodies; ++arm) {
    const Handler& handler = r.handlers[arm - 1];
    if (handler.kind != wasm::CatchClause::kCatch) continue;
    const ValueId first = f_.body(f_.body_of(region, arm)).first;
    if (f_.inst(first).op != kCatchParam &&
        !module_.types[module_.tags[handler.tag].type].params.empty()) {
      return Fail(r.inst, "an arm does not begin with the values of its tag");
    }
  }
  return true;
}

bool Verifier::CheckOwnOperands(ValueId id) {
  const Inst& inst = f_.inst(id);
  types_.clear();
  if (inst.op == kCopy) {
    types_.push_back(inst.type);
  } else if (IsWasmOp(inst.op)) {
    const char* error = ImmediateError(module_, f_, id);
    if (*error != '\0') return Fail(id, error);
    OperandTypes(module_, f_, id, &types_);
  }
  if (f_.num_operands(id) < types_.size())
    return Fail(id, "operands are missing");
  for (uint32_t i = 0; i < types_.size(); ++i) {
    const ValueType got = f_.inst(f_.operand(id, i)).type;
    if (!Matches(got, types_[i])) {
      return FailType(id, "operand", i, got, types_[i]);
    }
  }
  if (inst.op == Op::kSelect &&
      !(f_.inst(f_.operand(id, 0)).type == f_.inst(f_.operand(id, 1)).type)) {
    return Fail(id, "select without a type chooses between two types");
  }
  return true;
}

bool Verifier::CheckEdges(ValueId id, uint32_t own) {
  const uint32_t edges = f_.num_edges(id);
  uint32_t at = own;
  for (uint32_t e = 0; e < edges; ++e) {
    const RegionId target = f_.edge_target(id, e);
    const uint32_t arity = f_.arity(target);
    ImplicitTypes(module_, f_, id, e, &types_);
    const uint32_t implicit = static_cast<uint32_t>(types_.size());
    if (arity < implicit ||
        (f_.inst(id).op == Op::kTryTable && arity != implicit)) {
      return Fail(id,
                  absl::StrCat("edge ", e, " supplies ", implicit,
                               " values by itself, its target takes ", arity));
    }
    const uint32_t args = arity - implicit;
    if (at + args > f_.num_operands(id)) {
      return Fail(id, absl::StrCat("edge ", e, " lacks arguments"));
    }
    for (uint32_t i = 0; i < arity; ++i) {
      const ValueType got =
          i < args ? f_.inst(f_.operand(id, at + i)).type : types_[i - args];
      const ValueType want = TargetType(target, i);
      if (!Matches(got, want)) {
        return FailType(id, absl::StrCat("edge ", e, ", argument"), i, got,
                        want);
      }
    }
    at += args;
  }
  if (at != f_.num_operands(id)) return Fail(id, "too many operands");
  return f_.inst(id).op != Op::kBrTable || CheckTableValues(id);
}

// All targets of a br_table take the same label values, but for loops: what
// these receive travels in locals.
bool Verifier::CheckTableValues(ValueId id) {
  std::vector<ValueId> first;
  std::vector<ValueId> values;
  bool any = false;
  uint32_t at = 1;
  const uint32_t edges = f_.num_edges(id);
  for (uint32_t e = 0; e < edges; ++e) {
    const RegionId target = f_.edge_target(id, e);
    const uint32_t arity = f_.arity(target);
    values.clear();
    for (uint32_t i = 0; i < arity; ++i) {
      const bool is_value =
          target == Function::root() ||
          f_.inst(f_.region(target).params[i]).local == kNoLocal;
      if (is_value) values.push_back(f_.operand(id, at + i));
    }
    at += arity;
    if (target != Function::root() &&
        f_.region(target).kind == RegionKind::kLoop) {
      continue;
    }
    if (!any) first = values;
    any = true;
    if (values != first) {
      return Fail(id, "targets of br_table receive different label values");
    }
  }
  return true;
}

bool Verifier::CheckResults(ValueId id) {
  const Inst& inst = f_.inst(id);
  DerivedTypes(module_, f_, id, &types_);
  if (types_.size() == 1) {
    if (!Matches(types_[0], inst.type)) {
      return FailType(id, "result", 0, types_[0], inst.type);
    }
    types_.clear();
  } else if (!(inst.type == ValueType())) {
    return Fail(id, "it has a type, but not one result");
  }
  ValueId at = inst.next;
  for (uint32_t i = 0; i <= types_.size(); ++i) {
    const bool is_result = at.valid() && f_.inst(at).op == kResult &&
                           f_.num_operands(at) == 1 && f_.operand(at, 0) == id;
    if (i == types_.size()) {
      return !is_result || Fail(at, "there is no such result");
    }
    if (!is_result || f_.inst(at).imm != i) {
      return Fail(id, absl::StrCat("result ", i, " does not follow"));
    }
    if (!Matches(types_[i], f_.inst(at).type)) {
      return FailType(at, "result", i, types_[i], f_.inst(at).type);
    }
    at = f_.inst(at).next;
  }
  return true;
}

bool Verifier::CheckDominance(ValueId id) {
  for (ValueId operand : f_.operands(id)) {
    if (!dominance_.Dominates(operand, id)) {
      return Fail(
          id, absl::StrCat("%", operand.index, " does not dominate its use"));
    }
    const Inst& definition = f_.inst(operand);
    if (IsBranch(definition.op) &&
        !dominance_.SegmentDominates(dominance_.segment(definition.next),
                                     dominance_.segment(id))) {
      return Fail(id, absl::StrCat("%", operand.index,
                                   " is there only where it falls through"));
    }
    if (definition.op == kDefault && !definition.type.is_defaultable()) {
      return Fail(id, absl::StrCat("%", operand.index, " has no default"));
    }
  }
  return true;
}

bool Verifier::CheckInst(ValueId id) {
  const Inst& inst = f_.inst(id);
  for (ValueId operand : f_.operands(id)) {
    if (!Exists(operand)) {
      return Fail(id, absl::StrCat("operand %", operand.index,
                                   " is deleted or in no list"));
    }
  }
  if (!CheckHint(id)) return false;
  switch (inst.op) {
    case kParam:
    case kDefault:
      return CheckEntryValue(id);
    case kResult:
    case kLabelParam:
    case kLoopParam:
    case kCatchParam:
      return CheckProjection(id);
    case Op::kLocalGet:
    case Op::kLocalSet:
    case Op::kLocalTee:
      if (!IsPinned(inst.imm)) return Fail(id, "its local is not pinned");
      break;
    case Op::kTry:
      if (!CheckArms(f_.region_of(id))) return false;
      break;
    case Op::kDrop:
    case Op::kNop:
    case Op::kElse:
    case Op::kEnd:
    case Op::kCatch:
    case Op::kCatchAll:
    case Op::kDelegate:
      return Fail(id, "the SSA form has no such operator");
    default:
      break;
  }
  for (ValueId operand : f_.operands(id)) {
    if (f_.inst(operand).type == ValueType()) {
      return Fail(id, absl::StrCat("operand %", operand.index, " is no value"));
    }
  }
  if (!CheckOwnOperands(id)) return false;
  const uint32_t own = static_cast<uint32_t>(types_.size());
  return CheckEdges(id, own) && CheckResults(id) && CheckDominance(id);
}

absl::Status Verifier::Run() {
  status_ = VerifyLists(module_, f_, &listed_);
  if (!status_.ok()) return status_;
  dominance_.Compute(f_);
  ForEachInst(f_, [&](ValueId id) {
    if (status_.ok()) CheckInst(id);
  });
  return status_;
}

}  // namespace

absl::Status Verify(const Module& module, const Function& function) {
  return Verifier(module, function).Run();
}

}  // namespace weft::ir
