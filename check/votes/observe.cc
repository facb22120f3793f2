#include "check/votes/observe.h"

#include <algorithm>
#include <utility>

namespace weft::check::votes {
namespace {

using wasm::CatchClause;
using wasm::HeapType;
using wasm::Op;
using wasm::SubType;
using wasm::ValueType;

// So much of a memory is looked at, and so many entries of a table.
constexpr uint64_t kMemoryBytes = 1 << 20;
constexpr uint32_t kTableEntries = 16;
// Bits of the set of types that a function has.
constexpr uint32_t kMaxTypes = 63;
constexpr uint64_t kFactor = 0x9e3779b97f4a7c15u;
constexpr uint64_t kVectorBytes = 16;
constexpr uint64_t kStride = 4 * kVectorBytes;

// Operators on addresses of 32 or 64 bits.
struct Address {
  bool is_64;

  ValueType type() const { return is_64 ? ValueType::kI64 : ValueType::kI32; }
  Op add() const { return is_64 ? Op::kI64Add : Op::kI32Add; }
  Op shl() const { return is_64 ? Op::kI64Shl : Op::kI32Shl; }
  Op gt() const { return is_64 ? Op::kI64GtU : Op::kI32GtU; }
  Op ge() const { return is_64 ? Op::kI64GeU : Op::kI32GeU; }
  void Constant(uint64_t value, Code* code) const {
    code->Constant(type(), value);
  }
  // The address on the stack becomes an i64.
  void Widen(Code* code) const {
    if (!is_64) code->Do(Op::kI64ExtendI32U);
  }
};

void LogReference(const ModuleMaker& maker, const LogFuncs& log, HeapType heap,
                  bool follow, Code* code) {
  switch (wasm::TopType(maker.module(), heap).abstract()) {
    case HeapType::kExtern:
      code->Call(log.external);
      return;
    case HeapType::kFunc:
      code->Call(log.func);
      return;
    case HeapType::kExn:
      if (follow) {
        code->Call(log.exception);
      } else {
        code->Do(Op::kRefIsNull).Do(Op::kI64ExtendI32U).Call(log.word);
      }
      return;
    default:  // Any, the fourth of the tops.
      code->Call(log.any);
      return;
  }
}

// Locals of a loop over memory.
struct Sum {
  wasm::MemoryIndex memory;
  Address address;
  wasm::LocalIndex at;
  wasm::LocalIndex end;
  wasm::LocalIndex sum;
};

// sum = (sum ^ vector) * factor, in which each step can be undone.
void Mix(const Sum& s, Code* code) {
  code->Get(s.sum).Do(Op::kV128Xor);
  code->Constant(ValueType::kV128, kFactor, kFactor);
  code->Do(Op::kI64x2Mul).Set(s.sum);
}

// Adds `step` bytes at a time while there are so many.
void SumLoop(const Sum& s, uint64_t step, Code* code) {
  code->Begin(Op::kBlock).Begin(Op::kLoop);
  code->Get(s.at);
  s.address.Constant(step, code);
  code->Do(s.address.add()).Get(s.end).Do(s.address.gt()).Do(Op::kBrIf, 1);
  for (uint64_t offset = 0; offset < step; offset += kVectorBytes) {
    code->Get(s.at);
    if (step == 1) {
      code->Access(Op::kI64Load8U, s.memory, 0).Do(Op::kI64x2Splat);
    } else {
      code->Access(Op::kV128Load, s.memory, offset);
    }
    Mix(s, code);
  }
  code->Get(s.at);
  s.address.Constant(step, code);
  code->Do(s.address.add()).Set(s.at).Do(Op::kBr, 0).End().End();
}

void LogMemory(const LogFuncs& log, const wasm::MemoryType& type, Sum s,
               Code* code) {
  const uint64_t pages = kMemoryBytes >> type.page_size_log2;
  code->Do(Op::kMemorySize, s.memory).Tee(s.end);
  s.address.Widen(code);
  code->Call(log.word);
  code->Get(0).Begin(Op::kIf);
  code->Get(s.end);
  s.address.Constant(pages, code);
  code->Do(s.address.gt()).Begin(Op::kIf);
  s.address.Constant(pages, code);
  code->Set(s.end).End();
  code->Get(s.end);
  s.address.Constant(type.page_size_log2, code);
  code->Do(s.address.shl()).Set(s.end);
  s.address.Constant(0, code);
  code->Set(s.at);
  code->Constant(ValueType::kV128, 1, 2).Set(s.sum);
  SumLoop(s, kStride, code);
  SumLoop(s, 1, code);
  for (uint32_t lane = 0; lane < 2; ++lane) {
    code->Get(s.sum).Do(Op::kI64x2ExtractLane, lane).Call(log.word);
  }
  code->End();
}

void LogTable(const ModuleMaker& maker, const LogFuncs& log,
              wasm::TableIndex table, wasm::LocalIndex at, Address address,
              Code* code) {
  code->Do(Op::kTableSize, table);
  address.Widen(code);
  code->Call(log.word);
  address.Constant(0, code);
  code->Set(at).Begin(Op::kBlock).Begin(Op::kLoop);
  code->Get(at).Do(Op::kTableSize, table);
  code->Do(address.ge()).Do(Op::kBrIf, 1);
  code->Get(at);
  address.Constant(kTableEntries, code);
  code->Do(address.ge()).Do(Op::kBrIf, 1);
  code->Get(at).Do(Op::kTableGet, table);
  LogReference(maker, log, maker.module().tables[table].type.element.heap(),
               /*follow=*/true, code);
  code->Get(at);
  address.Constant(1, code);
  code->Do(address.add()).Set(at).Do(Op::kBr, 0).End().End();
}

// Local 0 is a reference: logs null and returns.
void LogNull(const LogFuncs& log, Code* code) {
  code->Get(0).Do(Op::kRefIsNull).Begin(Op::kIf);
  LogConstant(log, kNull, code);
  code->Do(Op::kReturn).End();
}

Code AnyLog(const LogFuncs& log) {
  Code code(1);
  LogNull(log, &code);
  code.Get(0).Heap(Op::kRefTest, HeapType::kI31).Begin(Op::kIf);
  LogConstant(log, kI31, &code);
  code.Get(0).Heap(Op::kRefCast, HeapType::kI31).Do(Op::kI31GetU);
  code.Do(Op::kI64ExtendI32U).Call(log.word).Do(Op::kReturn).End();
  for (const auto& [heap, word] : {std::pair{HeapType::kStruct, kStruct},
                                   std::pair{HeapType::kArray, kArray}}) {
    code.Get(0).Heap(Op::kRefTest, heap).Begin(Op::kIf);
    LogConstant(log, word, &code);
    code.Do(Op::kReturn).End();
  }
  LogConstant(log, kOtherAny, &code);
  return code;
}

}  // namespace

void LogConstant(const LogFuncs& log, uint64_t word, Code* code) {
  code->I64(word).Call(log.word);
}

void LogLocal(const ModuleMaker& maker, const LogFuncs& log, ValueType type,
              wasm::LocalIndex local, Code* code, bool follow) {
  code->Get(local);
  switch (type.kind()) {
    case ValueType::kI32:
      code->Do(Op::kI64ExtendI32U).Call(log.word);
      return;
    case ValueType::kF32:
      code->Do(Op::kI32ReinterpretF32).Do(Op::kI64ExtendI32U).Call(log.word);
      return;
    case ValueType::kF64:
      code->Do(Op::kI64ReinterpretF64).Call(log.word);
      return;
    case ValueType::kV128:
      code->Do(Op::kI64x2ExtractLane, 0).Call(log.word);
      code->Get(local).Do(Op::kI64x2ExtractLane, 1).Call(log.word);
      return;
    case ValueType::kRef:
      LogReference(maker, log, type.heap(), follow, code);
      return;
    case ValueType::kI64:
    case ValueType::kNone:
    case ValueType::kBottom:
      code->Call(log.word);
      return;
  }
}

void LogTop(const ModuleMaker& maker, const LogFuncs& log, ValueType type,
            Code* code, bool follow) {
  const wasm::LocalIndex local = code->AddLocal(type.AsNullable());
  code->Set(local);
  LogLocal(maker, log, type, local, code, follow);
}

void DefineReferenceLogs(const LogFuncs& log, uint32_t types,
                         ModuleMaker* maker) {
  maker->Define(log.any, AnyLog(log));

  Code external(1);
  LogNull(log, &external);
  LogConstant(log, kExtern, &external);
  external.Get(0).Do(Op::kAnyConvertExtern).Call(log.any);
  maker->Define(log.external, external);

  Code func(1);
  LogNull(log, &func);
  LogConstant(log, kFunc, &func);
  func.I64(0);
  uint64_t bit = 1;
  for (uint32_t i = 0; i < std::min(types, kMaxTypes); ++i, bit <<= 1) {
    if (maker->module().types[i].kind != SubType::kFunc) continue;
    func.Get(0).Heap(Op::kRefTest, HeapType::Defined(i));
    func.Do(Op::kI64ExtendI32U).I64(bit).Do(Op::kI64Mul).Do(Op::kI64Or);
  }
  func.Call(log.word);
  maker->Define(log.func, func);
}

void DefineExceptionLog(const LogFuncs& log,
                        const std::vector<wasm::TagIndex>& tags,
                        ModuleMaker* maker) {
  Code code(1);
  LogNull(log, &code);
  // Tag i is caught by the (i + 1)st block from inside, the rest by the outer.
  std::vector<CatchClause> catches;
  code.Begin(Op::kBlock);
  for (size_t i = tags.size(); i-- > 0;) {
    const wasm::TypeIndex type = maker->module().tags[tags[i]].type;
    code.BeginOf(Op::kBlock,
                 maker->FuncType({}, maker->module().types[type].params));
  }
  for (size_t i = 0; i < tags.size(); ++i) {
    catches.push_back({CatchClause::kCatch, tags[i], static_cast<uint32_t>(i)});
  }
  catches.push_back({CatchClause::kCatchAll, wasm::kNoIndex,
                     static_cast<uint32_t>(tags.size())});
  code.BeginTry(catches).Get(0).Do(Op::kThrowRef).End();
  code.Do(Op::kUnreachable);
  for (size_t i = 0; i < tags.size(); ++i) {
    code.End();
    const wasm::TypeIndex type = maker->module().tags[tags[i]].type;
    const std::vector<ValueType> params = maker->module().types[type].params;
    for (size_t p = params.size(); p-- > 0;) {
      LogTop(*maker, log, params[p], &code, /*follow=*/false);
    }
    LogConstant(log, kException, &code);
    LogConstant(log, i, &code);
    code.Do(Op::kReturn);
  }
  code.End();
  LogConstant(log, kPrivateException, &code);
  maker->Define(log.exception, code);
}

wasm::FuncIndex AddStateLog(const LogFuncs& log, const VisibleState& state,
                            ModuleMaker* maker) {
  const wasm::FuncIndex func =
      maker->DeclareFunc(maker->FuncType({ValueType::kI32}, {}));
  const wasm::Module& module = maker->module();
  Code code(1);
  const wasm::LocalIndex sum = code.AddLocal(ValueType::kV128);
  wasm::LocalIndex at[2];
  wasm::LocalIndex end[2];
  for (const bool is_64 : {false, true}) {
    at[is_64] = code.AddLocal(Address{is_64}.type());
    end[is_64] = code.AddLocal(Address{is_64}.type());
  }
  LogConstant(log, kState, &code);
  for (const wasm::MemoryIndex memory : state.memories) {
    const wasm::MemoryType& type = module.memories[memory].type;
    const bool is_64 = type.limits.is_64;
    LogMemory(log, type, {memory, {is_64}, at[is_64], end[is_64], sum}, &code);
  }
  for (const wasm::GlobalIndex global : state.globals) {
    code.Do(Op::kGlobalGet, global);
    LogTop(*maker, log, module.globals[global].type.value, &code);
  }
  for (const wasm::TableIndex table : state.tables) {
    const bool is_64 = module.tables[table].type.limits.is_64;
    LogTable(*maker, log, table, at[is_64], {is_64}, &code);
  }
  maker->Define(func, code);
  return func;
}

}  // namespace weft::check::votes
