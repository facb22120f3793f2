// Operators that make values.
#ifndef WEFT_CHECK_VOTES_MAKE_VALUE_H_
#define WEFT_CHECK_VOTES_MAKE_VALUE_H_

#include "check/random.h"
#include "check/votes/module_maker.h"
#include "ir/wasm/types.h"

namespace weft::check::votes {

// Zero or null.
void MakeZero(wasm::ValueType type, Code* code);

// A number that finds defects; of references null or, where one can be made
// without knowing the module, another one; exceptions have `tag`, which carries
// nothing. REQUIRES: the type has a default.
void MakeValue(wasm::ValueType type, wasm::TagIndex tag, ByteSource& source,
               Code* code);

}  // namespace weft::check::votes

#endif  // WEFT_CHECK_VOTES_MAKE_VALUE_H_
