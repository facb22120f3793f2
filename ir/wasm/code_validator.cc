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

}  // namespace

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
  ByteReader reader(body, offset);
  if (!Begin(func, &reader)) return status_;
  OperatorReader operators(reader.rest(), reader.offset(), module_.features);
  if (!Run(&operators)) return status_;
  return absl::OkStatus();
}

bool CodeValidator::Begin(FuncIndex func, ByteReader* reader) {
  Reset("code section");
  is_const_ = false;
  const SubType& type = module_.func_type(func);
  params_ = type.params;
  results_ = type.results;
  offset_ = reader->offset();
  status_ = ReadLocals(reader, module_.features, &groups_);
  if (!status_.ok()) return false;
  num_locals_ = static_cast<uint32_t>(params_.size());
  first_locals_.assign(params_.begin(), params_.end());
  for (const LocalGroup& group : groups_) {
    if (!CheckValueType(group.type)) return false;
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
    status_ = LimitError(Limit::kLocals, num_locals_, offset_, section_);
    return false;
  }
  PushFrame(FrameKind::kFunction, BlockType{});
  return true;
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
    if (!reader->TryRead(&op)) return Unreadable(*reader);
    offset_ = op.offset;
    if (is_const_ && !CheckIsConst(op)) return false;
    if (!Step(op)) return false;
  }
  if (reader->done()) return true;
  offset_ = reader->offset();
  return Remains();
}

bool CodeValidator::Unreadable(const OperatorReader& operators) {
  status_ = operators.status();
  return false;
}

bool CodeValidator::Remains() {
  return Invalid("operators remain after the end of the function");
}

// One line per class: longer than functions should be, for the sake of the
// compiler's check that each has one.
bool CodeValidator::Visit(const ValidatorRow& row, const Operator& op) {
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
    case OpClass::kCatch:
    case OpClass::kCatchAll:
    case OpClass::kDelegate:
    case OpClass::kRethrow:
    case OpClass::kThrow:
    case OpClass::kThrowRef:
      return VisitException(op);
    case OpClass::kBrOnNull:
    case OpClass::kBrOnNonNull:
    case OpClass::kBrOnCast:
      return VisitBrOn(op);
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
      return VisitArrayOp(op);
    case OpClass::kConvertExtern:
      return VisitConvertExtern(op);
  }
  return false;
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
