// Small readers of parts: components, branch hints, features in use.
#include <gtest/gtest.h>

#include "ir/wasm/branch_hints.h"
#include "ir/wasm/component.h"
#include "ir/wasm/detect_features.h"
#include "ir/wasm/reader.h"
#include "ir/wasm/testing.h"
#include "ir/wasm/writer.h"

namespace weft::wasm {
namespace {

using testing::Body;
using testing::Bytes;
using testing::Concat;
using testing::FunctionModule;
using testing::ModuleBuilder;
using testing::U32;
using testing::Vec;

Bytes Component(const Bytes& sections) {
  return Concat({{0, 'a', 's', 'm', 13, 0, 1, 0}, sections});
}

Bytes Section(uint8_t id, const Bytes& content) {
  return Concat({{id}, U32(static_cast<uint32_t>(content.size())), content});
}

TEST(ComponentTest, FindsAndReplacesNestedModules) {
  const Bytes empty = ModuleBuilder().Build();
  const Bytes other = ModuleBuilder().Custom("x", {1}).Build();
  const Bytes inner = Component(Section(1, other));
  const Bytes outer = Component(
      Concat({Section(1, empty), Section(7, {1, 2, 3}), Section(4, inner)}));
  absl::StatusOr<std::vector<ByteSpan>> found = FindCoreModules(outer);
  ASSERT_TRUE(found.ok()) << found.status();
  ASSERT_EQ(found->size(), 2u);
  EXPECT_EQ((*found)[0], ByteSpan(empty));
  EXPECT_EQ((*found)[1], ByteSpan(other));
  absl::StatusOr<Bytes> swapped =
      ReplaceCoreModules(outer, [&](ByteSpan module) {
        return absl::StatusOr<Bytes>(module == ByteSpan(empty) ? other : empty);
      });
  ASSERT_TRUE(swapped.ok());
  EXPECT_EQ(*swapped,
            Component(Concat({Section(1, other), Section(7, {1, 2, 3}),
                              Section(4, Component(Section(1, empty)))})));
}

TEST(ComponentTest, Malformed) {
  EXPECT_FALSE(FindCoreModules(ModuleBuilder().Build()).ok());
  EXPECT_FALSE(FindCoreModules(Component({1, 200, 0})).ok());
  EXPECT_FALSE(FindCoreModules(Component({4, 1, 0})).ok());
  // Nested too deep.
  Bytes deep = Component({});
  for (int i = 1; i < 100; ++i) deep = Component(Section(4, deep));
  EXPECT_TRUE(FindCoreModules(deep).ok());
  deep = Component(Section(4, deep));
  EXPECT_EQ(FindCoreModules(deep).status().code(),
            absl::StatusCode::kResourceExhausted);
}

TEST(BranchHintsTest, RoundTrip) {
  const Bytes content = {2, 3, 2, 5, 1, 1, 9, 1, 0, 7, 1, 1, 1, 1};
  absl::StatusOr<std::vector<FunctionHints>> hints =
      ParseBranchHints(content, 0);
  ASSERT_TRUE(hints.ok()) << hints.status();
  ASSERT_EQ(hints->size(), 2u);
  EXPECT_EQ((*hints)[0].func, 3u);
  EXPECT_EQ((*hints)[0].hints[0].offset, 5u);
  EXPECT_TRUE((*hints)[0].hints[0].likely);
  EXPECT_FALSE((*hints)[0].hints[1].likely);
  ByteWriter out;
  WriteBranchHints(*hints, &out);
  EXPECT_EQ(out.bytes(), content);
  EXPECT_FALSE(ParseBranchHints(Bytes{1, 0, 1, 5, 1, 2}, 0).ok());
  EXPECT_FALSE(ParseBranchHints(Bytes{1, 0, 1, 5, 2, 0}, 0).ok());
  EXPECT_FALSE(ParseBranchHints(Bytes{0, 0}, 0).ok());
  EXPECT_FALSE(ParseBranchHints(Bytes{1}, 0).ok());
}

TEST(DetectFeaturesTest, OfSectionsAndBodies) {
  EXPECT_EQ(DetectFeatures(*ReadModule(ModuleBuilder().Build())),
            FeatureSet::Mvp());
  const Bytes plain = ModuleBuilder()
                          .Section(1, Vec({{0x60, 0, 0}}))
                          .Section(3, Vec({{0}}))
                          .Section(10, Vec({Body({0x41, 0, 0xc0, 0x1a})}))
                          .Build();
  EXPECT_EQ(DetectFeatures(*ReadModule(plain)),
            FeatureSet::Mvp().Add(Feature::kSignExt));
  const Bytes more = FunctionModule({}, {}, {0xfc, 9, 0});
  EXPECT_EQ(DetectBodyFeatures(*ReadModule(more), 0),
            FeatureSet::Mvp().Add(Feature::kBulkMemory));
  EXPECT_EQ(DetectFeatures(*ReadModule(more)),
            FeatureSet::Mvp()
                .Add(Feature::kBulkMemory)
                .Add(Feature::kExceptionHandling));
  const Bytes gc =
      ModuleBuilder().Section(1, Vec({{0x5f, 1, 0x63, 0, 0}})).Build();
  EXPECT_EQ(
      DetectFeatures(*ReadModule(gc)),
      FeatureSet::Mvp().Add(Feature::kGc).Add(Feature::kFunctionReferences));
}

TEST(FeatureTest, Implied) {
  const FeatureSet gc = WithImplied(FeatureSet::Mvp().Add(Feature::kGc));
  EXPECT_TRUE(gc.Has(Feature::kReferenceTypes));
  EXPECT_FALSE(gc.Has(Feature::kSimd128));
  EXPECT_EQ(WithImplied(FeatureSet::Mvp()), FeatureSet::Mvp());
}

TEST(ReencodeBodyTest, Moves) {
  // Two locals declarations merge, a constant shrinks.
  const Bytes bytes = FunctionModule({}, {}, {0x41, 0x81, 0x00, 0x1a, 0x01},
                                     {2, 1, 0x7f, 1, 0x7f});
  absl::StatusOr<Module> module = ReadModule(bytes);
  ASSERT_TRUE(module.ok());
  ByteWriter out;
  out.Byte(0xee);  // Offsets count from where the body begins.
  std::vector<OperatorMove> moves;
  ASSERT_TRUE(ReencodeBody(*module, 0, {}, &out, &moves).ok());
  const uint32_t from = module->funcs[0].body_offset + 5;
  ASSERT_EQ(moves.size(), 4u);
  const uint32_t expected[][2] = {{0, 3}, {3, 5}, {4, 6}, {5, 7}};
  for (int i = 0; i < 4; ++i) {
    EXPECT_EQ(moves[i].from, from + expected[i][0]);
    EXPECT_EQ(moves[i].to, expected[i][1]);
  }
}

}  // namespace
}  // namespace weft::wasm
