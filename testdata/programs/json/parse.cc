// Recursive descent with one byte of lookahead, O(size). Strings are checked to
// be UTF-8; the pairs of escapes for surrogates are joined.

#include "testdata/programs/json/parse.h"

#include <cstdlib>
#include <string>
#include <utility>

namespace json {
namespace {

constexpr int kMaxDepth = 100;
constexpr size_t kMaxIntegerDigits = 18;

class Parser {
 public:
  explicit Parser(std::string_view text) : text_(text) {}

  bool ParseText(Value* value) {
    if (!ParseValue(value)) return false;
    SkipBlanks();
    return at_ == text_.size() || Fail("text after the value");
  }

  ParseError Error() const {
    ParseError error{message_, 1, 1};
    for (size_t i = 0; i < at_; i++) {
      error.column++;
      if (text_[i] == '\n') {
        error.line++;
        error.column = 1;
      }
    }
    return error;
  }

 private:
  bool Fail(const char* message) {
    if (message_ == nullptr) message_ = message;
    return false;
  }

  // Returns the next byte, or zero at the end.
  char Peek() const { return at_ < text_.size() ? text_[at_] : '\0'; }

  bool Accept(char c) {
    if (at_ == text_.size() || text_[at_] != c) return false;
    at_++;
    return true;
  }

  void SkipBlanks() {
    while (at_ < text_.size() && std::string_view(" \t\r\n").find(text_[at_]) !=
                                     std::string_view::npos) {
      at_++;
    }
  }

  bool ParseValue(Value* value);
  bool ParseWord(std::string_view word, Value result, Value* value);
  bool ParseArray(Value* value);
  bool ParseObject(Value* value);
  bool ParseMember(Member* member);
  bool SkipDigits();
  bool ParseNumber(Value* value);
  bool ParseString(std::string* s);
  bool ParseEscape(std::string* s);
  bool ParseHex(uint32_t* unit);
  bool ParseUnicodeEscape(std::string* s);
  bool ParseUtf8(std::string* s);

  std::string_view text_;
  size_t at_ = 0;
  int depth_ = 0;
  const char* message_ = nullptr;
};

bool Parser::ParseValue(Value* value) {
  SkipBlanks();
  switch (Peek()) {
    case '{':
      return ParseObject(value);
    case '[':
      return ParseArray(value);
    case '"': {
      std::string s;
      if (!ParseString(&s)) return false;
      *value = Value(std::move(s));
      return true;
    }
    case 't':
      return ParseWord("true", Value(true), value);
    case 'f':
      return ParseWord("false", Value(false), value);
    case 'n':
      return ParseWord("null", Value(), value);
    default:
      return ParseNumber(value);
  }
}

bool Parser::ParseWord(std::string_view word, Value result, Value* value) {
  if (text_.substr(at_, word.size()) != word) return Fail("not a value");
  at_ += word.size();
  *value = std::move(result);
  return true;
}

bool Parser::ParseArray(Value* value) {
  at_++;
  if (++depth_ > kMaxDepth) return Fail("nested too deeply");
  Value::Array items;
  SkipBlanks();
  if (!Accept(']')) {
    do {
      items.emplace_back();
      if (!ParseValue(&items.back())) return false;
      SkipBlanks();
    } while (Accept(','));
    if (!Accept(']')) return Fail("expected ',' or ']'");
  }
  depth_--;
  *value = Value(std::move(items));
  return true;
}

bool Parser::ParseObject(Value* value) {
  at_++;
  if (++depth_ > kMaxDepth) return Fail("nested too deeply");
  Value::Object members;
  SkipBlanks();
  if (!Accept('}')) {
    do {
      members.emplace_back();
      if (!ParseMember(&members.back())) return false;
      SkipBlanks();
    } while (Accept(','));
    if (!Accept('}')) return Fail("expected ',' or '}'");
  }
  depth_--;
  *value = Value(std::move(members));
  return true;
}

bool Parser::ParseMember(Member* member) {
  SkipBlanks();
  if (Peek() != '"') return Fail("expected a name");
  if (!ParseString(&member->name)) return false;
  SkipBlanks();
  if (!Accept(':')) return Fail("expected ':'");
  return ParseValue(&member->value);
}

bool Parser::SkipDigits() {
  size_t start = at_;
  while (Peek() >= '0' && Peek() <= '9') at_++;
  return at_ > start;
}

bool Parser::ParseNumber(Value* value) {
  size_t start = at_;
  bool negative = Accept('-');
  bool whole = true;
  if (!Accept('0') && !SkipDigits()) {
    return Fail(negative ? "expected a digit" : "not a value");
  }
  if (Accept('.')) {
    whole = false;
    if (!SkipDigits()) return Fail("expected a digit");
  }
  if (Accept('e') || Accept('E')) {
    whole = false;
    if (!Accept('+')) Accept('-');
    if (!SkipDigits()) return Fail("expected a digit");
  }
  std::string digits(text_.substr(start, at_ - start));
  // "-0" is not the integer 0.
  if (whole && digits.size() <= kMaxIntegerDigits && digits != "-0") {
    *value =
        Value(static_cast<int64_t>(std::strtoll(digits.c_str(), nullptr, 10)));
  } else {
    *value = Value(std::strtod(digits.c_str(), nullptr));
  }
  return true;
}

bool Parser::ParseString(std::string* s) {
  at_++;
  while (at_ < text_.size()) {
    unsigned char c = static_cast<unsigned char>(text_[at_]);
    if (c == '"') {
      at_++;
      return true;
    }
    if (c < 0x20) return Fail("control character in a string");
    if (c == '\\') {
      at_++;
      if (!ParseEscape(s)) return false;
    } else if (c < 0x80) {
      s->push_back(text_[at_++]);
    } else if (!ParseUtf8(s)) {
      return false;
    }
  }
  return Fail("string without end");
}

bool Parser::ParseEscape(std::string* s) {
  static constexpr std::string_view kLetters = "\"\\/bfnrt";
  static constexpr std::string_view kMeanings = "\"\\/\b\f\n\r\t";
  if (Accept('u')) return ParseUnicodeEscape(s);
  size_t i =
      at_ < text_.size() ? kLetters.find(text_[at_]) : std::string_view::npos;
  if (i == std::string_view::npos) return Fail("bad escape");
  at_++;
  s->push_back(kMeanings[i]);
  return true;
}

bool Parser::ParseHex(uint32_t* unit) {
  *unit = 0;
  for (int i = 0; i < 4; i++) {
    char c = Peek();
    uint32_t digit;
    if (c >= '0' && c <= '9') {
      digit = static_cast<uint32_t>(c - '0');
    } else if ((c | 0x20) >= 'a' && (c | 0x20) <= 'f') {
      digit = static_cast<uint32_t>((c | 0x20) - 'a' + 10);
    } else {
      return Fail("expected a hexadecimal digit");
    }
    *unit = *unit << 4 | digit;
    at_++;
  }
  return true;
}

void AppendUtf8(uint32_t code, std::string* s) {
  auto append = [s](uint32_t byte) { s->push_back(static_cast<char>(byte)); };
  if (code < 0x80) {
    append(code);
  } else if (code < 0x800) {
    append(0xC0 | code >> 6);
    append(0x80 | (code & 0x3F));
  } else if (code < 0x10000) {
    append(0xE0 | code >> 12);
    append(0x80 | (code >> 6 & 0x3F));
    append(0x80 | (code & 0x3F));
  } else {
    append(0xF0 | code >> 18);
    append(0x80 | (code >> 12 & 0x3F));
    append(0x80 | (code >> 6 & 0x3F));
    append(0x80 | (code & 0x3F));
  }
}

bool Parser::ParseUnicodeEscape(std::string* s) {
  uint32_t unit;
  if (!ParseHex(&unit)) return false;
  if (unit >= 0xDC00 && unit < 0xE000) return Fail("lone surrogate");
  if (unit >= 0xD800 && unit < 0xDC00) {
    uint32_t low;
    if (!Accept('\\') || !Accept('u')) return Fail("lone surrogate");
    if (!ParseHex(&low)) return false;
    if (low < 0xDC00 || low >= 0xE000) return Fail("lone surrogate");
    unit = 0x10000 + ((unit - 0xD800) << 10) + (low - 0xDC00);
  }
  AppendUtf8(unit, s);
  return true;
}

bool Parser::ParseUtf8(std::string* s) {
  unsigned char lead = static_cast<unsigned char>(text_[at_]);
  size_t size = lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : 2;
  if (lead < 0xC2 || lead > 0xF4 || text_.size() - at_ < size) {
    return Fail("not UTF-8");
  }
  uint32_t code = lead & (0x7Fu >> size);
  for (size_t i = 1; i < size; i++) {
    unsigned char c = static_cast<unsigned char>(text_[at_ + i]);
    if ((c & 0xC0) != 0x80) return Fail("not UTF-8");
    code = code << 6 | (c & 0x3F);
  }
  bool too_long = (size == 3 && code < 0x800) || (size == 4 && code < 0x10000);
  bool surrogate = code >= 0xD800 && code < 0xE000;
  if (too_long || surrogate || code > 0x10FFFF) return Fail("not UTF-8");
  s->append(text_.substr(at_, size));
  at_ += size;
  return true;
}

}  // namespace

bool Parse(std::string_view text, Value* value, ParseError* error) {
  Parser parser(text);
  if (parser.ParseText(value)) return true;
  *error = parser.Error();
  return false;
}

}  // namespace json
