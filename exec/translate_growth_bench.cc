// What doubling a body costs the executor: translate_growth_bench [RUNS]
//
// For each shape of //exec:testing_growth, fused and not: CPU time of
// translation alone, memory that it takes beyond the module (peak), and bytes
// of bytecode, at half, full and double size, with the ratios of neighbours.
// Medians of several runs, each in a process of its own.
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <ctime>
#include <string>
#include <utility>
#include <vector>

#include "exec/bytecode/function_code.h"
#include "exec/compiled_module.h"
#include "exec/module.h"
#include "exec/testing_growth.h"

namespace weft::exec {
namespace {

using testing::GrowthModule;
using testing::GrowthShape;

struct Cost {
  double seconds = 0;
  double mebibytes = 0;       // Peak, beyond what there was before.
  double code_mebibytes = 0;  // Bytecode alone.
};

// A row of /proc/self/status, in MiB.
double StatusRow(const char* name) {
  std::FILE* file = std::fopen("/proc/self/status", "re");
  if (file == nullptr) return 0;
  char line[256];
  double kibibytes = 0;
  while (std::fgets(line, sizeof(line), file) != nullptr) {
    if (std::strncmp(line, name, std::strlen(name)) != 0) continue;
    kibibytes = std::strtod(line + std::strlen(name) + 1, nullptr);
    break;
  }
  std::fclose(file);
  return kibibytes / 1024;
}

double CpuSeconds() {
  timespec now;
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) +
         static_cast<double>(now.tv_nsec) * 1e-9;
}

// From here on the peak of memory is counted anew.
void ResetPeak() {
  std::FILE* file = std::fopen("/proc/self/clear_refs", "we");
  if (file == nullptr) return;
  std::fputs("5", file);
  std::fclose(file);
}

// In a process that does nothing else.
bool Translate(const GrowthShape& shape, uint32_t size, bool fuse, Cost* cost) {
  const Engine engine({.fuse = fuse});
  GrowthModule made = shape.make(size);
  const auto module = Module::Compile(engine, std::move(made.bytes));
  if (!module.ok()) {
    std::fprintf(stderr, "%s\n", module.status().ToString().c_str());
    return false;
  }
  const ModuleCode& code = *module->data()->code;
  constexpr Bounds kBounds = Bounds::kExplicit;
  ResetPeak();
  const double before = StatusRow("VmRSS");
  const double begin = CpuSeconds();
  const absl::Status status = code.TranslateAll(kBounds, 1);
  cost->seconds = CpuSeconds() - begin;
  cost->mebibytes = StatusRow("VmHWM") - before;
  if (!status.ok()) {
    std::fprintf(stderr, "%s\n", status.ToString().c_str());
    return false;
  }
  const FunctionCode* const function =
      code.FindCode(code.entries(kBounds)[0].code.load());
  cost->code_mebibytes = function->num_cells * 8.0 / (1 << 20);
  return true;
}

double Median(std::vector<double> values) {
  const auto middle = values.begin() + values.size() / 2;
  std::nth_element(values.begin(), middle, values.end());
  return *middle;
}

// Medians of `runs`, each in a child.
bool Measure(const GrowthShape& shape, uint32_t size, bool fuse, int runs,
             Cost* median) {
  std::vector<double> seconds;
  std::vector<double> mebibytes;
  for (int i = 0; i < runs; ++i) {
    int ends[2];
    if (pipe(ends) != 0) return false;
    const pid_t child = fork();
    if (child < 0) return false;
    if (child == 0) {
      Cost cost;
      const bool ok = Translate(shape, size, fuse, &cost) &&
                      write(ends[1], &cost, sizeof(cost)) == sizeof(cost);
      _exit(ok ? 0 : 1);
    }
    close(ends[1]);
    Cost cost;
    const bool ok = read(ends[0], &cost, sizeof(cost)) == sizeof(cost);
    close(ends[0]);
    int status = 0;
    if (waitpid(child, &status, 0) != child || status != 0 || !ok) return false;
    seconds.push_back(cost.seconds);
    mebibytes.push_back(cost.mebibytes);
    median->code_mebibytes = cost.code_mebibytes;
  }
  median->seconds = Median(std::move(seconds));
  median->mebibytes = Median(std::move(mebibytes));
  return true;
}

bool PrintShape(const GrowthShape& shape, bool fuse, int runs) {
  Cost costs[3];
  for (int step = 0; step < 3; ++step) {
    if (!Measure(shape, shape.size / 2 << step, fuse, runs, &costs[step])) {
      std::printf("%-14s failed\n", std::string(shape.name).c_str());
      return false;
    }
  }
  std::printf(
      "%-14s %-5s %8u %7.3f%7.3f%7.3f %7.1f%7.1f%7.1f %7.1f%7.1f%7.1f "
      "%5.2f%5.2f %5.2f%5.2f %5.2f%5.2f\n",
      std::string(shape.name).c_str(), fuse ? "yes" : "no", shape.size,
      costs[0].seconds, costs[1].seconds, costs[2].seconds, costs[0].mebibytes,
      costs[1].mebibytes, costs[2].mebibytes, costs[0].code_mebibytes,
      costs[1].code_mebibytes, costs[2].code_mebibytes,
      costs[1].seconds / costs[0].seconds, costs[2].seconds / costs[1].seconds,
      costs[1].mebibytes / costs[0].mebibytes,
      costs[2].mebibytes / costs[1].mebibytes,
      costs[1].code_mebibytes / costs[0].code_mebibytes,
      costs[2].code_mebibytes / costs[1].code_mebibytes);
  std::fflush(stdout);
  return true;
}

int Main(int argc, char** argv) {
  const int runs = argc > 1 ? std::atoi(argv[1]) : 5;
  if (argc > 2 || runs <= 0) {
    std::fprintf(stderr, "usage: translate_growth_bench [RUNS]\n");
    return 2;
  }
  std::printf("%-14s %-5s %8s %21s %21s %21s %32s\n", "shape", "fused", "size",
              "seconds at 1/2, 1, 2", "peak MiB", "bytecode MiB",
              "ratios: time, peak, code");
  bool ok = true;
  for (const GrowthShape& shape : testing::GrowthShapes()) {
    for (const bool fuse : {true, false}) {
      ok = PrintShape(shape, fuse, runs) && ok;
    }
  }
  return ok ? 0 : 1;
}

}  // namespace
}  // namespace weft::exec

int main(int argc, char** argv) { return weft::exec::Main(argc, argv); }
