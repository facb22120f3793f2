// From JSON text to values.

#ifndef TESTDATA_PROGRAMS_JSON_PARSE_H_
#define TESTDATA_PROGRAMS_JSON_PARSE_H_

#include <string_view>

#include "testdata/programs/json/value.h"

namespace json {

struct ParseError {
  const char* message = nullptr;  // static
  int line = 0;                   // from 1
  int column = 0;                 // from 1, in bytes
};

// Parses a whole text of RFC 8259, nested at most 100 deep, into `value`.
// Returns false and the first error if it is malformed.
bool Parse(std::string_view text, Value* value, ParseError* error);

}  // namespace json

#endif  // TESTDATA_PROGRAMS_JSON_PARSE_H_
