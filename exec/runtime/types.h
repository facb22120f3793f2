// Words shared by everything under exec/.
#ifndef WEFT_EXEC_RUNTIME_TYPES_H_
#define WEFT_EXEC_RUNTIME_TYPES_H_

#include <cstdint>

namespace weft::exec {

// Where locals, operands, arguments and results live: 8 bytes. A v128 takes
// two neighbours, the low half first. An i32 is zero-extended, and so
// is a reference, which is a Ref; the high half of an f32 may hold anything.
using Slot = uint64_t;

// A reference as slots, tables, globals and heap objects hold it; never a host
// address. By hierarchy of its type:
//
//   func          a function handle: index into Context::funcs << 3 | 4
//   any, extern   i31: value << 1 | 1; host reference: index << 2 | 2; heap
//                 object: its offset in the heap, a multiple of 8
//   exn           offset of an exception object in the heap
//
// 0 is null in each. extern.convert_any and any.convert_extern are thus the
// identity, and the low bits alone tell the collector what it may follow:
// ..1 i31, .10 host, 100 function, 000 null or heap object.
using Ref = uint32_t;
inline constexpr Ref kNullRef = 0;

inline constexpr bool IsI31(Ref ref) { return (ref & 1) != 0; }
inline constexpr bool IsHostRef(Ref ref) { return (ref & 3) == 2; }
inline constexpr bool IsHeapRef(Ref ref) { return ref != 0 && (ref & 7) == 0; }
inline constexpr bool IsFuncRef(Ref ref) { return (ref & 7) == 4; }
inline constexpr Ref FuncRefAt(uint32_t index) { return index << 3 | 4; }
// REQUIRES: IsFuncRef(ref). Its byte offset in a table of pointers is
// ref - 4.
inline constexpr uint32_t FuncRefIndex(Ref ref) { return ref >> 3; }
inline constexpr Ref I31Ref(uint32_t value) { return value << 1 | 1; }
inline constexpr uint32_t I31Unsigned(Ref ref) { return ref >> 1; }
inline constexpr int32_t I31Signed(Ref ref) {
  return static_cast<int32_t>(ref) >> 1;
}

// A defined type, canonical in the whole engine: equal types have equal ids.
// Fits the index of a wasm::HeapType.
using TypeId = uint32_t;

// A unit of bytecode. An instruction begins with one cell that says what it is
// (see exec/bytecode/instr.h) and has whole cells of operands behind it.
using Cell = uint64_t;

// How accesses to memory 0 are kept in bounds.
enum class Bounds : uint8_t {
  kGuard,     // By reserved pages behind the memory; 32-bit addresses only.
  kExplicit,  // By a comparison.
};
inline constexpr int kNumBounds = 2;

// What the bytecode of a block of operators begins with.
enum class Charges : uint8_t {
  kNone,
  kFuel,      // What its operators cost.
  kAndCount,  // That, and it is counted.
};

}  // namespace weft::exec

#endif  // WEFT_EXEC_RUNTIME_TYPES_H_
