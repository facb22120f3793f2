// A small language: compiles scripts to bytecode and runs them on a stack
// machine. Without arguments it runs built-in scripts, some of which have
// errors on purpose; `calc -` runs a script from stdin.

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "testdata/programs/calc/code.h"
#include "testdata/programs/calc/compile.h"
#include "testdata/programs/calc/machine.h"
#include "testdata/programs/calc/scripts.h"

enum {
  kBuiltInBudget = 400000,  // instructions
  kMaxSource = 65536,       // bytes
};

static Program program;

// Compiles and runs; returns whether neither failed.
static bool RunSource(const char* source, long long budget,
                      Statistics* statistics) {
  int builtin_count;
  const BuiltinInfo* builtins = Builtins(&builtin_count);
  CompileError compile_error;
  if (!Compile(source, builtins, builtin_count, &program, &compile_error)) {
    printf("line %d: %s\n", compile_error.line, compile_error.message);
    return false;
  }
  RunError run_error;
  if (!Run(&program, budget, statistics, &run_error)) {
    printf("line %d: %s after %lld instructions\n", run_error.line,
           run_error.message, statistics->instructions);
    return false;
  }
  return true;
}

static void PrintStatistics(const Statistics* statistics) {
  printf("  (code %d, numbers %d, instructions %lld, stack %d, frames %d",
         program.code_size, program.number_count, statistics->instructions,
         statistics->peak_stack, statistics->peak_frames);
  if (statistics->arrays_made > 0) {
    printf(", arrays %d, freed %d in %d", statistics->arrays_made,
           statistics->arrays_freed, statistics->collections);
  }
  printf(")\n");
}

static int RunScripts(void) {
  int surprises = 0;
  for (int i = 0; i < kScriptCount; i++) {
    const Script* script = &kScripts[i];
    printf("== %s\n", script->name);
    Statistics statistics;
    bool ok = RunSource(script->source, kBuiltInBudget, &statistics);
    if (ok) PrintStatistics(&statistics);
    if (ok == script->fails) surprises++;
    if (strcmp(script->name, "fibonacci") != 0) continue;
    int builtin_count;
    const BuiltinInfo* builtins = Builtins(&builtin_count);
    for (int f = 0; f < program.function_count; f++) {
      Disassemble(&program, &program.functions[f], builtins);
    }
  }
  printf("%d scripts, %d surprises\n", kScriptCount, surprises);
  return surprises == 0 ? 0 : 1;
}

static int RunStdin(void) {
  static char source[kMaxSource + 1];
  size_t size = fread(source, 1, kMaxSource + 1, stdin);
  if (size > kMaxSource) {
    fputs("calc: script too long\n", stderr);
    return 2;
  }
  source[size] = '\0';
  Statistics statistics;
  return RunSource(source, 1LL << 40, &statistics) ? 0 : 1;
}

int main(int argc, char** argv) {
  if (argc == 1) return RunScripts();
  if (argc == 2 && strcmp(argv[1], "-") == 0) return RunStdin();
  fputs("usage: calc [-]\n", stderr);
  return 2;
}
