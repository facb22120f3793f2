#include "check/diff.h"

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/string_view.h"
#include "gtest/gtest.h"
#include "ir/wasm/text/parser.h"

namespace weft::check {
namespace {

std::vector<uint8_t> Binary(absl::string_view text) {
  auto bytes = wasm::ParseModuleText(text);
  EXPECT_TRUE(bytes.ok()) << bytes.status() << "\n" << text;
  return bytes.ok() ? *bytes : std::vector<uint8_t>();
}

DiffResult Diff(absl::string_view before, absl::string_view after,
                const DiffOptions& options = {}) {
  Differ differ(options);
  auto result = differ.Diff(Binary(before), Binary(after));
  EXPECT_TRUE(result.ok()) << result.status();
  return result.ok() ? *result : DiffResult();
}

// Expects a difference of that kind in both directions.
DiffResult ExpectDifferent(absl::string_view before, absl::string_view after,
                           absl::string_view what) {
  EXPECT_EQ(VerdictText(Diff(after, before).verdict), "DIFFERENT");
  DiffResult result = Diff(before, after);
  EXPECT_EQ(VerdictText(result.verdict), "DIFFERENT");
  EXPECT_EQ(result.difference.what, what)
      << result.difference.before << " / " << result.difference.after;
  return result;
}

void ExpectEqual(absl::string_view before, absl::string_view after) {
  for (const auto& [x, y] : {std::pair(before, after), {after, before}}) {
    const DiffResult result = Diff(x, y);
    EXPECT_EQ(VerdictText(result.verdict), "EQUAL")
        << result.difference.what << ": " << result.difference.before << " / "
        << result.difference.after;
  }
}

TEST(DiffTest, EqualMeaning) {
  ExpectEqual(R"((module (func (export "f") (param i32) (result i32)
                  (i32.mul (local.get 0) (i32.const 8)))))",
              R"((module (func (export "f") (param i32) (result i32)
                  (i32.shl (local.get 0) (i32.const 3)))))");
}

TEST(DiffTest, Result) {
  const DiffResult result = ExpectDifferent(
      R"((module (func (export "f") (param i32) (result i32)
           (i32.div_s (local.get 0) (i32.const 8)))))",
      R"((module (func (export "f") (param i32) (result i32)
           (i32.shr_s (local.get 0) (i32.const 3)))))",
      "result");
  EXPECT_NE(result.difference.call.find("'f'"), std::string::npos);
  EXPECT_NE(result.difference.before.find("returned (i32 "), std::string::npos);
}

TEST(DiffTest, SignOfZero) {
  ExpectDifferent(R"((module (func (export "f") (param f64) (result f64)
                      (f64.add (local.get 0) (f64.const 0)))))",
                  R"((module (func (export "f") (param f64) (result f64)
                      (local.get 0))))",
                  "result");
}

TEST(DiffTest, LostTrap) {
  ExpectDifferent(
      R"((module (func (export "f") (param i32)
           (drop (i32.div_u (i32.const 1) (local.get 0))))))",
      R"((module (func (export "f") (param i32))))", "result");
}

TEST(DiffTest, KindOfTrap) {
  ExpectDifferent(
      R"((module (func (export "f")
           (drop (i32.div_u (i32.const 1) (i32.const 0))))))",
      R"((module (func (export "f") unreachable)))", "result");
}

TEST(DiffTest, MemoryTellsTheByte) {
  const DiffResult result = ExpectDifferent(
      R"((module (memory (export "m") 1) (func (export "f")
           (i32.store16 (i32.const 16) (i32.const 0x1234)))))",
      R"((module (memory (export "m") 1) (func (export "f")
           (i32.store8 (i32.const 16) (i32.const 0x34)))))",
      "state");
  EXPECT_EQ(result.difference.memory,
            "memory 'm' at 0x11: 0x12 before, 0x00 after");
}

TEST(DiffTest, MemoryAfterTrap) {
  ExpectDifferent(
      R"((module (memory (export "m") 1) (func (export "f")
           (i32.store8 (i32.const 0) (i32.const 1)) unreachable)))",
      R"((module (memory (export "m") 1) (func (export "f") unreachable)))",
      "state");
}

TEST(DiffTest, PrivateMemoryIsNobodysBusiness) {
  ExpectEqual(R"((module (memory 1) (func (export "f")
                  (i32.store (i32.const 0) (i32.const 1)))))",
              R"((module (func (export "f"))))");
}

TEST(DiffTest, Global) {
  ExpectDifferent(
      R"((module (global (export "g") (mut i64) (i64.const 1))
           (func (export "f") (global.set 0 (i64.const 2)))))",
      R"((module (global (export "g") (mut i64) (i64.const 1))
           (func (export "f"))))",
      "state");
}

TEST(DiffTest, Table) {
  ExpectDifferent(
      R"((module (table (export "t") 2 funcref) (elem declare func 0)
           (func (export "f") (table.set (i32.const 1) (ref.func 0)))))",
      R"((module (table (export "t") 2 funcref) (elem declare func 0)
           (func (export "f") (table.set (i32.const 0) (ref.func 0)))))",
      "state");
}

// A function "f" of structs and arrays that returns `results`.
std::string ReturnsObjects(absl::string_view results, absl::string_view body) {
  return absl::StrCat(R"((module
      (type $s (struct (field $a (mut i32)) (field $r (mut anyref))))
      (type $t (sub (struct (field (mut i32)) (field (mut anyref)))))
      (type $b (array (mut i8)))
      (func (export "f") (result )",
                      results, ") (local $o (ref null $s)) ", body, "))");
}

TEST(DiffTest, FieldsOfWhatEscapes) {
  const auto make = [](absl::string_view value) {
    return ReturnsObjects("anyref",
                          absl::StrCat("(struct.new $s (i32.const ", value,
                                       ") (ref.i31 (i32.const 1)))"));
  };
  ExpectEqual(make("1"), make("1"));
  const DiffResult result = ExpectDifferent(make("1"), make("2"), "result");
  EXPECT_NE(result.difference.before.find("returned (#0) where #0 is struct"),
            std::string::npos)
      << result.difference.before;
  EXPECT_NE(result.difference.after.find("{i32 2, i31 1}"), std::string::npos)
      << result.difference.after;
}

TEST(DiffTest, DeadFieldOfWhatEscapes) {
  constexpr absl::string_view kMade = "(local.set $o (struct.new_default $s))";
  constexpr absl::string_view kSet =
      "(struct.set $s $a (local.get $o) (i32.const 7))";
  const std::string escapes = absl::StrCat(kMade, kSet, "(local.get $o)");
  ExpectDifferent(
      ReturnsObjects("anyref", escapes),
      ReturnsObjects("anyref", absl::StrCat(kMade, "(local.get $o)")),
      "result");
  // What nobody can look at may be left out.
  ExpectEqual(ReturnsObjects("i32", absl::StrCat(kMade, kSet, "(i32.const 1)")),
              ReturnsObjects("i32", "(i32.const 1)"));
}

TEST(DiffTest, ElementsOfWhatEscapes) {
  const auto make = [](absl::string_view values) {
    return ReturnsObjects(
        "externref", absl::StrCat("(extern.convert_any (array.new_fixed $b 2 ",
                                  values, "))"));
  };
  ExpectDifferent(make("(i32.const 1) (i32.const 2)"),
                  make("(i32.const 2) (i32.const 1)"), "result");
  ExpectEqual(make("(i32.const 1) (i32.const 0x102)"),
              make("(i32.const 1) (i32.const 2)"));
  ExpectDifferent(
      ReturnsObjects("arrayref", "(array.new_default $b (i32.const 3))"),
      ReturnsObjects("arrayref", "(array.new_default $b (i32.const 4))"),
      "result");
}

TEST(DiffTest, TypeOfWhatEscapes) {
  ExpectDifferent(ReturnsObjects("eqref", "(struct.new_default $s)"),
                  ReturnsObjects("eqref", "(struct.new_default $t)"), "result");
}

TEST(DiffTest, IdentityOfWhatEscapes) {
  constexpr absl::string_view kNew = "(struct.new_default $s)";
  ExpectDifferent(
      ReturnsObjects("anyref anyref", absl::StrCat(kNew, kNew)),
      ReturnsObjects("anyref anyref",
                     absl::StrCat("(local.tee $o ", kNew, ") (local.get $o)")),
      "result");
}

// Nobody but the guest can make an argument for it.
TEST(DiffTest, HostHandsBackObjects) {
  constexpr absl::string_view kModule = R"((module
    (type $s (struct (field (mut i32))))
    (func (export "make") (result (ref $s)) (struct.new $s (i32.const 5)))
    (func (export "get") (param (ref $s)) (result i32)
      (i32.add (struct.get $s 0 (local.get 0)) (i32.const @)))))";
  const std::string one = absl::StrReplaceAll(kModule, {{"@", "1"}});
  ExpectDifferent(one, absl::StrReplaceAll(kModule, {{"@", "2"}}), "result");
  ExpectEqual(one, one);
}

TEST(DiffTest, GraphsWithCycles) {
  constexpr absl::string_view kCycle =
      R"((local.set $o (struct.new_default $s))
         (struct.set $s $r (local.get $o) (struct.new $s (i32.const $0)
           (local.get $o)))
         (local.get $o))";
  const auto make = [&](absl::string_view value) {
    return ReturnsObjects("anyref",
                          absl::StrReplaceAll(kCycle, {{"$0", value}}));
  };
  ExpectEqual(make("5"), make("5"));
  ExpectDifferent(make("5"), make("6"), "result");
}

TEST(DiffTest, ObjectsInState) {
  const auto make = [](absl::string_view value) {
    return absl::StrCat(R"((module (type $s (struct (field (mut i64))))
        (global $g (export "g") (mut (ref null $s)) (ref.null $s))
        (table (export "t") 2 anyref)
        (func (export "f") (global.set $g (struct.new $s (i64.const 1)))
          (table.set (i32.const 1) (global.get $g)))
        (func (export "h") (struct.set $s 0 (global.get $g) (i64.const )",
                        value, "))))");
  };
  ExpectEqual(make("2"), make("2"));
  ExpectDifferent(make("2"), make("3"), "state");
}

TEST(DiffTest, LongListsTakeBoundedTime) {
  // Of a hundred thousand nodes, the first ones are looked at.
  const auto make = [](absl::string_view last) {
    return ReturnsObjects("anyref", absl::StrCat(R"((local $i i32)
        (local.set $i (i32.const 100000))
        (local.set $o (struct.new $s (i32.const )",
                                                 last, R"() (ref.null any)))
        (loop $l
          (local.set $o (struct.new $s (local.get $i) (local.get $o)))
          (br_if $l (local.tee $i
            (i32.sub (local.get $i) (i32.const 1)))))
        (local.get $o))"));
  };
  DiffOptions options;
  options.fuel = 10000000;
  EXPECT_EQ(VerdictText(Diff(make("1"), make("2"), options).verdict), "EQUAL");
}

// What segments leave empty of an imported table the host fills with functions
// that fit.
TEST(DiffTest, CallsThroughImportedTable) {
  constexpr absl::string_view kModule = R"((module
    (type $t (func (param i32 i64) (result i32)))
    (import "env" "table" (table 2 funcref))
    (elem (i32.const 0) func $f)
    (func $f)
    (func (export "f") (param i32) (result i32)
      (call_indirect (type $t) (local.get 0) (i64.const @) (i32.const 1)))))";
  const std::string one = absl::StrReplaceAll(kModule, {{"@", "1"}});
  ExpectDifferent(one, absl::StrReplaceAll(kModule, {{"@", "2"}}), "host call");
  ExpectEqual(one, one);
}

// That no such table can be made says nothing, whatever its size.
TEST(DiffTest, ImportedTablesThatAreTooLarge) {
  constexpr absl::string_view kModule = R"((module
    (type $t (func))
    (import "env" "table" (table i64 @ funcref))
    (func (export "f") (call_indirect (type $t) (i64.const 1)))))";
  for (const char* entries : {"0xfffffffffffffff8", "0x100000000"}) {
    const std::string text = absl::StrReplaceAll(kModule, {{"@", entries}});
    const DiffResult result = Diff(text, text);
    EXPECT_EQ(VerdictText(result.verdict), "POISONED") << entries;
    EXPECT_EQ(PoisonText(result.poison), "memory") << entries;
  }
}

// The host also passes addresses of objects that hold indices of the table, and
// with stack pointers.
TEST(DiffTest, CallsThroughPointersInObjects) {
  constexpr absl::string_view kModule = R"((module
    (type $t (func (param i32)))
    (import "env" "__stack_pointer" (global $sp (mut i32)))
    (import "env" "memory" (memory 1))
    (import "env" "table" (table 0 funcref))
    (func (export "f") (param i32)
      (global.set $sp (i32.sub (global.get $sp) (i32.const 32)))
      (i32.store (global.get $sp) (local.get 0))
      (call_indirect (type $t) (i32.const @)
        (i32.load offset=8 (i32.load (global.get $sp))))
      (global.set $sp (i32.add (global.get $sp) (i32.const 32))))))";
  const std::string one = absl::StrReplaceAll(kModule, {{"@", "1"}});
  ExpectDifferent(one, absl::StrReplaceAll(kModule, {{"@", "2"}}), "host call");
  ExpectEqual(one, one);
}

TEST(DiffTest, HostCalls) {
  constexpr absl::string_view kModule = R"((module
    (import "env" "log" (func $log (param i32)))
    (func (export "f") (call $log (i32.const $0)) (call $log (i32.const $1)))))";
  auto make = [&](int a, int b) {
    std::string text(kModule);
    text.replace(text.find("$0"), 2, absl::StrCat(a));
    text.replace(text.find("$1"), 2, absl::StrCat(b));
    return text;
  };
  ExpectEqual(make(1, 2), make(1, 2));
  const DiffResult result =
      ExpectDifferent(make(1, 2), make(1, 3), "host call");
  EXPECT_EQ(result.difference.before, "host function env.log(i32 2)");
  EXPECT_EQ(result.difference.after, "host function env.log(i32 3)");
}

TEST(DiffTest, StateAtHostCall) {
  // The store is overwritten before the function returns.
  ExpectDifferent(
      R"((module (import "e" "h" (func $h)) (memory (export "m") 1)
           (func (export "f") (i32.store8 (i32.const 0) (i32.const 1)) (call $h)
             (i32.store8 (i32.const 0) (i32.const 2)))))",
      R"((module (import "e" "h" (func $h)) (memory (export "m") 1)
           (func (export "f") (call $h)
             (i32.store8 (i32.const 0) (i32.const 2)))))",
      "state");
}

TEST(DiffTest, HostMayWriteBetween) {
  // Forwarding a store over a call of the host.
  ExpectDifferent(
      R"((module (import "e" "h" (func $h)) (memory (export "m") 1)
           (func (export "f") (result i32)
             (i32.store8 (i32.const 0) (i32.const 1)) (call $h)
             (i32.load8_u (i32.const 0)))))",
      R"((module (import "e" "h" (func $h)) (memory (export "m") 1)
           (func (export "f") (result i32)
             (i32.store8 (i32.const 0) (i32.const 1)) (call $h)
             (i32.const 1))))",
      "result");
}

TEST(DiffTest, Interface) {
  constexpr absl::string_view kOne = R"((module (func (export "f"))))";
  ExpectDifferent(kOne, R"((module))", "interface");
  ExpectDifferent(kOne, R"((module (func (export "g"))))", "interface");
  ExpectDifferent(kOne, R"((module (func (export "f") (param i32))))",
                  "interface");
  ExpectDifferent(R"((module (memory (export "m") 1)))",
                  R"((module (memory (export "m") 1 2)))", "interface");
}

TEST(DiffTest, ImportsMayShrink) {
  constexpr absl::string_view kMore =
      R"((module (import "e" "a" (func)) (import "e" "m" (memory 1))
           (import "e" "b" (func $b)) (func (export "f") (call $b))))";
  constexpr absl::string_view kLess =
      R"((module (import "e" "b" (func $b)) (func (export "f") (call $b))))";
  EXPECT_EQ(VerdictText(Diff(kMore, kLess).verdict), "EQUAL");
  EXPECT_EQ(VerdictText(Diff(kLess, kMore).verdict), "DIFFERENT");
}

TEST(DiffTest, InvalidAfter) {
  Differ differ(DiffOptions{});
  const std::vector<uint8_t> good = Binary("(module)");
  const std::vector<uint8_t> bad = {0, 'a', 's', 'm', 1, 0, 0, 0, 1, 1};
  const auto result = differ.Diff(good, bad);
  ASSERT_TRUE(result.ok());
  EXPECT_EQ(VerdictText(result->verdict), "DIFFERENT");
  EXPECT_EQ(result->difference.what, "validity");
  EXPECT_FALSE(differ.Diff(bad, good).ok());
}

TEST(DiffTest, StartFunction) {
  ExpectDifferent(R"((module (func $s unreachable) (start $s)))", "(module)",
                  "result");
  ExpectDifferent(
      R"((module (global (export "g") (mut i32) (i32.const 0))
           (func $s (global.set 0 (i32.const 1))) (start $s)))",
      R"((module (global (export "g") (mut i32) (i32.const 0))))", "state");
}

TEST(DiffTest, SegmentsThatTrapLeaveWhatTheyWrote) {
  ExpectDifferent(
      R"((module (import "e" "m" (memory 1)) (data (i32.const 0) "a")
           (data (i32.const 65536) "b")))",
      R"((module (import "e" "m" (memory 1)) (data (i32.const 65536) "b")))",
      "state");
}

TEST(DiffTest, EndlessLoopAfter) {
  const DiffResult result =
      Diff(R"((module (func (export "f"))))",
           R"((module (func (export "f") (loop (br 0)))))");
  EXPECT_EQ(VerdictText(result.verdict), "DIFFERENT");
  EXPECT_EQ(result.difference.after, "does not end: fuel");
}

TEST(DiffTest, EndlessLoopBefore) {
  constexpr absl::string_view kLoop =
      R"((module (func (export "f") (loop (br 0)))))";
  const DiffResult result = Diff(kLoop, kLoop);
  EXPECT_EQ(VerdictText(result.verdict), "POISONED");
  EXPECT_EQ(PoisonText(result.poison), "fuel");
  // What is after may not do another thing before.
  ExpectDifferent(
      R"((module (import "e" "h" (func $h (param i32)))
           (func (export "f") (loop (call $h (i32.const 1)) (br 0)))))",
      R"((module (import "e" "h" (func $h (param i32)))
           (func (export "f") (loop (call $h (i32.const 2)) (br 0)))))",
      "host call");
}

TEST(DiffTest, OneEndlessExportDoesNotHideOthers) {
  const DiffResult result = Diff(
      R"((module (func (export "a") (loop (br 0)))
           (func (export "b") (result i32) (i32.const 1))))",
      R"((module (func (export "a") (loop (br 0)))
           (func (export "b") (result i32) (i32.const 2))))");
  EXPECT_EQ(VerdictText(result.verdict), "DIFFERENT");
}

TEST(DiffTest, StackExhaustion) {
  constexpr absl::string_view kDeep =
      R"((module (func $f (export "f") (call $f))))";
  const DiffResult result = Diff(kDeep, kDeep);
  EXPECT_EQ(VerdictText(result.verdict), "POISONED");
  EXPECT_EQ(PoisonText(result.poison), "stack");
  EXPECT_EQ(VerdictText(Diff(R"((module (func (export "f"))))", kDeep).verdict),
            "DIFFERENT");
}

TEST(DiffTest, GrowThatFails) {
  // Equal unless a grow fails, which the host makes happen.
  const DiffResult result = Diff(
      R"((module (memory (export "m") 1 10) (func (export "f") (result i32)
           (i32.lt_s (memory.grow (i32.const 0)) (i32.const 0)))))",
      R"((module (memory (export "m") 1 10) (func (export "f") (result i32)
           (drop (memory.grow (i32.const 0))) (i32.const 0))))");
  EXPECT_EQ(VerdictText(result.verdict), "DIFFERENT");
}

TEST(DiffTest, GrowsOfTwoKindsChangePlaces) {
  const auto make = [](absl::string_view body) {
    return absl::StrCat(R"((module (memory 1 9) (table 1 9 funcref)
      (func (export "f") (result i32) (local $t i32) (local $m i32))",
                        body, "(i32.sub (local.get $t) (local.get $m))))");
  };
  constexpr absl::string_view kTable =
      "(local.set $t (table.grow (ref.null func) (i32.const 0)))";
  constexpr absl::string_view kMemory =
      "(local.set $m (memory.grow (i32.const 0)))";
  ExpectEqual(make(absl::StrCat(kTable, kMemory)),
              make(absl::StrCat(kMemory, kTable)));
}

TEST(DiffTest, Exceptions) {
  constexpr absl::string_view kModule = R"((module
    (tag $a (export "a") (param i32)) (tag $b (export "b") (param i32))
    (func (export "f") (throw $TAG (i32.const VALUE)))))";
  auto make = [&](absl::string_view tag, absl::string_view value) {
    std::string text(kModule);
    return absl::StrReplaceAll(text, {{"TAG", tag}, {"VALUE", value}});
  };
  ExpectEqual(make("a", "1"), make("a", "1"));
  ExpectDifferent(make("a", "1"), make("b", "1"), "result");
  ExpectDifferent(make("a", "1"), make("a", "2"), "result");
  ExpectDifferent(make("a", "1"), R"((module
    (tag $a (export "a") (param i32)) (tag $b (export "b") (param i32))
    (func (export "f") unreachable)))",
                  "result");
}

TEST(DiffTest, HostThrows) {
  // A handler that is lost shows when the host throws through it.
  ExpectDifferent(
      R"((module (import "e" "h" (func $h)) (import "e" "t" (tag $t))
           (func (export "f") (result i32)
             (block (try_table (catch $t 0) (call $h)) (return (i32.const 1)))
             (i32.const 2)) (func (export "g") (call $h)) (func (export "h") (call $h))))",
      R"((module (import "e" "h" (func $h)) (import "e" "t" (tag $t))
           (func (export "f") (result i32) (call $h) (i32.const 1))
           (func (export "g") (call $h)) (func (export "h") (call $h))))",
      "result");
}

TEST(DiffTest, NansOfArithmeticAreFree) {
  // Which NaN 0/0 is, the engine may choose; that -x flips its sign, it may
  // not.
  const DiffResult result = Diff(
      R"((module (func (export "f") (result i32)
           (i32.reinterpret_f32 (f32.div (f32.const 0) (f32.const 0))))))",
      R"((module (func (export "f") (result i32) (i32.const 0xffc00000))))");
  EXPECT_EQ(VerdictText(result.verdict), "POISONED");
  EXPECT_EQ(PoisonText(result.poison), "nan");
  ExpectDifferent(
      R"((module (func (export "f") (result i32)
           (i32.reinterpret_f32 (f32.neg (f32.const nan))))))",
      R"((module (func (export "f") (result i32)
           (i32.reinterpret_f32 (f32.const nan)))))",
      "result");
}

TEST(DiffTest, CountsWhatWasEntered) {
  const DiffResult result = Diff(
      R"((module (func (export "f") (param i32) (if (local.get 0) (then (call 1))))
           (func) (func)))",
      R"((module (func (export "f") (param i32))))");
  EXPECT_EQ(VerdictText(result.verdict), "EQUAL");
  EXPECT_EQ(result.functions, 3u);
  EXPECT_EQ(result.entered, (std::vector<uint8_t>{2, 2, 0}));
  EXPECT_GT(result.operators, 0u);
}

TEST(DiffTest, SameSeedSameResult) {
  constexpr absl::string_view kA =
      R"((module (func (export "f") (param i64) (result i64) (local.get 0))))";
  constexpr absl::string_view kB =
      R"((module (func (export "f") (param i64) (result i64)
           (i64.and (local.get 0) (i64.const -2)))))";
  const DiffResult one = Diff(kA, kB);
  const DiffResult two = Diff(kA, kB);
  EXPECT_EQ(one.difference.call, two.difference.call);
  EXPECT_EQ(one.difference.before, two.difference.before);
}

}  // namespace
}  // namespace weft::check
