#include "passes/rules/compiler/lexer.h"

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"

namespace weft::rules {
namespace {

// Longest first, so that the first that fits is the right one.
constexpr absl::string_view kPunctuation[] = {
    "<=u", "<=s", ">=u", ">=s", ">>u", ">>s", "=>", "<<", "==", "!=", "&&",
    "||",  "<u",  "<s",  ">u",  ">s",  "(",   ")",  "{",  "}",  "@",  ":",
    ",",   ";",   "+",   "-",   "*",   "&",   "|",  "^",  "~",  "!",
};

bool IsNameStart(char c) { return absl::ascii_isalpha(c) || c == '_'; }
bool IsNamePart(char c) { return absl::ascii_isalnum(c) || c == '_'; }

size_t NameLength(absl::string_view text) {
  size_t n = 0;
  while (n < text.size() &&
         (IsNamePart(text[n]) ||
          (text[n] == '.' && n + 1 < text.size() && IsNamePart(text[n + 1])))) {
    ++n;
  }
  return n;
}

}  // namespace

bool ParseNumber(absl::string_view text, uint64_t* number) {
  if (absl::StartsWith(text, "0x")) return absl::SimpleHexAtoi(text, number);
  return absl::SimpleAtoi(text, number);
}

absl::StatusOr<std::vector<Token>> Tokenize(absl::string_view source) {
  std::vector<Token> tokens;
  int line = 1;
  while (!source.empty()) {
    const char c = source[0];
    size_t length = 1;
    Token token;
    token.line = line;
    if (c == '\n') {
      ++line;
    } else if (c == '#') {
      length = std::min(source.find('\n'), source.size());
    } else if (IsNameStart(c)) {
      length = NameLength(source);
      token.kind = Token::Kind::kName;
    } else if (absl::ascii_isdigit(c)) {
      while (length < source.size() && IsNamePart(source[length])) ++length;
      token.kind = Token::Kind::kNumber;
      if (!ParseNumber(source.substr(0, length), &token.number)) {
        return absl::InvalidArgumentError(
            absl::StrCat("line ", line, ": malformed number '",
                         source.substr(0, length), "'"));
      }
    } else if (!absl::ascii_isspace(c)) {
      length = 0;
      for (absl::string_view punctuation : kPunctuation) {
        if (length == 0 && absl::StartsWith(source, punctuation)) {
          length = punctuation.size();
        }
      }
      if (length == 0) {
        return absl::InvalidArgumentError(absl::StrCat(
            "line ", line, ": unexpected '", source.substr(0, 1), "'"));
      }
      token.kind = Token::Kind::kPunctuation;
    }
    if (token.kind != Token::Kind::kEnd) {
      token.text = std::string(source.substr(0, length));
      tokens.push_back(token);
    }
    source.remove_prefix(length);
  }
  Token end;
  end.line = line;
  tokens.push_back(end);
  return tokens;
}

}  // namespace weft::rules
