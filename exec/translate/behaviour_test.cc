// The hard cases of docs/executor.md, each run in every translation: fused or
// not, in near and in far slots, metered or not.
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

TEST_P(TranslationTest, UnreachableCodeIsSkipped) {
  // Operands of no type, and blocks of all kinds, also around live labels.
  EXPECT_EQ(Run(R"((tag $t)
    (func (export "f") (param i32) (result i32)
      (block $out (result i32)
        (block $in
          (br_if $in (local.get 0))
          (br $out (i32.const 1))
          (drop (i32.add)) (select)
          (loop (br 0) (block (br_table 0 1 2 (i32.const 0))))
          (if (then (unreachable)) (else (br $in)))
          (try_table (catch_all 0) (throw $t))
          (return) (drop))
        (i32.const 2)
        (br $out)
        (i32.eqz) (br $out))))",
                {Val::I32(0)}, 1),
            Bits({1}));
  EXPECT_EQ(Run(R"((func (export "f") (param i32) (result i32)
      (if (result i32) (local.get 0)
        (then (return (i32.const 7)) (i32.mul))
        (else (unreachable) (if (then) (else)) (i32.sub)))))",
                {Val::I32(1)}, 1),
            Bits({7}));
}

TEST_P(TranslationTest, CodeBehindABlockThatOnlyBranchesReachRuns) {
  EXPECT_EQ(Run(R"((func (export "f") (param i32) (result i32)
      (i32.const 100)
      (block (result i32)
        (br_if 0 (i32.const 5) (local.get 0))
        (unreachable))
      (i32.add)))",
                {Val::I32(1)}, 1),
            Bits({105}));
}

TEST_P(TranslationTest, LoopParametersRotate) {
  // Three of each kind of slot go round.
  EXPECT_EQ(
      Run(R"((func (export "f") (param $n i32) (result i32 i64 i32 i32 i64 i32)
        (local $v v128) (local $r anyref) (local $w v128) (local $s anyref)
        (local $a i32) (local $b i32) (local $c i32)
        (i32.const 1) (i32.const 2) (i32.const 3)
        (v128.const i64x2 10 0) (v128.const i64x2 20 0)
        (ref.i31 (i32.const 7)) (ref.i31 (i32.const 8))
        (loop $l (param i32 i32 i32 v128 v128 anyref anyref)
                 (result i32 i32 i32 v128 v128 anyref anyref)
          (local.set $s) (local.set $r) (local.set $w) (local.set $v)
          (local.set $c) (local.set $b) (local.set $a)
          (local.get $b) (local.get $c) (local.get $a)
          (local.get $w) (local.get $v) (local.get $s) (local.get $r)
          (br_if $l (local.tee $n (i32.sub (local.get $n) (i32.const 1)))))
        (local.set $s) (local.set $r) (local.set $w) (local.set $v)
        (local.set $c) (local.set $b) (local.set $a)
        (local.get $a)
        (i64x2.extract_lane 0 (local.get $v))
        (i31.get_u (ref.cast (ref i31) (local.get $r)))
        (local.get $b)
        (i64x2.extract_lane 0 (local.get $w))
        (i31.get_u (ref.cast (ref i31) (local.get $s)))))",
          {Val::I32(4)}, 6),
      // Four turns of three, and of two.
      Bits({2, 10, 7, 3, 20, 8}));
}

TEST_P(TranslationTest, LoopParametersOnTopOfOthers) {
  EXPECT_EQ(Run(R"((func (export "f") (param $n i32) (result i32)
      (i32.const 1000)
      (i64.const 5)
      (i32.const 3)
      (loop $l (param i64 i32) (result i64 i32)
        ;; Junk below the arguments of the branch.
        (i32.const 7)
        (i64.mul (i64.const 2) (i64.const 4))
        (i32.const 11)
        (br_if $l (local.tee $n (i32.sub (local.get $n) (i32.const 1))))
        (br 1 (i32.add (i32.wrap_i64 (i64.add (i64.extend_i32_u)))))
        (unreachable))
      (unreachable)))",
                {Val::I32(3)}, 1),
            Bits({26}));
}

TEST_P(TranslationTest, ResultsInReversedOrder) {
  EXPECT_EQ(Run(R"((func (export "f") (param i32 i64 i32 i64)
                         (result i64 i32 i64 i32)
      (local.get 3) (local.get 2) (local.get 1) (local.get 0)))",
                {Val::I32(1), Val::I64(2), Val::I32(3), Val::I64(4)}, 4),
            Bits({4, 3, 2, 1}));
  // Vectors, half of one over half of the other.
  EXPECT_EQ(Run(R"((func $swap (param i32 v128 v128) (result v128 i32 v128)
      (local.get 2) (local.get 0) (local.get 1))
    (func (export "f") (result i64 i32 i64) (local v128 i32)
      (call $swap (i32.const 9) (v128.const i64x2 1 2) (v128.const i64x2 3 4))
      (local.set 0) (local.set 1)
      (i64x2.extract_lane 1)
      (local.get 1) (i64x2.extract_lane 0 (local.get 0))))",
                {}, 3),
            Bits({4, 9, 1}));
}

TEST_P(TranslationTest, PendingReadsKeepTheirValues) {
  // Several reads of two locals, in turns, and assignments between.
  EXPECT_EQ(Run(R"((func (export "f") (param $x i32) (param $y i32)
                         (result i32 i32 i32 i32 i32 i32)
      (local.get $x)
      (local.get $y)
      (local.get $x)
      (local.set $x (i32.add (local.get $x) (i32.const 10)))
      (local.get $x)
      (local.get $y)
      (local.set $y (local.get $x))
      (local.tee $x (local.get $y))))",
                {Val::I32(1), Val::I32(2)}, 6),
            Bits({1, 2, 1, 11, 2, 11}));
}

TEST_P(TranslationTest, PendingReadsOutsideOfABlock) {
  EXPECT_EQ(Run(R"((func (export "f") (param $x i32) (result i32)
      (local.get $x)
      (block
        (local.set $x (i32.const 5))
        (br_if 0 (local.get $x))
        (local.set $x (i32.const 6)))
      (i32.mul (local.get $x))))",
                {Val::I32(3)}, 1),
            Bits({15}));
  EXPECT_EQ(Run(R"((func (export "f") (param $x i32) (result i32)
      (local.get $x)
      (loop $l (param i32) (result i32)
        (local.get $x)
        (i32.add)
        (local.set $x (i32.sub (local.get $x) (i32.const 1)))
        (br_if $l (local.get $x)))))",
                {Val::I32(4)}, 1),
            Bits({4 + 4 + 3 + 2 + 1}));
}

TEST_P(TranslationTest, AnAssignmentTakesTheProducersResultOnlyOnce) {
  // What tee leaves is read again after the local has changed.
  EXPECT_EQ(Run(R"((func (export "f") (param $x i32) (result i32)
      (local $y i32)
      (local.tee $y (i32.add (local.get $x) (i32.const 1)))
      (local.set $y (i32.const 50))
      (i32.add (local.get $y))))",
                {Val::I32(1)}, 1),
            Bits({52}));
  // A producer between which and the assignment a label lies.
  EXPECT_EQ(Run(R"((func (export "f") (param $x i32) (result i32)
      (local $y i32)
      (block (result i32)
        (drop (br_if 0 (i32.const 9) (local.get $x)))
        (i32.add (local.get $x) (i32.const 1)))
      (local.set $y)
      (local.get $y)))",
                {Val::I32(1)}, 1),
            Bits({9}));
}

TEST_P(TranslationTest, WhatABranchLeavesBehindIsAsItWas) {
  // The values of a branch that is not taken stay where they were.
  for (const uint32_t taken : {0u, 1u}) {
    EXPECT_EQ(Run(R"((func (export "f") (param $t i32) (result i32 i32 i32)
        (i32.const 1)
        (block (result i32 i32)
          (i32.const 2)
          (i32.const 3)
          (local.get $t)
          (br_if 0 (local.get $t))
          (drop)
          (i32.add (i32.const 30))
          (i32.sub)
          (i32.const 4))))",
                  {Val::I32(taken)}, 3),
              taken ? Bits({1, 3, 1}) : Bits({1, 0xffffffe1, 4}))
        << taken;
  }
}

TEST_P(TranslationTest, ConditionsOfAllKinds) {
  // Comparisons that become part of the branch, their inverses, and
  // conditions that are used otherwise, too.
  const std::string fields = R"((func (export "f") (param $a i32) (param $b i32)
                                     (result i32 i32)
      (local $c i32) (local $bits i32)
      (block (br_if 0 (i32.lt_s (local.get $a) (local.get $b)))
        (local.set $bits (i32.or (local.get $bits) (i32.const 1))))
      (block (br_if 0 (i32.eqz (i32.lt_u (local.get $a) (local.get $b))))
        (local.set $bits (i32.or (local.get $bits) (i32.const 2))))
      (block (br_if 0 (i32.eqz (i32.eqz (local.get $a))))
        (local.set $bits (i32.or (local.get $bits) (i32.const 4))))
      (block (br_if 0 (local.tee $c (i32.ge_s (local.get $a) (i32.const -1))))
        (local.set $bits (i32.or (local.get $bits) (i32.const 8))))
      (if (i64.gt_u (i64.extend_i32_u (local.get $a)) (i64.const 5))
        (then (local.set $bits (i32.or (local.get $bits) (i32.const 16)))))
      (if (f64.lt (f64.convert_i32_s (local.get $a)) (f64.const nan))
        (then) (else (local.set $bits (i32.or (local.get $bits) (i32.const 32)))))
      (if (i32.const 0x100) ;; All bits count.
        (then (local.set $bits (i32.or (local.get $bits) (i32.const 64)))))
      (local.get $bits) (local.get $c)))";
  const auto expected = [](uint32_t a, uint32_t b) {
    const auto s = static_cast<int32_t>(a);
    uint64_t bits = 32 + 64;
    if (s >= static_cast<int32_t>(b)) bits |= 1;
    if (a < b) bits |= 2;
    if (a == 0) bits |= 4;
    if (s < -1) bits |= 8;
    if (a > 5) bits |= 16;
    return Bits({bits, s >= -1});
  };
  for (const uint32_t a : {0u, 1u, 5u, 6u, ~0u, 0x80000000u}) {
    for (const uint32_t b : {0u, 1u, 7u, ~0u}) {
      EXPECT_EQ(Run(fields, {Val::I32(a), Val::I32(b)}, 2), expected(a, b))
          << a << " " << b;
    }
  }
}

TEST_P(TranslationTest, IfWithoutElsePassesItsParametersOn) {
  const std::string fields = R"((func (export "f") (param $x i32) (param $t i32)
                                     (result i32)
      (local.get $x) (i32.const 7)
      (local.get $t)
      (if (param i32 i32) (result i32 i32)
        (then (local.set $x) (i32.const 2) (i32.mul) (local.get $x)))
      (i32.sub)))";
  EXPECT_EQ(Run(fields, {Val::I32(20), Val::I32(0)}, 1), Bits({13}));
  EXPECT_EQ(Run(fields, {Val::I32(20), Val::I32(1)}, 1), Bits({33}));
}

// The condition comes last, with others pending below it.
TEST_P(TranslationTest, ConditionAbovePendingOperands) {
  const std::string fields = R"((func (export "f") (param $p i32) (result i32)
      (local $x i32) (local $t i32) (local $y i32)
      (local.set $x (i32.const 3)) (local.set $y (i32.const 4))
      (local.set $t (local.get $p))
      (local.get $x) (local.get $y)
      (if (param i32 i32) (result i32) (local.get $t)
        (then (i32.add)) (else (i32.mul)))))";
  EXPECT_EQ(Run(fields, {Val::I32(0)}, 1), Bits({12}));
  EXPECT_EQ(Run(fields, {Val::I32(1)}, 1), Bits({7}));
}

TEST_P(TranslationTest, TablesOfLabelsWithValues) {
  // Out of blocks and of the function, with another value below.
  const std::string fields = R"((func (export "f") (param $n i32) (result i32)
      (block $a (result i32)
        (block $b (result i32)
          (block $c (result i32)
            (i64.const 1)
            (i32.const 5)
            (br_table $a $b $c 3 $b $a 3 (local.get $n)))
          (i32.add (i32.const 1000)))
        (i32.add (i32.const 200)))
      (i32.add (i32.const 30))))";
  const uint64_t expected[] = {35, 235, 1235, 5, 235, 35, 5, 5};
  for (uint32_t i = 0; i < 8; ++i) {
    EXPECT_EQ(Run(fields, {Val::I32(i)}, 1), Bits({expected[i]})) << i;
  }
  EXPECT_EQ(Run(fields, {Val::I32(~0u)}, 1), Bits({5}));
}

TEST_P(TranslationTest, TablesThatGoBackward) {
  // 0 goes round, others leave with what has been counted.
  EXPECT_EQ(Run(R"((func (export "f") (param $n i32) (result i32)
      (block $out (result i32)
        (i32.const 0)
        (loop $l (param i32) (result i32)
          (i64.const 3)
          (drop)
          (i32.add (i32.const 10))
          (local.set $n (i32.sub (local.get $n) (i32.const 1)))
          (br_table $l $out (i32.eqz (local.get $n)))))))",
                {Val::I32(5)}, 1),
            Bits({50}));
}

TEST_P(TranslationTest, ManyValues) {
  // More than move one by one: in place, moved, through calls and returns.
  const std::string fields = R"(
      (type $many (func (result i32 i64 anyref f64 v128 i32 anyref i32 i32 i64)))
      (func $make (type $many)
        (i32.const 1) (i64.const 2) (ref.i31 (i32.const 3)) (f64.const 4)
        (v128.const i64x2 5 50) (i32.const 6) (ref.i31 (i32.const 7))
        (i32.const 8) (i32.const 9) (i64.const 10))
      (func $pass (param i32 i64 anyref f64 v128 i32 anyref i32 i32 i64)
                  (result i32 i64 anyref f64 v128 i32 anyref i32 i32 i64)
        (local.get 0) (local.get 1) (local.get 2) (local.get 3) (local.get 4)
        (local.get 5) (local.get 6) (local.get 7) (local.get 8) (local.get 9)
        (br_if 0 (local.get 0))
        (unreachable))
      (func (export "f") (param $t i32)
            (result i32 i64 i32 i64 i64 i32 i32 i32 i32 i64)
        (local $a i32) (local $b i64) (local $c anyref) (local $d f64)
        (local $e v128) (local $g i32) (local $h anyref) (local $i i32)
        (local $j i32) (local $k i64)
        (block $out (type $many)
          (i32.const 77) (ref.i31 (i32.const 78))
          (call $pass (call $make))
          (br_if $out (i32.lt_u (local.get $t) (i32.const 5)))
          (local.set $k) (local.set $j) (local.set $i) (local.set $h)
          (local.set $g) (local.set $e) (local.set $d) (local.set $c)
          (local.set $b) (local.set $a) (drop) (drop)
          (local.get $t) (local.get $b) (local.get $c) (local.get $d)
          (local.get $e) (local.get $g) (local.get $h) (local.get $i)
          (local.get $j) (local.get $k))
        (local.set $k) (local.set $j) (local.set $i) (local.set $h)
        (local.set $g) (local.set $e) (local.set $d) (local.set $c)
        (local.set $b) (local.set $a)
        (local.get $a) (local.get $b)
        (i31.get_u (ref.cast (ref i31) (local.get $c)))
        (i64.trunc_f64_u (local.get $d))
        (i64x2.extract_lane 1 (local.get $e)) (local.get $g)
        (i31.get_u (ref.cast (ref i31) (local.get $h)))
        (local.get $i) (local.get $j) (local.get $k)))";
  EXPECT_EQ(Run(fields, {Val::I32(2)}, 10),
            Bits({1, 2, 3, 4, 50, 6, 7, 8, 9, 10}));
  EXPECT_EQ(Run(fields, {Val::I32(6)}, 10),
            Bits({6, 2, 3, 4, 50, 6, 7, 8, 9, 10}));
}

TEST_P(TranslationTest, ArgumentsInAllOrders) {
  // Through a table and by a reference, with references among them, so that
  // all move; the index lies where an argument goes.
  EXPECT_EQ(Run(R"(
      (type $t (func (param i32 anyref v128 i32) (result i32 anyref)))
      (table funcref (elem $mix))
      (elem declare func $mix)
      (func $mix (type $t)
        (i32.add
          (i32.mul (local.get 0) (i32.const 1000))
          (i32.add (local.get 3)
                   (i32.wrap_i64 (i64x2.extract_lane 1 (local.get 2)))))
        (local.get 1))
      (func $index (result i32) (i32.const 0))
      (func (export "f") (param i32) (result i32 i32 i32 i32) (local anyref)
        (call_indirect (type $t)
          (local.get 0) (ref.i31 (i32.const 5)) (v128.const i64x2 0 20)
          (i32.const 7) (call $index))
        (local.set 1)
        (i31.get_u (ref.cast (ref i31) (local.get 1)))
        (call_ref $t
          (i32.const 2) (ref.i31 (i32.const 6)) (v128.const i64x2 0 30)
          (local.get 0) (ref.func $mix))
        (local.set 1)
        (i31.get_u (ref.cast (ref i31) (local.get 1)))))",
                {Val::I32(3)}, 4),
            Bits({3027, 5, 2033, 6}));
}

TEST_P(TranslationTest, TailCallsOverTheirOwnFrame) {
  EXPECT_EQ(Run(R"(
      (type $t (func (param i32 i32 i64) (result i32)))
      (table funcref (elem $swap $swap))
      (elem declare func $swap)
      (func $swap (type $t)
        (if (i64.eqz (local.get 2)) (then (return (local.get 0))))
        (if (i64.eq (local.get 2) (i64.const 3))
          (then (return_call_indirect (type $t)
                  (local.get 1) (i32.add (local.get 0) (i32.const 1))
                  (i64.sub (local.get 2) (i64.const 1)) (i32.const 1))))
        (if (i64.eq (local.get 2) (i64.const 2))
          (then (return_call_ref $t
                  (local.get 1) (i32.add (local.get 0) (i32.const 1))
                  (i64.sub (local.get 2) (i64.const 1)) (ref.func $swap))))
        (return_call $swap
          (local.get 1) (i32.add (local.get 0) (i32.const 1))
          (i64.sub (local.get 2) (i64.const 1))))
      (func (export "f") (param i32 i32) (result i32)
        (return_call $swap (local.get 0) (local.get 1) (i64.const 7))))",
                {Val::I32(100), Val::I32(200)}, 1),
            Bits({203}));
}

}  // namespace
}  // namespace weft::exec
