// The checksum that stands in for output too long to print. Usable from C and
// C++.

#ifndef TESTDATA_PROGRAMS_COMMON_CHECKSUM_H_
#define TESTDATA_PROGRAMS_COMMON_CHECKSUM_H_

#include <stddef.h>
#include <stdint.h>

// The checksum of no bytes at all: the first `hash` for FnvUpdate.
#define FNV_START UINT64_C(0xCBF29CE484222325)

// Returns the 64-bit FNV-1a hash of the bytes hashed into `hash` so far
// followed by the `size` bytes at `data`.
static inline uint64_t FnvUpdate(uint64_t hash, const void* data, size_t size) {
  const unsigned char* bytes = (const unsigned char*)data;
  for (size_t i = 0; i < size; i++) {
    hash = (hash ^ bytes[i]) * UINT64_C(0x100000001B3);
  }
  return hash;
}

#endif  // TESTDATA_PROGRAMS_COMMON_CHECKSUM_H_
