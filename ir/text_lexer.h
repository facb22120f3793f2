// Words of the text form of functions.
#ifndef WEFT_IR_TEXT_LEXER_H_
#define WEFT_IR_TEXT_LEXER_H_

#include <cstdint>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "ir/wasm/types.h"

namespace weft::ir {

enum class TokenKind : uint8_t {
  kEnd,
  kNewline,
  kWord,    // Names of operators, types and the like.
  kNumber,  // Integers and floats, whatever they are.
  kValue,   // %number
  kLabel,   // ^number
  kLocal,   // @xnumber
  kSymbol,  // A punctuation character, or "->".
  kBad,
};

struct Token {
  TokenKind kind = TokenKind::kEnd;
  absl::string_view text;
  uint32_t number = 0;  // kValue, kLabel, kLocal.
  int line = 1;
  int column = 1;

  // Whether it is that word or symbol.
  bool Is(absl::string_view wanted) const {
    return (kind == TokenKind::kWord || kind == TokenKind::kSymbol) &&
           text == wanted;
  }
};

// Splits text into tokens, one ahead, and remembers the first error. Its
// methods return false on an error, and then leave the output alone.
class TokenReader {
 public:
  // Borrows `text`.
  explicit TokenReader(absl::string_view text) : text_(text) { Advance(); }

  const Token& peek() const { return token_; }
  Token Next();
  // Takes the token if it is that word or symbol.
  bool Accept(absl::string_view wanted);
  bool Expect(absl::string_view wanted);
  // Takes any number of line ends.
  void SkipNewlines();
  bool ExpectNewline();

  // Numbers.
  bool Index(uint32_t* index);
  bool Integer(uint64_t* value);
  bool F32(uint64_t* bits);
  bool F64(uint64_t* bits);
  // The number in a %, ^ or @x.
  bool Reference(TokenKind kind, uint32_t* number);

  // Types as in WebAssembly's text.
  bool HeapType(wasm::HeapType* heap);
  bool RefType(wasm::ValueType* type);
  bool ValueType(wasm::ValueType* type);

  // Records "line L, column C: what" for the next token, or for `at`.
  bool Fail(absl::string_view what) { return Fail(token_, what); }
  bool Fail(const Token& at, absl::string_view what);
  const absl::Status& status() const { return status_; }

 private:
  void Advance();
  char Char(size_t ahead = 0) const {
    return pos_ + ahead < text_.size() ? text_[pos_ + ahead] : '\0';
  }
  void Prefixed(TokenKind kind, size_t prefix);

  absl::string_view text_;
  size_t pos_ = 0;
  int line_ = 1;
  size_t line_begin_ = 0;
  Token token_;
  absl::Status status_;
};

}  // namespace weft::ir

#endif  // WEFT_IR_TEXT_LEXER_H_
