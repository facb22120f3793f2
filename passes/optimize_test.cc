// Whole pipelines over real modules: the programs of testdata, and the shared
// corpus where it is there.
#include "passes/optimize.h"

#include <cmath>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include "gtest/gtest.h"

namespace weft::passes {
namespace {

constexpr const char* kPrograms[] = {"calc",      "json",  "lz",
                                     "raytracer", "regex", "sudoku"};
constexpr const char* kCorpus[] = {
    "brotli",     "gcc-loops", "hashset",      "onig",      "regex",
    "resvg",      "rollup",    "rust-json",    "sourcemap", "sqljs",
    "treesitter", "ts-bash",   "wasi-adapter", "zstd"};
constexpr const char* kLevels[] = {"0", "1", "2", "3", "4", "s", "z"};

using Bytes = std::vector<uint8_t>;

Bytes ReadFile(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
}

std::vector<std::string> ProgramPaths() {
  std::vector<std::string> paths;
  for (const char* name : kPrograms) {
    for (const char* level : {"O0", "Os", "O2"}) {
      paths.push_back(std::string("testdata/programs/") + name + "/" + name +
                      "." + level + ".wasm");
    }
  }
  return paths;
}

std::vector<std::string> CorpusPaths() {
  std::vector<std::string> paths;
  const char* shared = std::getenv("WEFT_SHARED");
  if (shared == nullptr || *shared == '\0') return paths;
  for (const char* name : kCorpus) {
    paths.push_back(std::string(shared) + "/corpus/" + name + ".wasm");
  }
  return paths;
}

OptimizeOptions AtLevel(const char* level) {
  OptimizeOptions options;
  options.passes = *PipelineOf(level);
  return options;
}

OptimizeOptions WithPasses(const char* passes) {
  OptimizeOptions options;
  options.passes = *ParsePasses(passes);
  options.fallback = false;
  return options;
}

struct Sizes {
  double non_custom = 8;
  double code = 0;
};

Sizes After(const OptimizeReport& report) {
  Sizes sizes;
  for (const SectionReport& section : report.sections) {
    if (section.name != "custom") sizes.non_custom += section.after;
    if (section.name == "code") sizes.code = section.after;
  }
  return sizes;
}

Sizes Before(const OptimizeReport& report) {
  Sizes sizes;
  for (const SectionReport& section : report.sections) {
    if (section.name != "custom") sizes.non_custom += section.before;
    if (section.name == "code") sizes.code = section.before;
  }
  return sizes;
}

Bytes MustOptimize(const Bytes& input, const OptimizeOptions& options,
                   OptimizeReport* report) {
  absl::StatusOr<Bytes> output = Optimize(input, options, report);
  EXPECT_TRUE(output.ok()) << output.status();
  EXPECT_EQ(report->bodies_invalid, 0u);
  return output.ok() ? *output : Bytes();
}

// Geometric mean and maximum of ratios.
class Ratios {
 public:
  void Add(double ratio) {
    log_sum_ += std::log(ratio);
    worst_ = std::max(worst_, ratio);
    ++count_;
  }
  double mean() const { return std::exp(log_sum_ / count_); }
  double worst() const { return worst_; }

 private:
  double log_sum_ = 0;
  double worst_ = 0;
  int count_ = 0;
};

// No level enlarges a module, and all of them are accepted by the validator.
void CheckLevels(const std::vector<std::string>& paths) {
  for (const std::string& path : paths) {
    const Bytes input = ReadFile(path);
    ASSERT_FALSE(input.empty()) << path;
    for (const char* level : kLevels) {
      SCOPED_TRACE(path + " -O" + level);
      OptimizeReport report;
      MustOptimize(input, AtLevel(level), &report);
      EXPECT_LE(After(report).non_custom, Before(report).non_custom);
    }
  }
}

// Threads and schedules do not show in the output.
void CheckDeterminism(const std::vector<std::string>& paths) {
  for (const std::string& path : paths) {
    SCOPED_TRACE(path);
    const Bytes input = ReadFile(path);
    OptimizeOptions options = AtLevel("z");
    OptimizeReport report;
    const Bytes expected = MustOptimize(input, options, &report);
    for (int threads : {2, 8}) {
      options.threads = threads;
      for (uint64_t seed : {0, 1, 2}) {
        options.schedule_seed = seed;
        EXPECT_EQ(MustOptimize(input, options, &report), expected)
            << threads << " threads, seed " << seed;
      }
    }
  }
}

// Lifting and lowering alone: code against -O0's, and its fixed point.
void CheckRoundTrip(const std::vector<std::string>& paths, double max_mean,
                    double max_worst) {
  Ratios ratios;
  for (const std::string& path : paths) {
    SCOPED_TRACE(path);
    const Bytes input = ReadFile(path);
    OptimizeReport plain;
    MustOptimize(input, AtLevel("0"), &plain);
    const OptimizeOptions round_trip = WithPasses("roundtrip-ssa");
    OptimizeReport report;
    const Bytes once = MustOptimize(input, round_trip, &report);
    EXPECT_EQ(report.bodies_over_budget, 0u);
    ratios.Add(After(report).code / After(plain).code);
    EXPECT_EQ(MustOptimize(once, round_trip, &report), once)
        << "a second round trip changed something";
  }
  EXPECT_LE(ratios.mean(), max_mean);
  EXPECT_LE(ratios.worst(), max_worst);
  std::printf("round trip: geometric mean %.4f, worst %.4f\n", ratios.mean(),
              ratios.worst());
}

double SizeRatio(const std::vector<std::string>& paths, bool fallback) {
  Ratios ratios;
  for (const std::string& path : paths) {
    SCOPED_TRACE(path);
    OptimizeOptions options = AtLevel("z");
    options.fallback = fallback;
    OptimizeReport report;
    MustOptimize(ReadFile(path), options, &report);
    ratios.Add(After(report).non_custom / Before(report).non_custom);
  }
  std::printf("-Oz%s: geometric mean %.4f\n", fallback ? "" : " --no-fallback",
              ratios.mean());
  return ratios.mean();
}

TEST(Programs, NoLevelEnlarges) { CheckLevels(ProgramPaths()); }
TEST(Programs, Deterministic) { CheckDeterminism(ProgramPaths()); }
TEST(Programs, RoundTrip) { CheckRoundTrip(ProgramPaths(), 0.95, 1.0); }
TEST(Programs, Size) { EXPECT_LE(SizeRatio(ProgramPaths(), true), 0.80); }

class Corpus : public testing::Test {
 protected:
  void SetUp() override {
    if (CorpusPaths().empty()) {
      GTEST_SKIP() << "no shared corpus: WEFT_SHARED is not set";
    }
  }
};

TEST_F(Corpus, NoLevelEnlarges) { CheckLevels(CorpusPaths()); }
TEST_F(Corpus, Deterministic) { CheckDeterminism(CorpusPaths()); }
TEST_F(Corpus, RoundTrip) { CheckRoundTrip(CorpusPaths(), 1.005, 1.03); }
TEST_F(Corpus, Size) {
  EXPECT_LE(SizeRatio(CorpusPaths(), true), 0.945);
  EXPECT_LE(SizeRatio(CorpusPaths(), false), 0.955);
}

TEST(Errors, ComeFromTheReader) {
  const Bytes component = {0, 'a', 's', 'm', 0x0d, 0, 1, 0};
  const auto output = Optimize(component, AtLevel("z"), nullptr);
  ASSERT_FALSE(output.ok());
  EXPECT_NE(output.status().message().find("component"), std::string::npos);
  EXPECT_FALSE(Optimize({}, AtLevel("z"), nullptr).ok());
}

}  // namespace
}  // namespace weft::passes
