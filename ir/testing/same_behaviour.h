// One check for tests of lift and lower.
#ifndef WEFT_IR_TESTING_SAME_BEHAVIOUR_H_
#define WEFT_IR_TESTING_SAME_BEHAVIOUR_H_

#include <cstdint>
#include <vector>

#include "ir/testing/code.h"

namespace weft::ir::testing {

struct TestBody {
  Types params;
  Types results;
  Types locals;
  Code code;
};

// Fails the running test unless the body validates, lifts to a form that
// verifies, lowers to a body that validates, settles when that is repeated,
// and does the same as before for every list of arguments, with kGlobalI32
// starting as 0 and as 3. Returns the first lowered body.
std::vector<uint8_t> ExpectSame(
    const TestBody& body, const std::vector<std::vector<uint64_t>>& arguments);

}  // namespace weft::ir::testing

#endif  // WEFT_IR_TESTING_SAME_BEHAVIOUR_H_
