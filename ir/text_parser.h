// Reads the text form of functions; its grammar is in ir/text_printer.h.
#ifndef WEFT_IR_TEXT_PARSER_H_
#define WEFT_IR_TEXT_PARSER_H_

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "ir/function.h"
#include "ir/wasm/module.h"

namespace weft::ir {

// Fills `*function` (cleared first) from `text`, a function as a body of
// `module`. Numbers of values and labels may be any; each is defined before it
// is used. What PrintFunction wrote comes back, with other ids, so that it
// prints the same and lowers to the same bytes. Of the invariants of the SSA
// form only those are checked that the text could not be read without: Verify
// what was written by hand.
// Errors: InvalidArgument with line and column.
absl::Status ParseFunction(const wasm::Module& module, absl::string_view text,
                           Function* function);

}  // namespace weft::ir

#endif  // WEFT_IR_TEXT_PARSER_H_
