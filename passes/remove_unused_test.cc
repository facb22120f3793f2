#include "passes/remove_unused.h"

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
using testing::Const;
using testing::Data;
using testing::Elem;
using ::testing::ElementsAre;
using testing::Export;
using testing::FuncType;
using testing::ImportFunc;
using ::testing::IsEmpty;
using testing::Join;
using testing::LinkValid;
using testing::ModuleBytes;
using testing::Name;
using testing::Read;
using testing::ReadState;
using wasm::ElemSegment;
using wasm::ExternalKind;
using wasm::SectionId;

const Bytes kTable = {0x70, 0, 4};
const Bytes kMemory = {0, 1};
const Bytes kMutableI32 = {0x7f, 1, 0x41, 0, 0x0b};
const Bytes kUnreachable = {0, 0, 0x0b};

// The bytes after the pass; checks that they are valid and that the pass finds
// nothing to do in them.
Bytes Optimized(const Bytes& input) {
  ModuleState state = ReadState(input);
  EXPECT_TRUE(RemoveUnused({}, &state).ok());
  const Bytes output = LinkValid(state);
  ModuleState again = ReadState(output);
  const absl::StatusOr<uint64_t> changes = RemoveUnused({}, &again);
  EXPECT_TRUE(changes.ok());
  EXPECT_EQ(*changes, 0u);
  EXPECT_EQ(LinkValid(again), output);
  return output;
}

Bytes BodyOf(const wasm::Module& module, uint32_t func) {
  const wasm::ByteSpan body = module.funcs[func].body;
  return {body.begin(), body.end()};
}

TEST(RemoveUnusedTest, KeepsWhatExportsAndStartReach) {
  ModuleBytes m;
  // Imports: 0 unused, 1 called by 3. 2: start. 3: exported. 4: unused.
  m.Add(SectionId::kType, {FuncType(), FuncType(1), FuncType(1, 1)})
      .Add(SectionId::kImport,
           {ImportFunc("m", "a", 1), ImportFunc("m", "b", 0)})
      .Add(SectionId::kFunction, {{0}, {0}, {2}})
      .Add(SectionId::kExport, {Export("e", ExternalKind::kFunc, 3)})
      .AddRaw(SectionId::kStart, {2})
      .Add(SectionId::kCode, {Body({0x01}), Body(Calls(1)), Body({0x41, 0})});
  const Bytes output = Optimized(m.bytes());
  const wasm::Module module = Read(output);
  ASSERT_EQ(module.funcs.size(), 3u);
  ASSERT_EQ(module.imports.size(), 1u);
  EXPECT_EQ(module.imports[0].field, "b");
  EXPECT_EQ(module.types.size(), 1u);
  EXPECT_EQ(module.start, 1u);
  EXPECT_EQ(module.exports[0].index, 2u);
  EXPECT_EQ(BodyOf(module, 2), (Bytes{0, 0x10, 0, 0x0b}));
}

TEST(RemoveUnusedTest, UnreachedStateGoesWithItsSegments) {
  ModuleBytes m;
  m.Add(SectionId::kType, {FuncType()})
      .Add(SectionId::kFunction, {{0}})
      .Add(SectionId::kTable, {kTable})
      .Add(SectionId::kMemory, {kMemory})
      .Add(SectionId::kTag, {{0, 0}})
      .Add(SectionId::kGlobal, {kMutableI32})
      .Add(SectionId::kElem, {Elem(0, {0})})
      .AddRaw(SectionId::kDataCount, {2})
      .Add(SectionId::kCode, {Body({})})
      .Add(SectionId::kData, {Data(0, "a"), Join({{1}, Name("p")})});
  EXPECT_EQ(Optimized(m.bytes()), ModuleBytes().bytes());
}

TEST(RemoveUnusedTest, ExportedStateStays) {
  ModuleBytes m;
  m.Add(SectionId::kType, {FuncType()})
      .Add(SectionId::kFunction, {{0}})
      .Add(SectionId::kTable, {kTable})
      .Add(SectionId::kMemory, {kMemory})
      .Add(SectionId::kTag, {{0, 0}})
      .Add(SectionId::kGlobal, {kMutableI32})
      .Add(SectionId::kExport, {Export("t", ExternalKind::kTable, 0),
                                Export("m", ExternalKind::kMemory, 0),
                                Export("x", ExternalKind::kTag, 0),
                                Export("g", ExternalKind::kGlobal, 0)})
      .Add(SectionId::kElem, {Elem(0, {0})})
      // The host may call what is in an exported table.
      .Add(SectionId::kCode, {Body({0x01, 0x01, 0x01})})
      .Add(SectionId::kData, {Data(0, "a")});
  EXPECT_EQ(Optimized(m.bytes()), m.bytes());
}

TEST(RemoveUnusedTest, WritesToImportedStateAreSeen) {
  ModuleBytes m;
  m.Add(SectionId::kType, {FuncType()})
      .Add(SectionId::kImport, {Join({Name("m"), Name("t"), {1}, kTable}),
                                Join({Name("m"), Name("m"), {2}, kMemory})})
      .Add(SectionId::kFunction, {{0}})
      .Add(SectionId::kElem, {Elem(0, {0})})
      .Add(SectionId::kCode, {Body({0x01, 0x01, 0x01})})
      .Add(SectionId::kData, {Data(0, "a")});
  EXPECT_EQ(Optimized(m.bytes()), m.bytes());
}

TEST(RemoveUnusedTest, ImportsNobodyWritesGo) {
  ModuleBytes m;
  m.Add(SectionId::kImport, {Join({Name("m"), Name("t"), {1}, kTable}),
                             Join({Name("m"), Name("m"), {2}, kMemory}),
                             Join({Name("m"), Name("g"), {3, 0x7f, 1}})})
      .Add(SectionId::kElem, {Elem(4, {})})
      .Add(SectionId::kData, {Data(0, "")});
  EXPECT_EQ(Optimized(m.bytes()), ModuleBytes().bytes());
}

TEST(RemoveUnusedTest, SegmentsThatMayTrapStay) {
  for (const Bytes& data : {Data(65536, "a"), Data(-1, "a"),
                            Join({{0, 0x23, 0, 0x0b}, Name("a")})}) {
    ModuleBytes m;
    m.Add(SectionId::kImport, {Join({Name("m"), Name("g"), {3, 0x7f, 0}})})
        .Add(SectionId::kMemory, {kMemory})
        .Add(SectionId::kData, {data});
    const Bytes output = Optimized(m.bytes());
    EXPECT_EQ(Read(output).datas.size(), 1u);
    EXPECT_EQ(Read(output).memories.size(), 1u);
  }
  ModuleBytes m;
  m.Add(SectionId::kTable, {kTable}).Add(SectionId::kElem, {Elem(5, {})});
  EXPECT_EQ(Optimized(m.bytes()), m.bytes());
}

TEST(RemoveUnusedTest, ConstantGlobalsProveBounds) {
  ModuleBytes m;
  m.Add(SectionId::kMemory, {kMemory})
      .Add(SectionId::kGlobal, {{0x7f, 0, 0x41, 8, 0x0b}})
      // 8 + 8 - 4, an extended constant expression.
      .Add(SectionId::kData,
           {Join(
               {{0, 0x23, 0, 0x41, 8, 0x6a, 0x41, 4, 0x6b, 0x0b}, Name("a")})});
  EXPECT_EQ(Optimized(m.bytes()), ModuleBytes().bytes());
}

// Function 0 is exported and calls through the table with type 0; the table
// holds 1 of type 0 and 2 of type 1, which calls 3.
ModuleBytes IndirectCalls(const Bytes& more_code) {
  ModuleBytes m;
  m.Add(SectionId::kType, {FuncType(), FuncType(1)})
      .Add(SectionId::kFunction, {{0}, {0}, {1}, {0}})
      .Add(SectionId::kTable, {kTable})
      .Add(SectionId::kExport, {Export("e", ExternalKind::kFunc, 0)})
      .Add(SectionId::kElem, {Elem(1, {1, 2})})
      .Add(SectionId::kCode,
           {Body(Join({{0x41, 0, 0x11, 0, 0}, more_code})),
            Body({0x01, 0x01, 0x01}), Body(Calls(3)), Body({0x01})});
  return m;
}

TEST(RemoveUnusedTest, EntriesThatNoCallCanReachGetShortBodies) {
  const Bytes output = Optimized(IndirectCalls({}).bytes());
  const wasm::Module module = Read(output);
  ASSERT_EQ(module.funcs.size(), 3u);
  EXPECT_EQ(module.types.size(), 2u);
  EXPECT_THAT(module.elems[0].funcs, ElementsAre(1, 2));
  EXPECT_EQ(BodyOf(module, 1), (Bytes{0, 0x01, 0x01, 0x01, 0x0b}));
  EXPECT_EQ(BodyOf(module, 2), kUnreachable);
}

TEST(RemoveUnusedTest, CallsOfTheirTypeKeepEntries) {
  const Bytes input = IndirectCalls({0x41, 0, 0x41, 0, 0x11, 1, 0}).bytes();
  EXPECT_EQ(Optimized(input), input);
}

TEST(RemoveUnusedTest, EntriesThatLeaveTheTableStay) {
  // table.get 0
  const Bytes input = IndirectCalls({0x41, 0, 0x25, 0, 0x1a}).bytes();
  EXPECT_EQ(Optimized(input), input);
}

TEST(RemoveUnusedTest, CallsOfSuperTypesKeepEntries) {
  ModuleBytes m;
  const Bytes super = {0x50, 0, 0x60, 0, 0};
  const Bytes sub = {0x50, 1, 0, 0x60, 0, 0};
  m.Add(SectionId::kType, {super, sub})
      .Add(SectionId::kFunction, {{0}, {1}})
      .Add(SectionId::kTable, {kTable})
      .Add(SectionId::kExport, {Export("e", ExternalKind::kFunc, 0)})
      .Add(SectionId::kElem, {Elem(1, {1})})
      .Add(SectionId::kCode,
           {Body({0x41, 1, 0x11, 0, 0}), Body({0x01, 0x01, 0x01})});
  EXPECT_EQ(Optimized(m.bytes()), m.bytes());
}

TEST(RemoveUnusedTest, EqualTypesMergeAndUnusedGroupsGoWhole) {
  ModuleBytes m;
  const Bytes pair = {0x4e, 2, 0x60, 0, 0, 0x60, 1, 0x7f, 0};
  // 0-1, 2-3: equal pairs; 4: unused; 5: used.
  m.Add(SectionId::kType, {pair, pair, FuncType(2), FuncType()})
      .Add(SectionId::kFunction, {{2}, {5}})
      .Add(SectionId::kExport, {Export("a", ExternalKind::kFunc, 0),
                                Export("b", ExternalKind::kFunc, 1)})
      .Add(SectionId::kCode, {Body({}), Body({})});
  const Bytes output = Optimized(m.bytes());
  const wasm::Module module = Read(output);
  ASSERT_EQ(module.types.size(), 3u);
  EXPECT_EQ(module.types[0].group_size, 2u);
  EXPECT_EQ(module.funcs[0].type, 0u);
  EXPECT_EQ(module.funcs[1].type, 2u);
}

// Function 0 is exported and takes a reference of 1, which `elems` declare.
ModuleBytes TakesReference(const std::vector<Bytes>& elems) {
  ModuleBytes m;
  m.Add(SectionId::kType, {FuncType()})
      .Add(SectionId::kFunction, {{0}, {0}, {0}})
      .Add(SectionId::kTable, {kTable})
      .Add(SectionId::kExport, {Export("e", ExternalKind::kFunc, 0)})
      .Add(SectionId::kElem, elems)
      .Add(SectionId::kCode,
           {Body({0xd2, 1, 0x1a}), Body({0x01}), Body({0x01})});
  return m;
}

TEST(RemoveUnusedTest, DeclarationsBecomeOneWithWhatIsNeeded) {
  const Bytes output =
      Optimized(TakesReference({{3, 0, 1, 2}, {3, 0, 2, 1, 2}}).bytes());
  const wasm::Module module = Read(output);
  EXPECT_EQ(module.funcs.size(), 2u);
  ASSERT_EQ(module.elems.size(), 1u);
  EXPECT_EQ(module.elems[0].mode, ElemSegment::kDeclarative);
  EXPECT_THAT(module.elems[0].funcs, ElementsAre(1));
}

TEST(RemoveUnusedTest, DeclarationsAreAddedWhenTheirSegmentGoes) {
  // The table is not used, so that its segment goes.
  const Bytes output = Optimized(TakesReference({Elem(0, {1})}).bytes());
  const wasm::Module module = Read(output);
  EXPECT_THAT(module.tables, IsEmpty());
  ASSERT_EQ(module.elems.size(), 1u);
  EXPECT_EQ(module.elems[0].mode, ElemSegment::kDeclarative);
  EXPECT_THAT(module.elems[0].funcs, ElementsAre(1));
}

TEST(RemoveUnusedTest, ReferencesInGlobalsKeepFunctions) {
  ModuleBytes m;
  m.Add(SectionId::kType, {FuncType()})
      .Add(SectionId::kFunction, {{0}})
      .Add(SectionId::kGlobal, {{0x70, 0, 0xd2, 0, 0x0b}})
      .Add(SectionId::kExport, {Export("g", ExternalKind::kGlobal, 0)})
      .Add(SectionId::kCode, {Body({0x01, 0x01, 0x01})});
  EXPECT_EQ(Optimized(m.bytes()), m.bytes());
}

TEST(RemoveUnusedTest, SegmentsThatAreOnlyDroppedAreEmptied) {
  ModuleBytes m;
  m.Add(SectionId::kType, {FuncType()})
      .Add(SectionId::kFunction, {{0}, {0}})
      .Add(SectionId::kExport, {Export("e", ExternalKind::kFunc, 0)})
      .Add(SectionId::kElem, {{1, 0, 1, 1}})
      .AddRaw(SectionId::kDataCount, {1})
      .Add(SectionId::kCode, {Body({0xfc, 9, 0, 0xfc, 13, 0}), Body({0x01})})
      .Add(SectionId::kData, {Join({{1}, Name("abc")})});
  const Bytes output = Optimized(m.bytes());
  const wasm::Module module = Read(output);
  EXPECT_EQ(module.funcs.size(), 1u);
  ASSERT_EQ(module.elems.size(), 1u);
  EXPECT_EQ(module.elems[0].size(), 0u);
  ASSERT_EQ(module.datas.size(), 1u);
  EXPECT_THAT(module.datas[0].bytes, IsEmpty());
  EXPECT_TRUE(module.has_data_count);
}

TEST(RemoveUnusedTest, SegmentsThatAreReadStay) {
  ModuleBytes m;
  m.Add(SectionId::kType, {FuncType()})
      .Add(SectionId::kFunction, {{0}})
      .Add(SectionId::kMemory, {kMemory})
      .Add(SectionId::kExport, {Export("e", ExternalKind::kFunc, 0)})
      .AddRaw(SectionId::kDataCount, {1})
      .Add(SectionId::kCode, {Body({0x41, 0, 0x41, 0, 0x41, 3, 0xfc, 8, 0, 0})})
      .Add(SectionId::kData, {Join({{1}, Name("abc")})});
  EXPECT_EQ(Optimized(m.bytes()), m.bytes());
}

TEST(RemoveUnusedTest, ThreadsDoNotMatter) {
  const Bytes input = IndirectCalls({}).bytes();
  ModuleState one = ReadState(input);
  ModuleState four = ReadState(input);
  ASSERT_TRUE(RemoveUnused({1}, &one).ok());
  ASSERT_TRUE(RemoveUnused({4}, &four).ok());
  EXPECT_EQ(LinkValid(one), LinkValid(four));
}

}  // namespace
}  // namespace weft::passes
