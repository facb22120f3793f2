// Values of a wanted type.
#include "check/generate/function.h"
#include "check/generate/op_tables.h"

namespace weft::check::generate {

using wasm::ImmediateKind;
using wasm::OpInfo;

namespace {

bool IsFloat(wasm::ValueType type) {
  return type == wasm::ValueType::kF32 || type == wasm::ValueType::kF64;
}

bool IsInteger(wasm::ValueType type) {
  return type == wasm::ValueType::kI32 || type == wasm::ValueType::kI64;
}

}  // namespace

void FunctionMaker::Value(ValueType type, Nan nan) {
  // Bushes of many leaves are rarer than thin twigs.
  const uint32_t percent_leaf = 25 + 9 * static_cast<uint32_t>(level_);
  if (!HasRoom() || level_ >= kMaxLevel || source_.Percent(percent_leaf)) {
    Leaf(type);
  } else {
    ++level_;
    Compose(type);
    --level_;
  }
  if (nan == Nan::kCanonical) Canonicalize(type);
}

void FunctionMaker::Values(Types types, Nan nan) {
  for (ValueType type : types) Value(type, nan);
}

// What a branch to `label` takes.
void FunctionMaker::BranchValues(const Label& label) {
  const TypeList types = label.types;
  Values(types, label.canonical ? Nan::kCanonical : Nan::kAny);
}

void FunctionMaker::Leaf(ValueType type) {
  has_nan_ = false;
  if (type.is_ref()) return ReferenceLeaf(type);
  if (source_.Percent(75)) {
    const uint32_t local = LocalToRead(type);
    if (local != wasm::kNoIndex) {
      Get(local);
      has_nan_ = IsFloat(type);
      return;
    }
  }
  if (!plan_.globals.empty() && source_.OneIn(4)) {
    const uint32_t n = static_cast<uint32_t>(plan_.globals.size());
    const uint32_t global = source_.Below(n);
    if (plan_.globals[global].type.value == type) {
      return Do(Op::kGlobalGet, global);
    }
  }
  Constant(type);
}

void FunctionMaker::Compose(ValueType type) {
  if (source_.OneIn(14)) {
    const Op op = static_cast<Op>(source_.Below(wasm::kOpCount));
    if (HasOp(op) && Apply(op, type)) return;
  }
  if (type.is_ref()) return Reference(type);
  if (IsInteger(type) && source_.OneIn(4)) return Pattern(type);
  static constexpr Op kShapes[] = {
      Op::kSelect,   Op::kIf,       Op::kBlock,    Op::kLoop,
      Op::kCall,     Op::kLocalTee, Op::kBrIf,     Op::kStructGet,
      Op::kArrayGet, Op::kTryTable, Op::kCall,     Op::kCallIndirect,
      Op::kCallRef,  Op::kSelect,   Op::kLocalTee, Op::kGlobalGet};
  if (source_.OneIn(3)) {
    const Op op = source_.Pick(kShapes);
    if (HasOp(op) && Apply(op, type)) return;
  }
  Number(type);
}

void FunctionMaker::Number(ValueType type) {
  for (int tries = 0; tries < 3; ++tries) {
    if (Simple(SomeOp(type), type)) return;
  }
  Leaf(type);
}

FunctionMaker::Op FunctionMaker::SomeOp(ValueType type) {
  const absl::Span<const Op> common = CommonOps(type.kind());
  const absl::Span<const Op> all = OpsWithResult(type.kind());
  for (int tries = 0; tries < 6; ++tries) {
    const Op op = source_.Pick(source_.OneIn(2) ? common : all);
    if (HasOp(op)) return op;
  }
  // The first rows are of the first release, or vectors' own.
  return common[0];
}

void FunctionMaker::Condition() {
  const uint32_t kind = source_.Below(10);
  if (kind < 3 && last_condition_ != wasm::kNoIndex &&
      locals_[last_condition_].is_set) {
    Get(last_condition_);
    if (source_.OneIn(3)) Do(Op::kI32Eqz);
    return;
  }
  if (kind < 5) {
    const uint32_t local = LocalToRead(ValueType::kI32);
    if (local != wasm::kNoIndex) {
      Get(local);
      if (source_.OneIn(2)) last_condition_ = local;
      return;
    }
  }
  Value(ValueType::kI32);
  if (kind < 7) {
    I32(InterestingI32(source_));
    static constexpr Op kCompare[] = {Op::kI32Eq,  Op::kI32Ne,  Op::kI32LtS,
                                      Op::kI32LtU, Op::kI32GtS, Op::kI32GtU,
                                      Op::kI32LeS, Op::kI32GeU, Op::kI32And};
    Do(source_.Pick(kCompare));
  }
}

void FunctionMaker::RareCondition() {
  Value(ValueType::kI32);
  if (source_.OneIn(2)) {
    I32(InterestingI32(source_) | 64);
    Do(Op::kI32Eq);
  } else {
    I32(63);
    Do(Op::kI32And);
    I32(11 + source_.Below(50));
    Do(Op::kI32Eq);
  }
}

// -- NaNs ---------------------------------------------------------------------

// Kinds: 0 f32, 1 f64, 2 the lanes of f32x4, 3 those of f64x2.
wasm::FuncIndex FunctionMaker::Canonicalizer(int kind) {
  if (plan_.canonicalizers[kind] != wasm::kNoIndex) {
    return plan_.canonicalizers[kind];
  }
  static constexpr ValueType kTypes[] = {ValueType::kF32, ValueType::kF64,
                                         ValueType::kV128, ValueType::kV128};
  static constexpr Op kConst[] = {Op::kF32Const, Op::kF64Const, Op::kV128Const,
                                  Op::kV128Const};
  static constexpr Op kNe[] = {Op::kF32Ne, Op::kF64Ne, Op::kF32x4Ne,
                               Op::kF64x2Ne};
  const ValueType type = kTypes[kind];
  PlannedFunc func;
  func.type = FuncTypeOf(&plan_, {type}, {type});
  func.cost = 8;
  wasm::ByteWriter& out = plan_.code;
  func.body.begin = static_cast<uint32_t>(out.size());
  out.U32(0);
  WriteOpcode(kConst[kind], &out);
  if (kind == 0) {
    out.Fixed32(0x7fc00000);
  } else {
    const uint64_t nan = kind == 2 ? 0x7fc000007fc00000u : 0x7ff8000000000000u;
    out.Fixed64(nan);
    if (kind >= 2) out.Fixed64(nan);
  }
  for (int i = 0; i < 3; ++i) {
    WriteOpcode(Op::kLocalGet, &out);
    out.U32(0);
  }
  WriteOpcode(kNe[kind], &out);
  WriteOpcode(kind < 2 ? Op::kSelect : Op::kV128Bitselect, &out);
  WriteOpcode(Op::kEnd, &out);
  func.body.end = static_cast<uint32_t>(out.size());
  plan_.canonicalizers[kind] = static_cast<uint32_t>(plan_.funcs.size());
  plan_.funcs.push_back(func);
  return plan_.canonicalizers[kind];
}

void FunctionMaker::Canonicalize(ValueType type) {
  if (!has_nan_ || !IsFloat(type)) return;
  has_nan_ = false;
  if (!plan_.canonicalize_nans) return;
  const bool is_f64 = type == ValueType::kF64;
  if (source_.Percent(80)) return Do(Op::kCall, Canonicalizer(is_f64));
  const uint32_t local = NewLocal(type);
  Set(local);
  Do(is_f64 ? Op::kF64Const : Op::kF32Const);
  if (is_f64) {
    ops_.Fixed64(0x7ff8000000000000u);
  } else {
    ops_.Fixed32(0x7fc00000);
  }
  for (int i = 0; i < 3; ++i) Get(local);
  Do(is_f64 ? Op::kF64Ne : Op::kF32Ne);
  Do(Op::kSelect);
}

void FunctionMaker::CanonicalizeVector(bool is_f64) {
  has_nan_ = false;
  if (plan_.canonicalize_nans) Do(Op::kCall, Canonicalizer(is_f64 ? 3 : 2));
}

// -- Simple operators ---------------------------------------------------------

bool FunctionMaker::Simple(Op op, ValueType want) {
  const OpInfo& info = wasm::InfoOf(op);
  if (info.access_bytes != 0) return Access(op, want);
  switch (op) {
    case Op::kMemoryInit:
    case Op::kMemoryFill:
    case Op::kDataDrop:
      return BulkMemory(op, want);
    case Op::kMemorySize:
    case Op::kMemoryGrow:
      return WholeMemory(op, want);
    case Op::kTableSize:
    case Op::kElemDrop:
      return TableOp(op, want);
    default:  // All others are like each other.
      break;
  }
  const OpTraits& traits = TraitsOf(op);
  if (traits.makes_nans && info.result == ValueType::kV128) {
    const bool is_f64 = traits.is_f64x2;
    SimpleOperands(op, info, ValueType::kI32);
    Do(op);
    CanonicalizeVector(is_f64);
    Convert(ValueType::kV128, want);
    return true;
  }
  if (info.num_results == 1 && info.num_params == 0) {
    Constant(info.result);
    Convert(info.result, want);
    return true;
  }
  SimpleOperands(op, info, ValueType::kI32);
  const bool operand_nan = has_nan_;
  Do(op);
  for (ImmediateKind kind : info.immediates) {
    if (kind == ImmediateKind::kLane) {
      ops_.Byte(static_cast<uint8_t>(source_.Below(traits.lanes)));
    } else if (kind == ImmediateKind::kLanes16) {
      for (int i = 0; i < 16; ++i) {
        ops_.Byte(static_cast<uint8_t>(source_.Below(32)));
      }
    } else if (kind == ImmediateKind::kOrdering) {
      ops_.Byte(0);
    }
  }
  has_nan_ = traits.makes_nans || (traits.passes_nans && operand_nan);
  if (info.num_results == 0) {
    Convert(ValueType::kNone, want);
    return true;
  }
  if (info.num_results == 2) Sink(info.results[1]);
  Convert(info.result, want);
  return true;
}

void FunctionMaker::SimpleOperands(Op op, const OpInfo& info,
                                   ValueType address) {
  const OpTraits& traits = TraitsOf(op);
  const Nan nan = traits.observes_nans ? Nan::kCanonical : Nan::kAny;
  if ((info.traps & wasm::kTrapConversion) != 0) {
    return ConvertibleFloat(op, info.params[0]);
  }
  if (traits.makes_nans && info.result == ValueType::kV128 &&
      info.params[0] == ValueType::kV128) {
    // NaNs in the lanes of one shape may meet the next operator of it.
    const bool is_f64 = traits.is_f64x2;
    const bool same_shape =
        op != Op::kF32x4DemoteF64x2Zero && op != Op::kF64x2PromoteLowF32x4;
    for (int i = 0; i < info.num_params; ++i) {
      if (same_shape && source_.OneIn(4)) {
        FloatVector(is_f64, 2);
      } else {
        Value(ValueType::kV128);
      }
    }
    return;
  }
  bool any_nan = false;
  for (int i = 0; i < info.num_params; ++i) {
    ValueType type = info.params[i];
    if ((info.address_params >> i & 1) != 0) type = address;
    if (i == 1 && (info.traps & wasm::kTrapDivide) != 0) {
      Divisor(type);
    } else if (type.is_ref() && (info.traps & wasm::kTrapNull) != 0) {
      NonNull(type.heap());
    } else if (i == 1 && IsInteger(type) && source_.OneIn(4)) {
      Constant(type);
    } else {
      Value(type, nan);
    }
    any_nan |= has_nan_;
  }
  has_nan_ = any_nan;
}

// Leaves a vector whose lanes may be NaNs of any bits; for operators of the
// same shape alone.
void FunctionMaker::FloatVector(bool is_f64, int depth) {
  if (depth == 0 || !HasRoom()) return Value(ValueType::kV128);
  const absl::Span<const Op> ops = FloatVectorOps(is_f64);
  Op op = source_.Pick(ops);
  if (!HasOp(op)) op = is_f64 ? Op::kF64x2Add : Op::kF32x4Add;
  for (int i = 0; i < wasm::InfoOf(op).num_params; ++i) {
    FloatVector(is_f64, source_.OneIn(2) ? depth - 1 : 0);
  }
  Do(op);
}

// Mostly not zero.
void FunctionMaker::Divisor(ValueType type) {
  const bool is_64 = type == ValueType::kI64;
  if (plan_.is_risky && source_.OneIn(10)) return Value(type);
  if (source_.OneIn(2)) {
    static constexpr uint64_t kDivisors[] = {
        1, 2, 3,  4,  7,   8,   10,  16,   5,
        6, 9, 32, 64, 100, 255, 256, 1000, 0x7fffffff};
    uint64_t divisor = source_.Pick(kDivisors);
    if (source_.OneIn(5)) divisor = ~divisor + 1;
    return Integer(type, divisor);
  }
  Value(type);
  Integer(type, 1);
  Do(is_64 ? Op::kI64Or : Op::kI32Or);
}

// A float that the trapping conversion `op` accepts, mostly.
void FunctionMaker::ConvertibleFloat(Op op, ValueType type) {
  if (plan_.is_risky && source_.OneIn(10)) return Value(type);
  const bool is_f64 = type == ValueType::kF64;
  if (source_.OneIn(4)) {
    // From one half on up to some ten thousand.
    Do(is_f64 ? Op::kF64Const : Op::kF32Const);
    if (is_f64) {
      ops_.Fixed64(0x3fe0000000000000u + (source_.Bits(20) << 36));
    } else {
      ops_.Fixed32(0x3f000000u + static_cast<uint32_t>(source_.Bits(26)));
    }
    return;
  }
  Value(ValueType::kI32);
  // Values near 2^31 would round up to it.
  I32(source_.OneIn(2) ? 0x7fff : 0x3fffff);
  Do(Op::kI32And);
  Do(is_f64 ? Op::kF64ConvertI32S : Op::kF32ConvertI32S);
  const bool to_signed = TraitsOf(op).is_signed;
  if (to_signed && source_.OneIn(3)) {
    Do(is_f64 ? Op::kF64Neg : Op::kF32Neg);
  }
  if (source_.OneIn(3)) Do(is_f64 ? Op::kF64Sqrt : Op::kF32Sqrt);
}

}  // namespace weft::check::generate
