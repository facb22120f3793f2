// Measurements of two optimizers side by side.
#ifndef WEFT_TOOLS_BENCH_COMPARISON_H_
#define WEFT_TOOLS_BENCH_COMPARISON_H_

#include <string>
#include <vector>

#include "tools/bench/child_process.h"
#include "tools/bench/module_sizes.h"

namespace weft::tools {

// What one program made of one module.
struct Measurement {
  std::string error;  // Empty when all runs went well.
  ModuleSizes out;
  std::vector<Usage> runs;

  bool ok() const { return error.empty() && !runs.empty(); }
  double MinUserSeconds() const;
  double MedianUserSeconds() const;
  uint64_t PeakBytes() const;  // The largest of all runs.
};

struct ModuleComparison {
  std::string name;
  ModuleSizes in;
  Measurement weft;
  Measurement other;  // Has no runs when there is no other program.
};

struct Comparison {
  std::string weft_command;   // As run, with IN and OUT for the files.
  std::string other_command;  // Empty: no other program.
  std::vector<ModuleComparison> modules;
};

// weft's figures divided by the other's, as geometric means over the modules
// that both have done; 0 when there are none.
struct Means {
  double non_custom = 0;
  double code = 0;
  double speed = 0;  // Code bytes read per second of user time; larger is
                     // better.
  double memory = 0;
  int modules = 0;
};
Means MeansOf(const Comparison& comparison);

// Tables for people: sizes, then time and memory, then means and failures.
std::string ComparisonTable(const Comparison& comparison);

// The same and every single run, for programs.
std::string ComparisonJson(const Comparison& comparison);

}  // namespace weft::tools

#endif  // WEFT_TOOLS_BENCH_COMPARISON_H_
