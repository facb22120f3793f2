// Tokens of the text format and of test scripts (spec 3.0, 6.2 and 6.3), and
// how errors point into a text.
#ifndef WEFT_IR_WASM_TEXT_LEXER_H_
#define WEFT_IR_WASM_TEXT_LEXER_H_

#include <cstdint>
#include <string>

#include "absl/strings/string_view.h"

namespace weft::wasm {

enum class TokenKind : uint8_t {
  kEnd,
  kLeft,        // (
  kRight,       // )
  kKeyword,     // Begins with a lower-case letter: i32.add, offset=4, inf.
  kNumber,      // Begins with a digit or sign; what follows is not checked.
  kId,          // $name
  kQuotedId,    // $"any name"
  kString,      // With its quotes; escapes are valid.
  kAnnotation,  // (@name or (@"any name"; what it says follows, then kRight.
  kReserved,    // Any other run of characters, which nothing may be.
  kError,       // Lexer::error() says what is wrong.
};

// A token is its place in the text.
struct Token {
  TokenKind kind = TokenKind::kEnd;
  uint32_t begin = 0;  // In bytes.
  uint32_t end = 0;
};

// The longest text: offsets have 32 bits.
inline constexpr uint64_t kMaxTextSize = 0xfffffff0u;

// Splits a text into tokens, skipping white space and comments. Allocates
// nothing. After kError it stays where it is.
class Lexer {
 public:
  // Borrows `text`. Positions are those in `text`; tokens are read from
  // `begin` on, and `end` counts as the end of the text.
  // REQUIRES: begin <= end <= text.size() <= kMaxTextSize.
  Lexer(absl::string_view text, uint32_t begin, uint32_t end)
      : base_(text.data()),
        pos_(text.data() + begin),
        end_(text.data() + end) {}
  explicit Lexer(absl::string_view text)
      : Lexer(text, 0, static_cast<uint32_t>(text.size())) {}

  Token Next();

  // The characters of a token.
  absl::string_view Text(const Token& token) const {
    return {base_ + token.begin, token.end - token.begin};
  }
  // Where the next token is looked for.
  uint32_t position() const { return static_cast<uint32_t>(pos_ - base_); }
  void Seek(uint32_t position) { pos_ = base_ + position; }

  // Moves behind the parenthesis that closes the innermost one open here,
  // without a look at the tokens between: only strings and comments are told
  // apart. False, with error(), when there is none before the end.
  bool SkipToClose();
  // The same behind a kAnnotation, looking at every token, as annotations that
  // mean nothing to the reader have to be well-formed nevertheless.
  bool SkipAnnotation();

  // After kError or a false result.
  const char* error() const { return error_; }
  uint32_t error_offset() const { return error_offset_; }

 private:
  Token Make(TokenKind kind, const char* begin, const char* end) {
    pos_ = end;
    return {kind, static_cast<uint32_t>(begin - base_),
            static_cast<uint32_t>(end - base_)};
  }
  Token Error(const char* what, const char* where);
  Token Word(TokenKind kind, const char* begin);
  Token Dollar(const char* begin);
  Token String(const char* begin);
  Token Left(const char* begin);
  Token Reserved(const char* begin);

  bool Fail(const char* what, const char* where);
  // Each moves `*p` behind what it is at; false with error() set.
  bool SkipBlockComment(const char** p);
  bool SkipString(const char** p);
  bool SkipEscape(const char** p);
  bool SkipEscapeUnicode(const char** p);
  // Passes blocks of characters that cannot close `*depth` parentheses.
  const char* SkipBlocks(const char* p, uint64_t* depth) const;

  const char* base_;
  const char* pos_;
  const char* end_;
  const char* error_ = "";
  uint32_t error_offset_ = 0;
};

// Appends the bytes that a string stands for. REQUIRES: a kString token's text,
// or the part of a kQuotedId or kAnnotation behind its first characters, with
// the quotes.
void AppendStringBytes(absl::string_view quoted, std::string* out);

// Line and column of a byte, both from 1. Columns count characters.
struct TextPosition {
  uint32_t line = 1;
  uint32_t column = 1;
};
TextPosition PositionInText(absl::string_view text, uint32_t offset);

// "FILE:LINE:COLUMN: error: MESSAGE", the line (a part, if it is long), and a
// caret below the byte at `offset`; the last line has no end.
std::string RenderTextError(absl::string_view text, absl::string_view file,
                            uint32_t offset, absl::string_view message);

}  // namespace weft::wasm

#endif  // WEFT_IR_WASM_TEXT_LEXER_H_
