// Sizes of the cells that small objects are allocated in.
#ifndef WEFT_EXEC_RUNTIME_SIZE_CLASSES_H_
#define WEFT_EXEC_RUNTIME_SIZE_CLASSES_H_

#include <array>
#include <cstdint>

namespace weft::exec {

// Small objects of one size class share blocks of this size; larger objects
// take whole blocks.
inline constexpr uint32_t kHeapBlockBytes = 32 << 10;

// Multiples of 8, ascending: without waste up to 128 bytes, then in steps of
// an eighth at most to a quarter; the large ones divide a block.
// The last entry stands for objects that are larger, so that no allocator has
// to tell them apart: no free cell is ever that large.
inline constexpr std::array<uint16_t, 45> kSizeClassBytes = {
    16,   24,   32,   40,   48,   56,   64,    72,    80,    88,   96,   104,
    112,  120,  128,  144,  160,  176,  192,   224,   256,   288,  320,  384,
    448,  512,  576,  640,  768,  896,  1024,  1280,  1536,  1816, 2048, 2520,
    3272, 4096, 4680, 5456, 6552, 8192, 10920, 16384, 0xffff};
inline constexpr uint8_t kNumSizeClasses = kSizeClassBytes.size() - 1;
inline constexpr uint8_t kLargeObject = kNumSizeClasses;
inline constexpr uint32_t kMaxSmallBytes = kSizeClassBytes[kNumSizeClasses - 1];

namespace internal {

// Class by size in units of 8 bytes, up to 1024 bytes.
inline constexpr uint32_t kTabledBytes = 1024;
inline constexpr auto kClassOfUnits = [] {
  std::array<uint8_t, kTabledBytes / 8 + 1> table = {};
  uint8_t size_class = 0;
  for (uint32_t unit = 0; unit < table.size(); ++unit) {
    while (kSizeClassBytes[size_class] < unit * 8) ++size_class;
    table[unit] = size_class;
  }
  return table;
}();

}  // namespace internal

// The smallest class whose cells have room for `bytes`, or kLargeObject.
inline constexpr uint8_t SizeClass(uint64_t bytes) {
  if (bytes > kMaxSmallBytes) return kLargeObject;
  if (bytes <= internal::kTabledBytes) {
    return internal::kClassOfUnits[(bytes + 7) / 8];
  }
  uint8_t size_class = internal::kClassOfUnits.back();
  while (kSizeClassBytes[size_class] < bytes) ++size_class;
  return size_class;
}

}  // namespace weft::exec

#endif  // WEFT_EXEC_RUNTIME_SIZE_CLASSES_H_
