// Recursive descent for statements, precedence climbing for values. Locals live
// in the operand stack: at a statement's start the stack holds nothing else, so
// that a local's slot is its position among the locals in scope. At block depth
// 0 names are global.

#include "testdata/programs/calc/compile.h"

#include <stdbool.h>
#include <stddef.h>
#include <string.h>

#include "testdata/programs/calc/compiler.h"

enum {
  kUnaryPrecedence = 7,
  kPowerPrecedence = 8,
};

static void Value(Compiler* c, int precedence);
static void Statement(Compiler* c);

// ---------------------------------------------------------------------------
// Values

typedef struct {
  TokenKind token;
  int precedence;
  Op op;
} Binary;

// `or` and `and` are compiled to jumps: their ops are those.
static const Binary kBinaries[] = {
    {kOr, 1, kOpJumpTrueKeep},   {kAnd, 2, kOpJumpFalseKeep},
    {kEqual, 3, kOpEqual},       {kNotEqual, 3, kOpNotEqual},
    {kLess, 4, kOpLess},         {kLessEqual, 4, kOpLessEqual},
    {kGreater, 4, kOpGreater},   {kGreaterEqual, 4, kOpGreaterEqual},
    {kPlus, 5, kOpAdd},          {kMinus, 5, kOpSubtract},
    {kStar, 6, kOpMultiply},     {kSlash, 6, kOpDivide},
    {kPercent, 6, kOpRemainder}, {kCaret, kPowerPrecedence, kOpPower},
};

static const Binary* FindBinary(TokenKind token) {
  for (size_t i = 0; i < sizeof(kBinaries) / sizeof(kBinaries[0]); i++) {
    if (kBinaries[i].token == token) return &kBinaries[i];
  }
  return NULL;
}

// Compiles values up to `close`, which it takes; returns how many.
static int Values(Compiler* c, TokenKind close, const char* close_text) {
  int count = 0;
  if (Accept(c, close)) return 0;
  do {
    Value(c, 1);
    count++;
  } while (Accept(c, kComma));
  Expect(c, close, close_text);
  return count;
}

static void Call(Compiler* c, Slice name, int line) {
  int count = Values(c, kRightParen, "')'");
  int builtin = FindBuiltin(c, name);
  if (builtin < 0) {
    EmitWith(c, kOpCall, UseFunction(c, name, count, line));
    return;
  }
  if (c->builtins[builtin].arity != count) {
    Fail(c, line, "wrong number of arguments for", name);
  }
  EmitWith(c, kOpBuiltin, builtin);
}

static void Primary(Compiler* c) {
  Token token = c->token;
  if (Accept(c, kNumber)) {
    EmitNumber(c, token.number);
  } else if (Accept(c, kString)) {
    EmitString(c, token.text);
  } else if (Accept(c, kLeftParen)) {
    Value(c, 1);
    Expect(c, kRightParen, "')'");
  } else if (Accept(c, kLeftBracket)) {
    EmitWith(c, kOpArray, Values(c, kRightBracket, "']'"));
  } else if (Accept(c, kName)) {
    if (Accept(c, kLeftParen)) {
      Call(c, token.text, token.line);
    } else {
      Reference(c, token.text, token.line);
    }
  } else {
    Expect(c, kName, "a value");
  }
}

static void Unary(Compiler* c) {
  if (Accept(c, kMinus)) {
    Value(c, kUnaryPrecedence);
    Emit(c, kOpNegate);
    return;
  }
  if (Accept(c, kNot)) {
    Value(c, kUnaryPrecedence);
    Emit(c, kOpNot);
    return;
  }
  Primary(c);
  while (Accept(c, kLeftBracket)) {
    Value(c, 1);
    Expect(c, kRightBracket, "']'");
    Emit(c, kOpGetIndex);
  }
}

// Compiles a value of operators that bind at least as tightly as `precedence`.
static void Value(Compiler* c, int precedence) {
  if (++c->nesting > kMaxDepth) FailBare(c, "too deeply nested");
  Unary(c);
  const Binary* binary = FindBinary(c->token.kind);
  while (binary != NULL && binary->precedence >= precedence) {
    Advance(c);
    if (binary->op == kOpJumpTrueKeep || binary->op == kOpJumpFalseKeep) {
      int jump = EmitJump(c, binary->op);
      EmitWith(c, kOpPop, 1);
      Value(c, binary->precedence + 1);
      PatchJump(c, jump);
    } else {
      // A minus may follow '^', where it binds more tightly than elsewhere.
      bool to_right = binary->precedence == kPowerPrecedence;
      Value(c, to_right ? kUnaryPrecedence : binary->precedence + 1);
      Emit(c, binary->op);
    }
    binary = FindBinary(c->token.kind);
  }
  c->nesting--;
}

// ---------------------------------------------------------------------------
// Statements

static void LeaveScope(Compiler* c, int local_count) {
  int count = c->local_count - local_count;
  if (count > 0) EmitWith(c, kOpPop, count);
  c->local_count = local_count;
}

static void Block(Compiler* c) {
  Expect(c, kLeftBrace, "'{'");
  if (++c->nesting > kMaxDepth) FailBare(c, "too deeply nested");
  c->block_depth++;
  int local_count = c->local_count;
  while (c->token.kind != kRightBrace && c->token.kind != kEnd) Statement(c);
  LeaveScope(c, local_count);
  c->block_depth--;
  c->nesting--;
  Expect(c, kRightBrace, "'}'");
}

static void Let(Compiler* c) {
  Slice name = ExpectName(c);
  Expect(c, kAssign, "'='");
  Value(c, 1);
  Expect(c, kSemicolon, "';'");
  if (c->block_depth > 0) {
    AddLocal(c, name);
    return;
  }
  Program* program = c->program;
  int global = FindGlobal(c, name);
  if (global < 0) {
    if (program->global_count == kMaxGlobals) {
      FailBare(c, "too many globals");
      return;
    }
    global = program->global_count++;
    program->globals[global] = name;
  }
  EmitWith(c, kOpSetGlobal, global);
}

static void If(Compiler* c) {
  if (++c->nesting > kMaxDepth) FailBare(c, "too deeply nested");
  Value(c, 1);
  int skip = EmitJump(c, kOpJumpIfFalse);
  Block(c);
  if (Accept(c, kElse)) {
    int end = EmitJump(c, kOpJump);
    PatchJump(c, skip);
    if (Accept(c, kIf)) {
      If(c);
    } else {
      Block(c);
    }
    PatchJump(c, end);
  } else {
    PatchJump(c, skip);
  }
  c->nesting--;
}

static void While(Compiler* c) {
  int start = c->program->code_size;
  Value(c, 1);
  int exit = EmitJump(c, kOpJumpIfFalse);
  Block(c);
  EmitWith(c, kOpJump, start);
  PatchJump(c, exit);
}

// The counter and the limit, which it stays below, are locals.
static void For(Compiler* c) {
  Slice name = ExpectName(c);
  Expect(c, kAssign, "'='");
  Value(c, 1);
  Expect(c, kDots, "'..'");
  Value(c, 1);
  c->block_depth++;
  int counter = c->local_count;
  AddLocal(c, name);
  AddLocal(c, (Slice){"", 0});
  int start = c->program->code_size;
  EmitWith(c, kOpGetLocal, counter);
  EmitWith(c, kOpGetLocal, counter + 1);
  Emit(c, kOpLess);
  int exit = EmitJump(c, kOpJumpIfFalse);
  Block(c);
  EmitWith(c, kOpGetLocal, counter);
  EmitNumber(c, 1);
  Emit(c, kOpAdd);
  EmitWith(c, kOpSetLocal, counter);
  EmitWith(c, kOpJump, start);
  PatchJump(c, exit);
  LeaveScope(c, counter);
  c->block_depth--;
}

static void Return(Compiler* c) {
  if (!c->in_function) FailBare(c, "return outside of a function");
  if (c->token.kind == kSemicolon) {
    Emit(c, kOpNil);
  } else {
    Value(c, 1);
  }
  Expect(c, kSemicolon, "';'");
  Emit(c, kOpReturn);
}

static void Print(Compiler* c) {
  int count = 0;
  do {
    Value(c, 1);
    count++;
  } while (Accept(c, kComma));
  Expect(c, kSemicolon, "';'");
  EmitWith(c, kOpPrint, count);
}

// The left side was compiled as a load: takes that back and compiles a store.
static void Assign(Compiler* c) {
  Program* program = c->program;
  Op op = c->last < 0 ? kOpHalt : (Op)program->code[c->last];
  if (op != kOpGetLocal && op != kOpGetGlobal && op != kOpGetIndex) {
    FailHere(c, "nothing to assign to before");
    return;
  }
  int operand = op == kOpGetIndex ? 0 : OperandAt(program, c->last);
  program->code_size = c->last;
  Advance(c);
  Value(c, 1);
  if (op == kOpGetLocal) {
    EmitWith(c, kOpSetLocal, operand);
  } else if (op == kOpGetGlobal) {
    EmitWith(c, kOpSetGlobal, operand);
  } else {
    Emit(c, kOpSetIndex);
  }
}

static void ValueStatement(Compiler* c) {
  Value(c, 1);
  if (c->token.kind == kAssign) {
    Assign(c);
  } else {
    EmitWith(c, kOpPop, 1);
  }
  Expect(c, kSemicolon, "';'");
}

static void Statement(Compiler* c) {
  if (Accept(c, kLet)) {
    Let(c);
  } else if (Accept(c, kIf)) {
    If(c);
  } else if (Accept(c, kWhile)) {
    While(c);
  } else if (Accept(c, kFor)) {
    For(c);
  } else if (Accept(c, kReturn)) {
    Return(c);
  } else if (Accept(c, kPrint)) {
    Print(c);
  } else {
    ValueStatement(c);
  }
}

static int Parameters(Compiler* c) {
  int arity = 0;
  Expect(c, kLeftParen, "'('");
  if (Accept(c, kRightParen)) return 0;
  do {
    AddLocal(c, ExpectName(c));
    arity++;
  } while (Accept(c, kComma));
  Expect(c, kRightParen, "')'");
  return arity;
}

// Compiles a function in place; the code around it jumps over it.
static void FunctionDefinition(Compiler* c) {
  int line = c->token.line;
  Slice name = ExpectName(c);
  int over = EmitJump(c, kOpJump);
  c->block_depth = 1;
  c->in_function = true;
  int arity = Parameters(c);
  int index = UseFunction(c, name, arity, line);
  Function* function = &c->program->functions[index];
  if (function->entry >= 0) Fail(c, line, "second definition of", name);
  if (FindBuiltin(c, name) >= 0) Fail(c, line, "already a builtin:", name);
  function->entry = c->program->code_size;
  Block(c);
  Emit(c, kOpNil);
  Emit(c, kOpReturn);
  function->end = c->program->code_size;
  c->in_function = false;
  c->block_depth = 0;
  c->local_count = 0;
  PatchJump(c, over);
}

bool Compile(const char* source, const BuiltinInfo* builtins, int builtin_count,
             Program* program, CompileError* error) {
  memset(program, 0, sizeof(*program));
  Compiler compiler = {
      .lexer = {source, 1},
      .program = program,
      .error = error,
      .builtins = builtins,
      .builtin_count = builtin_count,
      .last = -1,
  };
  Compiler* c = &compiler;
  Advance(c);
  while (c->token.kind != kEnd) {
    if (Accept(c, kFn)) {
      FunctionDefinition(c);
    } else {
      Statement(c);
    }
  }
  Emit(c, kOpHalt);
  for (int i = 0; i < program->function_count; i++) {
    const Function* function = &program->functions[i];
    if (function->entry < 0) {
      Fail(c, function->use_line, "unknown function", function->name);
    }
  }
  return !c->failed;
}
