// Pseudo-random numbers that are the same in every build and on every engine.
// Usable from C and C++.

#ifndef TESTDATA_PROGRAMS_COMMON_RANDOM_H_
#define TESTDATA_PROGRAMS_COMMON_RANDOM_H_

#include <stdint.h>

// Returns 64 random bits and advances `*state` (xorshift64*, Vigna 2016).
// REQUIRES: *state != 0.
static inline uint64_t RandomNext(uint64_t* state) {
  uint64_t x = *state;
  x ^= x >> 12;
  x ^= x << 25;
  x ^= x >> 27;
  *state = x;
  return x * UINT64_C(0x2545F4914F6CDD1D);
}

// Returns a number in [0, bound) and advances `*state`; the bias of about
// bound / 2^32 does not matter here.
// REQUIRES: *state != 0, bound != 0.
static inline uint32_t RandomBelow(uint64_t* state, uint32_t bound) {
  return (uint32_t)(((RandomNext(state) >> 32) * bound) >> 32);
}

#endif  // TESTDATA_PROGRAMS_COMMON_RANDOM_H_
