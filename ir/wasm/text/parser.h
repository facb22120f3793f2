// The text format (spec 3.0, chapter 6): text to binary modules.
#ifndef WEFT_IR_WASM_TEXT_PARSER_H_
#define WEFT_IR_WASM_TEXT_PARSER_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "ir/wasm/features.h"
#include "ir/wasm/module.h"

namespace weft::wasm {

struct ParseTextOptions {
  // Operators of other features are refused, and without memory64 limits have
  // 32 bits. The binary that comes out may need features by its types and
  // sections; whoever reads it says which are on.
  FeatureSet features = FeatureSet::All();
  std::string file = "<input>";  // How errors call the text.
};

// Returns the binary form of the module in `text`, which is `(module ...)` or
// the fields of one: as the text says it, in the smallest encoding; a name
// section made of identifiers and (@name) annotations; custom sections of
// (@custom) and branch hints of (@metadata.code.branch_hint).
// docs/text-format.md says what else is understood.
//
// Checks what the text format demands, no more: the binary is well-formed but
// need not be valid. Nothing recurses; memory and time are in proportion to
// the text.
//
// Errors: InvalidArgument (malformed), Unimplemented (an operator's feature is
// off), ResourceExhausted (a limit; the text is longer than kMaxTextSize). The
// message is that of RenderTextError, with what was expected and what found.
absl::StatusOr<std::vector<uint8_t>> ParseModuleText(
    absl::string_view text, const ParseTextOptions& options = {});

// The same for text[begin, end), a module within a script that errors show.
// REQUIRES: begin <= end <= text.size().
absl::StatusOr<std::vector<uint8_t>> ParseModuleTextPart(
    absl::string_view text, size_t begin, size_t end,
    const ParseTextOptions& options = {});

// Whether `bytes` are text rather than a binary module: no magic number, and
// behind white space, comments and annotations a parenthesis.
bool LooksLikeText(ByteSpan bytes);

}  // namespace weft::wasm

#endif  // WEFT_IR_WASM_TEXT_PARSER_H_
