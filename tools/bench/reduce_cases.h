// Findings to measure the reducer with: modules and what is looked for in them.
#ifndef WEFT_TOOLS_BENCH_REDUCE_CASES_H_
#define WEFT_TOOLS_BENCH_REDUCE_CASES_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/types/span.h"
#include "check/reduce/reduce.h"
#include "ir/wasm/op.h"

namespace weft::tools {

struct ReduceCase {
  std::string name;
  std::vector<uint8_t> module;
  check::Interesting interesting;
};

// A wrong rewrite: `from` has become `to`. Both have one type.
struct Fault {
  wasm::Op from;
  wasm::Op to;
};

// Running the module's exports shows that `fault` makes a difference: results,
// traps, or memory behind. Imported functions return 0.
check::Interesting MiscompiledBy(Fault fault);

// A body has the operators one behind the other.
check::Interesting HasSequence(std::vector<wasm::Op> ops);

// A pass of that name changes something, and the operator is there before and
// nowhere afterwards.
check::Interesting RemovedBy(std::string pass, wasm::Op op);

}  // namespace weft::tools

#endif  // WEFT_TOOLS_BENCH_REDUCE_CASES_H_
