#include "passes/reorder.h"

#include <cstdint>
#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "passes/testing/module_bytes.h"

namespace weft::passes {
namespace {

using testing::Body;
using testing::Bytes;
using testing::Calls;
using testing::Export;
using testing::FuncType;
using testing::ImportFunc;
using testing::Join;
using testing::LinkValid;
using testing::ModuleBytes;
using testing::Name;
using testing::Read;
using testing::ReadState;
using testing::U32;
using wasm::ExternalKind;
using wasm::SectionId;

Bytes Optimized(const Bytes& input, uint64_t* changes) {
  ModuleState state = ReadState(input);
  const absl::StatusOr<uint64_t> result = Reorder({2}, &state);
  EXPECT_TRUE(result.ok()) << result.status();
  *changes = *result;
  const Bytes output = LinkValid(state);
  ModuleState again = ReadState(output);
  EXPECT_EQ(*Reorder({1}, &again), 0u);
  return output;
}

std::vector<Bytes> Repeat(size_t n, const Bytes& item) {
  return std::vector<Bytes>(n, item);
}

// `imports` imports and functions up to `count`, the first defined one of
// which calls function `hot` ten times.
Bytes Functions(uint32_t imports, uint32_t count, uint32_t hot) {
  ModuleBytes m;
  std::vector<Bytes> import_items;
  for (uint32_t i = 0; i < imports; ++i) {
    import_items.push_back(ImportFunc("m", std::to_string(i), 0));
  }
  std::vector<Bytes> bodies = Repeat(count - imports, Body({}));
  bodies[0] = Body(Calls(hot, 10));
  m.Add(SectionId::kType, {FuncType()})
      .Add(SectionId::kImport, import_items)
      .Add(SectionId::kFunction, Repeat(count - imports, {0}))
      .Add(SectionId::kExport, {Export("e", ExternalKind::kFunc, count - 1)})
      .Add(SectionId::kCode, bodies);
  return m.bytes();
}

TEST(ReorderTest, HotFunctionsComeIntoTheFirstRange) {
  uint64_t changes;
  const Bytes input = Functions(2, 200, 150);
  const Bytes output = Optimized(input, &changes);
  EXPECT_EQ(output.size(), input.size() - 10 - 1);
  const wasm::Module module = Read(output);
  // The exported one and the hot one are in the first range, at its end.
  EXPECT_EQ(module.exports[0].index, 127u);
  EXPECT_EQ(module.funcs[2].body[2], 126);
  EXPECT_EQ(module.imports[0].field, "0");
  // Functions that moved: the two, and those that they displaced.
  EXPECT_GT(changes, 2u);
}

TEST(ReorderTest, FewFunctionsStay) {
  uint64_t changes;
  const Bytes input = Functions(2, 128, 120);
  EXPECT_EQ(Optimized(input, &changes), input);
  EXPECT_EQ(changes, 0u);
}

TEST(ReorderTest, ImportsAreNotMoved) {
  uint64_t changes;
  const Bytes input = Functions(160, 200, 150);
  EXPECT_EQ(Optimized(input, &changes), input);
}

TEST(ReorderTest, GlobalsStayBehindWhatTheyRead) {
  ModuleBytes m;
  std::vector<Bytes> globals = Repeat(200, {0x7f, 1, 0x41, 0, 0x0b});
  globals[140] = {0x7f, 0, 0x41, 5, 0x0b};
  // Reads global 140.
  globals[150] = {0x7f, 1, 0x23, 0x8c, 1, 0x0b};
  Bytes code;
  for (int i = 0; i < 9; ++i) code = Join({code, {0x23, 0x96, 1, 0x1a}});
  m.Add(SectionId::kType, {FuncType()})
      .Add(SectionId::kFunction, {{0}})
      .Add(SectionId::kGlobal, globals)
      .Add(SectionId::kCode, {Body(code)});
  uint64_t changes;
  const Bytes output = Optimized(m.bytes(), &changes);
  const wasm::Module module = Read(output);
  // global.get 127 in the body; its initializer reads 126.
  EXPECT_EQ(module.funcs[0].body[2], 127);
  EXPECT_EQ(module.globals[127].init.code[1], 126);
}

TEST(ReorderTest, TypesMoveInWholeGroupsBehindTheirNeeds) {
  ModuleBytes m;
  // 0 to 149: functions of different arity; 150: a struct that 151 extends and
  // 152 refers to, both in one group.
  std::vector<Bytes> types;
  for (int i = 0; i < 150; ++i) types.push_back(FuncType(i % 15, i / 15));
  types.push_back({0x50, 0, 0x5f, 0});
  types.push_back(
      {0x4e, 2, 0x50, 1, 0x96, 1, 0x5f, 0, 0x50, 0, 0x5f, 1, 0x63, 0x97, 1, 0});
  // ref.null 151, drop
  Bytes code;
  for (int i = 0; i < 9; ++i) code = Join({code, {0xd0, 0x97, 1, 0x1a}});
  m.Add(SectionId::kType, types)
      .Add(SectionId::kFunction, {{0}})
      .Add(SectionId::kCode, {Body(code)});
  uint64_t changes;
  const Bytes output = Optimized(m.bytes(), &changes);
  EXPECT_LT(output.size(), m.bytes().size());
  const wasm::Module module = Read(output);
  // ref.null with one byte.
  const uint8_t type = module.funcs[0].body[2];
  ASSERT_LT(type, 64);
  EXPECT_EQ(module.types[type].group_size, 2u);
  EXPECT_LT(module.types[type].super, type);
}

TEST(ReorderTest, NoOrderIsBetterThanALargerOne) {
  // Every function is called once by its successor: no order is cheaper.
  ModuleBytes m;
  std::vector<Bytes> bodies;
  for (uint32_t i = 0; i < 300; ++i) {
    bodies.push_back(Body(Calls(i == 0 ? 299 : i - 1)));
  }
  m.Add(SectionId::kType, {FuncType()})
      .Add(SectionId::kFunction, Repeat(300, {0}))
      .Add(SectionId::kCode, bodies);
  uint64_t changes;
  EXPECT_EQ(Optimized(m.bytes(), &changes), m.bytes());
}

}  // namespace
}  // namespace weft::passes
