// Branch hints follow their branches through every level, or go with them.
#include "ir/wasm/branch_hints.h"

#include <cstdint>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "ir/wasm/operator.h"
#include "ir/wasm/reader.h"
#include "ir/wasm/text/parser.h"
#include "passes/optimize.h"
#include "passes/pass.h"
#include "passes/testing/module_bytes.h"

namespace weft::passes {
namespace {

using testing::Bytes;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using testing::ModuleBytes;
using wasm::SectionId;

Bytes FromText(absl::string_view text) {
  absl::StatusOr<Bytes> bytes = wasm::ParseModuleText(text);
  EXPECT_TRUE(bytes.ok()) << bytes.status();
  return bytes.ok() ? *std::move(bytes) : Bytes();
}

// What stands at `offset` of the body, such as "br_if".
std::string OperatorAt(const wasm::Module& module, uint32_t func,
                       uint32_t offset) {
  const wasm::Function& f = module.funcs[func];
  if (offset >= f.body.size()) return "nothing";
  wasm::OperatorReader reader(f.body.subspan(offset), 0, module.features);
  wasm::Operator op;
  return reader.TryRead(&op) ? std::string(wasm::InfoOf(op.op).text)
                             : "no operator";
}

// Every hint of the module: "FUNCTION: OPERATOR likely".
std::vector<std::string> HintsOf(const Bytes& bytes) {
  std::vector<std::string> texts;
  const auto module = wasm::ReadModule(bytes);
  EXPECT_TRUE(module.ok()) << module.status();
  if (!module.ok()) return texts;
  for (const wasm::CustomSection& section : module->customs) {
    if (section.name != "metadata.code.branch_hint") continue;
    const auto functions =
        wasm::ParseBranchHints(section.bytes, section.offset);
    EXPECT_TRUE(functions.ok()) << functions.status();
    for (const wasm::FunctionHints& function : *functions) {
      for (const wasm::BranchHint& hint : function.hints) {
        texts.push_back(
            absl::StrCat(function.func, ": ",
                         OperatorAt(*module, function.func, hint.offset),
                         hint.likely ? " likely" : " unlikely"));
      }
    }
  }
  return texts;
}

std::vector<std::string> HintsAfter(absl::string_view passes,
                                    const Bytes& input) {
  OptimizeOptions options;
  options.passes = *ParsePasses(passes);
  OptimizeReport report;
  const absl::StatusOr<Bytes> output = Optimize(input, options, &report);
  EXPECT_TRUE(output.ok()) << output.status();
  EXPECT_THAT(report.warnings, IsEmpty());
  return output.ok() ? HintsOf(*output) : std::vector<std::string>();
}

// Function 1 has values to number and locals to place around its branches.
Bytes Loops() {
  return FromText(R"((module
    (import "m" "trace" (func $trace (param i32)))
    (func $unused (param i32)
      local.get 0
      (@metadata.code.branch_hint "\01")
      if
        call $unused2
      end)
    (func $unused2)
    (func (export "f") (param $n i32) (result i32)
      (local $i i32) (local $sum i32)
      loop $again
        block $skip
          local.get $i
          i32.const 3
          i32.and
          (@metadata.code.branch_hint "\00")
          br_if $skip
          local.get $i
          i32.const 3
          i32.and
          local.get $sum
          i32.add
          local.set $sum
          local.get $sum
          call $trace
        end
        local.get $n
        i32.const 7
        i32.gt_s
        (@metadata.code.branch_hint "\01")
        if
          local.get $n
          call $trace
        else
          local.get $i
          call $trace
        end
        local.get $i
        i32.const 1
        i32.add
        local.tee $i
        local.get $n
        i32.lt_s
        (@metadata.code.branch_hint "\01")
        br_if $again
      end
      local.get $sum)))");
}

TEST(BranchHintsTest, StayWhereNothingChanges) {
  EXPECT_THAT(HintsAfter("", Loops()),
              ElementsAre("1: if likely", "3: br_if unlikely", "3: if likely",
                          "3: br_if likely"));
}

TEST(BranchHintsTest, FollowThroughTheSsaForm) {
  EXPECT_THAT(HintsAfter("roundtrip-ssa", Loops()),
              ElementsAre("1: if likely", "3: br_if unlikely", "3: if likely",
                          "3: br_if likely"));
}

TEST(BranchHintsTest, FollowThroughEveryLevel) {
  for (absl::string_view level : {"1", "2", "3", "4", "s", "z"}) {
    const std::string passes = ToString(*PipelineOf(level));
    EXPECT_THAT(
        HintsAfter(passes, Loops()),
        ElementsAre("1: br_if unlikely", "1: if likely", "1: br_if likely"))
        << level;
  }
}

TEST(BranchHintsTest, FollowShorterEncodings) {
  // local.get 0 and the count of locals in more bytes than they need.
  ModuleBytes m;
  m.Add(SectionId::kType, {testing::FuncType(1)})
      .Add(SectionId::kFunction, {{0}})
      .AddCustom("metadata.code.branch_hint", {1, 0, 1, 5, 1, 1})
      .Add(SectionId::kCode,
           {{9, 0x80, 0, 0x20, 0x80, 0, 0x04, 0x40, 0x0b, 0x0b}});
  EXPECT_THAT(HintsOf(m.bytes()), ElementsAre("0: if likely"));
  EXPECT_THAT(HintsAfter("", m.bytes()), ElementsAre("0: if likely"));
}

TEST(BranchHintsTest, PassToTheBranchThatAnIfBecomes) {
  const Bytes input = FromText(R"((module
    (import "m" "trace" (func $trace (param i32)))
    (func (export "f") (param i32)
      block $out
        local.get 0
        (@metadata.code.branch_hint "\01")
        if
          br $out
        end
        i32.const 1
        call $trace
      end
      i32.const 2
      call $trace)))");
  EXPECT_THAT(HintsAfter("simplify-branches", input),
              ElementsAre("1: br_if likely"));
}

TEST(BranchHintsTest, GoWithTheirBranch) {
  const Bytes input = FromText(R"((module
    (import "m" "trace" (func $trace (param i32)))
    (func (export "f")
      i32.const 1
      (@metadata.code.branch_hint "\01")
      if
        i32.const 1
        call $trace
      end)))");
  EXPECT_THAT(HintsAfter("simplify-branches", input), IsEmpty());
}

TEST(BranchHintsTest, WhatNamesNothingIsDroppedWithWarning) {
  ModuleBytes m;
  m.Add(SectionId::kType, {testing::FuncType()})
      .Add(SectionId::kFunction, {{0}})
      .AddCustom("metadata.code.branch_hint", {1, 1, 1, 1, 1, 1})
      .Add(SectionId::kCode, {testing::Body({})});
  OptimizeReport report;
  const absl::StatusOr<Bytes> output = Optimize(m.bytes(), {}, &report);
  ASSERT_TRUE(output.ok()) << output.status();
  EXPECT_THAT(HintsOf(*output), IsEmpty());
  EXPECT_THAT(report.warnings, ElementsAre(HasSubstr("names function 1")));
}

}  // namespace
}  // namespace weft::passes
