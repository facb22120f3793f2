// The reducer as a whole.
#include "check/reduce/reduce.h"

#include <atomic>
#include <chrono>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "ir/wasm/reader.h"
#include "ir/wasm/text/parser.h"
#include "ir/wasm/text/printer.h"

namespace weft::check {
namespace {

using ::testing::HasSubstr;
using Bytes = std::vector<uint8_t>;

Bytes Parse(absl::string_view text) {
  absl::StatusOr<Bytes> bytes = wasm::ParseModuleText(text);
  EXPECT_TRUE(bytes.ok()) << bytes.status();
  return bytes.ok() ? *bytes : Bytes();
}

std::string Print(absl::Span<const uint8_t> bytes) {
  const absl::StatusOr<wasm::Module> module = wasm::ReadModule(bytes);
  if (!module.ok()) return module.status().ToString();
  wasm::PrintTextOptions options;
  options.names = false;
  const absl::StatusOr<std::string> text = PrintModuleText(*module, options);
  return text.ok() ? *text : text.status().ToString();
}

// Interesting while the text has all of `parts`.
Interesting Has(std::vector<std::string> parts) {
  return [parts = std::move(parts)](absl::Span<const uint8_t> module) {
    const std::string text = Print(module);
    for (const std::string& part : parts) {
      if (!absl::StrContains(text, part)) return false;
    }
    return true;
  };
}

constexpr absl::string_view kProgram = R"(
  (module
    (type $unary (func (param i32) (result i32)))
    (import "env" "log" (func $log (param i32)))
    (memory (export "memory") 2)
    (table 4 funcref)
    (elem (i32.const 0) $square $sum)
    (global $g (mut i32) (i32.const 12))
    (data (i32.const 16) "hello, world")
    (func $square (param $x i32) (result i32)
      (i32.mul (local.get $x) (local.get $x)))
    (func $sum (export "sum") (param $n i32) (result i32) (local $s i32)
      (block $out
        (loop $again
          (br_if $out (i32.eqz (local.get $n)))
          (local.set $s (i32.add (local.get $s) (call $square (local.get $n))))
          (local.set $n (i32.sub (local.get $n) (i32.const 1)))
          (call $log (local.get $s))
          (br $again)))
      (global.set $g (local.get $s))
      (i32.store offset=8 (i32.const 4) (local.get $s))
      (call_indirect (type $unary) (local.get $s) (i32.const 0)))
    (func (export "other") (param f64) (result f64)
      (f64.div (local.get 0) (f64.const 3.5)))))";

void ExpectReduced(std::vector<std::string> parts, absl::string_view text) {
  const absl::StatusOr<Bytes> result =
      Reduce(Parse(kProgram), Has(std::move(parts)), {}, nullptr);
  ASSERT_TRUE(result.ok()) << result.status();
  EXPECT_EQ(Print(*result), Print(Parse(text)));
}

TEST(ReduceTest, WhatIsLookedForStays) {
  ExpectReduced({}, "(module)");
  ExpectReduced({"i32.mul"},
                "(module (func (drop"
                " (i32.mul (i32.const 0) (i32.const 0)))))");
  ExpectReduced({"f64.div"},
                "(module (func (drop"
                " (f64.div (f64.const 0) (f64.const 0)))))");
  ExpectReduced({"i32.store offset=8"},
                "(module (memory 0) (func (i32.store offset=8 (i32.const 0)"
                " (i32.const 0))))");
  ExpectReduced({"loop", "br_if"},
                "(module (func (loop (br_if 1 (i32.const 0)))))");
  ExpectReduced({"call_indirect"},
                "(module (type (func)) (table 0 funcref)"
                " (func (call_indirect (type 0) (i32.const 0))))");
  ExpectReduced({"(data", "rl"},
                R"((module (memory 0) (data (i32.const 0) "rl")))");
  ExpectReduced({"\"other\""}, R"((module (func (export "other"))))");
}

TEST(ReduceTest, Report) {
  ReduceReport report;
  const Bytes module = Parse(kProgram);
  const absl::StatusOr<Bytes> result =
      Reduce(module, Has({"i32.mul"}), {}, &report);
  ASSERT_TRUE(result.ok());
  EXPECT_EQ(report.bytes_before, module.size());
  EXPECT_EQ(report.bytes_after, result->size());
  EXPECT_EQ(report.operators_before, 33u);
  EXPECT_EQ(report.operators_after, 4u);
  EXPECT_FALSE(report.out_of_time);
  EXPECT_GE(report.candidates,
            report.repeated + report.larger + report.invalid + report.kept);
  uint64_t kept = 0;
  for (const ReductionReport& row : report.reductions) {
    EXPECT_LE(row.kept, row.tried);
    kept += row.kept;
  }
  EXPECT_EQ(kept, report.kept);
}

TEST(ReduceTest, SameResultWithAnyThreads) {
  const Bytes module = Parse(kProgram);
  for (const char* part : {"i32.mul", "br_if", "call_indirect", "data"}) {
    ReduceOptions options;
    options.threads = 1;
    const absl::StatusOr<Bytes> one =
        Reduce(module, Has({part}), options, nullptr);
    ASSERT_TRUE(one.ok());
    for (int threads : {2, 3, 8}) {
      options.threads = threads;
      const absl::StatusOr<Bytes> many =
          Reduce(module, Has({part}), options, nullptr);
      ASSERT_TRUE(many.ok());
      EXPECT_EQ(*one, *many) << part << " on " << threads << " threads";
    }
  }
}

TEST(ReduceTest, OnlyValidModulesAreAskedAbout) {
  const Interesting interesting = [](absl::Span<const uint8_t> module) {
    // Print reads and decodes; validity is what the reducer promises.
    return absl::StrContains(Print(module), "local.get");
  };
  ReduceReport report;
  const absl::StatusOr<Bytes> result =
      Reduce(Parse(kProgram), interesting, {}, &report);
  ASSERT_TRUE(result.ok());
  EXPECT_GT(report.asked, report.kept);
}

TEST(ReduceTest, TimeRunsOut) {
  ReduceOptions options;
  options.seconds = 0.2;
  const Interesting slow = [](absl::Span<const uint8_t> module) {
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
    return absl::StrContains(Print(module), "i32.mul");
  };
  ReduceReport report;
  const absl::StatusOr<Bytes> result =
      Reduce(Parse(kProgram), slow, options, &report);
  ASSERT_TRUE(result.ok());
  EXPECT_TRUE(report.out_of_time);
  EXPECT_LT(report.asked, 20u);
  EXPECT_THAT(Print(*result), HasSubstr("i32.mul"));
}

TEST(ReduceTest, NoTimeAtAll) {
  ReduceOptions options;
  options.seconds = 0;
  ReduceReport report;
  const Bytes module = Parse(kProgram);
  const absl::StatusOr<Bytes> result =
      Reduce(module, Has({"i32.mul"}), options, &report);
  ASSERT_TRUE(result.ok());
  EXPECT_EQ(*result, module);
  EXPECT_TRUE(report.out_of_time);
}

TEST(ReduceTest, NotInteresting) {
  const absl::StatusOr<Bytes> result =
      Reduce(Parse(kProgram), Has({"v128"}), {}, nullptr);
  EXPECT_EQ(result.status().code(), absl::StatusCode::kFailedPrecondition);
}

TEST(ReduceTest, NothingSimplerIsTheInput) {
  // A module that is not in its shortest encoding.
  const Bytes module = {0, 'a',  's', 'm', 1,    0, 0, 0,
                        1, 0x84, 0,   1,   0x60, 0, 0};
  const Interesting same = [&](absl::Span<const uint8_t> candidate) {
    return candidate == absl::MakeConstSpan(module);
  };
  const absl::StatusOr<Bytes> result = Reduce(module, same, {}, nullptr);
  ASSERT_TRUE(result.ok());
  EXPECT_EQ(*result, module);
}

TEST(ReduceTest, InputMustBeValid) {
  std::atomic<int> asked = 0;
  const Interesting never = [&](absl::Span<const uint8_t>) {
    ++asked;
    return true;
  };
  const Bytes garbage = {0, 'a', 's', 'm', 1, 0, 0};
  EXPECT_FALSE(Reduce(garbage, never, {}, nullptr).ok());
  const Bytes invalid = Parse("(module (func (i32.const 1)))");
  const absl::Status status = Reduce(invalid, never, {}, nullptr).status();
  EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
  EXPECT_THAT(std::string(status.message()), HasSubstr("code section"));
  EXPECT_EQ(asked, 0);
}

TEST(ReduceTest, Progress) {
  ReduceOptions options;
  uint64_t calls = 0;
  uint64_t last = 0;
  options.progress = [&](const ReduceReport& so_far) {
    ++calls;
    EXPECT_GE(so_far.kept, last);
    last = so_far.kept;
  };
  ReduceReport report;
  ASSERT_TRUE(Reduce(Parse(kProgram), Has({"i32.mul"}), options, &report).ok());
  EXPECT_GE(calls, report.kept);
  EXPECT_EQ(last, report.kept);
}

TEST(ReduceTest, DeepNesting) {
  std::string text = "(module (func ";
  constexpr int kDepth = 20000;
  for (int i = 0; i < kDepth; ++i) absl::StrAppend(&text, "block ");
  absl::StrAppend(&text, "unreachable ");
  for (int i = 0; i < kDepth; ++i) absl::StrAppend(&text, "end ");
  absl::StrAppend(&text, "))");
  const Bytes module = Parse(text);
  const Interesting large = [&](absl::Span<const uint8_t> candidate) {
    return candidate.size() > 30000;
  };
  ReduceOptions options;
  options.seconds = 1;
  const absl::StatusOr<Bytes> result = Reduce(module, large, options, nullptr);
  ASSERT_TRUE(result.ok());
  EXPECT_LT(result->size(), module.size());
}

}  // namespace
}  // namespace weft::check
