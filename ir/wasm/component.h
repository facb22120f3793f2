// Core modules inside components (Component Model binary format): finding and
// replacing them. Everything else of a component passes through unread.
#ifndef WEFT_IR_WASM_COMPONENT_H_
#define WEFT_IR_WASM_COMPONENT_H_

#include <cstdint>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/status/statusor.h"
#include "ir/wasm/module.h"

namespace weft::wasm {

// The core modules of `component` in file order, those of nested components
// included, as parts of it. Errors: InvalidArgument for malformed frames of
// sections, ResourceExhausted for components nested deeper than
// LimitValue(kComponentDepth); with the byte offset.
absl::StatusOr<std::vector<ByteSpan>> FindCoreModules(ByteSpan component);

// Returns `component` with each core module replaced by what `replace` makes
// of it and sizes adjusted; all other sections keep their content. Errors as
// above, and what `replace` returns.
using ModuleReplacer =
    absl::FunctionRef<absl::StatusOr<std::vector<uint8_t>>(ByteSpan module)>;
absl::StatusOr<std::vector<uint8_t>> ReplaceCoreModules(ByteSpan component,
                                                        ModuleReplacer replace);

}  // namespace weft::wasm

#endif  // WEFT_IR_WASM_COMPONENT_H_
