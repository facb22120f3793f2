// Checks that a function in SSA form keeps the invariants of ir/function.h.
#ifndef WEFT_IR_VERIFIER_H_
#define WEFT_IR_VERIFIER_H_

#include "absl/status/status.h"
#include "ir/function.h"
#include "ir/wasm/module.h"

namespace weft::ir {

// OK when `function` is well-formed as a body of `module`:
//
//  - lists: links agree in both directions, every instruction stands in one
//    list, every region belongs to its instruction and bodies to their region;
//    nothing deleted is referred to; flags are zero;
//  - control: terminators stand last and nowhere else; where the end of a body
//    is reached a kExit closes it; a region whose end is not reached stands
//    last in its body and has no parameters; targets enclose their branch;
//  - parameters: instructions and lists agree in number, order and position;
//    those of source locals come first; the results of an instruction with
//    several follow it;
//  - types: operands and edge arguments, implicit ones included, are subtypes
//    of what is wanted, counts are exact; a value's type is a supertype of what
//    its operator gives;
//  - dominance: definitions dominate their uses; the value that a branch
//    leaves on its fallthrough is used only there;
//  - pinned locals are accessed by local.get, local.set and local.tee alone,
//    and no others are;
//  - the targets of a br_table receive the same label values.
//
// Time and memory are linear but for subtyping between defined types, and for
// br_table, which is linear in its operands. Not recursive.
// Errors: Internal, naming the rule and the instruction, with its neighbours.
absl::Status Verify(const wasm::Module& module, const Function& function);

}  // namespace weft::ir

#endif  // WEFT_IR_VERIFIER_H_
