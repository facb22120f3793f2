// Bodies of a million operators, and stacks of ten million frames.
#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <tuple>
#include <utility>

#include "exec/runtime/guard_support.h"
#include "exec/testing.h"
#include "exec/testing_growth.h"

namespace weft::exec {
namespace {

using testing::GrowthModule;
using testing::GrowthShape;

// Sanitizers see in fewer operators what there is to see, and take long.
constexpr uint32_t kDivisor = WEFT_SANITIZED ? 8 : 1;

// A shape; whether fused, metered.
using Case = std::tuple<GrowthShape, bool, bool>;

class GrowthTest : public ::testing::TestWithParam<Case> {};

TEST_P(GrowthTest, IsTranslatedAndRight) {
  const auto& [shape, fuse, metering] = GetParam();
  Engine engine({.fuse = fuse, .metering = metering});
  auto store = Store::New(engine).value();
  GrowthModule made = shape.make(shape.size / kDivisor);
  const auto module = Module::Compile(engine, std::move(made.bytes));
  ASSERT_TRUE(module.ok()) << module.status();
  const auto instance = Instance::New(*store, *module, {});
  ASSERT_TRUE(instance.ok()) << instance.status();
  const Func f = instance->instance.GetFunc(*store, "f").value();
  for (const auto& [arg, expected] : made.calls) {
    store->set_fuel(uint64_t{1} << 40);
    Val result;
    const auto returned =
        f.Call(*store, {Val::I32(arg)}, absl::MakeSpan(&result, 1));
    ASSERT_TRUE(returned.ok()) << returned.status();
    ASSERT_TRUE(returned->returned()) << TrapText(returned->trap);
    EXPECT_EQ(result.i32(), expected) << "f(" << arg << ")";
  }
}

INSTANTIATE_TEST_SUITE_P(
    Shapes, GrowthTest,
    ::testing::Combine(::testing::ValuesIn(testing::GrowthShapes()),
                       ::testing::Bool(), ::testing::Bool()),
    [](const auto& info) {
      std::string name(std::get<0>(info.param).name);
      for (char& c : name) {
        if (c == '-') c = '_';
      }
      name += std::get<1>(info.param) ? "_fused" : "_not_fused";
      return name + (std::get<2>(info.param) ? "_metered" : "");
    });

// Whether a deadline of a millisecond stopped the translation of a body of four
// million operators, which takes fifty at least.
bool IsStopped(const GrowthShape& shape) {
  Engine engine;
  auto store = Store::New(engine).value();
  GrowthModule made = shape.make(4 * shape.size);
  const auto module = Module::Compile(engine, std::move(made.bytes)).value();
  const auto instance = Instance::New(*store, module, {}).value();
  const Func f = instance.instance.GetFunc(*store, "f").value();
  const auto [arg, expected] = made.calls.front();
  Val result;
  store->set_deadline(std::chrono::steady_clock::now() +
                      std::chrono::milliseconds(1));
  const auto stopped =
      f.Call(*store, {Val::I32(arg)}, absl::MakeSpan(&result, 1)).value();
  const bool was_translated = module.WasEntered(0);
  store->set_deadline(std::nullopt);
  // It goes on from the begin when nobody stops it.
  const auto returned =
      f.Call(*store, {Val::I32(arg)}, absl::MakeSpan(&result, 1)).value();
  EXPECT_TRUE(returned.returned());
  EXPECT_TRUE(module.WasEntered(0));
  EXPECT_EQ(result.i32(), expected);
  return !stopped.returned() && !was_translated &&
         stopped.trap.kind == TrapKind::kDeadlineExceeded;
}

TEST(InterruptedTranslationTest, ADeadlineStopsIt) {
  // Where the machine is busy the deadline may be noticed late.
  constexpr int kAttempts = 5;
  bool stopped = false;
  for (int i = 0; i < kAttempts && !stopped; ++i) {
    stopped = IsStopped(testing::GrowthShapes()[0]);
  }
  EXPECT_TRUE(stopped);
}

// Ten million frames in 1 GiB.
TEST(DeepStackTest, TenMillionNestedCalls) {
  Engine engine;
  auto store = Store::New(engine, {.max_stack = uint64_t{1} << 30}).value();
  const auto module = testing::CompileText(engine, R"(
    (module
      (func $f (export "f") (param i32)
        (if (local.get 0)
          (then (call $f (i32.sub (local.get 0) (i32.const 1)))))))
  )");
  ASSERT_TRUE(module.ok()) << module.status();
  const Instance instance = Instance::New(*store, *module, {})->instance;
  const Func f = instance.GetFunc(*store, "f").value();
  const CallResult deep = f.Call(*store, {Val::I32(10000000)}, {}).value();
  EXPECT_TRUE(deep.returned()) << TrapText(deep.trap);
  const CallResult deeper = f.Call(*store, {Val::I32(100000000)}, {}).value();
  EXPECT_EQ(deeper.trap.kind, TrapKind::kCallStackExhausted);
  EXPECT_TRUE(f.Call(*store, {Val::I32(1)}, {})->returned());
}

}  // namespace
}  // namespace weft::exec
