// Random bodies do the same after a round trip through the SSA form.
#include <cstdlib>
#include <string>
#include <vector>

#include "gtest/gtest.h"
#include "ir/testing/code.h"
#include "ir/testing/interpreter.h"
#include "ir/testing/random_code.h"

namespace weft::ir {
namespace {

using testing::Interpret;
using testing::Listing;
using testing::Outcome;
using testing::RandomFunction;
using testing::RandomOptions;
using testing::TestModule;

// A number from the environment: more than the test's own share.
uint64_t FromEnvironment(const char* name, uint64_t otherwise) {
  const char* text = std::getenv(name);
  return text == nullptr ? otherwise : std::strtoull(text, nullptr, 10);
}

// Whether the seed's function survives; explains itself when not.
void CheckSeed(uint64_t seed, const RandomOptions& options) {
  TestModule test;
  const RandomFunction f = MakeRandomFunction(seed, options, &test);
  const uint32_t func = test.AddFunc(f.params, f.results, f.locals, f.code);
  const absl::Status built = test.Build();
  ASSERT_TRUE(built.ok()) << built;
  const wasm::Module& module = test.module();
  const wasm::ByteSpan before = module.funcs[func].body;
  std::vector<uint8_t> after;
  const absl::Status status = testing::RoundTrip(module, func, before, &after);
  ASSERT_TRUE(status.ok()) << status << "\n" << Listing(module, before);
  for (uint64_t run = 0; run < 4; ++run) {
    const uint64_t args[] = {run, run * 3 + seed % 5, run * 7};
    const Outcome expected = Interpret(module, func, before, args, run * 12);
    ASSERT_NE(expected.kind, Outcome::kUnsupported) << expected.unsupported;
    if (expected.kind == Outcome::kOutOfFuel) continue;
    const Outcome actual = Interpret(module, func, after, args, run * 12);
    ASSERT_EQ(expected == actual, true)
        << "run " << run << ": " << ToString(expected) << "became "
        << ToString(actual) << Listing(module, before) << "became\n"
        << Listing(module, after);
  }
}

void CheckSeeds(uint64_t count, const RandomOptions& options) {
  const uint64_t begin = FromEnvironment("WEFT_SEED", 1);
  const uint64_t end = begin + FromEnvironment("WEFT_SEEDS", count);
  for (uint64_t seed = begin; seed < end; ++seed) {
    const ::testing::ScopedTrace trace(__FILE__, __LINE__,
                                       "seed " + std::to_string(seed));
    CheckSeed(seed, options);
    if (::testing::Test::HasFatalFailure()) return;
  }
}

TEST(RandomRoundTripTest, Numbers) {
  CheckSeeds(1500, {8, false, false, false, false});
}

TEST(RandomRoundTripTest, Small) { CheckSeeds(3000, {4}); }

TEST(RandomRoundTripTest, References) {
  CheckSeeds(1500, {10, true, false, false, true});
}

TEST(RandomRoundTripTest, TryTable) {
  CheckSeeds(1500, {12, false, true, false, true});
}

TEST(RandomRoundTripTest, LegacyTry) {
  CheckSeeds(1500, {12, false, true, true, false});
}

TEST(RandomRoundTripTest, Everything) { CheckSeeds(1500, {30}); }

}  // namespace
}  // namespace weft::ir
