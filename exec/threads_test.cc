// Many threads: stores of one module, and shared memory with wait and notify.
#include <thread>
#include <vector>

#include "exec/testing.h"

namespace weft::exec {
namespace {

const char kMutex[] = R"(
  (module
    (import "env" "memory" (memory 1 1 shared))
    (func $lock
      (block $done
        (br_if $done
          (i32.eqz (i32.atomic.rmw.cmpxchg (i32.const 0) (i32.const 0)
                                           (i32.const 1))))
        (loop $again
          (br_if $done
            (i32.eqz (i32.atomic.rmw.xchg (i32.const 0) (i32.const 2))))
          (drop (memory.atomic.wait32 (i32.const 0) (i32.const 2)
                                      (i64.const -1)))
          (br $again))))
    (func $unlock
      (if (i32.eq (i32.atomic.rmw.xchg (i32.const 0) (i32.const 0))
                  (i32.const 2))
        (then (drop (memory.atomic.notify (i32.const 0) (i32.const 1))))))
    (func (export "run") (param $rounds i32)
      (loop $l
        (call $lock)
        (i32.store (i32.const 64)
          (i32.add (i32.load (i32.const 64)) (i32.const 1)))
        (call $unlock)
        (br_if $l
          (local.tee $rounds (i32.sub (local.get $rounds) (i32.const 1))))))))";

TEST(ThreadsTest, EightGuestsShareAMutex) {
  constexpr int kThreads = 8;
  constexpr int kRounds = 300;
  Engine engine;
  const Module module = testing::CompileText(engine, kMutex).value();
  const SharedMemory shared =
      SharedMemory::New(
          engine, {{.min = 1, .max = 1, .has_max = true, .is_shared = true}})
          .value();
  std::vector<std::thread> threads;
  for (int t = 0; t < kThreads; ++t) {
    threads.emplace_back([&] {
      auto store = Store::New(engine).value();
      Linker linker(engine);
      ASSERT_TRUE(linker
                      .Define("env", "memory",
                              Memory::FromShared(*store, shared).value())
                      .ok());
      const Instance instance = linker.Instantiate(*store, module)->instance;
      auto result = instance.GetFunc(*store, "run")
                        ->Call(*store, {Val::I32(kRounds)}, {});
      ASSERT_TRUE(result.ok() && result->returned());
    });
  }
  for (std::thread& thread : threads) thread.join();
  uint32_t count;
  memcpy(&count, shared.data() + 64, 4);
  EXPECT_EQ(count, uint32_t{kThreads} * kRounds);
}

TEST(ThreadsTest, StoresTranslateOneModuleAtATime) {
  Engine engine;
  std::string text = "(module";
  for (int i = 0; i < 200; ++i) {
    text += "(func (export \"f" + std::to_string(i) +
            "\") (param i32) (result i32) (i32.add (local.get 0) (i32.const " +
            std::to_string(i) + ")))";
  }
  const Module module = testing::CompileText(engine, text + ")").value();
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&] {
      auto store = Store::New(engine).value();
      const Instance instance = Instance::New(*store, module, {})->instance;
      for (uint32_t i = 0; i < 200; ++i) {
        Val result;
        const Func func =
            instance.GetFunc(*store, "f" + std::to_string(i)).value();
        ASSERT_TRUE(func.Call(*store, {Val::I32(7)}, {&result, 1})->returned());
        ASSERT_EQ(result.i32(), 7 + i);
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
}

}  // namespace
}  // namespace weft::exec
