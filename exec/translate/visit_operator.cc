// Which method translates an operator.
#include <array>

#include "exec/translate/function_translator.h"
#include "exec/translate/metering.h"

namespace weft::exec {

using wasm::Op;
using wasm::OpClass;
using wasm::ValueType;

namespace {

// How a simple operator is translated that has an instruction of its own in
// place of forms.
struct Formless {
  enum Way : uint8_t {
    kHasForms,
    kConst,
    kRefEq,
    kToI32,  // From a reference.
    kToI31,
    kSize,
    kMemoryGrow,
    kBulk,
    kIndex,  // Nothing but an index.
    kAlone,
  };

  Way way = kHasForms;
  FixedInstr instr = FixedInstr::kUnreachable;
};

constexpr auto kFormless = [] {
  std::array<Formless, wasm::kOpCount> rows{};
  const auto set = [&rows](Op op, Formless::Way way,
                           FixedInstr instr = FixedInstr::kUnreachable) {
    rows[static_cast<size_t>(op)] = {way, instr};
  };
  for (const Op op : {Op::kI32Const, Op::kI64Const, Op::kF32Const,
                      Op::kF64Const, Op::kV128Const}) {
    set(op, Formless::kConst);
  }
  set(Op::kRefEq, Formless::kRefEq);
  set(Op::kRefI31, Formless::kToI31, FixedInstr::kRefI31);
  set(Op::kI31GetS, Formless::kToI32, FixedInstr::kI31GetS);
  set(Op::kI31GetU, Formless::kToI32, FixedInstr::kI31GetU);
  set(Op::kArrayLen, Formless::kToI32, FixedInstr::kArrayLen);
  set(Op::kMemorySize, Formless::kSize, FixedInstr::kMemorySize);
  set(Op::kTableSize, Formless::kSize, FixedInstr::kTableSize);
  set(Op::kMemoryGrow, Formless::kMemoryGrow);
  set(Op::kMemoryFill, Formless::kBulk, FixedInstr::kMemoryFill);
  set(Op::kMemoryInit, Formless::kBulk, FixedInstr::kMemoryInit);
  set(Op::kDataDrop, Formless::kIndex, FixedInstr::kDataDrop);
  set(Op::kElemDrop, Formless::kIndex, FixedInstr::kElemDrop);
  set(Op::kAtomicFence, Formless::kAlone, FixedInstr::kAtomicFence);
  return rows;
}();

// A simple operator has forms, or a row that is not the default.
constexpr bool AllAreTranslated() {
  for (int i = 0; i < wasm::kOpCount; ++i) {
    const auto op = static_cast<Op>(i);
    if (wasm::RowOf(op).op_class != wasm::OpClass::kSimple) continue;
    const bool has_forms =
        kFormless[static_cast<size_t>(i)].way == Formless::kHasForms;
    if (has_forms != (FormsOf(op) != 0)) return false;
  }
  return true;
}
static_assert(AllAreTranslated(), "a simple operator without translation");

}  // namespace

// Whether there is nothing to do.
bool FunctionTranslator::VisitUnreachable(const wasm::Operator& op) {
  switch (ShapeOf(wasm::ClassOf(op.op))) {
    case BlockShape::kOpens:
    case BlockShape::kOpensLoop:
    case BlockShape::kOpensIf:
      ++skipped_;
      return true;
    case BlockShape::kCloses:
      if (skipped_ == 0) return false;
      --skipped_;
      return true;
    case BlockShape::kContinues:
      return skipped_ != 0;
    case BlockShape::kNone:
    case BlockShape::kNop:
      return true;
  }
  return true;  // Not reached; g++ asks for it.
}

// Simple operators have had their own way before.
void FunctionTranslator::VisitStructural(const wasm::Operator& op) {
  switch (wasm::ClassOf(op.op)) {
    case OpClass::kSimple:
      return;
    case OpClass::kNop:
    case OpClass::kConvertExtern:  // The same bits.
      return;
    case OpClass::kDrop:
      stack_.Pop();
      return;
    case OpClass::kSelect:
    case OpClass::kSelectTyped:
      return VisitSelect();
    case OpClass::kLocalGet:
      return VisitLocalGet(op.index[0]);
    case OpClass::kLocalSet:
      return VisitLocalSet(op.index[0], /*tee=*/false);
    case OpClass::kLocalTee:
      return VisitLocalSet(op.index[0], /*tee=*/true);
    case OpClass::kGlobalGet:
    case OpClass::kGlobalSet:
      return VisitGlobal(op);
    // Control.
    case OpClass::kUnreachable:
      return EmitUnreachable();
    case OpClass::kBlock:
      return Open(op, Frame::kBlock);
    case OpClass::kLoop:
      return Open(op, Frame::kLoop);
    case OpClass::kIf:
      return Open(op, Frame::kIf);
    case OpClass::kTryTable:
      return Open(op, Frame::kTryTable);
    case OpClass::kTry:
      return Open(op, Frame::kTry);
    case OpClass::kElse:
      return VisitElse();
    case OpClass::kEnd:
      return VisitEnd();
    case OpClass::kCatch:
      return VisitCatch(&op.index[0]);
    case OpClass::kCatchAll:
      return VisitCatch(nullptr);
    case OpClass::kDelegate:
      return VisitDelegate(op.index[0]);
    case OpClass::kThrow:
      return VisitThrow(op.index[0]);
    case OpClass::kRethrow:
      return EmitThrowRef(Near(At(op.index[0]).exception_slot, 0));
    case OpClass::kThrowRef:
      return EmitThrowRef(NearOf(stack_.Pop(), 0));
    case OpClass::kBr:
      return VisitBr(op.index[0]);
    case OpClass::kBrIf:
      return VisitBrIf(op.index[0]);
    case OpClass::kBrTable:
      return VisitBrTable(op);
    case OpClass::kBrOnNull:
      return VisitBrOnNull(op.index[0]);
    case OpClass::kBrOnNonNull:
      return VisitBrOnNonNull(op.index[0]);
    case OpClass::kBrOnCast:
      return VisitBrOnCast(op);
    case OpClass::kReturn:
      return VisitBr(static_cast<uint32_t>(controls_.size() - 1));
    case OpClass::kCall:
    case OpClass::kCallIndirect:
    case OpClass::kCallRef:
    case OpClass::kReturnCall:
    case OpClass::kReturnCallIndirect:
    case OpClass::kReturnCallRef:
      return VisitCall(op);
    // Tables and memories.
    case OpClass::kTableGet:
      return VisitTableGet(op.index[0]);
    case OpClass::kTableSet:
      return VisitTableSet(op.index[0]);
    case OpClass::kTableGrow:
      return VisitTableGrow(op.index[0]);
    case OpClass::kTableFill:
      return VisitBulk(FixedInstr::kTableFill, op);
    case OpClass::kTableCopy:
      return VisitBulk(FixedInstr::kTableCopy, op);
    case OpClass::kTableInit:
      return VisitBulk(FixedInstr::kTableInit, op);
    case OpClass::kMemoryCopy:
      return VisitBulk(FixedInstr::kMemoryCopy, op);
    // References.
    case OpClass::kRefNull:
      return VisitRefNull(op.heap[0]);
    case OpClass::kRefIsNull:
      return VisitUnary(Op::kI32Eqz);
    case OpClass::kRefFunc:
      return VisitRefFunc(op.index[0]);
    case OpClass::kRefAsNonNull:
      return VisitRefAsNonNull();
    case OpClass::kRefTest:
      return VisitRefTest(TargetType(op.heap[0], op.op == Op::kRefTestNull));
    case OpClass::kRefCast:
      return VisitRefCast(TargetType(op.heap[0], op.op == Op::kRefCastNull));
    case OpClass::kStructNew:
      return VisitNewOfList(
          FixedInstr::kStructNew, op.index[0],
          static_cast<uint32_t>(module_.types[op.index[0]].fields.size()));
    case OpClass::kStructNewDefault:
      return VisitNewDefault(FixedInstr::kStructNewDefault, op.index[0]);
    case OpClass::kStructGet:
      return VisitStructGet(op);
    case OpClass::kStructSet:
      return VisitStructSet(op);
    case OpClass::kArrayNew:
      return VisitArrayNew(FixedInstr::kArrayNew, op);
    case OpClass::kArrayNewDefault:
      return VisitNewDefault(FixedInstr::kArrayNewDefault, op.index[0]);
    case OpClass::kArrayNewFixed:
      return VisitNewOfList(FixedInstr::kArrayNewFixed, op.index[0],
                            op.index[1]);
    case OpClass::kArrayNewSegment:
      return VisitArrayNew(op.op == Op::kArrayNewData
                               ? FixedInstr::kArrayNewData
                               : FixedInstr::kArrayNewElem,
                           op);
    case OpClass::kArrayGet:
      return VisitArrayGet(op);
    case OpClass::kArraySet:
      return VisitArraySet(op);
    case OpClass::kArrayFill:
      return VisitArrayBulk(FixedInstr::kArrayFill, op);
    case OpClass::kArrayCopy:
      return VisitArrayBulk(FixedInstr::kArrayCopy, op);
    case OpClass::kArrayInit:
      return VisitArrayBulk(op.op == Op::kArrayInitData
                                ? FixedInstr::kArrayInitData
                                : FixedInstr::kArrayInitElem,
                            op);
  }
}

void FunctionTranslator::VisitFormless(const wasm::Operator& op) {
  const Formless row = kFormless[static_cast<size_t>(op.op)];
  switch (row.way) {
    case Formless::kHasForms:
      return;
    case Formless::kConst:
      return VisitConst(op);
    case Formless::kRefEq:
      return VisitBinary(Op::kI32Eq);
    case Formless::kToI32:
      return VisitRefUnary(row.instr, ValueType::kI32);
    case Formless::kToI31:
      return VisitRefUnary(row.instr,
                           ValueType::Ref(wasm::HeapType::kI31, false));
    case Formless::kSize:
      return VisitSize(row.instr, op.index[0]);
    case Formless::kMemoryGrow:
      return VisitMemoryGrow(op.index[0]);
    case Formless::kBulk:
      return VisitBulk(row.instr, op);
    case Formless::kIndex:
      encoder_.Emit(IdOf(row.instr), op.index[0]);
      return ForgetLast();
    case Formless::kAlone:
      encoder_.Emit(IdOf(row.instr));
      return ForgetLast();
  }
}

}  // namespace weft::exec
