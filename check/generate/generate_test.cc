#include "check/generate/generate.h"

#include <cstdint>
#include <set>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "gtest/gtest.h"
#include "ir/wasm/detect_features.h"
#include "ir/wasm/reader.h"
#include "ir/wasm/validator.h"

namespace weft::check {
namespace {

using wasm::Feature;
using wasm::FeatureSet;

std::vector<uint8_t> Make(uint64_t seed, const GenerateOptions& options = {},
                          absl::Span<const uint8_t> bytes = {}) {
  ByteSource source(seed, bytes);
  return Generate(options, source);
}

// "" for a valid module that uses no feature but those in `features`.
std::string Problem(const std::vector<uint8_t>& bytes,
                    FeatureSet features = FeatureSet::All()) {
  wasm::ReadOptions options;
  options.features = features;
  const auto module = wasm::ReadModule(bytes, options);
  if (!module.ok()) return module.status().ToString();
  const absl::Status status = wasm::ValidateAll(*module);
  if (!status.ok()) return status.ToString();
  return features.HasAll(wasm::DetectFeatures(*module)) ? "" : "feature is off";
}

TEST(GenerateTest, ModulesAreValid) {
  for (uint64_t seed = 0; seed < 10000; ++seed) {
    EXPECT_EQ(Problem(Make(seed)), "") << seed;
  }
}

TEST(GenerateTest, SizesAreAboutWhatIsAskedFor) {
  for (uint32_t max_bytes : {64u, 128u, 256u, 512u, 4096u, 20000u}) {
    GenerateOptions options;
    options.max_bytes = max_bytes;
    uint64_t total = 0;
    constexpr uint64_t kModules = 200;
    for (uint64_t seed = 0; seed < kModules; ++seed) {
      const std::vector<uint8_t> bytes = Make(seed, options);
      EXPECT_EQ(Problem(bytes), "") << seed;
      EXPECT_LT(bytes.size(), 2 * max_bytes + 1200) << seed;
      total += bytes.size();
    }
    EXPECT_LT(total / kModules, max_bytes * 5 / 4 + 100) << max_bytes;
  }
}

TEST(GenerateTest, SameSeedSameBytes) {
  std::set<std::vector<uint8_t>> seen;
  for (uint64_t seed = 0; seed < 200; ++seed) {
    const std::vector<uint8_t> bytes = Make(seed);
    EXPECT_EQ(bytes, Make(seed));
    seen.insert(bytes);
  }
  EXPECT_EQ(seen.size(), 200u);
}

// A fuzzer gives bytes and changes, cuts and extends them.
TEST(GenerateTest, GivenBytesSteer) {
  ByteSource random(5);
  std::vector<uint8_t> bytes(600);
  for (uint8_t& byte : bytes) byte = static_cast<uint8_t>(random.Bits(8));
  const std::vector<uint8_t> whole = Make(1, {}, bytes);
  EXPECT_EQ(whole, Make(1, {}, bytes));
  int same = 0;
  for (size_t size = 0; size < bytes.size(); size += 3) {
    const std::vector<uint8_t> cut =
        Make(1, {}, absl::MakeConstSpan(bytes).subspan(0, size));
    EXPECT_EQ(Problem(cut), "") << size;
    same += cut == whole;
  }
  EXPECT_LT(same, 100);
  for (size_t i = 0; i < bytes.size(); i += 7) {
    std::vector<uint8_t> changed = bytes;
    changed[i] ^= 0x55;
    EXPECT_EQ(Problem(Make(1, {}, changed)), "") << i;
  }
}

TEST(GenerateTest, UniformBytesEnd) {
  for (int value = 0; value < 256; ++value) {
    const std::vector<uint8_t> bytes(5000, static_cast<uint8_t>(value));
    EXPECT_EQ(Problem(Make(1, {}, bytes)), "") << value;
  }
}

TEST(GenerateTest, FeaturesThatAreOffAreNotUsed) {
  for (int i = 1; i < wasm::kFeatureCount; ++i) {
    GenerateOptions options;
    options.features.Remove(static_cast<Feature>(i));
    for (uint64_t seed = 0; seed < 300; ++seed) {
      EXPECT_EQ(Problem(Make(seed, options), options.features), "")
          << wasm::FeatureName(static_cast<Feature>(i)) << " " << seed;
    }
  }
}

TEST(GenerateTest, FewFeaturesAreEnough) {
  GenerateOptions options;
  for (int i = 0; i < wasm::kFeatureCount; ++i) {
    options.features = FeatureSet::Mvp();
    options.features.Add(static_cast<Feature>(i));
    for (uint64_t seed = 0; seed < 200; ++seed) {
      EXPECT_EQ(Problem(Make(seed, options), options.features), "")
          << wasm::FeatureName(static_cast<Feature>(i)) << " " << seed;
    }
  }
}

TEST(GenerateTest, AnySetOfFeaturesWillDo) {
  ByteSource random(3);
  for (uint64_t seed = 0; seed < 2000; ++seed) {
    GenerateOptions options;
    options.features = FeatureSet::FromBits(
        static_cast<uint32_t>(random.Bits(wasm::kFeatureCount)));
    options.canonicalize_nans = random.OneIn(2);
    EXPECT_EQ(Problem(Make(seed, options), options.features), "") << seed;
  }
}

}  // namespace
}  // namespace weft::check
