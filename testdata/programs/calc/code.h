// Bytecode: what the compiler writes and the machine runs.

#ifndef TESTDATA_PROGRAMS_CALC_CODE_H_
#define TESTDATA_PROGRAMS_CALC_CODE_H_

#include <stdbool.h>
#include <stdint.h>

#include "testdata/programs/calc/token.h"

// How the two bytes after an opcode, little-endian, are meant.
typedef enum {
  kNoOperand,  // there are none
  kNumberOperand,
  kStringOperand,
  kGlobalOperand,
  kLocalOperand,   // slot, counted from the frame's base
  kTargetOperand,  // offset in the code
  kCountOperand,
  kFunctionOperand,
  kBuiltinOperand,
} OperandKind;

// X(name, text, operand)
#define CALC_OPS(X)                                      \
  X(kOpNumber, "number", kNumberOperand)                 \
  X(kOpString, "string", kStringOperand)                 \
  X(kOpNil, "nil", kNoOperand)                           \
  X(kOpGetGlobal, "get_global", kGlobalOperand)          \
  X(kOpSetGlobal, "set_global", kGlobalOperand)          \
  X(kOpGetLocal, "get_local", kLocalOperand)             \
  X(kOpSetLocal, "set_local", kLocalOperand)             \
  X(kOpGetIndex, "get_index", kNoOperand)                \
  X(kOpSetIndex, "set_index", kNoOperand)                \
  X(kOpArray, "array", kCountOperand)                    \
  X(kOpAdd, "add", kNoOperand)                           \
  X(kOpSubtract, "subtract", kNoOperand)                 \
  X(kOpMultiply, "multiply", kNoOperand)                 \
  X(kOpDivide, "divide", kNoOperand)                     \
  X(kOpRemainder, "remainder", kNoOperand)               \
  X(kOpPower, "power", kNoOperand)                       \
  X(kOpLess, "less", kNoOperand)                         \
  X(kOpLessEqual, "less_equal", kNoOperand)              \
  X(kOpGreater, "greater", kNoOperand)                   \
  X(kOpGreaterEqual, "greater_equal", kNoOperand)        \
  X(kOpEqual, "equal", kNoOperand)                       \
  X(kOpNotEqual, "not_equal", kNoOperand)                \
  X(kOpNegate, "negate", kNoOperand)                     \
  X(kOpNot, "not", kNoOperand)                           \
  X(kOpPop, "pop", kCountOperand)                        \
  X(kOpPrint, "print", kCountOperand)                    \
  X(kOpJump, "jump", kTargetOperand)                     \
  X(kOpJumpIfFalse, "jump_if_false", kTargetOperand)     \
  X(kOpJumpFalseKeep, "jump_false_keep", kTargetOperand) \
  X(kOpJumpTrueKeep, "jump_true_keep", kTargetOperand)   \
  X(kOpCall, "call", kFunctionOperand)                   \
  X(kOpBuiltin, "builtin", kBuiltinOperand)              \
  X(kOpReturn, "return", kNoOperand)                     \
  X(kOpHalt, "halt", kNoOperand)

typedef enum {
#define CALC_OP(name, text, operand) name,
  CALC_OPS(CALC_OP)
#undef CALC_OP
      kOpCount,
} Op;

enum {
  kMaxCode = 16384,  // bytes
  kMaxNumbers = 512,
  kMaxStrings = 128,
  kMaxFunctions = 64,
  kMaxGlobals = 128,
};

typedef struct {
  Slice name;
  int arity;
  int entry;     // offset of the first instruction; -1: not yet defined
  int end;       // offset past the last instruction
  int use_line;  // of the first use
} Function;

typedef struct {
  uint8_t code[kMaxCode];
  uint16_t lines[kMaxCode];  // for each byte of code
  double numbers[kMaxNumbers];
  Slice strings[kMaxStrings];
  Function functions[kMaxFunctions];
  Slice globals[kMaxGlobals];
  int code_size;
  int number_count;
  int string_count;
  int function_count;
  int global_count;
} Program;

// What is known about a builtin without running it.
typedef struct {
  const char* name;
  int arity;
} BuiltinInfo;

// Returns the length of the instruction that starts with `op`, in bytes.
int OpSize(Op op);

// Returns the operand of the instruction at `offset`.
// REQUIRES: it has one.
int OperandAt(const Program* program, int offset);

// Prints the instructions of a function.
void Disassemble(const Program* program, const Function* function,
                 const BuiltinInfo* builtins);

#endif  // TESTDATA_PROGRAMS_CALC_CODE_H_
