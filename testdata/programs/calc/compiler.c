// Tables are searched linearly: scripts are small. After the first error the
// lexer stands at the end of the text, where every loop of the parser stops.

#include "testdata/programs/calc/compiler.h"

#include <stdio.h>
#include <string.h>

// ---------------------------------------------------------------------------
// Errors and tokens

void Fail(Compiler* c, int line, const char* message, Slice detail) {
  if (c->failed) return;
  c->failed = true;
  c->error->line = line;
  if (detail.size == 0) {
    snprintf(c->error->message, sizeof(c->error->message), "%s", message);
  } else {
    snprintf(c->error->message, sizeof(c->error->message), "%s '%.*s'", message,
             detail.size, detail.data);
  }
  c->lexer.at += strlen(c->lexer.at);
  c->token.kind = kEnd;
  c->token.text.size = 0;
}

void FailHere(Compiler* c, const char* message) {
  Fail(c, c->token.line, message, c->token.text);
}

void FailBare(Compiler* c, const char* message) {
  Fail(c, c->token.line, message, (Slice){NULL, 0});
}

void Advance(Compiler* c) {
  c->token = NextToken(&c->lexer);
  if (c->token.kind == kBad) FailHere(c, "not a token:");
}

bool Accept(Compiler* c, TokenKind kind) {
  if (c->token.kind != kind) return false;
  Advance(c);
  return true;
}

void Expect(Compiler* c, TokenKind kind, const char* what) {
  if (Accept(c, kind)) return;
  char message[40];
  snprintf(message, sizeof(message), "expected %s before", what);
  if (c->token.kind == kEnd) c->token.text = (Slice){"end", 3};
  FailHere(c, message);
}

Slice ExpectName(Compiler* c) {
  Slice name = c->token.text;
  Expect(c, kName, "a name");
  return name;
}

// ---------------------------------------------------------------------------
// Code

static void EmitByte(Compiler* c, int byte) {
  Program* program = c->program;
  if (program->code_size == kMaxCode) {
    FailBare(c, "too much code");
    return;
  }
  program->lines[program->code_size] = (uint16_t)c->token.line;
  program->code[program->code_size++] = (uint8_t)byte;
}

void Emit(Compiler* c, Op op) {
  c->last = c->program->code_size;
  EmitByte(c, op);
}

void EmitWith(Compiler* c, Op op, int operand) {
  Emit(c, op);
  EmitByte(c, operand & 0xFF);
  EmitByte(c, operand >> 8);
}

int EmitJump(Compiler* c, Op op) {
  int offset = c->program->code_size;
  EmitWith(c, op, 0);
  return offset;
}

void PatchJump(Compiler* c, int offset) {
  int target = c->program->code_size;
  c->last = -1;
  if (c->failed) return;  // there may be no such jump
  c->program->code[offset + 1] = (uint8_t)target;
  c->program->code[offset + 2] = (uint8_t)(target >> 8);
}

void EmitNumber(Compiler* c, double number) {
  Program* program = c->program;
  int i = 0;
  while (i < program->number_count &&
         memcmp(&program->numbers[i], &number, sizeof(number)) != 0) {
    i++;
  }
  if (i == kMaxNumbers) {
    FailBare(c, "too many numbers");
    return;
  }
  program->numbers[i] = number;
  if (i == program->number_count) program->number_count++;
  EmitWith(c, kOpNumber, i);
}

void EmitString(Compiler* c, Slice text) {
  Program* program = c->program;
  if (program->string_count == kMaxStrings) {
    FailBare(c, "too many strings");
    return;
  }
  program->strings[program->string_count] = text;
  EmitWith(c, kOpString, program->string_count++);
}

// ---------------------------------------------------------------------------
// Names

int FindLocal(const Compiler* c, Slice name) {
  for (int i = c->local_count - 1; i >= 0; i--) {
    if (SliceEqual(c->locals[i], name)) return i;
  }
  return -1;
}

int FindGlobal(const Compiler* c, Slice name) {
  for (int i = 0; i < c->program->global_count; i++) {
    if (SliceEqual(c->program->globals[i], name)) return i;
  }
  return -1;
}

int FindBuiltin(const Compiler* c, Slice name) {
  for (int i = 0; i < c->builtin_count; i++) {
    Slice builtin = {c->builtins[i].name, (int)strlen(c->builtins[i].name)};
    if (SliceEqual(builtin, name)) return i;
  }
  return -1;
}

void AddLocal(Compiler* c, Slice name) {
  if (c->local_count == kMaxLocals) {
    FailBare(c, "too many locals");
    return;
  }
  c->locals[c->local_count++] = name;
}

int UseFunction(Compiler* c, Slice name, int arity, int line) {
  Program* program = c->program;
  for (int i = 0; i < program->function_count; i++) {
    if (!SliceEqual(program->functions[i].name, name)) continue;
    if (program->functions[i].arity != arity) {
      Fail(c, line, "wrong number of arguments for", name);
    }
    return i;
  }
  if (program->function_count == kMaxFunctions) {
    FailBare(c, "too many functions");
    return 0;
  }
  Function function = {name, arity, -1, -1, line};
  program->functions[program->function_count] = function;
  return program->function_count++;
}

void Reference(Compiler* c, Slice name, int line) {
  int local = FindLocal(c, name);
  if (local >= 0) {
    EmitWith(c, kOpGetLocal, local);
    return;
  }
  int global = FindGlobal(c, name);
  if (global < 0) {
    Fail(c, line, "unknown name", name);
    return;
  }
  EmitWith(c, kOpGetGlobal, global);
}
