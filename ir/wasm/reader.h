// Reading of binary modules (spec 5.5).
#ifndef WEFT_IR_WASM_READER_H_
#define WEFT_IR_WASM_READER_H_

#include "absl/status/statusor.h"
#include "ir/wasm/features.h"
#include "ir/wasm/module.h"

namespace weft::wasm {

struct ReadOptions {
  // What sections and, later, bodies may use.
  FeatureSet features = FeatureSet::All();
};

// Decodes all sections of the module in `bytes`; bodies stay unread but for
// their sizes. The result borrows from `bytes`. What is checked is the format:
// order and sizes of sections, encodings, counts that have to agree, features,
// limits, and that types refer to types only; ValidateModule checks the rest.
// Memory and time are in proportion to the bytes, whatever counts they claim.
//
// Errors: InvalidArgument (malformed, or not a core module: a component, text,
// compressed), Unimplemented (feature off), ResourceExhausted (a limit, which
// is named). Messages end in "at offset N in <section>".
absl::StatusOr<Module> ReadModule(ByteSpan bytes,
                                  const ReadOptions& options = {});

// Whether `bytes` begin as a component of the Component Model does.
bool IsComponent(ByteSpan bytes);

}  // namespace weft::wasm

#endif  // WEFT_IR_WASM_READER_H_
