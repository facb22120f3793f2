// Programs at random: what one configuration of the executor makes of them, all
// others have to make of them, too.
#ifndef WEFT_EXEC_TESTING_PROGRAMS_H_
#define WEFT_EXEC_TESTING_PROGRAMS_H_

#include <cstdint>
#include <string>

namespace weft::exec::testing {

// The text of a module, the same for the same seed and `size` (about the number
// of operators in its main function). It exports "f", of type [i32 i64 f64] ->
// [i32 i64 f64], a memory "memory" of one page and a global "global" of i64.
// Calls end, some by a trap or an exception. It has every way in which operands
// meet control: values that blocks, loops, branches, tables, calls, exceptions
// and returns take along, of all kinds, with others pending below.
std::string RandomProgram(uint32_t seed, int size);

}  // namespace weft::exec::testing

#endif  // WEFT_EXEC_TESTING_PROGRAMS_H_
