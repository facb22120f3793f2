#include "ir/text_lexer.h"

#include <string>

#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "ir/text_numbers.h"

namespace weft::ir {

namespace {

bool IsWordChar(char c) {
  return absl::ascii_isalnum(static_cast<unsigned char>(c)) || c == '_' ||
         c == '.';
}

bool IsDigit(char c) {
  return absl::ascii_isdigit(static_cast<unsigned char>(c));
}

struct HeapName {
  absl::string_view heap;
  absl::string_view nullable;  // The short form of (ref null heap).
  wasm::HeapType::Abstract type;
};

constexpr HeapName kHeapNames[] = {
    {"func", "funcref", wasm::HeapType::kFunc},
    {"nofunc", "nullfuncref", wasm::HeapType::kNoFunc},
    {"extern", "externref", wasm::HeapType::kExtern},
    {"noextern", "nullexternref", wasm::HeapType::kNoExtern},
    {"any", "anyref", wasm::HeapType::kAny},
    {"eq", "eqref", wasm::HeapType::kEq},
    {"i31", "i31ref", wasm::HeapType::kI31},
    {"struct", "structref", wasm::HeapType::kStruct},
    {"array", "arrayref", wasm::HeapType::kArray},
    {"none", "nullref", wasm::HeapType::kNone},
    {"exn", "exnref", wasm::HeapType::kExn},
    {"noexn", "nullexnref", wasm::HeapType::kNoExn},
};

}  // namespace

// -- Tokens -------------------------------------------------------------------

// A reference: `prefix` characters, then digits.
void TokenReader::Prefixed(TokenKind kind, size_t prefix) {
  size_t end = pos_ + prefix;
  while (end < text_.size() && IsDigit(text_[end])) ++end;
  token_.text = text_.substr(pos_, end - pos_);
  const bool good =
      absl::SimpleAtoi(token_.text.substr(prefix), &token_.number);
  token_.kind = good ? kind : TokenKind::kBad;
  pos_ = end;
}

void TokenReader::Advance() {
  while (Char() == ' ' || Char() == '\t' || Char() == '\r') ++pos_;
  if (Char() == ';' && Char(1) == ';') {
    while (pos_ < text_.size() && Char() != '\n') ++pos_;
  }
  token_ = Token();
  token_.line = line_;
  token_.column = static_cast<int>(pos_ - line_begin_) + 1;
  if (pos_ == text_.size()) return;
  const char c = Char();
  if (c == '\n') {
    token_.kind = TokenKind::kNewline;
    ++pos_;
    ++line_;
    line_begin_ = pos_;
    return;
  }
  if (c == '%') return Prefixed(TokenKind::kValue, 1);
  if (c == '^') return Prefixed(TokenKind::kLabel, 1);
  if (c == '@' && Char(1) == 'x') return Prefixed(TokenKind::kLocal, 2);
  size_t end = pos_ + 1;
  if (c == '-' && Char(1) == '>') {
    token_.kind = TokenKind::kSymbol;
    ++end;
  } else if (IsDigit(c) || c == '-' || c == '+' ||
             text_.substr(pos_, 4) == "nan:") {
    token_.kind = TokenKind::kNumber;
    // Signs belong to it behind an exponent: 'p' always, 'e' in decimals.
    const bool hex = text_.substr(pos_, 4).find("0x") != text_.npos;
    while (end < text_.size()) {
      const char d = text_[end];
      const char before = text_[end - 1];
      const bool sign =
          (d == '-' || d == '+') && (before == 'p' || (before == 'e' && !hex));
      if (!IsWordChar(d) && d != ':' && !sign) break;
      ++end;
    }
  } else if (IsWordChar(c)) {
    token_.kind = TokenKind::kWord;
    while (end < text_.size() && IsWordChar(text_[end])) ++end;
  } else {
    token_.kind = TokenKind::kSymbol;
  }
  token_.text = text_.substr(pos_, end - pos_);
  pos_ = end;
}

Token TokenReader::Next() {
  const Token token = token_;
  Advance();
  return token;
}

bool TokenReader::Accept(absl::string_view wanted) {
  if (!token_.Is(wanted)) return false;
  Advance();
  return true;
}

bool TokenReader::Expect(absl::string_view wanted) {
  return Accept(wanted) || Fail(absl::StrCat("expected '", wanted, "'"));
}

void TokenReader::SkipNewlines() {
  while (token_.kind == TokenKind::kNewline) Advance();
}

bool TokenReader::ExpectNewline() {
  if (token_.kind == TokenKind::kEnd) return true;
  if (token_.kind != TokenKind::kNewline) return Fail("expected a new line");
  SkipNewlines();
  return true;
}

bool TokenReader::Fail(const Token& at, absl::string_view what) {
  if (!status_.ok()) return false;
  std::string found;
  if (at.kind == TokenKind::kEnd) {
    found = ", found the end";
  } else if (at.kind != TokenKind::kNewline) {
    found = absl::StrCat(", found '", at.text, "'");
  }
  status_ = absl::InvalidArgumentError(absl::StrCat(
      "line ", at.line, ", column ", at.column, ": ", what, found));
  return false;
}

// -- Numbers ------------------------------------------------------------------

bool TokenReader::Integer(uint64_t* value) {
  if (token_.kind != TokenKind::kNumber || !ParseInteger(token_.text, value)) {
    return Fail("expected an integer");
  }
  Advance();
  return true;
}

bool TokenReader::Index(uint32_t* index) {
  uint64_t value = 0;
  const Token at = token_;
  if (!Integer(&value)) return false;
  if (value > 0xffffffffu) return Fail(at, "the index is too large");
  *index = static_cast<uint32_t>(value);
  return true;
}

bool TokenReader::F32(uint64_t* bits) {
  uint32_t value = 0;
  const bool is_inf = token_.Is("inf");
  if ((token_.kind != TokenKind::kNumber && !is_inf) ||
      !ParseF32(token_.text, &value)) {
    return Fail("expected a float");
  }
  *bits = value;
  Advance();
  return true;
}

bool TokenReader::F64(uint64_t* bits) {
  const bool is_inf = token_.Is("inf");
  if ((token_.kind != TokenKind::kNumber && !is_inf) ||
      !ParseF64(token_.text, bits)) {
    return Fail("expected a float");
  }
  Advance();
  return true;
}

bool TokenReader::Reference(TokenKind kind, uint32_t* number) {
  if (token_.kind != kind) {
    return Fail(kind == TokenKind::kValue   ? "expected a value"
                : kind == TokenKind::kLabel ? "expected a label"
                                            : "expected a local");
  }
  *number = token_.number;
  Advance();
  return true;
}

// -- Types --------------------------------------------------------------------

bool TokenReader::HeapType(wasm::HeapType* heap) {
  if (token_.kind == TokenKind::kNumber) {
    uint32_t index = 0;
    if (!Index(&index)) return false;
    if (index >= 1u << 23) return Fail("the type's index is too large");
    *heap = wasm::HeapType::Defined(index);
    return true;
  }
  for (const HeapName& name : kHeapNames) {
    if (!Accept(name.heap)) continue;
    *heap = name.type;
    return true;
  }
  return Fail("expected a heap type");
}

bool TokenReader::RefType(wasm::ValueType* type) {
  for (const HeapName& name : kHeapNames) {
    if (!Accept(name.nullable)) continue;
    *type = wasm::ValueType::Ref(name.type, true);
    return true;
  }
  if (!Expect("(") || !Expect("ref")) return false;
  const bool null = Accept("null");
  wasm::HeapType heap;
  if (!HeapType(&heap) || !Expect(")")) return false;
  *type = wasm::ValueType::Ref(heap, null);
  return true;
}

bool TokenReader::ValueType(wasm::ValueType* type) {
  struct Number {
    absl::string_view name;
    wasm::ValueType::Kind kind;
  };
  constexpr Number kNumbers[] = {{"i32", wasm::ValueType::kI32},
                                 {"i64", wasm::ValueType::kI64},
                                 {"f32", wasm::ValueType::kF32},
                                 {"f64", wasm::ValueType::kF64},
                                 {"v128", wasm::ValueType::kV128}};
  for (const Number& number : kNumbers) {
    if (!Accept(number.name)) continue;
    *type = number.kind;
    return true;
  }
  return RefType(type);
}

}  // namespace weft::ir
