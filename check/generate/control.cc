// Blocks, branches, and what stands behind branches.
#include <algorithm>

#include "check/generate/function.h"
#include "check/generate/op_tables.h"

namespace weft::check::generate {

using wasm::Feature;

FunctionMaker::TypeList FunctionMaker::RandomTypes(int max) {
  TypeList types;
  const uint32_t n = source_.Below(static_cast<uint32_t>(max) + 1);
  for (uint32_t i = 0; i < n; ++i) {
    types.Add(RandomType(plan_, source_, source_.OneIn(2)));
  }
  return types;
}

bool FunctionMaker::Block(ValueType want) {
  if (!MayOpen()) return false;
  if (Has(Feature::kMultiValue) && source_.OneIn(4)) return MultiBlock(want);
  TypeList results;
  if (want != ValueType::kNone) results.Add(want);
  Open(Op::kBlock, {}, results);
  Statements(source_.Below(3));
  Values(results);
  End();
  has_nan_ = true;
  return true;
}

// A block or if with parameters and several results.
bool FunctionMaker::MultiBlock(ValueType want) {
  const TypeList params = RandomTypes(3);
  TypeList results;
  if (want != ValueType::kNone) results.Add(want);
  const TypeList more = RandomTypes(2);
  for (ValueType type : Types(more)) results.Add(type);
  const bool is_if = source_.OneIn(3);
  Values(params);
  if (is_if) Condition();
  Open(is_if ? Op::kIf : Op::kBlock, params, results);
  SinkAll(params);
  Statements(source_.Below(3));
  Values(results);
  if (is_if) {
    NextArm(Op::kElse);
    SinkAll(params);
    Values(results);
  }
  End();
  const size_t kept = want == ValueType::kNone ? 0 : 1;
  SinkAll(Types(results).subspan(kept));
  has_nan_ = true;
  return true;
}

bool FunctionMaker::If(ValueType want) {
  if (!MayOpen()) return false;
  TypeList results;
  if (want != ValueType::kNone) results.Add(want);
  Condition();
  Open(Op::kIf, {}, results);
  Statements(source_.Below(want == ValueType::kNone ? 4 : 2));
  Values(results);
  if (results.size != 0 || source_.OneIn(2)) {
    NextArm(Op::kElse);
    Statements(source_.Below(want == ValueType::kNone ? 4 : 2));
    Values(results);
  }
  End();
  has_nan_ = true;
  return true;
}

void FunctionMaker::OpenIf(bool rarely) {
  rarely ? RareCondition() : Condition();
  Open(Op::kIf, {}, {});
}

bool FunctionMaker::Branch(ValueType want) {
  if (!MayOpen()) return false;
  if (want != ValueType::kNone) {
    Open(Op::kBlock, {}, {want});
    Value(want);
    Do(Op::kBr, 0);
    DeadCode();
    End();
    has_nan_ = true;
    return true;
  }
  OpenIf(source_.OneIn(2));
  const uint32_t depth = AnyLabel();
  if (source_.OneIn(3)) Statements(1);
  BranchValues(LabelAt(depth));
  Do(Op::kBr, depth);
  DeadCode();
  End();
  return true;
}

bool FunctionMaker::BranchIf(ValueType want) {
  if (want == ValueType::kNone) {
    const uint32_t depth = AnyLabel();
    const TypeList types = LabelAt(depth).types;
    BranchValues(LabelAt(depth));
    // The function's end and what is far away would often cut all short.
    depth > 1 ? RareCondition() : Condition();
    Do(Op::kBrIf, depth);
    SinkAll(types);
    return true;
  }
  const uint32_t depth = LabelOf(want);
  if (depth != wasm::kNoIndex && source_.OneIn(2)) {
    BranchValues(LabelAt(depth));
    RareCondition();
    Do(Op::kBrIf, depth);
  } else {
    if (!MayOpen()) return false;
    Open(Op::kBlock, {}, {want});
    Value(want);
    Condition();
    Do(Op::kBrIf, 0);
    if (source_.OneIn(2)) {
      Sink(want);
      Statements(1);
      Value(want);
    }
    End();
  }
  has_nan_ = true;
  return true;
}

bool FunctionMaker::BranchTable(ValueType want) {
  if (!MayOpen()) return false;
  if (source_.OneIn(2)) return Switch(want);
  OpenIf(false);
  const Label& model = LabelAt(AnyLabel());
  const TypeList types = model.types;
  uint32_t same[16];
  uint32_t count = 0;
  Nan nan = Nan::kAny;
  for (uint32_t depth = 0; depth < labels_.size() && count < 16; ++depth) {
    const Label& label = LabelAt(depth);
    if (label.is_closed || label.types.size != types.size ||
        !std::equal(types.types, types.types + types.size, label.types.types)) {
      continue;
    }
    same[count++] = depth;
    if (label.canonical) nan = Nan::kCanonical;
  }
  Values(types, nan);
  Value(ValueType::kI32);
  if (source_.OneIn(2)) {
    I32(3);
    Do(Op::kI32And);
  }
  Do(Op::kBrTable);
  const uint32_t entries = source_.Below(5);
  ops_.U32(entries);
  for (uint32_t i = 0; i <= entries; ++i) ops_.U32(same[source_.Below(count)]);
  DeadCode();
  End();
  Convert(ValueType::kNone, want);
  return true;
}

// Cases, each of which goes to the end or falls into the next one.
bool FunctionMaker::Switch(ValueType want) {
  const uint32_t cases = 2 + source_.Below(3);
  Open(Op::kBlock, {}, {});
  for (uint32_t i = 0; i < cases; ++i) Open(Op::kBlock, {}, {});
  Value(ValueType::kI32);
  if (!source_.OneIn(3)) {
    I32(source_.OneIn(2) ? 3 : 7);
    Do(Op::kI32And);
  }
  Do(Op::kBrTable);
  const uint32_t entries = cases + source_.Below(3);
  ops_.U32(entries);
  for (uint32_t i = 0; i < entries; ++i) {
    ops_.U32(source_.OneIn(3) ? source_.Below(cases) : i % cases);
  }
  ops_.U32(source_.Below(cases + 1));
  for (uint32_t i = 0; i < cases; ++i) {
    End();
    Statements(source_.Below(3));
    if (i + 1 < cases && source_.OneIn(2)) Do(Op::kBr, cases - 1 - i);
  }
  End();
  Convert(ValueType::kNone, want);
  return true;
}

bool FunctionMaker::Return(ValueType want) {
  if (!MayOpen()) return false;
  OpenIf(!source_.OneIn(4));
  BranchValues(labels_.front());
  Do(Op::kReturn);
  DeadCode();
  End();
  Convert(ValueType::kNone, want);
  return true;
}

bool FunctionMaker::Unreachable(ValueType want) {
  if (!MayOpen()) return false;
  if (plan_.is_risky && source_.OneIn(3)) {
    OpenIf(!source_.OneIn(3));
  } else {
    // Where it is not reached.
    Open(Op::kBlock, {}, {});
    if (source_.OneIn(2)) {
      Condition();
      Do(Op::kBrIf, 0);
    }
    Do(Op::kBr, 0);
  }
  Do(Op::kUnreachable);
  DeadCode();
  End();
  Convert(ValueType::kNone, want);
  return true;
}

bool FunctionMaker::Select(ValueType want) {
  const ValueType type =
      want == ValueType::kNone ? RandomNumberType(plan_, source_) : want;
  if (type.is_ref()) return SelectTyped(want);
  Value(type);
  Value(type);
  Condition();
  Do(Op::kSelect);
  has_nan_ = true;
  Convert(type, want);
  return true;
}

bool FunctionMaker::SelectTyped(ValueType want) {
  if (!Has(Feature::kReferenceTypes)) return false;
  const ValueType type =
      want == ValueType::kNone ? RandomType(plan_, source_, true) : want;
  Value(type);
  Value(type);
  Condition();
  Do(Op::kSelectTyped, 1);
  wasm::WriteValueType(type, &ops_);
  has_nan_ = true;
  Convert(type, want);
  return true;
}

// Operators whose operands nobody made, and other code that does not run.
void FunctionMaker::DeadCode() {
  switch (source_.Below(16)) {
    case 0:
      Do(Op::kDrop);
      return;
    case 1:
      Do(Op::kSelect);
      Do(Op::kDrop);
      return;
    case 2: {
      const Op op =
          source_.Pick(CommonOps(RandomNumberType(plan_, source_).kind()));
      if (!HasOp(op) || wasm::InfoOf(op).access_bytes != 0 ||
          !wasm::InfoOf(op).immediates.empty()) {
        return Do(Op::kUnreachable);
      }
      if (source_.OneIn(2)) I32(7), Do(Op::kDrop);
      Do(op);
      return Do(Op::kDrop);
    }
    case 3: {
      const uint32_t local = LocalToSet(ValueType::kI32);
      if (local == wasm::kNoIndex) return;
      Do(Op::kLocalTee, local);
      return Do(Op::kDrop);
    }
    case 4:
      Statements(1);
      return;
    case 5: {
      const uint32_t depth = AnyLabel();
      Do(Op::kBrIf, depth);
      for (uint32_t i = 0; i < LabelAt(depth).types.size; ++i) Do(Op::kDrop);
      return;
    }
    case 6:
      if (!MayOpen()) return;
      Open(Op::kBlock, {}, {ValueType::kI32});
      Do(Op::kUnreachable);
      Do(Op::kI32Add);
      End();
      return Do(Op::kDrop);
    default:
      return;
  }
}

}  // namespace weft::check::generate
