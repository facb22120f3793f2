// Sizes, tables and objects that are read, changed and read again at one place,
// so that what is known of them and what has become of them are both seen.
#include "check/generate/function.h"

namespace weft::check::generate {

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

}  // namespace weft::check::generate
