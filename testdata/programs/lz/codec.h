// The compressed stream: "WLZ1", varint size of the original, sequences, CRC-32
// of the original (4 bytes, little-endian).
//
// A sequence is a token byte (high nibble: literal count, low nibble: match
// length - 4; 15 means that a varint with the rest follows, the literals' one
// first), the literals, and, unless the original is complete by then, the match
// distance (2 bytes, little-endian, at least 1).

#ifndef TESTDATA_PROGRAMS_LZ_CODEC_H_
#define TESTDATA_PROGRAMS_LZ_CODEC_H_

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "testdata/programs/lz/buffer.h"

// Longest original, in bytes.
enum { kMaxOriginal = 1 << 26 };

// How hard the compressor tries.
typedef struct {
  int max_chain;  // candidates tried per position
  bool lazy;      // look one position ahead before taking a match
} Level;

typedef enum {
  kOk,
  kBadMagic,
  kTruncated,
  kBadVarint,
  kTooLong,
  kBadDistance,
  kBadChecksum,
  kTrailingBytes,
  kErrorCount,
} Error;

// Returns the error in words; the string is static.
const char* ErrorName(Error error);

// Returns the CRC-32 (IEEE 802.3, reflected) of `size` bytes at `data`.
uint32_t Crc32(const uint8_t* data, size_t size);

// Appends the compressed stream to `out`.
// REQUIRES: size <= kMaxOriginal.
void Compress(const uint8_t* data, size_t size, const Level* level,
              Buffer* out);

// Appends the original to `out`, or a part of it if there is an error. Any
// input is safe.
// REQUIRES: `out` is empty.
Error Decompress(const uint8_t* data, size_t size, Buffer* out);

#endif  // TESTDATA_PROGRAMS_LZ_CODEC_H_
