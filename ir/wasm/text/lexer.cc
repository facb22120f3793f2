// A table gives each byte its class; a token is a run of one class. Time is
// linear: nothing is looked at again but the characters of one string.
#include "ir/wasm/text/lexer.h"

#include <algorithm>
#include <array>
#include <cstring>

#include "absl/strings/str_cat.h"
#include "ir/wasm/bytes.h"

namespace weft::wasm {
namespace {

enum CharClass : uint8_t {
  kIllegal,
  kSpace,
  kLower,
  kNumeric,      // Digits and signs.
  kOtherIdChar,  // Part of words, and nothing that begins one.
  kDollar,
  kQuote,
  kOpen,
  kClose,
  kSemicolon,
  kPunctuation,  // , [ ] { }
};

constexpr absl::string_view kSymbols = "!#$%&'*+-./:<=>?@\\^_`|~";

constexpr std::array<uint8_t, 256> MakeClasses() {
  std::array<uint8_t, 256> classes = {};
  for (char c : kSymbols) classes[static_cast<uint8_t>(c)] = kOtherIdChar;
  for (char c : {',', '[', ']', '{', '}'}) {
    classes[static_cast<uint8_t>(c)] = kPunctuation;
  }
  for (int c = 'A'; c <= 'Z'; ++c) classes[c] = kOtherIdChar;
  for (int c = 'a'; c <= 'z'; ++c) classes[c] = kLower;
  for (int c = '0'; c <= '9'; ++c) classes[c] = kNumeric;
  classes['+'] = classes['-'] = kNumeric;
  classes[' '] = classes['\t'] = classes['\n'] = classes['\r'] = kSpace;
  classes['$'] = kDollar;
  classes['"'] = kQuote;
  classes['('] = kOpen;
  classes[')'] = kClose;
  classes[';'] = kSemicolon;
  return classes;
}

constexpr std::array<uint8_t, 256> kClasses = MakeClasses();

constexpr uint8_t ClassOf(char c) { return kClasses[static_cast<uint8_t>(c)]; }

constexpr bool IsIdChar(char c) {
  return ClassOf(c) >= kLower && ClassOf(c) <= kDollar;
}

// Whether it makes a reserved word out of the word before it.
constexpr bool ExtendsWord(char c) {
  return ClassOf(c) == kQuote || ClassOf(c) == kPunctuation;
}

// -1 for what is not a hexadecimal digit.
constexpr std::array<int8_t, 256> MakeHexDigits() {
  std::array<int8_t, 256> digits = {};
  for (int8_t& digit : digits) digit = -1;
  for (int i = 0; i < 10; ++i) digits['0' + i] = static_cast<int8_t>(i);
  for (int i = 0; i < 6; ++i) {
    digits['a' + i] = digits['A' + i] = static_cast<int8_t>(10 + i);
  }
  return digits;
}

constexpr std::array<int8_t, 256> kHexDigits = MakeHexDigits();

constexpr int HexDigit(char c) { return kHexDigits[static_cast<uint8_t>(c)]; }

// The byte that a backslash and this letter stand for, or 0.
constexpr char SimpleEscape(char c) {
  switch (c) {
    case 't':
      return '\t';
    case 'n':
      return '\n';
    case 'r':
      return '\r';
    case '"':
    case '\'':
    case '\\':
      return c;
    default:
      return 0;
  }
}

constexpr bool IsControl(char c) {
  return static_cast<uint8_t>(c) < 0x20 || c == 0x7f;
}

constexpr std::array<bool, 256> MakePlainInString() {
  std::array<bool, 256> plain = {};
  for (size_t c = 0x20; c < 256; ++c) plain[c] = true;
  plain['"'] = plain['\\'] = plain[0x7f] = false;
  return plain;
}

constexpr std::array<bool, 256> kPlainInString = MakePlainInString();

// Whether it stands for itself inside of a string.
constexpr bool IsPlainInString(char c) {
  return kPlainInString[static_cast<uint8_t>(c)];
}

bool IsLineEnd(char c) { return c == '\n' || c == '\r'; }

// Returns how many bytes it wrote.
size_t WriteUtf8(uint32_t code, char* out) {
  size_t size = 0;
  const auto tail = [&](int shift) {
    out[size++] = static_cast<char>(0x80 | (code >> shift & 0x3f));
  };
  if (code < 0x80) {
    out[size++] = static_cast<char>(code);
    return size;
  }
  if (code < 0x800) {
    out[size++] = static_cast<char>(0xc0 | code >> 6);
  } else if (code < 0x10000) {
    out[size++] = static_cast<char>(0xe0 | code >> 12);
    tail(6);
  } else {
    out[size++] = static_cast<char>(0xf0 | code >> 18);
    tail(12);
    tail(6);
  }
  tail(0);
  return size;
}

// Indentation can be most of a text.
const char* SkipSpaces(const char* p, const char* end) {
  constexpr uint64_t kEightSpaces = 0x2020202020202020;
  while (end - p >= 8) {
    uint64_t eight;
    std::memcpy(&eight, p, sizeof(eight));
    if (eight != kEightSpaces) break;
    p += 8;
  }
  while (p != end && ClassOf(*p) == kSpace) ++p;
  return p;
}

bool IsContinuation(char c) { return (static_cast<uint8_t>(c) & 0xc0) == 0x80; }

}  // namespace

bool Lexer::Fail(const char* what, const char* where) {
  error_ = what;
  error_offset_ = static_cast<uint32_t>(where - base_);
  return false;
}

Token Lexer::Error(const char* what, const char* where) {
  Fail(what, where);
  return {TokenKind::kError, error_offset_, error_offset_};
}

Token Lexer::Next() {
  const char* p = pos_;
  while (p != end_) {
    switch (ClassOf(*p)) {
      case kSpace:
        p = SkipSpaces(p + 1, end_);
        continue;
      case kOpen:
        if (end_ - p > 1 && p[1] == ';') {
          if (!SkipBlockComment(&p)) {
            return {TokenKind::kError, error_offset_, error_offset_};
          }
          continue;
        }
        return Left(p);
      case kClose:
        return Make(TokenKind::kRight, p, p + 1);
      case kLower:
        return Word(TokenKind::kKeyword, p);
      case kNumeric:
        return Word(TokenKind::kNumber, p);
      case kDollar:
        return Dollar(p);
      case kQuote:
        return String(p);
      case kSemicolon:
        if (end_ - p > 1 && p[1] == ';') {
          while (p != end_ && !IsLineEnd(*p)) ++p;
          continue;
        }
        return Reserved(p);
      case kPunctuation:
      case kOtherIdChar:
        return Reserved(p);
      default:
        return Error("illegal character", p);
    }
  }
  return Make(TokenKind::kEnd, p, p);
}

// A comment may follow a word without a space, other punctuation may not.
Token Lexer::Word(TokenKind kind, const char* begin) {
  const char* p = begin + 1;
  while (p != end_ && IsIdChar(*p)) ++p;
  if (p != end_ && (ExtendsWord(*p) || *p == ';')) return Reserved(begin);
  return Make(kind, begin, p);
}

Token Lexer::Dollar(const char* begin) {
  const char* p = begin + 1;
  if (p == end_ || *p != '"') {
    const Token token = Word(TokenKind::kId, begin);
    // "$" alone names nothing.
    if (token.kind == TokenKind::kId && token.end - token.begin == 1) {
      return {TokenKind::kReserved, token.begin, token.end};
    }
    return token;
  }
  if (!SkipString(&p)) {
    return {TokenKind::kError, error_offset_, error_offset_};
  }
  if (p - begin == 3 || (p != end_ && (IsIdChar(*p) || ExtendsWord(*p)))) {
    return Reserved(begin);
  }
  const Token token = Make(TokenKind::kQuotedId, begin, p);
  std::string name;
  AppendStringBytes(Text(token).substr(1), &name);
  if (!IsUtf8(name)) return Error("malformed UTF-8 encoding", begin);
  return token;
}

Token Lexer::String(const char* begin) {
  const char* p = begin;
  if (!SkipString(&p)) {
    return {TokenKind::kError, error_offset_, error_offset_};
  }
  if (p != end_ && (IsIdChar(*p) || ExtendsWord(*p))) {
    return Reserved(begin);
  }
  return Make(TokenKind::kString, begin, p);
}

Token Lexer::Left(const char* begin) {
  const char* p = begin + 1;
  if (p == end_ || *p != '@') return Make(TokenKind::kLeft, begin, p);
  ++p;
  if (p != end_ && *p == '"') {
    const char* quoted = p;
    if (!SkipString(&p)) {
      return {TokenKind::kError, error_offset_, error_offset_};
    }
    std::string name;
    AppendStringBytes({quoted, static_cast<size_t>(p - quoted)}, &name);
    if (!IsUtf8(name)) return Error("malformed UTF-8 encoding", quoted);
  } else {
    while (p != end_ && IsIdChar(*p)) ++p;
  }
  return Make(TokenKind::kAnnotation, begin, p);
}

Token Lexer::Reserved(const char* begin) {
  const char* p = begin;
  while (p != end_) {
    if (*p == '"') {
      if (!SkipString(&p)) {
        return {TokenKind::kError, error_offset_, error_offset_};
      }
    } else if (*p == ';' && end_ - p > 1 && p[1] == ';') {
      break;
    } else if (IsIdChar(*p) || *p == ';' || ClassOf(*p) == kPunctuation) {
      ++p;
    } else {
      break;
    }
  }
  // A word that only a comment follows is no reserved one.
  TokenKind kind = TokenKind::kReserved;
  if (std::all_of(begin, p, IsIdChar)) {
    if (ClassOf(*begin) == kLower) kind = TokenKind::kKeyword;
    if (ClassOf(*begin) == kNumeric) kind = TokenKind::kNumber;
    if (ClassOf(*begin) == kDollar && p - begin > 1) kind = TokenKind::kId;
  }
  return Make(kind, begin, p);
}

bool Lexer::SkipBlockComment(const char** p) {
  const char* begin = *p;
  const char* q = begin + 2;
  for (uint64_t depth = 1; depth > 0;) {
    if (end_ - q < 2) return Fail("unclosed comment", begin);
    if (q[0] == '(' && q[1] == ';') {
      ++depth;
      q += 2;
    } else if (q[0] == ';' && q[1] == ')') {
      --depth;
      q += 2;
    } else {
      ++q;
    }
  }
  *p = q;
  return true;
}

bool Lexer::SkipString(const char** p) {
  const char* begin = *p;
  const char* q = begin + 1;
  for (;;) {
    while (q != end_ && IsPlainInString(*q)) ++q;
    if (q == end_) return Fail("unclosed string", begin);
    if (*q == '"') break;
    if (*q != '\\') {
      return Fail(IsLineEnd(*q) ? "unclosed string" : "illegal character", q);
    }
    // Escapes tend to come in rows, of this kind.
    if (end_ - q > 2 && (HexDigit(q[1]) | HexDigit(q[2])) >= 0) {
      q += 3;
    } else if (!SkipEscape(&q)) {
      return false;
    }
  }
  *p = q + 1;
  return true;
}

bool Lexer::SkipEscape(const char** p) {
  const char* q = *p;
  const auto left = end_ - q;
  if (left > 1 && SimpleEscape(q[1]) != 0) {
    *p = q + 2;
    return true;
  }
  if (left > 3 && q[1] == 'u' && q[2] == '{') return SkipEscapeUnicode(p);
  return Fail("illegal escape in a string", q);
}

bool Lexer::SkipEscapeUnicode(const char** p) {
  const char* q = *p + 3;
  uint32_t code = 0;
  bool after_digit = false;
  for (; q != end_ && *q != '}'; ++q) {
    if (*q == '_' && after_digit) {
      after_digit = false;
      continue;
    }
    if (HexDigit(*q) < 0) return Fail("illegal escape in a string", *p);
    code = code << 4 | static_cast<uint32_t>(HexDigit(*q));
    if (code > 0x10ffff) return Fail("escape beyond U+10FFFF", *p);
    after_digit = true;
  }
  if (q == end_ || !after_digit) return Fail("illegal escape in a string", *p);
  if (code >= 0xd800 && code < 0xe000) {
    return Fail("escape of a surrogate", *p);
  }
  *p = q + 1;
  return true;
}

// Compilers turn the loop over a block into vector instructions.
const char* Lexer::SkipBlocks(const char* p, uint64_t* depth) const {
  constexpr int kBlock = 64;
  while (end_ - p >= kBlock) {
    uint8_t open = 0;
    uint8_t close = 0;
    uint8_t special = 0;
    for (int i = 0; i < kBlock; ++i) {
      open += p[i] == '(';
      close += p[i] == ')';
      special |= p[i] == '"' || p[i] == ';';
    }
    // A parenthesis at the end may begin a comment.
    if (special != 0 || close >= *depth || p[kBlock - 1] == '(') break;
    *depth += open;
    *depth -= close;
    p += kBlock;
  }
  return p;
}

bool Lexer::SkipToClose() {
  const char* p = pos_;
  uint64_t depth = 1;
  while (p != end_) {
    const char c = *p;
    if (c == '(') {
      if (end_ - p > 1 && p[1] == ';') {
        if (!SkipBlockComment(&p)) return false;
        continue;
      }
      ++depth;
    } else if (c == ')') {
      if (--depth == 0) {
        pos_ = p + 1;
        return true;
      }
    } else if (c == '"') {
      if (!SkipString(&p)) return false;
      continue;
    } else if (c == ';') {
      if (end_ - p > 1 && p[1] == ';') {
        while (p != end_ && !IsLineEnd(*p)) ++p;
        continue;
      }
    } else if (IsLineEnd(c)) {
      // Once a line, lest the attempt cost more than it saves.
      const char* next = SkipBlocks(p, &depth);
      if (next != p) {
        p = next;
        continue;
      }
    }
    ++p;
  }
  return Fail("unclosed parenthesis", end_);
}

bool Lexer::SkipAnnotation() {
  for (uint64_t depth = 1; depth > 0;) {
    const Token token = Next();
    switch (token.kind) {
      case TokenKind::kEnd:
        return Fail("unclosed annotation", end_);
      case TokenKind::kLeft:
      case TokenKind::kAnnotation:
        ++depth;
        break;
      case TokenKind::kRight:
        --depth;
        break;
      case TokenKind::kError:
        return false;
      case TokenKind::kKeyword:
      case TokenKind::kNumber:
      case TokenKind::kId:
      case TokenKind::kQuotedId:
      case TokenKind::kString:
      case TokenKind::kReserved:
        break;
    }
  }
  return true;
}

void AppendStringBytes(absl::string_view quoted, std::string* out) {
  const char* p = quoted.data() + 1;
  const char* end = quoted.data() + quoted.size() - 1;
  // No escape stands for more bytes than it has characters.
  size_t size = out->size();
  out->resize(size + static_cast<size_t>(end - p));
  char* bytes = out->data();
  while (p != end) {
    if (*p != '\\') {
      bytes[size++] = *p++;
    } else if (const int high = HexDigit(p[1]); high >= 0) {
      bytes[size++] = static_cast<char>(high << 4 | HexDigit(p[2]));
      p += 3;
    } else if (p[1] != 'u') {
      bytes[size++] = SimpleEscape(p[1]);
      p += 2;
    } else {
      uint32_t code = 0;
      for (p += 3; *p != '}'; ++p) {
        if (*p != '_') code = code << 4 | static_cast<uint32_t>(HexDigit(*p));
      }
      size += WriteUtf8(code, bytes + size);
      ++p;
    }
  }
  out->resize(size);
}

namespace {

// A line ends at "\n", "\r" or both.
size_t LineBegin(absl::string_view text, size_t offset) {
  while (offset > 0 && !IsLineEnd(text[offset - 1])) --offset;
  return offset;
}

uint32_t CountCharacters(absl::string_view text) {
  return static_cast<uint32_t>(std::count_if(
      text.begin(), text.end(), [](char c) { return !IsContinuation(c); }));
}

}  // namespace

TextPosition PositionInText(absl::string_view text, uint32_t offset) {
  const absl::string_view before = text.substr(0, offset);
  TextPosition position;
  for (size_t i = 0; i < before.size(); ++i) {
    if (before[i] == '\n' ||
        (before[i] == '\r' && (i + 1 == text.size() || text[i + 1] != '\n'))) {
      ++position.line;
    }
  }
  const size_t begin = LineBegin(text, before.size());
  position.column = CountCharacters(before.substr(begin)) + 1;
  return position;
}

std::string RenderTextError(absl::string_view text, absl::string_view file,
                            uint32_t offset, absl::string_view message) {
  constexpr size_t kBefore = 80;  // Bytes shown on each side of the place.
  constexpr size_t kAfter = 60;
  const size_t place = std::min<size_t>(offset, text.size());
  size_t begin = LineBegin(text, place);
  size_t end = place;
  while (end < text.size() && !IsLineEnd(text[end])) ++end;
  const TextPosition position =
      PositionInText(text, static_cast<uint32_t>(place));
  std::string line = absl::StrCat(file, ":", position.line, ":",
                                  position.column, ": error: ", message, "\n");
  std::string caret;
  if (place - begin > kBefore) {
    begin = place - kBefore;
    while (begin < place && IsContinuation(text[begin])) ++begin;
    line += "...";
    caret += "   ";
  }
  const bool cut = end - place > kAfter;
  if (cut) {
    end = place + kAfter;
    while (end > place && IsContinuation(text[end])) --end;
  }
  for (size_t i = begin; i < end; ++i) {
    const bool control = IsControl(text[i]) && text[i] != '\t';
    line.push_back(control ? ' ' : text[i]);
    if (i < place && !IsContinuation(text[i])) {
      caret.push_back(text[i] == '\t' ? '\t' : ' ');
    }
  }
  if (cut) line += "...";
  return absl::StrCat(line, "\n", caret, "^");
}

}  // namespace weft::wasm
