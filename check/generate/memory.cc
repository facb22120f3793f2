// Accesses to memories and tables, mostly in bounds and often to the same few
// places.
#include <algorithm>

#include "check/generate/function.h"
#include "check/generate/op_tables.h"

namespace weft::check::generate {

using wasm::ImmediateKind;
using wasm::OpInfo;

namespace {

int Log2(uint32_t power) { return __builtin_ctz(power); }

}  // namespace

// REQUIRES: there is one.
uint32_t FunctionMaker::RandomMemory() {
  return source_.Below(static_cast<uint32_t>(plan_.memories.size()));
}

uint32_t FunctionMaker::RandomTable() {
  return source_.Below(static_cast<uint32_t>(plan_.tables.size()));
}

void FunctionMaker::Small(bool is_64, uint32_t bound) {
  if (source_.OneIn(2))
    return Integer(AddressType(is_64), source_.Below(bound));
  Value(AddressType(is_64));
  Integer(AddressType(is_64), bound - 1);
  Do(is_64 ? Op::kI64And : Op::kI32And);
}

void FunctionMaker::WriteMemArg(uint32_t align_log2, uint32_t memory,
                                uint64_t offset) {
  ops_.U32(align_log2 | (memory == 0 ? 0 : 1u << 6));
  if (memory != 0) ops_.U32(memory);
  ops_.U64(offset);
}

// A local of the kind kAddress for `memory`, new or known.
uint32_t FunctionMaker::AddressLocal(uint32_t memory) {
  for (uint32_t i = 0; i < locals_.size(); ++i) {
    if (locals_[i].use == Use::kAddress && locals_[i].memory == memory &&
        !source_.OneIn(5)) {
      return i;
    }
  }
  if (locals_.size() > 48) return wasm::kNoIndex;
  const PlannedMemory& planned = plan_.memories[memory];
  const ValueType type = AddressType(planned.is_64());
  // Half of what is there remains for offsets.
  const uint32_t mask =
      static_cast<uint32_t>(std::min<uint64_t>(planned.bytes, 2048) / 2 - 1);
  Value(type);
  Integer(type, mask & ~15u);
  Do(planned.is_64() ? Op::kI64And : Op::kI32And);
  // What was known of conditions may have been assigned.
  const uint32_t local = NewLocal(type, Use::kAddress, mask & ~15u);
  locals_[local].memory = memory;
  Set(local);
  return local;
}

// Leaves a number at most `mask`, which also says which bits may be set.
void FunctionMaker::AddressBase(uint32_t memory, uint64_t mask) {
  const bool is_64 = plan_.memories[memory].is_64();
  const ValueType type = AddressType(is_64);
  const uint32_t kind = source_.Below(8);
  if (kind < 2) {
    return Integer(type, (source_.OneIn(2) ? 0 : source_.Below(64)) & mask);
  }
  if (kind < 5) {
    // A counter times a power of two.
    for (uint32_t i = 0; i < locals_.size(); ++i) {
      const Local& local = locals_[i];
      if (local.use != Use::kFixed || local.bound == 0 || local.type != type ||
          uint64_t{local.bound} * 8 > mask) {
        continue;
      }
      Get(i);
      Integer(type, 3);
      Do(is_64 ? Op::kI64Shl : Op::kI32Shl);
      return;
    }
  }
  Value(type);
  Integer(type, mask);
  Do(is_64 ? Op::kI64And : Op::kI32And);
}

uint64_t FunctionMaker::Address(uint32_t memory, uint32_t width, bool aligned) {
  const PlannedMemory& planned = plan_.memories[memory];
  const ValueType type = AddressType(planned.is_64());
  if (plan_.is_risky && source_.OneIn(30)) {
    // At the end, or anywhere.
    if (source_.OneIn(2)) {
      Value(type);
      return aligned ? 0 : source_.Below(16);
    }
    Integer(type, planned.bytes - width + source_.Below(2) * width);
    return 0;
  }
  // Offsets that overlap one another in part.
  static constexpr uint32_t kOffsets[] = {0, 0, 0, 1, 2, 3, 4, 4, 8, 12, 16};
  uint64_t offset = source_.Pick(kOffsets);
  if (aligned) offset &= ~uint64_t{width - 1};
  // What is below half of the memory can be added to anything here.
  if (planned.bytes >= 4096 && source_.OneIn(10)) offset += 2048 - 64;
  if (source_.Percent(45) && planned.bytes >= 128) {
    const uint32_t local = AddressLocal(memory);
    if (local != wasm::kNoIndex) {
      Get(local);
      if (source_.OneIn(4)) {
        Integer(type, source_.OneIn(2) ? width : 16u);
        Do(planned.is_64() ? Op::kI64Add : Op::kI32Add);
      }
      return offset;
    }
  }
  uint64_t mask = std::min<uint64_t>(planned.bytes, 2048) / 2 - 1;
  if (aligned) mask &= ~uint64_t{width - 1};
  AddressBase(memory, mask);
  return offset;
}

// A load, store or atomic operator.
bool FunctionMaker::Access(Op op, ValueType want) {
  if (plan_.memories.empty()) return false;
  const uint32_t memory = RandomMemory();
  if (plan_.memories[memory].bytes < 64 && !source_.OneIn(20)) return false;
  const OpInfo& info = wasm::InfoOf(op);
  const OpTraits& traits = TraitsOf(op);
  const uint32_t width = info.access_bytes;
  const bool atomic = (info.effects & wasm::kAtomic) != 0;
  const bool is_wait =
      op == Op::kMemoryAtomicWait32 || op == Op::kMemoryAtomicWait64;
  if (is_wait && !plan_.memories[memory].type.limits.is_shared &&
      !source_.OneIn(50)) {
    return false;
  }
  const uint64_t offset =
      plan_.memories[memory].bytes < 64
          ? (Value(AddressType(plan_.memories[memory].is_64())), uint64_t{0})
          : Address(memory, width, atomic);
  for (int i = 1; i < info.num_params; ++i) {
    if (is_wait && i == 2) {
      // Or it would wait for nobody.
      I64(0);
    } else {
      Value(info.params[i], Nan::kCanonical);
    }
  }
  Do(op);
  const uint32_t natural = static_cast<uint32_t>(Log2(width));
  WriteMemArg(atomic             ? natural
              : source_.OneIn(3) ? 0
                                 : natural,
              memory, offset);
  if (traits.lanes != 0) {
    ops_.Byte(static_cast<uint8_t>(source_.Below(traits.lanes)));
  }
  has_nan_ = false;
  Convert(info.num_results == 0 ? ValueType::kNone : info.result, want);
  return true;
}

bool FunctionMaker::BulkMemory(Op op, ValueType want) {
  if (op == Op::kDataDrop) {
    for (uint32_t i = 0; i < plan_.datas.size(); ++i) {
      if (!plan_.datas[i].may_drop) continue;
      Do(op, i);
      Convert(ValueType::kNone, want);
      return true;
    }
    return false;
  }
  if (plan_.memories.empty()) return false;
  const uint32_t memory = RandomMemory();
  const PlannedMemory& planned = plan_.memories[memory];
  if (planned.bytes < 64) return false;
  uint32_t data = 0;
  if (op == Op::kMemoryInit) {
    while (data < plan_.datas.size() &&
           (plan_.datas[data].may_drop ||
            plan_.datas[data].mode != wasm::DataSegment::kPassive)) {
      ++data;
    }
    if (data == plan_.datas.size()) return false;
  }
  AddressBase(memory, 31);
  if (op == Op::kMemoryInit) {
    Small(false, 8);
    Small(false, 8);
    Do(op, data, memory);
  } else {
    Value(ValueType::kI32);
    Small(planned.is_64(), 16);
    Do(op, memory);
  }
  Convert(ValueType::kNone, want);
  return true;
}

bool FunctionMaker::MemoryGrow(ValueType want) {
  const uint32_t memory = RandomMemory();
  const bool is_64 = plan_.memories[memory].is_64();
  // Without a limit and in loops it would cost much.
  if (!plan_.memories[memory].type.limits.has_max && mult_ > 1) return false;
  if (source_.OneIn(3)) {
    Small(is_64, 2);
  } else {
    Integer(AddressType(is_64), source_.OneIn(8) ? 0x10000 : source_.Below(2));
  }
  Do(Op::kMemoryGrow, memory);
  Convert(AddressType(is_64), want);
  return true;
}

bool FunctionMaker::WholeMemory(Op op, ValueType want) {
  if (plan_.memories.empty()) return false;
  if (op == Op::kMemoryGrow) return MemoryGrow(want);
  const uint32_t memory = RandomMemory();
  Do(op, memory);
  Convert(AddressType(plan_.memories[memory].is_64()), want);
  return true;
}

bool FunctionMaker::MemoryCopy(ValueType want) {
  if (plan_.memories.empty()) return false;
  const uint32_t to = RandomMemory();
  const uint32_t from = RandomMemory();
  if (plan_.memories[to].bytes < 64 || plan_.memories[from].bytes < 64) {
    return false;
  }
  AddressBase(to, 31);
  AddressBase(from, 31);
  Small(plan_.memories[to].is_64() && plan_.memories[from].is_64(), 32);
  Do(Op::kMemoryCopy, to, from);
  Convert(ValueType::kNone, want);
  return true;
}

// A store and a load from the same base, with something in between.
void FunctionMaker::StoreAndLoad() {
  if (plan_.memories.empty()) return Assign();
  const uint32_t memory = RandomMemory();
  if (plan_.memories[memory].bytes < 128) return Assign();
  const uint32_t base = AddressLocal(memory);
  if (base == wasm::kNoIndex) return Assign();
  struct Pair {
    Op store, load;
    ValueType::Kind type;
  };
  static constexpr Pair kPairs[] = {
      {Op::kI32Store, Op::kI32Load, ValueType::kI32},
      {Op::kI32Store8, Op::kI32Load8S, ValueType::kI32},
      {Op::kI32Store8, Op::kI32Load8U, ValueType::kI32},
      {Op::kI32Store16, Op::kI32Load16U, ValueType::kI32},
      {Op::kI64Store, Op::kI64Load, ValueType::kI64},
      {Op::kI64Store32, Op::kI64Load32S, ValueType::kI64},
      {Op::kF32Store, Op::kF32Load, ValueType::kF32},
      {Op::kF64Store, Op::kF64Load, ValueType::kF64}};
  static constexpr uint32_t kOffsets[] = {0, 0, 0, 1, 2, 4, 8};
  const uint32_t offset = source_.Pick(kOffsets);
  const Pair& first = source_.Pick(kPairs);
  // Often the same width and place, at times another.
  const Pair& second = source_.OneIn(3) ? source_.Pick(kPairs) : first;
  Get(base);
  Value(first.type, Nan::kCanonical);
  Do(first.store);
  WriteMemArg(0, memory, offset);
  switch (source_.Below(6)) {
    case 0:
      MemoryGrow(ValueType::kNone);
      break;
    case 1:
      DirectCall(false, ValueType::kNone);
      break;
    case 2:
    case 3:
      Statements(1);
      break;
    default:
      break;
  }
  const bool twice = source_.OneIn(3);
  Get(base);
  if (twice) {
    Content(second.type);
    Do(second.store);
  } else {
    Do(second.load);
  }
  WriteMemArg(0, memory, source_.OneIn(3) ? source_.Pick(kOffsets) : offset);
  has_nan_ = false;
  if (!twice) return Show(second.type);
  if (source_.OneIn(2)) return;
  // The one that was written last is seen.
  Get(base);
  Do(first.load);
  WriteMemArg(0, memory, offset);
  Show(first.type);
}

// -- Tables -------------------------------------------------------------------

void FunctionMaker::TableIndex(uint32_t table) {
  const PlannedTable& planned = plan_.tables[table];
  if (plan_.is_risky && source_.OneIn(15)) {
    return Value(AddressType(planned.is_64()));
  }
  Small(planned.is_64(), planned.entries);
}

// table.get, set, size, grow, fill, and elem.drop.
bool FunctionMaker::TableOp(Op op, ValueType want) {
  if (op == Op::kElemDrop) {
    for (uint32_t i = 0; i < plan_.elems.size(); ++i) {
      if (!plan_.elems[i].may_drop) continue;
      Do(op, i);
      Convert(ValueType::kNone, want);
      return true;
    }
    return false;
  }
  if (plan_.tables.empty()) return false;
  const uint32_t table = RandomTable();
  const PlannedTable& planned = plan_.tables[table];
  const ValueType element = planned.type.element;
  const ValueType address = AddressType(planned.is_64());
  // Where functions are called from, mostly functions of their types remain.
  const bool is_called = !planned.funcs.empty();
  ValueType result = ValueType::kNone;
  switch (op) {
    case Op::kTableSize:
      result = address;
      break;
    case Op::kTableGet:
      TableIndex(table);
      result = element;
      break;
    case Op::kTableSet:
      if (is_called && !source_.OneIn(6)) {
        const uint32_t entry =
            source_.Below(static_cast<uint32_t>(planned.funcs.size()));
        if (!MayRefer(planned.funcs[entry])) return false;
        Integer(address, entry);
        RefFunc(planned.funcs[entry]);
        break;
      }
      TableIndex(table);
      Value(element);
      break;
    case Op::kTableGrow:
      if (!planned.type.limits.has_max && mult_ > 1) return false;
      Value(element);
      Integer(address, source_.Below(2));
      result = address;
      break;
    default:  // table.fill.
      if (is_called && !source_.OneIn(6)) return false;
      Small(planned.is_64(), planned.entries);
      Value(element);
      Integer(address, source_.Below(2));
      break;
  }
  Do(op, table);
  Convert(result, want);
  return true;
}

bool FunctionMaker::TableCopy(ValueType want) {
  if (plan_.tables.empty()) return false;
  const uint32_t to = RandomTable();
  const uint32_t from = RandomTable();
  const PlannedTable& a = plan_.tables[to];
  const PlannedTable& b = plan_.tables[from];
  if (!IsSubtype(plan_, b.type.element, a.type.element)) return false;
  if (!a.funcs.empty() && !source_.OneIn(4)) return false;
  const bool same = source_.OneIn(2);
  const uint32_t to_index = source_.Below(std::min(a.entries, b.entries));
  Integer(AddressType(a.is_64()), to_index);
  if (same) {
    Integer(AddressType(b.is_64()), to_index);
  } else {
    Small(b.is_64(), std::min(a.entries, b.entries));
  }
  Integer(AddressType(a.is_64() && b.is_64()), source_.Below(2));
  Do(Op::kTableCopy, to, from);
  Convert(ValueType::kNone, want);
  return true;
}

bool FunctionMaker::TableInit(ValueType want) {
  if (plan_.tables.empty() || plan_.elems.empty()) return false;
  const uint32_t table = RandomTable();
  const PlannedTable& planned = plan_.tables[table];
  for (uint32_t i = 0; i < plan_.elems.size(); ++i) {
    const PlannedElem& elem = plan_.elems[i];
    if (elem.mode != wasm::ElemSegment::kPassive || elem.may_drop ||
        !IsSubtype(plan_, elem.type, planned.type.element)) {
      continue;
    }
    if (!planned.funcs.empty() && !source_.OneIn(4)) return false;
    Small(planned.is_64(), planned.entries);
    I32(source_.Below(elem.size));
    I32(source_.Below(2));
    Do(Op::kTableInit, i, table);
    Convert(ValueType::kNone, want);
    return true;
  }
  return false;
}

}  // namespace weft::check::generate
