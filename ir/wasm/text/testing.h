// Texts in tests.
#ifndef WEFT_IR_WASM_TEXT_TESTING_H_
#define WEFT_IR_WASM_TEXT_TESTING_H_

#include <gtest/gtest.h>

#include <string>

#include "absl/strings/string_view.h"

namespace weft::wasm::testing {

// What ParseModuleText says about the module in `text`, as "LINE:COLUMN: why",
// or "" when it accepts it.
std::string ParseError(absl::string_view text);

enum Customs { kWithCustoms, kWithoutCustoms };

// Whether both texts are the same binary module, with their custom sections,
// which names make, or without.
::testing::AssertionResult SameBinary(absl::string_view a, absl::string_view b,
                                      Customs customs = kWithoutCustoms);

}  // namespace weft::wasm::testing

#endif  // WEFT_IR_WASM_TEXT_TESTING_H_
