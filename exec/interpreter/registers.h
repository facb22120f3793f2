// The state that handlers hand on from one to the next.
#ifndef WEFT_EXEC_INTERPRETER_REGISTERS_H_
#define WEFT_EXEC_INTERPRETER_REGISTERS_H_

#include <cstdint>
#include <cstring>
#include <type_traits>

#include "exec/numerics/values.h"
#include "exec/runtime/context.h"
#include "exec/runtime/types.h"

namespace weft::exec {

// The float accumulator: an f32 or f64 in its low bits, the rest anything.
typedef float FloatAcc __attribute__((vector_size(16)));
typedef double FloatAccF64 __attribute__((vector_size(16)));

// In direct and indirect dispatch each is an argument of every handler, in this
// order: the first four survive calls of C++ functions without a spill.
struct Registers {
  const Cell* pc;  // The instruction at work.
  Slot* frame;
  Context* context;
  uint8_t* memory;  // Base of memory 0.
  InstanceData* instance;
  uint64_t acc;
  FloatAcc float_acc;
};

// How the body of an instruction ended.
enum class Step : uint8_t {
  kNext,   // Registers::pc is at the next instruction.
  kTaken,  // Likewise, by a branch: so that it and the other way out of a
           // conditional one dispatch apart from each other.
  kTrap,   // Context::trap says why; pc is still at the instruction.
  kThrow,  // Context::exception is on its way; likewise.
  kHost,   // Context::host_call is to be made; pc is at the call.
  kExit,   // The activation has ended.
};

WEFT_INLINE Step Trap(Registers& r, TrapKind kind) {
  r.context->trap = kind;
  return Step::kTrap;
}

// Values in slots. An i32 is zero-extended; behind an f32 lies anything.
template <typename T>
WEFT_INLINE T ReadSlot(const Slot* slot) {
  T value;
  std::memcpy(&value, slot, sizeof(T));
  return value;
}

// The accumulator of type T.
template <typename T>
WEFT_INLINE T Acc(const Registers& r) {
  if constexpr (std::is_same_v<T, float>) {
    return r.float_acc[0];
  } else if constexpr (std::is_same_v<T, double>) {
    return __builtin_bit_cast(FloatAccF64, r.float_acc)[0];
  } else {
    return static_cast<T>(r.acc);
  }
}

// Stores a result to `slot` and, scalars, to the accumulator.
WEFT_INLINE void SetResult(Registers& r, Slot* slot, uint64_t value) {
  r.acc = value;
  *slot = value;
}
WEFT_INLINE void SetResult(Registers& r, Slot* slot, uint32_t value) {
  SetResult(r, slot, static_cast<uint64_t>(value));
}
WEFT_INLINE void StoreFloatAcc(Registers& r, Slot* slot) {
  *slot =
      static_cast<Slot>(__builtin_bit_cast(Lanes<uint64_t>, r.float_acc)[0]);
}
WEFT_INLINE void SetResult(Registers& r, Slot* slot, float value) {
  FloatAcc acc;
  acc[0] = value;
  r.float_acc = acc;
  StoreFloatAcc(r, slot);
}
WEFT_INLINE void SetResult(Registers& r, Slot* slot, double value) {
  FloatAccF64 acc;
  acc[0] = value;
  r.float_acc = __builtin_bit_cast(FloatAcc, acc);
  StoreFloatAcc(r, slot);
}
WEFT_INLINE void SetResult(Registers&, Slot* slot, V128 value) {
  value.Store(slot);
}
WEFT_INLINE void SetResult(Registers&, Slot* slot, Wide value) {
  slot[0] = value.low;
  slot[1] = value.high;
}

// Says where the guest stands to slow halves that look at frames: those that
// may allocate, call the host or make a backtrace.
WEFT_INLINE void SavePosition(const Registers& r) {
  Activation* const activation = r.context->activation;
  activation->pc = r.pc;
  activation->frame = r.frame;
  activation->instance = r.instance;
}

}  // namespace weft::exec

#endif  // WEFT_EXEC_INTERPRETER_REGISTERS_H_
