// Calls. Those to higher indices and imports are free; all others could go
// around in circles, so they stand behind a test of the depth, the first
// parameter: only its two lowest bits count, and the callee gets less.
#include "check/generate/function.h"

namespace weft::check::generate {

using wasm::FuncIndex;
using wasm::SubType;
using wasm::TypeIndex;

namespace {

constexpr uint32_t kDepthMask = 3;

}  // namespace

void FunctionMaker::Arguments(TypeIndex type, Depth depth, Nan nan) {
  // More types may be added on the way.
  const TypeList params{Types(plan_.types[type].params)};
  for (uint32_t i = 0; i < params.size; ++i) {
    const ValueType param = params.types[i];
    if (i > 0 || param != ValueType::kI32 || depth == Depth::kHost) {
      Value(param, nan);
    } else if (!has_depth_ || (depth == Depth::kSame && source_.OneIn(4))) {
      I32(0);
    } else {
      Get(0);
      if (depth == Depth::kSame) continue;
      I32(kDepthMask);
      Do(Op::kI32And);
      I32(1);
      Do(Op::kI32Sub);
    }
  }
}

void FunctionMaker::OpenGuard(Types results) {
  Get(0);
  I32(kDepthMask);
  Do(Op::kI32And);
  Open(Op::kIf, {}, results);
}

void FunctionMaker::CallResults(Types results, ValueType want) {
  has_nan_ = false;
  if (results.empty()) return Convert(ValueType::kNone, want);
  SinkAll(results.subspan(1));
  has_nan_ = false;
  Convert(results[0], want);
}

bool FunctionMaker::ResultsFit(const SubType& type) const {
  if (type.results.size() != result_types_.size) return false;
  for (size_t i = 0; i < type.results.size(); ++i) {
    if (!IsSubtype(plan_, type.results[i], result_types_.types[i])) {
      return false;
    }
  }
  return true;
}

bool FunctionMaker::MayRefer(FuncIndex func) const {
  // Or a declaring segment would be needed that is not there.
  return plan_.funcs[func].is_declared || Has(wasm::Feature::kBulkMemory);
}

void FunctionMaker::RefFunc(FuncIndex func) {
  plan_.funcs[func].is_referenced = true;
  Do(Op::kRefFunc, func);
}

// call and return_call of what cannot come back here.
bool FunctionMaker::DirectCall(bool tail, ValueType want) {
  const uint32_t n = static_cast<uint32_t>(plan_.funcs.size());
  const uint32_t first = source_.Below(n);
  for (uint32_t i = 0; i < n; ++i) {
    const FuncIndex func = (first + i) % n;
    const PlannedFunc callee = plan_.funcs[func];
    if (!callee.is_import && func <= func_) continue;
    if (!CanAfford(callee.cost) ||
        guarded_ + uint64_t{mult_} * callee.guarded_calls > 3) {
      continue;
    }
    if (tail && !ResultsFit(plan_.types[callee.type])) continue;
    cost_ += uint64_t{mult_} * callee.cost;
    guarded_ += mult_ * callee.guarded_calls;
    if (tail) OpenIf(!source_.OneIn(4));
    Arguments(callee.type, callee.is_import ? Depth::kHost : Depth::kSame,
              callee.is_import ? Nan::kCanonical : Nan::kAny);
    Do(tail ? Op::kReturnCall : Op::kCall, func);
    if (tail) {
      DeadCode();
      End();
      Convert(ValueType::kNone, want);
    } else {
      const TypeList results{Types(plan_.types[callee.type].results)};
      CallResults(results, want);
    }
    return true;
  }
  return false;
}

FuncIndex FunctionMaker::GuardedCallee(Op op, uint32_t* table,
                                       uint32_t* entry) {
  const uint32_t n = static_cast<uint32_t>(plan_.funcs.size());
  switch (op) {
    case Op::kCall:
    case Op::kReturnCall:
      // Often itself.
      return source_.OneIn(3) ? func_ : source_.Below(n);
    case Op::kCallIndirect:
    case Op::kReturnCallIndirect: {
      if (plan_.tables.empty()) return wasm::kNoIndex;
      *table = RandomTable();
      const std::vector<FuncIndex>& funcs = plan_.tables[*table].funcs;
      if (funcs.empty()) return wasm::kNoIndex;
      *entry = source_.Below(static_cast<uint32_t>(funcs.size()));
      return funcs[*entry];
    }
    default: {  // call_ref and return_call_ref.
      const FuncIndex func = source_.Below(n);
      return MayRefer(func) ? func : wasm::kNoIndex;
    }
  }
}

// What selects the callee at run time, if anything.
void FunctionMaker::Selector(Op op, FuncIndex callee, uint32_t table,
                             uint32_t entry) {
  const TypeIndex type = plan_.funcs[callee].type;
  if (op == Op::kCallRef || op == Op::kReturnCallRef) {
    const ValueType ref = ValueType::Ref(HeapType::Defined(type), false);
    const uint32_t local = LocalToRead(ref);
    if (local != wasm::kNoIndex && source_.OneIn(2)) return Get(local);
    return RefFunc(callee);
  }
  if (op != Op::kCallIndirect && op != Op::kReturnCallIndirect) return;
  const PlannedTable& planned = plan_.tables[table];
  bool one_type = planned.funcs.size() == planned.entries;
  for (FuncIndex func : planned.funcs) {
    one_type = one_type && plan_.funcs[func].type == type;
  }
  if ((one_type && source_.OneIn(2)) || (plan_.is_risky && source_.OneIn(20))) {
    return TableIndex(table);
  }
  Integer(planned.is_64() ? ValueType::kI64 : ValueType::kI32, entry);
}

bool FunctionMaker::GuardedCall(Op op, ValueType want) {
  const bool tail = op == Op::kReturnCall || op == Op::kReturnCallIndirect ||
                    op == Op::kReturnCallRef;
  uint32_t table = 0;
  uint32_t entry = 0;
  if (!MayGuard()) return false;
  const FuncIndex callee = GuardedCallee(op, &table, &entry);
  if (callee == wasm::kNoIndex) return false;
  const TypeIndex type = plan_.funcs[callee].type;
  if (tail && !ResultsFit(plan_.types[type])) return false;
  const TypeList results{Types(plan_.types[type].results)};
  const bool is_host = plan_.funcs[callee].is_import &&
                       (op == Op::kCall || op == Op::kReturnCall);
  guarded_ += mult_;
  OpenGuard(tail ? Types() : Types(results));
  Arguments(type, is_host ? Depth::kHost : Depth::kLess, Nan::kCanonical);
  Selector(op, callee, table, entry);
  switch (op) {
    case Op::kCallIndirect:
    case Op::kReturnCallIndirect:
      Do(op, type, table);
      break;
    case Op::kCallRef:
    case Op::kReturnCallRef:
      Do(op, type);
      break;
    default:  // Direct ones.
      Do(op, callee);
      break;
  }
  if (tail) {
    DeadCode();
    End();
    Convert(ValueType::kNone, want);
    return true;
  }
  if (results.size > 0) {
    NextArm(Op::kElse);
    Values(results, Nan::kCanonical);
  }
  End();
  CallResults(results, want);
  return true;
}

}  // namespace weft::check::generate
