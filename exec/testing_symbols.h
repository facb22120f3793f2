// The functions of the program at hand, by its symbol table.
#ifndef WEFT_EXEC_TESTING_SYMBOLS_H_
#define WEFT_EXEC_TESTING_SYMBOLS_H_

#include <cstdint>
#include <string>
#include <vector>

namespace weft::exec::testing {

struct FunctionSymbol {
  std::string name;  // Demangled.
  uint64_t bytes = 0;
};

// All functions that are defined in the running program, in no order; empty
// when it has no symbol table.
std::vector<FunctionSymbol> FunctionSymbols();

}  // namespace weft::exec::testing

#endif  // WEFT_EXEC_TESTING_SYMBOLS_H_
