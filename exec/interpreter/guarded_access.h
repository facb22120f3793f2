// The one way in which handlers touch a guarded memory: a single instruction
// whose fault exec/fault_handler.h turns into a jump. The instruction is
// written in assembler, for a compiler deletes a load whose result is dropped,
// and the trap with it.
//
//   uint64_t value;
//   if (!GuardedLoad<uint32_t>(base, address + offset, &value)) {
//     return OutOfBounds(...);  // tail call of the slow handler
//   }
//
// Each use adds a pair {instruction, landing} to the section weft_traps, where
// landing is the place that returns false. The section is tied to the
// function's own, so that it goes where the linker drops the function.
//
// The result shares a register with what is dead on both ways out. Pass zero
// for the accumulators to the slow handler: keeping them alive until there
// costs the fast path a move.
#ifndef WEFT_EXEC_INTERPRETER_GUARDED_ACCESS_H_
#define WEFT_EXEC_INTERPRETER_GUARDED_ACCESS_H_

#include <cstdint>
#include <cstring>
#include <type_traits>

#include "exec/runtime/guard_support.h"

#if defined(__x86_64__)
#include <emmintrin.h>
#endif

namespace weft::exec {

#if WEFT_CAN_GUARD

// One entry of weft_traps: both addresses relative to the member.
struct TrapSite {
  int32_t instruction;
  int32_t landing;
};

#define WEFT_GUARDED_TEXT(text)                                   \
  ".Lweft_access%=: " text                                        \
  "\n\t.pushsection weft_traps,\"ao?\",@progbits,.Lweft_access%=" \
  "\n\t.long .Lweft_access%= - ."                                 \
  "\n\t.long %l[trap] - ."                                        \
  "\n\t.popsection"

#define WEFT_GUARDED_LOAD(text, constraint, variable)                    \
  asm goto(WEFT_GUARDED_TEXT(text)                                       \
           : [value] constraint(variable)                                \
           : [mem] "m"(*reinterpret_cast<const Memory*>(base + address)) \
           : "memory"                                                    \
           : trap)

#define WEFT_GUARDED_STORE(text, constraint, variable)              \
  asm goto(WEFT_GUARDED_TEXT(text)                                  \
           :                                                        \
           : [mem] "m"(*reinterpret_cast<Memory*>(base + address)), \
             [value] constraint(variable)                           \
           : "memory"                                               \
           : trap)

// Reads a `Memory` at base[address], extended by its sign where it is a signed
// integer and by zeros else, into `*out`; false when the access faulted, with
// `*out` as it was. `Memory`: an integer of 1 to 8 bytes with `Result` an
// integer at least as wide; or float, double, __m128i with the same `Result`;
// or uint32_t or uint64_t with `Result` __m128i, whose upper part is zero.
// REQUIRES: `base` is a guarded memory's; `address` <= 2 * (2^32 - 1), the sum
// of a 32-bit address and a 32-bit offset computed in 64 bits.
template <typename Memory, typename Result>
[[gnu::always_inline]] inline bool GuardedLoad(const uint8_t* base,
                                               uint64_t address, Result* out) {
  if constexpr (std::is_same_v<Result, __m128i>) {
    __m128i value;
    if constexpr (sizeof(Memory) == 16) {
      WEFT_GUARDED_LOAD("movdqu %[mem], %[value]", "=x", value);
    } else if constexpr (sizeof(Memory) == 8) {
      WEFT_GUARDED_LOAD("movq %[mem], %[value]", "=x", value);
    } else {
      static_assert(sizeof(Memory) == 4);
      WEFT_GUARDED_LOAD("movd %[mem], %[value]", "=x", value);
    }
    *out = value;
  } else if constexpr (std::is_same_v<Memory, float>) {
    static_assert(std::is_same_v<Result, float>);
    float value;
    WEFT_GUARDED_LOAD("movss %[mem], %[value]", "=x", value);
    *out = value;
  } else if constexpr (std::is_same_v<Memory, double>) {
    static_assert(std::is_same_v<Result, double>);
    double value;
    WEFT_GUARDED_LOAD("movsd %[mem], %[value]", "=x", value);
    *out = value;
  } else {
    static_assert(std::is_integral_v<Memory> && std::is_integral_v<Result> &&
                  sizeof(Memory) <= sizeof(Result));
    // Writing a 32-bit register clears the upper half; the variable has 64
    // bits, so that nobody extends it again.
    uint64_t value;
    constexpr bool kSigned = std::is_signed_v<Memory>;
    constexpr bool kWide = sizeof(Result) == 8;
    if constexpr (sizeof(Memory) == 8) {
      WEFT_GUARDED_LOAD("movq %[mem], %[value]", "=r", value);
    } else if constexpr (sizeof(Memory) == 4 && kSigned && kWide) {
      WEFT_GUARDED_LOAD("movslq %[mem], %[value]", "=r", value);
    } else if constexpr (sizeof(Memory) == 4) {
      WEFT_GUARDED_LOAD("movl %[mem], %k[value]", "=r", value);
    } else if constexpr (sizeof(Memory) == 2 && kSigned && kWide) {
      WEFT_GUARDED_LOAD("movswq %[mem], %[value]", "=r", value);
    } else if constexpr (sizeof(Memory) == 2 && kSigned) {
      WEFT_GUARDED_LOAD("movswl %[mem], %k[value]", "=r", value);
    } else if constexpr (sizeof(Memory) == 2) {
      WEFT_GUARDED_LOAD("movzwl %[mem], %k[value]", "=r", value);
    } else if constexpr (kSigned && kWide) {
      WEFT_GUARDED_LOAD("movsbq %[mem], %[value]", "=r", value);
    } else if constexpr (kSigned) {
      WEFT_GUARDED_LOAD("movsbl %[mem], %k[value]", "=r", value);
    } else {
      WEFT_GUARDED_LOAD("movzbl %[mem], %k[value]", "=r", value);
    }
    *out = static_cast<Result>(value);
  }
  return true;
trap:
  return false;
}

// Writes `value` as a `Memory` to base[address]; false, with nothing written,
// when the access faulted. Integers of 1 to 8 bytes are cut to their low
// bytes; float, double and __m128i are written as they are. REQUIRES: as
// GuardedLoad.
template <typename Memory>
[[gnu::always_inline]] inline bool GuardedStore(uint8_t* base, uint64_t address,
                                                Memory value) {
  if constexpr (std::is_same_v<Memory, __m128i>) {
    WEFT_GUARDED_STORE("movdqu %[value], %[mem]", "x", value);
  } else if constexpr (std::is_same_v<Memory, float>) {
    WEFT_GUARDED_STORE("movss %[value], %[mem]", "x", value);
  } else if constexpr (std::is_same_v<Memory, double>) {
    WEFT_GUARDED_STORE("movsd %[value], %[mem]", "x", value);
  } else {
    static_assert(std::is_integral_v<Memory>);
    if constexpr (sizeof(Memory) == 8) {
      WEFT_GUARDED_STORE("movq %[value], %[mem]", "r", value);
    } else if constexpr (sizeof(Memory) == 4) {
      WEFT_GUARDED_STORE("movl %k[value], %[mem]", "r", value);
    } else if constexpr (sizeof(Memory) == 2) {
      WEFT_GUARDED_STORE("movw %w[value], %[mem]", "r", value);
    } else {
      WEFT_GUARDED_STORE("movb %b[value], %[mem]", "r", value);
    }
  }
  return true;
trap:
  return false;
}

#undef WEFT_GUARDED_TEXT
#undef WEFT_GUARDED_LOAD
#undef WEFT_GUARDED_STORE

#else  // WEFT_CAN_GUARD

// Never executed, as no memory is guarded; so that handlers compile.
template <typename Memory, typename Result>
inline bool GuardedLoad(const uint8_t* base, uint64_t address, Result* out) {
  if constexpr (std::is_integral_v<Memory> && std::is_integral_v<Result>) {
    Memory value;
    std::memcpy(&value, base + address, sizeof(value));
    *out = static_cast<Result>(value);
  } else {
    *out = Result();
    std::memcpy(out, base + address, sizeof(Memory));
  }
  return true;
}

template <typename Memory>
inline bool GuardedStore(uint8_t* base, uint64_t address, Memory value) {
  std::memcpy(base + address, &value, sizeof(value));
  return true;
}

#endif  // WEFT_CAN_GUARD

}  // namespace weft::exec

#endif  // WEFT_EXEC_INTERPRETER_GUARDED_ACCESS_H_
