// The programs that calc runs when it is given none.

#ifndef TESTDATA_PROGRAMS_CALC_SCRIPTS_H_
#define TESTDATA_PROGRAMS_CALC_SCRIPTS_H_

#include <stdbool.h>

typedef struct {
  const char* name;
  const char* source;
  bool fails;  // it is there for its error
} Script;

enum { kScriptCount = 26 };

extern const Script kScripts[kScriptCount];

#endif  // TESTDATA_PROGRAMS_CALC_SCRIPTS_H_
