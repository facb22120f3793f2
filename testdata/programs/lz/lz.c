// Compresses built-in inputs of different nature at every level, checks the
// round trip, and checks that no damaged stream gets through.
//
// `lz -c` and `lz -d` compress and decompress stdin to stdout.

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "testdata/programs/common/checksum.h"
#include "testdata/programs/common/random.h"
#include "testdata/programs/lz/buffer.h"
#include "testdata/programs/lz/codec.h"

typedef struct {
  const char* name;
  Level level;
} NamedLevel;

static const NamedLevel kLevels[] = {
    {"fast", {2, false}},
    {"normal", {16, true}},
    {"best", {128, true}},
};
enum { kLevelCount = sizeof(kLevels) / sizeof(kLevels[0]) };

// ---------------------------------------------------------------------------
// Inputs

static const char* const kWords[] = {
    "the",    "river",  "carries", "a",      "small",   "boat",   "past",
    "old",    "stones", "and",     "under",  "bridges", "where",  "children",
    "count",  "ships",  "while",   "rain",   "falls",   "on",     "slate",
    "roofs",  "of",     "town",    "that",   "nobody",  "leaves", "in",
    "winter", "but",    "every",   "spring",
};

static void MakeText(Buffer* out) {
  uint64_t seed = 11;
  int words = 0;
  while (out->size < 60000) {
    // The smaller of two draws: frequent words come first, as in real text.
    uint32_t a = RandomBelow(&seed, 32), b = RandomBelow(&seed, 32);
    const char* word = kWords[a < b ? a : b];
    Append(out, word, strlen(word));
    words++;
    Append(out, words % 11 == 0 ? ".\n" : " ", words % 11 == 0 ? 2 : 1);
  }
}

static void MakeTable(Buffer* out) {
  uint64_t seed = 22;
  char line[96];
  for (int row = 0; row < 900; row++) {
    const char* first = kWords[RandomBelow(&seed, 8)];
    const char* second = kWords[8 + RandomBelow(&seed, 8)];
    unsigned amount = (unsigned)RandomBelow(&seed, 50000);
    int size = snprintf(
        line, sizeof(line), "%05d;2024-%02d-%02d;%s-%s;%u.%02u\n", row,
        row / 75 + 1, row % 28 + 1, first, second, amount / 100, amount % 100);
    Append(out, line, (size_t)size);
  }
}

// Interleaved 16-bit samples of two triangle waves, the second with noise.
static void MakeSamples(Buffer* out) {
  uint64_t seed = 33;
  for (int i = 0; i < 8000; i++) {
    int left = abs(i % 400 - 200) * 50;
    int right = abs(i % 96 - 48) * 100 + (int)RandomBelow(&seed, 4);
    AppendByte(out, (uint8_t)left);
    AppendByte(out, (uint8_t)(left >> 8));
    AppendByte(out, (uint8_t)right);
    AppendByte(out, (uint8_t)(right >> 8));
  }
}

static void MakeNoise(Buffer* out) {
  uint64_t seed = 44;
  for (int i = 0; i < 20000; i++)
    AppendByte(out, (uint8_t)RandomBelow(&seed, 256));
}

// One random block again and again, farther apart than the window every fourth
// time, with a byte changed here and there.
static void MakeCopies(Buffer* out) {
  uint64_t seed = 55;
  uint8_t block[700];
  for (size_t i = 0; i < sizeof(block); i++) {
    block[i] = (uint8_t)RandomBelow(&seed, 256);
  }
  for (int i = 0; i < 12; i++) {
    Append(out, block, sizeof(block));
    block[RandomBelow(&seed, sizeof(block))] ^= 0x55;
    if (i % 4 != 3) continue;
    for (int filler = 0; filler < 70000; filler++) AppendByte(out, (uint8_t)i);
  }
}

static void MakeZeros(Buffer* out) {
  for (int i = 0; i < 100000; i++) AppendByte(out, 0);
}

static void MakeOne(Buffer* out) { AppendByte(out, 'w'); }

static void MakeEmpty(Buffer* out) { out->size = 0; }

typedef struct {
  const char* name;
  void (*make)(Buffer* out);
} Input;

static const Input kInputs[] = {
    {"text", MakeText},   {"table", MakeTable},   {"samples", MakeSamples},
    {"noise", MakeNoise}, {"copies", MakeCopies}, {"zeros", MakeZeros},
    {"one", MakeOne},     {"empty", MakeEmpty},
};
enum { kInputCount = sizeof(kInputs) / sizeof(kInputs[0]) };

// ---------------------------------------------------------------------------
// Checks

// Returns whether both hold the same bytes.
static bool IsSame(const Buffer* a, const Buffer* b) {
  return a->size == b->size &&
         (a->size == 0 || memcmp(a->data, b->data, a->size) == 0);
}

static bool RoundTrip(const Input* input, const Buffer* original,
                      const NamedLevel* level) {
  Buffer packed = {0}, unpacked = {0};
  Compress(original->data, original->size, &level->level, &packed);
  Error error = Decompress(packed.data, packed.size, &unpacked);
  bool same = error == kOk && IsSame(original, &unpacked);
  uint64_t percent100 =
      original->size == 0 ? 0 : (uint64_t)packed.size * 10000 / original->size;
  printf("%-8s %-7s %7zu -> %6zu %4llu.%02llu%% crc %08x fnv %016llx %s\n",
         input->name, level->name, original->size, packed.size,
         (unsigned long long)(percent100 / 100),
         (unsigned long long)(percent100 % 100),
         (unsigned)Crc32(original->data, original->size),
         (unsigned long long)FnvUpdate(FNV_START, packed.data, packed.size),
         same           ? "round trip ok"
         : error == kOk ? "DIFFERENT"
                        : ErrorName(error));
  Release(&packed);
  Release(&unpacked);
  return same;
}

static void PrintErrors(const char* what, const int counts[kErrorCount]) {
  printf("%s:", what);
  for (int i = 0; i < kErrorCount; i++) {
    if (counts[i] != 0) printf(" %s %d", ErrorName((Error)i), counts[i]);
  }
  printf("\n");
}

// Decompresses damaged streams and counts the errors. A stream that is cut
// short or too long has to be refused. A flipped bit may do no harm: one
// distance is as good as another if the bytes there are the same.
static bool CheckDamage(void) {
  int through = 0;  // damaged streams taken for sound, with another original
  Buffer original = {0}, packed = {0}, unpacked = {0};
  MakeTable(&original);
  original.size = 3000;
  Compress(original.data, original.size, &kLevels[1].level, &packed);

  int cut[kErrorCount] = {0}, flipped[kErrorCount] = {0};
  for (size_t size = 0; size < packed.size; size++) {
    unpacked.size = 0;
    cut[Decompress(packed.data, size, &unpacked)]++;
  }
  for (size_t at = 0; at < packed.size; at++) {
    uint8_t mask = (uint8_t)(1 << at % 8);
    packed.data[at] ^= mask;
    unpacked.size = 0;
    Error error = Decompress(packed.data, packed.size, &unpacked);
    flipped[error]++;
    if (error == kOk && !IsSame(&original, &unpacked)) through++;
    packed.data[at] ^= mask;
  }
  AppendByte(&packed, 0);
  unpacked.size = 0;
  Error longer = Decompress(packed.data, packed.size, &unpacked);

  PrintErrors("cut short", cut);
  PrintErrors("bit flipped", flipped);
  printf("byte added: %s\n", ErrorName(longer));
  Release(&original);
  Release(&packed);
  Release(&unpacked);
  return cut[kOk] == 0 && through == 0 && longer == kTrailingBytes;
}

// ---------------------------------------------------------------------------
// Commands

static int Filter(bool compress) {
  Buffer in = {0}, out = {0};
  uint8_t chunk[4096];
  size_t size;
  while ((size = fread(chunk, 1, sizeof(chunk), stdin)) > 0) {
    if (in.size + size > kMaxOriginal) {
      fputs("lz: input too long\n", stderr);
      return 1;
    }
    Append(&in, chunk, size);
  }
  Error error = kOk;
  if (compress) {
    Compress(in.data, in.size, &kLevels[1].level, &out);
  } else {
    error = Decompress(in.data, in.size, &out);
  }
  if (error != kOk) {
    fprintf(stderr, "lz: %s\n", ErrorName(error));
    return 1;
  }
  return fwrite(out.data, 1, out.size, stdout) == out.size ? 0 : 1;
}

int main(int argc, char** argv) {
  if (argc == 2 && strcmp(argv[1], "-c") == 0) return Filter(true);
  if (argc == 2 && strcmp(argv[1], "-d") == 0) return Filter(false);
  if (argc > 1) {
    fputs("usage: lz [-c | -d]\n", stderr);
    return 2;
  }
  bool ok = true;
  for (int i = 0; i < kInputCount; i++) {
    Buffer original = {0};
    kInputs[i].make(&original);
    for (int level = 0; level < kLevelCount; level++) {
      ok &= RoundTrip(&kInputs[i], &original, &kLevels[level]);
    }
    Release(&original);
  }
  ok &= CheckDamage();
  printf("%s\n", ok ? "all checks passed" : "FAILED");
  return ok ? 0 : 1;
}
