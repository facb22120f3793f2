// One way at least to use each operator.
#include "check/generate/function.h"

namespace weft::check::generate {

using wasm::OpClass;

bool FunctionMaker::Apply(Op op, ValueType want) {
  if (!HasRoom()) return false;
  switch (wasm::InfoOf(op).op_class) {
    case OpClass::kSimple:
      return Simple(op, want);
    case OpClass::kUnreachable:
      return Unreachable(want);
    case OpClass::kNop:
      Do(op);
      Convert(ValueType::kNone, want);
      return true;
    case OpClass::kBlock:
    case OpClass::kEnd:
      return Block(want);
    case OpClass::kLoop:
      return Loop(want);
    case OpClass::kIf:
    case OpClass::kElse:
      return If(want);
    case OpClass::kTryTable:
      return TryTable(want);
    case OpClass::kTry:
    case OpClass::kCatch:
    case OpClass::kCatchAll:
    case OpClass::kRethrow:
      return LegacyTry(op, want);
    case OpClass::kDelegate:
      return Delegate(want);
    case OpClass::kThrow:
      return Throw(want);
    case OpClass::kThrowRef:
      return ThrowRef(want);
    case OpClass::kBr:
      return Branch(want);
    case OpClass::kBrIf:
      return BranchIf(want);
    case OpClass::kBrTable:
      return BranchTable(want);
    case OpClass::kBrOnNull:
      return BranchOnNull(want);
    case OpClass::kBrOnNonNull:
      return BranchOnNonNull(want);
    case OpClass::kBrOnCast:
      return BranchOnCast(op, want);
    case OpClass::kReturn:
      return Return(want);
    case OpClass::kCall:
      return (source_.OneIn(3) && GuardedCall(op, want)) ||
             DirectCall(false, want);
    case OpClass::kReturnCall:
      return (source_.OneIn(2) && GuardedCall(op, want)) ||
             (MayOpen() && DirectCall(true, want));
    case OpClass::kCallIndirect:
    case OpClass::kCallRef:
    case OpClass::kReturnCallIndirect:
    case OpClass::kReturnCallRef:
      return GuardedCall(op, want);
    case OpClass::kDrop: {
      const ValueType type = RandomType(plan_, source_, false);
      Value(type);
      Do(op);
      Convert(ValueType::kNone, want);
      return true;
    }
    case OpClass::kSelect:
      return Select(want);
    case OpClass::kSelectTyped:
      return SelectTyped(want);
    case OpClass::kLocalGet:
    case OpClass::kLocalSet:
    case OpClass::kLocalTee:
    case OpClass::kGlobalGet:
    case OpClass::kGlobalSet:
      return Variable(op, want);
    case OpClass::kTableGet:
    case OpClass::kTableSet:
    case OpClass::kTableGrow:
    case OpClass::kTableFill:
      return TableOp(op, want);
    case OpClass::kTableCopy:
      return TableCopy(want);
    case OpClass::kTableInit:
      return TableInit(want);
    case OpClass::kMemoryCopy:
      return MemoryCopy(want);
    case OpClass::kRefNull:
    case OpClass::kRefIsNull:
    case OpClass::kRefFunc:
      return SimpleReference(op, want);
    case OpClass::kRefAsNonNull:
      return RefAsNonNull(want);
    case OpClass::kRefTest:
      return RefTest(op, want);
    case OpClass::kRefCast:
      return RefCast(op, want);
    case OpClass::kStructNew:
    case OpClass::kStructNewDefault:
      return StructNew(op, want);
    case OpClass::kStructGet:
      return StructGet(op, want);
    case OpClass::kStructSet:
      return StructSet(want);
    case OpClass::kArrayNew:
    case OpClass::kArrayNewDefault:
    case OpClass::kArrayNewFixed:
      return ArrayNew(op, want);
    case OpClass::kArrayNewSegment:
      return ArrayNewSegment(op, want);
    case OpClass::kArrayGet:
      return ArrayGet(op, want);
    case OpClass::kArraySet:
    case OpClass::kArrayFill:
      return ArrayChange(op, want);
    case OpClass::kArrayCopy:
      return ArrayCopy(want);
    case OpClass::kArrayInit:
      return ArrayInit(op, want);
    case OpClass::kConvertExtern:
      return ConvertExtern(op, want);
  }
  return false;
}

// Locals and globals.
bool FunctionMaker::Variable(Op op, ValueType want) {
  const ValueType type =
      want == ValueType::kNone ? RandomType(plan_, source_, true) : want;
  if (op == Op::kGlobalGet || op == Op::kGlobalSet) {
    const uint32_t n = static_cast<uint32_t>(plan_.globals.size());
    if (n == 0) return false;
    uint32_t global = source_.Below(n);
    if (op == Op::kGlobalSet) {
      const wasm::GlobalType& planned = plan_.globals[global].type;
      if (!planned.is_mutable) return false;
      Value(planned.value, Nan::kCanonical);
      Do(op, global);
      Convert(ValueType::kNone, want);
      return true;
    }
    for (uint32_t i = 0; i < n; ++i) {
      if (IsSubtype(plan_, plan_.globals[global].type.value, type)) break;
      global = global + 1 < n ? global + 1 : 0;
    }
    Do(op, global);
    has_nan_ = false;
    Convert(plan_.globals[global].type.value, want);
    return true;
  }
  const uint32_t local =
      op == Op::kLocalGet ? LocalToRead(type) : LocalToSet(type);
  if (local == wasm::kNoIndex) return false;
  if (op == Op::kLocalGet) {
    Get(local);
    has_nan_ = true;
  } else {
    // The result of a tee has the local's type, which may be wider.
    if (op == Op::kLocalTee && locals_[local].type != type) return false;
    Value(type);
    op == Op::kLocalTee ? Tee(local) : Set(local);
  }
  Convert(op == Op::kLocalSet ? ValueType::kNone : locals_[local].type, want);
  return true;
}

// ref.null, ref.is_null, ref.func.
bool FunctionMaker::SimpleReference(Op op, ValueType want) {
  if (op == Op::kRefFunc) {
    const uint32_t func =
        source_.Below(static_cast<uint32_t>(plan_.funcs.size()));
    if (!MayRefer(func)) return false;
    RefFunc(func);
    // Without typed references there is no local for it.
    const ValueType have =
        Has(wasm::Feature::kFunctionReferences)
            ? ValueType::Ref(HeapType::Defined(plan_.funcs[func].type), false)
            : ValueType::Ref(HeapType::kFunc, true);
    Convert(have, want);
    return true;
  }
  const ValueType ref = want.is_ref() ? want.AsNullable() : RandomRef(true);
  if (op == Op::kRefNull) {
    RefNull(ref.heap());
    Convert(ref, want);
    return true;
  }
  Value(ref);
  Do(op);
  Convert(ValueType::kI32, want);
  return true;
}

}  // namespace weft::check::generate
