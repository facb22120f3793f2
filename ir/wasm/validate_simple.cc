// Operators that their row of ops.def describes, variables and select.
#include <algorithm>
#include <array>

#include "ir/wasm/code_validator.h"

namespace weft::wasm {
namespace {

uint8_t Log2(uint8_t bytes) {
  uint8_t log2 = 0;
  while ((1u << log2) < bytes) ++log2;
  return log2;
}

// Lanes of the vector shape that begins the name, e.g. 16 for "i8x16.splat".
uint8_t LanesOf(const OpInfo& info) {
  if (info.access_bytes != 0) return 16 / info.access_bytes;
  const size_t x = info.text.find('x');
  if (x == absl::string_view::npos || x + 1 >= info.text.size()) return 0;
  const char digit = info.text[x + 1];
  return digit == '1' ? 16 : static_cast<uint8_t>(digit - '0');
}

ExtraCheck ExtraOf(absl::Span<const ImmediateKind> immediates) {
  if (immediates.empty()) return ExtraCheck::kNothing;
  switch (immediates[0]) {
    case ImmediateKind::kMemArg:
      return immediates.size() > 1 ? ExtraCheck::kMemArgLane
                                   : ExtraCheck::kMemArg;
    case ImmediateKind::kLane:
      return ExtraCheck::kLane;
    case ImmediateKind::kLanes16:
      return ExtraCheck::kShuffle;
    case ImmediateKind::kMemory:
      return ExtraCheck::kMemory;
    case ImmediateKind::kData:
      return immediates.size() > 1 ? ExtraCheck::kDataMemory
                                   : ExtraCheck::kData;
    case ImmediateKind::kElem:
      return ExtraCheck::kElem;
    case ImmediateKind::kTable:
      return ExtraCheck::kTable;
    default:  // Constants.
      return ExtraCheck::kNothing;
  }
}

ValidatorRow MakeRow(const OpInfo& info) {
  ValidatorRow row = {};
  row.op_class = info.op_class;
  row.extra = ExtraOf(info.immediates);
  row.num_params = info.num_params;
  row.num_results = info.num_results;
  row.address_params = info.address_params;
  row.address_result = info.address_result;
  row.max_align_log2 = Log2(info.access_bytes);
  row.is_atomic = info.feature == Feature::kThreads;
  row.replaces = (info.num_params == 1 || info.num_params == 2) &&
                 info.num_results == 1 && !info.address_result;
  row.num_lanes = LanesOf(info);
  std::copy(std::begin(info.params), std::end(info.params), row.params);
  std::copy(std::begin(info.results), std::end(info.results), row.results);
  return row;
}

ValueType AddressType(const Limits& limits) {
  return limits.is_64 ? ValueType::kI64 : ValueType::kI32;
}

std::array<ValidatorRow, kOpCount> MakeRows() {
  std::array<ValidatorRow, kOpCount> rows;
  for (int i = 0; i < kOpCount; ++i) {
    rows[i] = MakeRow(InfoOf(static_cast<Op>(i)));
  }
  return rows;
}

// Of all validators, for to make them costs as much as a small body.
const std::array<ValidatorRow, kOpCount>& Rows() {
  static const std::array<ValidatorRow, kOpCount> rows = MakeRows();
  return rows;
}

}  // namespace

CodeValidator::CodeValidator(const ModuleContext& context)
    : context_(context), module_(context.module()), rows_(Rows().data()) {}

// The common case at once: operands that are there and have the very types.
// False, with all as it was, in any other.
inline bool CodeValidator::Replace(const ValidatorRow& row) {
  const size_t held = stack_.size() - height_;
  if (held < row.num_params) return false;
  ValueType* const top = &stack_.back();
  if (row.num_params == 1) {
    if (*top != row.params[0]) return false;
    *top = row.results[0];
    return true;
  }
  if (top[-1] != row.params[0] || *top != row.params[1]) return false;
  stack_.pop_back();
  top[-1] = row.results[0];
  return true;
}

bool CodeValidator::VisitSimple(const ValidatorRow& row, const Operator& op) {
  ValueType address = ValueType::kI32;
  if (row.extra != ExtraCheck::kNothing && !CheckExtra(row, op, &address)) {
    return false;
  }
  if (row.replaces && address == ValueType::kI32 && Replace(row)) return true;
  for (int i = row.num_params - 1; i >= 0; --i) {
    const bool is_address = (row.address_params >> i & 1) != 0;
    if (!Pop(is_address ? address : row.params[i])) return false;
  }
  if (row.num_results > 0) {
    Push(row.address_result ? address : row.results[0]);
    if (row.num_results > 1) Push(row.results[1]);
  }
  return true;
}

bool CodeValidator::CheckExtra(const ValidatorRow& row, const Operator& op,
                               ValueType* address) {
  switch (row.extra) {
    case ExtraCheck::kNothing:
      return true;
    case ExtraCheck::kMemArg:
      return CheckMemArg(row, op, address);
    case ExtraCheck::kMemArgLane:
      if (!CheckMemArg(row, op, address)) return false;
      return op.index[0] < row.num_lanes || Invalid("invalid lane index");
    case ExtraCheck::kLane:
      return op.index[0] < row.num_lanes || Invalid("invalid lane index");
    case ExtraCheck::kShuffle:
      // Sixteen lanes below 32.
      return ((op.value | op.value_high) & 0xe0e0e0e0e0e0e0e0u) == 0 ||
             Invalid("invalid lane index");
    case ExtraCheck::kMemory:
      return CheckMemory(op.index[0], address);
    case ExtraCheck::kDataMemory:
      return CheckData(op.index[0]) && CheckMemory(op.index[1], address);
    case ExtraCheck::kData:
      return CheckData(op.index[0]);
    case ExtraCheck::kElem:
      return CheckElem(op.index[0]);
    case ExtraCheck::kTable:
      return CheckTable(op.index[0], address);
  }
  return false;
}

bool CodeValidator::CheckMemArg(const ValidatorRow& row, const Operator& op,
                                ValueType* address) {
  if (!CheckMemory(op.mem.memory, address)) return false;
  if (op.mem.align_log2 > row.max_align_log2) {
    return Invalid("alignment must not be larger than natural");
  }
  if (row.is_atomic && op.mem.align_log2 != row.max_align_log2) {
    return Invalid("atomic alignment must be natural");
  }
  if (*address == ValueType::kI32 && op.mem.offset > 0xffffffffu) {
    return Invalid("offset out of range");
  }
  return true;
}

bool CodeValidator::CheckMemory(MemoryIndex index, ValueType* address) {
  if (index >= module_.memories.size()) return Invalid("unknown memory");
  *address = AddressType(module_.memories[index].type.limits);
  return true;
}

bool CodeValidator::CheckTable(TableIndex index, ValueType* address) {
  if (index >= module_.tables.size()) return Invalid("unknown table");
  *address = AddressType(module_.tables[index].type.limits);
  return true;
}

bool CodeValidator::CheckData(DataIndex index) {
  if (!module_.has_data_count) {
    return Invalid("data count section required");
  }
  return index < module_.datas.size() || Invalid("unknown data segment");
}

bool CodeValidator::CheckElem(ElemIndex index) {
  return index < module_.elems.size() || Invalid("unknown elem segment");
}

ValueType CodeValidator::LocalType(LocalIndex index) const {
  if (index < first_locals_.size()) return first_locals_[index];
  const auto group =
      std::upper_bound(group_ends_.begin(), group_ends_.end(), index);
  return groups_[group - group_ends_.begin()].type;
}

bool CodeValidator::VisitLocalGet(LocalIndex index) {
  if (index >= num_locals_) return Invalid("unknown local");
  const ValueType type = LocalType(index);
  if (!type.is_defaultable() && index >= params_.size() &&
      !set_locals_.contains(index)) {
    return Invalid("uninitialized local");
  }
  Push(type);
  return true;
}

bool CodeValidator::VisitLocalSet(LocalIndex index, bool tee) {
  if (index >= num_locals_) return Invalid("unknown local");
  const ValueType type = LocalType(index);
  if (!Pop(type)) return false;
  if (tee) Push(type);
  if (!type.is_defaultable() && index >= params_.size() &&
      set_locals_.insert(index).second) {
    inits_.push_back(index);
  }
  return true;
}

bool CodeValidator::VisitGlobalGet(GlobalIndex index) {
  if (index >= module_.globals.size()) return Invalid("unknown global");
  Push(module_.globals[index].type.value);
  return true;
}

bool CodeValidator::VisitGlobalSet(GlobalIndex index) {
  if (index >= module_.globals.size()) return Invalid("unknown global");
  const GlobalType& type = module_.globals[index].type;
  if (!type.is_mutable) return Invalid("global is immutable");
  return Pop(type.value);
}

bool CodeValidator::VisitSelect() {
  ValueType a;
  ValueType b;
  if (!Pop(ValueType::kI32) || !PopAny(&a) || !PopAny(&b)) return false;
  for (ValueType type : {a, b}) {
    if (type.is_ref()) {
      return Invalid("type mismatch: select of references without a type");
    }
  }
  if (a == ValueType::kBottom) a = b;
  if (b != ValueType::kBottom && a != b) return Mismatch(b, a);
  Push(a);
  return true;
}

bool CodeValidator::VisitSelectTyped(const Operator& op) {
  if (op.types.size() != 1) return Invalid("invalid result arity");
  const ValueType type = op.types[0];
  if (!CheckValueType(type) || !Pop(ValueType::kI32) || !Pop(type) ||
      !Pop(type)) {
    return false;
  }
  Push(type);
  return true;
}

}  // namespace weft::wasm
