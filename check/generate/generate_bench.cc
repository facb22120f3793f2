// Time that a module takes, by its size:
//
//   ./bazelw run -c opt //check/generate:generate_bench
#include <chrono>
#include <cstdint>
#include <cstdio>

#include "check/generate/generate.h"

int main() {
  using Clock = std::chrono::steady_clock;
  for (const uint32_t max_bytes : {64u, 256u, 1024u, 4096u, 32768u}) {
    weft::check::GenerateOptions options;
    options.max_bytes = max_bytes;
    constexpr uint64_t kModules = 5000;
    uint64_t bytes = 0;
    const Clock::time_point begin = Clock::now();
    for (uint64_t seed = 0; seed < kModules; ++seed) {
      weft::check::ByteSource source(seed);
      bytes += weft::check::Generate(options, source).size();
    }
    const std::chrono::duration<double> seconds = Clock::now() - begin;
    std::printf("max_bytes %5u: %6.1f us, %7.1f bytes each\n", max_bytes,
                seconds.count() * 1e6 / kModules,
                static_cast<double>(bytes) / kModules);
  }
}
