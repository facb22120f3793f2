#include "ir/wasm/canonical_types.h"

#include <gtest/gtest.h>

#include "ir/wasm/module.h"
#include "ir/wasm/reader.h"
#include "ir/wasm/testing.h"

namespace weft::wasm {
namespace {

using testing::Bytes;
using testing::ModuleBuilder;
using testing::Vec;

Module Read(const Bytes& types) {
  static std::vector<Bytes>* const kept = new std::vector<Bytes>();
  kept->push_back(ModuleBuilder().Section(1, types).Build());
  absl::StatusOr<Module> module = ReadModule(kept->back());
  EXPECT_TRUE(module.ok()) << module.status();
  return *std::move(module);
}

TEST(CanonicalTypesTest, EqualSignatures) {
  const Module module = Read(Vec({{0x60, 1, 0x7f, 0},
                                  {0x60, 0, 1, 0x7f},
                                  {0x60, 1, 0x7f, 0},
                                  {0x60, 1, 0x7e, 0},
                                  {0x50, 0, 0x60, 1, 0x7f, 0}}));
  EXPECT_EQ(module.canonical_types, (std::vector<TypeIndex>{0, 1, 0, 3, 4}));
}

TEST(CanonicalTypesTest, ReferencesAreComparedByWhatTheyMean) {
  // Structs that refer to equal types, and to themselves.
  const Module module = Read(Vec({{0x5f, 0},
                                  {0x5f, 0},
                                  {0x5f, 1, 0x63, 0, 0},
                                  {0x5f, 1, 0x63, 1, 0},
                                  {0x5f, 1, 0x63, 4, 0},
                                  {0x5f, 1, 0x63, 5, 0},
                                  {0x5f, 1, 0x64, 6, 0},
                                  {0x5f, 1, 0x63, 0, 1}}));
  EXPECT_EQ(module.canonical_types,
            (std::vector<TypeIndex>{0, 0, 2, 2, 4, 4, 6, 7}));
}

TEST(CanonicalTypesTest, GroupsAreEqualAsAWhole) {
  const Bytes pair = {0x4e, 2, 0x5f, 0, 0x5e, 0x7f, 0};
  const Bytes other = {0x4e, 2, 0x5f, 0, 0x5e, 0x7e, 0};
  const Module module = Read(Vec({{0x5f, 0}, pair, other, pair}));
  EXPECT_EQ(module.canonical_types,
            (std::vector<TypeIndex>{0, 1, 2, 3, 4, 1, 2}));
}

TEST(CanonicalTypesTest, SubtypesThroughCanonicalTypes) {
  // 0, 1: equal open structs. 2 extends 0, 3 extends 2.
  const Module module = Read(Vec({{0x50, 0, 0x5f, 0},
                                  {0x50, 0, 0x5f, 0},
                                  {0x50, 1, 0, 0x5f, 1, 0x7f, 0},
                                  {0x50, 1, 2, 0x5f, 1, 0x7f, 0},
                                  {0x60, 0, 0}}));
  const auto type = [](TypeIndex i) { return HeapType::Defined(i); };
  EXPECT_TRUE(IsSubtype(module, type(0), type(1)));
  EXPECT_TRUE(IsSubtype(module, type(3), type(1)));
  EXPECT_FALSE(IsSubtype(module, type(1), type(3)));
  EXPECT_FALSE(IsSubtype(module, type(2), type(3)));
  EXPECT_TRUE(IsSubtype(module, type(3), HeapType::kEq));
  EXPECT_FALSE(IsSubtype(module, type(3), HeapType::kArray));
  EXPECT_TRUE(IsSubtype(module, type(4), HeapType::kFunc));
  EXPECT_TRUE(IsSubtype(module, HeapType::kNoFunc, type(4)));
  EXPECT_FALSE(IsSubtype(module, HeapType::kNone, type(4)));
  EXPECT_TRUE(IsSubtype(module, HeapType::kNone, type(0)));
  EXPECT_TRUE(IsSubtype(module, HeapType::kI31, HeapType::kAny));
  EXPECT_FALSE(IsSubtype(module, HeapType::kAny, HeapType::kI31));
  EXPECT_FALSE(IsSubtype(module, HeapType::kExtern, HeapType::kAny));
  // Nullability.
  EXPECT_TRUE(IsSubtype(module, ValueType::Ref(type(3), false),
                        ValueType::Ref(type(0), true)));
  EXPECT_FALSE(IsSubtype(module, ValueType::Ref(type(3), true),
                         ValueType::Ref(type(0), false)));
  EXPECT_TRUE(IsSubtype(module, ValueType::kBottom, ValueType::kI32));
  EXPECT_FALSE(IsSubtype(module, ValueType::kI32, ValueType::kI64));
  EXPECT_EQ(TopType(module, type(4)), HeapType(HeapType::kFunc));
  EXPECT_EQ(TopType(module, type(3)), HeapType(HeapType::kAny));
  EXPECT_EQ(TopType(module, HeapType::kNoExtern), HeapType(HeapType::kExtern));
}

}  // namespace
}  // namespace weft::wasm
