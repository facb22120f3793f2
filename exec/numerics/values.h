// The C++ types of WebAssembly's numbers and vectors (specification 3.0, 4.2):
// uint32_t, uint64_t, float, double and V128. Integers are unsigned; operators
// choose the interpretation.
#ifndef WEFT_EXEC_NUMERICS_VALUES_H_
#define WEFT_EXEC_NUMERICS_VALUES_H_

#include <bit>
#include <cstdint>
#include <cstring>
#include <type_traits>

// x86-64 always has SSE2. WEFT_NUMERICS_PORTABLE selects what other machines
// would run, so that tests can compare the two.
#if defined(__SSE2__) && !defined(WEFT_NUMERICS_PORTABLE)
#define WEFT_NUMERICS_SSE2 1
#include <emmintrin.h>
#else
#define WEFT_NUMERICS_SSE2 0
#endif

// In front of every function here: handlers consist of nothing else.
#define WEFT_INLINE inline __attribute__((always_inline))

namespace weft::exec {

static_assert(std::endian::native == std::endian::little,
              "memory, slots and lanes are used in the order of the host");

// 16 bytes as lanes of T, with the compiler's operators on all lanes.
template <typename T>
struct LanesOf {
  typedef T type __attribute__((vector_size(16)));
};
template <typename T>
using Lanes = typename LanesOf<T>::type;

template <typename T>
inline constexpr int kLanes = 16 / sizeof(T);

// A v128. It may lie at any address, and a pointer to it may alias anything,
// so that two adjacent slots of a frame can be read as one. Lane 0 comes first
// in memory.
struct V128 {
  typedef uint64_t Raw __attribute__((vector_size(16), aligned(1), may_alias));

  Raw raw;

  static WEFT_INLINE V128 Load(const void* from) {
    V128 value;
    std::memcpy(&value, from, sizeof(value));
    return value;
  }
  WEFT_INLINE void Store(void* to) const {
    std::memcpy(to, this, sizeof(*this));
  }

  static WEFT_INLINE V128 FromBits(uint64_t low, uint64_t high) {
    return V128{Raw{low, high}};
  }
  template <typename T>
  static WEFT_INLINE V128 FromLanes(const T (&lanes)[kLanes<T>]) {
    return Load(lanes);
  }

  // Lane `index` of those of type T. REQUIRES: 0 <= index < kLanes<T>.
  template <typename T>
  WEFT_INLINE T lane(int index) const {
    const Lanes<T> lanes = __builtin_bit_cast(Lanes<T>, raw);
    return lanes[index];
  }
  // This with another lane `index`. REQUIRES: 0 <= index < kLanes<T>.
  template <typename T>
  WEFT_INLINE V128 WithLane(int index, T value) const {
    Lanes<T> lanes = __builtin_bit_cast(Lanes<T>, raw);
    lanes[index] = value;
    return V128{__builtin_bit_cast(Raw, lanes)};
  }

  WEFT_INLINE uint64_t low() const { return lane<uint64_t>(0); }
  WEFT_INLINE uint64_t high() const { return lane<uint64_t>(1); }

#if WEFT_NUMERICS_SSE2
  static WEFT_INLINE V128 From(__m128i m) {
    return V128{__builtin_bit_cast(Raw, m)};
  }
  static WEFT_INLINE V128 From(__m128 m) {
    return V128{__builtin_bit_cast(Raw, m)};
  }
  static WEFT_INLINE V128 From(__m128d m) {
    return V128{__builtin_bit_cast(Raw, m)};
  }
  WEFT_INLINE __m128i m128i() const { return __builtin_bit_cast(__m128i, raw); }
  WEFT_INLINE __m128 m128() const { return __builtin_bit_cast(__m128, raw); }
  WEFT_INLINE __m128d m128d() const { return __builtin_bit_cast(__m128d, raw); }
#endif

  // Equality of bits.
  friend WEFT_INLINE bool operator==(V128 a, V128 b) {
    return ((a.low() ^ b.low()) | (a.high() ^ b.high())) == 0;
  }
};
static_assert(sizeof(V128) == 16 && alignof(V128) == 1);
static_assert(std::is_trivially_copyable_v<V128>);

// The lanes of a vector, and the vector of lanes. A macro for the second:
// compilers drop the attributes of vectors that are template arguments.
template <typename T>
WEFT_INLINE Lanes<T> LanesIn(V128 v) {
  return __builtin_bit_cast(Lanes<T>, v.raw);
}
#define WEFT_VECTOR(lanes) \
  (::weft::exec::V128{__builtin_bit_cast(::weft::exec::V128::Raw, lanes)})

// All lanes equal to `value`. Integers only: adding zero changes floats.
template <typename T>
  requires std::is_integral_v<T>
WEFT_INLINE Lanes<T> Splat(T value) {
  return Lanes<T>{} + value;
}

// Two results of an operator of wide arithmetic.
struct Wide {
  uint64_t low;
  uint64_t high;

  friend bool operator==(const Wide&, const Wide&) = default;
};

// The format of f32 (F = float) and f64 (F = double); specification 2.2.3.
template <typename F>
struct FloatFormat;
template <>
struct FloatFormat<float> {
  using Bits = uint32_t;
  using Integer = int32_t;  // Holds all numbers below kIntegral exactly.
  static constexpr Bits kSign = 0x80000000;
  static constexpr Bits kInfinity = 0x7f800000;
  static constexpr Bits kQuiet = 0x00400000;
  static constexpr Bits kCanonicalNan = 0x7fc00000;
  static constexpr float kIntegral = 0x1p23f;
};
template <>
struct FloatFormat<double> {
  using Bits = uint64_t;
  using Integer = int64_t;
  static constexpr Bits kSign = 0x8000000000000000;
  static constexpr Bits kInfinity = 0x7ff0000000000000;
  static constexpr Bits kQuiet = 0x0008000000000000;
  static constexpr Bits kCanonicalNan = 0x7ff8000000000000;
  static constexpr double kIntegral = 0x1p52;  // All from here on are integral.
};

template <typename F>
WEFT_INLINE typename FloatFormat<F>::Bits BitsOf(F value) {
  return std::bit_cast<typename FloatFormat<F>::Bits>(value);
}

// `value`, or `nan` for any NaN: the deterministic profile's NaN (specification
// 4.3.3) is the positive canonical one.
template <typename F>
  requires std::is_floating_point_v<F>
WEFT_INLINE F CanonicalizeNan(F value, typename FloatFormat<F>::Bits nan =
                                           FloatFormat<F>::kCanonicalNan) {
  return value != value ? std::bit_cast<F>(nan) : value;
}

// The same for each lane of type F.
template <typename F>
WEFT_INLINE V128 CanonicalizeNanLanes(
    V128 v, typename FloatFormat<F>::Bits nan = FloatFormat<F>::kCanonicalNan) {
  using Bits = typename FloatFormat<F>::Bits;
  const Lanes<F> lanes = LanesIn<F>(v);
  const Lanes<Bits> is_nan = __builtin_bit_cast(Lanes<Bits>, lanes != lanes);
  return WEFT_VECTOR((is_nan & nan) | (LanesIn<Bits>(v) & ~is_nan));
}

}  // namespace weft::exec

#endif  // WEFT_EXEC_NUMERICS_VALUES_H_
