// Finds values by path.

#ifndef TESTDATA_PROGRAMS_JSON_QUERY_H_
#define TESTDATA_PROGRAMS_JSON_QUERY_H_

#include <string_view>
#include <vector>

#include "testdata/programs/json/value.h"

namespace json {

// Finds the values that `path` leads to from `root`, in the order of the text,
// and appends pointers into `root` to `found`. Returns false if `path` is
// malformed. A path is "$" and steps:
//
//   .name       the member
//   .*  [*]     all members or items
//   ..name      the members of that name at any depth
//   [3]  [-1]   the item, counted from the start or the end
//   [1:3]       items from, up to but not with; either may be left out
//   [?name<5]   the items whose member compares so: < > = or, alone, exists;
//               with a number or a 'string'
bool Query(const Value& root, std::string_view path,
           std::vector<const Value*>* found);

}  // namespace json

#endif  // TESTDATA_PROGRAMS_JSON_QUERY_H_
