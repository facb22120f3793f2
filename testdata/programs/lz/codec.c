// LZ77 with greedy or lazy parsing over hash chains of four-byte prefixes
// within a 64 KiB window (the scheme of RFC 1951, section 4, with another
// encoding). The chain length bounds the candidates per position; decompression
// is O(size).

#include "testdata/programs/lz/codec.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
  kMinMatch = 4,
  kMaxDistance = 65535,
  kNibbleMax = 15,
};

static const char kMagic[4] = {'W', 'L', 'Z', '1'};

static uint32_t crc_table[256];

static uint32_t Load32(const uint8_t* p) {
  uint32_t value;
  memcpy(&value, p, sizeof(value));
  return value;
}

static void InitCrcTable(void) {
  for (uint32_t i = 0; i < 256; i++) {
    uint32_t c = i;
    for (int bit = 0; bit < 8; bit++) {
      c = (c & 1) != 0 ? (c >> 1) ^ 0xEDB88320u : c >> 1;
    }
    crc_table[i] = c;
  }
}

uint32_t Crc32(const uint8_t* data, size_t size) {
  if (crc_table[1] == 0) InitCrcTable();
  uint32_t crc = 0xFFFFFFFFu;
  for (size_t i = 0; i < size; i++) {
    crc = (crc >> 8) ^ crc_table[(crc ^ data[i]) & 0xFF];
  }
  return ~crc;
}

// ---------------------------------------------------------------------------
// Compressor

enum {
  kHashBits = 14,
  kWindowMask = 65535,
};

static void AppendVarint(Buffer* buffer, uint32_t value) {
  while (value >= 0x80) {
    AppendByte(buffer, (uint8_t)(value | 0x80));
    value >>= 7;
  }
  AppendByte(buffer, (uint8_t)value);
}

typedef struct {
  uint32_t length;  // 0: no match
  uint32_t distance;
} Match;

// Positions are stored plus one, so that zero means none.
typedef struct {
  const uint8_t* data;
  size_t size;
  int max_chain;
  uint32_t head[1 << kHashBits];
  uint32_t previous[kWindowMask + 1];
} Finder;

static uint32_t HashAt(const Finder* finder, size_t at) {
  return (Load32(finder->data + at) * 2654435761u) >> (32 - kHashBits);
}

static void Insert(Finder* finder, size_t at) {
  if (at + kMinMatch > finder->size) return;
  uint32_t hash = HashAt(finder, at);
  finder->previous[at & kWindowMask] = finder->head[hash];
  finder->head[hash] = (uint32_t)at + 1;
}

static uint32_t CommonLength(const uint8_t* a, const uint8_t* b,
                             const uint8_t* b_end) {
  const uint8_t* start = b;
  while (b < b_end && *a == *b) {
    a++;
    b++;
  }
  return (uint32_t)(b - start);
}

// Returns the longest match for position `at`, the nearest among equals.
static Match FindMatch(const Finder* finder, size_t at) {
  Match best = {0, 0};
  if (at + kMinMatch > finder->size) return best;
  const uint8_t* here = finder->data + at;
  const uint8_t* end = finder->data + finder->size;
  uint32_t next = finder->head[HashAt(finder, at)];
  for (int left = finder->max_chain; next != 0 && left > 0; left--) {
    size_t candidate = next - 1;
    if (at - candidate > kMaxDistance) break;
    const uint8_t* there = finder->data + candidate;
    if (Load32(there) == Load32(here)) {
      uint32_t length = CommonLength(there, here, end);
      if (length > best.length) {
        best.length = length;
        best.distance = (uint32_t)(at - candidate);
      }
    }
    uint32_t older = finder->previous[candidate & kWindowMask];
    if (older >= next) break;  // the slot was reused: the chain left the window
    next = older;
  }
  return best;
}

static void EmitSequence(Buffer* out, const uint8_t* literals, uint32_t count,
                         Match match) {
  uint32_t extra = match.length == 0 ? 0 : match.length - kMinMatch;
  uint32_t high = count < kNibbleMax ? count : kNibbleMax;
  uint32_t low = extra < kNibbleMax ? extra : kNibbleMax;
  AppendByte(out, (uint8_t)(high << 4 | low));
  if (high == kNibbleMax) AppendVarint(out, count - kNibbleMax);
  if (low == kNibbleMax) AppendVarint(out, extra - kNibbleMax);
  Append(out, literals, count);
  if (match.length == 0) return;
  AppendByte(out, (uint8_t)match.distance);
  AppendByte(out, (uint8_t)(match.distance >> 8));
}

static void EmitBody(Finder* finder, bool lazy, Buffer* out) {
  size_t at = 0;
  size_t literals = 0;  // where the pending literals start
  while (at < finder->size) {
    Match match = FindMatch(finder, at);
    Insert(finder, at);
    if (match.length == 0) {
      at++;
      continue;
    }
    while (lazy) {
      Match later = FindMatch(finder, at + 1);
      if (later.length <= match.length) break;
      at++;
      Insert(finder, at);
      match = later;
    }
    EmitSequence(out, finder->data + literals, (uint32_t)(at - literals),
                 match);
    for (uint32_t i = 1; i < match.length; i++) Insert(finder, at + i);
    at += match.length;
    literals = at;
  }
  if (literals < at) {
    Match none = {0, 0};
    EmitSequence(out, finder->data + literals, (uint32_t)(at - literals), none);
  }
}

void Compress(const uint8_t* data, size_t size, const Level* level,
              Buffer* out) {
  Finder* finder = (Finder*)calloc(1, sizeof(Finder));
  if (finder == NULL) {
    fputs("lz: out of memory\n", stderr);
    exit(2);
  }
  finder->data = data;
  finder->size = size;
  finder->max_chain = level->max_chain;
  Append(out, kMagic, sizeof(kMagic));
  AppendVarint(out, (uint32_t)size);
  EmitBody(finder, level->lazy, out);
  uint32_t crc = Crc32(data, size);
  for (int shift = 0; shift < 32; shift += 8) {
    AppendByte(out, (uint8_t)(crc >> shift));
  }
  free(finder);
}

// ---------------------------------------------------------------------------
// Decompressor

static const char* const kErrorNames[kErrorCount] = {
    "ok",       "bad magic",    "truncated",    "bad varint",
    "too long", "bad distance", "bad checksum", "trailing bytes",
};

const char* ErrorName(Error error) { return kErrorNames[error]; }

typedef struct {
  const uint8_t* at;
  const uint8_t* end;
} Reader;

static Error ReadVarint(Reader* in, uint32_t* value) {
  *value = 0;
  for (int shift = 0; shift < 35; shift += 7) {
    if (in->at == in->end) return kTruncated;
    uint8_t byte = *in->at++;
    if (shift == 28 && byte > 15) return kBadVarint;
    *value |= (uint32_t)(byte & 0x7F) << shift;
    if (byte < 0x80) return kOk;
  }
  return kBadVarint;
}

static Error ReadLength(Reader* in, uint32_t nibble, uint32_t* length) {
  *length = nibble;
  if (nibble < kNibbleMax) return kOk;
  uint32_t rest;
  Error error = ReadVarint(in, &rest);
  if (error != kOk) return error;
  if (rest > kMaxOriginal) return kTooLong;
  *length += rest;
  return kOk;
}

// Appends the match byte by byte: it may overlap what it appends.
static Error CopyMatch(Buffer* out, uint32_t distance, uint32_t length) {
  if (distance == 0 || distance > out->size) return kBadDistance;
  Reserve(out, length);
  uint8_t* to = out->data + out->size;
  const uint8_t* from = to - distance;
  for (uint32_t i = 0; i < length; i++) to[i] = from[i];
  out->size += length;
  return kOk;
}

static Error ReadSequence(Reader* in, size_t original, Buffer* out) {
  if (in->at == in->end) return kTruncated;
  uint8_t token = *in->at++;
  uint32_t literals, length;
  Error error = ReadLength(in, token >> 4, &literals);
  if (error == kOk) error = ReadLength(in, token & 15, &length);
  if (error != kOk) return error;
  if (literals > (size_t)(in->end - in->at)) return kTruncated;
  if (literals > original - out->size) return kTooLong;
  Append(out, in->at, literals);
  in->at += literals;
  if (out->size == original) return kOk;
  if (in->end - in->at < 2) return kTruncated;
  uint32_t distance = (uint32_t)in->at[0] | (uint32_t)in->at[1] << 8;
  in->at += 2;
  length += kMinMatch;
  if (length > original - out->size) return kTooLong;
  return CopyMatch(out, distance, length);
}

Error Decompress(const uint8_t* data, size_t size, Buffer* out) {
  if (size < sizeof(kMagic)) return kTruncated;
  if (memcmp(data, kMagic, sizeof(kMagic)) != 0) return kBadMagic;
  Reader in = {data + sizeof(kMagic), data + size};
  uint32_t original;
  Error error = ReadVarint(&in, &original);
  if (error != kOk) return error;
  if (original > kMaxOriginal) return kTooLong;
  while (out->size < original) {
    error = ReadSequence(&in, original, out);
    if (error != kOk) return error;
  }
  if (in.end - in.at < 4) return kTruncated;
  if (in.end - in.at > 4) return kTrailingBytes;
  return Load32(in.at) == Crc32(out->data, out->size) ? kOk : kBadChecksum;
}
