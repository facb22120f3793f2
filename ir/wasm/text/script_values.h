// Constants and result patterns of test scripts.
#ifndef WEFT_IR_WASM_TEXT_SCRIPT_VALUES_H_
#define WEFT_IR_WASM_TEXT_SCRIPT_VALUES_H_

#include "ir/wasm/text/script.h"
#include "ir/wasm/text/token_reader.h"

namespace weft::wasm {

// Each reads the form in parentheses that begins here. False with an error in
// `reader`.
bool ReadScriptValue(TokenReader* reader, ScriptValue* value);
bool ReadExpectedResult(TokenReader* reader, ExpectedResult* result);

}  // namespace weft::wasm

#endif  // WEFT_IR_WASM_TEXT_SCRIPT_VALUES_H_
