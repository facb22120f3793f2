// One pass over the text with one or two characters of lookahead. A comment
// runs from '#' to the end of the line.

#include "testdata/programs/calc/token.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

typedef struct {
  const char* text;
  TokenKind kind;
} Fixed;

static const Fixed kKeywords[] = {
    {"and", kAnd},     {"else", kElse},     {"fn", kFn},       {"for", kFor},
    {"if", kIf},       {"let", kLet},       {"not", kNot},     {"or", kOr},
    {"print", kPrint}, {"return", kReturn}, {"while", kWhile},
};
enum { kKeywordCount = sizeof(kKeywords) / sizeof(kKeywords[0]) };

// An operator comes before its own prefixes.
static const Fixed kOperators[] = {
    {"<=", kLessEqual},  {">=", kGreaterEqual}, {"==", kEqual},
    {"!=", kNotEqual},   {"..", kDots},         {"+", kPlus},
    {"-", kMinus},       {"*", kStar},          {"/", kSlash},
    {"%", kPercent},     {"^", kCaret},         {"<", kLess},
    {">", kGreater},     {"=", kAssign},        {",", kComma},
    {";", kSemicolon},   {"(", kLeftParen},     {")", kRightParen},
    {"[", kLeftBracket}, {"]", kRightBracket},  {"{", kLeftBrace},
    {"}", kRightBrace},
};
enum { kOperatorCount = sizeof(kOperators) / sizeof(kOperators[0]) };

bool SliceEqual(Slice a, Slice b) {
  return a.size == b.size && memcmp(a.data, b.data, (size_t)a.size) == 0;
}

static void SkipBlanks(Lexer* lexer) {
  while (true) {
    if (*lexer->at == '#') {
      lexer->at += strcspn(lexer->at, "\n");
    } else if (isspace((unsigned char)*lexer->at)) {
      if (*lexer->at == '\n') lexer->line++;
      lexer->at++;
    } else {
      return;
    }
  }
}

static Token Take(Lexer* lexer, TokenKind kind, int size) {
  Token token = {kind, {lexer->at, size}, 0, lexer->line};
  lexer->at += size;
  return token;
}

// Digits with at most one point; "1..5" is a number followed by kDots.
static Token TakeNumber(Lexer* lexer) {
  const char* end = lexer->at;
  while (isdigit((unsigned char)*end)) end++;
  if (end[0] == '.' && isdigit((unsigned char)end[1])) {
    end++;
    while (isdigit((unsigned char)*end)) end++;
  }
  char digits[64];
  int size = (int)(end - lexer->at);
  if (size >= (int)sizeof(digits)) return Take(lexer, kBad, size);
  Token token = Take(lexer, kNumber, size);
  memcpy(digits, token.text.data, (size_t)size);
  digits[size] = '\0';
  token.number = strtod(digits, NULL);
  return token;
}

static Token TakeWord(Lexer* lexer) {
  const char* end = lexer->at;
  while (isalnum((unsigned char)*end) || *end == '_') end++;
  Slice word = {lexer->at, (int)(end - lexer->at)};
  for (int i = 0; i < kKeywordCount; i++) {
    Slice keyword = {kKeywords[i].text, (int)strlen(kKeywords[i].text)};
    if (SliceEqual(word, keyword)) {
      return Take(lexer, kKeywords[i].kind, word.size);
    }
  }
  return Take(lexer, kName, word.size);
}

static Token TakeString(Lexer* lexer) {
  int size = (int)strcspn(lexer->at + 1, "\"\n");
  if (lexer->at[1 + size] != '"') return Take(lexer, kBad, 1 + size);
  Token token = Take(lexer, kString, size + 2);
  token.text.data++;
  token.text.size -= 2;
  return token;
}

Token NextToken(Lexer* lexer) {
  SkipBlanks(lexer);
  unsigned char c = (unsigned char)*lexer->at;
  if (c == '\0') return Take(lexer, kEnd, 0);
  if (isdigit(c)) return TakeNumber(lexer);
  if (isalpha(c) || c == '_') return TakeWord(lexer);
  if (c == '"') return TakeString(lexer);
  for (int i = 0; i < kOperatorCount; i++) {
    size_t size = strlen(kOperators[i].text);
    if (strncmp(lexer->at, kOperators[i].text, size) == 0) {
      return Take(lexer, kOperators[i].kind, (int)size);
    }
  }
  return Take(lexer, kBad, 1);
}
