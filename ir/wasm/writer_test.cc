#include "ir/wasm/writer.h"

#include <gtest/gtest.h>

#include <string>

#include "ir/wasm/names.h"
#include "ir/wasm/reader.h"
#include "ir/wasm/testing.h"
#include "ir/wasm/validator.h"

namespace weft::wasm {
namespace {

using testing::Body;
using testing::Bytes;
using testing::Check;
using testing::Concat;
using testing::EverySection;
using testing::ModuleBuilder;
using testing::Name;
using testing::Vec;

Bytes Rewrite(const Bytes& bytes, const IndexMaps& maps = {}) {
  absl::StatusOr<Module> module = ReadModule(bytes);
  EXPECT_TRUE(module.ok()) << module.status();
  absl::StatusOr<Bytes> out = ReencodeModule(*module, maps);
  EXPECT_TRUE(out.ok()) << out.status();
  return *out;
}

TEST(WriterTest, EverySectionComesOutAsItWentIn) {
  const Bytes bytes = EverySection();
  const Bytes first = Rewrite(bytes);
  // The third segment with expressions says in shorter form what it says.
  EXPECT_LT(first.size(), bytes.size());
  EXPECT_EQ(Rewrite(first), first);
  EXPECT_TRUE(Check(first).ok()) << Check(first);
  absl::StatusOr<Module> before = ReadModule(bytes);
  absl::StatusOr<Module> after = ReadModule(first);
  EXPECT_EQ(before->elems.size(), after->elems.size());
  EXPECT_EQ(after->elems[4].funcs, (std::vector<FuncIndex>{1}));
  for (size_t i = 0; i < 3; ++i) {
    EXPECT_EQ(before->customs[i].payload, after->customs[i].payload);
    EXPECT_EQ(before->customs[i].after_section,
              after->customs[i].after_section);
  }
}

TEST(WriterTest, EncodingsShrink) {
  // Overlong sizes, counts, constants, locals of one type, empty sections.
  const Bytes body =
      Concat({{0x83, 0x00, 1, 0x7f, 0, 0x7e, 2, 0x7f},
              {0x41, 0x81, 0x80, 0x00, 0x1a, 0x20, 0x81, 0x00, 0x1a, 0x0b}});
  const Bytes bytes = Concat({{0, 'a', 's', 'm', 1, 0, 0, 0},
                              {1, 0x85, 0x00, 0x81, 0x00, 0x60, 0, 0},
                              {2, 1, 0},
                              {3, 2, 1, 0},
                              {10, 0x95, 0x80, 0x00, 1, 0x92, 0x00},
                              body});
  ASSERT_TRUE(Check(bytes).ok()) << Check(bytes);
  const Bytes expected =
      ModuleBuilder()
          .Section(1, Vec({{0x60, 0, 0}}))
          .Section(3, Vec({{0}}))
          .Section(
              10, Vec({Body({0x41, 1, 0x1a, 0x20, 1, 0x1a}, Vec({{3, 0x7f}}))}))
          .Build();
  EXPECT_EQ(Rewrite(bytes), expected);
}

// A struct with a field of externref, which ref.null of the table's type is
// not: the initializer that begins with ref.null extern must stay.
TEST(WriterTest, OnlyInitializersThatAreNullGo) {
  const auto module = [](const Bytes& table) {
    return ModuleBuilder()
        .Section(1, Vec({{0x5f, 1, 0x6f, 0}}))
        .Section(4, Vec({table}))
        .Build();
  };
  const Bytes filled =
      module({0x40, 0, 0x63, 0, 0, 1, 0xd0, 0x6f, 0xfb, 0, 0, 0x0b});
  ASSERT_TRUE(Check(filled).ok()) << Check(filled);
  EXPECT_EQ(Rewrite(filled), filled);
  const Bytes null = module({0x40, 0, 0x63, 0, 0, 1, 0xd0, 0x71, 0x0b});
  ASSERT_TRUE(Check(null).ok()) << Check(null);
  EXPECT_EQ(Rewrite(null), module({0x63, 0, 0, 1}));
}

// Functions 0 (import), 1 and 2; 1 goes, a second import is not there.
TEST(WriterTest, MapsRemoveAndReorder) {
  const Bytes bytes =
      ModuleBuilder()
          .Section(1, Vec({{0x60, 0, 0}, {0x60, 1, 0x7f, 0}, {0x60, 0, 0}}))
          .Section(2, Vec({Concat({Name("e"), Name("a"), {0, 0}}),
                           Concat({Name("e"), Name("b"), {0, 2}})}))
          .Section(3, Vec({{0}, {2}, {1}}))
          .Section(6, Vec({{0x7f, 0, 0x41, 0, 0x0b}, {0x7e, 0, 0x42, 1, 0x0b}}))
          .Section(7, Vec({Concat({Name("x"), {0, 3}})}))
          .Section(9, Vec({{1, 0, 2, 1, 3}}))
          .Section(10, Vec({Body({}), Body({0x10, 1, 0x10, 4 - 1}),
                            Body({0x23, 1, 0x1a})}))
          .Custom("name", Concat({{1, 13, 4},
                                  {0},
                                  Name("a"),
                                  {1},
                                  Name("b"),
                                  {2},
                                  Name("c"),
                                  {3},
                                  Name("d")}))
          .Build();
  ASSERT_TRUE(Check(bytes).ok()) << Check(bytes);
  IndexMaps maps;
  maps.types = {0, 1, 0};  // The equal ones become one.
  maps.funcs = {kNoIndex, 0, kNoIndex, 2, 1};
  maps.globals = {kNoIndex, 0};
  const Bytes out = Rewrite(bytes, maps);
  ASSERT_TRUE(Check(out).ok()) << Check(out);
  absl::StatusOr<Module> module = ReadModule(out);
  EXPECT_EQ(module->types.size(), 2u);
  ASSERT_EQ(module->imports.size(), 1u);
  EXPECT_EQ(module->imports[0].field, "b");
  ASSERT_EQ(module->funcs.size(), 3u);
  EXPECT_EQ(module->funcs[1].type, 1u);
  EXPECT_EQ(module->funcs[2].type, 0u);
  EXPECT_EQ(module->globals.size(), 1u);
  EXPECT_EQ(module->exports[0].index, 2u);
  EXPECT_EQ(module->elems[0].funcs, (std::vector<FuncIndex>{0, 2}));
  // The call of itself follows.
  EXPECT_EQ(module->funcs[2].body, ByteSpan(Bytes{0, 0x10, 0, 0x10, 2, 0x0b}));
  absl::StatusOr<Names> names =
      ParseNames(module->customs[0].bytes, module->customs[0].offset);
  ASSERT_TRUE(names.ok());
  ASSERT_EQ(names->funcs.size(), 2u);
  EXPECT_EQ(names->funcs[0].index, 0u);
  EXPECT_EQ(names->funcs[0].name, "b");
  EXPECT_EQ(names->funcs[1].index, 2u);
  EXPECT_EQ(names->funcs[1].name, "d");
}

TEST(WriterTest, ImportsFollowTheNewOrder) {
  const Bytes bytes =
      ModuleBuilder()
          .Section(1, Vec({{0x60, 0, 0}, {0x60, 1, 0x7f, 0}}))
          .Section(2, Vec({Concat({Name("e"), Name("a"), {0, 0}}),
                           Concat({Name("e"), Name("g"), {3, 0x7f, 0}}),
                           Concat({Name("e"), Name("b"), {0, 1}})}))
          .Build();
  IndexMaps maps;
  maps.funcs = {1, 0};
  absl::StatusOr<Module> module = ReadModule(Rewrite(bytes, maps));
  ASSERT_TRUE(module.ok());
  const Bytes out = Rewrite(bytes, maps);
  module = ReadModule(out);
  EXPECT_EQ(module->imports[0].field, "b");
  EXPECT_EQ(module->imports[1].field, "g");
  EXPECT_EQ(module->imports[2].field, "a");
  EXPECT_EQ(module->funcs[0].type, 1u);
}

TEST(WriterTest, GroupsMoveAsAWhole) {
  const Bytes bytes =
      ModuleBuilder()
          .Section(1, Vec({{0x5f, 0},
                           {0x4e, 2, 0x5f, 1, 0x63, 2, 0, 0x5f, 1, 0x63, 1, 0},
                           {0x60, 1, 0x63, 1, 0}}))
          .Build();
  IndexMaps maps;
  maps.types = {kNoIndex, 1, 2, 0};
  // The function type would come before what it refers to: keep its order.
  maps.types = {kNoIndex, 0, 1, 2};
  const Bytes out = Rewrite(bytes, maps);
  ASSERT_TRUE(Check(out).ok()) << Check(out);
  absl::StatusOr<Module> module = ReadModule(out);
  ASSERT_EQ(module->types.size(), 3u);
  EXPECT_EQ(module->types[0].group_size, 2u);
  EXPECT_EQ(module->types[0].fields[0].storage.value,
            ValueType::Ref(HeapType::Defined(1), true));
  EXPECT_EQ(module->types[2].params[0],
            ValueType::Ref(HeapType::Defined(0), true));
}

TEST(WriterTest, BodiesFromAProvider) {
  const Bytes bytes = ModuleBuilder()
                          .Section(1, Vec({{0x60, 0, 0}}))
                          .Section(3, Vec({{0}, {0}}))
                          .Section(10, Vec({Body({}), Body({1})}))
                          .Build();
  absl::StatusOr<Module> module = ReadModule(bytes);
  absl::StatusOr<Bytes> out = WriteModule(
      *module, {}, [&](FuncIndex func, ByteWriter* body) -> absl::Status {
        if (func == 1) return ReencodeBody(*module, func, {}, body);
        body->Bytes({0, 0x00, 0x0b});
        return absl::OkStatus();
      });
  ASSERT_TRUE(out.ok());
  EXPECT_EQ(*out, ModuleBuilder()
                      .Section(1, Vec({{0x60, 0, 0}}))
                      .Section(3, Vec({{0}, {0}}))
                      .Section(10, Vec({Body({0}), Body({1})}))
                      .Build());
  out = WriteModule(*module, {}, [](FuncIndex, ByteWriter*) {
    return absl::InternalError("no body");
  });
  EXPECT_EQ(out.status().message(), "no body");
}

TEST(WriterTest, PolicyForCustomSections) {
  const Bytes bytes = ModuleBuilder()
                          .Custom("a", {1})
                          .Custom("b", {2})
                          .Section(1, Vec({{0x60, 0, 0}}))
                          .Custom("c", {3})
                          .Build();
  absl::StatusOr<Module> module = ReadModule(bytes);
  absl::StatusOr<Bytes> out = ReencodeModule(
      *module, {}, [](const CustomSection& section, ByteWriter* content) {
        if (section.name == "a") return CustomAction::kDrop;
        if (section.name == "b") return CustomAction::kKeep;
        content->Byte(9);
        return CustomAction::kReplace;
      });
  ASSERT_TRUE(out.ok());
  EXPECT_EQ(*out, ModuleBuilder()
                      .Custom("b", {2})
                      .Section(1, Vec({{0x60, 0, 0}}))
                      .Custom("c", {9})
                      .Build());
}

TEST(NamesTest, ParseRemapWrite) {
  const Bytes content = Concat({{0, 2},
                                Name("m"),
                                {1, 7, 2, 0},
                                Name("f"),
                                {3},
                                Name("g"),
                                // Locals of function 3.
                                {2, 6, 1, 3, 1, 0},
                                Name("x"),
                                // Fields of type 1.
                                {10, 6, 1, 1, 1, 0},
                                Name("y"),
                                {11, 4, 1, 0},
                                Name("t"),
                                {77, 2, 5, 6}});
  absl::StatusOr<Names> names = ParseNames(content, 0);
  ASSERT_TRUE(names.ok()) << names.status();
  EXPECT_TRUE(names->has_module);
  EXPECT_EQ(names->module, "m");
  ASSERT_EQ(names->locals.size(), 1u);
  EXPECT_EQ(names->locals[0].index, 3u);
  EXPECT_EQ(names->locals[0].names[0].name, "x");
  EXPECT_EQ(names->others.size(), 1u);
  ByteWriter out;
  WriteNames(*names, &out);
  EXPECT_EQ(out.bytes(), content);
  IndexMaps maps;
  maps.funcs = {1, kNoIndex, kNoIndex, 0};
  maps.types = {0, kNoIndex};
  RemapNames(maps, &*names);
  EXPECT_EQ(names->funcs[0].name, "g");
  EXPECT_EQ(names->funcs[1].index, 1u);
  EXPECT_EQ(names->locals[0].index, 0u);
  EXPECT_TRUE(names->fields.empty());
  EXPECT_EQ(names->tags.size(), 1u);
}

TEST(NamesTest, MalformedContent) {
  for (const Bytes& bad :
       {Bytes{1}, Bytes{1, 9}, Bytes{1, 1, 5}, Bytes{1, 4, 1, 0, 1, 0xff},
        Bytes{0, 3, 1, 'm', 0}, Bytes{2, 2, 1, 0}}) {
    EXPECT_FALSE(ParseNames(bad, 0).ok());
  }
}

}  // namespace
}  // namespace weft::wasm
