// Bodies of loads, stores, lane accesses and atomics, and of numeric operators
// that take an operand from memory.
#ifndef WEFT_EXEC_INTERPRETER_BODY_MEMORY_H_
#define WEFT_EXEC_INTERPRETER_BODY_MEMORY_H_

#include <cstdint>
#include <cstring>
#include <string_view>
#include <type_traits>

#include "exec/interpreter/body.h"
#include "exec/interpreter/body_numeric.h"
#include "exec/interpreter/guarded_access.h"
#include "exec/numerics/atomic.h"
#include "exec/numerics/memory_access.h"
#include "exec/runtime/memory_ops.h"

namespace weft::exec {
namespace internal {

constexpr bool Contains(std::string_view text, std::string_view part) {
  return text.find(part) != std::string_view::npos;
}

WEFT_INLINE bool IsAligned(const uint8_t* at, uintptr_t width) {
  return (reinterpret_cast<uintptr_t>(at) & (width - 1)) == 0;
}

WEFT_INLINE Step OutOfBounds(Registers& r) {
  // Nothing follows that reads them: keeping them costs the fast path.
  r.acc = 0;
  r.float_acc = FloatAcc{};
  return Trap(r, TrapKind::kOutOfBoundsMemoryAccess);
}

// The integer type that `op` reads, signed where it extends the sign.
template <wasm::Op op>
using SignedCell =
    std::conditional_t<Contains(wasm::RowOf(op).text, "_s"),
                       std::make_signed_t<typename LoadOp<op>::Cell>,
                       typename LoadOp<op>::Cell>;

// The value of a load from guarded memory; false when it is out of bounds.
template <wasm::Op op>
WEFT_INLINE bool ReadGuarded(const uint8_t* base, uint64_t address,
                             typename LoadOp<op>::Result* value) {
  using Cell = typename LoadOp<op>::Cell;
  using Result = typename LoadOp<op>::Result;
  if constexpr (std::is_floating_point_v<Result>) {
    return GuardedLoad<Result>(base, address, value);
  } else if constexpr (std::is_integral_v<Result>) {
    return GuardedLoad<SignedCell<op>>(base, address, value);
  } else if constexpr (std::is_same_v<Cell, V128>) {
    __m128i bits;
    if (!GuardedLoad<__m128i>(base, address, &bits)) return false;
    *value = V128::From(bits);
    return true;
  } else {
    uint64_t bits;
    if (!GuardedLoad<Cell>(base, address, &bits)) return false;
    *value = LoadOp<op>::FromCell(static_cast<Cell>(bits));
    return true;
  }
}

template <wasm::Op op>
WEFT_INLINE bool WriteGuarded(uint8_t* base, uint64_t address,
                              typename StoreOp<op>::Value value) {
  using Value = typename StoreOp<op>::Value;
  if constexpr (std::is_floating_point_v<Value>) {
    return GuardedStore(base, address, value);
  } else if constexpr (std::is_same_v<Value, V128>) {
    return GuardedStore(base, address, value.m128i());
  } else {
    return GuardedStore(base, address, StoreOp<op>::ToCell(value));
  }
}

// Reads memory 0, which is kept in bounds as `checked` says.
template <wasm::Op op, bool checked>
WEFT_INLINE bool ReadMemory0(Registers& r, uint64_t address,
                             typename LoadOp<op>::Result* value) {
  if constexpr (checked) {
    const uint64_t bytes =
        r.instance->memory0->bytes.load(std::memory_order_relaxed);
    if (address + LoadOp<op>::kBytes > bytes) [[unlikely]] {
      return false;
    }
    *value = LoadOp<op>::FromBytes(r.memory + address);
    return true;
  } else {
    return ReadGuarded<op>(r.memory, address, value);
  }
}

// An index in units of the access that `op` makes.
template <wasm::Op op>
WEFT_INLINE uint32_t Scaled(uint32_t index) {
  return index * wasm::RowOf(op).access_bytes;
}

template <InstrId id, wasm::Op op, Form form>
WEFT_INLINE uint64_t LoadAddress(const Registers& r) {
  if constexpr (form == Form::kLoadSI) {
    return ReadSlot<uint32_t>(SlotField<id, 1>(r)) +
           static_cast<uint32_t>(Field<id, 2, int32_t>(r));
  } else if constexpr (form == Form::kLoadAI) {
    return Acc<uint32_t>(r) + static_cast<uint32_t>(Field<id, 2, int32_t>(r));
  } else if constexpr (form == Form::kLoadXSS) {
    const uint32_t sum = Scaled<op>(ReadSlot<uint32_t>(SlotField<id, 1>(r))) +
                         ReadSlot<uint32_t>(SlotField<id, 2>(r));
    return uint64_t{sum} + Field<id, 3, uint16_t>(r);
  } else if constexpr (form == Form::kLoadXAS) {
    const uint32_t sum =
        Scaled<op>(Acc<uint32_t>(r)) + ReadSlot<uint32_t>(SlotField<id, 2>(r));
    return uint64_t{sum} + Field<id, 3, uint16_t>(r);
  } else if constexpr (form == Form::kLoadS || form == Form::kCheckedLoadS) {
    return uint64_t{ReadSlot<uint32_t>(SlotField<id, 1>(r))} +
           Field<id, 2, uint32_t>(r);
  } else if constexpr (form == Form::kLoadA || form == Form::kCheckedLoadA) {
    return uint64_t{Acc<uint32_t>(r)} + Field<id, 2, uint32_t>(r);
  } else if constexpr (form == Form::kLoadSS || form == Form::kCheckedLoadSS) {
    const uint32_t sum = ReadSlot<uint32_t>(SlotField<id, 1>(r)) +
                         ReadSlot<uint32_t>(SlotField<id, 2>(r));
    return uint64_t{sum} + Field<id, 3, uint16_t>(r);
  } else {
    const uint32_t sum =
        Acc<uint32_t>(r) + ReadSlot<uint32_t>(SlotField<id, 2>(r));
    return uint64_t{sum} + Field<id, 3, uint16_t>(r);
  }
}

// The address and the value of a store; see LayoutOf.
constexpr bool StoresFromAcc(Form form) {
  return form == Form::kStoreSA || form == Form::kCheckedStoreSA;
}
constexpr bool StoresImmediate(Form form) {
  return form == Form::kStoreSI || form == Form::kCheckedStoreSI ||
         form == Form::kStoreAI || form == Form::kCheckedStoreAI ||
         form == Form::kStoreOffsetSI || form == Form::kStoreOffsetAI;
}

constexpr bool StoresAtOffset(Form form) {
  return form >= Form::kStoreOffsetSS && form <= Form::kStoreOffsetAI;
}
constexpr bool StoresAtSum(Form form) {
  return form >= Form::kStoreSumSS && form <= Form::kStoreXAS;
}

template <InstrId id, wasm::Op op, Form form>
WEFT_INLINE uint64_t StoreAddress(const Registers& r) {
  uint32_t address;
  if constexpr (kLayout<id>[0] == 's') {
    address = ReadSlot<uint32_t>(SlotField<id, 0>(r));
  } else {
    address = Acc<uint32_t>(r);
  }
  if constexpr (StoresAtOffset(form)) {
    return address + static_cast<uint32_t>(Field<id, 2, int32_t>(r));
  } else if constexpr (StoresAtSum(form)) {
    if constexpr (form >= Form::kStoreXSS) address = Scaled<op>(address);
    address += ReadSlot<uint32_t>(SlotField<id, 1>(r));
    return uint64_t{address} + Field<id, 3, uint16_t>(r);
  } else {
    return uint64_t{address} + Field<id, 2, uint32_t>(r);
  }
}

template <InstrId id, wasm::Op op, Form form>
WEFT_INLINE typename StoreOp<op>::Value StoredValue(const Registers& r) {
  using T = typename StoreOp<op>::Value;
  if constexpr (StoresFromAcc(form)) {
    return Acc<T>(r);
  } else if constexpr (StoresImmediate(form)) {
    const uint64_t bits = Field<id, 3, uint64_t>(r);
    T value;
    std::memcpy(&value, &bits, sizeof(value));
    return value;
  } else if constexpr (StoresAtSum(form)) {
    return ReadSlot<T>(SlotField<id, 2>(r));
  } else {
    return ReadSlot<T>(SlotField<id, 1>(r));
  }
}

template <InstrId id, wasm::Op op, Form form>
WEFT_INLINE Step LoadMemory0(Registers& r) {
  typename LoadOp<op>::Result value;
  constexpr bool checked = form >= Form::kCheckedLoadS;
  if (!ReadMemory0<op, checked>(r, LoadAddress<id, op, form>(r), &value))
      [[unlikely]] {
    return OutOfBounds(r);
  }
  SetResult(r, SlotField<id, 0>(r), value);
  return Next<id>(r);
}

template <InstrId id, wasm::Op op, Form form>
WEFT_INLINE Step StoreMemory0(Registers& r) {
  const uint64_t address = StoreAddress<id, op, form>(r);
  const auto value = StoredValue<id, op, form>(r);
  if constexpr (form >= Form::kCheckedStoreSS) {
    const uint64_t bytes =
        r.instance->memory0->bytes.load(std::memory_order_relaxed);
    if (address + StoreOp<op>::kBytes > bytes) [[unlikely]] {
      return OutOfBounds(r);
    }
    StoreOp<op>::ToBytes(value, r.memory + address);
  } else {
    if (!WriteGuarded<op>(r.memory, address, value)) [[unlikely]] {
      return OutOfBounds(r);
    }
  }
  return Next<id>(r);
}

template <InstrId id, wasm::Op op, Form form, bool canonical>
WEFT_INLINE Step WithMemory(Registers& r) {
  using T = OperandType<op, 0>;
  const uint64_t address = uint64_t{ReadSlot<uint32_t>(SlotField<id, 2>(r))} +
                           Field<id, 3, uint16_t>(r);
  T b;
  if (!ReadGuarded<OperandLoadOf(op)>(r.memory, address, &b)) [[unlikely]] {
    return OutOfBounds(r);
  }
  if constexpr (form == Form::kSM) {
    return Evaluate<id, op, canonical>(r, ReadSlot<T>(SlotField<id, 1>(r)), b);
  } else {
    return Evaluate<id, op, canonical>(r, Acc<T>(r), b);
  }
}

// Where `width` bytes lie in any memory, or null when they do not. Fields of
// kFar: result; address and up to two more operands; memory; lane; offset.
template <InstrId id>
WEFT_INLINE uint8_t* FarAddress(const Registers& r, uint64_t width) {
  MemoryData& memory = *r.instance->memories[Field<id, 4, uint32_t>(r)];
  uint64_t address;
  const uint64_t bytes = memory.bytes.load(std::memory_order_relaxed);
  if (__builtin_add_overflow(*SlotField<id, 1>(r), Field<id, 6, uint64_t>(r),
                             &address) ||
      width > bytes || address > bytes - width) [[unlikely]] {
    return nullptr;
  }
  return memory.base + address;
}

template <InstrId id, wasm::Op op>
WEFT_INLINE Step FarLoad(Registers& r) {
  using L = LoadOp<op>;
  uint8_t* const at = FarAddress<id>(r, L::kBytes);
  if (at == nullptr) [[unlikely]] {
    return OutOfBounds(r);
  }
  Slot* const result = SlotField<id, 0>(r);
  if constexpr (L::kAtomic) {
    if (!IsAligned(at, L::kBytes)) return Trap(r, TrapKind::kUnalignedAtomic);
    SetResult(r, result,
              L::FromCell(__atomic_load_n(
                  reinterpret_cast<typename L::Cell*>(at), __ATOMIC_SEQ_CST)));
  } else if constexpr (L::kLane) {
    SetResult(r, result,
              L::FromBytes(at, ReadSlot<V128>(SlotField<id, 2>(r)),
                           static_cast<uint8_t>(Field<id, 5, uint32_t>(r))));
  } else {
    SetResult(r, result, L::FromBytes(at));
  }
  return Next<id>(r);
}

template <InstrId id, wasm::Op op>
WEFT_INLINE Step FarStore(Registers& r) {
  using S = StoreOp<op>;
  uint8_t* const at = FarAddress<id>(r, S::kBytes);
  if (at == nullptr) [[unlikely]] {
    return OutOfBounds(r);
  }
  const auto value = ReadSlot<typename S::Value>(SlotField<id, 2>(r));
  if constexpr (S::kAtomic) {
    if (!IsAligned(at, S::kBytes)) return Trap(r, TrapKind::kUnalignedAtomic);
    __atomic_store_n(reinterpret_cast<typename S::Cell*>(at), S::ToCell(value),
                     __ATOMIC_SEQ_CST);
  } else if constexpr (S::kLane) {
    S::ToBytes(value, static_cast<uint8_t>(Field<id, 5, uint32_t>(r)), at);
  } else {
    S::ToBytes(value, at);
  }
  return Next<id>(r);
}

template <InstrId id, wasm::Op op>
WEFT_INLINE Step ReadModifyWrite(Registers& r) {
  using A = AtomicRmw<op>;
  using Value = typename A::Value;
  uint8_t* const at = FarAddress<id>(r, A::kBytes);
  if (at == nullptr) [[unlikely]] {
    return OutOfBounds(r);
  }
  if (!IsAligned(at, A::kBytes)) return Trap(r, TrapKind::kUnalignedAtomic);
  auto* const cell = reinterpret_cast<typename A::Cell*>(at);
  const auto a = ReadSlot<Value>(SlotField<id, 2>(r));
  if constexpr (A::kKind == RmwKind::kCmpxchg) {
    const auto b = ReadSlot<Value>(SlotField<id, 3>(r));
    SetResult(r, SlotField<id, 0>(r), A::Perform(cell, a, b));
  } else {
    SetResult(r, SlotField<id, 0>(r), A::Perform(cell, a));
  }
  return Next<id>(r);
}

template <InstrId id, wasm::Op op>
WEFT_INLINE Step WaitOrNotify(Registers& r) {
  MemoryData& memory = *r.instance->memories[Field<id, 4, uint32_t>(r)];
  const uint64_t address = *SlotField<id, 1>(r);
  const uint64_t offset = Field<id, 6, uint64_t>(r);
  const uint64_t a = *SlotField<id, 2>(r);
  uint32_t result = 0;
  TrapKind kind;
  if constexpr (op == wasm::Op::kMemoryAtomicNotify) {
    kind = AtomicNotify(*r.context, memory, address, offset,
                        static_cast<uint32_t>(a), &result);
  } else if constexpr (op == wasm::Op::kMemoryAtomicWait32) {
    kind = AtomicWait32(*r.context, memory, address, offset,
                        static_cast<uint32_t>(a),
                        static_cast<int64_t>(*SlotField<id, 3>(r)), &result);
  } else {
    kind = AtomicWait64(*r.context, memory, address, offset, a,
                        static_cast<int64_t>(*SlotField<id, 3>(r)), &result);
  }
  if (kind != TrapKind::kNone) [[unlikely]] {
    return Trap(r, kind);
  }
  SetResult(r, SlotField<id, 0>(r), result);
  return Next<id>(r);
}

}  // namespace internal

// Whether `op` accesses memory at an address operand with an immediate.
constexpr bool IsMemoryOp(wasm::Op op) {
  return FormsOf(op) != 0 && !IsNumericOp(op);
}

template <InstrId id>
  requires(id >= kFixedInstrCount && IsMemoryOp(OpFormOf(id).op))
struct Body<id> {
  static WEFT_INLINE Step Run(Registers& r) {
    constexpr OpForm f = OpFormOf(id);
    if constexpr (f.form < Form::kStoreSS) {
      return internal::LoadMemory0<id, f.op, f.form>(r);
    } else if constexpr (f.form < Form::kFar) {
      return internal::StoreMemory0<id, f.op, f.form>(r);
    } else if constexpr (f.op == wasm::Op::kMemoryAtomicNotify ||
                         f.op == wasm::Op::kMemoryAtomicWait32 ||
                         f.op == wasm::Op::kMemoryAtomicWait64) {
      return internal::WaitOrNotify<id, f.op>(r);
    } else if constexpr (IsAtomicRmw<f.op>) {
      return internal::ReadModifyWrite<id, f.op>(r);
    } else if constexpr (exec::IsLoad<f.op>) {
      return internal::FarLoad<id, f.op>(r);
    } else {
      return internal::FarStore<id, f.op>(r);
    }
  }
};

template <InstrId id>
  requires(id >= kFixedInstrCount &&
           (OpFormOf(id).form == Form::kSM || OpFormOf(id).form == Form::kAM))
struct Body<id> {
  static WEFT_INLINE Step Run(Registers& r) {
    constexpr OpForm f = OpFormOf(id);
    return internal::WithMemory<id, f.op, f.form, f.canonical>(r);
  }
};

}  // namespace weft::exec

#endif  // WEFT_EXEC_INTERPRETER_BODY_MEMORY_H_
