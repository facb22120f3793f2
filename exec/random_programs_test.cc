// Random programs under all translations: fused, not, or all but one fusion, in
// near or far slots, memory guarded or not, metered or not, lazily or eagerly.
#include <cstdint>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "exec/fusion.h"
#include "exec/testing.h"
#include "exec/testing_programs.h"

namespace weft::exec {
namespace {

constexpr int kPrograms = 150;
constexpr int kCallsPerProgram = 4;
constexpr uint64_t kFuel = 100000000;

// All that one can see of some calls, as text.
std::string Observe(const EngineOptions& options, const std::string& text,
                    uint64_t* fuel) {
  Engine engine(options);
  auto store = Store::New(engine, {.max_stack = uint64_t{1} << 28}).value();
  const auto module = testing::CompileText(engine, text);
  if (!module.ok()) return std::string(module.status().message());
  const auto made = Instance::New(*store, *module, {});
  if (!made.ok()) return std::string(made.status().message());
  const Instance& instance = made->instance;
  const Func f = instance.GetFunc(*store, "f").value();
  store->set_fuel(kFuel);
  std::string seen;
  for (uint32_t i = 0; i < kCallsPerProgram; ++i) {
    Val results[3];
    const CallResult result =
        f.Call(*store,
               {Val::I32(i * 1000003 - 1), Val::I64(uint64_t{i} << 40),
                Val::F64(i * 0.75)},
               absl::MakeSpan(results))
            .value();
    absl::StrAppend(&seen, static_cast<int>(result.kind), " ",
                    TrapMessage(result.trap.kind));
    if (result.returned()) {
      for (const Val& val : results) absl::StrAppend(&seen, " ", val.low());
    }
    const Memory memory = instance.GetMemory(*store, "memory").value();
    uint64_t hash = 0;
    const absl::Span<const uint8_t> bytes = memory.data(*store).value();
    for (const uint8_t byte : bytes) hash = hash * 31 + byte;
    absl::StrAppend(&seen, " memory ", hash, " global ",
                    instance.GetGlobal(*store, "global")->Get(*store)->low(),
                    "\n");
  }
  *fuel = kFuel - store->fuel();
  return seen;
}

class RandomProgramsTest : public ::testing::TestWithParam<int> {};

TEST_P(RandomProgramsTest, EveryTranslationDoesTheSame) {
  const auto seed = static_cast<uint32_t>(GetParam());
  const std::string text = testing::RandomProgram(seed, 200 + GetParam() * 10);
  std::string first;
  uint64_t first_fuel = 0;
  for (int bits = 0; bits < 32; ++bits) {
    EngineOptions options;
    options.fuse = (bits & 1) == 0;
    options.far_slots = (bits & 2) != 0;
    options.metering = (bits & 4) != 0;
    options.bounds = (bits & 8) != 0 ? Bounds::kExplicit : Bounds::kGuard;
    options.eager = (bits & 16) != 0;
    options.canonical_nans = true;
    uint64_t fuel = 0;
    const std::string seen = Observe(options, text, &fuel);
    if (bits == 0) first = seen;
    ASSERT_EQ(seen, first) << "configuration " << bits;
    if (!options.metering) continue;
    if (first_fuel == 0) first_fuel = fuel;
    ASSERT_EQ(fuel, first_fuel) << "configuration " << bits;
  }
  // The program was run at all.
  EXPECT_GT(first_fuel, 0u) << first;
  for (int i = 0; i < kFusionCount; ++i) {
    const auto fusion = static_cast<Fusion>(i);
    uint64_t fuel = 0;
    const EngineOptions options = {.fuse = FusionSet(true).Without(fusion),
                                   .metering = true,
                                   .canonical_nans = true,
                                   .far_slots = seed % 8 == 7};
    ASSERT_EQ(Observe(options, text, &fuel), first) << NameOf(fusion);
    ASSERT_EQ(fuel, first_fuel) << NameOf(fusion);
  }
}

INSTANTIATE_TEST_SUITE_P(Seeds, RandomProgramsTest,
                         ::testing::Range(0, kPrograms));

}  // namespace
}  // namespace weft::exec
