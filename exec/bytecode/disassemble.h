// Bytecode as text.
#ifndef WEFT_EXEC_BYTECODE_DISASSEMBLE_H_
#define WEFT_EXEC_BYTECODE_DISASSEMBLE_H_

#include <string>

#include "exec/bytecode/decoder.h"
#include "exec/bytecode/function_code.h"
#include "exec/bytecode/listing.h"

namespace weft::exec {

// The instructions of `code`, which `decoder` knows. Ends where there is none.
Listing List(const FunctionCode& code, const InstructionDecoder& decoder);

// A line for the function and one per instruction.
std::string ListingText(const Listing& listing);

}  // namespace weft::exec

#endif  // WEFT_EXEC_BYTECODE_DISASSEMBLE_H_
