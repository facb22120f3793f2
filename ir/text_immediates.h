// Immediates of plain operators in the text form of functions.
#ifndef WEFT_IR_TEXT_IMMEDIATES_H_
#define WEFT_IR_TEXT_IMMEDIATES_H_

#include "ir/text_lexer.h"
#include "ir/wasm/operator.h"

namespace weft::ir {

// Reads the immediates of `op->op` as PrintFunction writes them, and makes
// the op that of another row where they decide between rows of one name
// (select, ref.test, ref.cast). `*type` becomes the type that a typed select
// names. REQUIRES: neither a region nor a branch.
bool ReadImmediates(TokenReader* reader, wasm::Operator* op,
                    wasm::ValueType* type);

}  // namespace weft::ir

#endif  // WEFT_IR_TEXT_IMMEDIATES_H_
