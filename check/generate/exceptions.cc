// try_table and throw_ref, and the older try with catch, delegate and rethrow.
#include "check/generate/function.h"
#include "ir/wasm/operator.h"

namespace weft::check::generate {

using wasm::Feature;
using Clause = wasm::CatchClause;

FunctionMaker::Types FunctionMaker::TagTypes(uint32_t tag) const {
  return plan_.types[plan_.tags[tag].type].params;
}

// REQUIRES: there is one.
uint32_t FunctionMaker::RandomTag() {
  return source_.Below(static_cast<uint32_t>(plan_.tags.size()));
}

void FunctionMaker::ThrowTag(uint32_t tag) {
  const TypeList types{TagTypes(tag)};
  Values(types, Nan::kCanonical);
  Do(Op::kThrow, tag);
}

bool FunctionMaker::Throw(ValueType want) {
  if (plan_.tags.empty() || !MayOpen()) return false;
  // Nobody catches it here.
  if (try_depth_ == 0 && !(plan_.is_risky && source_.OneIn(4))) return false;
  OpenIf(try_depth_ == 0);
  if (source_.OneIn(3)) Assign();
  ThrowTag(RandomTag());
  DeadCode();
  End();
  Convert(ValueType::kNone, want);
  return true;
}

// What handlers are for: assignments, and something that throws.
void FunctionMaker::GuardedCode() {
  ++try_depth_;
  if (source_.OneIn(2)) Assign();
  Statements(source_.Below(3));
  if (source_.Percent(70)) {
    Throw(ValueType::kNone);
  } else {
    DirectCall(false, ValueType::kNone);
  }
  if (source_.OneIn(2)) Assign();
  --try_depth_;
}

bool FunctionMaker::TryTable(ValueType want) {
  if (plan_.tags.empty() || labels_.size() > 9) return false;
  const uint32_t tag = RandomTag();
  Clause clause;
  clause.kind = static_cast<Clause::Kind>(source_.Below(4));
  TypeList caught;
  if (clause.has_tag()) caught = TypeList(TagTypes(tag));
  if (!Has(Feature::kReferenceTypes) || source_.OneIn(3) ||
      (!Has(Feature::kMultiValue) && caught.size + clause.has_ref() > 1)) {
    clause.kind = Clause::kCatchAll;
    caught = TypeList();
  }
  if (clause.has_ref()) {
    caught.Add(
        ValueType::Ref(HeapType::kExn, !Has(Feature::kFunctionReferences)));
  }
  TypeList results;
  if (want != ValueType::kNone) results.Add(want);
  // A second clause that is never reached, or for other tags.
  const bool catch_rest = results.size == 0 && source_.OneIn(3);
  Open(Op::kBlock, {}, results);
  Open(Op::kBlock, {}, caught);
  Do(Op::kTryTable);
  WriteBlockType({}, results);
  ops_.U32(catch_rest ? 2 : 1);
  ops_.Byte(clause.kind);
  if (clause.has_tag()) ops_.U32(tag);
  ops_.U32(0);
  if (catch_rest) {
    ops_.Byte(Clause::kCatchAll);
    ops_.U32(1);
  }
  Push(results);
  GuardedCode();
  Values(results);
  End();
  Do(Op::kBr, 1);
  End();
  Handler(caught);
  Values(results);
  End();
  has_nan_ = true;
  return true;
}

// Consumes what was caught; at times it is thrown again.
void FunctionMaker::Handler(Types caught) {
  const TypeList types(caught);
  if (types.size > 0 && types.types[types.size - 1].is_ref() &&
      types.types[types.size - 1].heap() == HeapType::kExn &&
      source_.OneIn(2)) {
    const uint32_t local = NewLocal(types.types[types.size - 1]);
    Set(local);
    SinkAll(Types(types).subspan(0, types.size - 1));
    OpenIf(try_depth_ == 0);
    Get(local);
    Do(Op::kThrowRef);
    DeadCode();
    End();
  } else {
    SinkAll(types);
  }
  // What the guarded code assigned last.
  if (last_set_ != wasm::kNoIndex && locals_[last_set_].is_set &&
      source_.OneIn(2)) {
    const ValueType type = locals_[last_set_].type;
    Get(last_set_);
    has_nan_ = true;
    Sink(type);
  }
  Statements(source_.Below(3));
}

bool FunctionMaker::ThrowRef(ValueType want) {
  if (plan_.tags.empty() || labels_.size() > 9 ||
      !Has(Feature::kReferenceTypes)) {
    return false;
  }
  if (try_depth_ == 0 && !(plan_.is_risky && source_.OneIn(4))) return false;
  OpenIf(try_depth_ == 0);
  const ValueType exn = ValueType::Ref(HeapType::kExn, true);
  const uint32_t local =
      plan_.is_risky && source_.OneIn(8) ? LocalToRead(exn) : wasm::kNoIndex;
  if (local != wasm::kNoIndex) {
    Get(local);
  } else {
    NewException();
  }
  Do(Op::kThrowRef);
  DeadCode();
  End();
  Convert(ValueType::kNone, want);
  return true;
}

// -- Legacy -------------------------------------------------------------------

bool FunctionMaker::LegacyTry(Op op, ValueType want) {
  if (plan_.tags.empty() || labels_.size() > 9) return false;
  TypeList results;
  if (want != ValueType::kNone) results.Add(want);
  Open(Op::kTry, {}, results);
  GuardedCode();
  Values(results);
  const uint32_t catches =
      op == Op::kCatchAll ? source_.Below(2) : 1 + source_.Below(2);
  uint32_t tag = RandomTag();
  for (uint32_t i = 0; i < catches; ++i) {
    if (i > 0) tag = (tag + 1) % static_cast<uint32_t>(plan_.tags.size());
    NextArm(Op::kCatch);
    ops_.U32(tag);
    Innermost().is_catch = true;
    if (source_.OneIn(3)) {
      SinkAll(TypeList(TagTypes(tag)));
      Rethrow();
      Statements(source_.Below(3));
    } else {
      Handler(TagTypes(tag));
    }
    Values(results);
  }
  if (op == Op::kCatchAll || source_.OneIn(3)) {
    NextArm(Op::kCatchAll);
    Innermost().is_catch = true;
    if (source_.OneIn(3)) Rethrow();
    Statements(source_.Below(3));
    Values(results);
  }
  End();
  has_nan_ = true;
  return true;
}

bool FunctionMaker::Delegate(ValueType want) {
  if (plan_.tags.empty() || labels_.size() > 9) return false;
  TypeList results;
  if (want != ValueType::kNone) results.Add(want);
  Open(Op::kTry, {}, results);
  GuardedCode();
  Values(results);
  Pop();
  // Labels that are no try stand for what is around them.
  Do(Op::kDelegate, source_.Below(static_cast<uint32_t>(labels_.size())));
  has_nan_ = true;
  return true;
}

// Throws what the innermost handler, or one around it, has caught.
void FunctionMaker::Rethrow() {
  if (!MayOpen()) return;
  OpenIf(try_depth_ == 0);
  for (uint32_t depth = 0; depth < labels_.size(); ++depth) {
    if (!LabelAt(depth).is_catch || source_.OneIn(4)) continue;
    Do(Op::kRethrow, depth);
    DeadCode();
    break;
  }
  End();
}

}  // namespace weft::check::generate
