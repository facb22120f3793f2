// Binary modules as text (spec 6).
#ifndef WEFT_IR_WASM_TEXT_PRINTER_H_
#define WEFT_IR_WASM_TEXT_PRINTER_H_

#include <cstdint>
#include <functional>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "ir/wasm/module.h"
#include "ir/wasm/types.h"

namespace weft::wasm {

// What a parser can read: offsets in a text have 32 bits.
inline constexpr uint32_t kMaxPrintedSize = 0xfffffff0u;

struct PrintTextOptions {
  // Operators with their operands inside; else one operator a line.
  bool folded = true;
  // Without bodies, without the contents of segments and custom sections: "..."
  // stands in their place. The result is not for parsing.
  bool skeleton = false;
  // A comment (;@0xN;) behind each operator: its byte offset in the module.
  bool offsets = false;
  // Identifiers and names from the name section; else numbers, and no name
  // section in the text.
  bool names = true;
  // Print just the functions for which this is true, as fields without a
  // module around them. `name` is that of the name section, or else that of the
  // first export, or else empty.
  std::function<bool(FuncIndex, absl::string_view name)> only_functions =
      nullptr;
  // A longer text is refused; what is printed never takes much more memory.
  uint32_t max_size = kMaxPrintedSize;
};

// Returns `module` in the text format, ending in a line feed. Bodies need not
// validate, but their operators must decode and their blocks must be nested.
//
// Parsing the text of a module M that ReencodeModule made gives M back, byte
// for byte. Custom sections and what else the core format cannot say are in
// annotations, see annotations.h. A name section becomes identifiers; when
// those cannot reproduce it, it is in the text as a custom section besides.
//
// Time and memory are in proportion to module and text.
// Errors: InvalidArgument (malformed bodies), Unimplemented (an operator of a
// feature outside of Module::features), ResourceExhausted (a limit, max_size);
// those about the module with the offset in it.
absl::StatusOr<std::string> PrintModuleText(
    const Module& module, const PrintTextOptions& options = {});

}  // namespace weft::wasm

#endif  // WEFT_IR_WASM_TEXT_PRINTER_H_
