// Regular expressions as programs for the two matchers.

#ifndef TESTDATA_PROGRAMS_REGEX_PROGRAM_H_
#define TESTDATA_PROGRAMS_REGEX_PROGRAM_H_

#include <vector>

#include "testdata/programs/regex/node.h"

namespace regex {

struct Instruction {
  enum class Op {
    kSet,    // reads a byte of sets[arg]
    kSplit,  // goes on at `next` and, with lower priority, at `arg`
    kSave,   // stores the position in slot `arg`
    kBegin,  // goes on only where the text begins
    kEnd,    // goes on only where the text ends
    kMatch,
  };

  Op op;
  int next = -1;  // index of an instruction
  int arg = -1;
};

struct Program {
  std::vector<Instruction> code;
  std::vector<ByteSet> sets;
  int start = 0;
  int slot_count = 0;  // two per group and two for the whole match
};

// Translates the tree of a pattern with `group_count` groups into `program`.
// Returns false if that would be too long.
bool Compile(const Node& root, int group_count, Program* program);

// Prints the instructions.
void Dump(const Program& program);

}  // namespace regex

#endif  // TESTDATA_PROGRAMS_REGEX_PROGRAM_H_
