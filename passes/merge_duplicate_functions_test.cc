#include "passes/merge_duplicate_functions.h"

#include <cstdint>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "passes/testing/module_bytes.h"

namespace weft::passes {
namespace {

using testing::Body;
using testing::Bytes;
using testing::Calls;
using testing::Elem;
using ::testing::ElementsAre;
using testing::Export;
using testing::FuncType;
using testing::ImportFunc;
using testing::Join;
using testing::LinkValid;
using testing::ModuleBytes;
using testing::Read;
using testing::ReadState;
using wasm::ExternalKind;
using wasm::SectionId;

// What stands for each function after the pass.
std::vector<uint32_t> Kept(const Bytes& input) {
  ModuleState state = ReadState(input);
  const absl::StatusOr<uint64_t> changes = MergeDuplicateFunctions({2}, &state);
  EXPECT_TRUE(changes.ok());
  std::vector<uint32_t> kept;
  uint64_t merged = 0;
  for (uint32_t i = 0; i < state.size(IndexSpace::kFuncs); ++i) {
    kept.push_back(state.Resolve(IndexSpace::kFuncs, i));
    merged += kept[i] != i;
  }
  EXPECT_EQ(*changes, merged);
  // Again, in the same state and in the linked module.
  EXPECT_EQ(*MergeDuplicateFunctions({1}, &state), 0u);
  const Bytes output = LinkValid(state);
  ModuleState again = ReadState(output);
  EXPECT_EQ(*MergeDuplicateFunctions({1}, &again), 0u);
  return kept;
}

// Functions of type [] -> [] with these operators.
Bytes Functions(const std::vector<Bytes>& code) {
  ModuleBytes m;
  std::vector<Bytes> bodies;
  for (const Bytes& operators : code) bodies.push_back(Body(operators));
  m.Add(SectionId::kType, {FuncType()})
      .Add(SectionId::kFunction, std::vector<Bytes>(code.size(), Bytes{0}))
      .Add(SectionId::kCode, bodies);
  return m.bytes();
}

TEST(MergeDuplicateFunctionsTest, EqualBodiesMergeIntoTheFirst) {
  EXPECT_THAT(Kept(Functions({{0x01}, {}, {0x01}, {0x01}})),
              ElementsAre(0, 1, 0, 0));
}

TEST(MergeDuplicateFunctionsTest, OverlongEncodingsAreEqual) {
  EXPECT_THAT(Kept(Functions({{0x41, 0, 0x1a}, {0x41, 0x80, 0, 0x1a}})),
              ElementsAre(0, 0));
}

TEST(MergeDuplicateFunctionsTest, ImmediatesTellApart) {
  EXPECT_THAT(Kept(Functions({{0x41, 0, 0x1a}, {0x41, 1, 0x1a}})),
              ElementsAre(0, 1));
}

TEST(MergeDuplicateFunctionsTest, CallersOfDuplicatesAreDuplicates) {
  EXPECT_THAT(Kept(Functions({Calls(2),
                              Calls(3),
                              {0x01},
                              {0x01},
                              Calls(0),
                              Calls(1),
                              Calls(2, 2)})),
              ElementsAre(0, 0, 2, 2, 4, 4, 6));
}

TEST(MergeDuplicateFunctionsTest, CallersOfDifferentFunctionsStay) {
  EXPECT_THAT(Kept(Functions({Calls(2), Calls(3), {0x01}, {}})),
              ElementsAre(0, 1, 2, 3));
}

TEST(MergeDuplicateFunctionsTest, RecursiveFunctionsMerge) {
  EXPECT_THAT(Kept(Functions({Calls(0), Calls(1)})), ElementsAre(0, 0));
}

TEST(MergeDuplicateFunctionsTest, CyclesMerge) {
  // Two cycles of two, and one that leads to something else.
  EXPECT_THAT(Kept(Functions({Join({{0x01}, Calls(1)}),
                              Calls(0),
                              Join({{0x01}, Calls(3)}),
                              Calls(2),
                              Join({{0x01}, Calls(5)}),
                              Calls(6),
                              {}})),
              ElementsAre(0, 1, 0, 1, 4, 5, 6));
}

TEST(MergeDuplicateFunctionsTest, LongChainsComeApart) {
  // i calls i + 1; the last two do nothing and something.
  std::vector<Bytes> code;
  std::vector<uint32_t> expected;
  for (uint32_t i = 0; i < 2000; ++i) {
    code.push_back(Calls(i + 1));
    expected.push_back(i);
  }
  code.push_back({0x01});
  expected.push_back(2000);
  EXPECT_EQ(Kept(Functions(code)), expected);
}

TEST(MergeDuplicateFunctionsTest, TypesDecideByEquality) {
  ModuleBytes m;
  // 0 and 1 are equal; 2 is another type with the same signature.
  m.Add(SectionId::kType, {FuncType(), FuncType(), {0x50, 0, 0x60, 0, 0}})
      .Add(SectionId::kFunction, {{0}, {1}, {2}})
      .Add(SectionId::kCode, {Body({}), Body({}), Body({})});
  EXPECT_THAT(Kept(m.bytes()), ElementsAre(0, 0, 2));
}

TEST(MergeDuplicateFunctionsTest, LocalsTellApart) {
  ModuleBytes m;
  m.Add(SectionId::kType, {FuncType()})
      .Add(SectionId::kFunction, {{0}, {0}, {0}})
      .Add(SectionId::kCode, {{4, 1, 2, 0x7f, 0x0b},
                              {6, 2, 1, 0x7f, 1, 0x7f, 0x0b},
                              {4, 1, 2, 0x7e, 0x0b}});
  EXPECT_THAT(Kept(m.bytes()), ElementsAre(0, 0, 2));
}

TEST(MergeDuplicateFunctionsTest, ImportsOfOneNameAndTypeMerge) {
  ModuleBytes m;
  m.Add(SectionId::kType, {FuncType(), FuncType(1)})
      .Add(SectionId::kImport,
           {ImportFunc("m", "f", 0), ImportFunc("m", "f", 1),
            ImportFunc("m", "g", 0), ImportFunc("m", "f", 0)})
      .Add(SectionId::kFunction, {{0}, {0}})
      .Add(SectionId::kCode, {Body(Calls(0)), Body(Calls(3))});
  EXPECT_THAT(Kept(m.bytes()), ElementsAre(0, 1, 2, 0, 4, 4));
}

TEST(MergeDuplicateFunctionsTest, EverythingOutsideOfBodiesFollows) {
  ModuleBytes m;
  m.Add(SectionId::kType, {FuncType()})
      .Add(SectionId::kFunction, {{0}, {0}})
      .Add(SectionId::kTable, {{0x70, 0, 2}})
      .Add(SectionId::kExport, {Export("a", ExternalKind::kFunc, 0),
                                Export("b", ExternalKind::kFunc, 1)})
      .AddRaw(SectionId::kStart, {1})
      .Add(SectionId::kElem, {Elem(0, {1, 0})})
      .Add(SectionId::kCode, {Body({0x01}), Body({0x01})});
  const Bytes input = m.bytes();
  ModuleState state = ReadState(input);
  ASSERT_TRUE(MergeDuplicateFunctions({}, &state).ok());
  const Bytes output = LinkValid(state);
  const wasm::Module module = Read(output);
  ASSERT_EQ(module.funcs.size(), 1u);
  EXPECT_EQ(module.exports[1].index, 0u);
  EXPECT_EQ(module.start, 0u);
  EXPECT_THAT(module.elems[0].funcs, ElementsAre(0, 0));
}

}  // namespace
}  // namespace weft::passes
