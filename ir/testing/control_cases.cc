#include "ir/testing/control_cases.h"

#include <utility>

namespace weft::ir::testing {

using wasm::HeapType;
using wasm::Operator;

namespace {

using Catch = wasm::CatchClause;

OpCase Case(Op op, Types params, Types results, Types locals, Code code) {
  OpCase c;
  c.op.op = op;
  c.params = std::move(params);
  c.results = std::move(results);
  c.locals = std::move(locals);
  c.code = std::move(code);
  return c;
}

// call trace with a constant: something that happens.
Code Trace(int32_t value) {
  return Code().I32(value).Do(Op::kCall, kFuncTrace);
}

std::vector<OpCase> RegionCases(Op op) {
  switch (op) {
    case Op::kBlock:
      return {
          Case(op, {kI32}, {}, {},
               Code().Block().Get(0).BrIf(0).Do(Trace(1)).End()),
          Case(op, {kI32}, {kI32}, {},
               Code().Block(kI32).I32(5).Get(0).BrIf(0).Drop().I32(6).End()),
          Case(op, {kI32}, {kI32}, {},
               Code()
                   .Get(0)
                   .OpenType(Op::kBlock, kTypePair)
                   .Do(Op::kCall, kFuncPair)
                   .Get(0)
                   .BrIf(0)
                   .Do(Trace(2))
                   .End()
                   .Add())};
    case Op::kLoop:
      return {Case(op, {kI32}, {}, {},
                   Code().Loop().Do(Trace(1)).Get(0).BrIf(0).End()),
              Case(op, {kI32}, {kI32}, {},
                   Code()
                       .Get(0)
                       .OpenType(Op::kLoop, kTypeOne)
                       .Do(Op::kCall, kFuncOne)
                       .Tee(0)
                       .Get(0)
                       .BrIf(0)
                       .End())};
    case Op::kIf:
    case Op::kEnd:
      return {Case(op, {kI32}, {}, {}, Code().Get(0).If().Do(Trace(1)).End())};
    default:  // else
      return {Case(op, {kI32}, {kI32}, {},
                   Code()
                       .Get(0)
                       .If(kI32)
                       .Do(Trace(1))
                       .I32(3)
                       .Else()
                       .Do(Trace(2))
                       .I32(4)
                       .End())};
  }
}

std::vector<OpCase> TryTableCases(Op op) {
  const Types caught = {kI32, NonNull(HeapType::kExn)};
  return {Case(op, {}, {}, {},
               Code()
                   .Block()
                   .TryTable({{Catch::kCatchAll, wasm::kNoIndex, 0}})
                   .Do(Trace(1))
                   .End()
                   .End()),
          Case(op, {}, {kI32}, {},
               Code()
                   .Block(kI32)
                   .TryTable({{Catch::kCatch, kTagI32, 0}})
                   .Do(Trace(1))
                   .End()
                   .I32(0)
                   .End()),
          Case(op, {}, {NonNull(HeapType::kExn)}, {},
               Code()
                   .Block(NonNull(HeapType::kExn))
                   .TryTable({{Catch::kCatchAllRef, wasm::kNoIndex, 0}})
                   .Do(Trace(1))
                   .End()
                   .Do(Op::kUnreachable)
                   .End())};
}

std::vector<OpCase> LegacyCases(Op op) {
  const Code caught = Code()
                          .Open(Op::kTry, kI32)
                          .Do(Trace(1))
                          .I32(0)
                          .Do(Op::kCatch, kTagI32)
                          .Do(Op::kCatchAll)
                          .I32(2)
                          .End();
  switch (op) {
    case Op::kDelegate:
      return {Case(op, {}, {}, {},
                   Code()
                       .Open(Op::kTry)
                       .Open(Op::kTry)
                       .Do(Trace(1))
                       .Do(Op::kDelegate, 0)
                       .Do(Op::kCatchAll)
                       .Do(Trace(2))
                       .End())};
    case Op::kRethrow:
      return {Case(op, {}, {}, {},
                   Code()
                       .Open(Op::kTry)
                       .Do(Trace(1))
                       .Do(Op::kCatchAll)
                       .Do(Trace(2))
                       .Do(Op::kRethrow, 0)
                       .End())};
    default: {
      OpCase c = Case(op, {}, {kI32}, {}, caught);
      if (op == Op::kCatch) c.op.index[0] = kTagI32;
      return {std::move(c)};
    }
  }
}

std::vector<OpCase> BranchCases(Op op) {
  const Types one = {kI32};
  switch (op) {
    case Op::kBr:
      return {Case(op, one, {}, {},
                   Code()
                       .Block()
                       .Get(0)
                       .If()
                       .Do(Trace(1))
                       .Br(1)
                       .End()
                       .Do(Trace(2))
                       .End()
                       .Do(Trace(3)))};
    case Op::kBrIf:
      return {Case(op, one, one, {},
                   Code()
                       .Block(kI32)
                       .Get(0)
                       .Do(Op::kCall, kFuncOne)
                       .Get(0)
                       .BrIf(0)
                       .Do(Trace(2))
                       .End())};
    case Op::kBrTable:
      return {Case(op, one, {}, {},
                   Code()
                       .Block()
                       .Block()
                       .Get(0)
                       .BrTable({0, 1, 1, 0, 2})
                       .End()
                       .Do(Trace(1))
                       .End()
                       .Do(Trace(2)))};
    default:  // return
      return {Case(op, one, {}, {},
                   Code().Get(0).If().Do(Op::kReturn).End().Do(Trace(1)))};
  }
}

std::vector<OpCase> ReferenceBranchCases(Op op) {
  const ValueType any = Nullable(HeapType::kAny);
  const ValueType object = NonNull(Defined(kTypeStruct));
  const ValueType rest = NonNull(HeapType::kAny);
  switch (op) {
    case Op::kBrOnNull:
      return {Case(op, {any}, {}, {},
                   Code()
                       .Block()
                       .Get(0)
                       .Do(op, 0)
                       .Do(Op::kGlobalSet, kGlobalAny)
                       .Do(Trace(1))
                       .End()
                       .Do(Trace(2)))};
    case Op::kBrOnNonNull:
      return {Case(op, {any}, {rest}, {},
                   Code()
                       .Block(rest)
                       .Get(0)
                       .Do(op, 0)
                       .Do(Trace(1))
                       .Do(Op::kUnreachable)
                       .End())};
    case Op::kBrOnCast:
      return {Case(op, {any}, {object}, {},
                   Code()
                       .Block(object)
                       .Get(0)
                       .BrCast(op, 0, any, object)
                       .Do(Op::kGlobalSet, kGlobalAny)
                       .Do(Op::kUnreachable)
                       .End())};
    default:  // br_on_cast_fail
      return {Case(op, {any}, {any}, {},
                   Code()
                       .Block(any)
                       .Get(0)
                       .BrCast(op, 0, any, object)
                       .Do(Op::kStructGet, kTypeStruct, 0)
                       .Do(Op::kCall, kFuncTrace)
                       .Do(Op::kUnreachable)
                       .End())};
  }
}

}  // namespace

std::vector<OpCase> ControlCasesFor(Op op) {
  switch (op) {
    case Op::kUnreachable:
      return {Case(op, {}, {}, {}, Code().Do(op)),
              Case(op, {}, {kI32}, {}, Code().Do(Trace(1)).Do(op))};
    case Op::kNop:
      return {Case(op, {}, {}, {}, Code().Do(op).Do(Trace(1)).Do(op))};
    case Op::kBlock:
    case Op::kLoop:
    case Op::kIf:
    case Op::kElse:
    case Op::kEnd:
      return RegionCases(op);
    case Op::kTryTable:
      return TryTableCases(op);
    case Op::kTry:
    case Op::kCatch:
    case Op::kCatchAll:
    case Op::kDelegate:
    case Op::kRethrow:
      return LegacyCases(op);
    case Op::kBr:
    case Op::kBrIf:
    case Op::kBrTable:
    case Op::kReturn:
      return BranchCases(op);
    case Op::kBrOnNull:
    case Op::kBrOnNonNull:
    case Op::kBrOnCast:
    case Op::kBrOnCastFail:
      return ReferenceBranchCases(op);
    case Op::kDrop:
      return {Case(op, {kI32}, {}, {},
                   Code().Get(0).Do(Op::kCall, kFuncOne).Drop())};
    case Op::kLocalGet:
      return {Case(op, {kI32, kI64}, {kI64}, {}, Code().Get(1))};
    case Op::kLocalSet:
      return {Case(op, {kI32}, {kI32}, {kI32},
                   Code()
                       .Get(0)
                       .Do(Op::kCall, kFuncOne)
                       .Set(1)
                       .Do(Trace(1))
                       .Get(1)
                       .Get(1)
                       .Add())};
    case Op::kLocalTee:
      return {Case(op, {kI32}, {kI32}, {kI32},
                   Code()
                       .Get(0)
                       .Do(Op::kCall, kFuncOne)
                       .Tee(1)
                       .Do(Op::kCall, kFuncTrace)
                       .Get(1))};
    default:
      return {};
  }
}

}  // namespace weft::ir::testing
