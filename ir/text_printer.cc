#include "ir/text_printer.h"

#include <algorithm>
#include <vector>

#include "absl/strings/str_cat.h"
#include "ir/operand_types.h"
#include "ir/text_numbers.h"
#include "ir/wasm/operator.h"
#include "ir/wasm/type_text.h"

namespace weft::ir {

using wasm::HeapType;
using wasm::HeapTypeText;
using wasm::ImmediateKind;
using wasm::InfoOf;
using wasm::Module;
using wasm::OpClass;
using wasm::Operator;
using wasm::ValueTypeText;

namespace {

constexpr uint32_t kNoNumber = 0xffffffffu;

class Printer {
 public:
  Printer(const Module& module, const Function& f, std::string* out)
      : module_(module), f_(f), out_(*out) {}

  void Run();

 private:
  struct Frame {
    RegionId region;
    uint32_t arm;
    ValueId at;
  };

  void Header();
  void Inst(ValueId id);
  void Results(ValueId id);
  void Result(ValueId id, bool with_type);
  void Operation(ValueId id);
  void BranchOperation(ValueId id);
  void Table(ValueId id);
  void Immediates(ValueId id);
  void MemArg(const Operator& op);
  void OpenRegion(ValueId id);
  void OpenArm(RegionId region, uint32_t arm);
  void CloseRegion(RegionId region);
  void LoopParams(ValueId id);
  void Clauses(RegionId region);
  void Args(absl::Span<const ValueId> args);

  template <typename... Parts>
  void Put(const Parts&... parts) {
    absl::StrAppend(&out_, parts...);
  }
  // Not deeper than can be read, so that the text stays linear.
  void Line() { out_.append(2 * std::min<size_t>(frames_.size(), 40), ' '); }
  void Value(ValueId id) { Put(" %", number_[id.index]); }
  void Label(RegionId region) { Put(" ^", label_[region.index]); }
  void Index(uint32_t index) { Put(" ", index); }

  const Module& module_;
  const Function& f_;
  std::string& out_;
  std::vector<uint32_t> number_;  // By value.
  std::vector<uint32_t> label_;   // By region.
  uint32_t next_number_ = 0;
  uint32_t next_label_ = 1;
  std::vector<Frame> frames_;
  std::vector<ValueType> types_;
};

// -- Values -------------------------------------------------------------------

void Printer::Result(ValueId id, bool with_type) {
  number_[id.index] = next_number_++;
  Put("%", number_[id.index]);
  if (f_.inst(id).local != kNoLocal) Put("@x", f_.inst(id).local);
  if (with_type) Put(": ", ValueTypeText(f_.inst(id).type));
}

void Printer::Results(ValueId id) {
  const ir::Inst& inst = f_.inst(id);
  DerivedTypes(module_, f_, id, &types_);
  if (types_.size() == 1) {
    Result(id, !(types_[0] == inst.type));
    Put(" = ");
    return;
  }
  ValueId result = inst.next;
  for (size_t i = 0; i < types_.size(); ++i) {
    if (i > 0) Put(", ");
    Result(result, !(types_[i] == f_.inst(result).type));
    result = f_.inst(result).next;
  }
  if (!types_.empty()) Put(" = ");
}

void Printer::Args(absl::Span<const ValueId> args) {
  if (args.empty()) return;
  Put(" [");
  for (size_t i = 0; i < args.size(); ++i) {
    Put(i > 0 ? ", %" : "%", number_[args[i].index]);
  }
  Put("]");
}

// -- Immediates ---------------------------------------------------------------

void Printer::MemArg(const Operator& op) {
  uint32_t natural = 0;
  while ((2u << natural) <= InfoOf(op.op).access_bytes) ++natural;
  if (op.mem.memory != 0) Index(op.mem.memory);
  if (op.mem.offset != 0) Put(" offset=", op.mem.offset);
  if (op.mem.align_log2 != natural) {
    Put(" align=", uint64_t{1} << op.mem.align_log2);
  }
}

void Printer::Immediates(ValueId id) {
  Operator op;
  f_.LoadImmediates(id, &op);
  switch (op.op) {  // The text has them in another order than the binary.
    case Op::kCallIndirect:
    case Op::kReturnCallIndirect:
      Put(" ", op.index[1], " (type ", op.index[0], ")");
      return;
    case Op::kTableInit:
    case Op::kMemoryInit:
      Put(" ", op.index[1], " ", op.index[0]);
      return;
    case Op::kRefTest:
    case Op::kRefCast:
    case Op::kRefTestNull:
    case Op::kRefCastNull: {
      const bool null = op.op == Op::kRefTestNull || op.op == Op::kRefCastNull;
      Put(null ? " (ref null " : " (ref ", HeapTypeText(op.heap[0]), ")");
      return;
    }
    case Op::kSelectTyped:
      Put(" (result ", ValueTypeText(f_.inst(id).type), ")");
      return;
    default:
      break;
  }
  int next = 0;
  for (ImmediateKind kind : InfoOf(op.op).immediates) {
    switch (kind) {
      case ImmediateKind::kMemArg:
        MemArg(op);
        break;
      case ImmediateKind::kI32:
        Put(" ", static_cast<int32_t>(op.value));
        break;
      case ImmediateKind::kI64:
        Put(" ", static_cast<int64_t>(op.value));
        break;
      case ImmediateKind::kF32:
        Put(" ");
        AppendF32(static_cast<uint32_t>(op.value), &out_);
        break;
      case ImmediateKind::kF64:
        Put(" ");
        AppendF64(op.value, &out_);
        break;
      case ImmediateKind::kV128:
        Put(" i32x4");
        for (uint64_t half : {op.value, op.value_high}) {
          Put(" 0x", absl::Hex(static_cast<uint32_t>(half), absl::kZeroPad8),
              " 0x",
              absl::Hex(static_cast<uint32_t>(half >> 32), absl::kZeroPad8));
        }
        break;
      case ImmediateKind::kLanes16:
        for (uint64_t half : {op.value, op.value_high}) {
          for (int i = 0; i < 8; ++i) Put(" ", half >> (8 * i) & 0xff);
        }
        break;
      case ImmediateKind::kHeapType:
        Put(" ", HeapTypeText(op.heap[0]));
        break;
      case ImmediateKind::kOrdering:
        break;
      default:
        Index(op.index[next++]);
        break;
    }
  }
}

// -- Instructions -------------------------------------------------------------

void Printer::Table(ValueId id) {
  const BranchTable& table = f_.branch_tables[f_.inst(id).imm];
  Put("br_table");
  Value(f_.operand(id, 0));
  Put(" (");
  for (size_t i = 0; i < table.labels.size(); ++i) {
    Put(i > 0 ? " ^" : "^", label_[table.targets[table.labels[i]].index]);
  }
  Put(")");
  const absl::Span<const ValueId> operands = f_.operands(id);
  size_t at = 1;
  for (RegionId target : table.targets) {
    const size_t count = f_.arity(target);
    if (count == 0) continue;
    Label(target);
    Args(operands.subspan(at, count));
    at += count;
  }
}

void Printer::BranchOperation(ValueId id) {
  const ir::Inst& inst = f_.inst(id);
  if (inst.op == Op::kBrTable) return Table(id);
  Put(InfoOf(inst.op).text);
  Label(f_.edge_target(id, 0));
  if (inst.op == Op::kBrOnCast || inst.op == Op::kBrOnCastFail) {
    const Function::CastBranch& cast = f_.cast_branches[inst.imm];
    for (int i = 0; i < 2; ++i) {
      const bool null = (cast.flags >> i & 1) != 0;
      Put(null ? " (ref null " : " (ref ", HeapTypeText(cast.heap[i]), ")");
    }
  }
  if (inst.op != Op::kBr) Value(f_.operand(id, 0));
  Args(f_.edge_args(id, 0));
}

void Printer::Operation(ValueId id) {
  const ir::Inst& inst = f_.inst(id);
  switch (inst.op) {
    case kParam:
      return Put("param ", inst.imm);
    case kDefault:
      return Put("default ", inst.imm);
    case kExit:
      Put("exit");
      return Args(f_.operands(id));
    case kCopy:
      Put("copy");
      return Value(f_.operand(id, 0));
    case Op::kReturn:
      Put("return");
      return Args(f_.operands(id));
    case Op::kRethrow:
      Put("rethrow");
      return Label(RegionId(inst.imm));
    default:
      break;
  }
  if (IsBranch(inst.op)) return BranchOperation(id);
  Put(InfoOf(inst.op).text);
  Immediates(id);
  for (ValueId operand : f_.operands(id)) Value(operand);
}

void Printer::Inst(ValueId id) {
  switch (f_.inst(id).op) {
    case kResult:
    case kLabelParam:
    case kLoopParam:
    case kCatchParam:
      return;  // Printed with what they belong to.
    default:
      break;
  }
  Line();
  if (f_.is_region(id)) return OpenRegion(id);
  Results(id);
  Operation(id);
  Put("\n");
}

// -- Regions ------------------------------------------------------------------

void Printer::LoopParams(ValueId id) {
  const std::vector<ValueId>& params = f_.region(f_.region_of(id)).params;
  for (size_t i = 0; i < params.size(); ++i) {
    Put(i == 0 ? " (" : ", ");
    Result(params[i], true);
    Put(" = %", number_[f_.operand(id, static_cast<uint32_t>(i)).index]);
  }
  if (!params.empty()) Put(")");
}

void Printer::Clauses(RegionId region) {
  constexpr absl::string_view kKinds[] = {"catch", "catch_ref", "catch_all",
                                          "catch_all_ref"};
  const std::vector<Handler>& handlers = f_.region(region).handlers;
  for (size_t i = 0; i < handlers.size(); ++i) {
    Put(i == 0 ? " [" : ", ", kKinds[handlers[i].kind]);
    if (handlers[i].kind == wasm::CatchClause::kCatch ||
        handlers[i].kind == wasm::CatchClause::kCatchRef) {
      Index(handlers[i].tag);
    }
    Label(handlers[i].target);
  }
  if (!handlers.empty()) Put("]");
}

void Printer::OpenRegion(ValueId id) {
  const RegionId region = f_.region_of(id);
  label_[region.index] = next_label_++;
  Put(InfoOf(f_.inst(id).op).text);
  Label(region);
  switch (f_.region(region).kind) {
    case RegionKind::kLoop:
      LoopParams(id);
      break;
    case RegionKind::kIf:
      Value(f_.operand(id, 0));
      break;
    case RegionKind::kTryTable:
      Clauses(region);
      break;
    default:
      break;
  }
  Put(" {\n");
  frames_.push_back({region, 0, f_.body(f_.body_of(region, 0)).first});
}

void Printer::OpenArm(RegionId region, uint32_t arm) {
  Put("}");
  if (f_.region(region).kind == RegionKind::kIf) {
    Put(" else {\n");
  } else {
    const Handler& handler = f_.region(region).handlers[arm - 1];
    const bool all = handler.kind == wasm::CatchClause::kCatchAll;
    Put(all ? " catch_all" : " catch");
    if (!all) Index(handler.tag);
    ValueId v = f_.body(f_.body_of(region, arm)).first;
    const bool any = v.valid() && f_.inst(v).op == kCatchParam;
    for (bool first = true; v.valid() && f_.inst(v).op == kCatchParam;
         v = f_.inst(v).next) {
      Put(first ? " (" : ", ");
      Result(v, true);
      first = false;
    }
    Put(any ? ") {\n" : " {\n");
  }
  frames_.push_back({region, arm, f_.body(f_.body_of(region, arm)).first});
}

void Printer::CloseRegion(RegionId region) {
  const Region& r = f_.region(region);
  Put("}");
  if (r.delegate.valid()) {
    Put(" delegate");
    Label(r.delegate);
  }
  if (r.kind != RegionKind::kLoop) {
    for (size_t i = 0; i < r.params.size(); ++i) {
      Put(i == 0 ? " -> (" : ", ");
      Result(r.params[i], true);
    }
    if (!r.params.empty()) Put(")");
  }
  Put("\n");
}

void Printer::Header() {
  auto types = [this](const std::vector<ValueType>& list) {
    Put("(");
    for (size_t i = 0; i < list.size(); ++i) {
      Put(i > 0 ? ", " : "", ValueTypeText(list[i]));
    }
    Put(")");
  };
  Put("func ");
  types(f_.params);
  Put(" -> ");
  types(f_.results);
  Put(" {\n");
  const char* before = "  locals ";
  for (size_t i = f_.params.size(); i < f_.local_types.size();) {
    size_t end = i;
    while (end < f_.local_types.size() &&
           f_.local_types[end] == f_.local_types[i]) {
      ++end;
    }
    Put(before, ValueTypeText(f_.local_types[i]));
    if (end - i > 1) Put("*", end - i);
    before = ", ";
    i = end;
  }
  if (f_.local_types.size() > f_.params.size()) Put("\n");
  bool any = false;
  for (size_t i = 0; i < f_.pinned.size(); ++i) {
    if (!f_.pinned[i]) continue;
    Put(any ? ", " : "  pinned ", i);
    any = true;
  }
  if (any) Put("\n");
}

void Printer::Run() {
  number_.assign(f_.num_insts(), kNoNumber);
  label_.assign(f_.num_regions(), 0);
  Header();
  frames_.push_back({Function::root(), 0, f_.body(f_.root_body()).first});
  while (!frames_.empty()) {
    const ValueId id = frames_.back().at;
    if (id.valid()) {
      frames_.back().at = f_.inst(id).next;
      Inst(id);
      continue;
    }
    const Frame frame = frames_.back();
    frames_.pop_back();
    Line();
    const uint32_t next = frame.arm + 1;
    if (next < f_.region(frame.region).num_bodies) {
      OpenArm(frame.region, next);
    } else {
      CloseRegion(frame.region);
    }
  }
}

}  // namespace

void PrintFunction(const Module& module, const Function& function,
                   std::string* out) {
  Printer(module, function, out).Run();
}

}  // namespace weft::ir
