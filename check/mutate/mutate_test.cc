#include "check/mutate/mutate.h"

#include <cstdint>
#include <set>
#include <vector>

#include "check/generate/generate.h"
#include "gtest/gtest.h"
#include "ir/wasm/reader.h"
#include "ir/wasm/text/parser.h"
#include "ir/wasm/validator.h"

namespace weft::check {
namespace {

using Bytes = std::vector<uint8_t>;

absl::StatusOr<Bytes> MutateBytes(const Bytes& bytes, uint64_t seed) {
  const auto module = wasm::ReadModule(bytes);
  if (!module.ok()) return module.status();
  ByteSource source(seed);
  return Mutate(*module, {}, source);
}

// Of modules that have a bit of everything.
TEST(MutateTest, MostResultsAreValidAndDiffer) {
  constexpr uint64_t kModules = 2000;
  uint64_t valid = 0;
  uint64_t changed = 0;
  for (uint64_t seed = 0; seed < kModules; ++seed) {
    ByteSource source(seed);
    const Bytes before = Generate({}, source);
    const auto after = MutateBytes(before, seed);
    if (!after.ok()) continue;
    ++valid;
    changed += *after != before;
    const auto module = wasm::ReadModule(*after);
    ASSERT_TRUE(module.ok()) << seed;
    EXPECT_TRUE(wasm::ValidateAll(*module).ok()) << seed;
  }
  EXPECT_GT(valid * 10, kModules * 9) << valid;
  EXPECT_GT(changed * 10, kModules * 8) << changed;
}

TEST(MutateTest, SameSeedSameBytes) {
  ByteSource source(3);
  const Bytes before = Generate({}, source);
  const auto a = MutateBytes(before, 9);
  const auto b = MutateBytes(before, 9);
  ASSERT_EQ(a.ok(), b.ok());
  if (a.ok()) {
    EXPECT_EQ(*a, *b);
  }
}

TEST(MutateTest, ManySeedsManyModules) {
  const auto before = wasm::ParseModuleText(R"((module
    (memory 1)
    (global $a (mut i32) (i32.const 1)) (global $b (mut i32) (i32.const 2))
    (func $f (param i32 i32) (result i32)
      (if (i32.lt_s (local.get 0) (i32.const 7))
        (then (i32.store (local.get 0) (local.get 1))))
      (global.set $a (i32.load8_u offset=3 (local.get 1)))
      (i32.add (call $g (local.get 0) (i32.const 2)) (global.get $b)))
    (func $g (param i32 i32) (result i32)
      (i32.mul (local.get 0) (local.get 1)))))");
  ASSERT_TRUE(before.ok()) << before.status();
  std::set<Bytes> seen;
  for (uint64_t seed = 0; seed < 500; ++seed) {
    const auto after = MutateBytes(*before, seed);
    ASSERT_TRUE(after.ok()) << seed << ": " << after.status();
    seen.insert(*after);
  }
  EXPECT_GT(seen.size(), 300u);
}

TEST(MutateTest, NothingToChange) {
  const auto bytes = wasm::ParseModuleText(R"((module (memory 1)))");
  ASSERT_TRUE(bytes.ok());
  EXPECT_EQ(MutateBytes(*bytes, 1).status().code(),
            absl::StatusCode::kNotFound);
}

}  // namespace
}  // namespace weft::check
