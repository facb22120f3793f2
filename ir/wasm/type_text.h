// Types as the text format spells them (spec 6.4), for messages and printers.
#ifndef WEFT_IR_WASM_TYPE_TEXT_H_
#define WEFT_IR_WASM_TYPE_TEXT_H_

#include <string>

#include "absl/types/span.h"
#include "ir/wasm/types.h"

namespace weft::wasm {

// "func", "extern", ..., or the index of a defined type in decimal.
std::string HeapTypeText(HeapType type);

// "i32", "funcref", "(ref null 3)", ...; "any type" for kBottom.
std::string ValueTypeText(ValueType type);

}  // namespace weft::wasm

#endif  // WEFT_IR_WASM_TYPE_TEXT_H_
