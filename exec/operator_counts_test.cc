// Store::operator_counts: exact, whatever the block a guest leaves half way.
#include "exec/operator_counts.h"

#include <string>

#include "exec/testing.h"

namespace weft::exec {
namespace {

using wasm::Op;

TEST(OperatorClassTest, EveryOperatorHasOne) {
  EXPECT_EQ(NameOf(OperatorClassOf(Op::kI32Const)), "constant");
  EXPECT_EQ(NameOf(OperatorClassOf(Op::kV128Const)), "constant");
  EXPECT_EQ(NameOf(OperatorClassOf(Op::kI64Add)), "integer");
  EXPECT_EQ(NameOf(OperatorClassOf(Op::kI64Add128)), "integer");
  EXPECT_EQ(NameOf(OperatorClassOf(Op::kI32TruncF64S)), "float");
  EXPECT_EQ(NameOf(OperatorClassOf(Op::kI8x16Shuffle)), "vector");
  EXPECT_EQ(NameOf(OperatorClassOf(Op::kLocalTee)), "local");
  EXPECT_EQ(NameOf(OperatorClassOf(Op::kGlobalSet)), "global");
  EXPECT_EQ(NameOf(OperatorClassOf(Op::kV128Load8Lane)), "load");
  EXPECT_EQ(NameOf(OperatorClassOf(Op::kF32Store)), "store");
  EXPECT_EQ(NameOf(OperatorClassOf(Op::kMemoryGrow)), "memory");
  EXPECT_EQ(NameOf(OperatorClassOf(Op::kI32AtomicRmwAdd)), "atomic");
  EXPECT_EQ(NameOf(OperatorClassOf(Op::kTableCopy)), "table");
  EXPECT_EQ(NameOf(OperatorClassOf(Op::kRefIsNull)), "reference");
  EXPECT_EQ(NameOf(OperatorClassOf(Op::kStructGet)), "aggregate");
  EXPECT_EQ(NameOf(OperatorClassOf(Op::kSelect)), "parametric");
  EXPECT_EQ(NameOf(OperatorClassOf(Op::kBrTable)), "control");
  EXPECT_EQ(NameOf(OperatorClassOf(Op::kRethrow)), "control");
  EXPECT_EQ(NameOf(OperatorClassOf(Op::kReturnCallRef)), "call");
}

class OperatorCountsTest : public testing::ExecTest {
 protected:
  explicit OperatorCountsTest(bool fuse = true)
      : ExecTest({.fuse = fuse, .count_operators = true}) {
    store_->set_fuel(kFuel);
  }

  // What has been charged, bulk operators' extra excepted.
  uint64_t charged() const { return kFuel - store_->fuel(); }
  uint64_t count(Op op) const { return store_->operator_counts().of(op); }

  static constexpr uint64_t kFuel = uint64_t{1} << 60;
};

class UnfusedOperatorCountsTest : public OperatorCountsTest {
 protected:
  UnfusedOperatorCountsTest() : OperatorCountsTest(false) {}
};

constexpr char kLoop[] = R"((module
  (memory 1 3)
  (func $leaf (param i32) (result i32)
    (if (result i32) (i32.and (local.get 0) (i32.const 1))
      (then (i32.const 1))
      (else (nop) (i32.const 0))))
  (func (export "run") (param $n i32) (result i32) (local $odd i32)
    (loop $l
      (local.set $odd (i32.add (local.get $odd) (call $leaf (local.get $n))))
      (br_if $l (local.tee $n (i32.sub (local.get $n) (i32.const 1)))))
    (drop (memory.grow (i32.const 1)))
    (drop (memory.grow (i32.const 7)))
    (local.get $odd))))";

TEST_F(OperatorCountsTest, BlocksTimesTheirOperators) {
  const Instance instance = Instantiate(kLoop);
  EXPECT_EQ(store_->operator_counts().total(), 0u);
  EXPECT_EQ(Call1(instance, "run", {Val::I32(10)}), 5u);
  EXPECT_EQ(count(Op::kCall), 10u);
  EXPECT_EQ(count(Op::kI32Add), 10u);
  EXPECT_EQ(count(Op::kI32Sub), 10u);
  EXPECT_EQ(count(Op::kLocalTee), 10u);
  EXPECT_EQ(count(Op::kBrIf), 10u);
  EXPECT_EQ(count(Op::kIf), 10u);
  EXPECT_EQ(count(Op::kI32And), 10u);
  // In leaf 10 and then 5 + 5, in run 10, before both grows.
  EXPECT_EQ(count(Op::kI32Const), 32u);
  EXPECT_EQ(count(Op::kMemoryGrow), 2u);
  EXPECT_EQ(count(Op::kDrop), 2u);
  EXPECT_EQ(count(Op::kNop), 0u);
  EXPECT_EQ(count(Op::kLoop), 0u);
  EXPECT_EQ(store_->operator_counts().calls(), 10u);
  EXPECT_EQ(store_->operator_counts().total(), charged());
  EXPECT_EQ(store_->usage().memory_grows, 2u);
  EXPECT_EQ(store_->usage().pages_grown, 1u);
  // Two instances of a module, and of another one, add up.
  Call1(Instantiate(kLoop), "run", {Val::I32(10)});
  EXPECT_EQ(count(Op::kCall), 20u);
}

TEST_F(UnfusedOperatorCountsTest, AreTheSame) {
  const Instance instance = Instantiate(kLoop);
  Call1(instance, "run", {Val::I32(10)});
  EXPECT_EQ(count(Op::kCall), 10u);
  EXPECT_EQ(count(Op::kI32Const), 32u);
  EXPECT_EQ(store_->operator_counts().total(), charged());
}

TEST_F(OperatorCountsTest, ATrapEndsItsBlock) {
  const Instance instance = Instantiate(R"((module
    (memory 1)
    (func $inner (param i32)
      (drop (i32.load (local.get 0)))
      (drop (i64.const 1))
      (drop (i64.const 1)))
    (func (export "run") (param i32)
      (call $inner (local.get 0)) (drop (i64.const 2)))))");
  EXPECT_TRUE(Call(instance, "run", {Val::I32(0)}).returned());
  EXPECT_EQ(count(Op::kI64Const), 3u);
  for (int i = 0; i < 5; ++i) {
    EXPECT_EQ(Call(instance, "run", {Val::I32(~0u)}).trap.kind,
              TrapKind::kOutOfBoundsMemoryAccess);
  }
  EXPECT_EQ(count(Op::kI64Const), 3u);
  EXPECT_EQ(count(Op::kI32Load), 6u);
  EXPECT_EQ(count(Op::kCall), 6u);
  EXPECT_EQ(count(Op::kDrop), 4u);
  EXPECT_EQ(store_->operator_counts().total(), charged());
}

TEST_F(OperatorCountsTest, WithoutFuelABlockDoesNotRun) {
  const Instance instance = Instantiate(R"((module
    (memory 1)
    (func (export "run") (drop (i32.const 1)) (drop (i32.const 1)))
    (func (export "fill")
      (memory.fill (i32.const 0) (i32.const 1) (i32.const 65536))
      (drop (i64.const 1)))))");
  store_->set_fuel(3);
  EXPECT_EQ(Call(instance, "run").trap.kind, TrapKind::kAllFuelConsumed);
  EXPECT_EQ(store_->operator_counts().total(), 0u);
  EXPECT_EQ(store_->fuel(), 3u);
  // The bulk operator found too little for its bytes.
  store_->set_fuel(10);
  EXPECT_EQ(Call(instance, "fill").trap.kind, TrapKind::kAllFuelConsumed);
  EXPECT_EQ(count(Op::kMemoryFill), 1u);
  EXPECT_EQ(count(Op::kI64Const), 0u);
}

// The callee's frame does not fit: nothing of it was charged, whether it had
// been translated before or not.
TEST(FuelTest, ACalleeWithoutRoomGivesBackNothing) {
  uint64_t left[2];
  for (const bool eager : {false, true}) {
    const Engine engine({.eager = eager, .metering = true});
    const auto store = Store::New(engine, {.max_stack = 1 << 16}).value();
    const Module module = testing::CompileText(
                              engine, R"((module
      (func $large (local i32 i64 i32 i64) (local v128)
)" +
                                          [] {
                                            std::string locals;
                                            for (int i = 0; i < 20000; ++i)
                                              locals += " (local v128 i32)";
                                            return locals;
                                          }() +
                                          R"()
      (func (export "run") (call $large) (drop (i32.const 1)))))")
                              .value();
    Linker linker(engine);
    const Instance instance = linker.Instantiate(*store, module)->instance;
    store->set_fuel(100);
    const auto result = instance.GetFunc(*store, "run")->Call(*store, {}, {});
    EXPECT_EQ(result->trap.kind, TrapKind::kCallStackExhausted);
    left[eager] = store->fuel();
  }
  EXPECT_EQ(left[0], 99u);
  EXPECT_EQ(left[1], 99u);
}

}  // namespace
}  // namespace weft::exec
