// State that is read, changed and read again at one place, so that what is
// known of it and what has become of it are both seen.
#include <algorithm>

#include "check/generate/function.h"

namespace weft::check::generate {
namespace {

wasm::ValueType AddressType(bool is_64) {
  return is_64 ? wasm::ValueType::kI64 : wasm::ValueType::kI32;
}

}  // namespace

// One of the shapes below, at times in a loop of its own.
void FunctionMaker::Around() {
  const bool repeated =
      source_.OneIn(4) && MayOpen() && mult_ <= 8 && CanAfford(100);
  uint32_t counter = 0;
  if (repeated) {
    const uint32_t trips = 2 + source_.Below(2);
    counter = Counter(ValueType::kI32, trips, trips);
    Open(Op::kLoop, {}, {});
    Innermost().is_closed = true;
    mult_ *= trips;
    RevisitSomething();
    Get(counter);
    I32(1);
    Do(Op::kI32Sub);
    Do(Op::kLocalTee, counter);
    Do(Op::kBrIf, 0);
    mult_ /= trips;
    return End();
  }
  RevisitSomething();
}

void FunctionMaker::RevisitSomething() {
  const bool has_tables =
      !plan_.tables.empty() && Has(wasm::Feature::kReferenceTypes);
  for (int tries = 0; tries < 4; ++tries) {
    switch (source_.Below(10)) {
      case 0:
        if (!plan_.memories.empty()) return MemorySizeAround();
        break;
      case 1:
        if (has_tables) return TableSizeAround();
        break;
      case 2:
        if (has_tables) return TableEntryAround();
        break;
      case 3:
        if (!plan_.array_types.empty()) return ElementAround();
        break;
      case 4:
        if (!plan_.struct_types.empty()) return FieldAround();
        break;
      case 5:
        if (Has(wasm::Feature::kThreads)) return AtomicAround();
        break;
      case 6:
        return WrappedAddress();
      case 7:
        return LoadAround();
      case 8:
        if (ArrayFromSegment()) return;
        break;
      default:
        if (DroppedSegment()) return;
        break;
    }
  }
  GlobalAround();
}

// The size now and what it was before.
void FunctionMaker::SizeAgain(Op size, uint32_t index, bool is_64,
                              uint32_t before) {
  Do(size, index);
  Show(AddressType(is_64));
  Get(before);
  Show(AddressType(is_64));
}

void FunctionMaker::MemorySizeAround() {
  const uint32_t memory = RandomMemory();
  const wasm::Limits& limits = plan_.memories[memory].type.limits;
  // Without a limit it would become large.
  if (!limits.has_max && (mult_ > 1 || !source_.OneIn(8))) return Assign();
  const ValueType type = AddressType(limits.is_64);
  const uint32_t before = NewLocal(type);
  Do(Op::kMemorySize, memory);
  Set(before);
  Integer(type, source_.OneIn(6) ? 0 : 1);
  Do(Op::kMemoryGrow, memory);
  source_.OneIn(2) ? Do(Op::kDrop) : Show(type);
  SizeAgain(Op::kMemorySize, memory, limits.is_64, before);
}

void FunctionMaker::TableSizeAround() {
  const uint32_t table = RandomTable();
  const wasm::TableType& planned = plan_.tables[table].type;
  const bool is_64 = planned.limits.is_64;
  if (!planned.limits.has_max && mult_ > 1) return Assign();
  const ValueType type = AddressType(is_64);
  const uint32_t before = NewLocal(type);
  ReferenceLeaf(planned.element);
  const uint32_t value = NewLocal(planned.element);
  Set(value);
  Do(Op::kTableSize, table);
  Set(before);
  Get(value);
  Integer(type, source_.OneIn(6) ? 0 : 1);
  Do(Op::kTableGrow, table);
  source_.OneIn(2) ? Do(Op::kDrop) : Show(type);
  SizeAgain(Op::kTableSize, table, is_64, before);
}

void FunctionMaker::Show(ValueType type) {
  if (source_.OneIn(5)) return Sink(type);
  Canonicalize(type);
  if (type.is_ref()) {
    Do(Op::kRefIsNull);
  } else if (type == ValueType::kF32) {
    Do(Op::kI32ReinterpretF32);
  } else if (type != ValueType::kI32) {
    ShowWide(type);
  }
  // Nobody else assigns it.
  if (witness_ == wasm::kNoIndex) {
    witness_ = NewLocal(ValueType::kI32, Use::kFixed);
  }
  Get(witness_);
  I32(5);
  Do(Op::kI32Rotl);
  Do(source_.OneIn(2) ? Op::kI32Xor : Op::kI32Add);
  Set(witness_);
}

// Of a value of more than 32 bits, 32 that depend on many.
void FunctionMaker::ShowWide(ValueType type) {
  if (type == ValueType::kV128) {
    const uint32_t both = NewLocal(type);
    Tee(both);
    Do(Op::kI64x2ExtractLane);
    ops_.Byte(0);
    Get(both);
    Do(Op::kI64x2ExtractLane);
    ops_.Byte(1);
    Do(source_.OneIn(2) ? Op::kI64Add : Op::kI64Xor);
  }
  if (type == ValueType::kF64) Do(Op::kI64ReinterpretF64);
  if (type != ValueType::kI64 || source_.OneIn(2)) {
    I64(type == ValueType::kF64 ? 0x10000001f : 0xfffffffb);
    Do(Op::kI64Mul);
    I64(32);
    Do(Op::kI64ShrU);
  }
  Do(Op::kI32WrapI64);
}

// Shows the value on top now, or, where `kept` says so, keeps it in a local
// for ShowKept: what changes meanwhile must not change it.
void FunctionMaker::ShowOrKeep(ValueType type, uint32_t* kept) {
  if (locals_.size() > 40 || source_.OneIn(2)) return Show(type);
  Canonicalize(type);
  *kept = NewLocal(type, Use::kFixed);
  Do(Op::kLocalSet, *kept);
  MarkSet(*kept);
}

void FunctionMaker::ShowKept(uint32_t kept) {
  if (kept == wasm::kNoIndex || !locals_[kept].is_set) return;
  Get(kept);
  has_nan_ = true;
  Show(locals_[kept].type);
}

void FunctionMaker::TableEntryAround() {
  const uint32_t table = RandomTable();
  const PlannedTable& planned = plan_.tables[table];
  const ValueType element = planned.type.element;
  // Where functions are called from, they remain.
  const bool is_called = !planned.funcs.empty();
  const uint32_t n =
      is_called ? static_cast<uint32_t>(planned.funcs.size()) : planned.entries;
  const uint32_t entry = source_.Below(n);
  if (is_called && !MayRefer(planned.funcs[entry])) return Assign();
  const ValueType type = AddressType(planned.is_64());
  const auto get = [&] {
    Integer(type, entry);
    Do(Op::kTableGet, table);
  };
  uint32_t kept = wasm::kNoIndex;
  const bool first = source_.OneIn(2);
  if (first) {
    get();
    ShowOrKeep(element, &kept);
  }
  Integer(type, entry);
  if (is_called) {
    RefFunc(planned.funcs[entry]);
  } else {
    ReferenceLeaf(element);
  }
  Do(Op::kTableSet, table);
  if (!first && source_.OneIn(2)) Statements(1);
  get();
  Show(element);
  ShowKept(kept);
}

// An array that gets what is in a segment, where one fits.
bool FunctionMaker::ArrayFromSegment() {
  const bool made = source_.OneIn(2);
  const auto from = [&](Op make, Op init) {
    return made ? ArrayNewSegment(make, ValueType::kNone)
                : ArrayInit(init, ValueType::kNone);
  };
  return from(Op::kArrayNewElem, Op::kArrayInitElem) ||
         from(Op::kArrayNewData, Op::kArrayInitData);
}

// Two elements of one array, perhaps the same; a bulk operator now and then.
void FunctionMaker::ElementAround() {
  const wasm::TypeIndex type =
      source_.Pick(absl::MakeConstSpan(plan_.array_types));
  const wasm::FieldType field = plan_.types[type].fields[0];
  if (!field.is_mutable) return Assign();
  const uint32_t array = ObjectLocal(type);
  const uint32_t index = source_.Below(4);
  const ValueType value = field.storage.value;
  uint32_t kept = wasm::kNoIndex;
  ReadObject(array, type, field, index);
  ShowOrKeep(value, &kept);
  Get(array);
  const uint32_t kind = source_.Below(5);
  if (kind == 0) {  // Moves neighbours by one place.
    const bool up = source_.OneIn(2);
    I32(up ? 1 : 0);
    Get(array);
    I32(up ? 0 : 1);
    I32(3);
    Do(Op::kArrayCopy, type, type);
  } else {
    I32(kind == 1 ? index & 2 : source_.OneIn(3) ? source_.Below(4) : index);
    Content(value);
    if (kind == 1) I32(2);
    Do(kind == 1 ? Op::kArrayFill : Op::kArraySet, type);
  }
  ReadObject(array, type, field, index);
  Show(value);
  ShowKept(kept);
}

// A value to be written, often a simple one.
void FunctionMaker::Content(ValueType type) {
  if (!source_.OneIn(2)) return Value(type, Nan::kCanonical);
  Leaf(type);
  Canonicalize(type);
}

// A field is read, written through the same or another reference, and read.
void FunctionMaker::FieldAround() {
  const wasm::TypeIndex type =
      source_.Pick(absl::MakeConstSpan(plan_.struct_types));
  const uint32_t n = static_cast<uint32_t>(plan_.types[type].fields.size());
  const uint32_t field = source_.Below(n);
  const wasm::FieldType planned = plan_.types[type].fields[field];
  if (!planned.is_mutable) return Assign();
  const uint32_t object = ObjectLocal(type);
  uint32_t other = object;
  if (source_.OneIn(3)) {
    other = NewLocal(ValueType::Ref(HeapType::Defined(type), false));
    Value(locals_[other].type);
    Set(other);
  }
  const ValueType value = planned.storage.value;
  uint32_t kept = wasm::kNoIndex;
  ReadObject(object, type, planned, field);
  ShowOrKeep(value, &kept);
  for (uint32_t writes = 1 + source_.OneIn(3); writes > 0; --writes) {
    Get(other);
    Content(value);
    Do(Op::kStructSet, type, field);
    if (source_.OneIn(2)) continue;
    ReadObject(object, type, planned, field);
    Show(value);
  }
  if (source_.OneIn(3)) DirectCall(false, ValueType::kNone);
  ReadObject(object, type, planned, field);
  Show(value);
  ShowKept(kept);
}

// A local that holds an object of exactly this type, or one below.
uint32_t FunctionMaker::ObjectLocal(wasm::TypeIndex type) {
  const ValueType ref = ValueType::Ref(HeapType::Defined(type), false);
  uint32_t local = LocalToRead(ref);
  if (local != wasm::kNoIndex && !source_.OneIn(3)) return local;
  NewAggregate(type);
  local = NewLocal(ref, Use::kFixed);
  Set(local);
  return local;
}

// Leaves field or element `index`.
void FunctionMaker::ReadObject(uint32_t local, wasm::TypeIndex type,
                               const wasm::FieldType& field, uint32_t index) {
  const bool is_array = plan_.types[type].kind == wasm::SubType::kArray;
  const bool is_packed = field.storage.packed != wasm::StorageType::kNotPacked;
  static constexpr Op kGet[2][3] = {
      {Op::kStructGet, Op::kStructGetS, Op::kStructGetU},
      {Op::kArrayGet, Op::kArrayGetS, Op::kArrayGetU}};
  const Op get = kGet[is_array][is_packed ? 1 + source_.Below(2) : 0];
  Get(local);
  if (is_array) {
    I32(index);
    Do(get, type);
  } else {
    Do(get, type, index);
  }
  has_nan_ = false;
}

// A load, something that may write to its place, and the load again.
void FunctionMaker::LoadAround() {
  if (plan_.memories.empty()) return Assign();
  const uint32_t memory = RandomMemory();
  if (plan_.memories[memory].bytes < 128) return Assign();
  const uint32_t base = AddressLocal(memory);
  if (base == wasm::kNoIndex) return Assign();
  const bool is_64 = plan_.memories[memory].is_64();
  struct Kind {
    Op load, store;
    ValueType::Kind type;
  };
  static constexpr Kind kKinds[] = {
      {Op::kI32Load, Op::kI32Store, ValueType::kI32},
      {Op::kI64Load, Op::kI64Store, ValueType::kI64},
      {Op::kI32Load8S, Op::kI32Store8, ValueType::kI32},
      {Op::kI32Load16U, Op::kI32Store16, ValueType::kI32},
      {Op::kI64Load32U, Op::kI64Store32, ValueType::kI64}};
  const Kind& kind = source_.Pick(kKinds);
  const Kind& other = source_.OneIn(2) ? kind : source_.Pick(kKinds);
  const uint32_t offset = source_.OneIn(2) ? 0 : source_.Below(8);
  const auto load = [&] {
    Get(base);
    Do(kind.load);
    WriteMemArg(0, memory, offset);
    has_nan_ = false;
  };
  uint32_t kept = wasm::kNoIndex;
  load();
  ShowOrKeep(kind.type, &kept);
  switch (source_.Below(Has(wasm::Feature::kBulkMemory) ? 4 : 3)) {
    case 0:
      if (!DirectCall(false, ValueType::kNone)) Statements(1);
      break;
    case 1:
    case 2: {
      const bool rarely = MayOpen() && source_.OneIn(4);
      if (rarely) OpenIf(false);
      Get(base);
      Leaf(other.type);
      Do(other.store);
      // Often next to it, so that they overlap in part.
      WriteMemArg(0, memory, source_.OneIn(2) ? offset : source_.Below(8));
      if (rarely) End();
      break;
    }
    default:
      Get(base);
      I32(source_.Below(256));
      Integer(AddressType(is_64), 1 + source_.Below(8));
      Do(Op::kMemoryFill, memory);
      break;
  }
  load();
  Show(kind.type);
  ShowKept(kept);
}

// An atomic load, something that writes to its place, and the load again.
void FunctionMaker::AtomicAround() {
  if (plan_.memories.empty()) return Assign();
  const uint32_t memory = RandomMemory();
  if (plan_.memories[memory].bytes < 128) return Assign();
  const uint32_t base = AddressLocal(memory);
  if (base == wasm::kNoIndex) return Assign();
  struct Kind {
    Op load, plain_store, atomic_store, rmw;
    ValueType::Kind type;
    uint32_t align;
  };
  static constexpr Kind kKinds[] = {
      {Op::kI32AtomicLoad, Op::kI32Store, Op::kI32AtomicStore,
       Op::kI32AtomicRmwAdd, ValueType::kI32, 2},
      {Op::kI64AtomicLoad, Op::kI64Store, Op::kI64AtomicStore,
       Op::kI64AtomicRmwXor, ValueType::kI64, 3},
      {Op::kI32AtomicLoad8U, Op::kI32Store8, Op::kI32AtomicStore8,
       Op::kI32AtomicRmw8AddU, ValueType::kI32, 0},
      {Op::kI64AtomicLoad16U, Op::kI64Store16, Op::kI64AtomicStore16,
       Op::kI64AtomicRmw16XchgU, ValueType::kI64, 1}};
  const Kind& kind = source_.Pick(kKinds);
  const uint64_t offset = source_.OneIn(3) ? 8 : 0;
  const auto access = [&](Op op) {
    Do(op);
    WriteMemArg(kind.align, memory, offset);
  };
  uint32_t kept = wasm::kNoIndex;
  Get(base);
  access(kind.load);
  ShowOrKeep(kind.type, &kept);
  Get(base);
  Content(kind.type);
  switch (source_.Below(3)) {
    case 0:
      access(kind.plain_store);
      break;
    case 1:
      access(kind.atomic_store);
      break;
    default:
      access(kind.rmw);
      Show(kind.type);
      break;
  }
  Get(base);
  access(kind.load);
  Show(kind.type);
  ShowKept(kept);
}

// An address that is in bounds because a sum wraps: its first part is near
// 2^32. The second part must not become an offset.
void FunctionMaker::WrappedAddress() {
  if (plan_.memories.empty()) return Assign();
  const uint32_t memory = RandomMemory();
  if (plan_.memories[memory].is_64() || plan_.memories[memory].bytes < 128) {
    return Assign();
  }
  const uint32_t base = AddressLocal(memory);
  if (base == wasm::kNoIndex) return Assign();
  const uint32_t back = 2048u << source_.Below(8);
  const uint32_t low = NewLocal(ValueType::kI32);
  Get(base);
  I32(back);
  Do(Op::kI32Sub);
  Set(low);
  const uint32_t forth = back + (source_.OneIn(2) ? 0 : source_.Below(16));
  const bool store = source_.OneIn(3);
  Get(low);
  I32(forth);
  Do(Op::kI32Add);
  if (store) Value(ValueType::kI32);
  Do(store ? Op::kI32Store : source_.OneIn(3) ? Op::kI32Load16U : Op::kI32Load);
  WriteMemArg(0, memory, source_.Below(8));
  if (!store) Show(ValueType::kI32);
}

// A segment is dropped and asked for again: for nothing, which is allowed, or,
// where that is reached, for something, which traps.
bool FunctionMaker::DroppedSegment() {
  if (!Has(wasm::Feature::kBulkMemory)) return false;
  return source_.OneIn(2) ? DroppedData() || DroppedElem()
                          : DroppedElem() || DroppedData();
}

bool FunctionMaker::DroppedData() {
  if (plan_.memories.empty() || plan_.memories[0].bytes < 64) return false;
  for (uint32_t i = 0; i < plan_.datas.size(); ++i) {
    if (!plan_.datas[i].may_drop) continue;
    InitAndDrop(Op::kDataDrop, i, [&](uint32_t count) {
      Integer(AddressType(plan_.memories[0].is_64()), source_.Below(32));
      I32(0);
      I32(count);
      Do(Op::kMemoryInit, i, 0);
    });
    return true;
  }
  return false;
}

bool FunctionMaker::DroppedElem() {
  if (!Has(wasm::Feature::kReferenceTypes)) return false;
  for (uint32_t i = 0; i < plan_.elems.size(); ++i) {
    if (!plan_.elems[i].may_drop) continue;
    for (uint32_t t = 0; t < plan_.tables.size(); ++t) {
      const PlannedTable& table = plan_.tables[t];
      if (!IsSubtype(plan_, plan_.elems[i].type, table.type.element)) continue;
      InitAndDrop(Op::kElemDrop, i, [&](uint32_t count) {
        Integer(AddressType(table.is_64()), source_.Below(table.entries));
        I32(0);
        I32(count);
        Do(Op::kTableInit, i, t);
      });
      return true;
    }
  }
  return false;
}

template <typename Init>
void FunctionMaker::InitAndDrop(Op drop, uint32_t segment, Init init) {
  if (MayOpen() && source_.OneIn(2)) {
    // Once more after a drop, in a later call, it may trap.
    RareCondition();
    Open(Op::kIf, {}, {});
    init(1);
    End();
  }
  Do(drop, segment);
  const bool unguarded = !MayOpen() || source_.OneIn(3);
  if (unguarded) return init(plan_.is_risky && source_.OneIn(3) ? 1 : 0);
  // The first parameter has few values; see OpenGuard.
  if (HasDepth() && source_.OneIn(2)) {
    Get(0);
    I32(3);
    Do(Op::kI32And);
    I32(source_.Below(4));
    Do(Op::kI32Eq);
  } else {
    RareCondition();
  }
  Open(Op::kIf, {}, {});
  init(1);
  End();
}

}  // namespace weft::check::generate
