#include "passes/link.h"

#include <cstdint>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "ir/wasm/names.h"
#include "passes/testing/corpus.h"
#include "passes/testing/module_bytes.h"

namespace weft::passes {
namespace {

using testing::Body;
using testing::Bytes;
using testing::Data;
using testing::Elem;
using testing::Export;
using testing::FuncType;
using ::testing::HasSubstr;
using testing::ImportFunc;
using ::testing::IsEmpty;
using testing::Join;
using testing::LinkAll;
using testing::ModuleBytes;
using testing::Name;
using testing::Read;
using testing::ReadState;
using wasm::ExternalKind;
using wasm::SectionId;

// Function 0 is imported, 1 calls 0, 2 calls 1 and 0, 3 is empty; 2 is
// exported, 3 starts, the table holds 1 and 3.
ModuleBytes Calls() {
  ModuleBytes m;
  m.Add(SectionId::kType, {FuncType(), FuncType(1)})
      .Add(SectionId::kImport, {ImportFunc("m", "f", 0)})
      .Add(SectionId::kFunction, {{0}, {0}, {0}})
      .Add(SectionId::kTable, {{0x70, 0, 8}})
      .Add(SectionId::kExport, {Export("e", ExternalKind::kFunc, 2)})
      .AddRaw(SectionId::kStart, {3})
      .Add(SectionId::kElem, {Elem(0, {1, 3})})
      .Add(SectionId::kCode,
           {Body({0x10, 0}), Body({0x10, 1, 0x10, 0}), Body({})});
  return m;
}

Bytes BodyOf(const wasm::Module& module, uint32_t func) {
  const wasm::ByteSpan body = module.funcs[func].body;
  return {body.begin(), body.end()};
}

TEST(LinkTest, WithoutEditsMinimalBytesStay) {
  const Bytes input = Calls().bytes();
  EXPECT_EQ(LinkAll(ReadState(input)), input);
}

TEST(LinkTest, OverlongEncodingsShrink) {
  ModuleBytes m;
  m.Add(SectionId::kType, {FuncType()})
      .Add(SectionId::kFunction, {{0x80, 0}})
      // Two groups of i32 locals, an overlong constant.
      .Add(SectionId::kCode,
           {{12, 2, 1, 0x7f, 2, 0x7f, 0x41, 0x81, 0x80, 0, 0x1a, 0x01, 0x0b}});
  const Bytes output = LinkAll(ReadState(m.bytes()));
  const wasm::Module module = Read(output);
  EXPECT_EQ(BodyOf(module, 0), (Bytes{1, 3, 0x7f, 0x41, 1, 0x1a, 0x01, 0x0b}));
  EXPECT_EQ(LinkAll(ReadState(output)), output);
}

TEST(LinkTest, RemovedMergedAndReordered) {
  const Bytes input = Calls().bytes();
  ModuleState state = ReadState(input);
  state.Merge(IndexSpace::kFuncs, 3, 1);  // Whatever they do.
  state.Remove(IndexSpace::kTypes, 1);
  state.SetOrder(IndexSpace::kFuncs, {2, 3, 1, 0});
  EXPECT_EQ(state.OutputOrder(IndexSpace::kFuncs),
            (std::vector<uint32_t>{0, 2, 1}));
  const Bytes output = LinkAll(state);
  const wasm::Module module = Read(output);
  ASSERT_EQ(module.funcs.size(), 3u);
  EXPECT_EQ(module.types.size(), 1u);
  EXPECT_EQ(module.start, 2u);
  EXPECT_EQ(module.exports[0].index, 1u);
  EXPECT_EQ(module.elems[0].funcs, (std::vector<uint32_t>{2, 2}));
  EXPECT_EQ(BodyOf(module, 1), (Bytes{0, 0x10, 2, 0x10, 0, 0x0b}));
}

TEST(LinkTest, ReplacedBodiesUseSourceIndices) {
  const Bytes input = Calls().bytes();
  ModuleState state = ReadState(input);
  state.SetOrder(IndexSpace::kFuncs, {3, 2, 1});
  state.ReplaceBody(1, {0, 0x10, 3, 0x0b}, BodyLocals::kSame);
  const Bytes output = LinkAll(state);
  EXPECT_EQ(BodyOf(Read(output), 3), (Bytes{0, 0x10, 1, 0x0b}));
  EXPECT_TRUE(state.is_replaced(1));
  EXPECT_FALSE(state.is_replaced(2));
}

TEST(LinkTest, AppendedSegmentsTakeTheirPlace) {
  ModuleBytes m;
  m.Add(SectionId::kMemory, {{0, 1}})
      .Add(SectionId::kData, {Data(0, "a"), Data(8, "b")});
  const Bytes input = m.bytes();
  ModuleState state = ReadState(input);
  wasm::DataSegment segment;
  segment.offset = state.MakeOffset(4, false);
  segment.bytes = state.Own({'c'});
  state.mutable_module().datas.push_back(segment);
  state.SetOrder(IndexSpace::kDatas, {0, 2, 1});
  ModuleBytes expected;
  expected.Add(SectionId::kMemory, {{0, 1}})
      .Add(SectionId::kData, {Data(0, "a"), Data(4, "c"), Data(8, "b")});
  EXPECT_EQ(LinkAll(state), expected.bytes());
}

TEST(LinkTest, CustomSectionsStayInPlaceByteForByte) {
  ModuleBytes m;
  m.AddCustom("first", {1, 2})
      .Add(SectionId::kType, {FuncType()})
      // The length of the name is overlong.
      .AddRaw(SectionId::kCustom, {0x82, 0, 'a', 'b', 7})
      .Add(SectionId::kMemory, {{0, 1}})
      .AddCustom("producers", {0})
      .AddCustom("target_features", {0});
  EXPECT_EQ(LinkAll(ReadState(m.bytes())), m.bytes());
}

TEST(LinkTest, CodeOffsetsAreDroppedWithWarning) {
  const Bytes code = Calls().bytes();
  for (const char* name :
       {".debug_info", "sourceMappingURL", "external_debug_info",
        "metadata.code.branch_hint"}) {
    ModuleBytes m = Calls();
    m.AddCustom(name, {1, 2, 3});
    const Bytes input = m.bytes();
    const absl::StatusOr<Linked> linked = Link(ReadState(input));
    ASSERT_TRUE(linked.ok());
    EXPECT_EQ(linked->bytes, code);
    ASSERT_EQ(linked->warnings.size(), 1u);
    EXPECT_THAT(linked->warnings[0], HasSubstr(name));
  }
}

// Names f0, f1, ... of functions and of local 0 in each.
Bytes NamesOf(std::vector<uint32_t> funcs) {
  Bytes map = {static_cast<uint8_t>(funcs.size())};
  Bytes locals = map;
  for (uint32_t func : funcs) {
    const Bytes text = {'f', static_cast<uint8_t>('0' + func)};
    map = Join({map, {static_cast<uint8_t>(func), 2}, text});
    locals = Join({locals, {static_cast<uint8_t>(func), 1, 0, 2}, text});
  }
  return Join({{1, static_cast<uint8_t>(map.size())},
               map,
               {2, static_cast<uint8_t>(locals.size())},
               locals});
}

TEST(LinkTest, NamesFollow) {
  ModuleBytes m = Calls();
  m.AddCustom("name", NamesOf({0, 1, 2, 3}));
  const Bytes input = m.bytes();
  ModuleState state = ReadState(input);
  EXPECT_EQ(LinkAll(state), input);
  state.Merge(IndexSpace::kFuncs, 3, 1);
  state.SetOrder(IndexSpace::kFuncs, {2, 1});
  state.ReplaceBody(2, {0, 0x0b}, BodyLocals::kRenumbered);
  const Bytes output = LinkAll(state);
  const wasm::Module module = Read(output);
  ASSERT_EQ(module.customs.size(), 1u);
  const auto names =
      wasm::ParseNames(module.customs[0].bytes, module.customs[0].offset);
  ASSERT_TRUE(names.ok());
  ASSERT_EQ(names->funcs.size(), 3u);
  EXPECT_EQ(names->funcs[1].name, "f2");
  EXPECT_EQ(names->funcs[2].name, "f1");
  ASSERT_EQ(names->locals.size(), 2u);
  EXPECT_EQ(names->locals[0].index, 0u);
  EXPECT_EQ(names->locals[1].index, 2u);
}

TEST(LinkTest, NameOfDuplicateDoesNotPassToOther) {
  ModuleBytes m = Calls();
  m.AddCustom("name", NamesOf({3}));
  const Bytes input = m.bytes();
  ModuleState state = ReadState(input);
  state.Merge(IndexSpace::kFuncs, 3, 1);
  const Bytes output = LinkAll(state);
  EXPECT_THAT(Read(output).customs, IsEmpty());
}

TEST(LinkTest, MalformedNamesStayUntilIndicesMove) {
  ModuleBytes m = Calls();
  m.AddCustom("name", {1, 99});
  const Bytes input = m.bytes();
  ModuleState state = ReadState(input);
  EXPECT_EQ(LinkAll(state), input);
  state.Remove(IndexSpace::kTypes, 1);
  const absl::StatusOr<Linked> linked = Link(state);
  ASSERT_TRUE(linked.ok());
  EXPECT_THAT(Read(linked->bytes).customs, IsEmpty());
  EXPECT_EQ(linked->warnings.size(), 1u);
}

TEST(LinkTest, RelocatableObjectsAreKnown) {
  for (const char* name : {"linking", "reloc.CODE"}) {
    ModuleBytes m;
    m.AddCustom(name, {});
    EXPECT_EQ(RefuseRelocatable(Read(m.bytes())).code(),
              absl::StatusCode::kUnimplemented);
  }
  ModuleBytes m;
  m.AddCustom("dylink.0", {});
  EXPECT_TRUE(RefuseRelocatable(Read(m.bytes())).ok());
}

// Over the corpus: -O0 is never larger, and is a fixed point; threads do not
// matter.
TEST(LinkCorpusTest, NothingGrowsAndTwiceIsOnce) {
  const std::vector<testing::CorpusModule> corpus = testing::ReadCorpus();
  if (corpus.empty()) GTEST_SKIP() << "WEFT_SHARED is not set";
  for (const testing::CorpusModule& entry : corpus) {
    SCOPED_TRACE(entry.name);
    const wasm::Module before = Read(entry.bytes);
    const Bytes once = LinkAll(ReadState(entry.bytes));
    EXPECT_LE(NonCustomBytes(Read(once)), NonCustomBytes(before));
    EXPECT_EQ(LinkAll(ReadState(once)), once);
    LinkOptions options;
    options.threads = 1;
    const absl::StatusOr<Linked> alone = Link(ReadState(entry.bytes), options);
    ASSERT_TRUE(alone.ok());
    EXPECT_EQ(alone->bytes, once);
  }
}

}  // namespace
}  // namespace weft::passes
