// Values and types as the host sees them.
#ifndef WEFT_EXEC_VALUE_H_
#define WEFT_EXEC_VALUE_H_

#include <cstdint>
#include <cstring>
#include <vector>

#include "exec/runtime/heap.h"
#include "exec/runtime/types.h"
#include "ir/wasm/types.h"

namespace weft::exec {

// A function's signature. Defined heap types in it hold TypeIds of the engine.
struct FuncType {
  std::vector<wasm::ValueType> params;
  std::vector<wasm::ValueType> results;

  friend bool operator==(const FuncType&, const FuncType&) = default;
};

// A number, vector or reference (spec 4.2.1). A reference other than null
// belongs to its store, which keeps its object alive as long as the Val exists;
// once the store is gone it is null. Copying one that is a reference is to be
// done by the thread that uses the store.
class Val {
 public:
  // i32 0.
  Val() = default;

  static Val I32(uint32_t bits) { return Val(wasm::ValueType::kI32, bits, 0); }
  static Val I64(uint64_t bits) { return Val(wasm::ValueType::kI64, bits, 0); }
  static Val F32Bits(uint32_t bits) {
    return Val(wasm::ValueType::kF32, bits, 0);
  }
  static Val F64Bits(uint64_t bits) {
    return Val(wasm::ValueType::kF64, bits, 0);
  }
  static Val F32(float value);
  static Val F64(double value);
  // The low half has lanes 0 and on.
  static Val V128(uint64_t low, uint64_t high) {
    return Val(wasm::ValueType::kV128, low, high);
  }
  // Null of one of the four hierarchies: kFunc, kAny, kExtern, kExn, or a type
  // below, which is the same null.
  static Val Null(wasm::HeapType::Abstract heap);
  // An i31 reference to the low 31 bits, in the hierarchy of any.
  static Val I31(uint32_t value);
  // The zero or null of `type`; of a reference type that excludes null, too.
  static Val Zero(wasm::ValueType type);

  wasm::ValueType::Kind kind() const { return kind_; }
  bool is_ref() const { return kind_ == wasm::ValueType::kRef; }
  bool is_null() const { return is_ref() && ref_ == kNullRef && !HasRoot(); }

  // Their bits. REQUIRES: kind() is that one.
  uint32_t i32() const { return static_cast<uint32_t>(low_); }
  uint64_t i64() const { return low_; }
  uint32_t f32_bits() const { return static_cast<uint32_t>(low_); }
  uint64_t f64_bits() const { return low_; }
  float f32() const;
  double f64() const;
  // Of any number or vector, zero-extended.
  uint64_t low() const { return low_; }
  uint64_t high() const { return high_; }

  // The hierarchy of a reference: kFunc, kAny, kExtern or kExn.
  wasm::HeapType::Abstract top() const { return top_; }
  // The reference as the store holds it; see exec/runtime/types.h.
  Ref ref() const { return HasRoot() ? root_.get() : ref_; }
  // Null for numbers, null references and i31, which belong to no store.
  const Heap* heap() const { return root_.heap(); }

  // What slots hold: one, two for v128. `top` is the hierarchy when `type` is a
  // reference.
  static Val FromSlots(wasm::ValueType type, wasm::HeapType::Abstract top,
                       const Slot* slots, Heap& heap);
  void ToSlots(Slot* slots) const;

 private:
  Val(wasm::ValueType::Kind kind, uint64_t low, uint64_t high)
      : kind_(kind), low_(low), high_(high) {}
  bool HasRoot() const { return root_.heap() != nullptr; }

  wasm::ValueType::Kind kind_ = wasm::ValueType::kI32;
  wasm::HeapType::Abstract top_ = wasm::HeapType::kAny;
  Ref ref_ = kNullRef;  // A reference of no store.
  uint64_t low_ = 0;
  uint64_t high_ = 0;
  RootedRef root_;
};

}  // namespace weft::exec

#endif  // WEFT_EXEC_VALUE_H_
