// The compiler: from text to bytecode in one pass.

#ifndef TESTDATA_PROGRAMS_CALC_COMPILE_H_
#define TESTDATA_PROGRAMS_CALC_COMPILE_H_

#include <stdbool.h>

#include "testdata/programs/calc/code.h"

typedef struct {
  char message[80];
  int line;
} CompileError;

// Compiles `source` into `program`, whose names point into `source`. Returns
// false and the first error if it is not a program.
//
//   program   = { "fn" name "(" [names] ")" block | statement }
//   block     = "{" { statement } "}"
//   statement = "let" name "=" value ";"
//             | "if" value block [ "else" ( block | if statement ) ]
//             | "while" value block
//             | "for" name "=" value ".." value block
//             | "return" [ value ] ";"
//             | "print" value { "," value } ";"
//             | value [ "=" value ] ";"
//
// Values have the operators, by rising precedence: or; and; == !=;
// < <= > >=; + -; * / %; not and minus; ^ (to the right); call and index.
// Names that are declared outside of every block are global.
bool Compile(const char* source, const BuiltinInfo* builtins, int builtin_count,
             Program* program, CompileError* error);

#endif  // TESTDATA_PROGRAMS_CALC_COMPILE_H_
