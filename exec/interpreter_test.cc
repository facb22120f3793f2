// Small programs through the whole of the executor.
#include <cstdint>
#include <utility>
#include <vector>

#include "exec/api.h"
#include "exec/testing.h"
#include "gtest/gtest.h"

namespace weft::exec {
namespace {

class InterpreterTest : public testing::ExecTest {};

TEST_F(InterpreterTest, RecursionComparesAndMultiplies) {
  const Instance instance = Instantiate(R"(
    (func $fac (export "fac") (param i64) (result i64)
      (if (result i64) (i64.eqz (local.get 0))
        (then (i64.const 1))
        (else (i64.mul (local.get 0)
                       (call $fac (i64.sub (local.get 0) (i64.const 1))))))))");
  EXPECT_EQ(Call1(instance, "fac", {Val::I64(20)}), 2432902008176640000u);
}

TEST_F(InterpreterTest, LoopsKeepTheirLocals) {
  const Instance instance = Instantiate(R"(
    (func (export "sum") (param $n i32) (result i32) (local $s i32)
      (loop $next
        (local.set $s (i32.add (local.get $s) (local.get $n)))
        (br_if $next
          (local.tee $n (i32.sub (local.get $n) (i32.const 1)))))
      (local.get $s)))");
  EXPECT_EQ(Call1(instance, "sum", {Val::I32(1000)}), 500500u);
}

TEST_F(InterpreterTest, AssignmentLeavesPendingReadsAlone) {
  const Instance instance = Instantiate(R"(
    (func (export "f") (param $x i32) (result i32)
      (local.get $x)
      (local.set $x (i32.const 100))
      (local.get $x)
      (i32.sub)))");
  EXPECT_EQ(Call1(instance, "f", {Val::I32(7)}),
            static_cast<uint32_t>(7 - 100));
}

TEST_F(InterpreterTest, LoopParametersChangePlaces) {
  const Instance instance = Instantiate(R"(
    (func (export "swap") (param $n i32) (result i32)
      (i32.const 1) (i32.const 2)
      (loop $l (param i32 i32) (result i32)
        (local.set $n (i32.sub (local.get $n) (i32.const 1)))
        (call $swapped)
        (br_if $l (local.get $n))
        (i32.sub)))
    (func $swapped (param i32 i32) (result i32 i32)
      (local.get 1) (local.get 0)))");
  EXPECT_EQ(Call1(instance, "swap", {Val::I32(3)}), 1u);
  EXPECT_EQ(Call1(instance, "swap", {Val::I32(4)}), 0xffffffffu);
}

TEST_F(InterpreterTest, MemoryIsReadWrittenAndBounded) {
  const Instance instance = Instantiate(R"(
    (memory 1)
    (func (export "f") (param i32) (result i32)
      (i32.store offset=4 (local.get 0) (i32.const -2))
      (i32.add (i32.load8_s offset=4 (local.get 0))
               (i32.load16_u offset=6 (local.get 0))))
    (func (export "at") (param i32) (result i32)
      (i32.load (local.get 0))))");
  EXPECT_EQ(Call1(instance, "f", {Val::I32(16)}), 65533u);
  EXPECT_EQ(Call1(instance, "at", {Val::I32(65532)}), 0u);
  const CallResult result = Call(instance, "at", {Val::I32(65533)}, 1);
  ASSERT_TRUE(!result.returned());
  EXPECT_EQ(result.trap.kind, TrapKind::kOutOfBoundsMemoryAccess);
}

TEST_F(InterpreterTest, TailCallsNeedNoStack) {
  const Instance instance = Instantiate(R"(
    (func $even (export "even") (param i32) (result i32)
      (if (i32.eqz (local.get 0)) (then (return (i32.const 1))))
      (return_call $odd (i32.sub (local.get 0) (i32.const 1))))
    (func $odd (param i32) (result i32)
      (if (i32.eqz (local.get 0)) (then (return (i32.const 0))))
      (return_call $even (i32.sub (local.get 0) (i32.const 1)))))");
  EXPECT_EQ(Call1(instance, "even", {Val::I32(10000000)}), 1u);
}

TEST_F(InterpreterTest, EndlessRecursionIsATrap) {
  const Instance instance = Instantiate(R"((func $f (export "f") (call $f)))");
  const CallResult result = Call(instance, "f", {}, 0);
  ASSERT_TRUE(!result.returned());
  EXPECT_EQ(result.trap.kind, TrapKind::kCallStackExhausted);
}

TEST_F(InterpreterTest, ExceptionsFindTheirHandlers) {
  const Instance instance = Instantiate(R"(
    (tag $e (param i32 i64))
    (func $thrower (param i32)
      (throw $e (local.get 0) (i64.const 5)))
    (func (export "f") (param i32) (result i64) (local i64)
      (block $h (result i32 i64)
        (try_table (catch $e $h)
          (call $thrower (local.get 0)))
        (unreachable))
      (local.set 1)
      (i64.extend_i32_u)
      (i64.add (local.get 1))))");
  EXPECT_EQ(Call1(instance, "f", {Val::I32(7)}), 12u);
}

class MeteringTest : public testing::ExecTest {
 protected:
  MeteringTest() : ExecTest({.metering = true}) {}

  // What calling the export costs.
  uint64_t Cost(const Instance& instance, const char* name,
                std::vector<Val> args) {
    store_->set_fuel(1000);
    (void)Call(instance, name, std::move(args), 0);
    return 1000 - store_->fuel();
  }
};

TEST_F(MeteringTest, ATrapGivesBackWhatDidNotRun) {
  const Instance instance = Instantiate(R"(
    (memory 1)
    (func (export "f") (param i32)
      (drop (i32.load (local.get 0)))
      (drop (i32.const 1)) (drop (i32.const 2))
      (block (nop)) (drop (i32.const 3)))
    (func (export "stop") (unreachable) (drop (i32.const 1))))");
  EXPECT_EQ(Cost(instance, "f", {Val::I32(0)}), 9u);
  // local.get and the load itself.
  EXPECT_EQ(Cost(instance, "f", {Val::I32(0x7fffffff)}), 2u);
  EXPECT_EQ(Cost(instance, "stop", {}), 1u);
}

TEST_F(MeteringTest, ExhaustionComesBeforeTheBlocksEffects) {
  const Instance instance = Instantiate(R"(
    (global $g (export "g") (mut i32) (i32.const 0))
    (func (export "f")
      (global.set $g (i32.const 1)) (global.set $g (i32.const 2))))");
  store_->set_fuel(3);
  const CallResult result = Call(instance, "f", {}, 0);
  EXPECT_EQ(result.trap.kind, TrapKind::kAllFuelConsumed);
  EXPECT_EQ(store_->fuel(), 3u);
  EXPECT_EQ(GlobalOf(instance, "g").i32(), 0u);
}

class NanBitsTest : public testing::ExecTest {
 protected:
  NanBitsTest()
      : testing::ExecTest({.canonical_nans = true},
                          {.nans = {0xffc00000, 0x7ffc000000000001}}) {}
};

TEST_F(NanBitsTest, ArithmeticMakesThem) {
  const Instance instance = Instantiate(R"(
    (func (export "f32") (result i32)
      (i32.reinterpret_f32 (f32.div (f32.const 0) (f32.const 0))))
    (func (export "f64") (param f64) (result i64)
      (i64.reinterpret_f64 (f64.add (local.get 0) (f64.const 1))))
    (func (export "neg") (param f64) (result i64)
      (i64.reinterpret_f64 (f64.neg (local.get 0))))
    (func (export "lanes") (result i64)
      (i64x2.extract_lane 1
        (f64x2.sqrt (v128.const f64x2 4 -1)))))");
  EXPECT_EQ(Call1(instance, "f32"), 0xffc00000);
  EXPECT_EQ(Call1(instance, "f64", {Val::F64Bits(0x7ff8000000000000)}),
            0x7ffc000000000001);
  EXPECT_EQ(Call1(instance, "neg", {Val::F64Bits(0x7ff8000000000000)}),
            0xfff8000000000000);
  EXPECT_EQ(Call1(instance, "lanes"), 0x7ffc000000000001);
}

}  // namespace
}  // namespace weft::exec
