// What single reductions do: the text before, and after steps of one plan.
#include <string>

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "check/reduce/plan.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "ir/wasm/reader.h"
#include "ir/wasm/text/parser.h"
#include "ir/wasm/text/printer.h"
#include "ir/wasm/validator.h"

namespace weft::check::reducing {
namespace {

std::string Print(const Bytes& bytes) {
  const absl::StatusOr<wasm::Module> module = wasm::ReadModule(bytes);
  if (!module.ok()) return module.status().ToString();
  const absl::Status valid = ValidateAll(*module);
  if (!valid.ok()) return valid.ToString();
  wasm::PrintTextOptions options;
  options.names = false;
  const absl::StatusOr<std::string> text = PrintModuleText(*module, options);
  return text.ok() ? *text : text.status().ToString();
}

std::string Normal(absl::string_view text) {
  const absl::StatusOr<Bytes> bytes = wasm::ParseModuleText(text);
  return bytes.ok() ? Print(*bytes) : bytes.status().ToString();
}

Plan PlanOf(absl::string_view reduction, const Subject& subject) {
  for (const Reduction& row : AllReductions()) {
    if (row.name == reduction) return row.plan(subject);
  }
  ADD_FAILURE() << "no reduction " << reduction;
  return {};
}

struct Steps {
  size_t size;                     // Of the plan.
  std::vector<std::string> texts;  // After each step taken alone.
  std::string all;                 // After all of them.
};

Steps Take(absl::string_view reduction, absl::string_view text) {
  const absl::StatusOr<Bytes> bytes = wasm::ParseModuleText(text);
  EXPECT_TRUE(bytes.ok()) << bytes.status();
  if (!bytes.ok()) return {};
  const auto subject = Subject::Make(*bytes);
  EXPECT_TRUE(subject.ok());
  const Plan plan = PlanOf(reduction, **subject);
  Steps steps = {plan.size, {}, ""};
  const auto take = [&](size_t begin, size_t end) {
    const absl::StatusOr<Bytes> taken = plan.apply(begin, end);
    return taken.ok() ? Print(*taken) : taken.status().ToString();
  };
  for (size_t i = 0; i < plan.size; ++i) {
    steps.texts.push_back(take(i, i + 1));
  }
  if (plan.size > 0) steps.all = take(0, plan.size);
  return steps;
}

// Whether some step makes `expected` of the module.
void ExpectStep(absl::string_view reduction, absl::string_view text,
                absl::string_view expected) {
  SCOPED_TRACE(reduction);
  EXPECT_THAT(Take(reduction, text).texts,
              ::testing::Contains(Normal(expected)));
}

void ExpectAll(absl::string_view reduction, absl::string_view text,
               absl::string_view expected) {
  SCOPED_TRACE(reduction);
  EXPECT_EQ(Take(reduction, text).all, Normal(expected));
}

// The same for the body of one function, with a memory around.
std::string Body(absl::string_view signature, absl::string_view body) {
  return absl::StrCat("(module (memory 1) (tag) (func ", signature, " ", body,
                      "))");
}

void ExpectBody(absl::string_view reduction, absl::string_view signature,
                absl::string_view before, absl::string_view after) {
  ExpectStep(reduction, Body(signature, before), Body(signature, after));
}

TEST(ReductionsTest, Sections) {
  ExpectAll("custom-sections",
            R"((module (@custom "a" "x") (@custom "b" "y") (func)))",
            "(module (func))");
  ExpectStep("exports", R"((module (func (export "a") (export "b"))))",
             R"((module (func (export "b"))))");
  ExpectAll("start", "(module (func $f) (start $f))", "(module (func))");
}

TEST(ReductionsTest, Bodies) {
  constexpr absl::string_view kText =
      "(module (func (param i32) (result i32) (local f32)"
      " (i32.clz (local.get 0))) (func (result funcref i64) (ref.null func)"
      " (i64.const 7)))";
  ExpectAll("trapping-bodies", kText,
            "(module (func (param i32) (result i32) (unreachable))"
            " (func (result funcref i64) (unreachable)))");
  ExpectAll("zero-bodies", kText,
            "(module (func (param i32) (result i32) (i32.const 0))"
            " (func (result funcref i64) (ref.null func) (i64.const 0)))");
}

TEST(ReductionsTest, Unused) {
  constexpr absl::string_view kText = R"((module
      (type $unused (func (param f64)))
      (import "m" "f" (func $import))
      (func $alone (call $called))
      (func $called)
      (global $kept i32 (i32.const 1))
      (global $unused i32 (i32.const 2))
      (func (export "f") (drop (global.get $kept)))))";
  ExpectAll("unreached", kText, R"((module
      (global $kept i32 (i32.const 1))
      (func (export "f") (drop (global.get $kept)))))");
  // What something else mentions stays.
  ExpectAll("unmentioned", kText, R"((module
      (func $called)
      (global $kept i32 (i32.const 1))
      (func (export "f") (drop (global.get $kept)))))");
}

TEST(ReductionsTest, PartsOfGroups) {
  ExpectAll("unmentioned", R"((module
      (rec (type $a (struct)) (type $b (struct (field (ref null $a))))
           (type $unused (array i8)))
      (type $f (func))
      (func (export "f") (type $f) (drop (ref.null $b)))))",
            R"((module
      (rec (type $a (struct)) (type $b (struct (field (ref null $a)))))
      (type $f (func))
      (func (export "f") (type $f) (drop (ref.null $b)))))");
}

TEST(ReductionsTest, Segments) {
  constexpr absl::string_view kText = R"((module (memory 1) (table 4 funcref)
      (func) (elem (i32.const 1) 0 0) (data (i32.const 9) "\00\00abc")
      (data "d")))";
  ExpectAll("element-segments", kText, R"((module (memory 1) (table 4 funcref)
      (func) (data (i32.const 9) "\00\00abc") (data "d")))");
  ExpectStep("elements", kText, R"((module (memory 1) (table 4 funcref)
      (func) (elem (i32.const 1) 0) (data (i32.const 9) "\00\00abc")
      (data "d")))");
  ExpectStep("data-segments", kText, R"((module (memory 1) (table 4 funcref)
      (func) (elem (i32.const 1) 0 0) (data "d")))");
  ExpectStep("data-bytes", kText, R"((module (memory 1) (table 4 funcref)
      (func) (elem (i32.const 1) 0 0) (data (i32.const 9) "\00\00ab")
      (data "d")))");
  ExpectAll("data-bytes", kText, R"((module (memory 1) (table 4 funcref)
      (func) (elem (i32.const 1) 0 0) (data (i32.const 9) "") (data "")))");
  ExpectAll("zero-bytes", kText, R"((module (memory 1) (table 4 funcref)
      (func) (elem (i32.const 1) 0 0)
      (data (i32.const 9) "\00\00\00\00\00") (data "\00")))");
  ExpectStep("segment-offsets", kText, R"((module (memory 1) (table 4 funcref)
      (func) (elem (i32.const 0) 0 0) (data (i32.const 9) "\00\00abc")
      (data "d")))");
  ExpectStep("segment-offsets", kText, R"((module (memory 1) (table 4 funcref)
      (func) (elem (i32.const 1) 0 0) (data (i32.const 11) "abc")
      (data "d")))");
}

TEST(ReductionsTest, Imports) {
  ExpectStep("imports", R"((module
      (type $r (func (result i64))) (type $v (func))
      (import "m" "f" (func $f (type $r)))
      (import "m" "g" (func $g (type $v)))
      (import "m" "v" (global i32))
      (func (type $v) (call $g) (drop (call $f)))))",
             R"((module
      (type $r (func (result i64))) (type $v (func))
      (import "m" "g" (func $g (type $v)))
      (import "m" "v" (global i32))
      (func $f (type $r) (i64.const 0))
      (func (type $v) (call $g) (drop (call $f)))))");
  ExpectAll("imports", R"((module
      (import "m" "v" (global i32))
      (import "m" "t" (table 3 externref))
      (import "m" "s" (memory 2))
      (import "m" "e" (tag (param i32)))
      (global i32 (global.get 0))))",
            R"((module (type (func (param i32)))
      (global i32 (i32.const 0)) (table 3 externref) (memory 2)
      (tag (param i32)) (global i32 (global.get 0))))");
}

TEST(ReductionsTest, Declarations) {
  ExpectStep("limits", "(module (memory 5 9))", "(module (memory 0 9))");
  ExpectStep("limits", "(module (memory 5 9))", "(module (memory 2 9))");
  ExpectStep("limits", "(module (memory 5 9))", "(module (memory 5))");
  ExpectStep("limits", "(module (table 5 9 funcref))",
             "(module (table 5 5 funcref))");
  ExpectAll("globals", "(module (global (mut i32) (i32.const 3)))",
            "(module (global i32 (i32.const 0)))");
  ExpectAll("types",
            "(module (rec (type $a (sub (struct (field (mut i32)))))"
            " (type $b (sub $a (struct (field (mut i32)))))))",
            "(module (type (struct (field i32))) (type (struct (field i32))))");
  ExpectAll("equal-types",
            "(module (type $a (func)) (type $b (func)) (func (type $b)))",
            "(module (type $a (func)) (func (type $a)))");
  ExpectAll("names", R"((module (import "mod" "f" (func))
      (func (export "long"))))",
            R"((module (import "" "a" (func)) (func (export "a"))))");
}

TEST(ReductionsTest, Statements) {
  ExpectBody("statements", "", "(nop) (i32.store (i32.const 1) (i32.const 2))",
             "(nop)");
  ExpectBody("statements", "(param i32)",
             "(block (br_if 0 (local.get 0)) (nop))", "(block (nop))");
  ExpectBody("statements", "(result i32)",
             "(i32.add (i32.const 1) (block (result i32) (nop) (i32.const 2)))",
             "(i32.add (i32.const 1) (block (result i32) (i32.const 2)))");
  ExpectBody("dead-code", "(result i32)", "(unreachable) (nop) (i32.const 1)",
             "(unreachable)");
  ExpectBody("tails", "", "(nop) (block (nop) (nop)) (nop)",
             "(nop) (block (nop) (unreachable)) (nop)");
}

TEST(ReductionsTest, Values) {
  ExpectBody("zero-values", "(param i64) (result i64)",
             "(i64.add (i64.mul (local.get 0) (i64.const 3)) (local.get 0))",
             "(i64.add (i64.const 0) (local.get 0))");
  ExpectBody("zero-values", "(result (ref i31))", "(ref.i31 (i32.const 4))",
             "(ref.i31 (i32.const 0))");
  ExpectBody("trapping-values", "(result i32)", "(i32.clz (i32.const 4))",
             "(unreachable)");
  ExpectBody("operand-values", "(param i32) (result i32)",
             "(i32.sub (local.get 0) (i32.const 4))", "(i32.const 4)");
  ExpectBody("operand-values", "(param i32) (result i32)",
             "(select (i32.const 1) (i32.const 2) (local.get 0))",
             "(i32.const 2)");
  ExpectBody("dropped-operands", "(param i32)",
             "(i32.store (local.get 0) (i32.const 4))",
             "(local.get 0) (i32.const 4) (drop) (drop)");
  ExpectBody("local-values", "(param i32) (result i32)",
             "(i32.clz (i32.const 9))", "(local.get 0)");
  ExpectBody("forwarded-values", "(result i32) (local i32)",
             "(local.set 0 (i32.load (i32.const 5))) (nop)"
             " (i32.clz (local.get 0))",
             "(nop) (i32.clz (i32.load (i32.const 5)))");
}

TEST(ReductionsTest, Blocks) {
  // Labels keep their targets; those of a block that is gone move outwards.
  ExpectBody("unwrap", "(param i32)",
             "(block (block (br_if 1 (local.get 0)) (br 0)))",
             "(block (br_if 0 (local.get 0)) (br 0))");
  ExpectBody("unwrap", "(param i32)", "(if (local.get 0) (then (nop)))",
             "(drop (local.get 0)) (nop)");
  ExpectBody("arms", "(param i32) (result i32)",
             "(if (result i32) (local.get 0) (then (i32.const 1))"
             " (else (i32.const 2)))",
             "(drop (local.get 0)) (i32.const 2)");
  ExpectBody("arms", "(param i32)",
             "(if (local.get 0) (then (nop)) (else (unreachable)))",
             "(if (local.get 0) (then (nop)))");
  ExpectBody("plain-blocks", "", "(loop (br 0))", "(block (br 0))");
  ExpectBody("plain-blocks", "(param i32)",
             "(if (local.get 0) (then (br 0)) (else (nop)))",
             "(local.get 0) (drop) (block (br 0))");
  ExpectBody("block-results", "(param i32) (result i32)",
             "(block (result i32) (br_if 0 (i32.const 1) (local.get 0)))",
             "(block (i32.const 1) (local.get 0) (br_if 0) (drop))"
             " (i32.const 0)");
}

TEST(ReductionsTest, Handlers) {
  ExpectBody("handlers", "",
             "(block (try_table (catch 0 0) (catch_all 0) (nop)))",
             "(block (try_table (catch_all 0) (nop)))");
  ExpectBody("handlers", "", "(try (do (nop)) (catch 0) (catch_all (nop)))",
             "(try (do (nop)) (catch_all (nop)))");
  ExpectBody("plain-blocks", "", "(try (do (nop)) (catch 0 (unreachable)))",
             "(block (nop))");
  ExpectBody("plain-blocks", "", "(try (do (nop)) (delegate 0))",
             "(block (nop))");
  ExpectBody("unwrap", "", "(block (try (do (br 1)) (delegate 0)))",
             "(block (br 0))");
}

TEST(ReductionsTest, Branches) {
  ExpectBody("branches", "(param i32)",
             "(block (block (br_table 0 1 0 (local.get 0))))",
             "(block (block (br_table 1 0 (local.get 0))))");
  ExpectBody("branches", "(param i32)",
             "(block (block (br_table 0 1 (local.get 0))))",
             "(block (block (local.get 0) (drop) (br 1)))");
  ExpectBody("branches", "(param i32)", "(block (br_if 0 (local.get 0)))",
             "(block (drop (local.get 0)))");
  ExpectStep("branches", "(module (func $f (return_call $f)))",
             "(module (func $f (call $f) (return)))");
}

TEST(ReductionsTest, Constants) {
  ExpectBody("constants", "(result i32)", "(i32.const -9)", "(i32.const -4)");
  ExpectBody("constants", "(result f64)", "(f64.const 2.5)", "(f64.const 1)");
  ExpectBody("constants", "(result v128)", "(v128.const i64x2 4 5)",
             "(v128.const i64x2 0 0)");
  ExpectBody("accesses", "(result i32)", "(i32.load offset=9 (i32.const 0))",
             "(i32.load offset=4 (i32.const 0))");
  ExpectBody("accesses", "(result i32)", "(i32.load align=1 (i32.const 0))",
             "(i32.load (i32.const 0))");
}

TEST(ReductionsTest, Locals) {
  ExpectAll("unused-locals",
            Body("", "(local i32 f32 i64) (local.set 1 (f32.const 1))"),
            Body("", "(local f32) (local.set 0 (f32.const 1))"));
  ExpectAll("merged-locals",
            Body("(param i32)",
                 "(local f32 i32) (local.set 2 (local.get 0))"
                 " (local.set 1 (f32.const 1))"),
            Body("(param i32)",
                 "(local f32) (local.set 0 (local.get 0))"
                 " (local.set 1 (f32.const 1))"));
}

TEST(ReductionsTest, Signatures) {
  ExpectStep("params",
             "(module (func $f (param i32 f32) (result i32) (local.get 0))"
             " (func (drop (call $f (i32.const 1) (f32.const 2)))))",
             "(module (type (func)) (type (func (param i32) (result i32)))"
             " (func $f (type 1) (local.get 0))"
             " (func (type 0) (drop (call $f (i32.const 1)))))");
  ExpectStep("results",
             "(module (func $f (param i32) (result i32)"
             " (if (local.get 0) (then (return (i32.const 1))))"
             " (i32.const 2)) (func (drop (call $f (i32.const 1)))))",
             "(module (type (func)) (type (func (param i32)))"
             " (func $f (type 1)"
             " (if (local.get 0) (then (i32.const 1) (return)))"
             " (drop (i32.const 2)))"
             " (func (type 0) (call $f (i32.const 1)) (drop (i32.const 0))))");
}

TEST(ReductionsTest, CallTypes) {
  constexpr absl::string_view kText = R"((module (table 1 funcref)
      (type $v (func)) (type $t (func (param i32 i64) (result f32)))
      (func (type $v) (drop
        (call_indirect (type $t) (i32.const 1) (i64.const 2) (i32.const 3))))))";
  ExpectAll("call-types", kText, R"((module (table 1 funcref)
      (type $v (func)) (type $t (func (param i32 i64) (result f32)))
      (func (type $v) (call_indirect (type $v) (i32.const 3))
        (drop (f32.const 0)))))");
}

TEST(ReductionsTest, Calls) {
  ExpectStep("inline",
             "(module (func $f (param i32) (result i32)"
             " (i32.add (local.get 0) (i32.const 2)))"
             " (func (drop (call $f (i32.const 1)))))",
             "(module (func (local i32)"
             " (local.set 0 (i32.const 1))"
             " (drop (i32.add (local.get 0) (i32.const 2)))))");
  ExpectStep("inline",
             "(module (func $f (result i32)"
             " (block (return (i32.const 3))) (i32.const 2))"
             " (func (drop (call $f))))",
             "(module (func (drop (block (result i32)"
             " (block (br 1 (i32.const 3))) (i32.const 2)))))");
  ExpectStep("export-callees",
             R"((module (func $g (nop)) (func (export "e") (call $g))))",
             R"((module (func $g (export "e") (nop)) (func (unreachable))))");
}

}  // namespace
}  // namespace weft::check::reducing
