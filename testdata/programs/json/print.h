// From values to JSON text.

#ifndef TESTDATA_PROGRAMS_JSON_PRINT_H_
#define TESTDATA_PROGRAMS_JSON_PRINT_H_

#include <string>

#include "testdata/programs/json/value.h"

namespace json {

struct PrintOptions {
  int indent = 0;      // spaces per level; 0: all in one line, without blanks
  bool ascii = false;  // escape everything beyond ASCII
};

// Returns the text, which parses to an equal value.
std::string Print(const Value& value, const PrintOptions& options = {});

}  // namespace json

#endif  // TESTDATA_PROGRAMS_JSON_PRINT_H_
