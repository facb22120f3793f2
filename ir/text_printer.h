// The text form of a function in SSA form, which ir/text_parser.h reads back.
//
//     func (i32, i32) -> (i32) {
//       locals i64, f32*3
//       pinned 2
//       %0@x0 = param 0
//       %1@x1 = param 1
//       loop ^1 (%2@x1: i32 = %1) {
//         %3@x1 = i32.sub %2 %0
//         br_if ^1 %3 [%3]
//         exit
//       }
//       block ^2 {
//         %4 = i32.load offset=8 %3
//         br_if ^2 %4 [%4]
//         %5, %6 = call 3 %4
//         br_table %6 (^2 ^2 ^0) ^2 [%5] ^0 [%5]
//       } -> (%7: i32)
//       return [%7]
//     }
//
// A line is an instruction. `;;` begins a comment.
//
//   function = "func" types "->" types "{" {header | line} "}"
//   types    = "(" [type {"," type}] ")"
//   header   = "locals" type ["*" count] {"," type ["*" count]}
//              of the source's locals behind the parameters
//            | "pinned" index {"," index}
//   line     = [result {"," result} "="] operator immediates {value} [args]
//   result   = value ["@x" local] [":" type]
//              `local` is the source local; the type stands where it is not
//              what follows from operator and operands
//   value    = "%" number         numbered in the order of their definition
//   label    = "^" number         likewise; ^0 is the function
//   args     = "[" value {"," value} "]"     edge arguments; left out when none
//
// Types, operators and immediates are written as in WebAssembly's text format
// (spec 6), indices as numbers, floats in hexadecimal. Indices are never left
// out but for that of memory 0 in an address. Differing from it:
//
//   param i, default i, copy v    parameter, initial value of a local, copy
//   exit [args]                   falls off the end of a body
//   br, br_if, br_on_*            label, types of a cast, operand, arguments
//   br_table v (labels) {label args}    labels with the default last, then the
//                                 arguments per distinct label that takes any
//   block ^n { lines } params     the parameters of the label, if any, behind
//   if ^n v { lines } else { lines } params
//   loop ^n (result = value, ...) { lines }     parameters of the header, with
//                                 their first values
//   try_table ^n [catch tag label, catch_all label, ...] { lines } params
//   try ^n { lines } catch tag (results) { lines } catch_all { lines } params
//   try ^n { lines } delegate ^m params
//   params   = "->" "(" result {"," result} ")"
//
// Types of parameters are always written.
#ifndef WEFT_IR_TEXT_PRINTER_H_
#define WEFT_IR_TEXT_PRINTER_H_

#include <string>

#include "ir/function.h"
#include "ir/wasm/module.h"

namespace weft::ir {

// Appends the text of `function`, a body of `module`. The same for functions
// that differ in ids only. Linear. REQUIRES: it verifies.
void PrintFunction(const wasm::Module& module, const Function& function,
                   std::string* out);

}  // namespace weft::ir

#endif  // WEFT_IR_TEXT_PRINTER_H_
