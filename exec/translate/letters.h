// Letters of signatures in ops.def.
#ifndef WEFT_EXEC_TRANSLATE_LETTERS_H_
#define WEFT_EXEC_TRANSLATE_LETTERS_H_

#include "ir/wasm/types.h"

namespace weft::exec {

// The type that a letter of a simple operator's signature stands for.
constexpr wasm::ValueType TypeOf(char letter) {
  switch (letter) {
    case 'i':
      return wasm::ValueType::kI32;
    case 'l':
      return wasm::ValueType::kI64;
    case 'f':
      return wasm::ValueType::kF32;
    case 'd':
      return wasm::ValueType::kF64;
    default:
      return wasm::ValueType::kV128;
  }
}

}  // namespace weft::exec

#endif  // WEFT_EXEC_TRANSLATE_LETTERS_H_
