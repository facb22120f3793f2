// Bytecode as text.
#ifndef WEFT_EXEC_BYTECODE_DISASSEMBLE_H_
#define WEFT_EXEC_BYTECODE_DISASSEMBLE_H_

#include <string>

#include "absl/functional/function_ref.h"
#include "exec/bytecode/function_code.h"
#include "exec/bytecode/instr.h"

namespace weft::exec {

// One line per instruction: its cell, its name and its fields, in the order of
// the layout: @N a slot, ->N the cell that a branch goes to, #N a number.
// `id_at` tells the instruction at a cell; see exec/interpreter/dispatch.h.
std::string Disassemble(const FunctionCode& code,
                        absl::FunctionRef<InstrId(const Cell*)> id_at);

}  // namespace weft::exec

#endif  // WEFT_EXEC_BYTECODE_DISASSEMBLE_H_
