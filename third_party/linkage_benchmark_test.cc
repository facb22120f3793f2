// Shows that a benchmark with the library's own main function builds and runs.
#include <cstdint>

#include "benchmark/benchmark.h"

namespace weft {
namespace {

void BM_Add(benchmark::State& state) {
  std::uint64_t sum = 0;
  for (auto _ : state) benchmark::DoNotOptimize(++sum);
}
BENCHMARK(BM_Add);

}  // namespace
}  // namespace weft
