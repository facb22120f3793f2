// A look at the next tokens of a text, what they have to be, and the error when
// they are something else: what the parsers of modules and scripts share.
#ifndef WEFT_IR_WASM_TEXT_TOKEN_READER_H_
#define WEFT_IR_WASM_TEXT_TOKEN_READER_H_

#include <cstdint>
#include <deque>
#include <string>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "ir/wasm/text/lexer.h"
#include "ir/wasm/text/numbers.h"

namespace weft::wasm {

// Methods that return bool return false after an error, which status() then
// has; the first one stays. The place is then of no use any more.
class TokenReader {
 public:
  // Whether annotations of that name are for the parser to see. All others are
  // skipped like white space, after a look at their tokens.
  using KnownAnnotation = bool (*)(absl::string_view name);
  static bool NoAnnotation(absl::string_view) { return false; }

  // Reads text[begin, end). `text` and `file`, which errors name, are borrowed.
  // REQUIRES: begin <= end <= text.size() <= kMaxTextSize.
  TokenReader(absl::string_view text, uint32_t begin, uint32_t end,
              absl::string_view file, KnownAnnotation known);

  const Token& peek() const { return token_; }
  TokenKind kind() const { return token_.kind; }
  absl::string_view Text(const Token& token) const {
    return lexer_.Text(token);
  }
  absl::string_view text() const { return Text(token_); }

  // To the token after this one. After an error it stays.
  void Advance() {
    if (has_second_) {
      token_ = second_;
      has_second_ = false;
      return;
    }
    token_ = lexer_.Next();
    if (token_.kind == TokenKind::kAnnotation) SkipUnknown(&token_);
  }
  // To the first token at or behind `position`.
  void Seek(uint32_t position);

  // Whether this token is "(" and the next one that keyword.
  bool AtForm(absl::string_view word) {
    return token_.kind == TokenKind::kLeft && FormWord() == word;
  }
  // The keyword behind this "(", or "" when they are not that.
  absl::string_view FormWord();
  bool AtKeyword(absl::string_view word) const {
    return token_.kind == TokenKind::kKeyword && text() == word;
  }
  bool AtId() const {
    return token_.kind == TokenKind::kId || token_.kind == TokenKind::kQuotedId;
  }
  // Whether this is the annotation of that name (a kAnnotation lasts to its
  // kRight).
  bool AtAnnotation(absl::string_view name) const {
    return token_.kind == TokenKind::kAnnotation && AnnotationName() == name;
  }
  absl::string_view AnnotationName() const;

  // Each takes what it names if it is there.
  bool TakeForm(absl::string_view word);
  bool TakeKeyword(absl::string_view word);
  bool TakeRight();

  // Each takes what has to be there, or fails with "expected ...".
  bool ExpectLeft();
  bool ExpectRight();
  bool ExpectForm(absl::string_view word);
  bool ExpectKeyword(absl::string_view word);
  // A string's bytes, as StringBytes.
  bool ExpectString(absl::string_view* bytes);
  // A string that has to be UTF-8.
  bool ExpectName(absl::string_view* name);
  // An unsigned number of at most `max`; `what` is what was expected.
  bool ExpectUnsigned(const char* what, uint64_t max, uint64_t* value);
  bool ExpectU32(const char* what, uint32_t* value);

  // With this token being "(" or an annotation: moves behind what closes it.
  // Does not look at tokens between.
  bool SkipForm();
  // Behind what closes the innermost parenthesis open here, which errors show
  // at `open`.
  bool SkipToClose(uint32_t open);

  // What the string or identifier `token` stands for: a part of the text, or
  // of a copy that this reader owns.
  absl::string_view StringBytes(const Token& token);
  absl::string_view IdName(const Token& token);

  // Fails with "expected WHAT, found ..." at this token.
  bool FailExpected(absl::string_view what);
  // Fails with `message` at `offset`, in the form of RenderTextError.
  bool FailAt(uint32_t offset, absl::string_view message,
              absl::StatusCode code = absl::StatusCode::kInvalidArgument);
  bool Fail(absl::string_view message) { return FailAt(token_.begin, message); }
  // Fails for a number that is not what it has to be, if it is not.
  bool CheckNumber(NumberResult result, const Token& token,
                   absl::string_view what);

  const absl::Status& status() const { return status_; }
  bool ok() const { return status_.ok(); }

 private:
  // While *token is the beginning of an annotation that is not known, replaces
  // it by the token behind it.
  void SkipUnknown(Token* token);
  bool SkipFrom(uint32_t open);
  absl::string_view QuotedBytes(absl::string_view quoted);
  std::string Describe(const Token& token) const;

  absl::string_view source_;
  absl::string_view file_;
  KnownAnnotation known_;
  Lexer lexer_;
  Token token_;
  Token second_;
  bool has_second_ = false;
  absl::Status status_;
  std::deque<std::string> strings_;  // Decoded ones; their place is fixed.
};

}  // namespace weft::wasm

#endif  // WEFT_IR_WASM_TEXT_TOKEN_READER_H_
