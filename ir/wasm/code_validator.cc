#include "ir/wasm/code_validator.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "ir/wasm/limits.h"
#include "ir/wasm/type_text.h"

namespace weft::wasm {
namespace {

// Types of so many locals lie in an array; those of others are searched for
// among the declared groups, so that a short body that declares a million
// locals costs no more than it is long.
constexpr uint32_t kNumFirstLocals = 4096;

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

OpRow MakeRow(const OpInfo& info) {
  OpRow row = {};
  row.op_class = info.op_class;
  row.extra = ExtraOf(info.immediates);
  row.num_params = info.num_params;
  row.num_results = info.num_results;
  row.address_params = info.address_params;
  row.address_result = info.address_result;
  row.max_align_log2 = Log2(info.access_bytes);
  row.num_lanes = LanesOf(info);
  std::copy(std::begin(info.params), std::end(info.params), row.params);
  std::copy(std::begin(info.results), std::end(info.results), row.results);
  return row;
}

ValueType AddressType(const Limits& limits) {
  return limits.is_64 ? ValueType::kI64 : ValueType::kI32;
}

}  // namespace

CodeValidator::CodeValidator(const ModuleContext& context)
    : context_(context), module_(context.module()) {
  for (int i = 0; i < kOpCount; ++i) {
    rows_[i] = MakeRow(InfoOf(static_cast<Op>(i)));
  }
}

void CodeValidator::Reset(const char* section) {
  section_ = section;
  status_ = absl::OkStatus();
  stack_.clear();
  frames_.clear();
  height_ = 0;
  set_locals_.clear();
  inits_.clear();
  groups_.clear();
  group_ends_.clear();
  first_locals_.clear();
  num_locals_ = 0;
}

absl::Status CodeValidator::ValidateBody(FuncIndex func, ByteSpan body,
                                         uint32_t offset) {
  Reset("code section");
  is_const_ = false;
  func_type_ = module_.funcs[func].type;
  const SubType& type = module_.types[func_type_];
  params_ = type.params;
  results_ = type.results;
  ByteReader reader(body, offset);
  absl::Status status = ReadLocals(&reader, module_.features, &groups_);
  if (!status.ok()) return status;
  offset_ = offset;
  num_locals_ = static_cast<uint32_t>(params_.size());
  first_locals_.assign(params_.begin(), params_.end());
  for (const LocalGroup& group : groups_) {
    if (!CheckValueType(group.type)) return status_;
    num_locals_ += group.count;
    group_ends_.push_back(num_locals_);
    const auto size = static_cast<uint32_t>(first_locals_.size());
    if (size < kNumFirstLocals) {
      first_locals_.insert(first_locals_.end(),
                           std::min(group.count, kNumFirstLocals - size),
                           group.type);
    }
  }
  if (num_locals_ > LimitValue(Limit::kLocals)) {
    return LimitError(Limit::kLocals, num_locals_, offset, section_);
  }
  PushFrame(FrameKind::kFunction, BlockType{});
  OperatorReader operators(reader.rest(), reader.offset(), module_.features);
  if (!Run(&operators)) return status_;
  return absl::OkStatus();
}

absl::Status CodeValidator::ValidateConst(const ConstExpr& expr, ValueType type,
                                          uint32_t num_globals,
                                          const char* section) {
  Reset(section);
  is_const_ = true;
  num_globals_ = num_globals;
  const_type_ = type;
  params_ = {};
  results_ = Types(&const_type_, 1);
  PushFrame(FrameKind::kFunction, BlockType{});
  OperatorReader operators(expr.code, expr.offset, module_.features, section);
  if (!Run(&operators)) return status_;
  return absl::OkStatus();
}

bool CodeValidator::Run(OperatorReader* reader) {
  Operator op;
  while (!frames_.empty()) {
    if (!reader->TryRead(&op)) {
      status_ = reader->status();
      return false;
    }
    offset_ = op.offset;
    if (is_const_ && !CheckIsConst(op)) return false;
    if (!Visit(op)) return false;
  }
  if (reader->done()) return true;
  offset_ = reader->offset();
  return Invalid("operators remain after the end of the function");
}

bool CodeValidator::Visit(const Operator& op) {
  const OpRow& row = rows_[static_cast<int>(op.op)];
  switch (row.op_class) {
    case OpClass::kSimple:
      return VisitSimple(row, op);
    case OpClass::kLocalGet:
      return VisitLocalGet(op.index[0]);
    case OpClass::kLocalSet:
      return VisitLocalSet(op.index[0], false);
    case OpClass::kLocalTee:
      return VisitLocalSet(op.index[0], true);
    case OpClass::kNop:
      return true;
    case OpClass::kUnreachable:
      SetUnreachable();
      return true;
    case OpClass::kBlock:
      return Open(FrameKind::kBlock, op);
    case OpClass::kLoop:
      return Open(FrameKind::kLoop, op);
    case OpClass::kIf:
      return Pop(ValueType::kI32) && Open(FrameKind::kIf, op);
    case OpClass::kTry:
      return Open(FrameKind::kTry, op);
    case OpClass::kTryTable:
      return Open(FrameKind::kTryTable, op);
    case OpClass::kElse:
      return VisitElse();
    case OpClass::kEnd:
      return VisitEnd();
    case OpClass::kBr:
      return VisitBr(op);
    case OpClass::kBrIf:
      return VisitBrIf(op);
    case OpClass::kBrTable:
      return VisitBrTable(op);
    case OpClass::kReturn:
      if (!PopAll(results_)) return false;
      SetUnreachable();
      return true;
    case OpClass::kCall:
    case OpClass::kCallIndirect:
    case OpClass::kCallRef:
      return VisitCall(op);
    case OpClass::kDrop: {
      ValueType ignored;
      return PopAny(&ignored);
    }
    case OpClass::kSelect:
      return VisitSelect();
    case OpClass::kGlobalGet:
      return VisitGlobalGet(op.index[0]);
    case OpClass::kGlobalSet:
      return VisitGlobalSet(op.index[0]);
    default:
      return VisitOther(op);
  }
}

bool CodeValidator::VisitOther(const Operator& op) {
  const SubType* type;
  switch (InfoOf(op.op).op_class) {
    case OpClass::kCatch:
      return VisitCatch(op);
    case OpClass::kCatchAll:
      return VisitCatchAll();
    case OpClass::kDelegate:
      return VisitDelegate(op);
    case OpClass::kRethrow:
      return VisitRethrow(op);
    case OpClass::kThrow:
      return VisitThrow(op);
    case OpClass::kThrowRef:
      if (!Pop(ValueType::Ref(HeapType::kExn, true))) return false;
      SetUnreachable();
      return true;
    case OpClass::kBrOnNull:
      return VisitBrOnNull(op);
    case OpClass::kBrOnNonNull:
      return VisitBrOnNonNull(op);
    case OpClass::kBrOnCast:
      return VisitBrOnCast(op);
    case OpClass::kReturnCall:
    case OpClass::kReturnCallIndirect:
    case OpClass::kReturnCallRef:
      return VisitReturnCall(op);
    case OpClass::kSelectTyped:
      return VisitSelectTyped(op);
    case OpClass::kTableGet:
    case OpClass::kTableSet:
    case OpClass::kTableGrow:
    case OpClass::kTableFill:
      return VisitTableOp(op);
    case OpClass::kTableCopy:
      return VisitTableCopy(op);
    case OpClass::kTableInit:
      return VisitTableInit(op);
    case OpClass::kMemoryCopy:
      return VisitMemoryCopy(op);
    case OpClass::kRefNull:
    case OpClass::kRefIsNull:
    case OpClass::kRefAsNonNull:
      return VisitRefOp(op);
    case OpClass::kRefFunc:
      return VisitRefFunc(op);
    case OpClass::kRefTest:
    case OpClass::kRefCast:
      return VisitRefTestOrCast(op);
    case OpClass::kStructNew:
    case OpClass::kStructNewDefault:
      return VisitStructNew(op);
    case OpClass::kStructGet:
      return VisitStructGet(op);
    case OpClass::kStructSet:
      return VisitStructSet(op);
    case OpClass::kArrayNew:
    case OpClass::kArrayNewDefault:
    case OpClass::kArrayNewFixed:
    case OpClass::kArrayNewSegment:
    case OpClass::kArrayGet:
    case OpClass::kArraySet:
    case OpClass::kArrayFill:
    case OpClass::kArrayCopy:
    case OpClass::kArrayInit:
      return FindType(op.index[0], SubType::kArray, &type) && VisitArrayOp(op);
    case OpClass::kConvertExtern:
      return VisitConvertExtern(op);
    default:  // Visit() has handled the others.
      return Invalid("illegal opcode");
  }
}

bool CodeValidator::VisitSimple(const OpRow& row, const Operator& op) {
  ValueType address = ValueType::kI32;
  if (row.extra != ExtraCheck::kNothing && !CheckExtra(row, op, &address)) {
    return false;
  }
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

bool CodeValidator::CheckExtra(const OpRow& row, const Operator& op,
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

bool CodeValidator::CheckMemArg(const OpRow& row, const Operator& op,
                                ValueType* address) {
  if (!CheckMemory(op.mem.memory, address)) return false;
  if (op.mem.align_log2 > row.max_align_log2) {
    return Invalid("alignment must not be larger than natural");
  }
  if (InfoOf(op.op).feature == Feature::kThreads &&
      op.mem.align_log2 != row.max_align_log2) {
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

bool CodeValidator::CheckIsConst(const Operator& op) {
  switch (op.op) {
    case Op::kI32Const:
    case Op::kI64Const:
    case Op::kF32Const:
    case Op::kF64Const:
    case Op::kV128Const:
    case Op::kRefNull:
    case Op::kRefFunc:
    case Op::kRefI31:
    case Op::kStructNew:
    case Op::kStructNewDefault:
    case Op::kArrayNew:
    case Op::kArrayNewDefault:
    case Op::kArrayNewFixed:
    case Op::kAnyConvertExtern:
    case Op::kExternConvertAny:
    case Op::kEnd:
      return true;
    case Op::kGlobalGet:
      if (op.index[0] >= num_globals_) return Invalid("unknown global");
      if (module_.globals[op.index[0]].type.is_mutable) {
        return Invalid("constant expression required");
      }
      return module_.globals[op.index[0]].is_import() ||
             module_.features.Has(Feature::kGc) ||
             module_.features.Has(Feature::kExtendedConst) ||
             Invalid("constant expression required");
    case Op::kI32Add:
    case Op::kI32Sub:
    case Op::kI32Mul:
    case Op::kI64Add:
    case Op::kI64Sub:
    case Op::kI64Mul:
      if (module_.features.Has(Feature::kExtendedConst)) return true;
      return Invalid("constant expression required");
    default:  // A short list of exceptions to a long table.
      return Invalid("constant expression required");
  }
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

bool CodeValidator::PopSlow(ValueType expected) {
  ValueType actual;
  if (stack_.size() > height_) {
    actual = stack_.back();
    stack_.pop_back();
  } else if (frames_.back().unreachable) {
    return true;
  } else {
    return Mismatch(expected, ValueType::kNone);
  }
  return Matches(actual, expected) || Mismatch(expected, actual);
}

bool CodeValidator::PopAll(Types types) {
  for (size_t i = types.size(); i > 0; --i) {
    if (!Pop(types[i - 1])) return false;
  }
  return true;
}

bool CodeValidator::PopAny(ValueType* type) {
  if (stack_.size() > height_) {
    *type = stack_.back();
    stack_.pop_back();
    return true;
  }
  *type = ValueType::kBottom;
  return frames_.back().unreachable ||
         Invalid("type mismatch: nothing on the stack");
}

bool CodeValidator::PopRef(ValueType* type) {
  if (!PopAny(type)) return false;
  if (*type == ValueType::kBottom) *type = ValueType::Ref(kBottomHeap, false);
  return type->is_ref() ||
         Invalid(absl::StrCat("type mismatch: expected a reference, found ",
                              ValueTypeText(*type)));
}

bool CodeValidator::CheckTop(Types types) {
  size_t top = stack_.size();
  for (size_t i = types.size(); i > 0; --i) {
    if (top == height_) {
      return frames_.back().unreachable ||
             Mismatch(types[i - 1], ValueType::kNone);
    }
    --top;
    if (!Matches(stack_[top], types[i - 1])) {
      return Mismatch(types[i - 1], stack_[top]);
    }
  }
  return true;
}

void CodeValidator::SetUnreachable() {
  stack_.resize(height_);
  frames_.back().unreachable = true;
}

bool CodeValidator::Matches(ValueType actual, ValueType expected) const {
  if (actual == expected || actual == ValueType::kBottom) return true;
  if (!actual.is_ref() || !expected.is_ref()) return false;
  if (actual.heap() == kBottomHeap) {
    return expected.nullable() || !actual.nullable();
  }
  return IsSubtype(module_, actual, expected);
}

bool CodeValidator::CheckHeap(HeapType heap) {
  return !heap.is_defined() || heap.index() < module_.types.size() ||
         Invalid("unknown type");
}

bool CodeValidator::CheckValueType(ValueType type) {
  return !type.is_ref() || CheckHeap(type.heap());
}

bool CodeValidator::Mismatch(ValueType expected, ValueType actual) {
  return Invalid(absl::StrCat("type mismatch: expected ",
                              ValueTypeText(expected), ", found ",
                              ValueTypeText(actual)));
}

bool CodeValidator::Invalid(absl::string_view what) {
  status_ = MalformedAt(what, offset_, section_);
  return false;
}

}  // namespace weft::wasm
