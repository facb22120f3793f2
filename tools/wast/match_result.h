// Whether a value is what a script expects.
#ifndef WEFT_TOOLS_WAST_MATCH_RESULT_H_
#define WEFT_TOOLS_WAST_MATCH_RESULT_H_

#include <string>

#include "exec/store.h"
#include "exec/value.h"
#include "ir/wasm/text/script.h"

namespace weft::tools {

// Whether `value`, of `store`, matches any of the patterns.
bool MatchesResult(const exec::Store& store, const exec::Val& value,
                   const wasm::ExpectedResult& expected);

// "i32 0x0000002a", "(ref.null)"; for messages.
std::string DescribeValue(const exec::Val& value);

}  // namespace weft::tools

#endif  // WEFT_TOOLS_WAST_MATCH_RESULT_H_
