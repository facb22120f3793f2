// A body is decoded and encoded operator by operator; at a few of them, drawn
// beforehand, something else is written.
#include "check/mutate/mutate.h"

#include <algorithm>
#include <bit>
#include <string_view>

#include "absl/status/status.h"
#include "check/values.h"
#include "ir/wasm/locals.h"
#include "ir/wasm/op.h"
#include "ir/wasm/op_rows.h"
#include "ir/wasm/operator.h"
#include "ir/wasm/reader.h"
#include "ir/wasm/validator.h"
#include "ir/wasm/writer.h"

namespace weft::check {
namespace {

using wasm::ByteWriter;
using wasm::FuncIndex;
using wasm::Module;
using wasm::Op;
using wasm::OpClass;
using wasm::Operator;
using wasm::ValueType;

class BodyMutator {
 public:
  BodyMutator(const Module& module, ByteSource& source)
      : module_(module), source_(source) {}

  // Appends a changed body of `func`, with `changes` changes at most.
  absl::Status Write(FuncIndex func, uint32_t changes, ByteWriter* out);

 private:
  absl::Status ReadHead(FuncIndex func, wasm::ByteReader* reader);
  bool Change(Operator op, ByteWriter* out);
  bool ChangeSimple(Operator op, ByteWriter* out);
  bool ReplaceConstant(Operator op, ByteWriter* out);
  bool ReplaceOperator(Operator op, ByteWriter* out);
  bool DropOperator(const Operator& op, ByteWriter* out);
  bool OtherLocal(Operator op, ByteWriter* out);
  bool OtherGlobal(Operator op, ByteWriter* out);
  bool OtherCallee(Operator op, ByteWriter* out);
  bool NegateCondition(const Operator& op, ByteWriter* out);

  void Put(Op op, ByteWriter* out) {
    Operator written;
    written.op = op;
    wasm::WriteOperator(written, out);
  }

  const Module& module_;
  ByteSource& source_;
  std::vector<ValueType> locals_;  // Parameters first.
};

absl::Status BodyMutator::ReadHead(FuncIndex func, wasm::ByteReader* reader) {
  locals_ = module_.func_type(func).params;
  return wasm::ReadLocals(reader, &locals_);
}

absl::Status BodyMutator::Write(FuncIndex func, uint32_t changes,
                                ByteWriter* out) {
  const wasm::Function& function = module_.funcs[func];
  wasm::ByteReader reader(function.body, function.body_offset);
  absl::Status status = ReadHead(func, &reader);
  if (!status.ok()) return status;
  const size_t num_params = module_.func_type(func).params.size();
  wasm::WriteLocals(absl::MakeConstSpan(locals_).subspan(num_params), out);
  wasm::OperatorReader counter(reader.rest(), reader.offset(),
                               module_.features);
  Operator op;
  uint32_t left = 0;
  while (!counter.done() && counter.TryRead(&op)) ++left;
  wasm::OperatorReader operators(reader.rest(), reader.offset(),
                                 module_.features);
  while (!operators.done()) {
    status = operators.Read(&op);
    if (!status.ok()) return status;
    // As likely here as at any of those that follow; twice as often, since not
    // everything can be changed.
    const bool here = changes > 0 && source_.Below(left) < 2 * changes;
    --left;
    if (here && Change(op, out)) {
      --changes;
    } else {
      wasm::WriteOperator(op, out);
    }
  }
  return absl::OkStatus();
}

// False when nothing was written.
bool BodyMutator::Change(Operator op, ByteWriter* out) {
  const OpClass op_class = wasm::InfoOf(op.op).op_class;
  if (op_class == OpClass::kSimple) return ChangeSimple(op, out);
  switch (op.op) {
    case Op::kLocalGet:
    case Op::kLocalSet:
    case Op::kLocalTee:
      return OtherLocal(op, out);
    case Op::kGlobalGet:
    case Op::kGlobalSet:
      return OtherGlobal(op, out);
    case Op::kCall:
    case Op::kReturnCall:
    case Op::kRefFunc:
      return OtherCallee(op, out);
    case Op::kIf:
    case Op::kBrIf:
    case Op::kSelect:
    case Op::kSelectTyped:
      return NegateCondition(op, out);
    default:  // Blocks and the like stay as they are.
      return false;
  }
}

bool BodyMutator::ChangeSimple(Operator op, ByteWriter* out) {
  const wasm::OpInfo& info = wasm::InfoOf(op.op);
  if (info.num_params == 0 && info.num_results == 1 && !info.address_result) {
    return ReplaceConstant(op, out);
  }
  if (source_.OneIn(4)) return DropOperator(op, out);
  const bool has_memory = info.access_bytes != 0;
  if (has_memory && source_.OneIn(3)) {
    static constexpr uint64_t kOffsets[] = {0, 1, 2, 4, 8, 16, 65535};
    const bool atomic = (info.effects & wasm::kAtomic) != 0;
    op.mem.offset = source_.Pick(kOffsets) * (atomic ? info.access_bytes : 1);
    wasm::WriteOperator(op, out);
    return true;
  }
  return ReplaceOperator(op, out);
}

bool BodyMutator::ReplaceConstant(Operator op, ByteWriter* out) {
  const ValueType::Kind kind = wasm::InfoOf(op.op).result.kind();
  op.value = InterestingBits(kind, source_);
  if (kind == ValueType::kV128) op.value_high = InterestingBits(kind, source_);
  wasm::WriteOperator(op, out);
  return true;
}

// By another one with the same operands, results and immediates.
bool BodyMutator::ReplaceOperator(Operator op, ByteWriter* out) {
  const wasm::OpRow& row = wasm::RowOf(op.op);
  if (row.immediates.find("lane") != std::string_view::npos) return false;
  const uint32_t first = source_.Below(wasm::kOpCount);
  for (uint32_t i = 0; i < wasm::kOpCount; ++i) {
    const Op other = static_cast<Op>((first + i) % wasm::kOpCount);
    const wasm::OpRow& candidate = wasm::RowOf(other);
    const wasm::OpInfo& info = wasm::InfoOf(other);
    if (other == op.op || candidate.op_class != OpClass::kSimple ||
        candidate.signature != row.signature ||
        candidate.immediates != row.immediates ||
        !module_.features.Has(info.feature)) {
      continue;
    }
    // A wait would wait.
    if ((info.traps & wasm::kTrapWait) != 0) continue;
    op.op = other;
    if (info.access_bytes != 0) {
      const auto natural =
          static_cast<uint8_t>(std::countr_zero(info.access_bytes));
      const bool atomic = (info.effects & wasm::kAtomic) != 0;
      op.mem.align_log2 =
          atomic ? natural : std::min(op.mem.align_log2, natural);
    }
    wasm::WriteOperator(op, out);
    return true;
  }
  return false;
}

// Leaves one of the operands in the place of the result, or a constant.
bool BodyMutator::DropOperator(const Operator& op, ByteWriter* out) {
  const wasm::OpInfo& info = wasm::InfoOf(op.op);
  if (info.num_results > 1 || info.address_result || info.result.is_ref()) {
    return false;
  }
  if (info.num_results == 1 && info.num_params > 0 &&
      info.params[0] == info.result && (info.address_params & 1) == 0) {
    for (int i = 1; i < info.num_params; ++i) Put(Op::kDrop, out);
    return true;
  }
  for (int i = 0; i < info.num_params; ++i) Put(Op::kDrop, out);
  switch (info.result.kind()) {
    case ValueType::kI32:
      Put(Op::kI32Const, out);
      break;
    case ValueType::kI64:
      Put(Op::kI64Const, out);
      break;
    case ValueType::kF32:
      Put(Op::kF32Const, out);
      break;
    case ValueType::kF64:
      Put(Op::kF64Const, out);
      break;
    case ValueType::kV128:
      Put(Op::kV128Const, out);
      break;
    case ValueType::kNone:
    case ValueType::kRef:
    case ValueType::kBottom:
      break;
  }
  return true;
}

bool BodyMutator::OtherLocal(Operator op, ByteWriter* out) {
  const uint32_t n = static_cast<uint32_t>(locals_.size());
  const uint32_t first = source_.Below(n);
  for (uint32_t i = 0; i < n; ++i) {
    const uint32_t other = (first + i) % n;
    if (other == op.index[0] || locals_[other] != locals_[op.index[0]]) {
      continue;
    }
    if (op.op == Op::kLocalSet && source_.OneIn(2)) {
      // A second copy of what is assigned.
      Operator tee = op;
      tee.op = Op::kLocalTee;
      wasm::WriteOperator(tee, out);
    }
    op.index[0] = other;
    wasm::WriteOperator(op, out);
    return true;
  }
  return false;
}

bool BodyMutator::OtherGlobal(Operator op, ByteWriter* out) {
  const uint32_t n = static_cast<uint32_t>(module_.globals.size());
  const uint32_t first = source_.Below(n);
  const wasm::GlobalType& type = module_.globals[op.index[0]].type;
  for (uint32_t i = 0; i < n; ++i) {
    const uint32_t other = (first + i) % n;
    const wasm::GlobalType& candidate = module_.globals[other].type;
    if (other == op.index[0] || candidate.value != type.value ||
        (op.op == Op::kGlobalSet && !candidate.is_mutable)) {
      continue;
    }
    op.index[0] = other;
    wasm::WriteOperator(op, out);
    return true;
  }
  return false;
}

bool BodyMutator::OtherCallee(Operator op, ByteWriter* out) {
  const uint32_t n = static_cast<uint32_t>(module_.funcs.size());
  const uint32_t first = source_.Below(n);
  for (uint32_t i = 0; i < n; ++i) {
    const FuncIndex other = (first + i) % n;
    if (other == op.index[0] ||
        module_.funcs[other].type != module_.funcs[op.index[0]].type) {
      continue;
    }
    op.index[0] = other;
    wasm::WriteOperator(op, out);
    return true;
  }
  return false;
}

bool BodyMutator::NegateCondition(const Operator& op, ByteWriter* out) {
  Put(Op::kI32Eqz, out);
  wasm::WriteOperator(op, out);
  return true;
}

// Any function with the type of `func`, at times; else `func`.
FuncIndex BodyOf(const Module& module, FuncIndex func, ByteSource& source) {
  if (!source.OneIn(6)) return func;
  const uint32_t n = static_cast<uint32_t>(module.funcs.size());
  const uint32_t first = source.Below(n);
  for (uint32_t i = 0; i < n; ++i) {
    const FuncIndex other = (first + i) % n;
    if (other != func && !module.funcs[other].is_import() &&
        module.funcs[other].type == module.funcs[func].type) {
      return other;
    }
  }
  return func;
}

}  // namespace

absl::StatusOr<std::vector<uint8_t>> Mutate(const Module& module,
                                            const MutateOptions& options,
                                            ByteSource& source) {
  const uint32_t first = module.num_imported_funcs;
  const uint32_t defined = static_cast<uint32_t>(module.funcs.size()) - first;
  if (defined == 0) return absl::NotFoundError("no function to change");
  std::vector<FuncIndex> chosen;
  for (uint32_t n = 1 + source.Below(options.max_funcs); n > 0; --n) {
    chosen.push_back(first + source.Below(defined));
  }
  BodyMutator mutator(module, source);
  const auto body = [&](FuncIndex func, ByteWriter* out) {
    if (std::find(chosen.begin(), chosen.end(), func) == chosen.end()) {
      return wasm::ReencodeBody(module, func, {}, out);
    }
    const uint32_t changes = 1 + source.Below(options.max_changes);
    return mutator.Write(BodyOf(module, func, source), changes, out);
  };
  auto bytes = wasm::WriteModule(module, {}, body,
                                 [](const wasm::CustomSection&, ByteWriter*) {
                                   return wasm::CustomAction::kDrop;
                                 });
  if (!bytes.ok()) return bytes.status();
  wasm::ReadOptions read;
  read.features = module.features;
  const auto result = wasm::ReadModule(*bytes, read);
  if (!result.ok()) return result.status();
  absl::Status status = wasm::ValidateAll(*result);
  if (!status.ok()) return status;
  return *std::move(bytes);
}

}  // namespace weft::check
