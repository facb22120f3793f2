#include "ir/wasm/text/parser.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "ir/wasm/bytes.h"
#include "ir/wasm/text/field_parser.h"
#include "ir/wasm/text/lexer.h"
#include "ir/wasm/text/text_module.h"

namespace weft::wasm {
namespace {

// The place of the first byte that is not part of well-formed UTF-8.
size_t FirstMalformed(absl::string_view text) {
  size_t i = 0;
  while (i < text.size()) {
    const auto lead = static_cast<uint8_t>(text[i]);
    const size_t size = lead < 0x80 ? 1 : lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
    if (!IsUtf8(text.substr(i, size))) break;
    i += size;
  }
  return i;
}

class ModuleTextParser {
 public:
  ModuleTextParser(absl::string_view text, size_t begin, size_t end,
                   const ParseTextOptions& options)
      : module_(text, static_cast<uint32_t>(begin), static_cast<uint32_t>(end),
                options.file, options.features) {}

  absl::StatusOr<std::vector<uint8_t>> Parse() {
    TokenReader& reader = module_.reader;
    const bool is_wrapped = reader.TakeForm("module");
    if (is_wrapped && !Name()) return reader.status();
    FieldParser fields(&module_);
    if (!fields.Declare() || !End(is_wrapped) || !fields.Define()) {
      return reader.status();
    }
    if (!reader.ok()) return reader.status();
    return fields.Write();
  }

 private:
  bool Name() {
    module_.reader.TakeKeyword("definition");  // In scripts.
    Token id;
    if (!module_.TakeIdAndName(&id, &module_.names.module)) return false;
    module_.names.has_module = module_.names.module.data() != nullptr;
    return true;
  }

  // After the last field.
  bool End(bool is_wrapped) {
    TokenReader& reader = module_.reader;
    if (is_wrapped && !reader.ExpectRight()) return false;
    return reader.kind() == TokenKind::kEnd ||
           reader.FailExpected("the end of the text");
  }

  TextModule module_;
};

}  // namespace

absl::StatusOr<std::vector<uint8_t>> ParseModuleTextPart(
    absl::string_view text, size_t begin, size_t end,
    const ParseTextOptions& options) {
  if (text.size() > kMaxTextSize) {
    return absl::ResourceExhaustedError(
        absl::StrCat(options.file, ": error: text of ", text.size(),
                     " bytes, more than ", kMaxTextSize));
  }
  const absl::string_view part = text.substr(begin, end - begin);
  if (!IsUtf8(part)) {
    return absl::InvalidArgumentError(RenderTextError(
        text, options.file, static_cast<uint32_t>(begin + FirstMalformed(part)),
        "malformed UTF-8 encoding"));
  }
  return ModuleTextParser(text, begin, end, options).Parse();
}

absl::StatusOr<std::vector<uint8_t>> ParseModuleText(
    absl::string_view text, const ParseTextOptions& options) {
  return ParseModuleTextPart(text, 0, text.size(), options);
}

bool LooksLikeText(ByteSpan bytes) {
  const absl::string_view text(reinterpret_cast<const char*>(bytes.data()),
                               bytes.size());
  if (text.size() > kMaxTextSize) return false;
  Lexer lexer(text);
  Token token = lexer.Next();
  while (token.kind == TokenKind::kAnnotation) {
    if (!lexer.SkipAnnotation()) return true;
    token = lexer.Next();
  }
  return token.kind == TokenKind::kLeft;
}

}  // namespace weft::wasm
