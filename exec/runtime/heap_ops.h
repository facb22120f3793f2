// The operators on references and aggregates (spec 4.6.6 and 4.6.7), and
// exception objects. What is inline is the fast half; everything else is called
// out of line and needs no native stack to speak of.
//
// Types are TypeIds; fields and elements are named by what type_registry.h
// says about them, the same in every instance. Those that return TrapKind
// return kNone when they did their work. Whatever allocates may collect:
// references that are needed afterwards, operands included, lie in slots that
// are roots. Bulk operators check null, then the bounds of arrays, then those
// of segments, before they charge fuel (with Context::metering one unit per
// started 64 bytes of elements) and write; they poll Context::interrupt and
// return the kind that it holds.
#ifndef WEFT_EXEC_RUNTIME_HEAP_OPS_H_
#define WEFT_EXEC_RUNTIME_HEAP_OPS_H_

#include <cstdint>

#include "exec/runtime/context.h"
#include "exec/runtime/heap.h"
#include "exec/runtime/object_layout.h"
#include "exec/runtime/type_registry.h"
#include "exec/runtime/types.h"
#include "exec/trap.h"
#include "ir/wasm/types.h"

namespace weft::exec {

// --- Structs ---------------------------------------------------------------

// A struct of `type`, all fields zero or null, when that takes no slow path;
// else kNullRef.
inline Ref TryAllocStruct(Context& context, TypeId type) {
  const RuntimeType& layout = context.types->Get(type);
  const Ref ref = context.heap->TryAllocate(layout.size_class);
  if (ref != kNullRef) [[likely]] {
    StoreObject<TypeId>(context.heap->base(), ref, 0, type);
  }
  return ref;
}

// struct.new_default, and the first half of struct.new: all fields zero or
// null. Traps: as Heap::Allocate.
TrapKind AllocStruct(Context& context, TypeId type, Ref* out);

// struct.new with the value of field i at values[slots[i]], or, without
// `slots`, the values one behind the other.
TrapKind StructNew(Context& context, TypeId type, const Slot* values,
                   const uint16_t* slots, Ref* out);

// struct.get, struct.get_s (`sign`), struct.get_u. Traps:
// NullStructureReference.
inline TrapKind StructGet(const Context& context, Ref ref, uint32_t offset,
                          StorageKind kind, bool sign, Slot* out) {
  if (ref == kNullRef) return TrapKind::kNullStructureReference;
  LoadValue(context.heap->base(), ref, offset, kind, sign, out);
  return TrapKind::kNone;
}

// struct.set. Traps: NullStructureReference.
inline TrapKind StructSet(Context& context, Ref ref, uint32_t offset,
                          StorageKind kind, const Slot* value) {
  if (ref == kNullRef) return TrapKind::kNullStructureReference;
  StoreValue(context.heap->base(), ref, offset, kind, value);
  return TrapKind::kNone;
}

// --- Arrays ----------------------------------------------------------------

// array.new_default. Traps: as Heap::Allocate.
TrapKind AllocArray(Context& context, TypeId type, uint32_t length, Ref* out);

// array.new; `value` is one slot or two.
TrapKind ArrayNew(Context& context, TypeId type, const Slot* value,
                  uint32_t length, Ref* out);

// array.new_fixed with element i at values[slots[i]], or, without `slots`, the
// elements one behind the other.
TrapKind ArrayNewFixed(Context& context, TypeId type, const Slot* values,
                       const uint16_t* slots, uint32_t length, Ref* out);

// array.new_data and array.new_elem: `length` elements, from byte or reference
// `offset` of the segment on. Traps: OutOfBoundsMemoryAccess and
// OutOfBoundsTableAccess, before anything is allocated.
TrapKind ArrayNewData(Context& context, TypeId type, const DataView& data,
                      uint32_t offset, uint32_t length, Ref* out);
TrapKind ArrayNewElem(Context& context, TypeId type, const ElemView& elem,
                      uint32_t offset, uint32_t length, Ref* out);

// array.get, array.get_s (`sign`), array.get_u. Traps: NullArrayReference,
// OutOfBoundsArrayAccess.
inline TrapKind ArrayGet(const Context& context, Ref ref, uint32_t index,
                         StorageKind kind, bool sign, Slot* out) {
  if (ref == kNullRef) return TrapKind::kNullArrayReference;
  const uint8_t* base = context.heap->base();
  if (index >= ArrayLength(base, ref)) return TrapKind::kOutOfBoundsArrayAccess;
  LoadValue(base, ref, ElementOffset(kind, index), kind, sign, out);
  return TrapKind::kNone;
}

// array.set. Traps: as ArrayGet.
inline TrapKind ArraySet(Context& context, Ref ref, uint32_t index,
                         StorageKind kind, const Slot* value) {
  if (ref == kNullRef) return TrapKind::kNullArrayReference;
  uint8_t* base = context.heap->base();
  if (index >= ArrayLength(base, ref)) return TrapKind::kOutOfBoundsArrayAccess;
  StoreValue(base, ref, ElementOffset(kind, index), kind, value);
  return TrapKind::kNone;
}

// array.len. Traps: NullArrayReference.
inline TrapKind ArrayLen(const Context& context, Ref ref, uint32_t* out) {
  if (ref == kNullRef) return TrapKind::kNullArrayReference;
  *out = ArrayLength(context.heap->base(), ref);
  return TrapKind::kNone;
}

// array.fill, array.copy (the same or overlapping arrays allowed),
// array.init_data, array.init_elem; `kind` is that of the elements. Traps:
// NullArrayReference, OutOfBoundsArrayAccess, then OutOfBoundsMemoryAccess or
// OutOfBoundsTableAccess for the segment; a `count` of 0 behind the end
// traps, too.
TrapKind ArrayFill(Context& context, StorageKind kind, Ref ref, uint32_t index,
                   const Slot* value, uint32_t count);
TrapKind ArrayCopy(Context& context, StorageKind kind, Ref to,
                   uint32_t to_index, Ref from, uint32_t from_index,
                   uint32_t count);
TrapKind ArrayInitData(Context& context, StorageKind kind, Ref ref,
                       uint32_t index, const DataView& data, uint32_t offset,
                       uint32_t count);
TrapKind ArrayInitElem(Context& context, Ref ref, uint32_t index,
                       const ElemView& elem, uint32_t offset, uint32_t count);

// --- Tests and casts -------------------------------------------------------

// Whether `ref` is an object of the struct or array type `target` or of one
// below it. The fast half of ref.test, ref.cast and br_on_cast.
inline bool IsObjectOf(const Context& context, Ref ref, TypeId target) {
  return IsHeapRef(ref) && context.types->IsSubtype(
                               ObjectType(context.heap->base(), ref), target);
}

// ref.test: whether `ref`, of any type in the hierarchy of `target`, has the
// reference type `target`, whose heap type holds a TypeId when it is defined.
// For ref.cast false means CastFailure.
bool RefTest(const Context& context, Ref ref, wasm::ValueType target);

// --- Exceptions ------------------------------------------------------------

// An exception with the tag of identity `tag` (InstanceData::tags), whose
// function type is `type`. The payload is taken as in StructNew.
// Traps: as Heap::Allocate.
TrapKind NewException(Context& context, uint32_t tag, TypeId type,
                      const Slot* values, const uint16_t* slots, Ref* out);

// Its payload: RuntimeType::param_slots slots of the tag's type, each value at
// RuntimeType::param_slot. Its tag: ExceptionTag in object_layout.h.
inline const Slot* ExceptionPayload(const Context& context, Ref ref) {
  return ExceptionPayload(context.heap->base(), ref);
}

}  // namespace weft::exec

#endif  // WEFT_EXEC_RUNTIME_HEAP_OPS_H_
