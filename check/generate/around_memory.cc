// The same as around.cc for bytes of memories; addresses that wrap; segments
// that are dropped.
#include "check/generate/function.h"

namespace weft::check::generate {

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
