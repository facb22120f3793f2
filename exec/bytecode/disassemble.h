// From bytecode to words.
#ifndef WEFT_EXEC_BYTECODE_DISASSEMBLE_H_
#define WEFT_EXEC_BYTECODE_DISASSEMBLE_H_

#include "exec/bytecode/decoder.h"
#include "exec/bytecode/function_code.h"
#include "exec/bytecode/listing.h"

namespace weft::exec {

// The instructions of `code`, which `decoder` knows. Ends where there is none;
// Listing::func counts defined functions.
Listing List(const FunctionCode& code, const InstructionDecoder& decoder);

}  // namespace weft::exec

#endif  // WEFT_EXEC_BYTECODE_DISASSEMBLE_H_
