// Local declarations at the head of a function body (spec 5.5.13).
#ifndef WEFT_IR_WASM_LOCALS_H_
#define WEFT_IR_WASM_LOCALS_H_

#include <vector>

#include "absl/status/status.h"
#include "absl/types/span.h"
#include "ir/wasm/bytes.h"
#include "ir/wasm/features.h"
#include "ir/wasm/types.h"

namespace weft::wasm {

// `count` consecutive locals of one type.
struct LocalGroup {
  uint32_t count = 0;
  ValueType type;
};

// Reads the declarations at the beginning of a body and leaves `reader` at its
// first operator. Replaces `*groups` by the groups as declared, empty ones
// included; the sum of their counts is at most LimitValue(Limit::kLocals).
// Errors: InvalidArgument, Unimplemented (feature off), ResourceExhausted.
absl::Status ReadLocals(ByteReader* reader, FeatureSet features,
                        std::vector<LocalGroup>* groups);

// The same with all features, appending one type per local to `*types`.
absl::Status ReadLocals(ByteReader* reader, std::vector<ValueType>* types);

// Appends declarations of `groups` in order; neighbours of one type are
// merged and empty groups left out.
void WriteLocals(absl::Span<const LocalGroup> groups, ByteWriter* out);

// The same for one type per local.
void WriteLocals(absl::Span<const ValueType> types, ByteWriter* out);

}  // namespace weft::wasm

#endif  // WEFT_IR_WASM_LOCALS_H_
