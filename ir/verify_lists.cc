// One walk over the lists with a stack of open regions, which ends since it
// refuses to see an instruction twice; then one over the regions.
#include "ir/verify_lists.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "ir/describe.h"

namespace weft::ir {

using wasm::Module;

namespace {

class ListVerifier {
 public:
  ListVerifier(const Module& module, const Function& f,
               std::vector<bool>* listed)
      : module_(module), f_(f), listed_(*listed) {}

  absl::Status Run();

 private:
  struct Frame {
    RegionId region;
    uint32_t arm;
    ValueId at;
  };

  bool Fail(ValueId id, absl::string_view rule) {
    if (status_.ok()) status_ = BrokenAt(f_, id, rule);
    return false;
  }
  bool CheckLists();
  bool OpenBody(RegionId region, uint32_t arm);
  bool CheckLinks(ValueId id, BodyId body);
  bool OpenRegion(ValueId id);
  bool CheckHandlers(ValueId id, RegionId region);
  bool CheckTargets(ValueId id);
  bool CheckTable(ValueId id);
  bool CloseBody(BodyId body);
  bool CloseRegion(RegionId region);
  bool IsReached(RegionId region) const;
  bool CheckParams(RegionId region);

  const Module& module_;
  const Function& f_;
  std::vector<bool>& listed_;
  std::vector<bool> open_;     // By region.
  std::vector<bool> reached_;  // By region: an edge goes to its end.
  std::vector<uint32_t> arm_;  // By region: that the walk is in.
  std::vector<RegionId> regions_;
  std::vector<Frame> frames_;
  absl::Status status_;
};

// -- Lists, regions, control --------------------------------------------------

bool ListVerifier::OpenBody(RegionId region, uint32_t arm) {
  const ValueId inst = f_.region(region).inst;
  const BodyId id = f_.body_of(region, arm);
  if (id.index >= f_.num_bodies()) {
    return Fail(inst, "a body of the region is out of range");
  }
  const Body& body = f_.body(id);
  if (body.region != region) {
    return Fail(inst, "a body belongs to another region");
  }
  if (!body.first.valid() || !body.last.valid()) {
    return Fail(inst, "a body is empty, so that its end is reached");
  }
  arm_[region.index] = arm;
  frames_.push_back({region, arm, body.first});
  return true;
}

bool ListVerifier::CheckLinks(ValueId id, BodyId body) {
  if (id.index >= f_.num_insts()) {
    return Fail(f_.body(body).last, "a list leads out of range");
  }
  const Inst& inst = f_.inst(id);
  if (listed_[id.index]) return Fail(id, "it stands in a list twice");
  listed_[id.index] = true;
  if (inst.op == kDeleted) return Fail(id, "a deleted instruction is listed");
  if (static_cast<int>(inst.op) >= kIrOpCount) return Fail(id, "no operator");
  if (inst.body != body) return Fail(id, "it names another body");
  if (inst.prev.valid()
          ? inst.prev.index >= f_.num_insts() || f_.inst(inst.prev).next != id
          : f_.body(body).first != id) {
    return Fail(id, "its predecessor does not lead to it");
  }
  if (!inst.next.valid() && f_.body(body).last != id) {
    return Fail(id, "the list ends before the body's last instruction");
  }
  if (inst.next.valid() && IsTerminator(inst.op)) {
    return Fail(id, "a terminator does not stand last");
  }
  return true;
}

bool ListVerifier::CheckHandlers(ValueId id, RegionId region) {
  const Region& r = f_.region(region);
  const bool is_try = r.kind == RegionKind::kTry;
  if (!is_try && r.delegate.valid()) return Fail(id, "only try delegates");
  if (!is_try && r.kind != RegionKind::kTryTable && !r.handlers.empty()) {
    return Fail(id, "a region without handling has handlers");
  }
  if (r.delegate.valid()) {
    if (!r.handlers.empty()) return Fail(id, "a try delegates and catches");
    if (r.delegate.index >= f_.num_regions() || !open_[r.delegate.index]) {
      return Fail(id, "the try delegates to a region that is not around it");
    }
  }
  for (size_t i = 0; i < r.handlers.size(); ++i) {
    const Handler& handler = r.handlers[i];
    const bool has_tag = handler.kind == wasm::CatchClause::kCatch ||
                         handler.kind == wasm::CatchClause::kCatchRef;
    if (has_tag && handler.tag >= module_.tags.size()) {
      return Fail(id, "a tag is out of range");
    }
    if (!is_try) continue;
    const bool is_all = handler.kind == wasm::CatchClause::kCatchAll;
    if (!is_all && handler.kind != wasm::CatchClause::kCatch) {
      return Fail(id, "an arm of try has the kind of a clause");
    }
    if (is_all && i + 1 < r.handlers.size()) {
      return Fail(id, "catch_all is not the last arm");
    }
  }
  return true;
}

bool ListVerifier::OpenRegion(ValueId id) {
  const RegionId region = f_.region_of(id);
  if (region.index >= f_.num_regions() || region == Function::root() ||
      f_.region(region).inst != id) {
    return Fail(id, "the region has another instruction");
  }
  const Region& r = f_.region(region);
  struct Shape {
    Op op;
    RegionKind kind;
    uint32_t bodies;
  };
  const Shape shapes[] = {{Op::kBlock, RegionKind::kBlock, 1},
                          {Op::kLoop, RegionKind::kLoop, 1},
                          {Op::kIf, RegionKind::kIf, 2},
                          {Op::kTryTable, RegionKind::kTryTable, 1},
                          {Op::kTry, RegionKind::kTry,
                           static_cast<uint32_t>(1 + r.handlers.size())}};
  for (const Shape& shape : shapes) {
    if (shape.op != f_.inst(id).op) continue;
    if (shape.kind != r.kind || shape.bodies != r.num_bodies) {
      return Fail(id, "the region's kind or number of bodies does not fit");
    }
  }
  if (!CheckHandlers(id, region)) return false;
  regions_.push_back(region);
  open_[region.index] = true;
  return OpenBody(region, 0);
}

bool ListVerifier::CheckTable(ValueId id) {
  const uint32_t index = f_.inst(id).imm;
  if (index >= f_.branch_tables.size()) {
    return Fail(id, "the branch table is out of range");
  }
  const BranchTable& table = f_.branch_tables[index];
  uint32_t mentioned = 0;
  for (uint32_t label : table.labels) {
    if (label > mentioned || label >= table.targets.size()) {
      return Fail(id, "targets are not in the order of their first mention");
    }
    mentioned = std::max(mentioned, label + 1);
  }
  if (mentioned == 0 || mentioned != table.targets.size()) {
    return Fail(id, "the branch table is empty or has an unused target");
  }
  std::vector<RegionId> sorted = table.targets;
  std::sort(sorted.begin(), sorted.end());
  if (std::adjacent_find(sorted.begin(), sorted.end()) != sorted.end()) {
    return Fail(id, "the branch table names a target twice");
  }
  return true;
}

// Targets enclose the branch; marks the ends that are reached.
bool ListVerifier::CheckTargets(ValueId id) {
  const Inst& inst = f_.inst(id);
  if (inst.op == Op::kBrTable && !CheckTable(id)) return false;
  if ((inst.op == Op::kBrOnCast || inst.op == Op::kBrOnCastFail) &&
      inst.imm >= f_.cast_branches.size()) {
    return Fail(id, "the cast branch is out of range");
  }
  if (inst.op == Op::kRethrow) {
    const RegionId region(inst.imm);
    if (region.index >= f_.num_regions() || !open_[region.index] ||
        f_.region(region).kind != RegionKind::kTry || arm_[region.index] == 0) {
      return Fail(id, "rethrow is not inside of an arm of its try");
    }
  }
  if (inst.op == Op::kLoop) return true;
  const uint32_t edges = f_.num_edges(id);
  for (uint32_t e = 0; e < edges; ++e) {
    const RegionId target = f_.edge_target(id, e);
    if (target.index >= f_.num_regions() || !open_[target.index]) {
      return Fail(id, "it branches to a region that is not around it");
    }
    if (f_.region(target).kind != RegionKind::kLoop) {
      reached_[target.index] = true;
    }
  }
  return true;
}

bool ListVerifier::IsReached(RegionId region) const {
  if (f_.region(region).kind != RegionKind::kLoop) {
    return reached_[region.index];
  }
  return f_.inst(f_.body(f_.region(region).first_body).last).op == kExit;
}

bool ListVerifier::CloseBody(BodyId body) {
  const ValueId last = f_.body(body).last;
  if (IsTerminator(f_.inst(last).op)) return true;
  if (f_.is_region(last) && !IsReached(f_.region_of(last))) return true;
  return Fail(last, "the body's end is reached, but nothing closes it");
}

bool ListVerifier::CloseRegion(RegionId region) {
  open_[region.index] = false;
  if (region == Function::root() || IsReached(region)) return true;
  const ValueId inst = f_.region(region).inst;
  if (f_.inst(inst).next.valid()) {
    return Fail(inst, "something follows a region whose end is not reached");
  }
  if (f_.region(region).kind != RegionKind::kLoop &&
      !f_.region(region).params.empty()) {
    return Fail(inst, "a region whose end is not reached has parameters");
  }
  return true;
}

bool ListVerifier::CheckLists() {
  if (f_.num_regions() == 0) return Fail(ValueId(), "there is no region");
  const Region& root = f_.region(Function::root());
  if (root.kind != RegionKind::kFunction || root.inst.valid() ||
      root.num_bodies != 1 || !root.params.empty()) {
    return Fail(root.inst, "the first region is not the function's");
  }
  open_[0] = true;
  if (!OpenBody(Function::root(), 0)) return false;
  while (!frames_.empty()) {
    Frame& frame = frames_.back();
    const RegionId region = frame.region;
    const BodyId body = f_.body_of(region, frame.arm);
    const ValueId id = frame.at;
    if (!id.valid()) {
      if (!CloseBody(body)) return false;
      const uint32_t next = frame.arm + 1;
      frames_.pop_back();
      if (next < f_.region(region).num_bodies) {
        if (!OpenBody(region, next)) return false;
      } else if (!CloseRegion(region)) {
        return false;
      }
      continue;
    }
    if (!CheckLinks(id, body)) return false;
    frame.at = f_.inst(id).next;
    if (f_.inst(id).op == Op::kTryTable) {
      // Its clauses count from outside; OpenRegion checks the region itself.
      if (f_.region_of(id).index >= f_.num_regions()) {
        return Fail(id, "the region is out of range");
      }
    }
    if (!CheckTargets(id)) return false;
    if (f_.is_region(id) && !OpenRegion(id)) return false;
  }
  return true;
}

// -- Parameters ---------------------------------------------------------------

bool ListVerifier::CheckParams(RegionId region) {
  const Region& r = f_.region(region);
  const bool is_loop = r.kind == RegionKind::kLoop;
  const Op op = is_loop ? kLoopParam : kLabelParam;
  ValueId at = is_loop ? f_.body(r.first_body).first : f_.inst(r.inst).next;
  bool label_values = false;
  for (uint32_t i = 0; i < r.params.size(); ++i) {
    const ValueId param = r.params[i];
    if (param != at || !at.valid()) {
      return Fail(r.inst, absl::StrCat("parameter ", i,
                                       " is not where it should stand"));
    }
    const Inst& inst = f_.inst(param);
    if (inst.op != op || f_.num_operands(param) != 1 || inst.imm != i ||
        f_.operand(param, 0) != r.inst || inst.type == ValueType()) {
      return Fail(param, absl::StrCat("it is not parameter ", i,
                                      " of its region, which lists it so"));
    }
    if (label_values && inst.local != kNoLocal) {
      return Fail(param, "a parameter of a local follows a label value");
    }
    label_values |= inst.local == kNoLocal;
    at = inst.next;
  }
  return true;
}

absl::Status ListVerifier::Run() {
  listed_.assign(f_.num_insts(), false);
  open_.assign(f_.num_regions(), false);
  reached_.assign(f_.num_regions(), false);
  arm_.assign(f_.num_regions(), 0);
  if (!CheckLists()) return status_;
  for (RegionId region : regions_) {
    if (!CheckParams(region)) return status_;
  }
  return absl::OkStatus();
}

}  // namespace

absl::Status VerifyLists(const Module& module, const Function& function,
                         std::vector<bool>* listed) {
  return ListVerifier(module, function, listed).Run();
}

absl::Status BrokenAt(const Function& function, ValueId id,
                      absl::string_view rule) {
  return absl::InternalError(absl::StrCat("the SSA form is broken: ", rule,
                                          "\n", DescribeAround(function, id)));
}

}  // namespace weft::ir
