// References: where they come from, tests and casts, branches on them.
#include "check/generate/function.h"

namespace weft::check::generate {

using wasm::Feature;

// Leaves a value of the reference type.
void FunctionMaker::Reference(ValueType type) {
  static constexpr Op kSources[] = {Op::kStructGet,
                                    Op::kArrayGet,
                                    Op::kTableGet,
                                    Op::kGlobalGet,
                                    Op::kSelectTyped,
                                    Op::kRefCast,
                                    Op::kRefCastNull,
                                    Op::kRefAsNonNull,
                                    Op::kIf,
                                    Op::kBlock,
                                    Op::kBrOnNonNull,
                                    Op::kBrOnCast,
                                    Op::kBrOnCastFail,
                                    Op::kCall,
                                    Op::kLocalTee,
                                    Op::kAnyConvertExtern,
                                    Op::kExternConvertAny};
  for (int tries = 0; tries < 2; ++tries) {
    const Op op = source_.Pick(kSources);
    if (HasOp(op) && Apply(op, type)) return;
  }
  ReferenceLeaf(type);
}

void FunctionMaker::ReferenceLeaf(ValueType type) {
  // Structs of structs of structs come to an end.
  const bool deep = level_ > kMaxLevel;
  if (type.nullable() && (deep || source_.OneIn(4))) {
    return RefNull(type.heap());
  }
  if (!source_.OneIn(4)) {
    const uint32_t local = LocalToRead(type);
    if (local != wasm::kNoIndex) return Get(local);
  }
  ++level_;
  const bool made = NewReference(type.heap());
  --level_;
  if (made) return;
  RefNull(type.heap());
  if (!type.nullable()) Do(Op::kRefAsNonNull);
}

void FunctionMaker::RefNull(HeapType heap) {
  if (Has(Feature::kGc) && source_.OneIn(4) &&
      TopOf(plan_, heap) != HeapType::kExn) {
    heap = BottomOf(plan_, heap);
  }
  Do(Op::kRefNull);
  wasm::WriteHeapType(heap, &ops_);
}

bool FunctionMaker::NewReference(HeapType heap) {
  if (TopOf(plan_, heap) == HeapType::kFunc) return NewFunc(heap);
  if (heap == HeapType::kExn) {
    if (plan_.tags.empty() || !MayOpen() || !HasRoom(20)) return false;
    NewException();
    return true;
  }
  if (!Has(Feature::kGc)) return false;
  if (heap.is_defined()) {
    NewAggregate(heap.index());
    return true;
  }
  const auto any_of = [&](const std::vector<wasm::TypeIndex>& types) {
    if (types.empty()) return false;
    NewAggregate(source_.Pick(absl::MakeConstSpan(types)));
    return true;
  };
  switch (heap.abstract()) {
    case HeapType::kAny:
    case HeapType::kEq:
      return NewAny();
    case HeapType::kI31:
      Value(ValueType::kI32);
      Do(Op::kRefI31);
      return true;
    case HeapType::kStruct:
      return any_of(plan_.struct_types);
    case HeapType::kArray:
      return any_of(plan_.array_types);
    case HeapType::kExtern:
      if (!NewReference(HeapType::kAny)) return false;
      Do(Op::kExternConvertAny);
      return true;
    case HeapType::kFunc:
    case HeapType::kNoFunc:
    case HeapType::kNoExtern:
    case HeapType::kNone:
    case HeapType::kExn:
    case HeapType::kNoExn:
      return false;
  }
  return false;
}

bool FunctionMaker::NewAny() {
  if (level_ > kMaxLevel || source_.OneIn(3)) {
    return NewReference(HeapType::kI31);
  }
  const bool structs = source_.OneIn(2) ? !plan_.struct_types.empty()
                                        : plan_.array_types.empty();
  const HeapType below = structs ? HeapType::kStruct : HeapType::kArray;
  return NewReference(below) || NewReference(HeapType::kI31);
}

bool FunctionMaker::NewFunc(HeapType heap) {
  const uint32_t n = static_cast<uint32_t>(plan_.funcs.size());
  const uint32_t first = source_.Below(n);
  for (uint32_t i = 0; i < n; ++i) {
    const wasm::FuncIndex func = (first + i) % n;
    if (MayRefer(func) &&
        IsSubtype(plan_, HeapType::Defined(plan_.funcs[func].type), heap)) {
      RefFunc(func);
      return true;
    }
  }
  return false;
}

// REQUIRES: there is a tag.
void FunctionMaker::NewException() {
  const ValueType exn = ValueType::Ref(HeapType::kExn, false);
  const bool exact = Has(Feature::kFunctionReferences);
  const ValueType result = exact ? exn : exn.AsNullable();
  Open(Op::kBlock, {}, {result});
  Do(Op::kTryTable);
  WriteBlockType({}, {});
  ops_.U32(1);
  ops_.Byte(3);  // catch_all_ref
  ops_.U32(0);
  Push({});
  ThrowTag(RandomTag());
  End();
  Do(Op::kUnreachable);
  End();
}

void FunctionMaker::NonNull(HeapType heap) {
  Value(ValueType::Ref(heap, plan_.is_risky && source_.OneIn(10)));
}

FunctionMaker::ValueType FunctionMaker::RandomRef(bool nullable) {
  const ValueType type = source_.Pick(absl::MakeConstSpan(plan_.ref_types));
  return nullable ? type.AsNullable() : type;
}

FunctionMaker::HeapType FunctionMaker::SomeBelow(HeapType heap) {
  const uint32_t n = static_cast<uint32_t>(plan_.ref_types.size());
  const uint32_t first = source_.Below(n);
  for (uint32_t i = 0; i < n; ++i) {
    const HeapType type = plan_.ref_types[(first + i) % n].heap();
    if (IsSubtype(plan_, type, heap) && BottomOf(plan_, type) != type) {
      return type;
    }
  }
  return heap;
}

FunctionMaker::HeapType FunctionMaker::SomeAbove(HeapType heap) {
  if (source_.OneIn(2)) return TopOf(plan_, heap);
  const uint32_t n = static_cast<uint32_t>(plan_.ref_types.size());
  const uint32_t first = source_.Below(n);
  for (uint32_t i = 0; i < n; ++i) {
    const HeapType type = plan_.ref_types[(first + i) % n].heap();
    if (IsSubtype(plan_, heap, type)) return type;
  }
  return heap;
}

FunctionMaker::ValueType FunctionMaker::CastTarget(ValueType want) {
  if (want.is_ref()) {
    const HeapType heap =
        source_.OneIn(3) ? SomeBelow(want.heap()) : want.heap();
    return ValueType::Ref(heap, want.nullable());
  }
  for (int tries = 0; tries < 4; ++tries) {
    const ValueType type = RandomRef(false);
    if (TopOf(plan_, type.heap()) == HeapType::kAny) return type;
  }
  return ValueType::Ref(SomeBelow(HeapType::kAny), source_.OneIn(2));
}

bool FunctionMaker::RefTest(Op op, ValueType want) {
  const ValueType target = CastTarget(ValueType::kI32);
  Value(ValueType::Ref(SomeAbove(target.heap()), true));
  Do(op);
  wasm::WriteHeapType(target.heap(), &ops_);
  Convert(ValueType::kI32, want);
  return true;
}

bool FunctionMaker::RefCast(Op op, ValueType want) {
  const ValueType wanted = CastTarget(want);
  const ValueType target =
      ValueType::Ref(wanted.heap(), op == Op::kRefCastNull);
  const ValueType above = ValueType::Ref(SomeAbove(target.heap()), true);
  const auto cast = [&] {
    Do(op);
    wasm::WriteHeapType(target.heap(), &ops_);
  };
  const uint32_t local = LocalToRead(above);
  if (local != wasm::kNoIndex && MayOpen() && source_.OneIn(2)) {
    // Behind a test, it cannot fail.
    Get(local);
    Do(target.nullable() ? Op::kRefTestNull : Op::kRefTest);
    wasm::WriteHeapType(target.heap(), &ops_);
    Open(Op::kIf, {}, {target});
    Get(local);
    cast();
    NextArm(Op::kElse);
    Leaf(target);
    End();
  } else if (plan_.is_risky && source_.OneIn(10)) {
    Value(above);
    cast();
  } else {
    Value(target);
    // By way of a local of a wider type.
    const uint32_t wide = LocalToSet(above);
    if (wide != wasm::kNoIndex && source_.OneIn(2)) {
      Set(wide);
      if (source_.OneIn(12)) Statements(1);
      Get(wide);
    }
    cast();
  }
  Convert(target, want);
  return true;
}

bool FunctionMaker::RefAsNonNull(ValueType want) {
  ValueType type = want.is_ref() ? want : RandomRef(true);
  type = type.AsNonNull();
  if (type.heap() == BottomOf(plan_, type.heap())) return false;
  const uint32_t local = LocalToRead(type.AsNullable());
  if (local != wasm::kNoIndex && MayOpen() && source_.OneIn(2)) {
    Get(local);
    Do(Op::kRefIsNull);
    Open(Op::kIf, {}, {type});
    Leaf(type);
    NextArm(Op::kElse);
    Get(local);
    Do(Op::kRefAsNonNull);
    End();
  } else {
    NonNull(type.heap());
    Do(Op::kRefAsNonNull);
  }
  Convert(type, want);
  return true;
}

bool FunctionMaker::ConvertExtern(Op op, ValueType want) {
  const bool to_any = op == Op::kAnyConvertExtern;
  const HeapType from = to_any ? HeapType::kExtern : HeapType::kAny;
  const HeapType to = to_any ? HeapType::kAny : HeapType::kExtern;
  const bool nullable = !want.is_ref() || want.nullable();
  Value(ValueType::Ref(from, nullable));
  Do(op);
  Convert(ValueType::Ref(to, nullable), want);
  return true;
}

// -- Branches -----------------------------------------------------------------

bool FunctionMaker::BranchOnNull(ValueType want) {
  const ValueType ref = RandomRef(true);
  if (source_.OneIn(2)) {
    const uint32_t depth = AnyLabel();
    const TypeList types = LabelAt(depth).types;
    BranchValues(LabelAt(depth));
    Value(ref);
    Do(Op::kBrOnNull, depth);
    Sink(ref.AsNonNull());
    SinkAll(types);
    Convert(ValueType::kNone, want);
    return true;
  }
  if (!MayOpen()) return false;
  TypeList results;
  if (want != ValueType::kNone) results.Add(want);
  Open(Op::kBlock, {}, results);
  Values(results);
  Value(ref);
  Do(Op::kBrOnNull, 0);
  Sink(ref.AsNonNull());
  if (source_.OneIn(2)) Statements(1);
  End();
  has_nan_ = true;
  return true;
}

bool FunctionMaker::BranchOnNonNull(ValueType want) {
  ValueType type = want.is_ref() ? want : RandomRef(true);
  type = type.AsNonNull();
  if (!MayOpen() || type.heap() == BottomOf(plan_, type.heap())) return false;
  Open(Op::kBlock, {}, {type});
  Value(type.AsNullable());
  Do(Op::kBrOnNonNull, 0);
  if (source_.OneIn(2)) Statements(1);
  Value(type);
  End();
  Convert(type, want);
  return true;
}

void FunctionMaker::CastImmediates(ValueType source, ValueType target,
                                   uint32_t depth) {
  ops_.Byte(static_cast<uint8_t>((source.nullable() ? 1 : 0) |
                                 (target.nullable() ? 2 : 0)));
  ops_.U32(depth);
  wasm::WriteHeapType(source.heap(), &ops_);
  wasm::WriteHeapType(target.heap(), &ops_);
}

bool FunctionMaker::BranchOnCast(Op op, ValueType want) {
  if (!MayOpen()) return false;
  if (want == ValueType::kNone && source_.OneIn(3)) {
    CastChain();
    return true;
  }
  const bool on_success = op == Op::kBrOnCast;
  ValueType target = CastTarget(on_success ? want : ValueType::kI32);
  const ValueType source = ValueType::Ref(SomeAbove(target.heap()), true);
  if (source_.OneIn(3)) target = target.AsNonNull();
  if (target.heap() == BottomOf(plan_, target.heap())) return false;
  const ValueType rest = target.nullable() ? source.AsNonNull() : source;
  const ValueType sent = on_success ? target : rest;
  Open(Op::kBlock, {}, {sent});
  Value(source);
  Do(op);
  CastImmediates(source, target, 0);
  Sink(on_success ? rest : target);
  if (source_.OneIn(3)) Statements(1);
  Value(sent);
  End();
  Convert(sent, want);
  return true;
}

// A value tested for one type after the other.
void FunctionMaker::CastChain() {
  const ValueType first = CastTarget(ValueType::kI32).AsNonNull();
  const ValueType second = CastTarget(ValueType::kI32).AsNonNull();
  const ValueType source = ValueType::Ref(HeapType::kAny, true);
  Open(Op::kBlock, {}, {});
  Open(Op::kBlock, {}, {second});
  Open(Op::kBlock, {}, {first});
  Value(source);
  Do(Op::kBrOnCast);
  CastImmediates(source, first, 0);
  Do(Op::kBrOnCast);
  CastImmediates(source, second, 1);
  Sink(source);
  Do(Op::kBr, 2);
  End();
  Sink(first);
  if (source_.OneIn(2)) Statements(1);
  Do(Op::kBr, 1);
  End();
  Sink(second);
  End();
}

}  // namespace weft::check::generate
