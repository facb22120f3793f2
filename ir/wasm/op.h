// The operators of WebAssembly, expanded from ops.def, and what one row of the
// table says about each.
#ifndef WEFT_IR_WASM_OP_H_
#define WEFT_IR_WASM_OP_H_

#include <cstdint>

#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "ir/wasm/features.h"
#include "ir/wasm/types.h"

namespace weft::wasm {

// One enumerator per row of ops.def, in the order of the rows.
enum class Op : uint16_t {
#define WEFT_OP(name, ...) k##name,
#include "ir/wasm/ops.def"
#undef WEFT_OP
  kCount,
};

inline constexpr int kOpCount = static_cast<int>(Op::kCount);

// Immediates in the order in which the binary format has them (spec 5.4).
enum class ImmediateKind : uint8_t {
  kBlockType,
  kLabel,       // One label index (br, br_if, br_on_*, rethrow, delegate).
  kLabelTable,  // br_table: vector and default.
  kFunc,
  kType,
  kTable,
  kMemory,
  kLocal,
  kGlobal,
  kTag,
  kData,
  kElem,
  kField,    // Index of a struct field.
  kCount,    // array.new_fixed's number of operands.
  kMemArg,   // Alignment, memory, offset.
  kLane,     // One byte.
  kLanes16,  // i8x16.shuffle.
  kI32,      // Signed LEB128.
  kI64,
  kF32,  // Little-endian bits.
  kF64,
  kV128,
  kHeapType,
  kValueTypes,  // select's vector of types.
  kCastFlags,   // br_on_cast: flags; followed by label and two heap types.
  kCatches,     // try_table's vector of catch clauses.
  kOrdering,    // atomic.fence's reserved byte.
};

// Which operators share a handler in reader, validator, lift and lower.
// kSimple operators are described entirely by their row: fixed operand and
// result types (`a` stands for the address type of the memory or table that
// the immediate names).
enum class OpClass : uint8_t {
  kSimple,
  kUnreachable,
  kNop,
  kBlock,
  kLoop,
  kIf,
  kElse,
  kEnd,
  kTryTable,
  kTry,  // Legacy exception handling.
  kCatch,
  kCatchAll,
  kDelegate,
  kRethrow,
  kThrow,
  kThrowRef,
  kBr,
  kBrIf,
  kBrTable,
  kBrOnNull,
  kBrOnNonNull,
  kBrOnCast,  // And br_on_cast_fail.
  kReturn,
  kCall,
  kCallIndirect,
  kCallRef,
  kReturnCall,
  kReturnCallIndirect,
  kReturnCallRef,
  kDrop,
  kSelect,
  kSelectTyped,
  kLocalGet,
  kLocalSet,
  kLocalTee,
  kGlobalGet,
  kGlobalSet,
  kTableGet,
  kTableSet,
  kTableGrow,
  kTableFill,
  kTableCopy,
  kTableInit,
  kMemoryCopy,  // Address types of two memories.
  kRefNull,
  kRefIsNull,
  kRefFunc,
  kRefAsNonNull,
  kRefTest,  // And ref.test null.
  kRefCast,  // And ref.cast null.
  kStructNew,
  kStructNewDefault,
  kStructGet,  // get, get_s, get_u.
  kStructSet,
  kArrayNew,
  kArrayNewDefault,
  kArrayNewFixed,
  kArrayNewSegment,  // array.new_data, array.new_elem.
  kArrayGet,         // get, get_s, get_u.
  kArraySet,
  kArrayFill,
  kArrayCopy,
  kArrayInit,      // array.init_data, array.init_elem.
  kConvertExtern,  // any.convert_extern, extern.convert_any.
};

// The words of the column that OpInfo::commutes is made from.
enum class OperandOrder : uint8_t { kOrdered, kCommutes };

// What an operator does beyond computing its results. Bits of OpInfo::effects.
enum Effect : uint32_t {
  kPure = 0,
  kReadsMemory = 1u << 0,
  kWritesMemory = 1u << 1,
  kReadsTable = 1u << 2,
  kWritesTable = 1u << 3,
  kReadsGlobal = 1u << 4,  // Mutable ones; the row cannot know.
  kWritesGlobal = 1u << 5,
  kReadsHeap = 1u << 6,  // Struct fields and array elements.
  kWritesHeap = 1u << 7,
  kReadsLocal = 1u << 8,
  kWritesLocal = 1u << 9,
  kAllocates = 1u << 10,     // A new identity; may exhaust the heap.
  kAtomic = 1u << 11,        // Takes part in synchronization; never removed.
  kControl = 1u << 12,       // Transfers control, or begins or ends a region.
  kThrows = 1u << 13,        // May raise an exception.
  kCalls = 1u << 14,         // Runs unknown code: all of the above.
  kNanBits = 1u << 15,       // Result NaN bits are the engine's choice.
  kRelaxed = 1u << 16,       // Result is the engine's choice (relaxed SIMD).
  kDropsSegment = 1u << 17,  // data.drop, elem.drop.
  kReadsSegment = 1u << 18,  // memory.init, table.init, array.new_data, ...
};

// Kinds of traps an operator may raise. Bits of OpInfo::traps.
enum Trap : uint16_t {
  kNoTrap = 0,
  kTrapUnreachable = 1u << 0,
  kTrapMemory = 1u << 1,      // Out of bounds memory access.
  kTrapTable = 1u << 2,       // Out of bounds table access.
  kTrapDivide = 1u << 3,      // Integer divide by zero or overflow.
  kTrapConversion = 1u << 4,  // Invalid conversion to integer.
  kTrapNull = 1u << 5,        // Null reference.
  kTrapCast = 1u << 6,
  kTrapArray = 1u << 7,      // Out of bounds array access.
  kTrapIndirect = 1u << 8,   // Uninitialized element or type mismatch.
  kTrapAlignment = 1u << 9,  // Unaligned atomic.
  kTrapWait = 1u << 10,      // Wait on unshared memory.
};

// One row of ops.def.
struct OpInfo {
  absl::string_view text;  // Name in the text format, e.g. "i32.add".
  uint8_t prefix;          // 0, or 0xfb, 0xfc, 0xfd, 0xfe.
  uint32_t code;           // Opcode behind the prefix.
  OpClass op_class;
  absl::Span<const ImmediateKind> immediates;
  // kSimple only: kNone-terminated; `address_params` has bit i set when
  // parameter i has the address type of the memory named by the immediate.
  ValueType params[4];
  uint8_t num_params;
  ValueType result;      // results[0]; kNone for none.
  ValueType results[2];  // Two only for wide arithmetic.
  uint8_t num_results;
  uint8_t address_params;
  bool address_result;
  uint32_t effects;      // Effect bits.
  uint16_t traps;        // Trap bits.
  uint8_t access_bytes;  // Width of a memory access, 0 for none.
  bool commutes;         // The two operands may change places without changing
                         // the result, bits of NaNs excepted.
  Feature feature;
  absl::string_view spec;  // Section of the specification.
};

namespace internal {
extern const OpInfo kOpInfos[kOpCount];
extern const OpClass kOpClasses[kOpCount];
}  // namespace internal

// The row of `op`. REQUIRES: op < Op::kCount.
inline const OpInfo& InfoOf(Op op) {
  return internal::kOpInfos[static_cast<int>(op)];
}

// InfoOf(op).op_class from a table that stays in the cache.
inline OpClass ClassOf(Op op) {
  return internal::kOpClasses[static_cast<int>(op)];
}

// The operator with that encoding, or Op::kCount when there is none.
// `prefix` is 0 for one-byte opcodes.
Op OpFromCode(uint8_t prefix, uint32_t code);

// The operator of that text name, or Op::kCount. For names that several rows
// share (select, ref.test, ref.cast) the first row.
Op OpFromText(absl::string_view text);

}  // namespace weft::wasm

#endif  // WEFT_IR_WASM_OP_H_
