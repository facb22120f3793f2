// Numbers and vectors of guests as text.
#ifndef WEFT_EXEC_VALUE_TEXT_H_
#define WEFT_EXEC_VALUE_TEXT_H_

#include <string>

#include "exec/value.h"

namespace weft::exec {

// Integers signed and in decimal; floats in the shortest form that reads back,
// NaNs as nan:0x and their payload; v128 as 0x and 32 digits, the last lane
// first; empty for references.
std::string NumberText(const Val& value);

}  // namespace weft::exec

#endif  // WEFT_EXEC_VALUE_TEXT_H_
