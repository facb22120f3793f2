// Lanes of a v128 constant (specification 3.0, section 4.3.5), independent of
// the host's byte order.
#ifndef WEFT_PASSES_FOLD_LANES_H_
#define WEFT_PASSES_FOLD_LANES_H_

#include <cstdint>
#include <type_traits>

#include "passes/fold.h"

namespace weft::passes::fold {

template <typename T>
inline constexpr int kLanes = 16 / static_cast<int>(sizeof(T));

// Lane `i` as the integer type T, from the low end.
template <typename T>
T GetLane(const ConstValue& vector, int i) {
  const int bit = i * static_cast<int>(sizeof(T)) * 8;
  const uint64_t half = bit < 64 ? vector.bits : vector.high;
  return static_cast<T>(half >> (bit % 64));
}

// REQUIRES: lane `i` of `*vector` is zero.
template <typename T>
void PutLane(ConstValue* vector, int i, T value) {
  const int bit = i * static_cast<int>(sizeof(T)) * 8;
  uint64_t& half = bit < 64 ? vector->bits : vector->high;
  half |= uint64_t{static_cast<std::make_unsigned_t<T>>(value)} << (bit % 64);
}

// A vector whose lane i is make(i) as T.
template <typename T, typename Make>
ConstValue MakeLanes(Make make) {
  ConstValue result = ConstValue::V128(0, 0);
  for (int i = 0; i < kLanes<T>; ++i) {
    PutLane<T>(&result, i, static_cast<T>(make(i)));
  }
  return result;
}

// f on every lane of `a` (and `b`), as T.
template <typename T, typename Function>
ConstValue Map(const ConstValue& a, Function f) {
  return MakeLanes<T>([&](int i) { return f(GetLane<T>(a, i)); });
}

template <typename T, typename Function>
ConstValue Map(const ConstValue& a, const ConstValue& b, Function f) {
  return MakeLanes<T>(
      [&](int i) { return f(GetLane<T>(a, i), GetLane<T>(b, i)); });
}

// Comparisons make lanes of ones or zeros.
template <typename T, typename Function>
ConstValue Compare(const ConstValue& a, const ConstValue& b, Function f) {
  return Map<T>(a, b, [&](T x, T y) { return f(x, y) ? T(-1) : T(0); });
}

}  // namespace weft::passes::fold

#endif  // WEFT_PASSES_FOLD_LANES_H_
