#include "ir/wasm/reader.h"

#include <gtest/gtest.h>

#include <string>

#include "ir/wasm/limits.h"
#include "ir/wasm/testing.h"

namespace weft::wasm {
namespace {

using testing::Body;
using testing::Bytes;
using testing::Check;
using testing::CheckError;
using testing::Concat;
using testing::EverySection;
using testing::ModuleBuilder;
using testing::Name;
using testing::Repeat;
using testing::U32;
using testing::Vec;

bool Contains(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

#define EXPECT_ERROR(bytes, part)                                       \
  do {                                                                  \
    const std::string error = CheckError(bytes);                        \
    EXPECT_TRUE(Contains(error, part)) << "error: \"" << error << "\""; \
    EXPECT_TRUE(Contains(error, " at offset ")) << error;               \
  } while (false)

TEST(ReaderTest, EverySectionIsRead) {
  const Bytes bytes = EverySection();
  ASSERT_TRUE(Check(bytes).ok()) << Check(bytes);
  absl::StatusOr<Module> module = ReadModule(bytes);
  ASSERT_TRUE(module.ok()) << module.status();
  EXPECT_EQ(module->types.size(), 4u);
  EXPECT_EQ(module->types[3].group_begin, 2u);
  EXPECT_EQ(module->types[3].group_size, 2u);
  EXPECT_FALSE(module->types[2].is_final);
  EXPECT_EQ(module->types[2].fields[0].storage.packed, StorageType::kI8);
  EXPECT_TRUE(module->types[2].fields[0].is_mutable);
  EXPECT_EQ(module->imports.size(), 3u);
  EXPECT_EQ(module->funcs.size(), 3u);
  EXPECT_EQ(module->num_imported_funcs, 1u);
  EXPECT_TRUE(module->funcs[0].is_import());
  EXPECT_FALSE(module->funcs[1].is_import());
  EXPECT_EQ(module->tables.size(), 2u);
  EXPECT_TRUE(module->tables[1].has_init);
  EXPECT_TRUE(module->memories[0].type.limits.has_max);
  EXPECT_EQ(module->tags.size(), 2u);
  EXPECT_EQ(module->globals.size(), 3u);
  EXPECT_TRUE(module->globals[1].type.is_mutable);
  EXPECT_EQ(module->exports[1].name, "m");
  EXPECT_EQ(module->start, 1u);
  ASSERT_EQ(module->elems.size(), 8u);
  EXPECT_EQ(module->elems[2].table, 1u);
  EXPECT_EQ(module->elems[3].mode, ElemSegment::kDeclarative);
  EXPECT_TRUE(module->elems[7].is_exprs);
  EXPECT_TRUE(module->has_data_count);
  EXPECT_EQ(module->datas[1].mode, DataSegment::kPassive);
  ASSERT_EQ(module->customs.size(), 3u);
  EXPECT_EQ(module->customs[0].after_section, 0);
  EXPECT_EQ(module->customs[1].after_section, 10);
  EXPECT_EQ(module->customs[2].after_section, 11);
  EXPECT_EQ(module->customs[0].bytes, ByteSpan(Bytes{1, 2, 3}));
  EXPECT_LE(sizeof(Function), 32u);
}

TEST(ReaderTest, EveryTruncationIsAnError) {
  const Bytes bytes = EverySection();
  absl::StatusOr<Module> module = ReadModule(bytes);
  ASSERT_TRUE(module.ok());
  for (size_t size = 0; size < bytes.size(); ++size) {
    // Not where a section ends and what follows may be left out.
    const Bytes cut(bytes.begin(), bytes.begin() + size);
    const absl::Status status = Check(cut);
    if (status.ok()) {
      bool at_end = size == 8;
      for (const SectionRange& range : module->sections) {
        at_end |= size == range.content_offset + range.size;
      }
      EXPECT_TRUE(at_end) << size;
    } else {
      EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument) << status;
      EXPECT_TRUE(Contains(std::string(status.message()), " at offset "))
          << status;
    }
  }
}

TEST(ReaderTest, NotModules) {
  EXPECT_ERROR(Bytes{}, "empty input");
  EXPECT_ERROR((Bytes{0, 'a', 's'}), "unexpected end");
  EXPECT_ERROR((Bytes{0, 'a', 's', 'm', 1}), "unexpected end");
  EXPECT_ERROR((Bytes{'G', 'I', 'F', '8', '9', 'a', 0, 0}), "magic number");
  EXPECT_ERROR((Bytes{0, 'a', 's', 'm', 2, 0, 0, 0}), "unknown binary version");
  EXPECT_ERROR((Bytes{0, 'a', 's', 'm', 13, 0, 1, 0}), "component");
  EXPECT_ERROR((Bytes{0x1f, 0x8b, 8, 0, 0, 0, 0, 0}), "gzip");
  EXPECT_ERROR((Bytes{'(', 'm', 'o', 'd', 'u', 'l', 'e', ')'}), "text format");
  EXPECT_ERROR((Bytes{';', ';', ' ', '('}), "text format");
  EXPECT_TRUE(Check(ModuleBuilder().Build()).ok());
}

TEST(ReaderTest, SectionFrames) {
  EXPECT_ERROR(ModuleBuilder().Section(14, {}).Build(), "malformed section id");
  // Size of 4 GiB.
  EXPECT_ERROR(ModuleBuilder().Raw({1, 0xff, 0xff, 0xff, 0xff, 0x0f}).Build(),
               "length out of bounds");
  EXPECT_ERROR(ModuleBuilder().Raw({1, 0xff, 0xff, 0xff, 0xff, 0x1f}).Build(),
               "integer too large");
  EXPECT_ERROR(
      ModuleBuilder().Raw({1, 0x80, 0x80, 0x80, 0x80, 0x80, 0}).Build(),
      "integer representation too long");
  EXPECT_ERROR(ModuleBuilder().Section(1, {0, 0}).Build(),
               "section size mismatch");
  EXPECT_ERROR(ModuleBuilder().Section(1, {0}).Section(1, {0}).Build(),
               "duplicate section");
  EXPECT_ERROR(ModuleBuilder().Section(2, {0}).Section(1, {0}).Build(),
               "out of order");
  // Tags come between memories and globals, the data count before code.
  EXPECT_TRUE(
      Check(ModuleBuilder().Section(5, {0}).Section(13, {0}).Build()).ok());
  EXPECT_ERROR(ModuleBuilder().Section(6, {0}).Section(13, {0}).Build(),
               "out of order");
  EXPECT_ERROR(ModuleBuilder().Section(10, {0}).Section(12, {0}).Build(),
               "out of order");
  // Garbage behind the last section.
  EXPECT_ERROR(Concat({EverySection(), {0xff, 0xff}}), "malformed section id");
}

TEST(ReaderTest, HugeCounts) {
  const Bytes huge = {0xff, 0xff, 0xff, 0xff, 0x0f};
  for (uint8_t id = 1; id <= 13; ++id) {
    if (id == 8 || id == 12) continue;
    const std::string error =
        CheckError(ModuleBuilder().Section(id, huge).Build());
    EXPECT_FALSE(error.empty()) << int{id};
  }
  // In a group, in parameters, in fields.
  for (const Bytes& type :
       {Concat({{0x4e}, huge}), Concat({{0x60}, huge}),
        Concat({{0x60, 0}, huge}), Concat({{0x5f}, huge})}) {
    EXPECT_ERROR(ModuleBuilder().Section(1, Vec({type})).Build(),
                 "count exceeds the section");
  }
}

TEST(ReaderTest, CountsThatDisagree) {
  const Bytes types = Vec({{0x60, 0, 0}});
  EXPECT_ERROR(ModuleBuilder().Section(1, types).Section(3, {1, 0}).Build(),
               "inconsistent lengths");
  EXPECT_ERROR(ModuleBuilder()
                   .Section(1, types)
                   .Section(3, {1, 0})
                   .Section(10, Vec({Body({}), Body({})}))
                   .Build(),
               "inconsistent lengths");
  EXPECT_ERROR(ModuleBuilder().Section(10, Vec({Body({})})).Build(),
               "inconsistent lengths");
  EXPECT_ERROR(ModuleBuilder().Section(12, {1}).Build(),
               "inconsistent lengths");
  EXPECT_ERROR(
      ModuleBuilder().Section(12, {2}).Section(11, Vec({{1, 0}})).Build(),
      "inconsistent lengths");
}

TEST(ReaderTest, Names) {
  const Bytes bad = {2, 0xc3, 0x28};
  EXPECT_ERROR(ModuleBuilder()
                   .Section(2, Vec({Concat({bad, Name("f"), {3, 0x7f, 0}})}))
                   .Build(),
               "malformed UTF-8 encoding");
  EXPECT_ERROR(ModuleBuilder().Section(0, bad).Build(),
               "malformed UTF-8 encoding");
  // A custom section whose name does not fit.
  EXPECT_ERROR(ModuleBuilder().Section(0, {5, 'a'}).Build(),
               "length out of bounds");
  EXPECT_ERROR(ModuleBuilder().Section(0, {}).Build(), "unexpected end");
  const std::string long_name(LimitValue(Limit::kNameSize) + 1, 'x');
  const Bytes memory = ModuleBuilder()
                           .Section(5, Vec({{0, 1}}))
                           .Section(7, Vec({Concat({Name(long_name), {2, 0}})}))
                           .Build();
  EXPECT_EQ(Check(memory).code(), absl::StatusCode::kResourceExhausted);
  EXPECT_ERROR(memory, "limit name-size");
  // NULs, escapes and newlines are characters as others.
  EXPECT_TRUE(Check(ModuleBuilder()
                        .Section(5, Vec({{0, 1}}))
                        .Section(7, Vec({Concat({Name(absl::string_view(
                                                     "a\0\x1b[31m\n\"", 8)),
                                                 {2, 0}})}))
                        .Build())
                  .ok());
}

TEST(ReaderTest, SuperTypes) {
  const Bytes base = {0x50, 0, 0x5f, 0};
  const auto chain = [&](uint32_t depth) {
    Bytes types = Concat({U32(depth + 1), base});
    for (uint32_t i = 0; i < depth; ++i) {
      types = Concat({types, {0x50, 1}, U32(i), {0x5f, 0}});
    }
    return ModuleBuilder().Section(1, types).Build();
  };
  EXPECT_TRUE(Check(chain(63)).ok());
  EXPECT_EQ(Check(chain(64)).code(), absl::StatusCode::kResourceExhausted);
  EXPECT_ERROR(chain(64), "limit subtype-depth: 64 exceeds 63");
  EXPECT_ERROR(
      ModuleBuilder().Section(1, Vec({{0x50, 2, 0, 0, 0x5f, 0}})).Build(),
      "more than one super type");
  EXPECT_ERROR(ModuleBuilder().Section(1, Vec({{0x50, 1, 0, 0x5f, 0}})).Build(),
               "not declared before");
}

TEST(ReaderTest, TypeReferences) {
  // Inside the group forward references are fine, beyond it they are not.
  EXPECT_TRUE(
      Check(ModuleBuilder()
                .Section(1, Vec({{0x4e, 2, 0x60, 1, 0x63, 1, 0, 0x5f, 0}}))
                .Build())
          .ok());
  EXPECT_ERROR(ModuleBuilder()
                   .Section(1, Vec({{0x60, 1, 0x63, 1, 0}, {0x5f, 0}}))
                   .Build(),
               "unknown type");
  EXPECT_TRUE(
      Check(ModuleBuilder().Section(1, Vec({{0x60, 1, 0x63, 0, 0}})).Build())
          .ok());
}

TEST(ReaderTest, FeaturesThatAreOff) {
  const struct {
    Feature feature;
    Bytes bytes;
  } cases[] = {
      {Feature::kGc, ModuleBuilder().Section(1, Vec({{0x5f, 0}})).Build()},
      {Feature::kMultiValue,
       ModuleBuilder().Section(1, Vec({{0x60, 0, 2, 0x7f, 0x7f}})).Build()},
      {Feature::kSimd128,
       ModuleBuilder().Section(1, Vec({{0x60, 1, 0x7b, 0}})).Build()},
      {Feature::kReferenceTypes,
       ModuleBuilder().Section(4, Vec({{0x70, 0, 0}, {0x70, 0, 0}})).Build()},
      {Feature::kMultiMemory,
       ModuleBuilder().Section(5, Vec({{0, 0}, {0, 0}})).Build()},
      {Feature::kMemory64, ModuleBuilder().Section(5, Vec({{4, 0}})).Build()},
      {Feature::kThreads, ModuleBuilder().Section(5, Vec({{3, 0, 1}})).Build()},
      {Feature::kCustomPageSizes,
       ModuleBuilder().Section(5, Vec({{8, 0, 0}})).Build()},
      {Feature::kBulkMemory,
       ModuleBuilder().Section(11, Vec({{1, 0}})).Build()},
      {Feature::kExceptionHandling, ModuleBuilder()
                                        .Section(1, Vec({{0x60, 0, 0}}))
                                        .Section(13, Vec({{0, 0}}))
                                        .Build()},
      {Feature::kMutableGlobals,
       ModuleBuilder()
           .Section(2, Vec({Concat({Name("a"), Name("b"), {3, 0x7f, 1}})}))
           .Build()},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(std::string(FeatureName(c.feature)));
    EXPECT_TRUE(Check(c.bytes).ok()) << Check(c.bytes);
    const absl::Status status =
        Check(c.bytes, FeatureSet::All().Remove(c.feature));
    EXPECT_EQ(status.code(), absl::StatusCode::kUnimplemented) << status;
    EXPECT_TRUE(Contains(std::string(status.message()),
                         std::string(FeatureName(c.feature))));
  }
}

TEST(ReaderTest, TargetFeatures) {
  const Bytes listed =
      Vec({Concat({{'+'}, Name("simd128")}), Concat({{'-'}, Name("gc")}),
           Concat({{'+'}, Name("from-the-future")})});
  Bytes bytes = ModuleBuilder().Custom("target_features", listed).Build();
  absl::StatusOr<Module> module = ReadModule(bytes);
  ASSERT_TRUE(module.ok());
  EXPECT_TRUE(module->has_target_features);
  EXPECT_TRUE(module->declared_features.Has(Feature::kSimd128));
  EXPECT_FALSE(module->declared_features.Has(Feature::kGc));
  // A malformed one is kept and otherwise ignored.
  bytes = ModuleBuilder().Custom("target_features", {9, '+', 1}).Build();
  module = ReadModule(bytes);
  ASSERT_TRUE(module.ok());
  EXPECT_FALSE(module->has_target_features);
  EXPECT_EQ(module->customs.size(), 1u);
}

TEST(ReaderTest, MalformedEntities) {
  EXPECT_ERROR(ModuleBuilder().Section(1, Vec({{0x40, 0}})).Build(),
               "malformed type");
  EXPECT_ERROR(ModuleBuilder().Section(2, Vec({{0, 0, 5, 0}})).Build(),
               "malformed import kind");
  EXPECT_ERROR(ModuleBuilder().Section(4, Vec({{0x7f, 0, 0}})).Build(),
               "malformed reference type");
  EXPECT_ERROR(ModuleBuilder().Section(4, Vec({{0x70, 2, 0}})).Build(),
               "malformed limits flags");
  EXPECT_ERROR(ModuleBuilder().Section(5, Vec({{16, 0}})).Build(),
               "malformed limits flags");
  EXPECT_ERROR(ModuleBuilder().Section(6, Vec({{0x7f, 2, 0x0b}})).Build(),
               "malformed mutability");
  EXPECT_ERROR(ModuleBuilder().Section(9, Vec({{8, 0}})).Build(),
               "malformed elements segment kind");
  EXPECT_ERROR(ModuleBuilder().Section(9, Vec({{1, 1, 0}})).Build(),
               "malformed element kind");
  EXPECT_ERROR(ModuleBuilder().Section(11, Vec({{3, 0}})).Build(),
               "malformed data segment kind");
  EXPECT_ERROR(ModuleBuilder().Section(13, Vec({{1, 0}})).Build(),
               "malformed tag attribute");
  // A constant expression without an end.
  EXPECT_ERROR(ModuleBuilder().Section(6, Vec({{0x7f, 0, 0x41, 0}})).Build(),
               "unexpected end");
}

TEST(ReaderTest, Locals) {
  const auto with_locals = [](const Bytes& locals) {
    return ModuleBuilder()
        .Section(1, Vec({{0x60, 0, 0}}))
        .Section(3, Vec({{0}}))
        .Section(10, Vec({Body({}, locals)}))
        .Build();
  };
  const auto declare = [](uint32_t count) {
    return Concat({U32(count), {0x7f}});
  };
  EXPECT_TRUE(Check(with_locals(Vec({declare(100000)}))).ok());
  EXPECT_TRUE(Check(with_locals(Vec({declare(1000000)}))).ok());
  EXPECT_ERROR(with_locals(Vec({declare(10000000)})),
               "limit locals: 10000000 exceeds 1000000");
  EXPECT_ERROR(with_locals(Vec({declare(900000), declare(900000)})),
               "limit locals");
  EXPECT_ERROR(with_locals(Vec({declare(1), declare(0xffffffff)})),
               "too many locals");
  // Whatever comes first.
  EXPECT_ERROR(with_locals(Vec({declare(0xffffffff), declare(1)})),
               "too many locals");
  EXPECT_ERROR(with_locals(Concat({U32(0xffffffff), {0, 0x7f}})),
               "unexpected end");
}

}  // namespace
}  // namespace weft::wasm
