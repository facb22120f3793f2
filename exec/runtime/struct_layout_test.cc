#include "exec/runtime/struct_layout.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <random>
#include <vector>

namespace weft::exec {
namespace {

std::vector<uint32_t> Offsets(const std::vector<StorageKind>& kinds,
                              uint32_t* bytes = nullptr) {
  StructLayout layout;
  std::vector<uint32_t> offsets;
  for (StorageKind kind : kinds) offsets.push_back(layout.Add(kind));
  if (bytes != nullptr) *bytes = layout.bytes();
  return offsets;
}

TEST(StructLayoutTest, FieldsFollowTheType) {
  uint32_t bytes = 0;
  EXPECT_EQ(Offsets({}, &bytes), (std::vector<uint32_t>{}));
  EXPECT_EQ(bytes, 8u);
  EXPECT_EQ(Offsets({StorageKind::kI32}, &bytes), (std::vector<uint32_t>{4}));
  EXPECT_EQ(bytes, 8u);
  EXPECT_EQ(Offsets({StorageKind::kRef, StorageKind::kRef, StorageKind::kRef},
                    &bytes),
            (std::vector<uint32_t>{4, 8, 12}));
  EXPECT_EQ(bytes, 16u);
  EXPECT_EQ(Offsets({StorageKind::kV128, StorageKind::kF32}, &bytes),
            (std::vector<uint32_t>{8, 4}));
  EXPECT_EQ(bytes, 24u);
}

TEST(StructLayoutTest, HolesAreFilled) {
  uint32_t bytes = 0;
  EXPECT_EQ(Offsets({StorageKind::kI8, StorageKind::kI64, StorageKind::kI8,
                     StorageKind::kI16, StorageKind::kI8},
                    &bytes),
            (std::vector<uint32_t>{4, 8, 5, 6, 16}));
  EXPECT_EQ(bytes, 24u);
  EXPECT_EQ(Offsets({StorageKind::kF64, StorageKind::kI8, StorageKind::kI8,
                     StorageKind::kI8, StorageKind::kI8, StorageKind::kI8},
                    &bytes),
            (std::vector<uint32_t>{8, 4, 5, 6, 7, 16}));
}

TEST(StructLayoutTest, RandomFieldsAreDisjointAlignedAndTight) {
  std::mt19937 random(7);
  for (int round = 0; round < 2000; ++round) {
    std::vector<StorageKind> kinds(random() % 40);
    for (StorageKind& kind : kinds)
      kind = static_cast<StorageKind>(random() % 8);
    uint32_t bytes = 0;
    const std::vector<uint32_t> offsets = Offsets(kinds, &bytes);
    std::vector<bool> used(bytes, false);
    uint32_t sum = kStructFieldsOffset;
    for (size_t i = 0; i < kinds.size(); ++i) {
      const uint32_t size = StorageSize(kinds[i]);
      sum += size;
      EXPECT_GE(offsets[i], kStructFieldsOffset);
      EXPECT_EQ(offsets[i] % (size < 8 ? size : 8), 0u);
      for (uint32_t j = 0; j < size; ++j) {
        ASSERT_LT(offsets[i] + j, bytes);
        EXPECT_FALSE(used[offsets[i] + j]);
        used[offsets[i] + j] = true;
      }
    }
    // Holes are less than 8 bytes, and the end is rounded up to 8.
    EXPECT_LT(bytes, sum + 16);
    // A super type with fewer fields has the same offsets.
    std::vector<StorageKind> fewer(kinds.begin(),
                                   kinds.begin() + kinds.size() / 2);
    const std::vector<uint32_t> super = Offsets(fewer);
    EXPECT_TRUE(std::equal(super.begin(), super.end(), offsets.begin()));
  }
}

}  // namespace
}  // namespace weft::exec
