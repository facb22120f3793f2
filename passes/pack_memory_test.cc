#include "passes/pack_memory.h"

#include <cstdint>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "passes/segment_bounds.h"
#include "passes/testing/module_bytes.h"

namespace weft::passes {
namespace {

using testing::Body;
using testing::Bytes;
using testing::Data;
using ::testing::ElementsAre;
using testing::Export;
using testing::FuncType;
using ::testing::IsEmpty;
using testing::Join;
using testing::LinkValid;
using testing::ModuleBytes;
using testing::Name;
using ::testing::Pair;
using testing::Read;
using testing::ReadState;
using wasm::ExternalKind;
using wasm::SectionId;

using Segments = std::vector<std::pair<uint64_t, std::string>>;

const Bytes kMemory = {0, 1};
const Bytes kImportedMemory = Join({Name("m"), Name("m"), {2}, kMemory});

// `n` zeros.
std::string Zeros(size_t n) { return std::string(n, '\0'); }

Bytes Optimized(const Bytes& input, const PackMemoryOptions& options = {}) {
  ModuleState state = ReadState(input);
  EXPECT_TRUE(PackMemory(options, &state).ok());
  const Bytes output = LinkValid(state);
  EXPECT_LE(output.size(), input.size());
  ModuleState again = ReadState(output);
  EXPECT_EQ(*PackMemory(options, &again), 0u);
  EXPECT_EQ(LinkValid(again), output);
  return output;
}

Segments SegmentsOf(const Bytes& bytes) {
  Segments result;
  const wasm::Module module = Read(bytes);
  for (const wasm::DataSegment& segment : module.datas) {
    result.emplace_back(
        ConstantValue(module, segment.offset).value_or(~uint64_t{0}),
        std::string(segment.bytes.begin(), segment.bytes.end()));
  }
  return result;
}

// A module with one memory of its own and these segments.
Bytes Module(const std::vector<Bytes>& datas) {
  ModuleBytes m;
  m.Add(SectionId::kMemory, {kMemory}).Add(SectionId::kData, datas);
  return m.bytes();
}

Segments Packed(const std::vector<Bytes>& datas) {
  return SegmentsOf(Optimized(Module(datas)));
}

TEST(PackMemoryTest, OuterZerosGo) {
  EXPECT_THAT(Packed({Data(8, Zeros(9) + "abc" + Zeros(5))}),
              ElementsAre(Pair(17, "abc")));
  EXPECT_THAT(Packed({Data(8, Zeros(9))}), IsEmpty());
}

TEST(PackMemoryTest, SplitsWhereItPays) {
  // A second segment costs flags, i32.const, one byte of offset, end and
  // length.
  EXPECT_THAT(Packed({Data(0, "a" + Zeros(6) + "b")}),
              ElementsAre(Pair(0, "a"), Pair(7, "b")));
  EXPECT_THAT(Packed({Data(0, "a" + Zeros(5) + "b")}),
              ElementsAre(Pair(0, "a" + Zeros(5) + "b")));
  // Here the offset takes three.
  EXPECT_THAT(Packed({Data(30000, "a" + Zeros(8) + "b")}),
              ElementsAre(Pair(30000, "a"), Pair(30009, "b")));
  EXPECT_THAT(Packed({Data(30000, "a" + Zeros(7) + "b")}),
              ElementsAre(Pair(30000, "a" + Zeros(7) + "b")));
}

TEST(PackMemoryTest, LengthsCount) {
  // In one piece the length takes two bytes, in two pieces one each.
  const std::string half(100, 'x');
  EXPECT_THAT(Packed({Data(0, half + Zeros(6) + half)}),
              ElementsAre(Pair(0, half), Pair(106, half)));
}

TEST(PackMemoryTest, NeighboursMerge) {
  EXPECT_THAT(Packed({Data(4, "b"), Data(0, "a"), Data(9, "c")}),
              ElementsAre(Pair(0, "a" + Zeros(3) + "b" + Zeros(4) + "c")));
}

TEST(PackMemoryTest, FarSegmentsStay) {
  const Bytes input = Module({Data(100, "b"), Data(0, "a")});
  EXPECT_EQ(Optimized(input), input);
}

TEST(PackMemoryTest, OverlapsStayInOrder) {
  const Bytes input =
      Module({Data(0, "ab" + Zeros(9)), Data(1, "c"), Data(40, "d")});
  EXPECT_EQ(Optimized(input), input);
  // What does not overlap is packed; nothing merges across the others.
  EXPECT_THAT(Packed({Data(0, "a"), Data(1, "bb"), Data(2, "c"), Data(3, "d"),
                      Data(5, "e" + Zeros(20))}),
              ElementsAre(Pair(0, "a"), Pair(1, "bb"), Pair(2, "c"),
                          Pair(3, "d" + Zeros(1) + "e")));
}

TEST(PackMemoryTest, MemoryWithUnprovedSegmentsStays) {
  for (const Bytes& other :
       {Data(65536, "a"), Join({{0, 0x23, 0, 0x0b}, Name("a")})}) {
    ModuleBytes m;
    m.Add(SectionId::kImport, {Join({Name("m"), Name("g"), {3, 0x7f, 0}})})
        .Add(SectionId::kMemory, {kMemory})
        .Add(SectionId::kData, {Data(0, Zeros(50)), other});
    EXPECT_EQ(Optimized(m.bytes()), m.bytes());
  }
}

TEST(PackMemoryTest, NothingMergesAcrossTraps) {
  ModuleBytes m;
  // The second segment is of memory 1 and out of bounds.
  m.Add(SectionId::kMemory, {kMemory, kMemory})
      .Add(SectionId::kData,
           {Data(0, "a"), Join({{2, 1, 0x41, 0x7f, 0x0b}, Name("x")}),
            Data(1, "b" + Zeros(8))});
  EXPECT_THAT(SegmentsOf(Optimized(m.bytes())),
              ElementsAre(Pair(0, "a"), Pair(0xffffffffu, "x"), Pair(1, "b")));
}

TEST(PackMemoryTest, ImportedMemoryOnlyMergesWithoutGap) {
  ModuleBytes m;
  m.Add(SectionId::kImport, {kImportedMemory})
      .Add(SectionId::kData,
           {Data(0, "a" + Zeros(20)), Data(21, "b"), Data(23, "c")});
  EXPECT_THAT(SegmentsOf(Optimized(m.bytes())),
              ElementsAre(Pair(0, "a" + Zeros(20) + "b"), Pair(23, "c")));
  PackMemoryOptions options;
  options.zero_filled_imports = true;
  EXPECT_THAT(SegmentsOf(Optimized(m.bytes(), options)),
              ElementsAre(Pair(0, "a"), Pair(21, "b" + Zeros(1) + "c")));
}

TEST(PackMemoryTest, ImportedSharedMemoryStays) {
  ModuleBytes m;
  m.Add(SectionId::kImport, {Join({Name("m"), Name("m"), {2, 3, 1, 1}})})
      .Add(SectionId::kData, {Data(0, "a"), Data(1, "b")});
  EXPECT_EQ(Optimized(m.bytes()), m.bytes());
}

TEST(PackMemoryTest, NamedAndPassiveSegmentsStay) {
  ModuleBytes m;
  m.Add(SectionId::kType, {FuncType()})
      .Add(SectionId::kFunction, {{0}})
      .Add(SectionId::kMemory, {kMemory})
      .Add(SectionId::kExport, {Export("e", ExternalKind::kFunc, 0)})
      .AddRaw(SectionId::kDataCount, {3})
      .Add(SectionId::kCode,
           {Body({0x41, 0, 0x41, 0, 0x41, 0, 0xfc, 8, 0, 0, 0xfc, 9, 1})})
      .Add(SectionId::kData, {Data(0, Zeros(20)), Data(20, "b" + Zeros(20)),
                              Join({{1}, Name(Zeros(30))})});
  EXPECT_EQ(Optimized(m.bytes()), m.bytes());
}

TEST(PackMemoryTest, Memory64UsesItsConstants) {
  ModuleBytes m;
  m.Add(SectionId::kMemory, {{4, 1}})
      .Add(SectionId::kData,
           {Join({{0, 0x42, 4, 0x0b}, Name(Zeros(12) + "a")})});
  EXPECT_THAT(SegmentsOf(Optimized(m.bytes())), ElementsAre(Pair(16, "a")));
}

TEST(PackMemoryTest, FirstPieceKeepsTheName) {
  ModuleBytes m;
  m.Add(SectionId::kMemory, {kMemory})
      .Add(SectionId::kData, {Data(0, "a" + Zeros(30) + "b"), Data(99, "c")})
      // Data names: 0 x, 1 y.
      .AddCustom("name", {9, 7, 2, 0, 1, 'x', 1, 1, 'y'});
  const Bytes output = Optimized(m.bytes());
  EXPECT_THAT(SegmentsOf(output),
              ElementsAre(Pair(0, "a"), Pair(31, "b"), Pair(99, "c")));
  const wasm::ByteSpan names = Read(output).customs[0].bytes;
  EXPECT_EQ(Bytes(names.begin(), names.end()),
            (Bytes{9, 7, 2, 0, 1, 'x', 2, 1, 'y'}));
}

TEST(PackMemoryTest, NumberOfSegmentsIsBounded) {
  std::string text;
  for (int i = 0; i < 40; ++i) text += "a" + Zeros(i % 2 == 0 ? 20 : 200);
  const Bytes input = Module({Data(0, text)});
  PackMemoryOptions options;
  options.max_segments = 25;
  EXPECT_EQ(SegmentsOf(Optimized(input)).size(), 40u);
  EXPECT_EQ(SegmentsOf(Optimized(input, options)).size(), 20u);
}

// What memory holds after instantiation.
std::string Image(const Segments& segments) {
  std::string image = Zeros(65536);
  for (const auto& [offset, text] : segments) {
    image.replace(offset, text.size(), text);
  }
  return image;
}

TEST(PackMemoryTest, RandomSegmentsKeepTheImage) {
  std::mt19937 random(1);
  for (int round = 0; round < 300; ++round) {
    std::vector<Bytes> datas;
    const uint32_t count = 1 + random() % 20;
    const uint32_t span = 100 + random() % 3000;
    for (uint32_t i = 0; i < count; ++i) {
      std::string text;
      const uint32_t size = random() % 120;
      for (uint32_t j = 0; j < size; ++j) {
        text += random() % 4 == 0 ? Zeros(random() % 12) : "x";
      }
      datas.push_back(Data(static_cast<int32_t>(random() % span), text));
    }
    const Bytes input = Module(datas);
    const Bytes output = Optimized(input);
    ASSERT_EQ(Image(SegmentsOf(output)), Image(SegmentsOf(input)));
  }
}

}  // namespace
}  // namespace weft::passes
