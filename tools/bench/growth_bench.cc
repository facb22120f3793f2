// What doubling an input costs: growth_bench WEFT [OPTION...], where WEFT is
// the program and the options are given to `weft opt` (default -Oz).
//
// Prints user time and peak memory at half, full and double size and the
// ratios of the last two. Times are minima of several runs.
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <string>
#include <vector>

#include "tools/bench/child_process.h"
#include "tools/bench/growth_inputs.h"

namespace weft::tools {
namespace {

constexpr int kRuns = 3;

struct Cost {
  double seconds = 1e9;
  double mebibytes = 1e9;
};

// The least of several runs.
bool Measure(const std::vector<std::string>& command, const std::string& log,
             Cost* cost) {
  for (int i = 0; i < kRuns; ++i) {
    ChildOptions options;
    options.core = 0;
    options.log = log;
    const absl::StatusOr<Usage> usage = RunChild(command, options);
    if (!usage.ok()) {
      std::fprintf(stderr, "%s\n", usage.status().ToString().c_str());
      return false;
    }
    cost->seconds =
        std::min(cost->seconds, usage->user_seconds + usage->system_seconds);
    cost->mebibytes = std::min(
        cost->mebibytes, static_cast<double>(usage->peak_bytes) / (1 << 20));
  }
  return true;
}

int Main(int argc, char** argv) {
  if (argc < 2) {
    std::fprintf(stderr, "usage: growth_bench WEFT [OPTION...]\n");
    return 2;
  }
  const char* tmp = std::getenv("TMPDIR");
  const std::string stem = std::string(tmp != nullptr ? tmp : "/tmp") +
                           "/growth-" + std::to_string(getpid());
  const std::string in = stem + ".in.wasm";
  const std::string out = stem + ".out.wasm";
  const std::string log = stem + ".log";
  std::vector<std::string> options(argv + 2, argv + argc);
  if (options.empty()) options = {"-Oz"};
  std::printf("%-10s %9s %27s %27s %7s %7s\n", "input", "size",
              "seconds at 1/2, 1, 2", "MiB at 1/2, 1, 2", "time x", "memory x");
  int failures = 0;
  for (const GrowthInput& input : GrowthInputs()) {
    Cost costs[3];
    bool ok = true;
    for (int step = 0; step < 3 && ok; ++step) {
      const std::vector<uint8_t> bytes = input.make(input.size / 2 << step);
      std::ofstream file(in, std::ios::binary);
      file.write(reinterpret_cast<const char*>(bytes.data()),
                 static_cast<std::streamsize>(bytes.size()));
      file.close();
      std::vector<std::string> command = {argv[1], "opt", in,       "-o",
                                          out,     "-j1", "--quiet"};
      command.insert(command.end(), options.begin(), options.end());
      ok = Measure(command, log, &costs[step]);
    }
    failures += ok ? 0 : 1;
    std::printf("%-10s %9u %9.3f%9.3f%9.3f %9.1f%9.1f%9.1f %7.2f %7.2f\n",
                std::string(input.name).c_str(), input.size, costs[0].seconds,
                costs[1].seconds, costs[2].seconds, costs[0].mebibytes,
                costs[1].mebibytes, costs[2].mebibytes,
                costs[2].seconds / costs[1].seconds,
                costs[2].mebibytes / costs[1].mebibytes);
    std::fflush(stdout);
  }
  unlink(in.c_str());
  unlink(out.c_str());
  unlink(log.c_str());
  return failures == 0 ? 0 : 1;
}

}  // namespace
}  // namespace weft::tools

int main(int argc, char** argv) { return weft::tools::Main(argc, argv); }
