// What the fields of an instruction mean, a letter per field of its layout:
// what the verifier asks of them.
//
//   -  unused                                #  any number
//   .  a list, whose elements depend on the instruction
//
// Slots, of results and operands:
//   n  a number of one slot                  v  two slots of numbers
//   r  a reference                           e  a number or a reference
//   x  a number or a reference, the same for all x of the instruction
//   z  a number, or a reference if the immediate is 0, which is null
//   w  two slots of anything
//   g  what the global holds                 k  what a field or element holds
//
// Numbers:
//   f  defined function      F  imported one       a  any function
//   T  table                 M  memory             D  data segment
//   E  element segment       G  cell of a global   I  imported global
//   Y  function type         S  struct type        A  array type
//   X  tag                   H  bits of a reference type of the engine
//   K  StorageKind           O  offset of a field
//   C  size of the list      q  operators charged  Z  any slot, or more of them
//   R  slots of a range
//   B  place of a block in the module's code
//   b  begin of a callee's frame, or where its arguments lie
//   N  slots of a callee's arguments
//   l  lane                  y  lanes of a shuffle, a byte each
//   @  offset into memory 0, kept in bounds by guard pages
//   c  offset into memory 0, kept in bounds by a comparison
//
// Targets:
//   >  forward               <  backward, or here  *  either
#ifndef WEFT_EXEC_BYTECODE_ROLE_H_
#define WEFT_EXEC_BYTECODE_ROLE_H_

#include <string_view>

#include "exec/bytecode/instr.h"

namespace weft::exec {

// The roles of all fields of LayoutOf(id).
std::string_view RolesOf(InstrId id);

// How many lanes the lane immediate of `op` counts.
// REQUIRES: it has one.
int LanesOf(wasm::Op op);

}  // namespace weft::exec

#endif  // WEFT_EXEC_BYTECODE_ROLE_H_
