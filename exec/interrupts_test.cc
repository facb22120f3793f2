// Guests that one operator, wait or search keeps busy, and how soon a deadline
// or an interrupt stops them.
#include <algorithm>
#include <chrono>
#include <string>
#include <thread>

#include "exec/testing.h"

namespace weft::exec {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

// How long after it was asked for a guest may stop. The machine may be busy, so
// that the best of several attempts counts.
constexpr milliseconds kLate(50);
constexpr int kAttempts = 10;
constexpr milliseconds kAfter(5);

// Each is one operator that takes longer than the deadline leaves, but for the
// loops around those that segments make short.
const char kBusy[] = R"(
  (module
    (type $bytes (array (mut i8)))
    (type $refs (array (mut (ref null any))))
    (type $s (struct (field (ref null $s))))
    (tag $tag)
    (memory $m (export "memory") 65536)
    (memory $shared 1 1 shared)
    (table $t 1 funcref)
    (table $growing 1 funcref)
    (elem declare func $nop)
    (elem $elem funcref (ref.func $nop) (ref.func $nop) (ref.func $nop))
    (data $data "0123456789")
    (global $array (mut (ref null $bytes)) (ref.null $bytes))
    (func $nop (export "nop"))
    (func (export "setup")
      (drop (table.grow $t (ref.null func) (i32.const 134217727))))
    (func (export "loop") (loop $l (br $l)))
    (func $tail (export "tail") (return_call $tail))
    (func (export "wait")
      (drop (memory.atomic.wait32 $shared (i32.const 0) (i32.const 0)
                                  (i64.const -1))))
    (func (export "memory.fill")
      (memory.fill $m (i32.const 0) (i32.const 1) (i32.const -1)))
    (func (export "memory.copy")
      (memory.copy $m $m (i32.const 0) (i32.const 65536) (i32.const -65537)))
    (func (export "memory.copy backward")
      (memory.copy $m $m (i32.const 65536) (i32.const 0) (i32.const -65537)))
    (func (export "memory.init")
      (loop $l
        (memory.init $m $data (i32.const 0) (i32.const 0) (i32.const 10))
        (br $l)))
    (func (export "table.fill")
      (table.fill $t (i32.const 0) (ref.func $nop) (i32.const 134217728)))
    (func (export "table.copy")
      (table.copy $t $t (i32.const 0) (i32.const 100) (i32.const 134217628)))
    (func (export "table.init")
      (loop $l
        (table.init $t $elem (i32.const 0) (i32.const 0) (i32.const 3))
        (br $l)))
    (func (export "table.grow")
      (loop $l
        (drop (table.grow $growing (ref.func $nop) (i32.const 200000000)))
        (br $l)))
    (func (export "array.new")
      (drop (array.new $bytes (i32.const 1) (i32.const 1000000000))))
    (func (export "array.fill")
      (global.set $array (ref.null $bytes))
      (global.set $array (array.new_default $bytes (i32.const 1000000000)))
      (array.fill $bytes (global.get $array) (i32.const 0) (i32.const 1)
                  (i32.const 1000000000)))
    (func (export "array.copy")
      (global.set $array (ref.null $bytes))
      (global.set $array (array.new_default $bytes (i32.const 1000000000)))
      (array.copy $bytes $bytes (global.get $array) (i32.const 0)
                  (global.get $array) (i32.const 4096) (i32.const 999990000)))
    (func (export "collect")
      (local $refs (ref $refs))
      (local.set $refs (array.new_default $refs (i32.const 100000000)))
      (loop $l
        (drop (array.new_default $refs (i32.const 100000000)))
        (br $l)))
    ;; An exception that passes through all frames there are room for.
    (func $deep (param i32)
      (if (i32.eqz (local.get 0)) (then (throw $tag)))
      (call $deep (i32.sub (local.get 0) (i32.const 1))))
    (func (export "throw")
      (loop $l
        (block $h
          (try_table (catch $tag $h)
            (call $deep (i32.const 10000000))))
        (br $l)))
    ;; Collections with as many frames to look through.
    (func $deep_garbage (param i32) (local (ref null $s))
      (local.set 1 (struct.new $s (ref.null $s)))
      (call $deep_garbage (i32.const 0)))
    (func (export "deep collect") (call $deep_garbage (i32.const 0)))))";

class InterruptsTest : public ::testing::TestWithParam<const char*> {
 protected:
  InterruptsTest()
      : store_(Store::New(engine_, {.max_stack = uint64_t{1} << 30,
                                    .max_table_entries = uint64_t{1} << 29})
                   .value()),
        instance_(Instance::New(
                      *store_, testing::CompileText(engine_, kBusy).value(), {})
                      ->instance) {
    EXPECT_EQ(TrapOf("setup"), TrapKind::kNone);
  }

  TrapKind TrapOf(const char* name) {
    return instance_.GetFunc(*store_, name)->Call(*store_, {}, {})->trap.kind;
  }

  // The least time by which the guest was late, of several attempts; each ends
  // with `expected` and leaves the store usable.
  template <typename Ask>
  steady_clock::duration Lateness(TrapKind expected, const Ask& ask) {
    steady_clock::duration least = steady_clock::duration::max();
    for (int i = 0; i < kAttempts && least > kLate; ++i) {
      const steady_clock::time_point asked = steady_clock::now() + kAfter;
      std::thread other = ask(asked);
      const TrapKind kind = TrapOf(GetParam());
      const auto late = steady_clock::now() - asked;
      if (other.joinable()) other.join();
      store_->set_deadline(std::nullopt);
      EXPECT_EQ(kind, expected);
      EXPECT_EQ(TrapOf("nop"), TrapKind::kNone);
      least = std::min(least, late);
    }
    return least;
  }

  Engine engine_;
  std::unique_ptr<Store> store_;
  Instance instance_;
};

TEST_P(InterruptsTest, ADeadlineStopsIt) {
  EXPECT_LT(Lateness(TrapKind::kDeadlineExceeded,
                     [&](steady_clock::time_point when) {
                       store_->set_deadline(when);
                       return std::thread();
                     }),
            kLate);
}

TEST_P(InterruptsTest, AnotherThreadStopsIt) {
  EXPECT_LT(Lateness(TrapKind::kInterrupted,
                     [&](steady_clock::time_point when) {
                       return std::thread(
                           [when, handle = store_->interrupt_handle()] {
                             std::this_thread::sleep_until(when);
                             handle.Interrupt();
                           });
                     }),
            kLate);
}

INSTANTIATE_TEST_SUITE_P(
    Guests, InterruptsTest,
    ::testing::Values("loop", "tail", "wait", "memory.fill", "memory.copy",
                      "memory.copy backward", "memory.init", "table.fill",
                      "table.copy", "table.init", "table.grow", "array.new",
                      "array.fill", "array.copy", "collect", "throw",
                      "deep collect"),
    [](const auto& info) {
      std::string name = info.param;
      std::replace_if(
          name.begin(), name.end(), [](char c) { return c == '.' || c == ' '; },
          '_');
      return name;
    });

class InterruptedSearchTest : public testing::ExecTest {
 protected:
  // What a guest imports to be interrupted when it calls it.
  void DefineInterrupt() {
    const Func f =
        Func::New(*store_, FuncType(),
                  [](Caller& caller, absl::Span<const Val>, absl::Span<Val>) {
                    caller.store().interrupt_handle().Interrupt();
                    return HostResult::Ok();
                  })
            .value();
    ASSERT_TRUE(linker_.Define("host", "interrupt", f).ok());
  }
};

TEST_F(InterruptedSearchTest, NoHandlerIsEntered) {
  DefineInterrupt();
  const Instance instance = Instantiate(R"(
    (module
      (import "host" "interrupt" (func $interrupt))
      (tag $tag)
      (global $caught (export "caught") (mut i32) (i32.const 0))
      (func $deep (param i32)
        (if (i32.eqz (local.get 0)) (then (call $interrupt) (throw $tag)))
        (call $deep (i32.sub (local.get 0) (i32.const 1))))
      (func (export "f") (param i32)
        (block $h
          (try_table (catch $tag $h) (call $deep (local.get 0))))
        (global.set $caught (i32.const 1)))))");
  EXPECT_EQ(Call(instance, "f", {Val::I32(100000)}).trap.kind,
            TrapKind::kInterrupted);
  EXPECT_EQ(GlobalOf(instance, "caught").i32(), 0u);
}

}  // namespace
}  // namespace weft::exec
