// Where everything in check/ that is random gets its numbers from.
#ifndef WEFT_CHECK_RANDOM_H_
#define WEFT_CHECK_RANDOM_H_

#include <cstddef>
#include <cstdint>

#include "absl/types/span.h"

namespace weft::check {

// A well-mixed function of two words, the same on every machine: for seeds
// derived from others, such as that of case `b` of campaign `a`.
constexpr uint64_t Mix(uint64_t a, uint64_t b) {
  // The finalizer of splitmix64 (Steele, Lea, Flood 2014), twice.
  uint64_t x = a + 0x9e3779b97f4a7c15u;
  for (int round = 0; round < 2; ++round) {
    x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9u;
    x = (x ^ (x >> 27)) * 0x94d049bb133111ebu;
    x ^= x >> 31;
    if (round == 0) x += b * 0x9e3779b97f4a7c15u + 0x632be59bd9b4e019u;
  }
  return x;
}

// Numbers taken from given bytes while there are any, so that a fuzzer steers
// by changing them, and from a generator afterwards. The same sequence of calls
// gets the same numbers on every machine.
class ByteSource {
 public:
  // Borrows `bytes`, which must outlive the source.
  explicit ByteSource(uint64_t seed, absl::Span<const uint8_t> bytes = {})
      : state_(Mix(seed, 0)),
        pos_(bytes.data()),
        end_(bytes.data() + bytes.size()) {}

  // `n` random bits, the others zero. REQUIRES: 1 <= n <= 64.
  uint64_t Bits(int n) {
    const uint64_t bits =
        __builtin_expect(pos_ == end_, 1) ? Next() : Given((n + 7) / 8);
    return bits & (~uint64_t{0} >> (64 - n));
  }

  // A number below `n`, every one as likely as the others, but for the
  // remainder of a division of 2^32 (of 2^8 to 2^32 while given bytes last) by
  // `n`. REQUIRES: n >= 1.
  uint32_t Below(uint32_t n) {
    if (__builtin_expect(pos_ == end_, 1)) {
      return static_cast<uint32_t>(((Next() >> 32) * n) >> 32);
    }
    return static_cast<uint32_t>(Given(BytesFor(n)) % n);
  }

  // A number from `low` to `high`, both included.
  // REQUIRES: low <= high, high - low < 2^32 - 1.
  uint32_t Between(uint32_t low, uint32_t high) {
    return low + Below(high - low + 1);
  }

  // True once in `n` times. REQUIRES: n >= 1.
  bool OneIn(uint32_t n) { return Below(n) == 0; }

  // True in `percent` of 100 times.
  bool Percent(uint32_t percent) { return Below(100) < percent; }

  // One of `from`. REQUIRES: it is not empty.
  template <typename T>
  const T& Pick(absl::Span<const T> from) {
    return from[Below(static_cast<uint32_t>(from.size()))];
  }
  template <typename T, size_t n>
  const T& Pick(const T (&from)[n]) {
    return from[Below(static_cast<uint32_t>(n))];
  }

  // The given bytes that were not taken yet.
  size_t given_left() const { return static_cast<size_t>(end_ - pos_); }

 private:
  // How many given bytes a number below `n` takes.
  static int BytesFor(uint32_t n) {
    return n <= 1u << 8 ? 1 : n <= 1u << 16 ? 2 : n <= 1u << 24 ? 3 : 4;
  }

  uint64_t Next() {
    state_ += 0x9e3779b97f4a7c15u;
    uint64_t x = state_;
    x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9u;
    x = (x ^ (x >> 27)) * 0x94d049bb133111ebu;
    return x ^ (x >> 31);
  }

  // A little-endian number of the next `n` given bytes; of fewer, the lowest
  // ones, at the end of them.
  uint64_t Given(int n);

  uint64_t state_;
  const uint8_t* pos_;
  const uint8_t* end_;
};

}  // namespace weft::check

#endif  // WEFT_CHECK_RANDOM_H_
