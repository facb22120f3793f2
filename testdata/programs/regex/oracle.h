// A third way to match, simple rather than fast, that judges the other two.

#ifndef TESTDATA_PROGRAMS_REGEX_ORACLE_H_
#define TESTDATA_PROGRAMS_REGEX_ORACLE_H_

#include <cstdint>
#include <string_view>

#include "testdata/programs/regex/node.h"

namespace regex {

// Returns the offsets where matches that start at one of `starts` end. Bit i of
// either stands for the offset i.
// REQUIRES: the text has less than 32 bytes.
uint32_t MatchEnds(const Node& node, std::string_view text, uint32_t starts);

}  // namespace regex

#endif  // TESTDATA_PROGRAMS_REGEX_ORACLE_H_
