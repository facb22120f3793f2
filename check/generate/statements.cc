// Statements, which leave nothing on the stack.
#include <algorithm>

#include "check/generate/function.h"
#include "check/generate/op_tables.h"

namespace weft::check::generate {

using wasm::kOpCount;

void FunctionMaker::Statements(uint32_t count) {
  for (uint32_t i = 0; i < count && HasRoom() && cost_ < cost_limit_; ++i) {
    Statement();
  }
}

void FunctionMaker::Statement() {
  if (level_ >= kMaxLevel) return Assign();
  ++level_;
  switch (source_.Below(32)) {
    case 0:
    case 1:
    case 2:
      if (!If(ValueType::kNone)) Assign();
      break;
    case 3:
    case 4:
    case 5:
      if (!Loop(ValueType::kNone)) Assign();
      break;
    case 6:
    case 7:
    case 8:
      if (!DirectCall(false, ValueType::kNone)) Assign();
      break;
    case 9:
    case 10:
    case 11:
      StoreAndLoad();
      break;
    case 12:
      SwapLocals();
      break;
    case 13:
      SameCondition();
      break;
    case 14:
      DiamondJoin();
      break;
    case 15:
      GlobalAround();
      break;
    case 16:
      BranchIf(ValueType::kNone);
      break;
    case 17:
      plan_.struct_types.empty() ? TableAround() : AliasedFields();
      break;
    case 18:
    case 19:
    case 20:
    case 21:
    case 22:
    case 23:
      AnyOperator();
      break;
    case 24:
    case 25:
      Around();
      break;
    default:
      Assign();
      break;
  }
  --level_;
}

void FunctionMaker::Assign() {
  ++level_;
  const ValueType type = RandomType(plan_, source_, source_.OneIn(2));
  Value(type);
  --level_;
  if (source_.OneIn(6)) {
    const uint32_t local = LocalToSet(type);
    if (local != wasm::kNoIndex) Tee(local);
    // A tee has the type of its local.
    if (local != wasm::kNoIndex) return Do(Op::kDrop);
  }
  source_.OneIn(4) ? Show(type) : Sink(type);
}

// Two locals change places.
void FunctionMaker::SwapLocals() {
  const ValueType type = RandomNumberType(plan_, source_);
  const uint32_t a = LocalToSet(type);
  const uint32_t b = LocalToSet(type);
  if (a == b || a == wasm::kNoIndex || locals_[a].type != type ||
      locals_[b].type != type) {
    return Assign();
  }
  Get(a);
  Get(b);
  if (source_.OneIn(3)) Leaf(type), Do(Op::kDrop);
  Set(a);
  Set(b);
}

// The same condition decides twice, inside of itself or one behind the other.
void FunctionMaker::SameCondition() {
  if (!MayOpen()) return Assign();
  const uint32_t condition = NewLocal(ValueType::kI32);
  Condition();
  Set(condition);
  Get(condition);
  Open(Op::kIf, {}, {});
  Statements(1);
  const bool nested = source_.OneIn(2);
  if (!nested) End();
  Get(condition);
  if (source_.OneIn(3)) Do(Op::kI32Eqz);
  Open(Op::kIf, {}, {});
  Statements(1);
  if (source_.OneIn(2)) {
    NextArm(Op::kElse);
    Statements(1);
  }
  End();
  if (nested) End();
}

// A local gets its value on two ways and is read where they meet.
void FunctionMaker::DiamondJoin() {
  if (!MayOpen()) return Assign();
  const ValueType type = RandomNumberType(plan_, source_);
  const uint32_t local = NewLocal(type);
  Condition();
  Open(Op::kIf, {}, {});
  Value(type);
  Set(local);
  if (source_.OneIn(2)) Statements(1);
  if (!source_.OneIn(3)) {
    NextArm(Op::kElse);
    Value(type);
    Set(local);
  }
  End();
  if (source_.OneIn(2)) Statements(1);
  Get(local);
  has_nan_ = true;
  Sink(type);
}

// A global is read before and behind something that may change it.
void FunctionMaker::GlobalAround() {
  const uint32_t n = static_cast<uint32_t>(plan_.globals.size());
  if (n == 0) return Assign();
  const uint32_t global = source_.Below(n);
  const ValueType type = plan_.globals[global].type.value;
  const bool is_mutable = plan_.globals[global].type.is_mutable;
  uint32_t kept = wasm::kNoIndex;
  if (source_.OneIn(2)) {
    Do(Op::kGlobalGet, global);
    has_nan_ = false;
    ShowOrKeep(type, &kept);
  }
  if (is_mutable && !source_.OneIn(3)) {
    Content(type);
    Do(Op::kGlobalSet, global);
  }
  if (!source_.OneIn(3) && !DirectCall(false, ValueType::kNone)) Statements(1);
  Do(Op::kGlobalGet, global);
  has_nan_ = false;
  Show(type);
  ShowKept(kept);
}

// An entry of a table is set before it is called.
void FunctionMaker::TableAround() {
  if (!Has(wasm::Feature::kReferenceTypes) ||
      !TableOp(Op::kTableSet, ValueType::kNone)) {
    return Assign();
  }
  GuardedCall(Op::kCallIndirect, ValueType::kNone);
}

// A field is written and read by two references, perhaps to one object.
void FunctionMaker::AliasedFields() {
  const uint32_t n = static_cast<uint32_t>(plan_.struct_types.size());
  const wasm::TypeIndex type = plan_.struct_types[source_.Below(n)];
  const uint32_t count = static_cast<uint32_t>(plan_.types[type].fields.size());
  const uint32_t field = source_.Below(count);
  const wasm::FieldType planned = plan_.types[type].fields[field];
  if (!planned.is_mutable) return Assign();
  const ValueType ref = ValueType::Ref(HeapType::Defined(type), false);
  uint32_t locals[2];
  for (uint32_t& local : locals) {
    local = LocalToRead(ref);
    if (local != wasm::kNoIndex && !source_.OneIn(4)) continue;
    local = NewLocal(ref);
    Value(ref);
    Set(local);
  }
  for (uint32_t i = 0; i < 2; ++i) {
    Get(locals[i]);
    Value(planned.storage.value, Nan::kCanonical);
    Do(Op::kStructSet, type, field);
  }
  if (source_.OneIn(3)) Statements(1);
  // Of an inner scope, it may have no value any more.
  if (!locals_[locals[0]].is_set) return;
  Get(locals[0]);
  const bool packed = planned.storage.packed != wasm::StorageType::kNotPacked;
  Do(!packed            ? Op::kStructGet
     : source_.OneIn(2) ? Op::kStructGetS
                        : Op::kStructGetU,
     type, field);
  has_nan_ = false;
  Show(planned.storage.value);
}

// Any row of the table that is not for the end of something.
void FunctionMaker::AnyOperator() {
  for (int tries = 0; tries < 4; ++tries) {
    const Op op = source_.OneIn(2) ? source_.Pick(StructuralOps())
                                   : static_cast<Op>(source_.Below(kOpCount));
    if (HasOp(op) && Apply(op, ValueType::kNone)) return;
  }
  Assign();
}

}  // namespace weft::check::generate
