// Names and operands come from the table in the header.

#include "testdata/programs/calc/code.h"

#include <stdio.h>

static const char* const kOpTexts[kOpCount] = {
#define CALC_OP(name, text, operand) text,
    CALC_OPS(CALC_OP)
#undef CALC_OP
};

static const OperandKind kOperandKinds[kOpCount] = {
#define CALC_OP(name, text, operand) operand,
    CALC_OPS(CALC_OP)
#undef CALC_OP
};

int OpSize(Op op) { return kOperandKinds[op] == kNoOperand ? 1 : 3; }

int OperandAt(const Program* program, int offset) {
  return program->code[offset + 1] | program->code[offset + 2] << 8;
}

static void PrintOperand(const Program* program, OperandKind kind, int operand,
                         const BuiltinInfo* builtins) {
  Slice text;
  switch (kind) {
    case kNoOperand:
      return;
    case kNumberOperand:
      printf(" %.10g", program->numbers[operand]);
      return;
    case kStringOperand:
      text = program->strings[operand];
      printf(" \"%.*s\"", text.size, text.data);
      return;
    case kGlobalOperand:
      text = program->globals[operand];
      printf(" %.*s", text.size, text.data);
      return;
    case kLocalOperand:
    case kCountOperand:
      printf(" %d", operand);
      return;
    case kTargetOperand:
      printf(" -> %04d", operand);
      return;
    case kFunctionOperand:
      text = program->functions[operand].name;
      printf(" %.*s", text.size, text.data);
      return;
    case kBuiltinOperand:
      printf(" %s", builtins[operand].name);
      return;
  }
}

void Disassemble(const Program* program, const Function* function,
                 const BuiltinInfo* builtins) {
  printf("fn %.*s/%d:\n", function->name.size, function->name.data,
         function->arity);
  int offset = function->entry;
  while (offset < function->end) {
    Op op = (Op)program->code[offset];
    printf("  %04d line %2d  %s", offset, program->lines[offset], kOpTexts[op]);
    if (kOperandKinds[op] != kNoOperand) {
      PrintOperand(program, kOperandKinds[op], OperandAt(program, offset),
                   builtins);
    }
    printf("\n");
    offset += OpSize(op);
  }
}
