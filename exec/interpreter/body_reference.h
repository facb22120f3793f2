// Bodies of operators on references, tables, whole memories and the heap.
#ifndef WEFT_EXEC_INTERPRETER_BODY_REFERENCE_H_
#define WEFT_EXEC_INTERPRETER_BODY_REFERENCE_H_

#include <cstdint>
#include <cstring>
#include <type_traits>

#include "exec/interpreter/body.h"
#include "exec/interpreter/body_control.h"
#include "exec/runtime/func_refs.h"
#include "exec/runtime/heap_ops.h"
#include "exec/runtime/memory_ops.h"
#include "exec/runtime/object_layout.h"
#include "exec/runtime/table_ops.h"

namespace weft::exec {
namespace internal {

template <InstrId id, size_t index>
WEFT_INLINE Ref RefField(const Registers& r) {
  return static_cast<Ref>(*SlotField<id, index>(r));
}
template <InstrId id, size_t index>
WEFT_INLINE uint32_t U32Field(const Registers& r) {
  return static_cast<uint32_t>(*SlotField<id, index>(r));
}
template <InstrId id, size_t index>
WEFT_INLINE TableData& TableField(const Registers& r) {
  return *r.instance->tables[Field<id, index, uint32_t>(r)];
}
template <InstrId id, size_t index>
WEFT_INLINE MemoryData& MemoryField(const Registers& r) {
  return *r.instance->memories[Field<id, index, uint32_t>(r)];
}

// The engine's id of the module's type in field number `index`.
template <InstrId id, size_t index>
WEFT_INLINE TypeId TypeField(const Registers& r) {
  return r.instance->types[Field<id, index, uint32_t>(r)];
}

// A size or the old one of what grew, -1 if it did not, in the address type.
WEFT_INLINE void SetSize(Registers& r, Slot* slot, uint64_t size, bool is_64) {
  SetResult(r, slot, is_64 ? size : uint64_t{static_cast<uint32_t>(size)});
}

template <InstrId id>
WEFT_INLINE Step SetRef(Registers& r, TrapKind kind, Ref ref) {
  if (kind != TrapKind::kNone) [[unlikely]] {
    return Trap(r, kind);
  }
  *SlotField<id, 0>(r) = ref;
  return Next<id>(r);
}

// The list of slots in field number `index`.
template <InstrId id, size_t index>
WEFT_INLINE const uint16_t* ListField(const Registers& r) {
  return reinterpret_cast<const uint16_t*>(
      reinterpret_cast<const char*>(r.pc + 1) + kListOffset<id, index>);
}

// What goes to its slot alone.
struct StoredRef {
  explicit StoredRef(Ref r) : ref(r) {}
  Ref ref;
};
WEFT_INLINE void SetResult(Registers&, Slot* slot, StoredRef value) {
  *slot = value.ref;
}
using exec::SetResult;

// What lies at `place` in the heap as it is on the stack; signed integers are
// extended to 32 bits.
template <typename Memory, typename Value>
WEFT_INLINE Value LoadAs(const Registers& r, uint64_t place) {
  Memory value;
  std::memcpy(&value, r.context->heap->base() + place, sizeof(value));
  return static_cast<Value>(value);
}

template <InstrId id, size_t field, typename Memory>
WEFT_INLINE void StoreFrom(Registers& r, uint64_t place) {
  uint8_t* const at = r.context->heap->base() + place;
  if constexpr (std::is_same_v<Memory, V128>) {
    ReadSlot<V128>(SlotField<id, field>(r)).Store(at);
  } else {
    const auto value = static_cast<Memory>(*SlotField<id, field>(r));
    std::memcpy(at, &value, sizeof(value));
  }
}

template <InstrId id, typename Memory, typename Value>
WEFT_INLINE Step GetField(Registers& r) {
  const Ref ref = RefField<id, 1>(r);
  if (ref == kNullRef) [[unlikely]] {
    return Trap(r, TrapKind::kNullStructureReference);
  }
  SetResult(
      r, SlotField<id, 0>(r),
      LoadAs<Memory, Value>(r, uint64_t{ref} + Field<id, 2, uint32_t>(r)));
  return Next<id>(r);
}

template <InstrId id, typename Memory>
WEFT_INLINE Step SetField(Registers& r) {
  const Ref ref = RefField<id, 0>(r);
  if (ref == kNullRef) [[unlikely]] {
    return Trap(r, TrapKind::kNullStructureReference);
  }
  StoreFrom<id, 1, Memory>(r, uint64_t{ref} + Field<id, 2, uint32_t>(r));
  return Next<id>(r);
}

// Where element `index` of array `ref` lies; the trap if it does not.
template <typename Memory>
WEFT_INLINE TrapKind FindElement(const Registers& r, Ref ref, uint32_t index,
                                 uint64_t* place) {
  if (ref == kNullRef) [[unlikely]] {
    return TrapKind::kNullArrayReference;
  }
  if (index >= ArrayLength(r.context->heap->base(), ref)) [[unlikely]] {
    return TrapKind::kOutOfBoundsArrayAccess;
  }
  *place =
      uint64_t{ref} + kArrayElementsOffset + uint64_t{index} * sizeof(Memory);
  return TrapKind::kNone;
}

template <InstrId id, typename Memory, typename Value>
WEFT_INLINE Step GetElement(Registers& r) {
  uint64_t place = 0;
  const TrapKind kind =
      FindElement<Memory>(r, RefField<id, 1>(r), U32Field<id, 2>(r), &place);
  if (kind != TrapKind::kNone) [[unlikely]] {
    return Trap(r, kind);
  }
  SetResult(r, SlotField<id, 0>(r), LoadAs<Memory, Value>(r, place));
  return Next<id>(r);
}

template <InstrId id, typename Memory>
WEFT_INLINE Step SetElement(Registers& r) {
  uint64_t place = 0;
  const TrapKind kind =
      FindElement<Memory>(r, RefField<id, 0>(r), U32Field<id, 1>(r), &place);
  if (kind != TrapKind::kNone) [[unlikely]] {
    return Trap(r, kind);
  }
  StoreFrom<id, 2, Memory>(r, place);
  return Next<id>(r);
}

}  // namespace internal

WEFT_BODY(RefFunc) {
  const uint32_t func = Field<kId, 2, uint32_t>(r);
  Ref ref = r.instance->func_refs[func];
  if (ref == kNullRef) [[unlikely]] {
    ref = FuncRef(*r.context, *r.instance, func);
    if (ref == kNullRef) return Trap(r, TrapKind::kOutOfMemory);
  }
  *SlotField<kId, 0>(r) = ref;
  return Next<kId>(r);
}
WEFT_BODY(RefAsNonNull) {
  if (*SlotField<kId, 0>(r) == kNullRef) [[unlikely]] {
    return Trap(r, TrapKind::kNullReference);
  }
  return Next<kId>(r);
}
WEFT_BODY(RefTest) {
  const auto type = wasm::ValueType::FromBits(Field<kId, 2, uint32_t>(r));
  const bool matches =
      exec::RefTest(*r.context, internal::RefField<kId, 1>(r), type);
  SetResult(r, SlotField<kId, 0>(r), uint32_t{matches});
  return Next<kId>(r);
}
WEFT_BODY(RefCast) {
  const auto type = wasm::ValueType::FromBits(Field<kId, 2, uint32_t>(r));
  if (!exec::RefTest(*r.context, internal::RefField<kId, 0>(r), type))
      [[unlikely]] {
    return Trap(r, TrapKind::kCastFailure);
  }
  return Next<kId>(r);
}
WEFT_BODY(RefI31) {
  *SlotField<kId, 0>(r) = I31Ref(internal::U32Field<kId, 1>(r));
  return Next<kId>(r);
}
WEFT_BODY(I31GetS) {
  const Ref ref = internal::RefField<kId, 1>(r);
  if (ref == kNullRef) return Trap(r, TrapKind::kNullI31Reference);
  SetResult(r, SlotField<kId, 0>(r), static_cast<uint32_t>(I31Signed(ref)));
  return Next<kId>(r);
}
WEFT_BODY(I31GetU) {
  const Ref ref = internal::RefField<kId, 1>(r);
  if (ref == kNullRef) return Trap(r, TrapKind::kNullI31Reference);
  SetResult(r, SlotField<kId, 0>(r), I31Unsigned(ref));
  return Next<kId>(r);
}

WEFT_BODY(TableGet) {
  const TableData& table = internal::TableField<kId, 2>(r);
  const uint64_t index = *SlotField<kId, 1>(r);
  if (index >= table.size) [[unlikely]] {
    return Trap(r, TrapKind::kOutOfBoundsTableAccess);
  }
  *SlotField<kId, 0>(r) = table.elements[index];
  return Next<kId>(r);
}
WEFT_BODY(TableSet) {
  const TableData& table = internal::TableField<kId, 2>(r);
  const uint64_t index = *SlotField<kId, 0>(r);
  if (index >= table.size) [[unlikely]] {
    return Trap(r, TrapKind::kOutOfBoundsTableAccess);
  }
  table.elements[index] = internal::RefField<kId, 1>(r);
  return Next<kId>(r);
}
WEFT_BODY(TableSize) {
  const TableData& table = internal::TableField<kId, 2>(r);
  SetResult(r, SlotField<kId, 0>(r), table.size);
  return Next<kId>(r);
}
WEFT_BODY(TableGrow) {
  TableData& table = internal::TableField<kId, 4>(r);
  const uint64_t old = exec::TableGrow(
      *r.context, table, internal::RefField<kId, 1>(r), *SlotField<kId, 2>(r));
  internal::SetSize(r, SlotField<kId, 0>(r), old, table.is_64);
  return Next<kId>(r);
}
WEFT_BODY(TableFill) {
  return NextIf<kId>(
      r, exec::TableFill(*r.context, internal::TableField<kId, 4>(r),
                         *SlotField<kId, 0>(r), internal::RefField<kId, 1>(r),
                         *SlotField<kId, 2>(r)));
}
WEFT_BODY(TableCopy) {
  return NextIf<kId>(
      r, exec::TableCopy(*r.context, internal::TableField<kId, 4>(r),
                         *SlotField<kId, 0>(r), internal::TableField<kId, 5>(r),
                         *SlotField<kId, 1>(r), *SlotField<kId, 2>(r)));
}
WEFT_BODY(TableInit) {
  return NextIf<kId>(
      r, exec::TableInit(
             *r.context, internal::TableField<kId, 5>(r), *SlotField<kId, 0>(r),
             r.instance->elems[Field<kId, 4, uint32_t>(r)],
             internal::U32Field<kId, 1>(r), internal::U32Field<kId, 2>(r)));
}
WEFT_BODY(ElemDrop) {
  exec::ElemDrop(r.instance->elems[Field<kId, 0, uint32_t>(r)]);
  return Next<kId>(r);
}

WEFT_BODY(MemorySize) {
  const MemoryData& memory = internal::MemoryField<kId, 2>(r);
  SetResult(
      r, SlotField<kId, 0>(r),
      memory.bytes.load(std::memory_order_acquire) >> memory.page_size_log2);
  return Next<kId>(r);
}
WEFT_BODY(MemoryGrow) {
  MemoryData& memory = internal::MemoryField<kId, 2>(r);
  const uint64_t old = GrowMemory(*r.context, memory, *SlotField<kId, 1>(r));
  r.memory = internal::MemoryBase(r.instance);
  internal::SetSize(r, SlotField<kId, 0>(r), old, memory.is_64);
  return Next<kId>(r);
}
WEFT_BODY(MemoryFill) {
  return NextIf<kId>(
      r, exec::MemoryFill(*r.context, internal::MemoryField<kId, 4>(r),
                          *SlotField<kId, 0>(r),
                          static_cast<uint8_t>(internal::U32Field<kId, 1>(r)),
                          *SlotField<kId, 2>(r)));
}
WEFT_BODY(MemoryCopy) {
  return NextIf<kId>(
      r,
      exec::MemoryCopy(*r.context, internal::MemoryField<kId, 4>(r),
                       *SlotField<kId, 0>(r), internal::MemoryField<kId, 5>(r),
                       *SlotField<kId, 1>(r), *SlotField<kId, 2>(r)));
}
WEFT_BODY(MemoryInit) {
  return NextIf<kId>(
      r, exec::MemoryInit(*r.context, internal::MemoryField<kId, 5>(r),
                          *SlotField<kId, 0>(r),
                          r.instance->datas[Field<kId, 4, uint32_t>(r)],
                          internal::U32Field<kId, 1>(r),
                          internal::U32Field<kId, 2>(r)));
}
WEFT_BODY(DataDrop) {
  exec::DataDrop(r.instance->datas[Field<kId, 0, uint32_t>(r)]);
  return Next<kId>(r);
}
WEFT_BODY(AtomicFence) {
  std::atomic_thread_fence(std::memory_order_seq_cst);
  return Next<kId>(r);
}

// Allocation: the position is saved, for the collector looks at the frame.
WEFT_BODY(StructNew) {
  SavePosition(r);
  const uint32_t count = Field<kId, 3, uint32_t>(r);
  Ref ref = kNullRef;
  const TrapKind kind =
      exec::StructNew(*r.context, internal::TypeField<kId, 2>(r), r.frame,
                      internal::ListField<kId, 4>(r), &ref);
  if (kind != TrapKind::kNone) return Trap(r, kind);
  *SlotField<kId, 0>(r) = ref;
  r.pc += VariableCellsOf<kId>(count);
  return Step::kNext;
}
WEFT_BODY(StructNewDefault) {
  SavePosition(r);
  Ref ref = kNullRef;
  const TrapKind kind =
      AllocStruct(*r.context, internal::TypeField<kId, 2>(r), &ref);
  return internal::SetRef<kId>(r, kind, ref);
}
WEFT_BODY(ArrayNew) {
  SavePosition(r);
  Ref ref = kNullRef;
  const TrapKind kind =
      exec::ArrayNew(*r.context, internal::TypeField<kId, 4>(r),
                     SlotField<kId, 1>(r), internal::U32Field<kId, 2>(r), &ref);
  return internal::SetRef<kId>(r, kind, ref);
}
WEFT_BODY(ArrayNewDefault) {
  SavePosition(r);
  Ref ref = kNullRef;
  const TrapKind kind = AllocArray(*r.context, internal::TypeField<kId, 2>(r),
                                   internal::U32Field<kId, 1>(r), &ref);
  return internal::SetRef<kId>(r, kind, ref);
}
WEFT_BODY(ArrayNewFixed) {
  SavePosition(r);
  Ref ref = kNullRef;
  const uint32_t count = Field<kId, 3, uint32_t>(r);
  const TrapKind kind =
      exec::ArrayNewFixed(*r.context, internal::TypeField<kId, 2>(r), r.frame,
                          internal::ListField<kId, 4>(r), count, &ref);
  if (kind != TrapKind::kNone) return Trap(r, kind);
  *SlotField<kId, 0>(r) = ref;
  r.pc += VariableCellsOf<kId>(count);
  return Step::kNext;
}
WEFT_BODY(ArrayNewData) {
  SavePosition(r);
  Ref ref = kNullRef;
  const TrapKind kind = exec::ArrayNewData(
      *r.context, internal::TypeField<kId, 4>(r),
      r.instance->datas[Field<kId, 5, uint32_t>(r)],
      internal::U32Field<kId, 1>(r), internal::U32Field<kId, 2>(r), &ref);
  return internal::SetRef<kId>(r, kind, ref);
}
WEFT_BODY(ArrayNewElem) {
  SavePosition(r);
  Ref ref = kNullRef;
  const TrapKind kind = exec::ArrayNewElem(
      *r.context, internal::TypeField<kId, 4>(r),
      r.instance->elems[Field<kId, 5, uint32_t>(r)],
      internal::U32Field<kId, 1>(r), internal::U32Field<kId, 2>(r), &ref);
  return internal::SetRef<kId>(r, kind, ref);
}
// Fields and elements. In the heap they are a `Memory`, on the stack a `Value`;
// references do not go through the accumulator.
#define WEFT_AGGREGATE_BODIES(suffix, Memory, Value)    \
  WEFT_BODY(StructGet##suffix) {                        \
    return internal::GetField<kId, Memory, Value>(r);   \
  }                                                     \
  WEFT_BODY(ArrayGet##suffix) {                         \
    return internal::GetElement<kId, Memory, Value>(r); \
  }
WEFT_AGGREGATE_BODIES(8S, int8_t, uint32_t)
WEFT_AGGREGATE_BODIES(8U, uint8_t, uint32_t)
WEFT_AGGREGATE_BODIES(16S, int16_t, uint32_t)
WEFT_AGGREGATE_BODIES(16U, uint16_t, uint32_t)
WEFT_AGGREGATE_BODIES(32, uint32_t, uint32_t)
WEFT_AGGREGATE_BODIES(64, uint64_t, uint64_t)
WEFT_AGGREGATE_BODIES(V128, V128, V128)
WEFT_AGGREGATE_BODIES(Ref, Ref, internal::StoredRef)
#undef WEFT_AGGREGATE_BODIES

#define WEFT_AGGREGATE_BODIES(suffix, Memory)                                 \
  WEFT_BODY(StructSet##suffix) { return internal::SetField<kId, Memory>(r); } \
  WEFT_BODY(ArraySet##suffix) { return internal::SetElement<kId, Memory>(r); }
WEFT_AGGREGATE_BODIES(8, uint8_t)
WEFT_AGGREGATE_BODIES(16, uint16_t)
WEFT_AGGREGATE_BODIES(32, uint32_t)
WEFT_AGGREGATE_BODIES(64, uint64_t)
WEFT_AGGREGATE_BODIES(V128, V128)
WEFT_AGGREGATE_BODIES(Ref, Ref)
#undef WEFT_AGGREGATE_BODIES

WEFT_BODY(ArrayLen) {
  uint32_t length = 0;
  const TrapKind kind =
      exec::ArrayLen(*r.context, internal::RefField<kId, 1>(r), &length);
  if (kind != TrapKind::kNone) [[unlikely]] {
    return Trap(r, kind);
  }
  SetResult(r, SlotField<kId, 0>(r), length);
  return Next<kId>(r);
}
WEFT_BODY(ArrayFill) {
  return NextIf<kId>(
      r, exec::ArrayFill(
             *r.context, static_cast<StorageKind>(Field<kId, 4, uint32_t>(r)),
             internal::RefField<kId, 0>(r), internal::U32Field<kId, 1>(r),
             SlotField<kId, 2>(r), internal::U32Field<kId, 3>(r)));
}
WEFT_BODY(ArrayCopy) {
  return NextIf<kId>(
      r, exec::ArrayCopy(
             *r.context, static_cast<StorageKind>(Field<kId, 8, uint32_t>(r)),
             internal::RefField<kId, 0>(r), internal::U32Field<kId, 1>(r),
             internal::RefField<kId, 2>(r), internal::U32Field<kId, 3>(r),
             internal::U32Field<kId, 4>(r)));
}
WEFT_BODY(ArrayInitData) {
  return NextIf<kId>(
      r, exec::ArrayInitData(
             *r.context, static_cast<StorageKind>(Field<kId, 4, uint32_t>(r)),
             internal::RefField<kId, 0>(r), internal::U32Field<kId, 1>(r),
             r.instance->datas[Field<kId, 5, uint32_t>(r)],
             internal::U32Field<kId, 2>(r), internal::U32Field<kId, 3>(r)));
}
WEFT_BODY(ArrayInitElem) {
  return NextIf<kId>(
      r, exec::ArrayInitElem(*r.context, internal::RefField<kId, 0>(r),
                             internal::U32Field<kId, 1>(r),
                             r.instance->elems[Field<kId, 5, uint32_t>(r)],
                             internal::U32Field<kId, 2>(r),
                             internal::U32Field<kId, 3>(r)));
}

}  // namespace weft::exec

#endif  // WEFT_EXEC_INTERPRETER_BODY_REFERENCE_H_
