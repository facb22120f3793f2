// What can be proved about active segments before instantiation.
#ifndef WEFT_PASSES_SEGMENT_BOUNDS_H_
#define WEFT_PASSES_SEGMENT_BOUNDS_H_

#include <cstdint>
#include <optional>

#include "ir/wasm/module.h"

namespace weft::passes {

// The value of an integer constant expression, i32 zero-extended: constants,
// additions, subtractions, multiplications and immutable globals that the
// module defines. Nothing when it depends on an import or is not understood.
std::optional<uint64_t> ConstantValue(const wasm::Module& module,
                                      const wasm::ConstExpr& expr);

// Whether the active segment is certain not to trap at instantiation: a
// constant range inside of the declared minimum, which an imported memory or
// table has as well (spec 4.5.3.2). REQUIRES: mode is kActive.
bool IsInBounds(const wasm::Module& module, const wasm::DataSegment& segment);
bool IsInBounds(const wasm::Module& module, const wasm::ElemSegment& segment);

}  // namespace weft::passes

#endif  // WEFT_PASSES_SEGMENT_BOUNDS_H_
