#include "ir/describe.h"

#include <vector>

#include "absl/strings/str_cat.h"
#include "ir/wasm/op.h"
#include "ir/wasm/type_text.h"

namespace weft::ir {

using wasm::InfoOf;

namespace {

// Instructions shown before and after one.
constexpr size_t kContext = 4;

// Where an edge of `id` goes, guarding against indices out of range.
void AppendTargets(const Function& f, ValueId id, std::string* text) {
  const Inst& inst = f.inst(id);
  if ((inst.op == Op::kBrTable && inst.imm >= f.branch_tables.size()) ||
      ((inst.op == Op::kBrOnCast || inst.op == Op::kBrOnCastFail) &&
       inst.imm >= f.cast_branches.size()) ||
      (f.is_region(id) && inst.imm >= f.num_regions())) {
    absl::StrAppend(text, " ^?", inst.imm);
    return;
  }
  if (f.is_region(id)) absl::StrAppend(text, " ^", inst.imm);
  if (inst.op == kExit || inst.op == Op::kLoop) return;
  const uint32_t edges = f.num_edges(id);
  for (uint32_t e = 0; e < edges; ++e) {
    absl::StrAppend(text, " ->^", f.edge_target(id, e).index);
  }
}

absl::string_view NameOf(Op op) {
  constexpr absl::string_view kNames[] = {
      "param",      "default",     "copy", "result", "label_param",
      "loop_param", "catch_param", "exit", "deleted"};
  if (IsWasmOp(op)) return InfoOf(op).text;
  const int i = static_cast<int>(op) - wasm::kOpCount;
  return i < kIrOpCount - wasm::kOpCount ? kNames[i] : "no operator";
}

}  // namespace

std::string DescribeInst(const Function& f, ValueId id) {
  const Inst& inst = f.inst(id);
  std::string text = absl::StrCat("%", id.index);
  if (inst.local != kNoLocal) absl::StrAppend(&text, "@x", inst.local);
  if (!(inst.type == ValueType())) {
    absl::StrAppend(&text, ": ", wasm::ValueTypeText(inst.type));
  }
  absl::StrAppend(&text, " = ", NameOf(inst.op));
  if (inst.op == kDeleted || static_cast<int>(inst.op) >= kIrOpCount) {
    return text;
  }
  AppendTargets(f, id, &text);
  if (!f.is_region(id) && !IsBranch(inst.op) &&
      (!IsWasmOp(inst.op) || !InfoOf(inst.op).immediates.empty())) {
    absl::StrAppend(&text, " #", inst.imm);
  }
  for (ValueId operand : f.operands(id)) {
    absl::StrAppend(&text, " %", operand.index);
  }
  return text;
}

std::string DescribeAround(const Function& f, ValueId id) {
  std::string text;
  if (!id.valid() || id.index >= f.num_insts()) return text;
  std::vector<ValueId> before;
  for (ValueId v = f.inst(id).prev;
       v.valid() && v.index < f.num_insts() && before.size() < kContext;
       v = f.inst(v).prev) {
    before.push_back(v);
  }
  for (size_t i = before.size(); i-- > 0;) {
    absl::StrAppend(&text, "    ", DescribeInst(f, before[i]), "\n");
  }
  absl::StrAppend(&text, " >  ", DescribeInst(f, id), "\n");
  size_t after = 0;
  for (ValueId v = f.inst(id).next;
       v.valid() && v.index < f.num_insts() && after++ < kContext;
       v = f.inst(v).next) {
    absl::StrAppend(&text, "    ", DescribeInst(f, v), "\n");
  }
  return text;
}

}  // namespace weft::ir
