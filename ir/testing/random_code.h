// Random valid function bodies that end.
#ifndef WEFT_IR_TESTING_RANDOM_CODE_H_
#define WEFT_IR_TESTING_RANDOM_CODE_H_

#include <cstdint>

#include "ir/testing/code.h"

namespace weft::ir::testing {

struct RandomOptions {
  int statements = 12;  // About how many, in all.
  bool references = true;
  bool exceptions = true;
  bool legacy_exceptions = true;
  bool memory = true;
};

struct RandomFunction {
  Types params;
  Types results;
  Types locals;
  Code code;
};

// A body for a function of `*module`, to which block types may be added: the
// same for the same seed on every machine. Each loop counts down the global
// kGlobalI32 and traps when it is zero; all operators used are those that
// Interpret knows.
RandomFunction MakeRandomFunction(uint64_t seed, const RandomOptions& options,
                                  TestModule* module);

}  // namespace weft::ir::testing

#endif  // WEFT_IR_TESTING_RANDOM_CODE_H_
