// The tokens of the calc language.

#ifndef TESTDATA_PROGRAMS_CALC_TOKEN_H_
#define TESTDATA_PROGRAMS_CALC_TOKEN_H_

#include <stdbool.h>

// A piece of the source text, which has to outlive it.
typedef struct {
  const char* data;
  int size;
} Slice;

typedef enum {
  kEnd,
  kBad,  // a character or string that is no token
  kNumber,
  kString,  // text: without the quotes
  kName,
  // Keywords.
  kAnd,
  kElse,
  kFn,
  kFor,
  kIf,
  kLet,
  kNot,
  kOr,
  kPrint,
  kReturn,
  kWhile,
  // Operators and punctuation.
  kPlus,
  kMinus,
  kStar,
  kSlash,
  kPercent,
  kCaret,
  kLess,
  kLessEqual,
  kGreater,
  kGreaterEqual,
  kEqual,
  kNotEqual,
  kAssign,
  kDots,
  kComma,
  kSemicolon,
  kLeftParen,
  kRightParen,
  kLeftBracket,
  kRightBracket,
  kLeftBrace,
  kRightBrace,
} TokenKind;

typedef struct {
  TokenKind kind;
  Slice text;
  double number;  // of a kNumber
  int line;       // from 1
} Token;

typedef struct {
  const char* at;  // ends with a zero byte
  int line;
} Lexer;

// Returns the next token and moves past it; at the end kEnd again and again.
Token NextToken(Lexer* lexer);

bool SliceEqual(Slice a, Slice b);

#endif  // TESTDATA_PROGRAMS_CALC_TOKEN_H_
