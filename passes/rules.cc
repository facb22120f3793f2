// One walk in source order. At each instruction the rules are tried until none
// matches; operands that are only asked for being zero, or for some of their
// bits, are tried once more with that knowledge, for that use alone.
#include "passes/rules.h"

#include <vector>

#include "ir/flow.h"
#include "passes/rule_matcher.h"

namespace weft::passes {

using ir::Function;
using ir::Inst;
using ir::Op;
using ir::ValueId;

namespace {

// Rules in a row at one place. Each makes the code smaller or faster, so that
// this is a guard against a mistake in the rules alone.
constexpr int kMaxSteps = 32;

class Rewriter {
 public:
  Rewriter(const FunctionContext& context, Function* f)
      : f_(*f), for_size_(context.for_size) {
    rule_context_.for_size = for_size_;
    // What the module says it needs is there wherever it runs.
    rule_context_.features = context.module.declared_features;
  }

  bool Run();

 private:
  void CountUses();
  void Visit(ValueId id);
  ValueId Rewrite(ValueId id, bool in_condition, uint64_t demanded);
  void RewriteUse(ValueId user, uint32_t operand, bool in_condition,
                  uint64_t demanded);
  void Replace(ValueId id, ValueId by);
  uint64_t DemandedBits(ValueId user) const;

  Function& f_;
  bool for_size_;
  RuleContext rule_context_;
  std::vector<uint32_t> uses_;
  std::vector<bool> feeds_edge_;  // Argument for a parameter.
  std::vector<ValueId> replacement_;
  bool changed_ = false;
};

void Rewriter::CountUses() {
  uses_.assign(f_.num_insts(), 0);
  feeds_edge_.assign(f_.num_insts(), false);
  replacement_.assign(f_.num_insts(), ValueId());
  ir::ForEachInst(f_, [&](ValueId id) {
    const auto operands = f_.operands(id);
    const uint32_t own = f_.num_own_operands(id);
    for (uint32_t i = 0; i < operands.size(); ++i) {
      ++uses_[operands[i].index];
      if (i >= own && f_.inst(id).op != Op::kReturn) {
        feeds_edge_[operands[i].index] = true;
      }
    }
  });
}

// What rules make of `id`, or an invalid id.
ValueId Rewriter::Rewrite(ValueId id, bool in_condition, uint64_t demanded) {
  ValueId result;
  ValueId at = id;
  for (int step = 0; step < kMaxSteps; ++step) {
    if (f_.inst(at).op == ir::kParam || !f_.inst(at).body.valid()) break;
    rule_context_.uses = uses_;
    rule_context_.in_condition = in_condition;
    rule_context_.demanded = demanded;
    ValueId next = ApplyRules(&f_, at, rule_context_);
    if (!next.valid() && (in_condition || ~demanded != 0)) {
      // A replacement may fit a rule for all uses.
      rule_context_.in_condition = false;
      rule_context_.demanded = ~uint64_t{0};
      if (at != id) next = ApplyRules(&f_, at, rule_context_);
    }
    if (!next.valid() || next == at) break;
    result = next;
    at = next;
  }
  return result;
}

void Rewriter::Replace(ValueId id, ValueId by) {
  changed_ = true;
  Inst& inst = f_.inst(id);
  Inst& value = f_.inst(by);
  const bool is_new = by.index >= uses_.size();
  if (is_new && value.local == ir::kNoLocal) {
    value.local = inst.local;
  } else if (value.type.is_ref() && value.local != ir::kNoLocal &&
             !(f_.local_types[value.local] == value.type)) {
    value.local = ir::kNoLocal;
  }
  if (by.index < uses_.size() && id.index < uses_.size()) {
    uses_[by.index] += uses_[id.index];
  }
  if (!is_new && inst.local != ir::kNoLocal && !ir::IsConst(value.op) &&
      id.index < feeds_edge_.size() && feeds_edge_[id.index]) {
    // Keeps the local that the parameter has, too.
    const ValueId copy = f_.New(ir::kCopy, value.type, {by});
    f_.inst(copy).local = f_.inst(id).local;
    f_.InsertBefore(id, copy);
    by = copy;
  }
  if (replacement_.size() <= id.index) replacement_.resize(id.index + 1);
  replacement_[id.index] = by;
}

void Rewriter::RewriteUse(ValueId user, uint32_t operand, bool in_condition,
                          uint64_t demanded) {
  const ValueId value = f_.operand(user, operand);
  const ValueId by = Rewrite(value, in_condition, demanded);
  if (!by.valid()) return;
  if (value.index < uses_.size()) --uses_[value.index];
  if (by.index < uses_.size()) ++uses_[by.index];
  f_.operands(user)[operand] = by;
  changed_ = true;
}

// The bits of its first (for stores: its second) operand that `user` looks at.
uint64_t Rewriter::DemandedBits(ValueId user) const {
  switch (f_.inst(user).op) {
    case Op::kI32Store8:
    case Op::kI64Store8:
    case Op::kI32Extend8S:
    case Op::kI64Extend8S:
      return 0xff;
    case Op::kI32Store16:
    case Op::kI64Store16:
    case Op::kI32Extend16S:
    case Op::kI64Extend16S:
      return 0xffff;
    case Op::kI64Store32:
    case Op::kI32WrapI64:
    case Op::kI64Extend32S:
      return 0xffffffff;
    default:
      return ~uint64_t{0};
  }
}

void Rewriter::Visit(ValueId id) {
  for (ValueId& operand : f_.operands(id)) {
    if (operand.index < replacement_.size() &&
        replacement_[operand.index].valid()) {
      operand = replacement_[operand.index];
    }
  }
  switch (f_.inst(id).op) {
    case Op::kBrIf:
    case Op::kIf:
    case Op::kI32Eqz:
      RewriteUse(id, 0, true, ~uint64_t{0});
      break;
    case Op::kSelect:
    case Op::kSelectTyped:
      RewriteUse(id, 2, true, ~uint64_t{0});
      break;
    default: {
      const uint64_t demanded = DemandedBits(id);
      if (~demanded == 0) break;
      const bool is_store = wasm::InfoOf(f_.inst(id).op).access_bytes != 0;
      RewriteUse(id, is_store ? 1 : 0, false, demanded);
      break;
    }
  }
  if (!ir::IsWasmOp(f_.inst(id).op) || f_.inst(id).type == ir::ValueType() ||
      f_.is_region(id) || ir::IsBranch(f_.inst(id).op)) {
    return;
  }
  const ValueId by = Rewrite(id, false, ~uint64_t{0});
  if (by.valid()) Replace(id, by);
}

bool Rewriter::Run() {
  CountUses();
  ir::ForEachInst(f_, [&](ValueId id) { Visit(id); });
  return changed_;
}

}  // namespace

bool Rules(const FunctionContext& context, Function* function) {
  return Rewriter(context, function).Run();
}

}  // namespace weft::passes
