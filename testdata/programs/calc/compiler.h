// What the compiler's parser stands on: its state, tokens, code and names.

#ifndef TESTDATA_PROGRAMS_CALC_COMPILER_H_
#define TESTDATA_PROGRAMS_CALC_COMPILER_H_

#include <stdbool.h>

#include "testdata/programs/calc/code.h"
#include "testdata/programs/calc/compile.h"
#include "testdata/programs/calc/token.h"

enum {
  kMaxLocals = 64,
  kMaxDepth = 64,
};

typedef struct {
  Lexer lexer;
  Token token;
  Program* program;
  CompileError* error;
  bool failed;
  const BuiltinInfo* builtins;
  int builtin_count;
  Slice locals[kMaxLocals];
  int local_count;
  int block_depth;
  int nesting;  // of values and blocks, to bound the recursion
  int last;     // offset of the last instruction; -1 if a jump may lead past it
  bool in_function;
} Compiler;

// Keeps the error if it is the first, and ends the text. `detail` may be empty.
void Fail(Compiler* c, int line, const char* message, Slice detail);

// Fails at the current token, which is quoted.
void FailHere(Compiler* c, const char* message);

// Fails at the current token, which is not quoted.
void FailBare(Compiler* c, const char* message);

// Moves to the next token.
void Advance(Compiler* c);

// Moves past the current token if it is of this kind; returns whether it was.
bool Accept(Compiler* c, TokenKind kind);

// Moves past the current token, or fails if it is not of this kind. `what` says
// in words what the kind is.
void Expect(Compiler* c, TokenKind kind, const char* what);

// As Expect for a name, which it returns.
Slice ExpectName(Compiler* c);

// Appends an instruction without an operand.
void Emit(Compiler* c, Op op);

// Appends an instruction with an operand.
void EmitWith(Compiler* c, Op op, int operand);

// Appends a jump; returns its offset, for PatchJump.
int EmitJump(Compiler* c, Op op);

// Lets the jump at `offset` lead to here.
void PatchJump(Compiler* c, int offset);

// Appends an instruction that loads a number.
void EmitNumber(Compiler* c, double number);

// Appends an instruction that loads a text.
void EmitString(Compiler* c, Slice text);

// Returns the slot of the local, or -1.
int FindLocal(const Compiler* c, Slice name);

// Returns the index of the global, or -1.
int FindGlobal(const Compiler* c, Slice name);

// Returns the index of the builtin, or -1.
int FindBuiltin(const Compiler* c, Slice name);

// Makes the value on top of the stack a local.
void AddLocal(Compiler* c, Slice name);

// Returns the index of the function, which may be used before it is defined.
int UseFunction(Compiler* c, Slice name, int arity, int line);

// Appends a load of the local or global.
void Reference(Compiler* c, Slice name, int line);

#endif  // TESTDATA_PROGRAMS_CALC_COMPILER_H_
