// Instructions as text with the ids that they have in memory, for messages and
// debuggers; also of functions that are not well-formed. The text form proper
// is in ir/text_printer.h.
#ifndef WEFT_IR_DESCRIBE_H_
#define WEFT_IR_DESCRIBE_H_

#include <string>

#include "ir/function.h"

namespace weft::ir {

// One instruction on one line, without line end.
// REQUIRES: `id` is in range.
std::string DescribeInst(const Function& function, ValueId id);

// The instruction, marked, between its neighbours in its list, one a line.
// Empty when `id` is out of range.
std::string DescribeAround(const Function& function, ValueId id);

}  // namespace weft::ir

#endif  // WEFT_IR_DESCRIBE_H_
