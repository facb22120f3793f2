// A small interpreter of function bodies, so that tests can tell whether a
// transformed body still does the same. Not the executor: it knows the part
// of WebAssembly that the tests of the SSA form use, and is written for them.
#ifndef WEFT_IR_TESTING_INTERPRETER_H_
#define WEFT_IR_TESTING_INTERPRETER_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/types/span.h"
#include "ir/testing/code.h"

namespace weft::ir::testing {

// What a body did.
struct Outcome {
  enum Kind { kReturned, kTrapped, kThrew, kOutOfFuel, kUnsupported };

  Kind kind = kReturned;
  std::vector<uint64_t> values;  // Results, or what was thrown.
  uint32_t tag = 0;              // kThrew.
  std::vector<uint32_t> trace;   // Arguments of kFuncTrace.
  std::vector<uint64_t> globals;
  std::vector<uint8_t> memory;
  std::string unsupported;  // The operator.

  friend bool operator==(const Outcome&, const Outcome&) = default;
};

// A line for each of the parts.
std::string ToString(const Outcome& outcome);

// Values that stand for references.
inline constexpr uint64_t kNullValue = ~uint64_t{0};

// Runs `body` as the body of `func` of a TestModule. Calls of kFuncTrace are
// recorded; from 1000 to 1002 its argument v throws tag v - 1000 with the
// values (v, 3 v) as far as the tag has them. Global kGlobalI32 starts as
// `global`, the other globals and the 64 KiB of memory kMemory32 as zero or
// null. Stops after `fuel` operators.
Outcome Interpret(const wasm::Module& module, uint32_t func,
                  wasm::ByteSpan body, absl::Span<const uint64_t> args,
                  uint64_t global = 0, int64_t fuel = 1000000);

}  // namespace weft::ir::testing

#endif  // WEFT_IR_TESTING_INTERPRETER_H_
