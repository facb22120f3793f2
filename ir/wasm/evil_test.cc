// Inputs made to exhaust memory, time or the native stack.
#include <gtest/gtest.h>

#include <string>

#include "ir/wasm/limits.h"
#include "ir/wasm/reader.h"
#include "ir/wasm/testing.h"
#include "ir/wasm/validator.h"
#include "ir/wasm/writer.h"

namespace weft::wasm {
namespace {

using testing::Body;
using testing::Bytes;
using testing::Check;
using testing::CheckError;
using testing::Concat;
using testing::ModuleBuilder;
using testing::Name;
using testing::Repeat;
using testing::U32;
using testing::Vec;

Bytes OneFunction(const Bytes& operators, const Bytes& locals = {0}) {
  return ModuleBuilder()
      .Section(1, Vec({{0x60, 0, 0}}))
      .Section(3, Vec({{0}}))
      .Section(10, Vec({Body(operators, locals)}))
      .Build();
}

// Reads, validates, rewrites and rewrites again.
void ExpectHandled(const Bytes& bytes) {
  absl::StatusOr<Module> module = ReadModule(bytes);
  ASSERT_TRUE(module.ok()) << module.status();
  const absl::Status status = ValidateAll(*module);
  ASSERT_TRUE(status.ok()) << status;
  absl::StatusOr<Bytes> first = ReencodeModule(*module);
  ASSERT_TRUE(first.ok()) << first.status();
  EXPECT_LE(first->size(), bytes.size());
  absl::StatusOr<Module> again = ReadModule(*first);
  ASSERT_TRUE(again.ok()) << again.status();
  EXPECT_EQ(*ReencodeModule(*again), *first);
}

TEST(EvilTest, DeepNesting) {
  constexpr size_t kDepth = 100000;
  for (const Bytes& begin :
       {Bytes{0x02, 0x40}, Bytes{0x03, 0x40}, Bytes{0x41, 0, 0x04, 0x40},
        Bytes{0x06, 0x40}, Bytes{0x1f, 0x40, 0}}) {
    ExpectHandled(
        OneFunction(Concat({Repeat(kDepth, begin), Repeat(kDepth, {0x0b})})));
  }
  // Unclosed, and in a constant expression.
  EXPECT_FALSE(Check(OneFunction(Repeat(kDepth, {0x02, 0x40}))).ok());
  EXPECT_FALSE(
      Check(ModuleBuilder()
                .Section(6, Vec({Concat({{0x7f, 0},
                                         Repeat(kDepth, {0x02, 0x40}),
                                         Repeat(kDepth + 1, {0x0b})})}))
                .Build())
          .ok());
}

TEST(EvilTest, NestedUnreachableBlocksWithDeepBranches) {
  constexpr uint32_t kDepth = 50000;
  Bytes operators = Repeat(kDepth, {0x02, 0x40});
  for (uint32_t i = 0; i < kDepth; ++i) {
    operators.push_back(0x0c);
    const Bytes label = U32(kDepth - i);
    operators.insert(operators.end(), label.begin(), label.end());
    operators.push_back(0x0b);
  }
  ExpectHandled(OneFunction(operators));
}

TEST(EvilTest, BranchTableWithAMillionTargets) {
  ExpectHandled(OneFunction(
      Concat({{0x41, 0, 0x0e}, U32(1000000), Repeat(1000001, {0})})));
  const Bytes over =
      Concat({{0x41, 0, 0x0e}, U32(10000001), Repeat(10000002, {0})});
  EXPECT_NE(CheckError(OneFunction(over)).find("limit branch-targets"),
            std::string::npos);
}

TEST(EvilTest, AMillionFunctions) {
  constexpr uint32_t kCount = 1000000;
  const Bytes bytes =
      ModuleBuilder()
          .Section(1, Vec({{0x60, 0, 0}}))
          .Section(3, Concat({U32(kCount), Repeat(kCount, {0})}))
          .Section(10, Concat({U32(kCount), Repeat(kCount, {2, 0, 0x0b})}))
          .Build();
  ExpectHandled(bytes);
  const Bytes over =
      ModuleBuilder()
          .Section(1, Vec({{0x60, 0, 0}}))
          .Section(3, Concat({U32(kCount + 1), Repeat(kCount + 1, {0})}))
          .Build();
  EXPECT_NE(CheckError(over).find("limit functions"), std::string::npos);
}

TEST(EvilTest, FunctionsThatDeclareAMillionLocalsEach) {
  constexpr uint32_t kCount = 20000;
  const Bytes body = Body({}, Concat({{1}, U32(1000000), {0x7e}}));
  ExpectHandled(ModuleBuilder()
                    .Section(1, Vec({{0x60, 0, 0}}))
                    .Section(3, Concat({U32(kCount), Repeat(kCount, {0})}))
                    .Section(10, Concat({U32(kCount), Repeat(kCount, body)}))
                    .Build());
}

TEST(EvilTest, LocalsFarApart) {
  // A hundred thousand groups of alternating types; the last local is read.
  const Bytes locals = Concat({U32(100000), Repeat(50000, {1, 0x7f, 1, 0x7e})});
  ExpectHandled(
      OneFunction(Concat({{0x20}, U32(99999), {0x50, 0x1a}}), locals));
}

TEST(EvilTest, LongStraightLine) {
  ExpectHandled(OneFunction(Repeat(1750000, {0x41, 0, 0x1a, 0x01})));
  // Many values at once.
  ExpectHandled(OneFunction(
      Concat({Repeat(1000000, {0x41, 0}), Repeat(1000000, {0x1a})})));
}

TEST(EvilTest, GroupOfAMillionTypes) {
  constexpr uint32_t kCount = 1000000;
  const Bytes group = Concat({{0x4e}, U32(kCount), Repeat(kCount, {0x5f, 0})});
  ExpectHandled(ModuleBuilder().Section(1, Vec({group})).Build());
  // Each refers to the last one; twice the half.
  const uint32_t half = kCount / 2;
  const Bytes linked =
      Concat({{0x4e},
              U32(half),
              Repeat(half, Concat({{0x5e, 0x63}, {0xff, 0xc1, 0x1e}, {0}}))});
  ExpectHandled(ModuleBuilder().Section(1, Vec({linked})).Build());
}

TEST(EvilTest, AMillionGroups) {
  constexpr uint32_t kCount = 1000000;
  // All equal.
  ExpectHandled(
      ModuleBuilder()
          .Section(1, Concat({U32(kCount), Repeat(kCount, {0x60, 0, 0})}))
          .Build());
  // All different: each refers to the one before.
  Bytes types = Concat({U32(200000), {0x5f, 0}});
  ByteWriter writer;
  writer.Bytes(types);
  for (uint32_t i = 1; i < 200000; ++i) {
    writer.Byte(0x5e);
    writer.Byte(0x63);
    writer.S64(i - 1);
    writer.Byte(0);
  }
  const Bytes bytes = ModuleBuilder().Section(1, writer.Take()).Build();
  ExpectHandled(bytes);
  absl::StatusOr<Module> module = ReadModule(bytes);
  for (uint32_t i = 0; i < 200000; ++i) {
    ASSERT_EQ(module->canonical_types[i], i);
  }
}

TEST(EvilTest, OverlappingSegments) {
  constexpr uint32_t kCount = 100000;
  ExpectHandled(
      ModuleBuilder()
          .Section(5, Vec({{0, 1}}))
          .Section(11, Concat({U32(kCount),
                               Repeat(kCount, {0, 0x41, 0, 0x0b, 1, 'x'})}))
          .Build());
}

TEST(EvilTest, ManyExportsAndADuplicate) {
  constexpr uint32_t kCount = 200000;
  ByteWriter writer;
  writer.U32(kCount);
  for (uint32_t i = 0; i < kCount; ++i) {
    writer.Name(std::to_string(i == kCount - 1 ? 7 : i));
    writer.Byte(2);
    writer.U32(0);
  }
  const Bytes bytes = ModuleBuilder()
                          .Section(5, Vec({{0, 1}}))
                          .Section(7, writer.Take())
                          .Build();
  EXPECT_NE(CheckError(bytes).find("duplicate export name"), std::string::npos);
}

TEST(EvilTest, HugeLimits) {
  const auto memory = [](const Bytes& type) {
    return CheckError(ModuleBuilder().Section(5, Vec({type})).Build());
  };
  EXPECT_EQ(memory(Concat({{0}, U32(65536)})), "");
  EXPECT_NE(memory(Concat({{0}, U32(65537)})), "");
  EXPECT_NE(memory({1, 2, 1}), "");  // Minimum above maximum.
  EXPECT_NE(memory({2, 1}), "");     // Shared without maximum.
  EXPECT_NE(memory({8, 0, 17}), "");
  EXPECT_EQ(memory({8, 0, 0}), "");
  EXPECT_NE(memory({8, 0, 0xff, 0xff, 0x03}), "");
}

TEST(EvilTest, CustomSectionsAreKeptWhateverTheyHold) {
  Bytes bytes = ModuleBuilder()
                    .Custom("name", {1, 0xff, 0xff, 0xff, 0x7f})
                    .Custom("", {})
                    .Custom("producers", Repeat(1000, {0xff}))
                    .Custom("name", {9})
                    .Build();
  ExpectHandled(bytes);
  EXPECT_EQ(*ReencodeModule(*ReadModule(bytes)), bytes);
}

TEST(EvilTest, ArrayOfFourBillionOperands) {
  const auto module = [](uint32_t count) {
    return CheckError(
        ModuleBuilder()
            .Section(1, Vec({{0x60, 0, 0}, {0x5e, 0x7f, 0}}))
            .Section(3, Vec({{0}}))
            .Section(10,
                     Vec({Body(Concat({{0, 0xfb, 8, 1}, U32(count), {0x1a}}))}))
            .Build());
  };
  EXPECT_EQ(module(10000), "");
  EXPECT_NE(module(0xffffffff).find("limit array-new-fixed"),
            std::string::npos);
}

}  // namespace
}  // namespace weft::wasm
