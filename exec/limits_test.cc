// Guests without end, and what stops them: fuel, deadlines, interrupts, the
// stack, the heap, growth.
#include <chrono>
#include <thread>

#include "exec/testing.h"

namespace weft::exec {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

// Allowed beyond a deadline; the machine may be busy.
constexpr milliseconds kLate(50 + 200);

const char kEndless[] = R"(
  (module
    (type $s (struct (field (ref null $s))))
    (global $list (mut (ref null $s)) (ref.null $s))
    (tag $tag)
    (memory (export "memory") 1 65536)
    (memory $shared 1 1 shared)
    (table $t 1 funcref)
    (func (export "loop") (loop $l (br $l)))
    (func $call (export "call") (call $call))
    (func $tail (export "tail") (return_call $tail))
    (func (export "allocate")
      (loop $l (global.set $list (struct.new $s (global.get $list))) (br $l)))
    (func (export "garbage")
      (loop $l (drop (struct.new_default $s)) (br $l)))
    (func (export "grow") (result i32)
      (loop $l
        (br_if $l (i32.ne (memory.grow (i32.const 1)) (i32.const -1))))
      (memory.size))
    (func (export "grow_table") (result i32)
      (loop $l
        (br_if $l (i32.ne (table.grow $t (ref.null func) (i32.const 1000))
                          (i32.const -1))))
      (table.size $t))
    (func (export "throw")
      (loop $l
        (block $h (try_table (catch $tag $h) (throw $tag)))
        (br $l)))
    (func (export "wait") (result i32)
      (memory.atomic.wait32 $shared (i32.const 0) (i32.const 0)
                            (i64.const -1)))
    (func (export "fill")
      (loop $l
        (memory.fill (i32.const 0) (i32.const 1)
                     (i32.mul (memory.size) (i32.const 65536)))
        (br $l)))
    (func (export "nop"))))";

class LimitsTest : public testing::ExecTest {
 protected:
  LimitsTest()
      : ExecTest({}, {.max_stack = 1 << 20,
                      .max_memory = 64 << 20,
                      .max_table_entries = 100000,
                      .max_heap = 4 << 20}) {}

  TrapKind TrapOf(const char* name) {
    const size_t results =
        instance_.GetFunc(*store_, name)->type(*store_)->results.size();
    return Call(instance_, name, {}, results).trap.kind;
  }
  void ExpectStopped(const char* name) {
    const auto begin = steady_clock::now();
    store_->set_deadline(begin + milliseconds(20));
    EXPECT_EQ(TrapOf(name), TrapKind::kDeadlineExceeded) << name;
    EXPECT_LT(steady_clock::now() - begin, milliseconds(20) + kLate) << name;
    store_->set_deadline(std::nullopt);
    EXPECT_EQ(TrapOf("nop"), TrapKind::kNone);
  }

  Instance instance_ = Instantiate(kEndless);
};

TEST_F(LimitsTest, StackAndHeapAndGrowthEnd) {
  EXPECT_EQ(TrapOf("call"), TrapKind::kCallStackExhausted);
  EXPECT_EQ(TrapOf("allocate"), TrapKind::kHeapExhausted);
  EXPECT_EQ(Call1(instance_, "grow"), 1024u);
  EXPECT_EQ(Call1(instance_, "grow_table"), 99001u);
  EXPECT_EQ(TrapOf("nop"), TrapKind::kNone);
}

TEST_F(LimitsTest, DeadlinesStopEverything) {
  for (const char* name :
       {"loop", "tail", "garbage", "throw", "wait", "fill"}) {
    ExpectStopped(name);
  }
}

TEST_F(LimitsTest, DeadlinesStopLargeFills) {
  ASSERT_EQ(Call1(instance_, "grow"), 1024u);
  ExpectStopped("fill");
}

TEST_F(LimitsTest, DeadlinesInThePastStopAtOnce) {
  store_->set_deadline(steady_clock::now() - milliseconds(1));
  EXPECT_EQ(TrapOf("call"), TrapKind::kDeadlineExceeded);
}

TEST_F(LimitsTest, InterruptsFromOtherThreads) {
  for (const char* name : {"loop", "wait", "garbage"}) {
    std::thread other([handle = store_->interrupt_handle()] {
      std::this_thread::sleep_for(milliseconds(10));
      handle.Interrupt();
    });
    EXPECT_EQ(TrapOf(name), TrapKind::kInterrupted) << name;
    other.join();
    EXPECT_EQ(TrapOf("nop"), TrapKind::kNone);
  }
}

TEST_F(LimitsTest, AnInterruptBeforeTheCallEndsIt) {
  const InterruptHandle handle = store_->interrupt_handle();
  handle.Interrupt();
  EXPECT_EQ(TrapOf("loop"), TrapKind::kInterrupted);
  EXPECT_EQ(TrapOf("nop"), TrapKind::kNone);
  store_ = nullptr;
  handle.Interrupt();
}

TEST(BacktraceTest, IsCutWhenDeep) {
  Engine engine;
  auto store = Store::New(engine, {.max_backtrace = 7}).value();
  const Module module = testing::CompileText(engine, R"(
      (module (func $f (export "f") (call $f))))")
                            .value();
  const Instance instance = Instance::New(*store, module, {})->instance;
  const CallResult result =
      instance.GetFunc(*store, "f")->Call(*store, {}, {}).value();
  EXPECT_EQ(result.trap.kind, TrapKind::kCallStackExhausted);
  EXPECT_EQ(result.trap.backtrace.size(), 7u);
  EXPECT_TRUE(result.trap.truncated);
}

class EndlessFuelTest : public testing::ExecTest {
 protected:
  EndlessFuelTest()
      : ExecTest({.metering = true}, {.max_stack = 1 << 20,
                                      .max_memory = 1 << 20,
                                      .max_heap = 4 << 20}) {}
};

// Whatever a guest does for ever, it is charged for; the host goes on.
TEST_F(EndlessFuelTest, StopsEverything) {
  const Instance instance = Instantiate(kEndless);
  for (const char* name : {"loop", "tail", "call", "garbage", "allocate",
                           "throw", "fill", "grow", "grow_table"}) {
    const size_t results =
        instance.GetFunc(*store_, name)->type(*store_)->results.size();
    store_->set_fuel(30);
    EXPECT_EQ(Call(instance, name, {}, results).trap.kind,
              TrapKind::kAllFuelConsumed)
        << name;
    store_->set_fuel(30);
    EXPECT_TRUE(Call(instance, "nop").returned()) << name;
  }
}

class FuelTest : public testing::ExecTest {
 protected:
  FuelTest() : ExecTest({.metering = true}) {}
};

TEST_F(FuelTest, IsCountedAndRunsOut) {
  const Instance instance = Instantiate(R"(
    (module
      (memory 1) (data (i32.const 0) "free of charge")
      (func (export "loop") (loop $l (br $l)))
      (func (export "add") (result i32) (i32.add (i32.const 1) (i32.const 2)))
      (func (export "fill")
        (memory.fill (i32.const 0) (i32.const 1) (i32.const 1000)))))");
  EXPECT_EQ(Call(instance, "add", {}, 1).trap.kind, TrapKind::kAllFuelConsumed);
  store_->set_fuel(1000);
  EXPECT_EQ(Call1(instance, "add"), 3u);
  const uint64_t add = 1000 - store_->fuel();
  EXPECT_GE(add, 3u);
  EXPECT_LE(add, 4u);
  store_->set_fuel(1000);
  ASSERT_TRUE(Call(instance, "fill").returned());
  const uint64_t fill = 1000 - store_->fuel();
  EXPECT_GE(fill, 16u + 4u);
  EXPECT_LE(fill, 16u + 5u);
  EXPECT_EQ(Call(instance, "loop").trap.kind, TrapKind::kAllFuelConsumed);
}

TEST(InjectionTest, TheChosenGrowFails) {
  Engine engine;
  auto store = Store::New(engine, {.failing_grow = 2}).value();
  const Module module = testing::CompileText(engine, R"(
      (module (memory 1) (table 1 funcref)
        (func (export "f") (result i32 i32 i32 i32)
          (memory.grow (i32.const 1))
          (table.grow (ref.null func) (i32.const 1))
          (memory.grow (i32.const 1))
          (memory.grow (i32.const 1)))))")
                            .value();
  const Instance instance = Instance::New(*store, module, {})->instance;
  Val results[4];
  ASSERT_TRUE(instance.GetFunc(*store, "f")
                  ->Call(*store, {}, absl::MakeSpan(results))
                  ->returned());
  EXPECT_EQ(results[0].i32(), 1u);
  EXPECT_EQ(results[1].i32(), 1u);
  EXPECT_EQ(results[2].i32(), 0xffffffffu);
  EXPECT_EQ(results[3].i32(), 2u);
  EXPECT_EQ(store->usage().memory_grows, 3u);
  EXPECT_EQ(store->usage().table_grows, 1u);
}

}  // namespace
}  // namespace weft::exec
