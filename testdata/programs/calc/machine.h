// The stack machine that runs bytecode.

#ifndef TESTDATA_PROGRAMS_CALC_MACHINE_H_
#define TESTDATA_PROGRAMS_CALC_MACHINE_H_

#include <stdbool.h>

#include "testdata/programs/calc/code.h"

typedef struct {
  long long instructions;
  int peak_stack;  // values
  int peak_frames;
  int collections;
  int arrays_made;
  int arrays_freed;  // by collections
} Statistics;

typedef struct {
  char message[80];
  int line;
} RunError;

// Returns the builtins and stores their number; the table is static.
const BuiltinInfo* Builtins(int* count);

// Runs a program from its start, printing to stdout, for at most `budget`
// instructions. Returns false and the error if it fails.
bool Run(const Program* program, long long budget, Statistics* statistics,
         RunError* error);

#endif  // TESTDATA_PROGRAMS_CALC_MACHINE_H_
