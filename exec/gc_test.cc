// Guests that make garbage: what they can reach stays, everywhere it can be
// held. Each test runs twice, the second time with a collection at each
// allocation.
#include <cstdint>
#include <vector>

#include "exec/api.h"
#include "exec/testing.h"
#include "gtest/gtest.h"

namespace weft::exec {
namespace {

using testing::ExecTest;

class GcTest : public ExecTest, public ::testing::WithParamInterface<bool> {
 protected:
  GcTest() : ExecTest({}, Options(GetParam())) {}

  static StoreOptions Options(bool stress) {
    StoreOptions options;
    options.max_heap = 64 << 20;
    options.gc_stress = stress;
    return options;
  }
  // Fewer rounds where each allocation collects.
  static Val Rounds(uint32_t rounds, uint32_t under_stress) {
    return Val::I32(GetParam() ? under_stress : rounds);
  }
};

INSTANTIATE_TEST_SUITE_P(Stress, GcTest, ::testing::Bool());

TEST_P(GcTest, BinaryTrees) {
  const Instance instance = Instantiate(R"(
    (type $tree (struct (field $left (ref null $tree))
                        (field $right (ref null $tree))))
    (func $make (param $depth i32) (result (ref $tree))
      (if (result (ref $tree)) (i32.eqz (local.get $depth))
        (then (struct.new_default $tree))
        (else (struct.new $tree
          (call $make (i32.sub (local.get $depth) (i32.const 1)))
          (call $make (i32.sub (local.get $depth) (i32.const 1)))))))
    (func $count (param $tree (ref null $tree)) (result i32)
      (if (result i32) (ref.is_null (local.get $tree))
        (then (i32.const 0))
        (else (i32.add (i32.const 1)
          (i32.add (call $count (struct.get $tree $left (local.get $tree)))
                   (call $count (struct.get $tree $right (local.get $tree))))))))
    (func (export "run") (param $depth i32) (param $rounds i32) (result i32)
      (local $long (ref null $tree)) (local $sum i32)
      (local.set $long (call $make (local.get $depth)))
      (loop $again
        (local.set $sum (i32.add (local.get $sum)
          (call $count (call $make (local.get $depth)))))
        (br_if $again (local.tee $rounds
          (i32.sub (local.get $rounds) (i32.const 1)))))
      (i32.add (local.get $sum) (call $count (local.get $long)))))");
  if (GetParam()) {
    EXPECT_EQ(Call1(instance, "run", {Val::I32(6), Val::I32(5)}), 6u * 127);
    EXPECT_GE(store_->usage().heap.collections, 6u * 127);
  } else {
    EXPECT_EQ(Call1(instance, "run", {Val::I32(12), Val::I32(100)}),
              101u * 8191);
    EXPECT_GT(store_->usage().heap.collections, 0u);
  }
}

TEST_P(GcTest, OperandsThatWaitAreRoots) {
  const Instance instance = Instantiate(R"(
    (type $box (struct (field i32)))
    (type $five (struct (field (ref $box)) (field i64) (field (ref $box))
                        (field v128) (field (ref null $five))))
    (type $boxes (array (mut (ref $box))))
    (func $box (param i32) (result (ref $box))
      (struct.new $box (local.get 0)))
    (func (export "struct") (result i32)
      (local $five (ref null $five))
      (local.set $five
        (struct.new $five (call $box (i32.const 1)) (i64.const 20)
          (struct.new $box (i32.const 300))
          (v128.const i64x2 4000 50000)
          (struct.new $five (call $box (i32.const 2)) (i64.const 0)
            (struct.new $box (i32.const 3)) (v128.const i64x2 4 5)
            (ref.null $five))))
      (i32.add
        (i32.add (struct.get $box 0 (struct.get $five 0 (local.get $five)))
                 (i32.wrap_i64 (struct.get $five 1 (local.get $five))))
        (i32.add (struct.get $box 0 (struct.get $five 2 (local.get $five)))
          (i32.add
            (i32x4.extract_lane 0 (struct.get $five 3 (local.get $five)))
            (struct.get $box 0 (struct.get $five 2
              (struct.get $five 4 (local.get $five))))))))
    (func (export "array") (result i32)
      (local $boxes (ref null $boxes)) (local $sum i32) (local $i i32)
      (local.set $boxes (array.new_fixed $boxes 4
        (call $box (i32.const 1)) (struct.new $box (i32.const 20))
        (call $box (i32.const 300)) (struct.new $box (i32.const 4000))))
      (loop $again
        (local.set $sum (i32.add (local.get $sum) (struct.get $box 0
          (array.get $boxes (local.get $boxes) (local.get $i)))))
        (br_if $again (i32.lt_u (local.tee $i
          (i32.add (local.get $i) (i32.const 1))) (i32.const 4))))
      (local.get $sum))
    (func (export "fill") (result i32)
      (struct.get $box 0 (array.get $boxes
        (array.new $boxes (call $box (i32.const 9)) (i32.const 1000))
        (i32.const 999)))))");
  EXPECT_EQ(Call1(instance, "struct"), 1u + 20 + 300 + 4000 + 3);
  EXPECT_EQ(Call1(instance, "array"), 4321u);
  EXPECT_EQ(Call1(instance, "fill"), 9u);
}

TEST_P(GcTest, GlobalsTablesAndSegmentsHold) {
  const Instance instance = Instantiate(R"(
    (type $box (struct (field i32)))
    (type $boxes (array (mut (ref null $box))))
    (global $g (mut (ref null $box)) (struct.new $box (i32.const 1)))
    (global $any (mut anyref) (ref.i31 (i32.const 5)))
    (global $as_extern (mut externref)
      (extern.convert_any (struct.new $box (i32.const 7))))
    (table $t 3 (ref null $box))
    (elem $e (ref null $box)
      (item (struct.new $box (i32.const 20)))
      (item (struct.new $box (i32.const 300))))
    (func $garbage (param $n i32)
      (loop $again
        (drop (array.new_default $boxes (i32.const 100)))
        (br_if $again (local.tee $n
          (i32.sub (local.get $n) (i32.const 1))))))
    (func (export "run") (param $n i32) (result i32)
      (table.set $t (i32.const 1) (struct.new $box (i32.const 4000)))
      (drop (table.grow $t (struct.new $box (i32.const 50000)) (i32.const 9)))
      (call $garbage (local.get $n))
      (table.init $t $e (i32.const 2) (i32.const 0) (i32.const 1))
      (call $garbage (local.get $n))
      (i32.add (struct.get $box 0 (global.get $g))
        (i32.add (struct.get $box 0 (table.get $t (i32.const 1)))
          (i32.add (struct.get $box 0 (table.get $t (i32.const 2)))
            (i32.add (struct.get $box 0 (array.get $boxes
                (array.new_elem $boxes $e (i32.const 1) (i32.const 1))
                (i32.const 0)))
              (i32.add (struct.get $box 0 (table.get $t (i32.const 11)))
                (struct.get $box 0 (ref.cast (ref $box)
                  (any.convert_extern (global.get $as_extern)))))))))))");
  EXPECT_EQ(Call1(instance, "run", {Rounds(100000, 50)}), 54321u + 7);
}

TEST_P(GcTest, OuterActivationsHold) {
  Instance inner;
  ASSERT_TRUE(
      linker_
          .DefineFunc(
              "host", "call", {{}, {}},
              [&](Caller& caller, absl::Span<const Val>, absl::Span<Val>) {
                auto func = inner.GetFunc(caller.store(), "garbage");
                EXPECT_TRUE(func.ok());
                auto result = func->Call(caller.store(), {}, {});
                EXPECT_TRUE(result.ok() && result->returned());
                caller.store().CollectGarbage();
                return HostResult::Ok();
              })
          .ok());
  inner = Instantiate(R"(
    (type $boxes (array (mut anyref)))
    (func (export "garbage")
      (local $n i32)
      (local.set $n (i32.const 20))
      (loop $again
        (drop (array.new $boxes (ref.i31 (i32.const 0)) (i32.const 50000)))
        (br_if $again (local.tee $n
          (i32.sub (local.get $n) (i32.const 1)))))))");
  const Instance outer = Instantiate(R"(
    (type $box (struct (field i32)))
    (import "host" "call" (func $call))
    (func $deep (param $depth i32) (param $box (ref $box)) (result i32)
      (if (i32.eqz (local.get $depth)) (then (call $call) (return
        (i32.const 0))))
      (i32.add
        (call $deep (i32.sub (local.get $depth) (i32.const 1))
                    (struct.new $box (local.get $depth)))
        (struct.get $box 0 (local.get $box))))
    (func (export "run") (result i32)
      (local $sum i32)
      (struct.new $box (i32.const 1000))
      (call $deep (i32.const 100) (struct.new $box (i32.const 10000)))
      (struct.get $box 0 (struct.new $box (i32.const 7)))
      i32.add
      (local.set $sum)
      (struct.get $box 0)
      (i32.add (local.get $sum))))");
  // The boxes 100 to 2 are read again, 1 is the innermost's own.
  EXPECT_EQ(Call1(outer, "run"), 1000u + 10000 + 7 + (100 * 101 / 2 - 1));
}

TEST_P(GcTest, ExceptionsHoldTheirPayload) {
  const Instance instance = Instantiate(R"(
    (type $box (struct (field i32)))
    (type $boxes (array (mut anyref)))
    (tag $tag (param i32 (ref $box) i64 (ref $box)))
    (global $kept (mut exnref) (ref.null exn))
    (func $garbage (local $n i32)
      (local.set $n (i32.const 30))
      (loop $again
        (drop (array.new $boxes (ref.i31 (i32.const 0)) (i32.const 10000)))
        (br_if $again (local.tee $n
          (i32.sub (local.get $n) (i32.const 1))))))
    (func $throw
      (throw $tag (i32.const 1) (struct.new $box (i32.const 20))
                  (i64.const 300) (struct.new $box (i32.const 4000))))
    (func $sum (param i32) (param (ref $box)) (param i64) (param (ref $box))
               (result i32)
      (call $garbage)
      (i32.add (i32.add (local.get 0) (struct.get $box 0 (local.get 1)))
               (i32.add (i32.wrap_i64 (local.get 2))
                        (struct.get $box 0 (local.get 3)))))
    (func (export "catch") (result i32)
      (block $handler (result i32 (ref $box) i64 (ref $box))
        (try_table (catch $tag $handler) (call $throw))
        (unreachable))
      (call $sum))
    (func (export "catch_ref") (result i32)
      (block $outer (result i32 (ref $box) i64 (ref $box))
        (try_table (catch $tag $outer)
          (block $handler (result exnref)
            (try_table (catch_all_ref $handler) (call $throw))
            (unreachable))
          (global.set $kept)
          (call $garbage)
          (throw_ref (global.get $kept)))
        (unreachable))
      (call $sum))
    (func (export "out") (call $throw)))");
  EXPECT_EQ(Call1(instance, "catch"), 4321u);
  EXPECT_EQ(Call1(instance, "catch_ref"), 4321u);
  const CallResult result = Call(instance, "out");
  ASSERT_EQ(result.kind, CallResult::kThrew);
  store_->CollectGarbage();
  EXPECT_EQ(store_->usage().heap.live_objects, 2u * 3);
}

TEST_P(GcTest, LegacyExceptionsHoldTheirPayload) {
  const Instance instance = Instantiate(R"(
    (type $box (struct (field i32)))
    (tag $tag (param (ref $box)))
    (func (export "run") (result i32)
      (try (result i32)
        (do
          (try (result i32)
            (do (throw $tag (struct.new $box (i32.const 42))))
            (catch $tag
              (drop)
              (drop (struct.new $box (i32.const 1)))
              (rethrow 0))))
        (catch $tag
          (drop (struct.new $box (i32.const 2)))
          (struct.get $box 0)))))");
  EXPECT_EQ(Call1(instance, "run"), 42u);
}

TEST_P(GcTest, ThrowingWithoutEndIsGarbage) {
  const Instance instance = Instantiate(R"(
    (tag $tag (param i64 v128))
    (func (export "run") (param $n i32)
      (loop $again
        (block $handler (result i64 v128)
          (try_table (catch $tag $handler)
            (throw $tag (i64.const 1) (v128.const i64x2 2 3)))
          (unreachable))
        (drop) (drop)
        (br_if $again (local.tee $n
          (i32.sub (local.get $n) (i32.const 1)))))))");
  EXPECT_TRUE(Call(instance, "run", {Rounds(3000000, 1000)}).returned());
}

TEST_P(GcTest, ReferencesThroughCallsAndResults) {
  const Instance instance = Instantiate(R"(
    (type $box (struct (field (mut i32))))
    (type $make (func (param i32) (result (ref $box) i64 (ref $box))))
    (elem declare func $make)
    (func $make (type $make)
      (struct.new $box (local.get 0))
      (i64.const 5)
      (struct.new $box (i32.add (local.get 0) (i32.const 1))))
    (func $tail (type $make)
      (return_call_ref $make (local.get 0) (ref.func $make)))
    (func (export "run") (result i32)
      (local $a (ref null $box)) (local $b (ref null $box)) (local $n i64)
      (call $tail (i32.const 10))
      (call_ref $make (i32.const 100) (ref.func $make))
      (drop (struct.new $box (i32.const 0)))
      (local.set $a) (drop) (local.set $b)
      (struct.set $box 0 (local.get $b) (i32.add
        (struct.get $box 0 (local.get $a)) (struct.get $box 0 (local.get $b))))
      (drop (struct.new $box (i32.const 0)))
      (local.set $a) (local.set $n) (drop (struct.get $box 0))
      (i32.add (struct.get $box 0 (local.get $b))
        (i32.add (struct.get $box 0 (local.get $a))
                 (i32.wrap_i64 (local.get $n))))))");
  EXPECT_EQ(Call1(instance, "run"), 201u + 11 + 5);
}

TEST_P(GcTest, ValuesOfTheHost) {
  const Instance instance = Instantiate(R"(
    (type $cell (struct (field (mut anyref))))
    (global $cell (export "cell") (mut (ref null $cell)) (ref.null $cell))
    (func (export "keep") (param externref)
      (global.set $cell (struct.new $cell
        (any.convert_extern (local.get 0)))))
    (func (export "forget") (global.set $cell (ref.null $cell)))
    (func (export "get") (result externref)
      (extern.convert_any (struct.get $cell 0 (global.get $cell)))))");
  auto value = store_->NewHostRef(4711);
  ASSERT_TRUE(value.ok());
  EXPECT_TRUE(Call(instance, "keep", {*value}).returned());
  *value = Val();
  store_->CollectGarbage();
  EXPECT_EQ(store_->usage().heap.host_refs, 1u);
  ASSERT_TRUE(Call(instance, "get", {}, 1).returned());
  auto back = store_->HostValue(results()[0]);
  ASSERT_TRUE(back.ok()) << back.status();
  EXPECT_EQ(*back, 4711u);
  // The result still holds it.
  const Val held = results()[0];
  EXPECT_TRUE(Call(instance, "forget").returned());
  store_->CollectGarbage();
  EXPECT_EQ(store_->usage().heap.host_refs, 1u);
}

class GcLimitTest : public ExecTest {
 protected:
  GcLimitTest() : ExecTest({}, GcTestOptions()) {}

  static StoreOptions GcTestOptions() {
    StoreOptions options;
    options.max_heap = 64 << 20;
    return options;
  }
};

TEST_F(GcLimitTest, GuestsThatKeepEverythingTrapAndTheStoreGoesOn) {
  const Instance instance = Instantiate(R"(
    (type $node (struct (field (ref null $node)) (field i64)))
    (func (export "keep") (local $list (ref null $node))
      (loop $again
        (local.set $list (struct.new $node (local.get $list) (i64.const 1)))
        (br $again)))
    (func (export "array") (param i32) (result i32)
      (array.len (array.new_default $longs (local.get 0))))
    (type $longs (array i64))
    (func (export "garbage") (param $n i32) (result i32)
      (local $a (ref null $node)) (local $ring (ref null $ring))
      (loop $again
        (local.set $ring (struct.new $ring (ref.null $ring) (i64.const 0)))
        (struct.set $ring 0 (local.get $ring) (local.get $ring))
        (br_if $again (local.tee $n (i32.sub (local.get $n) (i32.const 1)))))
      (i32.const 1))
    (type $ring (struct (field (mut (ref null $ring))) (field i64))))");
  for (int round = 0; round < 3; ++round) {
    const CallResult result = Call(instance, "keep");
    ASSERT_EQ(result.kind, CallResult::kTrapped);
    EXPECT_EQ(result.trap.kind, TrapKind::kHeapExhausted);
    EXPECT_EQ(Call1(instance, "garbage", {Val::I32(1000000)}), 1u);
  }
  // 160 MB of rings.
  EXPECT_EQ(Call1(instance, "garbage", {Val::I32(10000000)}), 1u);
  EXPECT_EQ(Call(instance, "array", {Val::I32(8 << 20)}, 1).trap.kind,
            TrapKind::kHeapExhausted);
  EXPECT_EQ(Call(instance, "array", {Val::I32(0xffffffff)}, 1).trap.kind,
            TrapKind::kAllocationSizeTooLarge);
  EXPECT_EQ(Call1(instance, "array", {Val::I32(7 << 20)}), 7u << 20);
}

TEST(GcLongListTest, TenMillionNodes) {
  const Engine engine;
  auto store = Store::New(engine);
  ASSERT_TRUE(store.ok());
  auto module = testing::CompileText(engine, R"(
    (type $node (struct (field (ref null $node))))
    (global $list (mut (ref null $node)) (ref.null $node))
    (func (export "build") (param $n i32)
      (loop $again
        (global.set $list (struct.new $node (global.get $list)))
        (br_if $again (local.tee $n (i32.sub (local.get $n) (i32.const 1))))))
    (func (export "drop") (global.set $list (ref.null $node))))");
  ASSERT_TRUE(module.ok()) << module.status();
  Linker linker(engine);
  auto made = linker.Instantiate(**store, *module);
  ASSERT_TRUE(made.ok()) << made.status();
  auto build = made->instance.GetFunc(**store, "build");
  ASSERT_TRUE(build.ok());
  auto result = build->Call(**store, {Val::I32(10000000)}, {});
  ASSERT_TRUE(result.ok() && result->returned());
  (*store)->CollectGarbage();
  EXPECT_EQ((*store)->usage().heap.live_objects, 10000000u);
  auto drop = made->instance.GetFunc(**store, "drop");
  ASSERT_TRUE(drop.ok() && drop->Call(**store, {}, {}).ok());
  (*store)->CollectGarbage();
  EXPECT_EQ((*store)->usage().heap.live_objects, 0u);
}

}  // namespace
}  // namespace weft::exec
