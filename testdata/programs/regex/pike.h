// A matcher that finds where groups match.

#ifndef TESTDATA_PROGRAMS_REGEX_PIKE_H_
#define TESTDATA_PROGRAMS_REGEX_PIKE_H_

#include <string_view>
#include <vector>

#include "testdata/programs/regex/program.h"

namespace regex {

// Which of several matches to find.
enum class Prefer {
  kFirst,    // the leftmost, and among these the one that greed asks for
  kLongest,  // the longest of those that start where the search starts
};

// Searches `text` from the offset `from` on. Returns whether there is a match;
// if so, `slots` holds offsets in `text`, start and end in turn, of the match
// and of each group, and -1 for groups that took no part.
bool Search(const Program& program, std::string_view text, int from,
            Prefer prefer, std::vector<int>* slots);

}  // namespace regex

#endif  // TESTDATA_PROGRAMS_REGEX_PIKE_H_
