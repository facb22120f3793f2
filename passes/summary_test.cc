#include "passes/summary.h"

#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "passes/testing/corpus.h"
#include "passes/testing/module_bytes.h"

namespace weft::passes {
namespace {

using testing::Body;
using testing::Bytes;
using ::testing::ElementsAre;
using testing::FuncType;
using ::testing::IsEmpty;
using testing::ModuleBytes;
using testing::Read;
using wasm::SectionId;

ModuleBytes TwoBodies(const Bytes& first, const Bytes& second) {
  ModuleBytes m;
  m.Add(SectionId::kType, {FuncType(), FuncType(), FuncType(1)})
      .Add(SectionId::kFunction, {{0}, {0}})
      .Add(SectionId::kTable, {{0x70, 0, 8}, {0x70, 0, 8}})
      .Add(SectionId::kMemory, {{0, 1}})
      .Add(SectionId::kGlobal, {{0x7f, 1, 0x41, 0, 0x0b}})
      .AddRaw(SectionId::kDataCount, {2})
      .Add(SectionId::kCode, {first, second})
      .Add(SectionId::kData, {{1, 0}, {1, 0}});
  return m;
}

ModuleSummary Summarize(const Bytes& bytes) {
  absl::StatusOr<ModuleSummary> summary = SummarizeModule(Read(bytes), 2);
  EXPECT_TRUE(summary.ok()) << summary.status();
  return *std::move(summary);
}

TEST(SummaryTest, CountsByKind) {
  const Bytes bytes =
      TwoBodies(
          Body({0x10, 1,  0x10, 0,    0x10, 1,  // call 1, 0, 1
                0xd2, 1,  0x1a,                 // ref.func 1
                0x23, 0,  0x24, 0,              // global.get, global.set
                0x41, 0,  0x11, 1,    1,  // call_indirect (type 1), table 1
                0x02, 0,  0x0b,           // block (type 0)
                0x41, 0,  0x28, 2,    0,    0x1a,  // i32.load
                0xfc, 16, 0,    0x1a,              // table.size 0
                0x41, 0,  0x25, 0,    0x1a,        // table.get 0
                0xfc, 9,  1,                       // data.drop 1
                0x41, 0,  0x41, 0,    0x41, 0,
                0xfc, 8,  0,    0}),  // memory.init 0
          Body({}))
          .bytes();
  const ModuleSummary s = Summarize(bytes);
  EXPECT_THAT(s.Uses(0, UseKind::kCall), ElementsAre(Use{0, 1}, Use{1, 2}));
  EXPECT_THAT(s.Uses(0, UseKind::kRefFunc), ElementsAre(Use{1, 1}));
  EXPECT_THAT(s.Uses(0, UseKind::kGlobalGet), ElementsAre(Use{0, 1}));
  EXPECT_THAT(s.Uses(0, UseKind::kGlobalSet), ElementsAre(Use{0, 1}));
  EXPECT_THAT(s.Uses(0, UseKind::kType), IsEmpty());
  EXPECT_THAT(s.Uses(0, UseKind::kIndirectType), ElementsAre(Use{1, 1}));
  EXPECT_THAT(s.Uses(0, UseKind::kSignedType), ElementsAre(Use{0, 1}));
  EXPECT_THAT(s.Uses(0, UseKind::kTableCall),
              ElementsAre(Use{0, 1}, Use{1, 1}));
  EXPECT_THAT(s.Uses(0, UseKind::kTable), ElementsAre(Use{0, 1}));
  EXPECT_THAT(s.Uses(0, UseKind::kMemory), ElementsAre(Use{0, 2}));
  EXPECT_THAT(s.Uses(0, UseKind::kData), ElementsAre(Use{0, 1}));
  EXPECT_THAT(s.Uses(0, UseKind::kDataDrop), ElementsAre(Use{1, 1}));
  EXPECT_THAT(s.Uses(1, UseKind::kCall), IsEmpty());
  EXPECT_EQ(s.operators(1), 1u);
}

TEST(SummaryTest, HashIgnoresCalleesAndEqualTypesOnly) {
  const auto equal = [](const Bytes& a, const Bytes& b) {
    const ModuleSummary s = Summarize(TwoBodies(a, b).bytes());
    return s.hash(0) == s.hash(1);
  };
  EXPECT_TRUE(equal(Body({0x10, 0}), Body({0x10, 1})));
  EXPECT_TRUE(equal(Body({0x02, 0, 0x0b}), Body({0x02, 1, 0x0b})));
  // Locals: groups of one type count as one.
  EXPECT_TRUE(equal({6, 2, 1, 0x7f, 2, 0x7f, 0x0b}, {4, 1, 3, 0x7f, 0x0b}));
  EXPECT_FALSE(equal({4, 1, 2, 0x7f, 0x0b}, {4, 1, 3, 0x7f, 0x0b}));
  EXPECT_FALSE(equal(Body({0x10, 0}), Body({0xd2, 0, 0x1a})));
  EXPECT_FALSE(equal(Body({0x41, 0, 0x1a}), Body({0x41, 1, 0x1a})));
}

TEST(SummaryTest, MalformedBodyIsAnError) {
  const Bytes bytes = TwoBodies(Body({}), Body({0xff})).bytes();
  EXPECT_EQ(SummarizeModule(Read(bytes), 1).status().code(),
            absl::StatusCode::kInvalidArgument);
}

TEST(SummaryCorpusTest, ThreadsDoNotMatter) {
  const std::vector<testing::CorpusModule> corpus = testing::ReadCorpus();
  if (corpus.empty()) GTEST_SKIP() << "WEFT_SHARED is not set";
  for (const testing::CorpusModule& entry : corpus) {
    SCOPED_TRACE(entry.name);
    const wasm::Module module = Read(entry.bytes);
    const auto one = SummarizeModule(module, 1);
    const auto four = SummarizeModule(module, 4);
    ASSERT_TRUE(one.ok() && four.ok());
    EXPECT_EQ(one->total_operators(), four->total_operators());
    for (wasm::FuncIndex i = 0; i < module.funcs.size(); ++i) {
      ASSERT_EQ(one->hash(i), four->hash(i));
      for (int k = 0; k < kUseKinds; ++k) {
        const auto kind = static_cast<UseKind>(k);
        ASSERT_EQ(one->Uses(i, kind), four->Uses(i, kind));
      }
    }
  }
}

}  // namespace
}  // namespace weft::passes
