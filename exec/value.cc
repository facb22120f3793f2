#include "exec/value.h"

#include <bit>

namespace weft::exec {

using wasm::HeapType;
using wasm::ValueType;

Val Val::F32(float value) { return F32Bits(std::bit_cast<uint32_t>(value)); }
Val Val::F64(double value) { return F64Bits(std::bit_cast<uint64_t>(value)); }
float Val::f32() const { return std::bit_cast<float>(f32_bits()); }
double Val::f64() const { return std::bit_cast<double>(low_); }

namespace {

HeapType::Abstract TopOf(HeapType::Abstract heap) {
  switch (heap) {
    case HeapType::kFunc:
    case HeapType::kNoFunc:
      return HeapType::kFunc;
    case HeapType::kExtern:
    case HeapType::kNoExtern:
      return HeapType::kExtern;
    case HeapType::kExn:
    case HeapType::kNoExn:
      return HeapType::kExn;
    case HeapType::kAny:
    case HeapType::kEq:
    case HeapType::kI31:
    case HeapType::kStruct:
    case HeapType::kArray:
    case HeapType::kNone:
      return HeapType::kAny;
  }
  return HeapType::kAny;
}

}  // namespace

Val Val::Null(HeapType::Abstract heap) {
  Val val(ValueType::kRef, 0, 0);
  val.top_ = TopOf(heap);
  return val;
}

Val Val::I31(uint32_t value) {
  Val val(ValueType::kRef, 0, 0);
  val.ref_ = I31Ref(value);
  return val;
}

Val Val::Zero(ValueType type) {
  if (!type.is_ref()) return Val(type.kind(), 0, 0);
  // Callers know hierarchies of defined types; the null is the same in all.
  return Null(type.heap().is_defined() ? HeapType::kAny
                                       : type.heap().abstract());
}

Val Val::FromSlots(ValueType type, HeapType::Abstract top, const Slot* slots,
                   Heap& heap) {
  switch (type.kind()) {
    case ValueType::kI32:
    case ValueType::kF32:
      return Val(type.kind(), static_cast<uint32_t>(slots[0]), 0);
    case ValueType::kV128:
      return V128(slots[0], slots[1]);
    case ValueType::kRef: {
      Val val(ValueType::kRef, 0, 0);
      val.top_ = top;
      const Ref ref = static_cast<Ref>(slots[0]);
      if (ref == kNullRef || IsI31(ref)) {
        val.ref_ = ref;
      } else {
        val.root_ = RootedRef(heap, ref);
      }
      return val;
    }
    case ValueType::kI64:
    case ValueType::kF64:
    case ValueType::kNone:
    case ValueType::kBottom:
      break;
  }
  return Val(type.kind(), slots[0], 0);
}

void Val::ToSlots(Slot* slots) const {
  if (is_ref()) {
    slots[0] = ref();
    return;
  }
  slots[0] = low_;
  if (kind_ == ValueType::kV128) slots[1] = high_;
}

}  // namespace weft::exec
