// Matching of external types (spec 3.3.14).
#ifndef WEFT_EXEC_IMPORT_MATCH_H_
#define WEFT_EXEC_IMPORT_MATCH_H_

#include <string>

#include "exec/module.h"
#include "exec/runtime/type_registry.h"

namespace weft::exec {

// Whether something of type `actual`, with its size as it is now, can be
// imported as `expected`.
bool Matches(const TypeRegistry& types, const ExternType& actual,
             const ExternType& expected);

}  // namespace weft::exec

#endif  // WEFT_EXEC_IMPORT_MATCH_H_
