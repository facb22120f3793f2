// How generated modules behave when they run.
#include <algorithm>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "check/generate/generate.h"
#include "check/interface.h"
#include "check/session.h"
#include "exec/engine.h"
#include "exec/module.h"
#include "gtest/gtest.h"

namespace weft::check {
namespace {

constexpr uint64_t kModules = 500;
constexpr uint64_t kFuel = 1000000;
constexpr uint32_t kVectors = 4;

exec::EngineOptions EngineOptions() {
  exec::EngineOptions options;
  options.metering = true;
  options.canonical_nans = true;
  return options;
}

// Calls every exported function several times.
SessionResult RunAll(const exec::Module& module, Manner manner, bool texts,
                     const exec::NanBits& nans = {}) {
  const Interface interface = InterfaceOf(module);
  std::vector<PlannedCall> calls;
  for (uint32_t vector = 0; vector < kVectors; ++vector) {
    for (uint32_t i = 0; i < interface.exports.size(); ++i) {
      if (interface.exports[i].type.kind == wasm::ExternalKind::kFunc) {
        calls.push_back({i, vector});
      }
    }
  }
  SessionOptions options;
  options.seed = 7;
  options.manner = manner;
  options.fuel = [](size_t) { return kFuel; };
  options.texts = texts;
  options.look_often = true;
  options.store.nans = nans;
  auto result = RunSession(module, interface, calls, options);
  EXPECT_TRUE(result.ok()) << result.status();
  return *std::move(result);
}

exec::Module Compile(const exec::Engine& engine, uint64_t seed) {
  ByteSource source(seed);
  auto module = exec::Module::Compile(engine, Generate({}, source));
  EXPECT_TRUE(module.ok()) << seed << ": " << module.status();
  return *std::move(module);
}

struct Counts {
  uint64_t calls = 0;
  uint64_t at_once = 0;
  uint64_t trapped = 0;
  uint64_t threw = 0;
  uint64_t poisoned = 0;
  uint64_t short_modules = 0;  // Less than 100 operators in all calls.
  uint64_t not_instantiated = 0;
  std::vector<uint64_t> fuel;
};

void Count(const SessionResult& result, Counts* counts) {
  uint64_t total = 0;
  for (const uint64_t fuel : result.fuel_used) {
    counts->fuel.push_back(fuel);
    total += fuel;
  }
  counts->short_modules += total < 100;
  counts->poisoned += result.poison != Poison::kNone;
  counts->calls += result.trapped_at_once.size();
  for (const bool at_once : result.trapped_at_once) counts->at_once += at_once;
  bool is_first = true;
  for (const Event& event : result.trace.events()) {
    if (event.kind != EventKind::kEnded) continue;
    const bool trapped = absl::StrContains(event.text, "trap");
    counts->trapped += trapped;
    counts->threw += absl::StrContains(event.text, "thr");
    if (is_first) counts->not_instantiated += trapped;
    is_first = false;
  }
}

TEST(GeneratedModulesTest, RunLongEnoughAndEnd) {
  std::optional<exec::Engine> engine;
  Counts counts;
  for (uint64_t seed = 0; seed < kModules; ++seed) {
    if (seed % 500 == 0) engine.emplace(EngineOptions());
    const exec::Module module = Compile(*engine, seed);
    const SessionResult result =
        RunAll(module, Manner::kVaried, /*texts=*/true);
    EXPECT_NE(result.poison, Poison::kFuel) << seed;
    Count(result, &counts);
  }
  std::sort(counts.fuel.begin(), counts.fuel.end());
  const auto percentile = [&](size_t percent) {
    return counts.fuel[std::min(counts.fuel.size() - 1,
                                counts.fuel.size() * percent / 100)];
  };
  // Short runs find nothing, and neither do those that end at once.
  EXPECT_LT(counts.short_modules * 20, kModules);
  EXPECT_LT(counts.poisoned * 100, kModules);
  EXPECT_LT(counts.not_instantiated * 100, kModules);
  EXPECT_LT(counts.trapped * 10, counts.calls);
  EXPECT_LT(counts.at_once * 50, counts.calls);
  EXPECT_LT(counts.threw * 20, counts.calls);
  // And yet they occur.
  EXPECT_GT(counts.trapped * 100, counts.calls);
  EXPECT_GT(counts.threw, 0u);
  EXPECT_GT(percentile(50), 40u);
  EXPECT_LT(percentile(99), 10000u);
  EXPECT_LT(percentile(100), 100000u);
}

// What the engine chooses for NaNs shows nowhere.
TEST(GeneratedModulesTest, HideTheBitsOfNans) {
  std::optional<exec::Engine> engine;
  int differing = 0;
  for (uint64_t seed = 0; seed < kModules; ++seed) {
    if (seed % 500 == 0) engine.emplace(EngineOptions());
    const exec::Module module = Compile(*engine, seed);
    const SessionResult a = RunAll(module, Manner::kVaried, false);
    const SessionResult b = RunAll(module, Manner::kVaried, false,
                                   {0x7fe12345, 0x7ffc123456789abc});
    if (FirstDifference(a.trace, b.trace, false)) {
      ++differing;
    }
  }
  EXPECT_LE(differing, static_cast<int>(kModules / 200));
}

}  // namespace
}  // namespace weft::check
