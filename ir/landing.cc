#include "ir/landing.h"

#include <vector>

namespace weft::ir {

namespace {

// A region that is a plain block, with its instruction, in no list yet.
RegionId NewBlock(Function* f) {
  const RegionId region = f->NewRegion(RegionKind::kBlock, 1);
  const ValueId inst = f->New(Op::kBlock, ValueType(), {}, region.index);
  f->region(region).inst = inst;
  return region;
}

void Retarget(ValueId branch, uint32_t edge, RegionId to, Function* f) {
  Inst& inst = f->inst(branch);
  switch (inst.op) {
    case Op::kBrTable:
      f->branch_tables[inst.imm].targets[edge] = to;
      return;
    case Op::kBrOnCast:
    case Op::kBrOnCastFail:
      f->cast_branches[inst.imm].target = to;
      return;
    case Op::kTryTable:
      f->region(RegionId(inst.imm)).handlers[edge].target = to;
      return;
    default:
      inst.imm = to.index;
      return;
  }
}

// Moves `first` and what stands behind it to `body`, which is empty.
void MoveTail(ValueId first, BodyId body, Function* f) {
  for (ValueId v = first; v.valid();) {
    const ValueId next = f->inst(v).next;
    f->Unlink(v);
    f->Append(body, v);
    v = next;
  }
}

// Takes the arguments of `edge` out of the operands and returns them.
std::vector<ValueId> TakeArguments(ValueId branch, uint32_t edge, Function* f) {
  const absl::Span<const ValueId> args = f->edge_args(branch, edge);
  const absl::Span<const ValueId> all = f->operands(branch);
  const size_t begin = static_cast<size_t>(args.data() - all.data());
  const std::vector<ValueId> taken(args.begin(), args.end());
  std::vector<ValueId> left(all.begin(), all.end());
  left.erase(left.begin() + static_cast<long>(begin),
             left.begin() + static_cast<long>(begin + taken.size()));
  f->SetOperands(branch, left);
  return taken;
}

}  // namespace

void LandEdge(ValueId branch, uint32_t edge, Function* f) {
  const RegionId target = f->edge_target(branch, edge);
  const uint32_t implicit = f->num_implicit_args(branch, edge);
  const BodyId outer = f->inst(branch).body;
  const RegionId around = f->body(outer).region;
  std::vector<ValueId> args = TakeArguments(branch, edge, f);
  const RegionId landing = NewBlock(f);
  MoveTail(branch, f->region(landing).first_body, f);
  BodyId body = outer;
  const ValueId last = f->body(f->region(landing).first_body).last;
  if (f->inst(last).op == kExit) {
    // It meant the end of the body, which is the detour now.
    RegionId end = around;
    if (f->region(around).kind == RegionKind::kLoop) {
      end = NewBlock(f);
      f->Append(outer, f->region(end).inst);
      f->Append(outer, f->New(kExit, ValueType(), {}));
      body = f->region(end).first_body;
    }
    f->inst(last).op = end == Function::root() ? Op::kReturn : Op::kBr;
    f->inst(last).imm = end.index;
  }
  const ValueId inst = f->region(landing).inst;
  f->Append(body, inst);
  for (uint32_t i = 0; i < implicit; ++i) {
    const std::vector<ValueId>& params = f->region(target).params;
    const ValueType type = f->inst(params[params.size() - implicit + i]).type;
    const ValueId param = f->New(kLabelParam, type, {inst}, i);
    f->Append(body, param);
    f->region(landing).params.push_back(param);
    args.push_back(param);
  }
  Retarget(branch, edge, landing, f);
  const bool returns = target == Function::root();
  f->Append(body, f->New(returns ? Op::kReturn : Op::kBr, ValueType(), args,
                         returns ? 0 : target.index));
}

}  // namespace weft::ir
