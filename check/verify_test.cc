#include "check/verify.h"

#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "check/export_functions.h"
#include "gtest/gtest.h"
#include "ir/wasm/reader.h"
#include "ir/wasm/text/parser.h"

namespace weft::check {
namespace {

std::vector<uint8_t> Binary(absl::string_view text) {
  auto bytes = wasm::ParseModuleText(text);
  EXPECT_TRUE(bytes.ok()) << bytes.status();
  return bytes.ok() ? *bytes : std::vector<uint8_t>();
}

constexpr absl::string_view kModule = R"((module
  (func $private (param i32) (result i32)
    (i32.mul (i32.add (local.get 0) (i32.const 0)) (i32.const 1)))
  (func (export "f") (param i32) (result i32) (local.get 0))
  (table 1 funcref) (elem (i32.const 0) $private)
  (func (export "g") (param i32) (result i32)
    (call_indirect (param i32) (result i32) (local.get 0) (i32.const 0)))))";

passes::OptimizeOptions Passes(absl::string_view list) {
  passes::OptimizeOptions options;
  options.passes = *passes::ParsePasses(list);
  return options;
}

TEST(ExportFunctionsTest, ExportsUnderKnownNames) {
  const auto open = ExportFunctions(Binary(kModule), {0, 1});
  ASSERT_TRUE(open.ok()) << open.status();
  const auto module = wasm::ReadModule(*open);
  ASSERT_TRUE(module.ok());
  ASSERT_EQ(module->exports.size(), 4u);
  EXPECT_EQ(module->exports[2].name, FunctionExportName(0));
  EXPECT_EQ(FunctionOfExportName(module->exports[3].name), 1);
  EXPECT_EQ(FunctionOfExportName("f"), -1);
  EXPECT_TRUE(absl::IsAlreadyExists(ExportFunctions(*open, {0}).status()));
}

TEST(ExportFunctionsTest, TellsChangedBodies) {
  const std::vector<uint8_t> before = Binary(kModule);
  const auto after = passes::Optimize(before, Passes("rules,dce"), nullptr);
  ASSERT_TRUE(after.ok());
  EXPECT_EQ(*ChangedFunctions(before, *after), (std::vector<uint32_t>{0}));
  EXPECT_TRUE(ChangedFunctions(before, before)->empty());
  EXPECT_FALSE(ChangedFunctions(before, Binary("(module)")).ok());
}

TEST(VerifyTest, CallsWhatChanged) {
  const std::vector<uint8_t> before = Binary(kModule);
  const passes::OptimizeOptions optimize = Passes("gvn,rules,dce,reorder");
  const auto after = passes::Optimize(before, optimize, nullptr);
  ASSERT_TRUE(after.ok());
  for (const VerifyMode mode : {VerifyMode::kModule, VerifyMode::kPass}) {
    const auto result = Verify(before, *after, optimize, {.mode = mode});
    ASSERT_TRUE(result.ok()) << result.status();
    EXPECT_EQ(VerdictText(result->verdict), "EQUAL");
    EXPECT_EQ(result->functions_changed, 1u);
    EXPECT_EQ(result->functions_entered, 1u);
    EXPECT_FALSE(result->out_of_time);
  }
}

TEST(VerifyTest, OutputThatDiffers) {
  // As if the optimizer had made another module of it.
  const std::vector<uint8_t> before = Binary(kModule);
  const std::vector<uint8_t> after = Binary(R"((module
    (func (export "f") (param i32) (result i32)
      (i32.and (local.get 0) (i32.const -2)))
    (func (export "g") (param i32) (result i32) (local.get 0))))");
  const auto result = Verify(before, after, Passes("gvn"), {});
  ASSERT_TRUE(result.ok()) << result.status();
  EXPECT_EQ(VerdictText(result->verdict), "DIFFERENT");
  EXPECT_EQ(result->difference.what, "result");
  EXPECT_EQ(result->reproducer, before);
  // No pass of ours did it.
  EXPECT_EQ(result->pass, "");
}

TEST(VerifyTest, NothingToRun) {
  const std::vector<uint8_t> before = Binary(R"((module
    (func $s unreachable) (start $s)
    (func (export "f") (result i32) (i32.add (i32.const 1) (i32.const 1)))))");
  const passes::OptimizeOptions optimize = Passes("gvn");
  const auto after = passes::Optimize(before, optimize, nullptr);
  ASSERT_TRUE(after.ok());
  const auto result = Verify(before, *after, optimize, {});
  ASSERT_TRUE(result.ok()) << result.status();
  EXPECT_EQ(VerdictText(result->verdict), "POISONED");
}

}  // namespace
}  // namespace weft::check
