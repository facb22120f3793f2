// What handlers of exceptions find, in every translation.
#include <cstdint>
#include <string>
#include <vector>

#include "exec/translate/testing_translation.h"

namespace weft::exec {
namespace {

using testing::TranslationTest;

INSTANTIATE_TEST_SUITE_P(All, TranslationTest,
                         ::testing::Range(0, testing::kTranslations),
                         testing::TranslationName);

TEST_P(TranslationTest, LocalsAreAsTheyWereAtTheThrow) {
  EXPECT_EQ(Run(R"((tag $t)
    (func $thrower (throw $t))
    (func (export "f") (param $x i32) (result i32 i64 i32)
      (local $y i64) (local $r anyref)
      (block $h
        (try_table (catch $t $h)
          (local.set $x (i32.add (local.get $x) (i32.const 1)))
          (local.set $y (i64.const 7))
          (local.set $r (ref.i31 (i32.const 3)))
          (local.get $x)
          (call $thrower)
          (drop)
          (local.set $x (i32.const 0)))
        (unreachable))
      (local.get $x) (local.get $y)
      (i31.get_u (ref.cast (ref i31) (local.get $r)))))",
                {Val::I32(4)}, 3),
            Bits({5, 7, 3}));
}

TEST_P(TranslationTest, OperandsBelowAreKept) {
  // Constants, reads and results that lie below the guarded block.
  EXPECT_EQ(Run(R"((tag $t (param i32 f64 v128 anyref i64))
    (func $seven (result i32) (i32.const 7))
    (func (export "f") (param $x i32)
          (result i32 i32 i32 i32 i64 i64 i32 i64)
      (local $d f64) (local $v v128) (local $r anyref) (local $l i64)
      (i32.const 100) (local.get $x) (call $seven)
      (local.set $x (i32.const 55))
      (block $h (result i32 f64 v128 anyref i64)
        (i32.const 9)
        (try_table (catch $t $h)
          (i64.const 1)
          (throw $t (local.get $x) (f64.const 2) (v128.const i64x2 3 30)
                    (ref.i31 (i32.const 4)) (i64.const 5)))
        (unreachable))
      (local.set $l) (local.set $r) (local.set $v) (local.set $d)
      (i64.trunc_f64_s (local.get $d))
      (i64x2.extract_lane 1 (local.get $v))
      (i31.get_u (ref.cast (ref i31) (local.get $r)))
      (local.get $l)))",
                {Val::I32(1)}, 8),
            Bits({100, 1, 7, 55, 2, 30, 4, 5}));
}

TEST_P(TranslationTest, HandlersOfLoopsAndOfTheFunction) {
  // A handler that is a loop's head, until the fifth time; then the function
  // itself catches.
  EXPECT_EQ(Run(R"((tag $again (param i32)) (tag $done (param i32))
    (func (export "f") (param $n i32) (result i32)
      (i32.const 0)
      (loop $l (param i32)
        (i32.add (i32.const 3))
        (local.set $n)
        (try_table (catch $again $l) (catch $done 1)
          (if (i32.gt_u (local.get $n) (i32.const 14))
            (then (throw $done (local.get $n))))
          (throw $again (local.get $n))))
      (unreachable)))",
                {Val::I32(0)}, 1),
            Bits({15}));
}

TEST_P(TranslationTest, TheInnermostHandlerOfTheTag) {
  const std::string fields = R"((tag $a (param i32)) (tag $b (param i32))
    (func $throw (param i32)
      (if (i32.eqz (local.get 0)) (then (return)))
      (if (i32.eq (local.get 0) (i32.const 1))
        (then (throw $a (i32.const 10))))
      (if (i32.eq (local.get 0) (i32.const 2))
        (then (throw $b (i32.const 20)))))
    (func (export "f") (param $x i32) (param $y i32) (result i32)
      (block $all
        (block $outer (result i32)
          (try_table (catch $a $outer) (catch_all $all)
            (block $inner (result i32)
              (try_table (result i32) (catch $b $inner)
                (call $throw (local.get $x))
                (i32.const 1)))
            ;; Behind the inner region, inside of the outer one.
            (local.set $x)
            (call $throw (local.get $y)))
          (local.get $x))
        (return))
      (i32.const 99)))";
  EXPECT_EQ(Run(fields, {Val::I32(0), Val::I32(0)}, 1), Bits({1}));
  EXPECT_EQ(Run(fields, {Val::I32(1), Val::I32(0)}, 1), Bits({10}));
  EXPECT_EQ(Run(fields, {Val::I32(2), Val::I32(0)}, 1), Bits({20}));
  EXPECT_EQ(Run(fields, {Val::I32(2), Val::I32(1)}, 1), Bits({10}));
  EXPECT_EQ(Run(fields, {Val::I32(0), Val::I32(2)}, 1), Bits({99}));
}

TEST_P(TranslationTest, RegionsOneBehindTheOther) {
  // The third region must not be taken for one of those before it, nor what
  // lies between them.
  const std::string fields = R"((tag $t)
    (func $maybe (param i32) (if (local.get 0) (then (throw $t))))
    (func (export "f") (param $n i32) (result i32)
      (block $outer
        (try_table (catch $t $outer)
          (block $1
            (try_table (catch $t $1)
              (call $maybe (i32.eq (local.get $n) (i32.const 1))))
            (block $2
              (try_table (catch $t $2)
                (call $maybe (i32.eq (local.get $n) (i32.const 2))))
              (call $maybe (i32.eq (local.get $n) (i32.const 3)))
              (return (i32.const 100)))
            (return (i32.const 20)))
          (return (i32.const 10))))
      (i32.const 30)))";
  const uint64_t expected[] = {100, 10, 20, 30};
  for (uint32_t i = 0; i < 4; ++i) {
    EXPECT_EQ(Run(fields, {Val::I32(i)}, 1), Bits({expected[i]})) << i;
  }
}

TEST_P(TranslationTest, ReferencesToExceptionsAreThrownAgain) {
  EXPECT_EQ(Run(R"((tag $t (param i32))
    (func (export "f") (param $x i32) (result i32) (local $e exnref)
      (block $again (result i32)
        (try_table (catch $t $again)
          (block $h (result i32 exnref)
            (i64.const 1)
            (try_table (catch_ref $t $h) (throw $t (local.get $x)))
            (unreachable))
          (local.set $e)
          (local.set $x (i32.mul (i32.const 100)))
          (throw_ref (local.get $e)))
        (unreachable))
      (i32.add (local.get $x))))",
                {Val::I32(3)}, 1),
            Bits({303}));
}

TEST_P(TranslationTest, LegacyArms) {
  const std::string fields = R"((tag $a (param i32 i64)) (tag $b)
    (func $throw (param i32)
      (if (i32.eq (local.get 0) (i32.const 1))
        (then (throw $a (i32.const 10) (i64.const 5))))
      (if (i32.eq (local.get 0) (i32.const 2)) (then (throw $b))))
    (func (export "f") (param $x i32) (result i32) (local $y i32)
      (local.get $x)
      (local.set $y (i32.const 40))
      (try (result i32)
        (do
          (local.get $y)
          (call $throw (local.get $x)))
        (catch $a
          (i32.wrap_i64) (i32.add))
        (catch_all
          (local.set $y (i32.const 3)) (i32.const 200)))
      (i32.add) (i32.add (local.get $y))))";
  EXPECT_EQ(Run(fields, {Val::I32(0)}, 1), Bits({80}));
  EXPECT_EQ(Run(fields, {Val::I32(1)}, 1), Bits({1 + 15 + 40}));
  EXPECT_EQ(Run(fields, {Val::I32(2)}, 1), Bits({2 + 200 + 3}));
}

TEST_P(TranslationTest, LegacyRethrowAndDelegate) {
  // The arm of the inner try throws again what it caught; the delegate passes
  // by the try in the middle.
  const std::string fields = R"((tag $a (param i32))
    (func (export "f") (param $x i32) (result i32)
      (try $outer (result i32)
        (do
          (try (result i32)
            (do
              (if (result i32) (local.get $x)
                (then
                  (try (result i32)
                    (do (throw $a (i32.const 7)))
                    (catch_all (rethrow 0))))
                (else
                  (try (result i32)
                    (do (throw $a (i32.const 8)))
                    (delegate $outer)))))
            (catch $a (i32.add (i32.const 100)))))
        (catch $a (i32.add (i32.const 1000))))))";
  EXPECT_EQ(Run(fields, {Val::I32(1)}, 1), Bits({107}));
  EXPECT_EQ(Run(fields, {Val::I32(0)}, 1), Bits({1008}));
}

TEST_P(TranslationTest, WhatNobodyCatchesLeaves) {
  EXPECT_EQ(Run(R"((tag $a (param i32)) (tag $b)
    (func (export "f") (result i32)
      (block $h (try_table (catch $b $h) (throw $a (i32.const 7))))
      (i32.const 1)))",
                {}, 1),
            Bits());
  EXPECT_EQ(last_.kind, CallResult::kThrew);
}

}  // namespace
}  // namespace weft::exec
