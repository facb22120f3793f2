#include "ir/wasm/custom_validator.h"

#include <gtest/gtest.h>

#include "ir/wasm/reader.h"
#include "ir/wasm/testing.h"
#include "ir/wasm/validator.h"

namespace weft::wasm {
namespace {

using testing::Body;
using testing::Bytes;
using testing::Concat;
using testing::ModuleBuilder;
using testing::Name;
using testing::Vec;

constexpr const char* kHints = "metadata.code.branch_hint";

// A module with an imported function and a defined one: a parameter, two
// locals, and in its body a block with an if and a br_if. `names` and `hints`
// are the contents of custom sections unless empty.
Bytes Module(const Bytes& names, const Bytes& hints) {
  ModuleBuilder builder;
  builder.Section(SectionId::kType, Vec({{0x60, 1, 0x7f, 0}}));
  builder.Section(SectionId::kImport,
                  Vec({Concat({Name("m"), Name("f"), {0, 0}})}));
  builder.Section(SectionId::kFunction, Vec({{0}}));
  if (!hints.empty()) builder.Custom(kHints, hints);
  // Behind three bytes of locals: block at 3, local.get at 5, if at 7, end at
  // 9, local.get at 10, br_if at 12, ends at 14 and 15.
  builder.Section(
      SectionId::kCode,
      Vec({Body({2, 0x40, 0x20, 0, 4, 0x40, 0xb, 0x20, 0, 0xd, 0, 0xb},
                {1, 2, 0x7f})}));
  if (!names.empty()) builder.Custom("name", names);
  return builder.Build();
}

std::string ErrorOf(const Bytes& bytes) {
  const absl::StatusOr<wasm::Module> module = ReadModule(bytes);
  EXPECT_TRUE(module.ok()) << module.status();
  const absl::Status valid = ValidateAll(*module);
  EXPECT_TRUE(valid.ok()) << valid;
  return std::string(ValidateCustomSections(*module).message());
}

std::string NamesError(const Bytes& names) {
  return ErrorOf(Module(names, {}));
}
std::string HintsError(const Bytes& hints) {
  return ErrorOf(Module({}, hints));
}

// A subsection of the name section.
Bytes Subsection(uint8_t id, const Bytes& content) {
  return Concat(
      {{id}, testing::U32(static_cast<uint32_t>(content.size())), content});
}

Bytes Entry(uint8_t index, absl::string_view name) {
  return Concat({{index}, Name(name)});
}

// Hints of one function: offset and value.
Bytes Hints(uint8_t func, std::initializer_list<Bytes> hints) {
  return Vec({Concat({{func}, Vec(hints)})});
}

TEST(CustomValidatorTest, NoneAreValid) {
  EXPECT_EQ(ErrorOf(Module({}, {})), "");
}

TEST(CustomValidatorTest, Names) {
  EXPECT_EQ(NamesError(Concat(
                {Subsection(0, Name("m")),
                 Subsection(1, Vec({Entry(0, "f"), Entry(1, "g")})),
                 Subsection(2, Vec({Concat({{1}, Vec({Entry(2, "x")})})})),
                 Subsection(3, Vec({Concat({{1}, Vec({Entry(1, "l")})})}))})),
            "");
  EXPECT_NE(NamesError(Subsection(1, Vec({Entry(2, "f")}))), "");
  EXPECT_NE(NamesError(Subsection(1, Vec({Entry(1, "f"), Entry(1, "g")}))), "");
  EXPECT_NE(NamesError(Subsection(1, Vec({Entry(1, "f"), Entry(0, "g")}))), "");
  EXPECT_NE(
      NamesError(Subsection(2, Vec({Concat({{1}, Vec({Entry(3, "x")})})}))),
      "");
  EXPECT_NE(
      NamesError(Subsection(3, Vec({Concat({{1}, Vec({Entry(2, "x")})})}))),
      "");
  EXPECT_NE(NamesError({9}), "");
}

TEST(CustomValidatorTest, OneNameSectionBehindTheOthers) {
  const Bytes names = Subsection(0, Name("m"));
  EXPECT_EQ(ErrorOf(ModuleBuilder()
                        .Custom("x", {})
                        .Custom("name", names)
                        .Custom("y", {})
                        .Build()),
            "");
  EXPECT_NE(
      ErrorOf(
          ModuleBuilder().Custom("name", names).Custom("name", names).Build()),
      "");
  EXPECT_NE(ErrorOf(ModuleBuilder()
                        .Custom("name", names)
                        .Section(SectionId::kType, Vec({}))
                        .Build()),
            "");
}

TEST(CustomValidatorTest, HintsAtBranches) {
  EXPECT_EQ(HintsError(Hints(1, {{7, 1, 0}, {12, 1, 1}})), "");
  EXPECT_EQ(HintsError(Hints(1, {})), "");
  // At the block, between operators, behind the end, in the locals.
  for (uint8_t offset : {3, 8, 15, 16, 100, 0}) {
    EXPECT_NE(HintsError(Hints(1, {{offset, 1, 0}})), "") << int{offset};
  }
  EXPECT_NE(HintsError(Hints(1, {{7, 1, 2}})), "");
  EXPECT_NE(HintsError(Hints(1, {{7, 2, 0, 0}})), "");
}

TEST(CustomValidatorTest, OrderOfHints) {
  EXPECT_NE(HintsError(Hints(1, {{12, 1, 0}, {7, 1, 1}})), "");
  EXPECT_NE(HintsError(Hints(1, {{7, 1, 0}, {7, 1, 0}})), "");
  EXPECT_NE(HintsError(Vec({{1, 0}, {1, 0}})), "");
  EXPECT_NE(HintsError(Hints(0, {})), "");  // An import.
  EXPECT_NE(HintsError(Hints(2, {})), "");
  // Behind the code.
  EXPECT_NE(ErrorOf(ModuleBuilder()
                        .Section(SectionId::kCode, Vec({}))
                        .Custom(kHints, {0})
                        .Build()),
            "");
}

}  // namespace
}  // namespace weft::wasm
