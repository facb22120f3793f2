// What loads and stores do to the bytes of memory (specification 3.0, 4.6.10,
// and the threads proposal): which bytes, and how they become a value. Bounds,
// alignment and order are the handlers' business.
#ifndef WEFT_EXEC_NUMERICS_MEMORY_ACCESS_H_
#define WEFT_EXEC_NUMERICS_MEMORY_ACCESS_H_

#include <cstdint>
#include <cstring>
#include <type_traits>

#include "exec/numerics/conversion.h"
#include "exec/numerics/definition.h"
#include "exec/numerics/integer.h"
#include "exec/numerics/values.h"
#include "exec/numerics/vector_lane.h"
#include "exec/numerics/vector_wide.h"
#include "ir/wasm/op.h"

namespace weft::exec {

// A load, atomic ones included:
//
//   Cell     what lies in memory: an unsigned integer, or V128
//   Result   the operator's result
//   kBytes   sizeof(Cell), the row's access width
//   kAtomic  whether it is one access of sequential consistency
//   kLane    whether it replaces a lane of an operand
//
//   static Result FromCell(Cell)                     unless kLane
//   static V128 FromCell(Cell, V128, uint8_t lane)   if kLane
//   FromBytes: the same with `const void*`, of any alignment, for the cell
//
// Undefined for operators that are not loads.
template <wasm::Op op>
struct LoadOp;

// A store, likewise:
//
//   static Cell ToCell(Value)                        unless kLane
//   static Cell ToCell(V128, uint8_t lane)           if kLane
//   ToBytes: the same with a `void*` at the end, to which the cell is written
template <wasm::Op op>
struct StoreOp;

template <wasm::Op op>
concept IsLoad = requires { sizeof(LoadOp<op>); };
template <wasm::Op op>
concept IsStore = requires { sizeof(StoreOp<op>); };

namespace internal {

constexpr bool IsAtomicOp(wasm::Op op) {
  return (wasm::RowOf(op).effects & wasm::kAtomic) != 0;
}

// The letter of the value that a store takes: the one behind the address.
template <wasm::Op op>
using StoredOf = typename LetterType<wasm::RowOf(op).signature[1]>::type;

template <wasm::Op op, typename CellType, auto kFunction>
struct LoadDefinition {
  using Cell = CellType;
  using Result = ResultOf<op>;
  static constexpr int kBytes = sizeof(Cell);
  static constexpr bool kAtomic = IsAtomicOp(op);
  static constexpr bool kLane = false;
  static_assert(kBytes == wasm::RowOf(op).access_bytes);
  static_assert(std::is_same_v<decltype(kFunction), Result (*)(Cell)>);

  static WEFT_INLINE Result FromCell(Cell cell) { return kFunction(cell); }
  static WEFT_INLINE Result FromBytes(const void* from) {
    Cell cell;
    std::memcpy(&cell, from, sizeof(cell));
    return kFunction(cell);
  }
};

template <wasm::Op op, typename CellType>
struct LaneLoadDefinition {
  using Cell = CellType;
  using Result = V128;
  static constexpr int kBytes = sizeof(Cell);
  static constexpr bool kAtomic = false;
  static constexpr bool kLane = true;
  static_assert(kBytes == wasm::RowOf(op).access_bytes);

  static WEFT_INLINE V128 FromCell(Cell cell, V128 v, uint8_t lane) {
    return VReplaceLane<Cell>(v, cell, lane);
  }
  static WEFT_INLINE V128 FromBytes(const void* from, V128 v, uint8_t lane) {
    Cell cell;
    std::memcpy(&cell, from, sizeof(cell));
    return VReplaceLane<Cell>(v, cell, lane);
  }
};

template <wasm::Op op, typename CellType, auto kFunction>
struct StoreDefinition {
  using Cell = CellType;
  using Value = StoredOf<op>;
  static constexpr int kBytes = sizeof(Cell);
  static constexpr bool kAtomic = IsAtomicOp(op);
  static constexpr bool kLane = false;
  static_assert(kBytes == wasm::RowOf(op).access_bytes);
  static_assert(std::is_same_v<decltype(kFunction), Cell (*)(Value)>);

  static WEFT_INLINE Cell ToCell(Value value) { return kFunction(value); }
  static WEFT_INLINE void ToBytes(Value value, void* to) {
    const Cell cell = kFunction(value);
    std::memcpy(to, &cell, sizeof(cell));
  }
};

template <wasm::Op op, typename CellType>
struct LaneStoreDefinition {
  using Cell = CellType;
  using Value = V128;
  static constexpr int kBytes = sizeof(Cell);
  static constexpr bool kAtomic = false;
  static constexpr bool kLane = true;
  static_assert(kBytes == wasm::RowOf(op).access_bytes);

  static WEFT_INLINE Cell ToCell(V128 v, uint8_t lane) {
    return v.lane<Cell>(lane);
  }
  static WEFT_INLINE void ToBytes(V128 v, uint8_t lane, void* to) {
    const Cell cell = v.lane<Cell>(lane);
    std::memcpy(to, &cell, sizeof(cell));
  }
};

// A cell whose content is a T, extended to R.
template <typename R, typename T>
WEFT_INLINE R ExtendCell(std::make_unsigned_t<T> cell) {
  return static_cast<R>(static_cast<T>(cell));
}

// The low bits of `value`.
template <typename Cell, typename Value>
WEFT_INLINE Cell WrapToCell(Value value) {
  return static_cast<Cell>(value);
}

template <typename T>
WEFT_INLINE V128 LoadExtend(uint64_t cell) {
  return VExtend<T, false>(V128::FromBits(cell, 0));
}

template <typename Cell>
WEFT_INLINE V128 LoadSplat(Cell cell) {
  return WEFT_VECTOR(Splat(cell));
}

template <typename Cell>
WEFT_INLINE V128 LoadZero(Cell cell) {
  return V128::FromBits(cell, 0);
}

}  // namespace internal

// WEFT_LOAD(name, cell, function), WEFT_STORE(name, cell, function), and those
// of lanes, without a function.
#define WEFT_LOAD(name, ...)       \
  template <>                      \
  struct LoadOp<wasm::Op::k##name> \
      : internal::LoadDefinition<wasm::Op::k##name, __VA_ARGS__> {}
#define WEFT_LANE_LOAD(name, cell) \
  template <>                      \
  struct LoadOp<wasm::Op::k##name> \
      : internal::LaneLoadDefinition<wasm::Op::k##name, cell> {}
#define WEFT_STORE(name, ...)       \
  template <>                       \
  struct StoreOp<wasm::Op::k##name> \
      : internal::StoreDefinition<wasm::Op::k##name, __VA_ARGS__> {}
#define WEFT_LANE_STORE(name, cell) \
  template <>                       \
  struct StoreOp<wasm::Op::k##name> \
      : internal::LaneStoreDefinition<wasm::Op::k##name, cell> {}

// Integers: T is what the cell holds, R and V are the types of the number.
#define WEFT_INTEGER_LOAD(name, R, T) \
  WEFT_LOAD(name, std::make_unsigned_t<T>, (&internal::ExtendCell<R, T>))
#define WEFT_INTEGER_STORE(name, V, cell) \
  WEFT_STORE(name, cell, (&internal::WrapToCell<cell, V>))

WEFT_INTEGER_LOAD(I32Load, uint32_t, uint32_t);
WEFT_INTEGER_LOAD(I32Load8S, uint32_t, int8_t);
WEFT_INTEGER_LOAD(I32Load8U, uint32_t, uint8_t);
WEFT_INTEGER_LOAD(I32Load16S, uint32_t, int16_t);
WEFT_INTEGER_LOAD(I32Load16U, uint32_t, uint16_t);
WEFT_INTEGER_LOAD(I64Load, uint64_t, uint64_t);
WEFT_INTEGER_LOAD(I64Load8S, uint64_t, int8_t);
WEFT_INTEGER_LOAD(I64Load8U, uint64_t, uint8_t);
WEFT_INTEGER_LOAD(I64Load16S, uint64_t, int16_t);
WEFT_INTEGER_LOAD(I64Load16U, uint64_t, uint16_t);
WEFT_INTEGER_LOAD(I64Load32S, uint64_t, int32_t);
WEFT_INTEGER_LOAD(I64Load32U, uint64_t, uint32_t);
WEFT_INTEGER_LOAD(I32AtomicLoad, uint32_t, uint32_t);
WEFT_INTEGER_LOAD(I32AtomicLoad8U, uint32_t, uint8_t);
WEFT_INTEGER_LOAD(I32AtomicLoad16U, uint32_t, uint16_t);
WEFT_INTEGER_LOAD(I64AtomicLoad, uint64_t, uint64_t);
WEFT_INTEGER_LOAD(I64AtomicLoad8U, uint64_t, uint8_t);
WEFT_INTEGER_LOAD(I64AtomicLoad16U, uint64_t, uint16_t);
WEFT_INTEGER_LOAD(I64AtomicLoad32U, uint64_t, uint32_t);

WEFT_INTEGER_STORE(I32Store, uint32_t, uint32_t);
WEFT_INTEGER_STORE(I32Store8, uint32_t, uint8_t);
WEFT_INTEGER_STORE(I32Store16, uint32_t, uint16_t);
WEFT_INTEGER_STORE(I64Store, uint64_t, uint64_t);
WEFT_INTEGER_STORE(I64Store8, uint64_t, uint8_t);
WEFT_INTEGER_STORE(I64Store16, uint64_t, uint16_t);
WEFT_INTEGER_STORE(I64Store32, uint64_t, uint32_t);
WEFT_INTEGER_STORE(I32AtomicStore, uint32_t, uint32_t);
WEFT_INTEGER_STORE(I32AtomicStore8, uint32_t, uint8_t);
WEFT_INTEGER_STORE(I32AtomicStore16, uint32_t, uint16_t);
WEFT_INTEGER_STORE(I64AtomicStore, uint64_t, uint64_t);
WEFT_INTEGER_STORE(I64AtomicStore8, uint64_t, uint8_t);
WEFT_INTEGER_STORE(I64AtomicStore16, uint64_t, uint16_t);
WEFT_INTEGER_STORE(I64AtomicStore32, uint64_t, uint32_t);

WEFT_LOAD(F32Load, uint32_t, (&internal::Reinterpret<float, uint32_t>));
WEFT_LOAD(F64Load, uint64_t, (&internal::Reinterpret<double, uint64_t>));
WEFT_STORE(F32Store, uint32_t, (&internal::Reinterpret<uint32_t, float>));
WEFT_STORE(F64Store, uint64_t, (&internal::Reinterpret<uint64_t, double>));

WEFT_LOAD(V128Load, V128, &internal::Constant<V128>);
WEFT_LOAD(V128Load8x8S, uint64_t, &internal::LoadExtend<int8_t>);
WEFT_LOAD(V128Load8x8U, uint64_t, &internal::LoadExtend<uint8_t>);
WEFT_LOAD(V128Load16x4S, uint64_t, &internal::LoadExtend<int16_t>);
WEFT_LOAD(V128Load16x4U, uint64_t, &internal::LoadExtend<uint16_t>);
WEFT_LOAD(V128Load32x2S, uint64_t, &internal::LoadExtend<int32_t>);
WEFT_LOAD(V128Load32x2U, uint64_t, &internal::LoadExtend<uint32_t>);
WEFT_LOAD(V128Load8Splat, uint8_t, &internal::LoadSplat<uint8_t>);
WEFT_LOAD(V128Load16Splat, uint16_t, &internal::LoadSplat<uint16_t>);
WEFT_LOAD(V128Load32Splat, uint32_t, &internal::LoadSplat<uint32_t>);
WEFT_LOAD(V128Load64Splat, uint64_t, &internal::LoadSplat<uint64_t>);
WEFT_LOAD(V128Load32Zero, uint32_t, &internal::LoadZero<uint32_t>);
WEFT_LOAD(V128Load64Zero, uint64_t, &internal::LoadZero<uint64_t>);
WEFT_STORE(V128Store, V128, &internal::Constant<V128>);

WEFT_LANE_LOAD(V128Load8Lane, uint8_t);
WEFT_LANE_LOAD(V128Load16Lane, uint16_t);
WEFT_LANE_LOAD(V128Load32Lane, uint32_t);
WEFT_LANE_LOAD(V128Load64Lane, uint64_t);
WEFT_LANE_STORE(V128Store8Lane, uint8_t);
WEFT_LANE_STORE(V128Store16Lane, uint16_t);
WEFT_LANE_STORE(V128Store32Lane, uint32_t);
WEFT_LANE_STORE(V128Store64Lane, uint64_t);

#undef WEFT_LOAD
#undef WEFT_LANE_LOAD
#undef WEFT_STORE
#undef WEFT_LANE_STORE
#undef WEFT_INTEGER_LOAD
#undef WEFT_INTEGER_STORE

}  // namespace weft::exec

#endif  // WEFT_EXEC_NUMERICS_MEMORY_ACCESS_H_
