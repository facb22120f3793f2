#include "ir/wasm/custom_sections.h"

#include <gtest/gtest.h>

#include "ir/wasm/producers.h"
#include "ir/wasm/reader.h"
#include "ir/wasm/testing.h"

namespace weft::wasm {
namespace {

using testing::Bytes;
using testing::Concat;
using testing::ModuleBuilder;
using testing::Name;
using testing::Vec;

TEST(CustomSectionsTest, Kinds) {
  EXPECT_EQ(CustomKindOf("name"), CustomKind::kNames);
  EXPECT_EQ(CustomKindOf(".debug_line"), CustomKind::kDebug);
  EXPECT_EQ(CustomKindOf("sourceMappingURL"), CustomKind::kDebug);
  EXPECT_EQ(CustomKindOf("producers"), CustomKind::kAbout);
  EXPECT_EQ(CustomKindOf("dylink.0"), CustomKind::kMeaning);
  EXPECT_EQ(CustomKindOf("reloc.DATA"), CustomKind::kMeaning);
  EXPECT_EQ(CustomKindOf("names"), CustomKind::kOther);
  EXPECT_EQ(CustomKindOf(""), CustomKind::kOther);
}

TEST(CustomSectionsTest, RemovesJustThose) {
  const Bytes odd_size = {5, 0x83, 0x80, 0, 1, 0, 1};  // A memory.
  const Bytes bytes = ModuleBuilder()
                          .Custom("a", {1})
                          .Raw(odd_size)
                          .Custom("b", {2})
                          .Custom("a", {3})
                          .Build();
  const absl::StatusOr<Module> module = ReadModule(bytes);
  ASSERT_TRUE(module.ok()) << module.status();
  EXPECT_EQ(RemoveCustomSections(*module, [](const auto&) { return false; }),
            bytes);
  EXPECT_EQ(RemoveCustomSections(
                *module, [](const auto& custom) { return custom.name == "a"; }),
            ModuleBuilder().Raw(odd_size).Custom("b", {2}).Build());
}

TEST(ProducersTest, Parses) {
  const Bytes bytes =
      Vec({Concat({Name("sdk"), Vec({Concat({Name("x"), Name("1")})})}),
           Concat({Name("language"), Vec({})})});
  const absl::StatusOr<std::vector<ProducersField>> fields =
      ParseProducers(bytes, 0);
  ASSERT_TRUE(fields.ok()) << fields.status();
  ASSERT_EQ(fields->size(), 2u);
  EXPECT_EQ((*fields)[0].name, "sdk");
  ASSERT_EQ((*fields)[0].producers.size(), 1u);
  EXPECT_EQ((*fields)[0].producers[0].version, "1");
  EXPECT_TRUE((*fields)[1].producers.empty());
  // Cut anywhere, and with a byte too many.
  for (size_t size = 0; size < bytes.size(); ++size) {
    EXPECT_FALSE(ParseProducers(ByteSpan(bytes).first(size), 0).ok());
  }
  EXPECT_FALSE(ParseProducers(Concat({bytes, {0}}), 0).ok());
  // A count that claims too much.
  EXPECT_FALSE(ParseProducers(Bytes{0xff, 0xff, 0xff, 0xff, 0xf}, 0).ok());
}

}  // namespace
}  // namespace weft::wasm
