// Random bodies do the same after each pass, and after lists of them.
#include <cstdlib>
#include <string>
#include <vector>

#include "gtest/gtest.h"
#include "ir/lift.h"
#include "ir/lower.h"
#include "ir/testing/code.h"
#include "ir/testing/interpreter.h"
#include "ir/testing/random_code.h"
#include "ir/text_printer.h"
#include "ir/type_lookup.h"
#include "ir/verifier.h"
#include "ir/wasm/validator.h"
#include "passes/dce.h"
#include "passes/function_pass.h"
#include "passes/gvn.h"
#include "passes/rules.h"
#include "passes/simplify_branches.h"

namespace weft::passes {
namespace {

using ir::testing::Interpret;
using ir::testing::Listing;
using ir::testing::Outcome;
using ir::testing::RandomFunction;
using ir::testing::RandomOptions;
using ir::testing::TestModule;

struct NamedPass {
  const char* name;
  FunctionPass pass;
};

constexpr NamedPass kGvn = {"gvn", Gvn};
constexpr NamedPass kDce = {"dce", Dce};
constexpr NamedPass kRules = {"rules", Rules};
constexpr NamedPass kBranches = {"simplify-branches", SimplifyBranches};

// A number from the environment: more than the test's own share.
uint64_t FromEnvironment(const char* name, uint64_t otherwise) {
  const char* text = std::getenv(name);
  return text == nullptr ? otherwise : std::strtoull(text, nullptr, 10);
}

std::string Print(const wasm::Module& module, const ir::Function& f) {
  std::string text;
  ir::PrintFunction(module, f, &text);
  return text;
}

// Lifts, runs the passes with the verifier behind each, and lowers.
bool Optimize(const wasm::Module& module, uint32_t func,
              const std::vector<NamedPass>& passes, bool for_size,
              std::vector<uint8_t>* out) {
  ir::Lifter lifter;
  ir::Function f;
  EXPECT_TRUE(lifter.Lift(module, func, &f).ok());
  const FunctionContext context{module, for_size};
  for (const NamedPass& pass : passes) {
    const std::string before = Print(module, f);
    const bool changed = pass.pass(context, &f);
    const absl::Status status = ir::Verify(module, f);
    EXPECT_TRUE(status.ok()) << pass.name << ": " << status << "\n" << before;
    if (!status.ok()) return false;
    EXPECT_TRUE(changed || Print(module, f) == before)
        << pass.name << " changed without saying so\n"
        << before << "became\n"
        << Print(module, f);
  }
  const ir::TypeLookup types(module);
  wasm::ByteWriter writer;
  const absl::Status lowered = ir::Lowerer(module, types).Lower(&f, &writer);
  if (absl::IsResourceExhausted(lowered)) return false;
  EXPECT_TRUE(lowered.ok()) << lowered;
  *out = writer.Take();
  const wasm::ModuleContext context_of_module(module);
  const absl::Status status =
      wasm::BodyValidator(context_of_module).Validate(func, *out, 0);
  EXPECT_TRUE(status.ok()) << status << "\n"
                           << Print(module, f) << Listing(module, *out);
  return status.ok();
}

void CheckSeed(uint64_t seed, const RandomOptions& options,
               const std::vector<NamedPass>& passes) {
  TestModule test;
  const RandomFunction f = MakeRandomFunction(seed, options, &test);
  const uint32_t func = test.AddFunc(f.params, f.results, f.locals, f.code);
  const absl::Status built = test.Build();
  ASSERT_TRUE(built.ok()) << built;
  const wasm::Module& module = test.module();
  std::vector<uint8_t> after;
  if (!Optimize(module, func, passes, seed % 2 == 0, &after)) return;
  const wasm::ByteSpan before = module.funcs[func].body;
  for (uint64_t run = 0; run < 4; ++run) {
    const uint64_t args[] = {run, run * 3 + seed % 5, run * 7};
    const Outcome expected = Interpret(module, func, before, args, run * 12);
    if (expected.kind == Outcome::kOutOfFuel) continue;
    const Outcome actual = Interpret(module, func, after, args, run * 12);
    ASSERT_EQ(expected == actual, true)
        << "run " << run << ": " << ToString(expected) << "became "
        << ToString(actual) << Listing(module, before) << "became\n"
        << Listing(module, after);
  }
}

void CheckSeeds(const std::vector<NamedPass>& passes) {
  const uint64_t begin = FromEnvironment("WEFT_SEED", 1);
  const uint64_t end = begin + FromEnvironment("WEFT_SEEDS", 400);
  const RandomOptions kinds[] = {
      {6, false, false, false, true},  {5},
      {10, true, false, false, false}, {10, false, true, false, true},
      {10, false, true, true, true},   {25}};
  for (uint64_t seed = begin; seed < end; ++seed) {
    for (const RandomOptions& options : kinds) {
      const ::testing::ScopedTrace trace(__FILE__, __LINE__,
                                         "seed " + std::to_string(seed) +
                                             ", kind " +
                                             std::to_string(&options - kinds));
      CheckSeed(seed, options, passes);
      if (::testing::Test::HasFailure()) return;
    }
  }
}

TEST(RandomPassesTest, Dce) { CheckSeeds({kDce}); }
TEST(RandomPassesTest, Gvn) { CheckSeeds({kGvn}); }
TEST(RandomPassesTest, SimplifyBranches) { CheckSeeds({kBranches}); }
TEST(RandomPassesTest, Rules) { CheckSeeds({kRules}); }
TEST(RandomPassesTest, GvnAndDce) { CheckSeeds({kGvn, kDce}); }
TEST(RandomPassesTest, All) {
  CheckSeeds({kGvn, kRules, kBranches, kDce, kGvn, kBranches, kDce});
}

}  // namespace
}  // namespace weft::passes
