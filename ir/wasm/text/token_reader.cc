#include "ir/wasm/text/token_reader.h"

#include "absl/strings/str_cat.h"
#include "ir/wasm/bytes.h"

namespace weft::wasm {
namespace {

// At most some characters of a token, for messages.
std::string Shown(absl::string_view text) {
  constexpr size_t kMost = 40;
  std::string shown;
  for (char c : text.substr(0, kMost)) {
    const bool control = static_cast<uint8_t>(c) < 0x20 || c == 0x7f;
    shown.push_back(control ? ' ' : c);
  }
  if (text.size() > kMost) {
    // Not half a character.
    while (!shown.empty() && (text[shown.size()] & 0xc0) == 0x80) {
      shown.pop_back();
    }
    shown += "...";
  }
  return shown;
}

}  // namespace

TokenReader::TokenReader(absl::string_view text, uint32_t begin, uint32_t end,
                         absl::string_view file, KnownAnnotation known)
    : source_(text), file_(file), known_(known), lexer_(text, begin, end) {
  Advance();
}

void TokenReader::Seek(uint32_t position) {
  has_second_ = false;
  lexer_.Seek(position);
  Advance();
}

void TokenReader::SkipUnknown(Token* token) {
  while (token->kind == TokenKind::kAnnotation) {
    const absl::string_view text = Text(*token);
    if (text == "(@" || text == "(@\"\"") {
      token->kind = TokenKind::kError;
      FailAt(token->begin, "annotation without a name");
      return;
    }
    if (known_(text[2] == '"' ? QuotedBytes(text.substr(2)) : text.substr(2))) {
      return;
    }
    if (!lexer_.SkipAnnotation()) {
      token->kind = TokenKind::kError;
      FailAt(lexer_.error_offset(), lexer_.error());
      return;
    }
    *token = lexer_.Next();
  }
}

absl::string_view TokenReader::FormWord() {
  if (token_.kind != TokenKind::kLeft) return "";
  if (!has_second_) {
    second_ = lexer_.Next();
    if (second_.kind == TokenKind::kAnnotation) SkipUnknown(&second_);
    has_second_ = true;
  }
  return second_.kind == TokenKind::kKeyword ? Text(second_) : "";
}

absl::string_view TokenReader::AnnotationName() const {
  const absl::string_view name = text().substr(2);
  return name[0] == '"' ? name.substr(1, name.size() - 2) : name;
}

bool TokenReader::TakeForm(absl::string_view word) {
  if (!AtForm(word)) return false;
  Advance();
  Advance();
  return true;
}

bool TokenReader::TakeKeyword(absl::string_view word) {
  if (!AtKeyword(word)) return false;
  Advance();
  return true;
}

bool TokenReader::TakeRight() {
  if (token_.kind != TokenKind::kRight) return false;
  Advance();
  return true;
}

bool TokenReader::ExpectLeft() {
  if (token_.kind != TokenKind::kLeft) return FailExpected("'('");
  Advance();
  return true;
}

bool TokenReader::ExpectRight() {
  if (token_.kind != TokenKind::kRight) return FailExpected("')'");
  Advance();
  return true;
}

bool TokenReader::ExpectForm(absl::string_view word) {
  return TakeForm(word) || FailExpected(absl::StrCat("'(", word, " ...'"));
}

bool TokenReader::ExpectKeyword(absl::string_view word) {
  return TakeKeyword(word) || FailExpected(absl::StrCat("'", word, "'"));
}

bool TokenReader::ExpectString(absl::string_view* bytes) {
  if (token_.kind != TokenKind::kString) return FailExpected("a string");
  *bytes = StringBytes(token_);
  Advance();
  return true;
}

bool TokenReader::ExpectName(absl::string_view* name) {
  if (token_.kind != TokenKind::kString) return FailExpected("a string");
  *name = StringBytes(token_);
  if (!IsUtf8(*name)) return Fail("malformed UTF-8 encoding");
  Advance();
  return true;
}

bool TokenReader::ExpectUnsigned(const char* what, uint64_t max,
                                 uint64_t* value) {
  if (token_.kind != TokenKind::kNumber) return FailExpected(what);
  const NumberResult result = ParseUnsigned(text(), max, value);
  if (!CheckNumber(result, token_, what)) return false;
  Advance();
  return true;
}

bool TokenReader::ExpectU32(const char* what, uint32_t* value) {
  uint64_t wide;
  if (!ExpectUnsigned(what, 0xffffffffu, &wide)) return false;
  *value = static_cast<uint32_t>(wide);
  return true;
}

bool TokenReader::SkipForm() {
  const uint32_t open = token_.begin;
  lexer_.Seek(token_.end);
  return SkipFrom(open);
}

bool TokenReader::SkipToClose(uint32_t open) {
  if (token_.kind == TokenKind::kError) return FailExpected("')'");
  lexer_.Seek(token_.begin);
  return SkipFrom(open);
}

bool TokenReader::SkipFrom(uint32_t open) {
  has_second_ = false;
  if (!lexer_.SkipToClose()) {
    return lexer_.error() == absl::string_view("unclosed parenthesis")
               ? FailAt(open, "expected ')' to close this '('")
               : FailAt(lexer_.error_offset(), lexer_.error());
  }
  Advance();
  return true;
}

absl::string_view TokenReader::QuotedBytes(absl::string_view quoted) {
  if (quoted.find('\\') == absl::string_view::npos) {
    return quoted.substr(1, quoted.size() - 2);
  }
  AppendStringBytes(quoted, &strings_.emplace_back());
  return strings_.back();
}

absl::string_view TokenReader::StringBytes(const Token& token) {
  return QuotedBytes(Text(token));
}

absl::string_view TokenReader::IdName(const Token& token) {
  const absl::string_view name = Text(token).substr(1);
  return token.kind == TokenKind::kQuotedId ? QuotedBytes(name) : name;
}

std::string TokenReader::Describe(const Token& token) const {
  const absl::string_view text = Text(token);
  switch (token.kind) {
    case TokenKind::kEnd:
      return "the end of the text";
    case TokenKind::kLeft: {
      Lexer lexer = lexer_;
      lexer.Seek(token.end);
      const Token word = lexer.Next();
      if (word.kind != TokenKind::kKeyword) return "'('";
      return absl::StrCat("'(", Shown(lexer.Text(word)), "'");
    }
    case TokenKind::kString:
      return absl::StrCat("the string ", Shown(text));
    case TokenKind::kAnnotation:
      return absl::StrCat("the annotation ", Shown(text), " ...)");
    case TokenKind::kReserved:
      if (text == "$" || text == "$\"\"") return "an empty identifier";
      [[fallthrough]];
    case TokenKind::kRight:
    case TokenKind::kKeyword:
    case TokenKind::kNumber:
    case TokenKind::kId:
    case TokenKind::kQuotedId:
    case TokenKind::kError:
      return absl::StrCat("'", Shown(text), "'");
  }
  return "";
}

bool TokenReader::FailExpected(absl::string_view what) {
  if (token_.kind == TokenKind::kError) {
    return FailAt(lexer_.error_offset(), lexer_.error());
  }
  return Fail(absl::StrCat("expected ", what, ", found ", Describe(token_)));
}

bool TokenReader::FailAt(uint32_t offset, absl::string_view message,
                         absl::StatusCode code) {
  if (status_.ok()) {
    status_ =
        absl::Status(code, RenderTextError(source_, file_, offset, message));
  }
  return false;
}

bool TokenReader::CheckNumber(NumberResult result, const Token& token,
                              absl::string_view what) {
  switch (result) {
    case NumberResult::kOk:
      return true;
    case NumberResult::kMalformed:
      return FailAt(token.begin, absl::StrCat("expected ", what, ", found '",
                                              Shown(Text(token)), "'"));
    case NumberResult::kOutOfRange:
      return FailAt(token.begin,
                    absl::StrCat(what, " out of range: ", Shown(Text(token))));
  }
  return false;
}

}  // namespace weft::wasm
