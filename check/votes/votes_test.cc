// Harnesses run in the executor: what they show, and that they tell modules
// apart.
#include <cstring>

#include "check/votes/harness.h"
#include "check/votes/run.h"
#include "check/votes/vote_case.h"
#include "gtest/gtest.h"
#include "ir/wasm/reader.h"
#include "ir/wasm/text/parser.h"

namespace weft::check::votes {
namespace {

Bytes Parse(absl::string_view text) {
  auto bytes = wasm::ParseModuleText(text);
  EXPECT_TRUE(bytes.ok()) << bytes.status();
  return bytes.ok() ? *bytes : Bytes();
}

exec::Engine MeteringEngine() {
  exec::EngineOptions options;
  options.metering = true;
  options.canonical_nans = true;
  return exec::Engine(options);
}

// What `subject` does in a harness made for `model`.
Vote VoteOf(absl::string_view subject, absl::string_view model) {
  const Bytes bytes = Parse(model);
  const auto module = wasm::ReadModule(bytes);
  EXPECT_TRUE(module.ok()) << module.status();
  const auto harness = MakeHarness(*module, 1);
  EXPECT_TRUE(harness.ok()) << harness.status();
  auto vote = RunInHarness(MeteringEngine(), Parse(subject), *harness);
  EXPECT_TRUE(vote.ok()) << vote.status();
  return vote.ok() ? *std::move(vote) : Vote();
}

bool LogHas(const Vote& vote, uint64_t word) {
  for (size_t at = 0; at + 8 <= vote.log.size(); at += 8) {
    uint64_t here = 0;
    std::memcpy(&here, vote.log.data() + at, 8);
    if (here == word) return true;
  }
  return false;
}

TEST(VotesTest, ResultsShow) {
  const char* a = "(module (func (export \"f\") (result i64) i64.const 4711))";
  const char* b = "(module (func (export \"f\") (result i64) i64.const 4712))";
  const Vote vote = VoteOf(a, a);
  EXPECT_EQ(vote.ends.size(), 4u);
  EXPECT_EQ(vote.skip, "");
  EXPECT_TRUE(LogHas(vote, 4711));
  EXPECT_EQ(VoteOf(a, a), vote);
  EXPECT_NE(VoteOf(b, a), vote);
}

TEST(VotesTest, TrapsShow) {
  const char* a = "(module (func (export \"f\") unreachable))";
  const char* b =
      "(module (func (export \"f\") (drop (i32.div_u (i32.const 1)"
      " (i32.const 0)))))";
  EXPECT_EQ(VoteOf(a, a).ends[1], "unreachable");
  EXPECT_EQ(VoteOf(b, a).ends[1], "integer divide by zero");
}

TEST(VotesTest, BytesOfMemoriesShow) {
  const auto module = [](const char* address) {
    return std::string(
               "(module (memory (export \"m\") 1) (func (export \"f\") "
               "(i32.store8 (i32.const ") +
           address + ") (i32.const 1))))";
  };
  const std::string a = module("0");
  EXPECT_NE(VoteOf(module("65535"), a), VoteOf(a, a));
  EXPECT_NE(VoteOf(module("64"), a), VoteOf(module("80"), a));
}

TEST(VotesTest, GlobalsAndTablesShow) {
  const auto module = [](const char* body) {
    return std::string(
               "(module (global $g (export \"g\") (mut v128)"
               " (v128.const i64x2 1 2)) (table $t (export \"t\") 3 funcref)"
               " (func $f (export \"f\") ") +
           body + "))";
  };
  const std::string a = module("");
  EXPECT_NE(VoteOf(module("(table.set $t (i32.const 2) (ref.func $f))"), a),
            VoteOf(a, a));
  EXPECT_NE(VoteOf(module("(global.set $g (v128.const i64x2 1 3))"), a),
            VoteOf(a, a));
}

TEST(VotesTest, HostCallsShowWithArguments) {
  const auto module = [](const char* argument) {
    return std::string(
               "(module (import \"env\" \"f0\" (func $h (param f64)))"
               " (func (export \"f\") (call $h (f64.const ") +
           argument + "))))";
  };
  const std::string a = module("1");
  const Vote vote = VoteOf(a, a);
  EXPECT_TRUE(LogHas(vote, uint64_t{0x100}));
  EXPECT_TRUE(LogHas(vote, 0x3ff0000000000000));
  EXPECT_NE(VoteOf(module("-1"), a), vote);
}

TEST(VotesTest, ExceptionsShowWithPayload) {
  const auto module = [](const char* payload) {
    return std::string(
               "(module (tag $e (export \"e\") (param i32))"
               " (func (export \"f\") (throw $e (i32.const ") +
           payload + "))))";
  };
  const std::string a = module("77");
  const Vote vote = VoteOf(a, a);
  EXPECT_EQ(vote.ends[1], "");
  EXPECT_TRUE(LogHas(vote, 77));
  EXPECT_NE(VoteOf(module("78"), a), vote);
}

TEST(VotesTest, EndlessLoopsAreSkipped) {
  const char* a = "(module (func (export \"f\") (loop (br 0))))";
  EXPECT_EQ(VoteOf(a, a).skip, "all fuel consumed");
}

TEST(VotesTest, OtherImportsAreRefused) {
  const Bytes bytes = Parse("(module (import \"x\" \"f\" (func)))");
  const auto module = wasm::ReadModule(bytes);
  ASSERT_TRUE(module.ok());
  EXPECT_TRUE(absl::IsUnimplemented(MakeHarness(*module, 1).status()));
}

TEST(VotesTest, MixesOfExceptionsAreKnown) {
  constexpr absl::string_view kLegacy = "(func try nop catch_all nop end)";
  constexpr absl::string_view kCurrent =
      "(func block try_table (catch_all 0) nop end end)";
  const auto mixes = [](absl::string_view one, absl::string_view other) {
    const Bytes bytes = Parse(absl::StrCat("(module", one, other, ")"));
    const auto module = wasm::ReadModule(bytes);
    return module.ok() && MixesExceptions(*module);
  };
  EXPECT_TRUE(mixes(kLegacy, kCurrent));
  EXPECT_FALSE(mixes(kLegacy, kLegacy));
  EXPECT_FALSE(mixes(kCurrent, kCurrent));
}

// Random pairs have a harness, are mostly good for a vote, and the executor
// says the same of before and after.
TEST(VotesTest, PairsAgree) {
  PairOptions options;
  CaseMaker maker(options);
  const exec::Engine engine = MeteringEngine();
  int skipped = 0;
  for (uint64_t number = 0; number < 200; ++number) {
    const VoteCase made = maker.Make(number);
    EXPECT_EQ(made.error, "") << number;
    if (!made.skip.empty()) {
      ++skipped;
      continue;
    }
    const auto after = RunInHarness(engine, made.after, made.harness);
    ASSERT_TRUE(after.ok()) << number << ": " << after.status();
    EXPECT_EQ(*after, made.vote) << number;
  }
  EXPECT_LT(skipped, 10);
}

}  // namespace
}  // namespace weft::check::votes
